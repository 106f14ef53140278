"""Pages of course reports: the courses, one of them, its organisations, and the rows behind every number."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.learning.values.feedback import FEWEST
from lms.courses.policy import VIEW_LEARNING
from lms.courses.reports import queries
from lms.courses.reports.values import (
    DeedState,
    LearnerFilter,
    LearnerLine,
    ReportedCourse,
    Stage,
    Version,
)
from lms.courses.reports.views.asked import EXPORT_SIZE, as_of, asked_words
from lms.courses.reports.views.blueprint import blueprint
from lms.courses.values import ActivityKey, CourseId, CourseVersionId
from lms.identity.values import OrganisationId, RegionId
from lms.kernel.actor import current
from lms.kernel.errors import NotFound
from lms.web.access import requires
from lms.web.asked import asked_id, asked_number, asked_word
from lms.web.exports import Row, in_zone, table_download
from lms.web.pages import page_request, walk

LAST_TENTH = 9


@blueprint.get("/reports/courses")
@requires(VIEW_LEARNING)
def courses() -> ResponseReturnValue:
    """List the courses that the reader has reports of."""
    words = asked_words()
    page = queries.page_courses(current(), words, page_request())
    return render_template("reports/courses.html", page=page, words=words)


@blueprint.get("/reports/courses/<uuid:course_id>")
@requires(VIEW_LEARNING)
def course(course_id: UUID) -> ResponseReturnValue:
    """Show how far people came in a course, as of this second."""
    found, shown = asked_course(course_id)
    report = queries.get_report(found, shown, current(), as_of().today)
    sees_all = current().scope_of(VIEW_LEARNING).everything
    return render_template("reports/course.html", report=report, sees_all=sees_all, least=FEWEST)


@blueprint.get("/reports/courses/<uuid:course_id>/organisations")
@requires(VIEW_LEARNING)
def organisations(course_id: UUID) -> ResponseReturnValue:
    """Compare the organisations whose people are in a course."""
    found, shown = asked_course(course_id)
    words = asked_words()
    page = queries.page_organisations(
        ids_of(found, shown), current().scope_of(VIEW_LEARNING), words, page_request()
    )
    return render_template("reports/organisations.html", course=found, shown=shown, page=page, words=words)


@blueprint.get("/reports/courses/<uuid:course_id>/organisations.<any(csv, xlsx):ending>")
@requires(VIEW_LEARNING)
def table_of_organisations(course_id: UUID, ending: str) -> ResponseReturnValue:
    """Hand the comparison out as a table."""
    found, shown = asked_course(course_id)
    ids, scope, words = ids_of(found, shown), current().scope_of(VIEW_LEARNING), asked_words()
    header = (
        _("Organisation"),
        _("Enrolled"),
        _("Begun"),
        _("Half done"),
        _("Completed"),
        _("Withdrawn"),
    )
    batches = walk(
        lambda at: queries.page_organisations(ids, scope, words, at).map(
            lambda one: (
                one.name,
                one.funnel.enrolled,
                one.funnel.begun,
                one.funnel.half,
                one.funnel.completed,
                one.funnel.withdrawn,
            )
        ),
        size=EXPORT_SIZE,
    )
    return table_download(ending, f"{found.slug}-organisations", header, batches)


@blueprint.get("/reports/courses/<uuid:course_id>/people")
@requires(VIEW_LEARNING)
def learners(course_id: UUID) -> ResponseReturnValue:
    """List the people behind a number."""
    found, shown = asked_course(course_id)
    wanted = _wanted(shown)
    page = queries.page_learners(
        found.id, wanted, current().scope_of(VIEW_LEARNING), page_request(), as_of().today
    )
    activity = _activity(found, shown, wanted)
    return render_template(
        "reports/learners.html",
        course=found,
        shown=shown,
        wanted=wanted,
        page=page,
        activity=activity,
        today=as_of().today,
    )


@blueprint.get("/reports/courses/<uuid:course_id>/people.<any(csv, xlsx):ending>")
@requires(VIEW_LEARNING)
def table_of_learners(course_id: UUID, ending: str) -> ResponseReturnValue:
    """Hand those people out as a table."""
    found, shown = asked_course(course_id)
    wanted, scope, today = _wanted(shown), current().scope_of(VIEW_LEARNING), as_of().today
    header = (
        _("Person"),
        _("Organisation"),
        _("Version"),
        _("State"),
        _("Done"),
        _("Of"),
        _("Due"),
        in_zone(_("Enrolled")),
        in_zone(_("Begun")),
        in_zone(_("Completed")),
        _("Best score"),
    )
    batches: Iterator[Sequence[Row]] = walk(
        lambda at: queries.page_learners(found.id, wanted, scope, at, today).map(
            lambda one: _learner_cells(one, today)
        ),
        size=EXPORT_SIZE,
    )
    return table_download(ending, f"{found.slug}-people", header, batches)


def _learner_cells(one: LearnerLine, today: date) -> Row:
    return (
        one.name,
        one.employer_name,
        one.version,
        state_word(one, today),
        one.done,
        one.total,
        one.due_on,
        one.enrolled_at,
        one.started_at,
        one.completed_at,
        one.score,
    )


def state_word(one: LearnerLine, today: date) -> str:
    """Return how an enrolment stands, in a word."""
    if one.completed_at is not None:
        return _("Completed")
    if one.ended_at is not None:
        return _("Withdrawn")
    if one.due_on is not None and one.due_on < today:
        return _("Overdue")
    return _("Not begun") if one.started_at is None else _("In progress")


def asked_course(course_id: UUID) -> tuple[ReportedCourse, Version | None]:
    """Return the course and the version that the address names, None for all of them; NotFound for another's."""
    found = queries.get_course(CourseId(course_id), current())
    asked = asked_id("version", CourseVersionId)
    if asked is None:
        return found, None
    shown = next((one for one in found.versions if one.id == asked), None)
    if shown is None:
        raise NotFound
    return found, shown


def ids_of(found: ReportedCourse, shown: Version | None) -> Sequence[CourseVersionId]:
    """Return the versions that are looked at."""
    return [shown.id] if shown else [one.id for one in found.versions]


def _wanted(shown: Version | None) -> LearnerFilter:
    return LearnerFilter(
        version_id=shown.id if shown else None,
        stage=asked_word("stage", Stage),
        activity_key=asked_id("activity", ActivityKey),
        deed=asked_word("deed", DeedState),
        tenth=asked_number("tenth", most=LAST_TENTH),
        organisation_id=asked_id("organisation", OrganisationId),
        employer_id=asked_id("employer", OrganisationId),
        region_id=asked_id("region", RegionId),
    )


def _activity(found: ReportedCourse, shown: Version | None, wanted: LearnerFilter) -> str:
    """Return the title of the activity that was asked about; empty without one."""
    if wanted.activity_key is None:
        return ""
    return queries.title_of_activity(ids_of(found, shown), wanted.activity_key)
