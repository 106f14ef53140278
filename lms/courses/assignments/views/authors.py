"""The page on which a trainer sets an assignment up."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.assignments import rules
from lms.courses.assignments.forms import AssignmentForm, form_of
from lms.courses.assignments.service import settings
from lms.courses.assignments.values import KIND
from lms.courses.assignments.views.blueprint import blueprint
from lms.courses.authoring import queries as authoring
from lms.courses.errors import EditedMeanwhile
from lms.courses.policy import AUTHOR_COURSES, VIEW_AUTHORING
from lms.courses.values import ActivityKey, CourseId
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import Role, current
from lms.kernel.errors import Invalid, NotFound
from lms.web.access import requires

MARKERS = (Role.TRAINER, Role.ADMINISTRATOR)


@blueprint.get("/author/courses/<uuid:course_id>/assignments/<uuid:key>")
@requires(VIEW_AUTHORING)
def edit(course_id: UUID, key: UUID) -> ResponseReturnValue:
    """Show what an assignment asks for."""
    row = _row(course_id, key)
    return _page(course_id, row, form_of(rules.assignment_of(row.config), row.revision))


@blueprint.post("/author/courses/<uuid:course_id>/assignments/<uuid:key>")
@requires(AUTHOR_COURSES)
def save(course_id: UUID, key: UUID) -> ResponseReturnValue:
    """Keep it in the draft; who was overtaken keeps what they typed."""
    row, form = _row(course_id, key), AssignmentForm()
    _offer(form)
    if "more" in request.form:
        form.criteria.append_entry()
        return _page(course_id, row, form)
    if not form.validate_on_submit():
        return _page(course_id, row, form), 422
    try:
        settings.set_up(
            course_id=CourseId(course_id),
            key=ActivityKey(key),
            assignment=form.assignment(),
            revision=form.seen.version,
            actor=current(),
            now=clock.now(),
        )
    except EditedMeanwhile as refusal:
        form.seen.data = str(row.revision)
        return _page(course_id, row, form, conflict=refusal.message), 409
    except Invalid as refusal:
        form.refuse(dict(refusal.fields))
        return _page(course_id, row, form), 422
    flash(_("Saved in the draft."), "valid")
    return redirect(url_for("authoring.edit_activity", course_id=course_id, key=key), 303)


def _row(course_id: UUID, key: UUID) -> Any:
    row = authoring.find_current_activity(CourseId(course_id), ActivityKey(key))
    if row is None or row.kind != KIND:
        raise NotFound
    return row


def _offer(form: AssignmentForm) -> AssignmentForm:
    return form.offer(identity.list_holders(roles=MARKERS).items())


def _page(course_id: UUID, row: Any, form: AssignmentForm, *, conflict: str = "") -> str:
    return render_template(
        "assignments/edit.html",
        form=_offer(form),
        row=row,
        course_id=course_id,
        conflict=conflict,
        may_author=current().may(AUTHOR_COURSES),
        back=url_for("authoring.edit_activity", course_id=course_id, key=row.key),
    )
