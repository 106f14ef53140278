"""The waiting list of a course that has only so many places, for who answers for the people on it."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.learning import queries, service
from lms.courses.learning.values import CourseWaitId
from lms.courses.learning.views.blueprint import blueprint
from lms.courses.policy import ENROL_PEOPLE, VIEW_ENROLMENTS
from lms.courses.values import CourseId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.web.access import requires
from lms.web.pages import page_request


@blueprint.get("/team/enrolments/courses/<uuid:course_id>/waiting")
@requires(VIEW_ENROLMENTS)
def waiting(course_id: UUID) -> ResponseReturnValue:
    """List who of the reader's people waits for a place, in their order."""
    course = queries.get_managed_course(CourseId(course_id), current())
    page = queries.page_waits(course.id, current().scope_of(VIEW_ENROLMENTS), page_request())
    return render_template(
        "learning/waiting.html", course=course, page=page, may_enrol=current().may(ENROL_PEOPLE)
    )


@blueprint.post("/team/enrolments/waits/<uuid:wait_id>/end")
@requires(ENROL_PEOPLE)
def take_off(wait_id: UUID) -> ResponseReturnValue:
    """Take somebody off it; who stands behind them moves on."""
    course_id = service.take_off(wait_id=CourseWaitId(wait_id), actor=current(), now=clock.now())
    flash(_("Taken off the waiting list."), "valid")
    return redirect(url_for(".waiting", course_id=course_id), 303)
