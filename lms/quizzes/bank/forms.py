"""The forms of the bank; they ask nothing of the database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from markupsafe import Markup
from wtforms import BooleanField, FileField, IntegerField, SelectField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.kernel.db import new_id
from lms.kernel.lines import cleaned, fault_of, tidied
from lms.kernel.messages import Message
from lms.quizzes.errors import InvalidQuestion
from lms.quizzes.formats.texts import text_to_html
from lms.quizzes.kinds import KINDS
from lms.quizzes.kinds.drafts import (
    Draft,
    Fields,
    rows_of,
    shown_number,
    text_fields,
    with_row,
    with_row_up,
    without_row,
)
from lms.quizzes.values import (
    ONE,
    TITLE_MAX_CHARACTERS,
    Body,
    Layout,
    Question,
    QuestionType,
    Review,
    Text,
    TrueFalse,
    too_long,
)
from lms.web.forms import Choice, CreateForm, LineField, NameField
from lms.web.numbers import whole_number
from lms.web.words import lazy as _l
from lms.web.words import said

OVERALL: Final = ("general_feedback", "feedback_correct", "feedback_partial", "feedback_incorrect")
TITLE_FROM_STEM: Final = 80
TAG_CHARACTERS: Final = 60
OBJECTIVE_CHARACTERS: Final = 255


class BankForm(CreateForm):
    """A new bank."""

    name = NameField(_l("Name of the bank"), [InputRequired(_l("Give a name.")), Length(max=120)])


class UploadForm(CreateForm):
    """A file of questions."""

    file = FileField(_l("File of questions"), [InputRequired(_l("Choose a file."))])


class QuizForm(CreateForm):
    """The rules of a quiz."""

    title = NameField(_l("Title"), [InputRequired(_l("Give a title.")), Length(max=200)])
    pass_percent = IntegerField(
        _l("Pass mark"), [InputRequired(_l("Give a number from 0 to 100.")), NumberRange(0, 100)], default=80
    )
    minutes = IntegerField(_l("Time limit"), [Optional(), NumberRange(1, 600)])
    attempts_allowed = IntegerField(_l("Attempts allowed"), [Optional(), NumberRange(1, 100)])
    wait_days = LineField(
        _l("Wait after an attempt that fails"), description=_l("Days, growing if you like: 1, 14, 60")
    )
    layout = SelectField(
        _l("Pages"),
        [InputRequired()],
        choices=[
            Choice(Layout.ONE.value, _l("One question on a page")),
            Choice(Layout.ALL.value, _l("All questions on one page")),
        ],
    )
    review = SelectField(
        _l("After finishing, show"),
        [InputRequired()],
        choices=[
            Choice(Review.MARKS.value, _l("What each answer earned")),
            Choice(Review.SCORE.value, _l("The score alone")),
            Choice(Review.ANSWERS.value, _l("The right answers, at once")),
            Choice(Review.ANSWERS_AT_END.value, _l("The right answers, once passed or out of attempts")),
        ],
    )
    shuffle_questions = BooleanField(_l("Shuffle the questions"), default=True)
    shuffle_choices = BooleanField(_l("Shuffle the choices"), default=True)


class QuestionForm:
    """A question under its author's hands: what the fields hold, and what is wrong with them.

    Not of WTForms: what a question has depends on its kind, and its rows come and go. `key` names a new question,
    so that sending it twice makes one; `seen` is the version that an author had before them, 0 for a new one.
    """

    def __init__(self, kind: QuestionType, fields: Fields, *, seen: int = 0) -> None:
        self.kind = kind
        self.fields: Mapping[str, str] = {"key": str(new_id()), **fields, "seen": str(seen)}
        self.faults: Mapping[str, str] = {}
        self.new_row: tuple[str, int] | None = None

    @classmethod
    def blank(cls, kind: QuestionType) -> "QuestionForm":
        """Return the form of a new question."""
        return cls(kind, {"marks": "1", **KINDS[kind].blank_fields()})

    @classmethod
    def filled(cls, question: Question, *, seen: int) -> "QuestionForm":
        """Return a form that holds a question."""
        fields = {
            "title": question.title,
            **text_fields("stem", question.stem),
            "marks": shown_number(question.marks),
            "tags": ", ".join(question.tags),
            "objective": question.objective,
            **KINDS[question.type].fields_of(question),
        }
        for name in OVERALL:
            fields |= text_fields(name, getattr(question, name))
        return cls(question.type, fields, seen=seen)

    @classmethod
    def posted(cls, kind: QuestionType, form: Mapping[str, str]) -> "QuestionForm":
        """Return the form as it was sent; a browser ends lines as nobody typed them."""
        fields = {name: value.replace("\r\n", "\n") for name, value in form.items()}
        return cls(kind, fields, seen=whole_number(fields.get("seen")) or 0)

    @property
    def seen(self) -> int:
        """Return the version that the author had before them."""
        return int(self.fields["seen"])

    def value(self, name: str) -> str:
        """Return what stands in a field."""
        return self.fields.get(name, "")

    def rows(self, group: str) -> Sequence[int]:
        """Return the rows of a group."""
        return rows_of(self.fields, group)

    def must_show(self, row: str, *parts: str) -> bool:
        """Return whether something in the folded part of a row wants to be mended."""
        return any(f"{row}-{part}" in self.faults for part in parts)

    def glimpse(self, row: str, *parts: str) -> str:
        """Return in a few words what is folded away."""
        words = (Markup(self.value(f"{row}-{part}")).striptags() for part in parts)  # noqa: S704  made text
        return " · ".join(word for word in words if word)

    def act(self, deed: str) -> bool:
        """Add, remove or move the row that a button names (``add:choice``, ``remove:choice:2``); False if none."""
        verb, group, row = (*deed.split(":"), "", "")[:3]
        if verb == "add" and group.isalpha():
            self.fields, added = with_row(self.fields, group)
            self.new_row = group, added
        elif verb in {"remove", "up"} and group.isalpha() and (number := whole_number(row)) is not None:
            change = without_row if verb == "remove" else with_row_up
            self.fields = change(self.fields, group, number)
            self.new_row = group, max((one for one in self.rows(group) if one <= number), default=0)
        else:
            return False
        return True

    def read(self, was: Question | None) -> Question | None:
        """Return the question that the fields make; None when they make none, and `faults` says why.

        What the form does not show (hints, folders, the author's own number) stays as it was.
        """
        draft = Draft(self.fields)
        stem = draft.text("stem", required=Message("Write the question."))
        overall = {name: draft.text(name) for name in OVERALL}
        marks = draft.number("marks", blank=ONE)
        tags = _tags_of(draft.word("tags"), was)
        if any(len(tag) > TAG_CHARACTERS for tag in tags):
            draft.refuse("tags", Message("A tag has at most %(most)s characters.", most=TAG_CHARACTERS))
        objective = draft.word("objective")
        if len(objective) > OBJECTIVE_CHARACTERS:
            draft.refuse(
                "objective",
                Message("An objective has at most %(most)s characters.", most=OBJECTIVE_CHARACTERS),
            )
        title = tidied(draft.word("title")) or cleaned(_title_of(stem))
        if fault := fault_of(title):
            draft.refuse("title", fault)
        if len(title) > TITLE_MAX_CHARACTERS:
            draft.refuse(
                "title", Message("A title has at most %(most)s characters.", most=TITLE_MAX_CHARACTERS)
            )
        if marks < 0:
            draft.refuse("marks", Message("Marks cannot be below zero."))
        body = self._body(draft)
        before = was or Question(title="-", stem=Text("-"), body=TrueFalse(answer=True))
        question = None
        if body is not None and not draft.faults:
            question = draft.part(
                "stem",
                lambda: replace(
                    before,
                    title=title,
                    stem=stem,
                    body=body,
                    marks=marks,
                    tags=tags,
                    objective=objective,
                    general_feedback=overall["general_feedback"],
                    feedback_correct=overall["feedback_correct"],
                    feedback_partial=overall["feedback_partial"],
                    feedback_incorrect=overall["feedback_incorrect"],
                ),
            )
        if question is not None and (message := too_long(question)):
            question = None
            draft.refuse("stem", message)
        self.faults = {name: said(message) for name, message in draft.faults.items()}
        return question

    def _body(self, draft: Draft) -> Body | None:
        try:
            return KINDS[self.kind].parse_body(self.fields)
        except InvalidQuestion as refusal:
            for name, message in refusal.fields.items():
                draft.refuse(name, message)
            return None

    def see(self, number: int) -> None:
        """Note that the author has been shown a newer version."""
        self.fields = {**self.fields, "seen": str(number)}

    def refuse(self, fields: Mapping[str, str]) -> None:
        """Put a service's complaints beside the fields they name."""
        self.faults = {**self.faults, **fields}


def _tags_of(words: str, was: Question | None) -> tuple[str, ...]:
    """Return the tags between the commas; untouched ones as they were, since an imported one may hold a comma."""
    if was is not None and words == ", ".join(was.tags).strip():
        return was.tags
    return tuple(dict.fromkeys(tag for part in words.split(",") if (tag := part.strip())))


def _title_of(stem: Text) -> str:
    """Return the first words of a question, which name it in lists when its author gave no name."""
    words = Markup(text_to_html(stem)).striptags()  # noqa: S704  sanitised
    return words if len(words) <= TITLE_FROM_STEM else words[:TITLE_FROM_STEM].rpartition(" ")[0] + " …"
