"""What counts, when a course is complete, and where a learner goes on: decisions without a database."""

from collections.abc import Collection, Sequence
from decimal import Decimal

from lms.courses.values import ActivityId

SECONDS_PER_POST = 600
"""A page tells its time every minute; more than this in one post is no reading."""


def counts(*, completed: bool, passed: bool | None) -> bool:
    """Return whether a result completes its activity: a failed exam never does."""
    return completed and passed is not False


def is_complete(required: Collection[ActivityId], done: Collection[ActivityId]) -> bool:
    """Return whether every required activity is done; a course that requires nothing is never complete."""
    return bool(required) and set(required) <= set(done)


def resume_at(
    order: Sequence[ActivityId], done: Collection[ActivityId], last: ActivityId | None
) -> ActivityId | None:
    """Return where to go on: the last one if unfinished, else the next unfinished, else the first unfinished.

    When all is done it is the last one seen, or the first; None only if there is nothing.
    """
    if not order:
        return None
    here = order.index(last) if last in order else 0
    ahead = [one for one in [*order[here:], *order[:here]] if one not in done]
    return ahead[0] if ahead else order[here]


def neighbours(order: Sequence[ActivityId], here: ActivityId) -> tuple[ActivityId | None, ActivityId | None]:
    """Return what comes before and after `here` in `order`, None at the ends."""
    at = order.index(here)
    return (order[at - 1] if at else None), (order[at + 1] if at + 1 < len(order) else None)


def credited_seconds(claimed: int, *, since_last: float) -> int:
    """Return how much of the reading time that a page claims can be true: not more than has passed."""
    return max(0, min(claimed, int(since_last), SECONDS_PER_POST))


def best_score(held: Decimal | None, new: Decimal | None) -> Decimal | None:
    """Return the better of two scores; no score is less than any."""
    return max((score for score in (held, new) if score is not None), default=None)
