"""What reports count of an enrolment and of an activity in it: pure sums, so that what is kept can be told anew."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple
from uuid import UUID

TENTHS: Final = tuple(f"tenth_{number}" for number in range(10))
"""Best scores from 0 to below 10 %, from 10 to below 20 %, … from 90 % on."""
STAGES: Final = ("enrolled", "begun", "half", "completed", "withdrawn")
RATED: Final = tuple(f"rated_{number}" for number in range(1, 6))
"""How many of those who completed a version rate it 1, 2, … 5."""
MEASURES: Final = (*STAGES, "seconds", "passed", "failed", *TENTHS, *RATED)

SHARDS: Final = 16
ALL_COURSES: Final = UUID(int=0)
"""The subject under which everything is counted that people do in any course."""
EVERYBODY: Final = tuple(UUID(int=number) for number in range(SHARDS))
"""The places that are no organisation: who works nowhere is counted too, and the sum of all is spread over several
rows, so that people all over the world who finish at once do not wait for one another."""

SCORE_STEP: Final = Decimal("0.0000001")


class Stage(NamedTuple):
    """Where an enrolment is, as far as it is counted."""

    version_id: UUID
    started_at: datetime | None
    done: int
    completed_at: datetime | None
    ended_at: datetime | None


class Deed(NamedTuple):
    """How an activity stands, as far as it is counted."""

    activity_id: UUID
    completed_at: datetime | None
    took_seconds: int | None
    passed: bool | None
    score: Decimal | None


class Rated(NamedTuple):
    """What somebody says of a course, as far as it is counted; `rating` None is who passed the question over."""

    version_id: UUID
    rating: int | None


def count_stage(stage: Stage, required: int) -> Counter[str]:
    """Return what an enrolment adds to the funnel; `required` is how many activities its version asks for."""
    is_done = stage.completed_at is not None
    return Counter(
        enrolled=1,
        begun=int(stage.started_at is not None),
        half=int(is_done or is_half(stage.done, required)),
        completed=int(is_done),
        withdrawn=int(stage.ended_at is not None and not is_done),
    )


def is_half(done: int, required: int) -> bool:
    """Return whether half of what a version requires is done."""
    return required > 0 and 2 * done >= required


def count_deed(deed: Deed) -> Counter[str]:
    """Return what an activity that was begun adds to its own sums."""
    found = Counter(
        begun=1,
        completed=int(deed.completed_at is not None),
        seconds=deed.took_seconds or 0,
        passed=int(deed.passed is True),
        failed=int(deed.passed is False),
    )
    if deed.score is not None:
        found[TENTHS[tenth_of(deed.score)]] = 1
    return found


def count_rated(rated: Rated) -> Counter[str]:
    """Return what somebody's rating adds to those of the version that they completed."""
    return Counter() if rated.rating is None else Counter({RATED[rated.rating - 1]: 1})


def tenth_of(score: Decimal) -> int:
    """Return which tenth a score from 0 to 1 falls into; a full score is in the last."""
    return min(int(score * 10), 9)


def as_stored(score: Decimal | None) -> Decimal | None:
    """Return a score as the database keeps it, so that what is counted of it is what it says."""
    return None if score is None else score.quantize(SCORE_STEP, ROUND_HALF_UP)


def difference(after: Counter[str], before: Counter[str]) -> Counter[str]:
    """Return what was added, less than nothing where something was taken away."""
    found = Counter(after)
    found.subtract(before)
    return Counter({measure: count for measure, count in found.items() if count})


def add_up(parts: Iterable[Counter[str]]) -> Counter[str]:
    """Return the sum of these, negative counts kept."""
    found: Counter[str] = Counter()
    for part in parts:
        found.update(part)
    return found
