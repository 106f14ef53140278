"""What a question is: its texts, its body by type, and the JSON a bank keeps of it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Final

import msgspec

from lms.kernel.messages import Message

ONE: Final = Decimal(1)
ZERO: Final = Decimal(0)
TITLE_MAX_CHARACTERS: Final = 255
# Moodle's rule: thirds and sixths are written with a few digits, so a sum is compared to the second place.
WEIGHT_SUM_TOLERANCE: Final = Decimal("0.005")
NUMBER_MAX_DIGITS: Final = 20
NUMBER_MAX_EXPONENT: Final = 40


class QuestionType(StrEnum):
    """What a learner is asked to do. Ordering, cloze, hotspot, essay and Likert will join as members."""

    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    TRUE_FALSE = "true_false"
    SHORT_TEXT = "short_text"
    NUMERIC = "numeric"
    MATCHING = "matching"


class TextFormat(StrEnum):
    """How the source of a text is written."""

    PLAIN = "plain"
    MARKDOWN = "markdown"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class Text:
    """Text as its author wrote it: untrusted, rendered and sanitised only when it is shown.

    A picture that came with the question is referred to as ``attachment:NAME`` (percent-encoded).
    """

    source: str
    format: TextFormat = TextFormat.MARKDOWN

    def __bool__(self) -> bool:
        """Return whether there is anything to show."""
        return bool(self.source.strip())


NO_TEXT: Final = Text("", TextFormat.PLAIN)


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a choice question; its key stays when the option is reworded or moved."""

    key: str
    text: Text
    weight: Decimal = ZERO
    feedback: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class SingleChoice:
    """Pick one; each choice earns its weight (1 is right, less is partly right, below 0 costs)."""

    type: ClassVar[QuestionType] = QuestionType.SINGLE_CHOICE
    choices: tuple[Choice, ...]
    shuffle: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        _require_choices(self.choices)
        if max(choice.weight for choice in self.choices) != ONE:
            raise ValueError(Message("No choice is worth 100%%: one of them must be right."))


@dataclass(frozen=True, slots=True)
class MultipleChoice:
    """Tick any number; the weights of what is ticked add up."""

    type: ClassVar[QuestionType] = QuestionType.MULTIPLE_CHOICE
    choices: tuple[Choice, ...]
    shuffle: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        _require_choices(self.choices)
        total = sum((choice.weight for choice in self.choices if choice.weight > ZERO), ZERO)
        if not total:
            raise ValueError(Message("None of its choices is right."))
        if abs(total - ONE) > WEIGHT_SUM_TOLERANCE:
            raise ValueError(
                Message(
                    "The right choices together are worth %(total)s%%: they must add up to 100%%.",
                    total=percent(total),
                )
            )


@dataclass(frozen=True, slots=True)
class TrueFalse:
    """Say whether a statement holds."""

    type: ClassVar[QuestionType] = QuestionType.TRUE_FALSE
    answer: bool
    feedback_true: Text = NO_TEXT
    feedback_false: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class TextAnswer:
    r"""An answer that is accepted; ``*`` in the pattern is any run of characters, ``\*`` a star."""

    key: str
    pattern: str
    weight: Decimal = ONE
    feedback: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class ShortText:
    """Type a word or a phrase; the first pattern that matches decides."""

    type: ClassVar[QuestionType] = QuestionType.SHORT_TEXT
    answers: tuple[TextAnswer, ...]
    case_sensitive: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        _require_keys(answer.key for answer in self.answers)
        if any(not answer.pattern.strip() for answer in self.answers):
            raise ValueError(Message("An accepted answer is empty."))
        _require_weights(answer.weight for answer in self.answers)
        if not any(answer.weight == ONE for answer in self.answers):
            raise ValueError(Message("No answer is worth 100%%: one of them must be right."))


@dataclass(frozen=True, slots=True)
class NumericAnswer:
    """A number that is accepted within ± tolerance, both ends included; no value means any number."""

    key: str
    value: Decimal | None
    tolerance: Decimal = ZERO
    weight: Decimal = ONE
    feedback: Text = NO_TEXT

    def __post_init__(self) -> None:
        """Refuse numbers that no comparison could hold exactly."""
        for number in (self.tolerance, *(() if self.value is None else (self.value,))):
            _require_number(number)
        if self.tolerance < ZERO:
            raise ValueError(Message("A tolerance is below zero."))


GOES_ON_AS_A_NUMBER: Final = re.compile(
    r"[\d.,+\-*^\u00b7\u00d7\u2012\u2013\u2212\u22c5\u066b\u066c\uff0b\uff0c\uff0e]|[eE]\s*[+-]?\s*\d|[xX]\s*10\s*(\^|\*\*)"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit a number may be given in; ``multiplier`` of it make one base unit (of metres, 100 for cm)."""

    name: str
    multiplier: Decimal = ONE

    def __post_init__(self) -> None:
        """Refuse a unit that cannot be read or converted."""
        _require_number(self.multiplier)
        if not self.name.strip() or self.multiplier == ZERO:
            raise ValueError(Message("A unit needs a name and a multiplier other than zero."))
        if GOES_ON_AS_A_NUMBER.match(self.name.strip()):
            raise ValueError(
                Message("The name of a unit may not begin as a number goes on: nobody could type it.")
            )


class UnitRule(StrEnum):
    """What is asked of the unit: none at all, it may be left out (base unit meant), or it must be given."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Numeric:
    """Type a number; the first answer whose range holds it decides.

    With ``REQUIRED``, a missing or unknown unit costs ``unit_penalty`` of the grade (1 is all of it).
    """

    type: ClassVar[QuestionType] = QuestionType.NUMERIC
    answers: tuple[NumericAnswer, ...]
    units: tuple[Unit, ...] = ()
    unit_rule: UnitRule = UnitRule.NONE
    unit_penalty: Decimal = ONE

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        _require_keys(answer.key for answer in self.answers)
        _require_weights(answer.weight for answer in self.answers)
        if not any(answer.weight == ONE and answer.value is not None for answer in self.answers):
            raise ValueError(Message("No number is worth 100%%: one of them must be right."))
        if (self.unit_rule is UnitRule.NONE) != (not self.units):
            raise ValueError(Message("Units and the rule for units do not fit: name units, or ask for none."))
        if len({unit.name.strip() for unit in self.units}) != len(self.units):
            raise ValueError(Message("A unit is named twice."))
        if self.units and all(unit.multiplier != ONE for unit in self.units):
            raise ValueError(Message("No unit has the multiplier 1: the answers are given in that one."))
        if not ZERO <= self.unit_penalty <= ONE:
            raise ValueError(Message("The penalty for a unit lies between 0 and 100%%."))


@dataclass(frozen=True, slots=True)
class MatchStem:
    """The left side of a pair, and the key of the option that belongs to it."""

    key: str
    text: Text
    option_key: str


@dataclass(frozen=True, slots=True)
class MatchOption:
    """The right side: plain text, since it stands in a list to pick from. Options without a stem distract."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Matching:
    """Find the option of each stem; stems count equally, and several may share an option."""

    type: ClassVar[QuestionType] = QuestionType.MATCHING
    stems: tuple[MatchStem, ...]
    options: tuple[MatchOption, ...]
    shuffle: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        _require_keys(stem.key for stem in self.stems)
        _require_keys(option.key for option in self.options)
        if len(self.stems) < 2 or len(self.options) < 2:  # noqa: PLR2004 - a pair to choose from
            raise ValueError(Message("A matching question needs two pairs at least."))
        if any(not stem.text for stem in self.stems) or any(
            not option.text.strip() for option in self.options
        ):
            raise ValueError(Message("One side of a pair is empty."))
        if len({option.text for option in self.options}) != len(self.options):
            raise ValueError(Message("Two options read the same."))
        if not {stem.option_key for stem in self.stems} <= {option.key for option in self.options}:
            raise ValueError(Message("A pair points to an option that is not there."))


Body = SingleChoice | MultipleChoice | TrueFalse | ShortText | Numeric | Matching
BODIES: Final[Mapping[QuestionType, type[Body]]] = {
    body.type: body for body in (SingleChoice, MultipleChoice, TrueFalse, ShortText, Numeric, Matching)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question, whole: what is asked, how it is graded, what is said afterwards.

    ``feedback_*`` is said by result (all right, partly, wrong), ``general_feedback`` always; ``hints`` come
    between tries. ``external_id`` is the author's own number for it; ``category`` the folders it stood in,
    outermost first; ``objective`` what who answers it has learned.
    """

    title: str
    stem: Text
    body: Body
    marks: Decimal = ONE
    general_feedback: Text = NO_TEXT
    feedback_correct: Text = NO_TEXT
    feedback_partial: Text = NO_TEXT
    feedback_incorrect: Text = NO_TEXT
    hints: tuple[Text, ...] = ()
    tags: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    external_id: str = ""
    objective: str = ""

    def __post_init__(self) -> None:
        """Refuse a question that asks nothing."""
        if not self.title.strip() or len(self.title) > TITLE_MAX_CHARACTERS:
            raise ValueError(
                Message("A question needs a title of at most %(most)s characters.", most=TITLE_MAX_CHARACTERS)
            )
        if not self.stem:
            raise ValueError(Message("The question has no text."))
        if not self.marks.is_finite() or self.marks < ZERO:
            raise ValueError(Message("Marks cannot be below zero."))

    @property
    def type(self) -> QuestionType:
        """What the learner is asked to do."""
        return self.body.type

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        match self.body:
            case SingleChoice(choices=choices) | MultipleChoice(choices=choices):
                inner = [text for choice in choices for text in (choice.text, choice.feedback)]
            case TrueFalse():
                inner = [self.body.feedback_true, self.body.feedback_false]
            case ShortText() | Numeric():
                inner = [answer.feedback for answer in self.body.answers]
            case Matching(stems=stems):
                inner = [stem.text for stem in stems]
        overall = (
            self.general_feedback,
            self.feedback_correct,
            self.feedback_partial,
            self.feedback_incorrect,
        )
        return (self.stem, *inner, *overall, *self.hints)


def question_to_json(question: Question) -> dict[str, Any]:
    """Return the question as JSON: its fields, with ``type`` beside ``body``; decimals are strings."""
    document: dict[str, Any] = msgspec.to_builtins(question)
    if not question.objective:
        # It came later: a question without one is the same question, and has the same digest, as before.
        del document["objective"]
    return {"type": question.type.value, **document}


def question_from_json(document: Mapping[str, Any]) -> Question:
    """Return the question that ``question_to_json`` gave; ValueError if it is none."""
    given = dict(document)
    try:
        body = msgspec.convert(given.pop("body"), BODIES[QuestionType(given.pop("type"))])
    except KeyError as missing:
        raise ValueError(Message("A stored question lacks %(field)s.", field=missing.args[0])) from missing
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
    known = {field.name: field.type for field in fields(Question) if field.name != "body"}
    if unknown := given.keys() - known.keys():
        raise ValueError(
            Message("A stored question has a field that is not known: %(field)s.", field=min(unknown))
        )
    try:
        return Question(
            body=body, **{name: msgspec.convert(value, known[name]) for name, value in given.items()}
        )
    except (msgspec.ValidationError, TypeError) as error:
        raise ValueError(str(error)) from error


def key_at(position: int) -> str:
    """Return the key that the choice at this position (from 0) gets on import: a, b … z, aa, ab and on."""
    letters = ""
    position += 1
    while position:
        position, letter = divmod(position - 1, 26)
        letters = chr(ord("a") + letter) + letters
    return letters


def percent(fraction: Decimal) -> str:
    """Return a fraction as percents in plain digits: 0.3333333 is 33.33333."""
    return f"{(fraction * 100).normalize():f}"


def _require_choices(choices: tuple[Choice, ...]) -> None:
    _require_keys(choice.key for choice in choices)
    _require_weights(choice.weight for choice in choices)
    if len(choices) < 2:  # noqa: PLR2004 - one choice is none
        raise ValueError(Message("A choice question needs two choices at least."))
    if any(not choice.text for choice in choices):
        raise ValueError(Message("A choice is empty."))


def _require_keys(keys: Iterable[str]) -> None:
    listed = list(keys)
    if not listed:
        raise ValueError(Message("The question has no answer."))
    if len(set(listed)) != len(listed) or not all(listed):
        raise ValueError(Message("Two answers have the same key."))


def _require_weights(weights: Iterable[Decimal]) -> None:
    for weight in weights:
        if not weight.is_finite() or not -ONE <= weight <= ONE:
            raise ValueError(
                Message("A weight of %(weight)s%% is outside -100 to 100%%.", weight=percent(weight))
            )


def _require_number(number: Decimal) -> None:
    exponent = number.as_tuple().exponent
    if (
        not isinstance(exponent, int)
        or len(number.as_tuple().digits) > NUMBER_MAX_DIGITS
        or abs(number.adjusted()) > NUMBER_MAX_EXPONENT
        or abs(exponent) > NUMBER_MAX_EXPONENT
    ):
        raise ValueError(Message("A number has more than %(most)s digits.", most=NUMBER_MAX_DIGITS))
