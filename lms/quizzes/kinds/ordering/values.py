"""Things in their right order, how an order is graded, and the place that each was given."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.checks import require_keys
from lms.quizzes.values import LATER, Body, QuestionType, Response, Text

ORDERING: Final = QuestionType("ordering")
ITEMS_AT_MOST: Final = 50
"""More are a list to look things up in, and nobody could move one through it."""


class OrderGrading(StrEnum):
    """What an order earns; the names are those of Moodle's ordering question, but for the last, which is ours."""

    ALL_OR_NOTHING = "all_or_nothing"
    ABSOLUTE_POSITION = "absolute_position"
    RELATIVE_NEXT_EXCLUDE_LAST = "relative_next_exclude_last"
    LONGEST_ORDERED_SUBSET = "longest_ordered_subset"
    LONGEST_CONTIGUOUS_SUBSET = "longest_contiguous_subset"
    UNTIL_FIRST_MISTAKE = "until_first_mistake"


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One of the things; its key stays when it is reworded or moved."""

    key: str
    text: Text


@dataclass(frozen=True, slots=True)
class Ordering(Body):
    """Put things in order; as they stand here is right.

    `fixed` says of some things in which place, from 1, they stand at first; the others are shuffled around them.
    """

    type: ClassVar[QuestionType] = ORDERING
    items: tuple[OrderItem, ...]
    grading: OrderGrading = OrderGrading.ABSOLUTE_POSITION
    fixed: tuple[tuple[str, int], ...] = field(default=(), metadata=LATER)

    def __post_init__(self) -> None:
        """Refuse what cannot be put in order."""
        require_keys(item.key for item in self.items)
        if not 2 <= len(self.items) <= ITEMS_AT_MOST:  # noqa: PLR2004  one is in order always
            raise ValueError(Message("An order has 2 to %(most)s things.", most=ITEMS_AT_MOST))
        if any(not item.text for item in self.items):
            raise ValueError(Message("One of the things is empty."))
        if len({item.text.source.strip() for item in self.items}) != len(self.items):
            raise ValueError(Message("Two of the things read the same: nobody could tell their places."))

        keys, places = [key for key, _place in self.fixed], [place for _key, place in self.fixed]
        if not {item.key for item in self.items}.issuperset(keys) or len(set(keys)) != len(keys):
            raise ValueError(Message("A thing that stands in a place of its own is none of them."))
        if len(set(places)) != len(places) or not all(1 <= place <= len(self.items) for place in places):
            raise ValueError(Message("Two things cannot stand in one place, nor one behind the last."))
        if self.fixed and len(self.items) - len(self.fixed) < 2:  # noqa: PLR2004  one alone has one place left
            raise ValueError(Message("Two of the things at least have to be shuffled."))

    def around(self, loose: Sequence[str]) -> list[str]:
        """Return the things as they stand at first: those without a place of their own in this order, never right."""
        held = {place: key for key, place in self.fixed}
        free = [key for key in loose if key not in held.values()]
        for shown in (free, [*free[1:], free[0]]):
            rest = iter(shown)
            order = [held.get(place) or next(rest) for place in range(1, len(self.items) + 1)]
            if order != [item.key for item in self.items]:
                break
        return order

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        return tuple(item.text for item in self.items)


@dataclass(frozen=True, slots=True)
class OrderingResponse(Response):
    """Pairs of item key and place, from 1, in the question's order; items without a place are not in it."""

    type: ClassVar[QuestionType] = ORDERING
    places: tuple[tuple[str, int], ...] = ()

    @property
    def sole(self) -> dict[str, int]:
        """Return the places that one item alone was given, by the key of that item."""
        taken = Counter(place for _key, place in self.places)
        return {key: place for key, place in self.places if taken[place] == 1}
