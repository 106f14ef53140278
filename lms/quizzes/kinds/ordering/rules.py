"""What an order earns: all of it, each thing in its place, each that follows the right one, or the longest run."""

import itertools
from collections.abc import Sequence
from decimal import Decimal

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import NO_REMARK, Form, Rules, body_of, one_of, own
from lms.quizzes.kinds.ordering.values import OrderGrading, Ordering, OrderingResponse
from lms.quizzes.values import (
    NO_TEXT,
    ONE,
    ZERO,
    Grade,
    Interaction,
    PartGrade,
    Question,
    Response,
    ReviewLine,
    Text,
    TextFormat,
)


class OrderingRules(Rules):
    """Grades by the share of things that stand right, as the question counts that."""

    def grade(self, question: Question, response: Response) -> Grade:
        """Return the share, exactly 1 for the right order; places that two things were given count for neither."""
        body, places = body_of(question, Ordering), own(response, OrderingResponse).sole
        right, whole = _right(body, places)
        share = ONE / whole
        parts = tuple(PartGrade(key, share if key in right else ZERO) for key in places)
        return Grade(Decimal(len(right)) / whole, parts)

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> OrderingResponse:
        """Read one field per item, ``answer-ITEM``, with its place from 1, or nothing."""
        items = body_of(question, Ordering).items
        numbers = [str(place) for place in range(1, len(items) + 1)]
        given = [(item.key, one_of(form, f"{name}-{item.key}", numbers)) for item in items]
        return OrderingResponse(tuple((key, int(place)) for key, place in given if place))

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether every item has a place of its own."""
        return len(own(response, OrderingResponse).sole) == len(body_of(question, Ordering).items)

    def remark(self, question: Question, response: Response) -> Message | None:
        """Say which places were given twice, or how many items have none, once any has one."""
        places, items = own(response, OrderingResponse), body_of(question, Ordering).items
        sole = set(places.sole.values())
        twice = sorted({place for _key, place in places.places} - sole)
        if twice:
            return Message("Given twice: position %(places)s.", places=", ".join(map(str, twice)))
        if places.places and len(sole) < len(items):
            return Message("Still open: %(left)s.", left=len(items) - len(sole))
        return NO_REMARK

    def correct_answer(self, question: Question) -> OrderingResponse:
        """Return the order as it stands."""
        items = body_of(question, Ordering).items
        return OrderingResponse(tuple((item.key, place) for place, item in enumerate(items, 1)))

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return a line per place: what was put there, beside what belongs there."""
        body, places = body_of(question, Ordering), own(response, OrderingResponse).sole
        texts = {item.key: item.text for item in body.items}
        at = {place: key for key, place in places.items()}
        earned = {part.key: part.fraction for part in self.grade(question, response).parts}
        return tuple(
            ReviewLine(
                Text(f"{place}.", TextFormat.PLAIN),
                texts[at[place]] if place in at else NO_TEXT,
                item.text,
                earned.get(at.get(place, ""), ZERO),
            )
            for place, item in enumerate(body.items, 1)
        )

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return the keys in the order they were given, among the items."""
        places = own(response, OrderingResponse).places
        given = [key for key, _place in sorted(places, key=lambda one: one[1])]
        choices = tuple((item.key, item.text) for item in body_of(question, Ordering).items)
        return Interaction("sequencing", "[,]".join(given), {"choices": choices})


def _right(body: Ordering, places: dict[str, int]) -> tuple[set[str], int]:
    """Return the items that stand right, and how many there could be."""
    keys = [item.key for item in body.items]
    in_place = {key for place, key in enumerate(keys, 1) if places.get(key) == place}
    match body.grading:
        case OrderGrading.ABSOLUTE_POSITION:
            return in_place, len(keys)
        case OrderGrading.ALL_OR_NOTHING:
            return in_place if len(in_place) == len(keys) else set(), len(keys)
        case OrderGrading.RELATIVE_NEXT_EXCLUDE_LAST:
            pairs = itertools.pairwise(keys)
            followed = {one for one, other in pairs if one in places and places.get(other) == places[one] + 1}
            return followed, len(keys) - 1
        case OrderGrading.UNTIL_FIRST_MISTAKE:
            # The last follows from the others.
            leading = list(itertools.takewhile(in_place.__contains__, keys))
            return set(leading[: len(keys) - 1]), len(keys) - 1
        case OrderGrading.LONGEST_ORDERED_SUBSET | OrderGrading.LONGEST_CONTIGUOUS_SUBSET:
            given = sorted(places, key=lambda key: places[key])
            is_run = body.grading is OrderGrading.LONGEST_CONTIGUOUS_SUBSET
            best = _longest([keys.index(key) for key in given], is_run=is_run)
            # One alone is in order with itself: as with Moodle, that is nothing.
            return {keys[index] for index in best} if len(best) > 1 else set(), len(keys)


def _longest(indexes: Sequence[int], *, is_run: bool) -> list[int]:
    """Return the longest that rises from left to right, without gaps if it is to be a run; the leftmost of equals.

    A run's parts need not stand side by side, only in order, as with Moodle.
    """
    best: list[list[int]] = []
    for at, index in enumerate(indexes):
        before = [chain for chain in best[:at] if (chain[-1] == index - 1 if is_run else chain[-1] < index)]
        best.append([*max(before, key=len, default=[]), index])
    return max(best, key=len, default=[])
