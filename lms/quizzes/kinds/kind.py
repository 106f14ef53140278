"""What every question type can do, and how its plug-in narrows a question and a response to its own.

A kind is put together of five small parts, each in a module of its folder: what is right (Rules), how an author
writes it (Editing), how a page asks it (Asking), and how a file of each format holds it (GiftForm, MoodleXmlForm).
What stands in a Protocol with a body is what most kinds do; a kind that does otherwise says so.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Protocol, TypeVar
from uuid import UUID

from markupsafe import Markup

from lms.courses.values.marking import FileKind, Rubric
from lms.kernel.messages import Message
from lms.quizzes.errors import InvalidResponse
from lms.quizzes.kinds.drafts import Fields
from lms.quizzes.syntax.gift import Answers, GiftWriter
from lms.quizzes.syntax.moodle_xml import XmlReader, XmlWriter
from lms.quizzes.syntax.qti.item import Probe, QtiItem
from lms.quizzes.syntax.qti.writing import QtiWriter
from lms.quizzes.syntax.table import TableRow
from lms.quizzes.values import (
    NO_TEXT,
    Body,
    Grade,
    Interaction,
    Question,
    QuestionType,
    Response,
    ReviewLine,
    Text,
)

TEXT_MAX_CHARACTERS: Final = 2_000
STEM: Final = ""
"""The key of the question's own text among its words: no part of a question has an empty one."""
NO_REMARK: Final[Message | None] = None


@dataclass(frozen=True, slots=True)
class FilesAsked:
    """Which files an answer may consist of, how many, and how large each."""

    kinds: tuple[FileKind, ...]
    most: int
    most_bytes: int


NO_FILES: Final[FilesAsked | None] = None

Form = Mapping[str, Sequence[str]]
"""A posted form: every field with all its values."""

BodyClass = type[Body]
ResponseClass = type[Response]
_Body = TypeVar("_Body", bound=Body)
_Response = TypeVar("_Response", bound=Response)


class Rules(Protocol):
    """What is right; pure, so that a grade can be computed again for ever.

    Nothing here knows how often somebody may try or when they are told: that is the behaviour of a quiz.
    """

    @property
    def is_graded_by_person(self) -> bool:
        """Whether a person marks it: what an answer earns is not known until then."""
        return False

    @property
    def is_scored(self) -> bool:
        """Whether it earns anything; what only asks for an opinion counts neither for nor against."""
        return True

    def grade(self, question: Question, response: Response) -> Grade:
        """Return what the response earns: -1 to 1 of the marks, 0 while it is blank.

        Never asked of a kind that a person marks, nor of one that is not scored.
        """
        raise TypeError(f"{question.type} is not graded by rule, nor is {response.type}")

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> Response:
        """Return the response in the fields of that name; raises InvalidResponse for one nobody could give.

        What a learner typed is never refused for what it says: it is kept as given and graded. Files come by the
        ids they were stored under.
        """

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether nothing of it is left open or unreadable."""

    def remark(self, question: Question, response: Response) -> Message | None:
        """Return what a learner should know of a response before handing it in, such as that it is no number."""
        del question, response
        return NO_REMARK

    def rubric(self, question: Question) -> Rubric:
        """Return what a person marks it by; never asked of a kind that is graded by rule."""
        raise TypeError(f"{question.type} is graded by rule")

    def guidance(self, question: Question) -> Text:
        """Return what its author says to who marks it."""
        del question
        return NO_TEXT

    def files_asked(self, question: Question) -> FilesAsked | None:
        """Return which files an answer consists of; None where it has none."""
        del question
        return NO_FILES

    def response_of(self, question: Question, file_ids: Sequence[UUID]) -> Response:
        """Return the answer that consists of these files; never asked of a kind whose answers have none."""
        raise TypeError(f"{question.type} takes no files, and {len(file_ids)} came")

    def correct_answer(self, question: Question) -> Response:
        """Return a response that earns everything; a blank one where no rule knows any."""

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return the response in words, line by line, beside what was expected."""

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return the response as statements of the record store write it, empty while it is blank.

        Never asked of a kind whose `interactions` are several.
        """
        raise TypeError(f"{question.type} is told in parts, and so is {response.type}")

    def interactions(self, question: Question, response: Response) -> tuple[Interaction, ...]:
        """Return what the record store is told of the response: one statement, or several where each has its own."""
        return (self.interaction(question, response),)


class Editing(Protocol):
    """How an author writes it: fields in, body out. Its form is `TYPE/edit.html`, with a QuestionForm as `form`."""

    def blank_fields(self) -> Fields:
        """Return the fields of a new question's form, spare rows among them."""

    def fields_of(self, question: Question) -> Fields:
        """Return the fields of a form that holds the question; `parse_body` reads the same body from them."""

    def parse_body(self, fields: Fields) -> Body:
        """Return the body that an author wrote; raises InvalidQuestion with what is wrong, by field."""

    def grown(self, fields: Fields) -> Fields:
        """Return the fields with those that what stands in others calls for, such as the rows of a new gap."""
        return fields

    def addresses(self, fields: Fields) -> Mapping[str, str]:
        """Return where in the body each number stands that a formula may give, by the name of its field."""
        del fields
        return {}

    def acted(self, fields: Fields, verb: str, group: str, row: int) -> Fields:
        """Return the fields after a button added, removed or moved a row, with what follows from it elsewhere."""
        del verb, group, row
        return fields


class Asking(Protocol):
    """How a page asks it. Its fields are `TYPE/ask.html`, with an Asking of views/paper.py as `one`."""

    @property
    def holds_stem(self) -> bool:
        """Whether `ask.html` shows the question's own text itself, since its fields stand within it."""
        return False

    def told(self, stem: str) -> str:
        """Return the HTML of the question's own text as it reads where nothing is asked: in lists and reviews."""
        return stem

    def hint(self, question: Question) -> Message | None:
        """Return how to answer, where that does not go without saying."""
        del question
        return NO_REMARK

    def shown_texts(self, question: Question) -> Mapping[str, Text]:
        """Return the texts that are shown beside its fields, by key: made safe HTML when the question is saved."""
        del question
        return {}

    def order(self, question: Question, random: Random, *, shuffle: bool) -> list[str]:
        """Return the keys of what is chosen from, as one attempt shows them; `shuffle` is what the quiz allows."""
        del question, random, shuffle
        return []

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> object:
        """Return what `ask.html` shows as `one.asked`: values of its own, with what was given before.

        `words` is the HTML of `shown_texts`, and under STEM of the question's own text; `order` what `order` gave,
        empty outside an attempt.
        """

    def typed_parts(self, question: Question) -> Collection[str]:
        """Return the parts, as the names of their fields end, in which something is typed and nothing picked."""
        del question
        return ()

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return what no page may hold while it is asked: accepted answers, feedback."""


class GiftForm(Protocol):
    """How GIFT holds it."""

    def opening(self, question: Question) -> str:
        """Return what follows the opening brace."""
        del question
        return ""

    @property
    def pairs_by_arrows(self) -> bool:
        """Whether an arrow within its texts would be taken for one that makes a pair."""
        return False

    def claims(self, answers: Answers) -> bool:
        """Return whether what stands between the braces is of this kind."""

    def read(self, answers: Answers) -> Body:
        """Return the body; raises ValueError with a sentence that says what is wrong."""

    def lines(self, question: Question, writer: GiftWriter) -> Sequence[str]:
        """Return what stands between the braces, line by line."""

    def losses(self, question: Question) -> Sequence[Message]:
        """Return what GIFT has no place for."""
        del question
        return ()


class MoodleXmlForm(Protocol):
    """How Moodle XML holds it."""

    @property
    def type(self) -> str:
        """The type it is written as."""

    def type_of(self, question: Question) -> str:
        """Return the type that this question is written as, where Moodle has several for its kind."""
        del question
        return self.type

    def stem(self, question: Question) -> Text:
        """Return the question's own text as it is written: with the answers in it, where Moodle has them there."""
        return question.stem

    def claims(self, reader: XmlReader) -> bool:
        """Return whether a question of Moodle's is of this kind."""
        return reader.type == self.type

    def read(self, reader: XmlReader) -> Body:
        """Return the body; raises ValueError with a sentence that says what is wrong.

        Where the answers stand in the question's own text, it takes them out of `reader.asked`.
        """

    def write(self, question: Question, writer: XmlWriter) -> None:
        """Write what only this kind has."""

    def losses(self, question: Question) -> Sequence[Message]:
        """Return what Moodle XML has no place for."""
        del question
        return ()


class QtiForm(Protocol):
    """How QTI 2.2 holds it."""

    def claims(self, item: QtiItem) -> bool:
        """Return whether an item is of this kind."""
        del item
        return False

    def read(self, item: QtiItem) -> Body:
        """Return the body; raises ValueError with a sentence that says what is wrong.

        It gives `item.asked` the question's own text, and finds out by `item.weigh` what the question is worth.
        """
        del item
        raise ValueError(Message("The question has no answer."))

    def probes(self, item: QtiItem, body: Body) -> Sequence[Probe]:
        """Return answers of which the item and the body must think alike; what differs is told."""
        del item, body
        return ()

    def with_said(self, body: Body, said: Mapping[str, Text]) -> Body | None:
        """Return the body with what is said of its parts, by their keys; None where it cannot say it."""
        del body, said
        return None

    def write(self, question: Question, writer: QtiWriter) -> None:
        """Write the interaction and the rules."""

    def losses(self, question: Question) -> Sequence[Message]:
        """Return what only Guildhall reads of such an item."""
        del question
        return ()


class TableForm(Protocol):
    """How a row of a table holds it."""

    def claims(self, row: TableRow) -> bool:
        """Return whether a row that does not name its type is of this kind."""
        del row
        return False

    def read(self, row: TableRow) -> Body:
        """Return the body; raises TableFault, which names the column, or ValueError."""

    def cells(self, question: Question) -> Mapping[str, str]:
        """Return what only this kind has, by column."""


class Kind(Rules, Editing, Asking, Protocol):
    """One question type, whole."""

    @property
    def type(self) -> QuestionType:
        """Its name in code and in what is stored; that of its folder."""

    @property
    def title(self) -> Message:
        """What people call it."""

    @property
    def lead(self) -> Message:
        """What it asks, in a sentence for who chooses a kind."""

    @property
    def icon(self) -> str:
        """Its sign in lists."""

    @property
    def body(self) -> BodyClass:
        """What its questions hold."""

    @property
    def response(self) -> ResponseClass:
        """What its answers hold."""

    def parts(self, question: Question) -> tuple[Interaction, ...]:
        """Return each part that is answered by itself, as an interaction that nobody has given yet."""
        return self.interactions(question, self.response())

    def answer_keys(self, question: Question) -> frozenset[tuple[str, ...]]:
        """Return all that an answer may name: keys of choices, lines and gaps, each with the list it stands in.

        Two versions of a question for which it is the same can each grade what was given to the other.
        """
        return frozenset(
            (one.part, name, key)
            for one in self.parts(question)
            for name, listed in one.parts.items()
            for key, _text in listed
        )

    @property
    def gift(self) -> GiftForm | None:
        """How GIFT holds it; None where GIFT has no such question."""
        return None

    @property
    def moodle_xml(self) -> MoodleXmlForm | None:
        """How Moodle XML holds it; None where Moodle has no such question."""
        return None

    @property
    def qti(self) -> QtiForm | None:
        """How QTI 2.2 holds it; None where it cannot."""
        return None

    @property
    def table(self) -> TableForm | None:
        """How a table holds it; None where a row has no cells for it."""
        return None


def body_of(question: Question, kind: type[_Body]) -> _Body:
    """Return the body of a question of this type."""
    if not isinstance(question.body, kind):
        raise TypeError(f"{question.type} is no {kind.__name__}")
    return question.body


def own(response: Response, kind: type[_Response]) -> _Response:
    """Return a response of this type."""
    if not isinstance(response, kind):
        raise TypeError(f"{response.type} is no {kind.__name__}")
    return response


def one_value(form: Form, field: str) -> str:
    """Return the value of a field, empty if it was not sent."""
    values = form.get(field, ())
    if len(values) > 1:
        raise refused(field, Message("The answer was sent more than once."))
    value = values[0] if values else ""
    if len(value) > TEXT_MAX_CHARACTERS:
        raise refused(field, Message("An answer has at most %(most)s characters.", most=TEXT_MAX_CHARACTERS))
    return value


def one_of(form: Form, field: str, keys: Sequence[str]) -> str:
    """Return the key in a field, empty if none was picked."""
    value = one_value(form, field)
    if value and value not in keys:
        raise refused(field, unknown_choice())
    return value


def unknown_choice() -> Message:
    """Say that a choice is not one of the question's."""
    return Message("This choice is not part of the question: load the page again.")


def refused(field: str, message: Message) -> InvalidResponse:
    """Return the error that names the field."""
    return InvalidResponse(message, fields={field: message})
