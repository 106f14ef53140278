"""The choices of a question, one or several of which may be right: what both kinds share."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Final

from markupsafe import Markup

from lms.kernel.messages import Message
from lms.quizzes.kinds.checks import require_keys, require_weights
from lms.quizzes.kinds.masks import mask_of
from lms.quizzes.syntax.gift import Answers, GiftWriter, weight_sign
from lms.quizzes.syntax.moodle_xml import XmlReader, XmlWriter
from lms.quizzes.values import NO_TEXT, ZERO, Text, key_at, percent

# Moodle's rule: thirds and sixths are written with a few digits, so a sum is compared to the second place.
WEIGHT_SUM_TOLERANCE: Final = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a choice question; its key stays when the option is reworded or moved."""

    key: str
    text: Text
    weight: Decimal = ZERO
    feedback: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose on a page: its key, its words (safe HTML, or a Message), whether it is chosen."""

    key: str
    words: str
    is_chosen: bool = False


def require_choices(choices: tuple[Choice, ...]) -> None:
    """Refuse choices among which nothing can be chosen."""
    require_keys(choice.key for choice in choices)
    require_weights(choice.weight for choice in choices)
    if len(choices) < 2:  # noqa: PLR2004 - one choice is none
        raise ValueError(Message("A choice question needs two choices at least."))
    if any(not choice.text for choice in choices):
        raise ValueError(Message("A choice is empty."))


def require_among(choices: tuple[Choice, ...], keys: Collection[str]) -> None:
    """Refuse keys that no choice has."""
    if not set(keys) <= {choice.key for choice in choices}:
        raise ValueError(Message("A choice is named that is not there."))


def shuffled(choices: Sequence[Choice], fixed: Collection[str], random: Random) -> list[str]:
    """Return the keys shuffled, those that are fixed each in its place."""
    loose = [choice.key for choice in choices if choice.key not in fixed]
    random.shuffle(loose)
    mixed = iter(loose)
    return [choice.key if choice.key in fixed else next(mixed) for choice in choices]


def losses_of_order(fixed: Collection[str]) -> Mapping[Message, bool]:
    """Return what a format without fixed choices loses, and whether it does."""
    return {Message("which choices stay in their place"): bool(fixed)}


def texts_of(choices: Sequence[Choice]) -> tuple[Text, ...]:
    """Return every text of the choices, in reading order."""
    return tuple(text for choice in choices for text in (choice.text, choice.feedback))


def options_of(
    choices: Sequence[Choice], words: Mapping[str, Markup], order: Sequence[str], chosen: Collection[str]
) -> tuple[Option, ...]:
    """Return the choices as a page asks them, in their order."""
    keys = order or [choice.key for choice in choices]
    return tuple(Option(mask_of(order, key), words[key], key in chosen) for key in keys)


def feedback_sources(choices: Sequence[Choice]) -> tuple[str, ...]:
    """Return what is said of the choices afterwards."""
    return tuple(choice.feedback.source for choice in choices if choice.feedback)


def choices_in_gift(answers: Answers) -> tuple[Choice, ...]:
    """Return the choices between the braces of a GIFT question."""
    return tuple(
        Choice(key_at(position), answers.text(one.text), one.weight, answers.text(one.said))
        for position, one in enumerate(answers.choices())
    )


def choice_in_gift(choice: Choice, writer: GiftWriter) -> str:
    """Return the line of a choice that may earn or cost a part."""
    is_weighed = choice.weight or choice.text.source.lstrip().startswith("%")
    weight = weight_sign(choice.weight) if is_weighed else ""
    return f"~{weight}{writer.part(choice.text)}{writer.said(choice.feedback)}"


def choices_in_xml(reader: XmlReader) -> tuple[Choice, ...]:
    """Return the choices of a Moodle question."""
    return tuple(
        Choice(
            key_at(position),
            reader.text(answer),
            reader.fraction(answer),
            reader.text(answer.first("feedback")),
        )
        for position, answer in enumerate(reader.element.all("answer"))
    )


def write_choices(writer: XmlWriter, choices: Sequence[Choice], *, is_single: bool, shuffle: bool) -> None:
    """Write the choices of a Moodle question."""
    writer.value("single", str(is_single).lower())
    writer.value("shuffleanswers", str(shuffle).lower())
    for choice in choices:
        answer = writer.text(writer.element, "answer", choice.text)
        answer.set("fraction", percent(choice.weight))
        writer.text(answer, "feedback", choice.feedback)
