"""Points, passing, lateness, handing in again, and how an assignment is kept: without a database."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from lms.courses.assignments.values import Assignment, Refusal, State, Takes
from lms.courses.values.marking import Criterion, FileKind, Level, Outcome, Rubric
from lms.identity.values import PersonId

CLAIM_LASTS: Final = timedelta(minutes=60)
"""How long somebody who took work to mark keeps it from others without a sign of life."""
TELL_AGAIN: Final = timedelta(hours=12)
"""How long a marker is left in peace after being told that work waits."""
FILE_BYTES: Final = 100_000_000
"""The most that any assignment lets one file have."""
ROOM_BYTES: Final = 500_000_000
"""What one person's files for one assignment may have together, every time they hand in."""
PASS_PERCENT: Final = 60
"""What passes where nobody said otherwise."""
SCORE_STEP: Final = Decimal("0.0000001")


def points_of(rubric: Rubric, chosen: Sequence[int | None]) -> int:
    """Return the points of the levels chosen, by their place in each criterion; one without a level has none."""
    return sum(
        criterion.levels[level].points
        for criterion, level in zip(rubric.criteria, chosen, strict=True)
        if level is not None
    )


def score_of(rubric: Rubric, points: int) -> Decimal:
    """Return points as a share of all there are, from 0 to 1."""
    return (Decimal(points) / rubric.most).quantize(SCORE_STEP) if rubric.most else Decimal(0)


def passes(rubric: Rubric, points: int) -> bool:
    """Return whether points reach the pass mark: compared as whole numbers, so that 60 per cent is 60 per cent."""
    return points * 100 >= (rubric.pass_percent or 0) * rubric.most


def is_choice(rubric: Rubric, chosen: Sequence[int | None]) -> bool:
    """Return whether levels are some that the rubric has, one or none for each criterion."""
    return len(chosen) == len(rubric.criteria) and all(
        level is None or 0 <= level < len(criterion.levels)
        for criterion, level in zip(rubric.criteria, chosen, strict=True)
    )


def outcome_of(rubric: Rubric, chosen: Sequence[int | None], *, is_returned: bool) -> Outcome | None:
    """Return what levels amount to; None while a criterion has none, unless the work is returned for more."""
    if is_returned:
        return Outcome.RETURNED
    if None in chosen:
        return None
    if rubric.pass_percent is None:
        return Outcome.MARKED
    return Outcome.PASSED if passes(rubric, points_of(rubric, chosen)) else Outcome.FAILED


def due_on(assignment: Assignment, enrolled_at: datetime, zone: ZoneInfo) -> date | None:
    """Return the last day that is not late: a fixed one, or so many days after enrolment; None if it is never late."""
    if assignment.due_days is not None:
        return enrolled_at.astimezone(zone).date() + timedelta(days=assignment.due_days)
    return assignment.due_on


def is_late(due: date | None, handed_in_at: datetime, zone: ZoneInfo) -> bool:
    """Return whether work came after its last day was over, by the clock of the manufacturer."""
    return due is not None and handed_in_at.astimezone(zone).date() > due


def may_hand_in_again(again: int | None, handed_in: int) -> bool:
    """Return whether work that was handed in so often may come once more."""
    return again is None or handed_in <= again


def why_not_hand_in(again: int | None, outcomes: Sequence[Outcome | None]) -> Refusal | None:
    """Return why nothing can be handed in; `outcomes` are those of every time before, in order, None while it waits."""
    if Outcome.PASSED in outcomes:
        return Refusal.PASSED
    if None in outcomes:
        return Refusal.WAITING
    return None if may_hand_in_again(again, len(outcomes)) else Refusal.NONE_LEFT


def state_of(outcome: Outcome | None, *, handed_in: bool, is_being_marked: bool) -> State:
    """Return where work stands by what was decided last about it."""
    if not handed_in:
        return State.DRAFT
    if outcome is None:
        return State.BEING_MARKED if is_being_marked else State.HANDED_IN
    return {
        Outcome.PASSED: State.PASSED,
        Outcome.FAILED: State.FAILED,
        Outcome.RETURNED: State.RETURNED,
    }[outcome]


def holds_claim(claimed_until: datetime | None, now: datetime) -> bool:
    """Return whether somebody who took work still has it."""
    return claimed_until is not None and claimed_until > now


def config_of(assignment: Assignment) -> dict[str, Any]:
    """Return an assignment as its activity keeps it, in JSON values."""
    return {
        "task": assignment.task,
        "task_html": assignment.task_html,
        "takes": assignment.takes.value,
        "kinds": [kind.value for kind in assignment.kinds],
        "most_files": assignment.most_files,
        "most_bytes": assignment.most_bytes,
        "criteria": [
            {"title": one.title, "levels": [[level.points, level.words] for level in one.levels]}
            for one in assignment.rubric.criteria
        ],
        "pass_percent": assignment.rubric.pass_percent,
        "again": assignment.again,
        "due_days": assignment.due_days,
        "due_on": assignment.due_on.isoformat() if assignment.due_on else None,
        "markers": [str(one) for one in assignment.markers],
    }


def assignment_of(config: Mapping[str, Any]) -> Assignment:
    """Return what an activity keeps; an empty configuration is an assignment that nobody has set up yet."""
    due = config.get("due_on")
    return Assignment(
        task=config.get("task", ""),
        task_html=config.get("task_html", ""),
        takes=Takes(config.get("takes", Takes.BOTH)),
        kinds=tuple(FileKind(one) for one in config.get("kinds", ("pictures", "pdf", "documents"))),
        most_files=config.get("most_files", 5),
        most_bytes=config.get("most_bytes", 20_000_000),
        rubric=Rubric(
            tuple(
                Criterion(one["title"], tuple(Level(points, words) for points, words in one["levels"]))
                for one in config.get("criteria", ())
            ),
            config.get("pass_percent", PASS_PERCENT),
        ),
        again=config.get("again", 2),
        due_days=config.get("due_days"),
        due_on=date.fromisoformat(due) if due else None,
        markers=tuple(PersonId(UUID(one)) for one in config.get("markers", ())),
    )
