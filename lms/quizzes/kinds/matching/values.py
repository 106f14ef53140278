"""Stems and options, and which option was chosen for each stem."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.checks import require_keys
from lms.quizzes.kinds.weights import WEIGHT_AT_MOST
from lms.quizzes.values import LATER, Body, QuestionType, Response, Text

MATCHING: Final = QuestionType("matching")


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
class Matching(Body):
    """Find the option of each stem; several may share one.

    `weights` says how many times each stem counts, in their order; without them all count the same.
    """

    type: ClassVar[QuestionType] = MATCHING
    stems: tuple[MatchStem, ...]
    options: tuple[MatchOption, ...]
    shuffle: bool = True
    weights: tuple[int, ...] = field(default=(), metadata=LATER)

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        require_keys(stem.key for stem in self.stems)
        require_keys(option.key for option in self.options)
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
        if self.weights and (
            len(self.weights) != len(self.stems)
            or not all(1 <= one <= WEIGHT_AT_MOST for one in self.weights)
        ):
            raise ValueError(
                Message("A pair counts a whole number of times, from 1 to %(most)s.", most=WEIGHT_AT_MOST)
            )

    @property
    def shares(self) -> dict[str, Decimal]:
        """Return what each stem is worth, of the whole question."""
        weights = self.weights or (1,) * len(self.stems)
        total = sum(weights)
        return {stem.key: Decimal(weight) / total for stem, weight in zip(self.stems, weights, strict=True)}

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        return tuple(stem.text for stem in self.stems)


@dataclass(frozen=True, slots=True)
class MatchingResponse(Response):
    """Pairs of stem key and option key, in the question's order; stems left open are not in it."""

    type: ClassVar[QuestionType] = MATCHING
    pairs: tuple[tuple[str, str], ...] = ()


def told_weights(weights: Sequence[int]) -> tuple[int, ...]:
    """Return how many times each stem counts; nothing where all count the same."""
    return tuple(weights) if len(set(weights)) > 1 else ()


def losses_of_pairs(body: Matching) -> Sequence[Message]:
    """Return what a format loses in which all pairs count the same."""
    return (Message("how much each pair counts"),) if body.weights else ()
