"""SELECTs of course reports: how far people came in a course, where they stop, and how it compares."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from functools import reduce
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, cast, exists, func, select
from sqlalchemy.orm import aliased

from lms.courses import policy
from lms.courses.authoring.models import ActivityRow, CourseRow, CourseVersionRow
from lms.courses.learning.models import CountRow, EnrolmentRow
from lms.courses.learning.rules.counting import TENTHS
from lms.courses.learning.values.feedback import FEWEST
from lms.courses.reports.queries.counts import SUMS, Told, are_told, counted_in, funnel_of, sum_versions
from lms.courses.reports.values import (
    ActivityLine,
    CourseLine,
    CourseReport,
    Funnel,
    PlaceLine,
    Ratings,
    ReportedCourse,
    Version,
)
from lms.courses.values import ActivityKey, CourseId, VersionState
from lms.identity import facade as identity
from lms.kernel.actor import EVERYTHING, Actor, Scope
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.web.pages import Page, PageRequest, keyset

ACTIVITIES_AT_MOST = 500
VERSIONS_AT_MOST = 200
REGIONS_AT_MOST = 200


def page_courses(actor: Actor, words: str, wanted: PageRequest) -> Page[CourseLine]:
    """Return a page of the courses that have a report for `actor`, by title. Two queries."""
    scope = actor.scope_of(policy.VIEW_LEARNING)
    query = select(CourseRow.id, CourseRow.title, CourseRow.language).where(visible_to(actor))
    if words:
        query = query.where(CourseRow.title.icontains(words, autoescape=True))
    page = keyset(query, by=[CourseRow.title, CourseRow.id], wanted=wanted, scalars=False)
    rows = db.session.execute(
        select(CourseVersionRow.course_id, *SUMS)
        .join(CountRow, CountRow.subject_id == CourseVersionRow.id)
        .where(CourseVersionRow.course_id.in_([row[0] for row in page.items]), counted_in(scope))
        .group_by(CourseVersionRow.course_id)
    )
    funnels = {row[0]: funnel_of(row) for row in rows}
    return page.map(lambda row: CourseLine(row[0], row[1], row[2], funnels.get(row[0], Funnel())))


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the filter for courses whose report `actor` may read.

    Who writes courses reads every one; others those that somebody they look after was enrolled on.
    """
    version = aliased(CourseVersionRow)
    scope = actor.scope_of(policy.VIEW_LEARNING)
    if scope.everything:
        return exists().where(version.course_id == CourseRow.id, version.state == VersionState.PUBLISHED)
    return exists().where(
        version.course_id == CourseRow.id,
        CountRow.subject_id == version.id,
        CountRow.enrolled > 0,
        counted_in(scope),
    )


def get_course(course_id: CourseId, actor: Actor) -> ReportedCourse:
    """Return a course and its published versions, the newest first; NotFound for one that `actor` has no report of."""
    rows = db.session.execute(
        select(
            CourseRow.title,
            CourseRow.slug,
            CourseRow.language,
            CourseVersionRow.id,
            CourseVersionRow.number,
            CourseVersionRow.published_at,
        )
        .join(CourseVersionRow, CourseVersionRow.course_id == CourseRow.id)
        .where(
            CourseRow.id == course_id,
            CourseVersionRow.state == VersionState.PUBLISHED,
            visible_to(actor),
        )
        .order_by(CourseVersionRow.number.desc())
        .limit(VERSIONS_AT_MOST)
    ).all()
    if not rows:
        raise NotFound
    title, slug, language = rows[0][:3]
    return ReportedCourse(course_id, title, slug, language, [Version(*row[3:]) for row in rows])


def get_report(course: ReportedCourse, shown: Version | None, actor: Actor, today: Any) -> CourseReport:
    """Return a course's report, of one version or of all. Six queries, however many people there are."""
    scope = actor.scope_of(policy.VIEW_LEARNING)
    versions = [shown] if shown else list(course.versions)
    ids = [one.id for one in versions]
    told = sum_versions([one.id for one in course.versions], scope)
    own = all_of(told, ids)
    others, others_ratings = _others(ids, own, scope)
    return CourseReport(
        course=course,
        shown=shown,
        funnel=own.funnel,
        overdue=count_overdue(course.id, ids, scope, today),
        by_version={one.id: told.get(one.id, Told()).funnel for one in course.versions},
        activities=list_activities(versions, scope),
        regions=list_regions(ids, scope),
        others=others,
        ratings=own.ratings if are_told(own.ratings, scope) else None,
        others_ratings=others_ratings,
    )


def all_of(told: Mapping[UUID, Told], versions: Collection[UUID]) -> Told:
    """Return what is counted of all these versions together."""
    return reduce(Told.and_also, (told.get(one, Told()) for one in versions), Told())


def _others(ids: Sequence[UUID], own: Told, scope: Scope) -> tuple[Decimal | None, Ratings | None]:
    """Return how many of all others completed it, and how they rate it; None for either where they are too few."""
    if scope.everything:
        return None, None
    whole = all_of(sum_versions(ids, EVERYTHING), ids)
    rest, ratings = whole.funnel - own.funnel, whole.ratings - own.ratings
    return (
        rest.share if rest.enrolled - rest.withdrawn >= FEWEST else None,
        ratings if ratings.total >= FEWEST else None,
    )


def count_overdue(course_id: CourseId, versions: Collection[UUID], scope: Scope, today: Any) -> int:
    """Return how many open enrolments were due before today."""
    query = (
        select(func.count())
        .select_from(EnrolmentRow)
        .where(
            EnrolmentRow.course_id == course_id,
            EnrolmentRow.ended_at.is_(None),
            EnrolmentRow.due_on < today,
            identity.person_in_scope(EnrolmentRow.person_id, scope),
        )
    )
    if len(versions) == 1:
        query = query.where(EnrolmentRow.version_id.in_(versions))
    return db.session.scalar(query) or 0


def list_activities(versions: Sequence[Version], scope: Scope) -> Sequence[ActivityLine]:
    """Return the activities of the first of these versions in order, with what was done of each in all of them."""
    rows = db.session.execute(
        select(
            ActivityRow.key,
            ActivityRow.position,
            ActivityRow.title,
            ActivityRow.kind,
            ActivityRow.minutes,
            ActivityRow.is_required,
        )
        .where(ActivityRow.version_id == versions[0].id)
        .order_by(ActivityRow.position, ActivityRow.id)
        .limit(ACTIVITIES_AT_MOST)
    ).all()
    columns = ("begun", "completed", "seconds", "passed", "failed", *TENTHS)
    sums = [cast(func.sum(getattr(CountRow, one)), BigInteger) for one in columns]
    counted = {
        row[0]: row[1:]
        for row in db.session.execute(
            select(ActivityRow.key, *sums)
            .join(CountRow, CountRow.subject_id == ActivityRow.id)
            .where(ActivityRow.version_id.in_([one.id for one in versions]), counted_in(scope))
            .group_by(ActivityRow.key)
        )
    }
    return [_activity_of(row, counted.get(row[0], (0,) * len(columns))) for row in rows]


def _activity_of(row: Any, counted: Any) -> ActivityLine:
    begun, completed, seconds, passed, failed, *tenths = counted
    return ActivityLine(
        key=row[0],
        number=row[1],
        title=row[2],
        kind=row[3],
        minutes=row[4],
        is_required=row[5],
        begun=begun,
        completed=completed,
        mean_seconds=round(seconds / completed) if completed else None,
        passed=passed,
        failed=failed,
        tenths=tenths,
    )


def list_regions(versions: Collection[UUID], scope: Scope) -> Sequence[PlaceLine]:
    """Return the funnel of each region that organisations lie in, by name; only their own, none above."""
    pairs = identity.pairs_of_organisation_and_region().subquery()
    organisation_id, region_id = pairs.c
    rows = db.session.execute(
        select(region_id, *SUMS)
        .select_from(CountRow)
        .join(pairs, organisation_id == CountRow.place_id)
        .where(CountRow.subject_id.in_(versions), identity.in_scope(CountRow.place_id, scope))
        .group_by(region_id)
        .limit(REGIONS_AT_MOST)
    ).all()
    names = {one.id: one.name for one in identity.list_regions()} if rows else {}
    found = [PlaceLine(row[0], names.get(row[0], ""), funnel_of(row)) for row in rows]
    return sorted((one for one in found if one.funnel.enrolled), key=lambda one: (one.name, one.id))


def page_organisations(
    versions: Collection[UUID], scope: Scope, words: str, wanted: PageRequest
) -> Page[PlaceLine]:
    """Return a page of the organisations whose people are or were in these versions, by name. Two queries."""
    organisations = identity.names_of_organisations(scope).subquery()
    organisation_id, name = organisations.c
    counted = exists().where(
        CountRow.subject_id.in_(versions), CountRow.place_id == organisation_id, CountRow.enrolled > 0
    )
    query = select(organisation_id, name).where(counted)
    if words:
        query = query.where(name.icontains(words, autoescape=True))
    page = keyset(query, by=[name, organisation_id], wanted=wanted, scalars=False)
    rows = db.session.execute(
        select(CountRow.place_id, *SUMS)
        .where(CountRow.subject_id.in_(versions), CountRow.place_id.in_([row[0] for row in page.items]))
        .group_by(CountRow.place_id)
    )
    funnels = {row[0]: funnel_of(row) for row in rows}
    return page.map(lambda row: PlaceLine(row[0], row[1], funnels.get(row[0], Funnel())))


def title_of_activity(versions: Collection[UUID], key: ActivityKey) -> str:
    """Return what an activity is called in the newest of these versions that has it; empty if none has."""
    found = db.session.scalar(
        select(ActivityRow.title)
        .join(CourseVersionRow, CourseVersionRow.id == ActivityRow.version_id)
        .where(ActivityRow.version_id.in_(versions), ActivityRow.key == key)
        .order_by(CourseVersionRow.number.desc())
        .limit(1)
    )
    return found or ""
