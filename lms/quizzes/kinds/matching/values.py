"""Stems and options, and which option was chosen for each stem."""

from dataclasses import dataclass
from typing import ClassVar, Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.checks import require_keys
from lms.quizzes.values import Body, QuestionType, Response, Text

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
    """Find the option of each stem; stems count equally, and several may share an option."""

    type: ClassVar[QuestionType] = MATCHING
    stems: tuple[MatchStem, ...]
    options: tuple[MatchOption, ...]
    shuffle: bool = True

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

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        return tuple(stem.text for stem in self.stems)


@dataclass(frozen=True, slots=True)
class MatchingResponse(Response):
    """Pairs of stem key and option key, in the question's order; stems left open are not in it."""

    type: ClassVar[QuestionType] = MATCHING
    pairs: tuple[tuple[str, str], ...] = ()
