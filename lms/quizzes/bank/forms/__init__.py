"""The forms of the bank; they ask nothing of the database."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from markupsafe import Markup
from wtforms import BooleanField, FileField, IntegerField, SelectField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from lms.kernel.db import new_id
from lms.kernel.errors import Invalid
from lms.kernel.lines import cleaned, fault_of, tidied
from lms.kernel.messages import Message
from lms.quizzes.bank.forms.chance import drawing_in, fields_of_drawing, try_out
from lms.quizzes.bank.forms.media import GROUP as MEDIA
from lms.quizzes.bank.forms.media import MOST_FILES, SHOWN, Media, free_name, listed, media_fields, media_in
from lms.quizzes.bank.rules import FOLDER_CHARACTERS
from lms.quizzes.bank.values import Change
from lms.quizzes.errors import InvalidQuestion
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
from lms.quizzes.syntax.texts import text_to_html
from lms.quizzes.values import (
    NOTHING_DRAWN,
    ONE,
    TITLE_MAX_CHARACTERS,
    Body,
    Difficulty,
    FolderId,
    Grading,
    Layout,
    Question,
    QuestionType,
    Review,
    Status,
    Telling,
    Text,
    fault_of_marks,
    too_long,
)
from lms.web.forms import Choice, CreateForm, Form, LineField, NameField, TextField
from lms.web.numbers import whole_number
from lms.web.words import lazy as _l
from lms.web.words import said

OVERALL: Final = ("general_feedback", "feedback_correct", "feedback_partial", "feedback_incorrect")
TITLE_FROM_STEM: Final = 80
TAG_CHARACTERS: Final = 60
OBJECTIVE_CHARACTERS: Final = 255
HINTS_AT_MOST: Final = 10
EXAM, SURVEY, ANONYMOUS = "exam", "survey", "anonymous"
GROUP: Final = re.compile(r"[a-z]+(?:-\d{1,4}-[a-z]+)?")
"""A group of rows, or one within a row of another: `choice`, `gap-2-answer`."""


class BankForm(CreateForm):
    """A new bank."""

    name = NameField(_l("Name of the bank"), [InputRequired(_l("Give a name.")), Length(max=120)])


class UploadForm(CreateForm):
    """A file of questions."""

    file = FileField(_l("File of questions"), [InputRequired(_l("Choose a file."))])


class FolderForm(CreateForm):
    """A folder: its name, and where it lies."""

    name = NameField(
        _l("Name of the folder"), [InputRequired(_l("Give a name.")), Length(max=FOLDER_CHARACTERS)]
    )
    parent = SelectField(_l("Lies in"), choices=[])

    def offer(self, folders: Sequence[tuple[str, str]]) -> None:
        """Offer these folders to lie in."""
        self.parent.choices = [Choice("", _l("The bank itself")), *(Choice(*one) for one in folders)]

    @property
    def parent_id(self) -> FolderId | None:
        """Return the folder it lies in, None for the bank itself."""
        return FolderId(UUID(self.parent.data)) if self.parent.data else None


AS_IT_IS: Final = ""
"""What stands in a field of a change that changes nothing."""
NONE: Final = "none"


class PlaceForm(Form):
    """Where questions stand; a field that is left as it is changes nothing."""

    folder = SelectField(_l("Folder"), choices=[], default=AS_IT_IS)
    difficulty = SelectField(_l("Difficulty"), choices=[], default=AS_IT_IS)
    status = SelectField(_l("Status"), choices=[], default=AS_IT_IS)

    def offer(
        self,
        folders: Sequence[tuple[str, str]],
        difficulties: Mapping[Difficulty, str],
        statuses: Mapping[Status, str],
        *,
        must: bool = False,
    ) -> None:
        """Offer what questions can become; `must` leaves out that a field stays as it is."""
        keep = () if must else (Choice(AS_IT_IS, _l("Leave as it is")),)
        self.folder.choices = [*keep, Choice(NONE, _l("No folder")), *(Choice(*one) for one in folders)]
        self.difficulty.choices = [
            *keep,
            Choice(NONE, _l("None")),
            *(Choice(one.value, words) for one, words in difficulties.items()),
        ]
        self.status.choices = [*keep, *(Choice(one.value, words) for one, words in statuses.items())]
        for field in (self.folder, self.difficulty, self.status):
            field.flags.required = must

    def hold(
        self,
        *,
        folder_id: FolderId | None,
        difficulty: Difficulty | None = None,
        status: Status = Status.REVIEWED,
    ) -> None:
        """Hold what is so of one question."""
        self.folder.data = str(folder_id or NONE)
        self.difficulty.data = difficulty.value if difficulty else NONE
        self.status.data = status.value

    def change(self) -> Change:
        """Return what it asks for."""
        folder, difficulty = self.folder.data or AS_IT_IS, self.difficulty.data or AS_IT_IS
        return Change(
            moves=folder != AS_IT_IS,
            folder_id=FolderId(UUID(folder)) if folder not in {AS_IT_IS, NONE} else None,
            judges=difficulty != AS_IT_IS,
            difficulty=Difficulty(difficulty) if difficulty not in {AS_IT_IS, NONE} else None,
            status=Status(self.status.data) if self.status.data else None,
        )


class ChangeForm(PlaceForm):
    """What becomes of many questions: where they stand, and their tags."""

    tag = LineField(_l("Add a tag"), [Length(max=TAG_CHARACTERS)])
    untag = LineField(_l("Take a tag away"), [Length(max=TAG_CHARACTERS)])

    def change(self) -> Change:
        """Return what it asks for."""
        return replace(
            super().change(), tag=(self.tag.data or "").strip(), untag=(self.untag.data or "").strip()
        )


def days_of(word: str | None) -> tuple[int, ...] | None:
    """Return the days that a field lists, None where something in it is no whole number."""
    days = [whole_number(one) for one in (word or "").replace(",", " ").split()]
    return None if None in days else tuple(one for one in days if one is not None)


class QuizForm(CreateForm):
    """The rules of a quiz."""

    def validate_wait_days(self, field: LineField) -> None:
        """Refuse what is no list of days: with the other complaints, not after them."""
        if days_of(field.data) is None:
            raise ValidationError(said(Message("Give whole days, such as 1, 14, 60.")))

    title = NameField(_l("Title"), [InputRequired(_l("Give a title.")), Length(max=200)])
    purpose = SelectField(
        _l("What it is"),
        [DataRequired()],
        choices=[
            Choice(EXAM, _l("Exam or practice")),
            Choice(SURVEY, _l("Survey, with names")),
            Choice(ANONYMOUS, _l("Survey, without names")),
        ],
        default=EXAM,
        description=_l("A survey has no points and no pass mark: handing it in is all"),
    )
    pass_percent = IntegerField(
        _l("Pass mark"), [InputRequired(_l("Give a number from 0 to 100.")), NumberRange(0, 100)], default=80
    )
    minutes = IntegerField(_l("Time limit"), [Optional(), NumberRange(1, 600)])
    attempts_allowed = IntegerField(_l("Attempts allowed"), [Optional(), NumberRange(1, 100)])
    wait_days = LineField(
        _l("Wait after an attempt that fails"), description=_l("Days, growing if you like: 1, 14, 60")
    )
    grading = SelectField(
        _l("Of several attempts counts"),
        [DataRequired()],
        choices=[
            Choice(Grading.BEST.value, _l("The best")),
            Choice(Grading.LAST.value, _l("The last")),
            Choice(Grading.FIRST.value, _l("The first")),
            Choice(Grading.AVERAGE.value, _l("The average of all")),
        ],
        default=Grading.BEST.value,
        description=_l("The score the course keeps. Who has passed stays passed"),
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
    telling = SelectField(
        _l("Learners are told"),
        [DataRequired()],
        choices=[
            Choice(Telling.AT_END.value, _l("At the end")),
            Choice(Telling.AT_ONCE.value, _l("At once, after each answer they check")),
            Choice(Telling.TRIES.value, _l("After each of several tries, with hints")),
        ],
        default=Telling.AT_END.value,
        description=_l("Tries: one more than a question has hints"),
    )
    penalty = IntegerField(
        _l("A further try costs"),
        [Optional(), NumberRange(0, 100)],
        default=33,
        description=_l("33 is a third"),
    )
    honour = TextField(
        _l("Statement to agree to"),
        [Optional(), Length(max=1_000)],
        description=_l("Ticked before each attempt begins, such as: I answer alone and without help."),
    )
    may_retry = BooleanField(_l("Who has passed may try again"))
    shuffle_questions = BooleanField(_l("Shuffle the questions"), default=True)
    shuffle_choices = BooleanField(_l("Shuffle the choices"), default=True)
    blind = BooleanField(
        _l("Mark without names"),
        description=_l("Whoever marks essays and files reads whose they are once they are marked"),
    )


class QuestionForm:
    """A question under its author's hands: what the fields hold, and what is wrong with them.

    Not of WTForms: what a question has depends on its kind, and its rows come and go. `key` names a new question,
    so that sending it twice makes one; `seen` is the version that an author had before them, 0 for a new one;
    `pictures` are those it may show, by name: where each is served.
    """

    def __init__(self, kind: QuestionType, fields: Fields, *, seen: int = 0) -> None:
        self.kind = kind
        self.fields: Mapping[str, str] = {"key": str(new_id()), **fields, "seen": str(seen)}
        self.faults: Mapping[str, str] = {}
        self.new_row: tuple[str, int] | None = None
        self.pictures: dict[str, str] = {}

    @classmethod
    def blank(cls, kind: QuestionType) -> "QuestionForm":
        """Return the form of a new question."""
        blank = fields_of_drawing(NOTHING_DRAWN, KINDS[kind].blank_fields(), {})
        return cls(kind, KINDS[kind].grown({"marks": "1", **_hint_fields(()), **media_fields({}), **blank}))

    @classmethod
    def filled(
        cls, question: Question, *, seen: int, pictures: Mapping[str, str] | None = None
    ) -> "QuestionForm":
        """Return a form that holds a question; `pictures` are those that it may show."""
        body = KINDS[question.type].fields_of(question)
        fields = {
            "title": question.title,
            **text_fields("stem", question.stem),
            "marks": shown_number(question.marks),
            "tags": ", ".join(question.tags),
            "objective": question.objective,
            **_hint_fields(question.hints),
            **fields_of_drawing(question.drawing, body, KINDS[question.type].addresses(body)),
        }
        for name in OVERALL:
            fields |= text_fields(name, getattr(question, name))
        known = dict(pictures or {})
        fields |= media_fields({name: url for name, url in known.items() if name != fields.get("picture")})
        form = cls(question.type, fields, seen=seen)
        form.pictures = known
        return form

    @classmethod
    def posted(cls, kind: QuestionType, form: Mapping[str, str]) -> "QuestionForm":
        """Return the form as it was sent; a browser ends lines as nobody typed them."""
        fields = {name: value.replace("\r\n", "\n") for name, value in form.items()}
        return cls(kind, KINDS[kind].grown(fields), seen=whole_number(fields.get("seen")) or 0)

    @property
    def is_scored(self) -> bool:
        """Return whether its questions earn anything: where not, points and what is said by result are not asked."""
        return KINDS[self.kind].is_scored

    @property
    def seen(self) -> int:
        """Return the version that the author had before them."""
        return int(self.fields["seen"])

    def bring(self, picture: str, url: str) -> None:
        """Let the question show a picture that its author brought."""
        self.fields = {**self.fields, "picture": picture, "picture-url": url}
        self.pictures[picture] = url

    def attach(self, name: str, url: str) -> None:
        """Let texts of the question show a file that its author brought."""
        if (name := free_name(name, url, self.pictures)) in media_in(self.fields):
            return
        if len(self.media) >= MOST_FILES:
            message = said(Message("A question has at most %(most)s files.", most=MOST_FILES))
            raise Invalid(message, fields={MEDIA: message})
        self.fields, row = with_row(self.fields, MEDIA)
        self.fields = {**self.fields, f"{MEDIA}-{row}-name": name, f"{MEDIA}-{row}-url": url}
        self.pictures[name] = url

    def hold_pictures(self, was: Mapping[str, str], known: Collection[str]) -> None:
        """Let it show what its form names, where that is `known` by address, and what it `was` if a form lists none."""
        named = media_in(self.fields) if self.value(SHOWN) else dict(was)
        if self.value("picture"):
            named[self.value("picture")] = self.value("picture-url") or was.get(self.value("picture"), "")
        kept = {*known, *was.values()}
        self.pictures = {name: url for name, url in named.items() if url in kept}

    @property
    def addresses(self) -> Sequence[str]:
        """Return where the form says that its files are served."""
        return [*media_in(self.fields).values(), self.value("picture-url")]

    @property
    def media(self) -> Sequence[Media]:
        """Return the files that texts of the question may show."""
        return listed(self.fields)

    def forget_lost_picture(self) -> None:
        """Take the name of a picture back that nothing is known of: its question would show none."""
        if self.value("picture") not in self.pictures:
            self.fields = {**self.fields, "picture": ""}

    def value(self, name: str) -> str:
        """Return what stands in a field."""
        return self.fields.get(name, "")

    def rows(self, group: str) -> Sequence[int]:
        """Return the rows of a group."""
        return rows_of(self.fields, group)

    def must_show(self, row: str, *parts: str) -> bool:
        """Return whether something in the folded part of a row wants to be mended."""
        return any(f"{row}-{part}" in self.faults for part in parts)

    def faulty(self, *groups: str) -> bool:
        """Return whether something in rows of these groups, or of them all, wants to be mended."""
        return any(name.startswith(groups) for name in self.faults)

    def glimpse(self, row: str, *parts: str) -> str:
        """Return in a few words what is folded away."""
        words = (Markup(self.value(f"{row}-{part}")).striptags() for part in parts)  # noqa: S704  made text
        return " · ".join(word for word in words if word)

    def act(self, deed: str) -> bool:
        """Add, remove or move the row that a button names (``add:choice``, ``remove:choice:2``); False if none."""
        verb, group, row = (*deed.split(":"), "", "")[:3]
        if not GROUP.fullmatch(group):
            return False
        if verb == "add":
            self.fields, added = with_row(self.fields, group)
            self.fields = KINDS[self.kind].acted(self.fields, verb, group, added)
            self.new_row = group, added
        elif verb in {"remove", "up"} and (number := whole_number(row)) is not None:
            change = without_row if verb == "remove" else with_row_up
            self.fields = change(self.fields, group, number)
            self.fields = KINDS[self.kind].acted(self.fields, verb, group, number)
            self.new_row = group, max((one for one in self.rows(group) if one <= number), default=0)
        else:
            return False
        return True

    def read(self, was: Question | None) -> Question | None:
        """Return the question that the fields make; None when they make none, and `faults` says why.

        What the form does not show (folders, the author's own number, hints where nothing is right) stays as it was.
        """
        draft = Draft(self.fields)
        stem = draft.text("stem", required=Message("Write the question."))
        overall = {name: draft.text(name) for name in OVERALL}
        hints = self._hints(draft, was)
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
        title = tidied(draft.word("title")) or cleaned(_title_of(stem, KINDS[self.kind].told))
        if fault := fault_of(title):
            draft.refuse("title", fault)
        if len(title) > TITLE_MAX_CHARACTERS:
            draft.refuse(
                "title", Message("A title has at most %(most)s characters.", most=TITLE_MAX_CHARACTERS)
            )
        if fault := fault_of_marks(marks):
            draft.refuse("marks", fault)
        drawn = drawing_in(draft, KINDS[self.kind].addresses(self.fields))
        body = self._body(draft, drawn.fields)
        question = None
        if body is not None and not draft.faults:
            question = draft.part(
                "stem",
                lambda: replace(
                    was or Question(title=title, stem=stem, body=body),
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
                    hints=hints,
                    drawing=drawn.drawing,
                ),
            )
            question = question and try_out(draft, drawn, question)
        if question is not None and (message := too_long(question)):
            question = None
            draft.refuse("stem", message)
        self.faults = {name: said(message) for name, message in draft.faults.items()}
        return question

    def _hints(self, draft: Draft, was: Question | None) -> tuple[Text, ...]:
        if not self.is_scored:
            return was.hints if was else ()
        rows = draft.rows("hint", "text")
        if len(rows) > HINTS_AT_MOST:
            draft.refuse("hints", Message("A question has at most %(most)s hints.", most=HINTS_AT_MOST))
        return tuple(draft.text(f"hint-{row}-text") for row in rows)

    def _body(self, draft: Draft, fields: Fields) -> Body | None:
        try:
            return KINDS[self.kind].parse_body(fields)
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


def _hint_fields(hints: Sequence[Text]) -> Fields:
    """Return a row for each hint, a spare one where there is none."""
    fields = {} if hints else {"hint-0-text": ""}
    for row, hint in enumerate(hints):
        fields |= text_fields(f"hint-{row}-text", hint)
    return fields


def _tags_of(words: str, was: Question | None) -> tuple[str, ...]:
    """Return the tags between the commas; untouched ones as they were, since an imported one may hold a comma."""
    if was is not None and words == ", ".join(was.tags).strip():
        return was.tags
    return tuple(dict.fromkeys(tag for part in words.split(",") if (tag := part.strip())))


def _title_of(stem: Text, told: Callable[[str], str]) -> str:
    """Return the first words of a question, which name it in lists when its author gave no name."""
    words = Markup(told(text_to_html(stem))).striptags()  # noqa: S704  sanitised
    return words if len(words) <= TITLE_FROM_STEM else words[:TITLE_FROM_STEM].rpartition(" ")[0] + " …"
