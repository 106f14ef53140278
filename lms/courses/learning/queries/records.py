"""What learning has on record: enrolments, how activities stand, results and completions."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, case, distinct, func, or_, select

from lms.courses.authoring.models import ActivityRow, CourseRow, CourseVersionRow
from lms.courses.learning.models import ActivityStateRow, CompletionRow, EnrolmentRow
from lms.courses.learning.queries.pages import shows
from lms.courses.values import (
    ActivityId,
    ActivityKey,
    Completion,
    CourseId,
    CourseVersionId,
    EnrolmentId,
    Progress,
    Score,
)
from lms.identity.values import PersonId
from lms.kernel.db import db

AT_ONCE = 500


def enrolments_of(person_id: PersonId) -> Select[EnrolmentId]:
    """Return the query of every enrolment that a person has had."""
    return select(EnrolmentRow.id).where(EnrolmentRow.person_id == person_id)


def find_published(course_id: CourseId) -> CourseVersionId | None:
    """Return the version that new people begin with, or None where nothing is published."""
    return db.session.scalar(select(CourseRow.published_id).where(CourseRow.id == course_id))


class Taken(NamedTuple):
    """What learning must know of an activity to record something of it."""

    id: ActivityId
    key: ActivityKey
    kind: str
    is_current: bool = True
    """Whether the version still has it; what was begun before the learner was moved may end after."""


def find_taken(version_id: CourseVersionId, activity_id: ActivityId) -> Taken | None:
    """Return an activity as this version has it, also by its id in another version; None for another course's."""
    row = db.session.get(ActivityRow, activity_id)  # asked for twice in a transaction, it is read once
    if row is None:
        return None
    if row.version_id == version_id:
        return Taken(id=row.id, key=row.key, kind=row.kind)
    moved = db.session.scalars(
        select(ActivityRow).where(
            ActivityRow.version_id == version_id, ActivityRow.key == row.key, ActivityRow.kind == row.kind
        )
    ).first()
    if moved is not None:
        return Taken(id=moved.id, key=moved.key, kind=moved.kind)
    courses = select(CourseVersionRow.course_id).where(CourseVersionRow.id.in_([version_id, row.version_id]))
    is_ours = db.session.scalar(select(func.count(distinct(courses.subquery().c.course_id)))) == 1
    return Taken(id=row.id, key=row.key, kind=row.kind, is_current=False) if is_ours else None


def find_first_activity(version_id: CourseVersionId) -> ActivityId | None:
    """Return a version's first activity."""
    return db.session.scalar(
        select(ActivityRow.id)
        .where(ActivityRow.version_id == version_id)
        .order_by(ActivityRow.position, ActivityRow.id)
        .limit(1)
    )


def find_open(person_id: PersonId, course_id: CourseId) -> EnrolmentRow | None:
    """Return a person's open enrolment in a course, or None."""
    return db.session.scalars(
        select(EnrolmentRow).where(
            EnrolmentRow.person_id == person_id,
            EnrolmentRow.course_id == course_id,
            EnrolmentRow.ended_at.is_(None),
        )
    ).first()


class Standing(NamedTuple):
    """One activity of an enrolment's version, in order, with how it stands."""

    activity_id: ActivityId
    key: ActivityKey
    is_required: bool
    completed_at: Any
    score: Decimal | None
    passed: bool | None


def list_standing(version_id: CourseVersionId, enrolment_id: EnrolmentId) -> Sequence[Standing]:
    """Return every activity of a version in order, with how it stands in an enrolment."""
    rows = db.session.execute(
        select(
            ActivityRow.id,
            ActivityRow.key,
            ActivityRow.is_required,
            ActivityStateRow.completed_at,
            ActivityStateRow.score,
            ActivityStateRow.passed,
        )
        .outerjoin(
            ActivityStateRow,
            and_(
                ActivityStateRow.activity_id == ActivityRow.id,
                ActivityStateRow.enrolment_id == enrolment_id,
            ),
        )
        .where(ActivityRow.version_id == version_id)
        .order_by(ActivityRow.position, ActivityRow.id)
    )
    return [Standing(*row) for row in rows]


def list_completions(
    person_ids: Collection[PersonId], course_ids: Collection[CourseId]
) -> Mapping[tuple[PersonId, CourseId], Sequence[Completion]]:
    """Return every completion of each of these people in each of these courses, oldest first."""
    if not person_ids or not course_ids:
        return {}
    rows = db.session.scalars(
        select(CompletionRow)
        .where(CompletionRow.person_id.in_(person_ids), CompletionRow.course_id.in_(course_ids))
        .order_by(CompletionRow.completed_at, CompletionRow.id)
    )
    found: dict[tuple[PersonId, CourseId], list[Completion]] = defaultdict(list)
    for row in rows:
        found[row.person_id, row.course_id].append(
            Completion(id=row.id, completed_at=row.completed_at, version_id=row.version_id)
        )
    return found


def completions(
    person_ids: Collection[PersonId], course_ids: Collection[CourseId]
) -> Mapping[tuple[PersonId, CourseId], Completion]:
    """Return the latest completion of each of these people in each of these courses."""
    return {place: found[-1] for place, found in list_completions(person_ids, course_ids).items()}


def list_scores(
    person_ids: Collection[PersonId], activity_keys: Collection[ActivityKey]
) -> Mapping[tuple[PersonId, ActivityKey], Sequence[Score]]:
    """Return the best result of each enrolment of these people in each of these activities, oldest first."""
    if not person_ids or not activity_keys:
        return {}
    rows = db.session.scalars(
        select(ActivityStateRow)
        .where(
            ActivityStateRow.person_id.in_(person_ids),
            ActivityStateRow.activity_key.in_(activity_keys),
            ActivityStateRow.scored_at.is_not(None),
        )
        .order_by(ActivityStateRow.scored_at)
    )
    found: dict[tuple[PersonId, ActivityKey], list[Score]] = defaultdict(list)
    for row in rows:
        found[row.person_id, row.activity_key].append(
            Score(score=row.score, passed=bool(row.passed), reached_at=row.scored_at or row.seen_at)
        )
    return found


def best_scores(
    person_ids: Collection[PersonId], activity_keys: Collection[ActivityKey]
) -> Mapping[tuple[PersonId, ActivityKey], Score]:
    """Return the best result of each of these people in each of these activities, over all versions."""
    return {place: max(found, key=_worth) for place, found in list_scores(person_ids, activity_keys).items()}


def _worth(score: Score) -> tuple[bool, Decimal]:
    return score.passed, score.score if score.score is not None else Decimal(-1)


# Built once: home pages ask.
_PROGRESS = (
    select(
        EnrolmentRow.id,
        EnrolmentRow.person_id,
        EnrolmentRow.course_id,
        EnrolmentRow.done_count,
        EnrolmentRow.due_on,
        EnrolmentRow.completed_at,
        CourseVersionRow.required_count,
    )
    .join(CourseVersionRow, CourseVersionRow.id == EnrolmentRow.version_id)
    .where(
        EnrolmentRow.person_id.in_(bindparam("people", expanding=True)),
        EnrolmentRow.course_id.in_(bindparam("courses", expanding=True)),
        shows(EnrolmentRow),
    )
    .order_by(EnrolmentRow.id)
)


def progress(
    person_ids: Collection[PersonId], course_ids: Collection[CourseId]
) -> Mapping[tuple[PersonId, CourseId], Progress]:
    """Return how far each of these people is in each of these courses, by their latest enrolment."""
    if not person_ids or not course_ids:
        return {}
    rows = db.session.execute(_PROGRESS, {"people": list(person_ids), "courses": list(course_ids)})
    return {
        (row.person_id, row.course_id): Progress(
            enrolment_id=row.id,
            done=row.done_count,
            total=row.required_count,
            due_on=row.due_on,
            completed_at=row.completed_at,
        )
        for row in rows
    }


# Built once: a gate's refusal asks.
_LEFT = (
    select(
        EnrolmentRow.person_id,
        EnrolmentRow.course_id,
        func.sum(
            case(
                (
                    or_(
                        ActivityStateRow.completed_at.is_not(None),
                        ActivityRow.key.in_(bindparam("apart", expanding=True)),
                    ),
                    0,
                ),
                else_=ActivityRow.minutes,
            )
        ),
    )
    .join(
        ActivityRow,
        and_(ActivityRow.version_id == EnrolmentRow.version_id, ActivityRow.is_required.is_(True)),
    )
    .outerjoin(
        ActivityStateRow,
        and_(
            ActivityStateRow.enrolment_id == EnrolmentRow.id, ActivityStateRow.activity_id == ActivityRow.id
        ),
    )
    .where(
        EnrolmentRow.person_id.in_(bindparam("people", expanding=True)),
        EnrolmentRow.course_id.in_(bindparam("courses", expanding=True)),
        EnrolmentRow.started_at.is_not(None),
        EnrolmentRow.ended_at.is_(None),
    )
    .group_by(EnrolmentRow.person_id, EnrolmentRow.course_id)
)


def minutes_left(
    person_ids: Collection[PersonId], course_ids: Collection[CourseId], *, apart: Collection[ActivityKey] = ()
) -> Mapping[PersonId, Mapping[CourseId, int]]:
    """Return how long these people still need for those of these courses that they have begun, without `apart`."""
    if not person_ids or not course_ids:
        return {}
    asked = {"people": list(person_ids), "courses": list(course_ids), "apart": list(apart)}
    found: dict[PersonId, dict[CourseId, int]] = defaultdict(dict)
    for person_id, course_id, minutes in db.session.execute(_LEFT, asked):
        found[person_id][course_id] = minutes
    return found


def export_person(person_id: PersonId) -> Mapping[str, Any]:
    """Return everything learning holds of a person, as JSON values."""
    enrolments = db.session.execute(
        select(EnrolmentRow, CourseRow.title)
        .join(CourseRow, CourseRow.id == EnrolmentRow.course_id)
        .where(EnrolmentRow.person_id == person_id)
        .order_by(EnrolmentRow.id)
        .limit(AT_ONCE)
    )
    states = db.session.execute(
        select(ActivityStateRow, ActivityRow.title)
        .join(ActivityRow, ActivityRow.id == ActivityStateRow.activity_id)
        .where(ActivityStateRow.person_id == person_id)
        .order_by(ActivityStateRow.started_at)
        .limit(AT_ONCE * 20)
    )
    done = db.session.execute(
        select(CompletionRow, CourseRow.title)
        .join(CourseRow, CourseRow.id == CompletionRow.course_id)
        .where(CompletionRow.person_id == person_id)
        .order_by(CompletionRow.completed_at)
        .limit(AT_ONCE)
    )
    return {
        "enrolments": [
            {
                "course": title,
                "source": row.source.value,
                "enrolled_at": row.enrolled_at.isoformat(),
                "due_on": row.due_on.isoformat() if row.due_on else None,
                "completed_at": row.completed_at.isoformat() if row.completed_at else None,
            }
            for row, title in enrolments
        ],
        "activities": [
            {
                "activity": title,
                "started_at": row.started_at.isoformat(),
                "completed_at": row.completed_at.isoformat() if row.completed_at else None,
                "seconds": row.seconds,
                "score": str(row.score) if row.score is not None else None,
                "passed": row.passed,
            }
            for row, title in states
        ],
        "completions": [
            {"course": title, "completed_at": row.completed_at.isoformat()} for row, title in done
        ],
    }
