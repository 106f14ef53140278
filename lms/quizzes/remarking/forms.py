"""The forms of marking anew; they ask nothing of the database."""

from typing import Final
from uuid import UUID

from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import InputRequired, Length

from lms.quizzes.remarking.values import REASON_CHARACTERS, Ask, Offer, Way
from lms.quizzes.values import QuestionId, QuestionVersionId, QuizId, RemarkId
from lms.web.forms import Choice, CreateForm, TextField
from lms.web.words import lazy as _l


class UndoForm(CreateForm):
    """Why an act is taken back."""

    reason = TextField(
        _l("Reason"),
        [InputRequired(_l("Say why: the people concerned read it.")), Length(max=REASON_CHARACTERS)],
    )


WAYS: Final = [
    Choice(Way.KEY.value, _l("By the key of another version")),
    Choice(Way.FULL.value, _l("Everybody gets all its points")),
    Choice(Way.OUT.value, _l("Leave the question out of the score")),
]


class RemarkForm(UndoForm):
    """Which answers are marked anew, how, and why."""

    has_other_key = False
    """Whether there is a second version, so that it can be right where the other was wrong."""

    version = SelectField(_l("Faulty version"), [InputRequired()], choices=[])
    quiz = SelectField(_l("Exam"), choices=[])
    way = RadioField(
        _l("How"),
        [InputRequired(_l("Choose how."))],
        choices=WAYS,
        default=Way.KEY.value,
    )
    key_id = SelectField(_l("Version whose key is right"), choices=[])
    lowers = BooleanField(_l("Lower scores too"))

    def offer(self, found: Offer, words: dict[int, str], *, exam: str = "") -> None:
        """Offer what there is, versions in words; the newest is taken for right, the one before for faulty.

        `exam` is the id of the one to be chosen, if it is among them.
        """
        self.version.choices = [Choice(str(one), words[number]) for one, number in found.asked.items()]
        self.key_id.choices = [Choice(str(one), words[number]) for one, number in found.keys.items()]
        self.quiz.choices = [
            Choice("", _l("Every exam that asked it")),
            *(Choice(str(one), title) for one, title in found.exams.items()),
        ]
        self.key_id.flags.required = True
        self.has_other_key = len(found.keys) > 1
        self.way.choices = WAYS if self.has_other_key else WAYS[1:]
        if not self.is_submitted():
            self.quiz.data = next((str(one) for one in found.exams if str(one) == exam), "")
            newest = next(iter(found.keys), None)
            self.key_id.data = str(newest)
            self.version.data = str(next((one for one in found.asked if one != newest), newest))
            self.way.data = (Way.KEY if self.has_other_key else Way.FULL).value

    def ask(self, question_id: QuestionId) -> Ask:
        """Return what it asks for."""
        way = Way(self.way.data)
        return Ask(
            id=RemarkId(self.new_id),
            question_id=question_id,
            version_id=QuestionVersionId(UUID(self.version.data)),
            way=way,
            reason=self.reason.data or "",
            key_id=QuestionVersionId(UUID(self.key_id.data)) if way is Way.KEY else None,
            quiz_id=QuizId(UUID(self.quiz.data)) if self.quiz.data else None,
            lowers=bool(self.lowers.data),
        )
