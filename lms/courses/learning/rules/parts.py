"""Which part of a long outline a page shows: a course of thousands of lessons opens as fast as one of ten."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from lms.courses.authoring.values import WHOLE
from lms.courses.learning.values import OutlineItem, OutlineSection
from lms.courses.values import ActivityId

RUN: Final = 100
"""How many activities of one section are opened at once in a longer one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlinePart:
    """A section of an outline, or a run of a long one; `number` counts the parts from 1."""

    number: int
    title: str
    items: Sequence[OutlineItem]
    is_run: bool
    is_open: bool

    @property
    def done(self) -> int:
        """Return how many of its activities are completed."""
        return sum(item.completed_at is not None for item in self.items)


def parts_of(
    outline: Sequence[OutlineSection], *, here: ActivityId | None, asked: int | None = None
) -> Sequence[OutlinePart]:
    """Return an outline in parts: all open in a short one, else the one with `here` and the one `asked` for.

    Without `here` the first is open, so that a page always shows where a course begins.
    """
    is_short = sum(len(section.items) for section in outline) <= WHOLE
    runs = list(_runs(outline, WHOLE if is_short else RUN))
    at = next((number for number, (_title, items, _is_run) in enumerate(runs, 1) if _has(items, here)), 1)
    return [
        OutlinePart(
            number=number,
            title=title,
            items=items,
            is_run=is_run,
            is_open=is_short or number in {at, asked},
        )
        for number, (title, items, is_run) in enumerate(runs, 1)
    ]


def _runs(outline: Sequence[OutlineSection], most: int) -> Iterator[tuple[str, Sequence[OutlineItem], bool]]:
    for section in outline:
        for first in range(0, len(section.items), most):
            yield section.title, section.items[first : first + most], len(section.items) > most


def _has(items: Sequence[OutlineItem], here: ActivityId | None) -> bool:
    return any(item.id == here for item in items)
