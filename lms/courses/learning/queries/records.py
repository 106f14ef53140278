"""What learning has on record: enrolments, how activities stand, results and completions."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, distinct, func, select

from lms.courses.authoring.models import ActivityRow, CourseRow, CourseVersionRow
from lms.courses.kinds import locks
from lms.courses.kinds.completing import rule_of
from lms.courses.learning.models import (
    ActivityStateRow,
    CompletionRow,
    EnrolmentChangeRow,
    EnrolmentReminderRow,
    EnrolmentRow,
)
from lms.courses.learning.queries.pages import shows
from lms.courses.values import (
    ActivityId,
    ActivityKey,
    CompletionRule,
    CourseId,
    CourseVersionId,
    EnrolmentId,
    Lock,
    Progress,
)
from lms.identity.values import PersonId
from lms.kernel.among import among
from lms.kernel.db import db, fetch
from lms.kernel.richtext import films_in

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
    rule: CompletionRule
    locks: tuple[Lock, ...] = ()
    is_current: bool = True
    """Whether the version still has it; what was begun before the learner was moved may end after."""


def find_taken(version_id: CourseVersionId, activity_id: ActivityId) -> Taken | None:
    """Return an activity as this version has it, also by its id in another version; None for another course's."""
    row = db.session.get(ActivityRow, activity_id)  # asked for twice in a transaction, it is read once
    if row is None:
        return None
    if row.version_id == version_id:
        return _taken(row)
    moved = db.session.scalars(
        select(ActivityRow).where(
            ActivityRow.version_id == version_id, ActivityRow.key == row.key, ActivityRow.kind == row.kind
        )
    ).first()
    if moved is not None:
        return _taken(moved)
    courses = select(CourseVersionRow.course_id).where(CourseVersionRow.id.in_([version_id, row.version_id]))
    is_ours = db.session.scalar(select(func.count(distinct(courses.subquery().c.course_id)))) == 1
    return _taken(row)._replace(is_current=False) if is_ours else None


def _taken(row: ActivityRow) -> Taken:
    return Taken(
        id=row.id,
        key=row.key,
        kind=row.kind,
        rule=rule_of(row.kind, row.rule, row.least),
        locks=locks.from_json(row.locks),
    )


def list_films(activity_id: ActivityId) -> Sequence[str]:
    """Return the films and sounds that an activity's page shows, by their files, in order."""
    html = db.session.scalar(select(ActivityRow.html).where(ActivityRow.id == activity_id))
    return film_files(html or "")


def film_files(html: str) -> Sequence[str]:
    """Return the files of the films and sounds in a page's HTML, in order, each once."""
    return list(dict.fromkeys(source.rpartition("/")[2] for source in films_in(html)))


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
    started_at: Any
    title: str
    locks: tuple[Lock, ...]


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
            ActivityStateRow.started_at,
            ActivityRow.title,
            ActivityRow.locks,
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
    return [Standing._make((*row[:-1], locks.from_json(row[-1]))) for row in rows]


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
        among(EnrolmentRow.person_id, "people"),
        among(EnrolmentRow.course_id, "courses"),
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
    rows = fetch(_PROGRESS, {"people": list(person_ids), "courses": list(course_ids)})
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
    changes = db.session.scalars(
        select(EnrolmentChangeRow)
        .where(EnrolmentChangeRow.person_id == person_id)
        .order_by(EnrolmentChangeRow.id)
        .limit(AT_ONCE)
    )
    reminders = db.session.scalars(
        select(EnrolmentReminderRow)
        .where(EnrolmentReminderRow.person_id == person_id)
        .order_by(EnrolmentReminderRow.id)
        .limit(AT_ONCE)
    )
    return {
        "reminders": [
            {"due_on": row.due_on.isoformat(), "step": row.step, "told_on": row.told_on.isoformat()}
            for row in reminders
        ],
        "enrolment_changes": [
            {
                "kind": row.kind.value,
                "at": row.at.isoformat(),
                "due_before": row.due_before.isoformat() if row.due_before else None,
                "due_after": row.due_after.isoformat() if row.due_after else None,
                "ending": row.ending.value if row.ending else None,
                "reason": row.reason,
            }
            for row in changes
        ],
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
                "watched": row.watched,
            }
            for row, title in states
        ],
        "completions": [
            {"course": title, "completed_at": row.completed_at.isoformat()} for row, title in done
        ],
    }
