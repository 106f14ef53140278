"""Where an attempt stands whose exam is gone through section by section; decided from what is stored and the time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lms.quizzes.values.exams import QuizRules
from lms.quizzes.values.sittings import Extra

TOLERANCE: Final = timedelta(seconds=5)
"""How long after the end of its time an answer still counts: it was given in time and travelled."""


@dataclass(frozen=True, slots=True)
class Where:
    """A section, from 1, and when its time is up; None without a time of its own."""

    section: int
    ends_at: datetime | None


def entered(rules: QuizRules, section: int, at: datetime) -> Where:
    """Return what holds of a section that is entered at an instant; what its person has extra is had in each."""
    minutes = rules.sections[section - 1].minutes
    if minutes is None:
        return Where(section, None)
    return Where(section, at + timedelta(minutes=minutes) + rules.extra.of(minutes))


def stands_at(rules: QuizRules, was: Where, now: datetime) -> Where | None:
    """Return where an attempt stands now that stood there when it was last written; None once the last is over.

    A section whose time is up is closed and the next one begins at that instant, whether anybody is there or not.
    """
    at = was
    while at.ends_at is not None and now > at.ends_at + TOLERANCE:
        if at.section >= len(rules.sections):
            return None
        at = entered(rules, at.section + 1, at.ends_at)
    return at


def left_at(rules: QuizRules, was: Where, now: datetime) -> Where | None:
    """Return the section that follows the one an attempt stands in, entered now; None after the last.

    Who leaves within the tolerance has no more time in the next than who was sent there by the clock.
    """
    if was.section >= len(rules.sections):
        return None
    return entered(rules, was.section + 1, now if was.ends_at is None else min(now, was.ends_at))


def prolonged(rules: QuizRules, was: Where, extra: Extra) -> Where:
    """Return where an attempt stands once its person has other extra time: what is open ends later, never earlier."""
    minutes = rules.sections[was.section - 1].minutes
    if was.ends_at is None or minutes is None:
        return was
    return Where(was.section, was.ends_at + max(extra.of(minutes) - rules.extra.of(minutes), timedelta()))


def last_end(rules: QuizRules, was: Where) -> datetime | None:
    """Return when the last section ends if nobody leaves one early; None where one that is left has no time."""
    at = was
    while at.ends_at is not None and at.section < len(rules.sections):
        at = entered(rules, at.section + 1, at.ends_at)
    return at.ends_at
