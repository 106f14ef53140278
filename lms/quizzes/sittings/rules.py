"""What sittings decide without a database: whose extra time holds, and what an hour on a form is as an instant."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from lms.quizzes.sittings.values import ExtraTime
from lms.quizzes.values import NO_EXTRA, Extra, QuizId

PERCENT_MOST: Final = 300
MINUTES_MOST: Final = 600
REASON_CHARACTERS: Final = 500


def extra_in(quiz_id: QuizId, given: Sequence[ExtraTime]) -> Extra:
    """Return what a person has extra in an exam: what was given for it, else what was given for each."""
    holds = {one.quiz_id: one.extra for one in given if one.withdrawn_at is None}
    return holds.get(quiz_id, holds.get(None, NO_EXTRA))


def instant_of(clock: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the instant at which clocks in `zone` show this; None in the hour that spring leaves out.

    Of the hour that autumn has twice it is the first.
    """
    instant = clock.replace(tzinfo=zone).astimezone(UTC)
    return instant if instant.astimezone(zone).replace(tzinfo=None) == clock else None
