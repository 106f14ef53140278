"""Which of two ways through one course goes on, once two accounts turn out to be one person's."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID


class Way(NamedTuple):
    """How far an open enrolment has come."""

    enrolment_id: UUID
    done: int
    started_at: datetime | None
    enrolled_at: datetime
    due_on: date | None


class Stood(NamedTuple):
    """How an activity stands: the best score, passed or not, and when it was completed."""

    completed_at: datetime | None
    score: Decimal | None
    passed: bool | None


def further_first(kept: Way, merged: Way) -> tuple[Way, Way]:
    """Return the way that has come further, and the other; of two as far the one that began first."""

    def rank(way: Way) -> tuple[int, bool, float, str]:
        began = way.started_at or way.enrolled_at
        return (-way.done, way.started_at is None, began.timestamp(), str(way.enrolment_id))

    return (kept, merged) if rank(kept) <= rank(merged) else (merged, kept)


def earlier(days: Sequence[date | None]) -> date | None:
    """Return the first of these days, None without one: nobody is given more time by having two accounts."""
    return min((one for one in days if one is not None), default=None)


def best_of(one: Stood, other: Stood) -> Stood:
    """Return what both come to: the best score, passed once is passed, and completed when it first was."""
    scores = [each.score for each in (one, other) if each.score is not None]
    completed = [each.completed_at for each in (one, other) if each.completed_at is not None]
    said = [each.passed for each in (one, other) if each.passed is not None]
    return Stood(min(completed, default=None), max(scores, default=None), any(said) if said else None)
