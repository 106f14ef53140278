"""How an exam is sat: when it is open, and what else holds then. A default means what was before there was any."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NewType
from uuid import UUID

import msgspec

from lms.kernel.messages import Message

ExtraTimeId = NewType("ExtraTimeId", UUID)
LateAnswerId = NewType("LateAnswerId", UUID)


class Phase(StrEnum):
    """When a learner looks at an attempt of theirs."""

    DURING = "during"
    """Before it is handed in, where answers are checked."""
    RIGHT_AFTER = "right_after"
    WHILE_OPEN = "while_open"
    AFTER_CLOSE = "after_close"


class Shown(StrEnum):
    """What a learner may see of an attempt."""

    SCORE = "score"
    MARKS = "marks"
    """What each answer earned, and so whether it was right."""
    ANSWERS = "answers"
    """What they answered."""
    RIGHT = "right"
    FEEDBACK = "feedback"


TOLD_DURING: Final = (Shown.RIGHT, Shown.FEEDBACK)
"""What may be held back during an attempt: that an answer is right or wrong is what a check tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPolicy:
    """What is shown in each phase."""

    during: tuple[Shown, ...] = ()
    right_after: tuple[Shown, ...] = ()
    while_open: tuple[Shown, ...] = ()
    after_close: tuple[Shown, ...] = ()

    def shown_in(self, phase: Phase) -> frozenset[Shown]:
        """Return what is shown in a phase."""
        if phase is Phase.DURING:
            return frozenset({Shown.MARKS, Shown.ANSWERS, *self.during})
        return frozenset(getattr(self, phase.value))


class Why(StrEnum):
    """Why an answer was not taken and went to a person."""

    TIME = "time"
    """The time was up."""
    OVER = "over"
    """The attempt had been handed in, from another page."""
    DEVICE = "device"
    """Another device had taken over."""
    SECTION = "section"
    """Its section was closed, while the attempt went on."""


A_DAY: Final = 1_440
GRACE_MOST: Final = 10_080


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingRules:
    """When an exam may be begun, from `opens_at` and before `closes_at`; None without such an end.

    An attempt that is under way when it closes ends then, or goes on to the end of its own time if it `keeps_time`.
    """

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    keeps_time: bool = False
    review: ReviewPolicy | None = None
    """What is shown in each phase; None where the exam's one choice for after an attempt says it."""
    one_device: bool = False
    """Whether an attempt belongs to the browser that began it, until that hands it over."""
    has_password: bool = False
    """Whether it takes the exam's password to begin an attempt."""
    needs_supervisor: bool = False
    """Whether it takes a code of the day, which whoever watches over the exam says."""
    discourages_copying: bool = False
    """Whether its pages make copying and printing a little harder; no more than that."""
    logs_focus: bool = False
    """Whether it is noted when a page of it is left for another."""
    grace_minutes: int = A_DAY
    """For how long after its end an answer that was given before is kept for a person to decide."""

    def faults(self, minutes: int | None) -> Mapping[str, Message]:
        """Return what is wrong with them for an exam of so many minutes, by field; empty if nothing is."""
        checks = {
            "closes_at": (
                self.opens_at is None or self.closes_at is None or self.opens_at < self.closes_at,
                Message("It closes after it opens."),
            ),
            "grace_minutes": (
                0 <= self.grace_minutes <= GRACE_MOST,
                Message("Give a number from 0 to %(most)s.", most=GRACE_MOST),
            ),
            "keeps_time": (
                not self.keeps_time or minutes is not None,
                Message("Without a time limit there is no time to keep: an attempt would never end."),
            ),
        }
        return {field: message for field, (holds, message) in checks.items() if not holds}


AS_EVER = SittingRules()


def sitting_to_json(sitting: SittingRules) -> dict[str, Any]:
    """Return the rules as JSON."""
    document: dict[str, Any] = msgspec.to_builtins(sitting)
    return document


def sitting_from_json(document: Mapping[str, Any] | None) -> SittingRules:
    """Return the rules that ``sitting_to_json`` gave; those of before for None."""
    return AS_EVER if document is None else msgspec.convert(dict(document), SittingRules)


@dataclass(frozen=True, slots=True)
class Opening:
    """What somebody types to begin an attempt: the exam's password, and the code of whoever watches over it."""

    password: str = ""
    code: str = ""


NOTHING_TYPED = Opening()


@dataclass(frozen=True, slots=True)
class Extra:
    """Time that one person has beyond an exam's own: a share of its time limit, and minutes."""

    percent: int = 0
    minutes: int = 0

    def of(self, minutes: int | None) -> timedelta:
        """Return what it comes to in an exam of so many minutes; a share of no limit is nothing."""
        share = timedelta(minutes=minutes or 0) * self.percent / 100
        return share + timedelta(minutes=self.minutes)


NO_EXTRA = Extra()
