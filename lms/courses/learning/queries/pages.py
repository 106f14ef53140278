"""What a reader may see of courses, with how far they are."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    Uuid,
    and_,
    bindparam,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Bundle, aliased

from lms.courses import policy
from lms.courses.authoring.models import ActivityRow, CourseRow, CourseVersionRow, SectionRow
from lms.courses.authoring.queries import is_seen, summary_of
from lms.courses.kinds import locks
from lms.courses.kinds.completing import rule_of
from lms.courses.learning.models import ActivityStateRow, EnrolmentRow, FeedbackRow
from lms.courses.learning.queries.feedback import FEEDBACK_COLUMNS, feedback_of, rating_columns
from lms.courses.learning.queries.places import place_columns
from lms.courses.learning.values import (
    CourseView,
    Current,
    Enrolment,
    Lesson,
    OutlineItem,
    OutlineSection,
    Places,
)
from lms.courses.learning.values.feedback import rating_of
from lms.courses.values import (
    Activity,
    ActivityId,
    ActivityKey,
    CourseId,
    CourseVersionId,
    EnrolmentId,
    Lock,
)
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.actor import Actor
from lms.kernel.db import AnyColumn, db, fetch

CURRENT_AT_MOST = 20


def shows(enrolment: Any) -> ColumnElement[bool]:
    """Return the filter for enrolments that show: open or completed, not withdrawn."""
    return or_(enrolment.ended_at.is_(None), enrolment.completed_at.is_not(None))


# Statements of the pages that people open most are built once; what differs comes in as parameters.


def _latest() -> Any:
    """Return the subquery of the person's enrolment in the course of the row: the open one, else the newest."""
    inner = aliased(EnrolmentRow)
    return (
        select(inner.id)
        .where(inner.person_id == bindparam("person_id"), inner.course_id == CourseRow.id, shows(inner))
        .order_by(inner.id.desc())
        .limit(1)
        .correlate(CourseRow)
        .scalar_subquery()
    )


# What is read and not changed is read as columns: no row is made, remembered and watched for it.
_COURSE: Any = Bundle(
    "course",
    CourseRow.id,
    CourseRow.slug,
    CourseRow.title,
    CourseRow.summary,
    CourseRow.brand_id,
    CourseRow.language,
    CourseRow.level,
    CourseRow.published_id,
)
_VERSION: Any = Bundle(
    "version",
    CourseVersionRow.id,
    CourseVersionRow.number,
    CourseVersionRow.intro_html,
    CourseVersionRow.objectives,
    CourseVersionRow.minutes,
    CourseVersionRow.activity_count,
    CourseVersionRow.required_count,
)
_ENROLMENT: Any = Bundle(
    "enrolment",
    EnrolmentRow.id,
    EnrolmentRow.person_id,
    EnrolmentRow.course_id,
    EnrolmentRow.version_id,
    EnrolmentRow.source,
    EnrolmentRow.due_on,
    EnrolmentRow.enrolled_by,
    EnrolmentRow.started_at,
    EnrolmentRow.seen_at,
    EnrolmentRow.completed_at,
    EnrolmentRow.done_count,
    EnrolmentRow.resume_id,
)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the filter for courses that `actor` meets: those for them, and those they are or were enrolled on."""
    theirs = exists().where(
        EnrolmentRow.person_id == actor.person_id, EnrolmentRow.course_id == CourseRow.id, shows(EnrolmentRow)
    )
    return or_(is_seen(CourseRow.id, literal(actor.person_id, Uuid())), theirs)


def is_met(course_id: AnyColumn, actor: Actor) -> ColumnElement[bool]:
    """Return the filter for ids of courses that `actor` meets; who writes courses meets them all."""
    if actor.may(policy.VIEW_AUTHORING):
        return true()
    return exists().where(CourseRow.id == course_id, visible_to(actor))


def _met() -> ColumnElement[bool]:
    """Return the same filter for the statements that are built once, beside the person's own enrolment."""
    return or_(
        bindparam("is_author", type_=Boolean()),
        EnrolmentRow.id.is_not(None),
        is_seen(CourseRow.id, bindparam("person_id", type_=Uuid())),
    )


def reader_of(actor: Actor) -> dict[str, Any]:
    """Return what the statements that are built once ask of the reader."""
    return {"person_id": actor.person_id, "is_author": actor.may(policy.VIEW_AUTHORING)}


@cache
def views() -> Select[*tuple[Any, ...]]:
    """Return the query of what :person_id may take: what is published for them, and what they are enrolled on."""
    return (
        select(_COURSE, _VERSION, _ENROLMENT, identity.brand_name_of(CourseRow.brand_id))
        .select_from(CourseRow)
        .outerjoin(EnrolmentRow, EnrolmentRow.id == _latest())
        .join(
            CourseVersionRow,
            CourseVersionRow.id == func.coalesce(EnrolmentRow.version_id, CourseRow.published_id),
        )
        .where(_met())
    )


def enrolment_of(row: Any, total: int) -> Enrolment:
    """Return a row's value; `total` is its version's number of required activities."""
    return Enrolment(
        id=row.id,
        person_id=row.person_id,
        course_id=row.course_id,
        version_id=row.version_id,
        source=row.source,
        due_on=row.due_on,
        enrolled_by=row.enrolled_by,
        started_at=row.started_at,
        seen_at=row.seen_at,
        completed_at=row.completed_at,
        done=row.done_count,
        total=total,
        resume_id=row.resume_id,
    )


def view_of(row: Any) -> CourseView:
    """Return the value of a row of `views`."""
    course, version, enrolment, brand_name = row[:4]
    return CourseView(
        course=summary_of(course, version.minutes),
        brand_name=brand_name or "",
        version_id=version.id,
        number=version.number,
        intro_html=version.intro_html,
        objectives=tuple(version.objectives),
        activity_count=version.activity_count,
        enrolment=enrolment_of(enrolment, version.required_count) if enrolment and enrolment.id else None,
        is_open=course.published_id is not None,
    )


@cache
def _view_with_places() -> Select[*tuple[Any, ...]]:
    said = FeedbackRow.enrolment_id == EnrolmentRow.id
    told = (*place_columns(), *FEEDBACK_COLUMNS, *rating_columns())
    return _view_by_slug().add_columns(*told).outerjoin(FeedbackRow, said)


@cache
def _view_by_slug() -> Select[*tuple[Any, ...]]:
    return views().where(CourseRow.slug == bindparam("slug"))


def find_view(slug: str, actor: Actor) -> CourseView | None:
    """Return a course as `actor` meets it, or None if there is none for them."""
    row = db.session.execute(_view_with_places(), {**reader_of(actor), "slug": slug}).first()
    if row is None:
        return None
    total, taken, number = row[4:7]
    return replace(
        view_of(row),
        places=Places(total, taken, number) if total is not None else None,
        feedback=feedback_of(*row[7:10]),
        rating=rating_of(*row[10:12]),
    )


@cache
def _lesson() -> Any:
    return (
        _view_by_slug()
        .add_columns(
            ActivityRow,
            ActivityRow.html,
            ActivityStateRow.place,
            ActivityStateRow.seen_at,
            ActivityStateRow.seconds,
            ActivityStateRow.watched,
            *FEEDBACK_COLUMNS,
        )
        .outerjoin(FeedbackRow, FeedbackRow.enrolment_id == EnrolmentRow.id)
        .join(
            ActivityRow,
            and_(
                ActivityRow.version_id == EnrolmentRow.version_id, ActivityRow.id == bindparam("activity_id")
            ),
        )
        .outerjoin(
            ActivityStateRow,
            and_(
                ActivityStateRow.enrolment_id == EnrolmentRow.id,
                ActivityStateRow.activity_id == ActivityRow.id,
            ),
        )
    )


def find_lesson(slug: str, activity_id: ActivityId, actor: Actor) -> Lesson | None:
    """Return an activity of the version that `actor` is enrolled on, opened; None without an enrolment on it."""
    wanted = {**reader_of(actor), "slug": slug, "activity_id": activity_id}
    row = db.session.execute(_lesson(), wanted).first()
    if row is None:
        return None
    return Lesson(
        view=replace(view_of(row), feedback=feedback_of(*row[10:13])),
        activity=activity_of(row[4], row[0].id),
        html=row[5],
        place=float((row[6] or {}).get("y", 0)),
        seen_at=row[7],
        seconds=row[8] or 0,
        watched=row[9] or {},
    )


def find_preview(course_id: CourseId, key: ActivityKey) -> Lesson | None:
    """Return an activity of a course's draft, or of what is published if there is none, as a learner would open it."""
    row = db.session.execute(
        select(
            CourseRow,
            CourseVersionRow,
            null(),
            identity.brand_name_of(CourseRow.brand_id),
            ActivityRow,
            ActivityRow.html,
        )
        .select_from(CourseRow)
        .join(
            CourseVersionRow,
            CourseVersionRow.id == func.coalesce(CourseRow.draft_id, CourseRow.published_id),
        )
        .join(ActivityRow, and_(ActivityRow.version_id == CourseVersionRow.id, ActivityRow.key == key))
        .where(CourseRow.id == course_id)
    ).first()
    if row is None:
        return None
    return Lesson(
        view=view_of(row),
        activity=activity_of(row[4], row[0].id),
        html=row[5],
        place=0.0,
        seen_at=None,
    )


def activity_of(row: ActivityRow, course_id: CourseId) -> Activity:
    """Return a row's value."""
    return Activity(
        id=row.id,
        key=row.key,
        course_id=course_id,
        version_id=row.version_id,
        kind=row.kind,
        title=row.title,
        minutes=row.minutes,
        config=row.config,
    )


@cache
def _outline() -> Any:
    # Columns of tables and no rows: an outline is read with every lesson.
    section, activity = SectionRow.__table__.c, ActivityRow.__table__.c
    state = ActivityStateRow.__table__.c
    return (
        select(
            section.id,
            section.title,
            activity.id,
            activity.key,
            activity.position,
            activity.kind,
            activity.title,
            activity.minutes,
            activity.is_required,
            activity.config,
            activity.rule,
            activity.least,
            activity.locks,
            state.started_at,
            state.completed_at,
            state.passed,
            state.score,
        )
        .join(ActivityRow.__table__, activity.section_id == section.id)
        .outerjoin(
            ActivityStateRow.__table__,
            and_(state.activity_id == activity.id, state.enrolment_id == bindparam("enrolment_id")),
        )
        .where(activity.version_id == bindparam("version_id"))
        .order_by(activity.position, activity.id)
    )


def list_outline(version_id: CourseVersionId, enrolment_id: EnrolmentId | None) -> Sequence[OutlineSection]:
    """Return a version's sections and activities in order, with how each stands in an enrolment."""
    rows = db.session.execute(_outline(), {"version_id": version_id, "enrolment_id": enrolment_id})
    return [
        OutlineSection(title=title, items=[_item_of(row) for row in group])
        for (_id, title), group in groupby(rows, key=lambda row: (row[0], row[1]))
    ]


def _item_of(row: Any) -> OutlineItem:
    return OutlineItem(
        id=row[2],
        key=row[3],
        number=row[4],
        kind=row[5],
        title=row[6],
        minutes=row[7],
        is_required=row[8],
        config=row[9],
        rule=rule_of(row[5], row[10], row[11]),
        locks=locks.from_json(row[12]),
        started_at=row[13],
        completed_at=row[14],
        passed=row[15],
        score=row[16],
    )


@cache
def _current() -> Any:
    return (
        select(
            _ENROLMENT,
            _COURSE,
            CourseVersionRow.minutes,
            CourseVersionRow.activity_count,
            CourseVersionRow.required_count,
            ActivityRow.id,
            ActivityRow.title,
            ActivityRow.position,
            ActivityRow.minutes,
        )
        .select_from(EnrolmentRow)
        .join(CourseRow, CourseRow.id == EnrolmentRow.course_id)
        .join(CourseVersionRow, CourseVersionRow.id == EnrolmentRow.version_id)
        .outerjoin(ActivityRow, ActivityRow.id == EnrolmentRow.resume_id)
        .where(EnrolmentRow.person_id == bindparam("person_id"), EnrolmentRow.ended_at.is_(None))
        .order_by(func.coalesce(EnrolmentRow.seen_at, EnrolmentRow.enrolled_at).desc(), EnrolmentRow.id)
        .limit(CURRENT_AT_MOST)
    )


def list_current(person_id: PersonId) -> Sequence[Current]:
    """Return a person's open enrolments, the one last worked on first, at most `CURRENT_AT_MOST`."""
    rows = db.session.execute(_current(), {"person_id": person_id})
    return [
        Current(
            enrolment=enrolment_of(row[0], row[4]),
            course=summary_of(row[1], row[2]),
            activity_count=row[3],
            next_id=row[5],
            next_title=row[6] or "",
            next_number=row[7] or 0,
            next_minutes=row[8] or 0,
        )
        for row in rows
    ]


class Launchable(NamedTuple):
    """An activity with its course's slug and, if the actor has one, their enrolment on its version."""

    activity: Activity
    slug: str
    enrolment_id: EnrolmentId | None
    locks: tuple[Lock, ...]


@cache
def _launchable() -> Any:
    activity, version, course = ActivityRow.__table__.c, CourseVersionRow.__table__.c, CourseRow.__table__.c
    inner = EnrolmentRow.__table__.alias()
    enrolment = (
        select(inner.c.id)
        .where(
            inner.c.person_id == bindparam("person_id"),
            inner.c.version_id == activity.version_id,
            shows(inner.c),
        )
        .order_by(inner.c.id.desc())
        .limit(1)
        .correlate(ActivityRow.__table__)
        .scalar_subquery()
    )
    return (
        select(
            activity.id,
            activity.key,
            activity.version_id,
            activity.kind,
            activity.title,
            activity.minutes,
            activity.config,
            activity.locks,
            course.id.label("course_id"),
            course.slug,
            enrolment.label("enrolment_id"),
        )
        .join(CourseVersionRow.__table__, version.id == activity.version_id)
        .join(CourseRow.__table__, course.id == version.course_id)
        .where(activity.id == bindparam("activity_id"))
    )


def find_launchable(activity_id: ActivityId, actor: Actor) -> Launchable | None:
    """Return an activity and the actor's enrolment on its version, or None if there is no such activity."""
    row: Any = fetch(_launchable(), {"activity_id": activity_id, "person_id": actor.person_id}).first()
    if row is None:
        return None
    return Launchable(activity_of(row, row.course_id), row.slug, row.enrolment_id, locks.from_json(row.locks))
