"""What the formats of Moodle's ordering question share: how an order is graded, and what of that we do not know."""

from collections.abc import Sequence
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.ordering.values import OrderGrading, Ordering

# Moodle's older files have the short names.
SHORT: Final = {
    "ABSOLUTE": OrderGrading.ABSOLUTE_POSITION,
    "ABS": OrderGrading.ABSOLUTE_POSITION,
    "RELATIVE": OrderGrading.RELATIVE_NEXT_EXCLUDE_LAST,
    "REL": OrderGrading.RELATIVE_NEXT_EXCLUDE_LAST,
    "": OrderGrading.ABSOLUTE_POSITION,
}
MOODLES: Final = frozenset(OrderGrading) - {OrderGrading.UNTIL_FIRST_MISTAKE}
"""What Moodle knows."""


def moodle_name(grading: OrderGrading) -> str:
    """Return what Moodle calls a grading, or that of its own which is nearest."""
    return (grading if grading in MOODLES else OrderGrading.ABSOLUTE_POSITION).name


def losses_of_order(body: Ordering) -> Sequence[Message]:
    """Return what Moodle does not know of it."""
    losses = {
        Message("that only what stands before the first mistake earns"): body.grading not in MOODLES,
        Message("which things stand in a place of their own at first"): bool(body.fixed),
    }
    return tuple(loss for loss, holds in losses.items() if holds)


def grading_of(name: str, selected: str, warnings: list[str]) -> OrderGrading:
    """Return how an order is graded, by Moodle's name; what is not taken over is added to the warnings."""
    if selected.upper() not in {"", "ALL", "EXACT"}:
        warnings.append(Message("Moodle would ask some of the things by chance: here all are asked."))
    upper = name.strip().upper()
    known = {one.name: one for one in OrderGrading if one in MOODLES} | SHORT
    if upper not in known:
        warnings.append(
            Message("Orders graded by %(name)s are not known: each thing in its place counts.", name=upper)
        )
    return known.get(upper, OrderGrading.ABSOLUTE_POSITION)
