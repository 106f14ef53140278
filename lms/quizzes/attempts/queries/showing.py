"""What a learner sees of their attempts at an instant: each by its own rules, in its own phase."""

from collections.abc import Collection, Sequence
from datetime import datetime

from lms.quizzes.attempts import queries, rules
from lms.quizzes.attempts.values import Attempt
from lms.quizzes.bank import queries as bank
from lms.quizzes.values import AttemptId, Shown


def shown_of(attempt: Attempt, now: datetime, *, is_last: bool = False) -> frozenset[Shown]:
    """Return what its learner sees of an attempt now, `is_last` if it was passed or no other is left."""
    phase = rules.phase_of(attempt.finished_at, now, is_closed=_is_closed([attempt], now))
    return rules.shown(attempt.rules, phase, is_last=is_last)


def list_scored(past: Sequence[Attempt], now: datetime) -> Collection[AttemptId]:
    """Return those attempts at one exam whose score their learner may see now."""
    is_closed = _is_closed(past, now)
    return {
        one.id
        for one in past
        if one.score is not None
        and Shown.SCORE in rules.shown(one.rules, rules.phase_of(one.finished_at, now, is_closed=is_closed))
    }


def _is_closed(past: Sequence[Attempt], now: datetime) -> bool:
    """Return whether the exam is closed, asked only where that decides what is shown."""
    quiz_id = next((one.quiz_id for one in past if one.rules.sitting.review is not None), None)
    if quiz_id is None:
        return False
    # As the exam closes now, not as it did when this one began: right answers would reach whoever sits in it still.
    closes_at = bank.list_quizzes([quiz_id])[quiz_id].sitting.closes_at
    return queries.is_closed(quiz_id, closes_at, now)
