"""Who takes a course: its page in the editor."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.audiences import facade as audiences
from lms.audiences.values import AudienceId
from lms.courses.authoring import queries, service
from lms.courses.authoring.forms import AccessForm, choices
from lms.courses.authoring.values import CourseAccess, Editor
from lms.courses.authoring.views.room import blueprint, get_editor, saved, show
from lms.courses.policy import AUTHOR_COURSES, VIEW_AUTHORING
from lms.kernel import clock
from lms.kernel.actor import current
from lms.web.access import requires


@blueprint.get("/author/courses/<uuid:course_id>/access")
@requires(VIEW_AUTHORING)
def access(course_id: UUID) -> ResponseReturnValue:
    """Show which audiences see a course, and which are enrolled on it."""
    editor = get_editor(course_id)
    return _page(editor, _form(queries.get_access(editor.course.id)))


@blueprint.post("/author/courses/<uuid:course_id>/access")
@requires(AUTHOR_COURSES)
def save_access(course_id: UUID) -> ResponseReturnValue:
    """Save it; people of newly enrolled audiences are enrolled at once, many of them in a moment."""
    editor = get_editor(course_id)
    form = _form(queries.get_access(editor.course.id))

    def save() -> None:
        service.set_access(course_id=editor.course.id, access=form.access(), actor=current(), now=clock.now())

    if not saved(form, save):
        return _page(editor, form), 422
    flash(_("Saved."), "valid")
    return redirect(url_for(".access", course_id=course_id), 303)


def _form(held: CourseAccess) -> AccessForm:
    form = AccessForm(
        sees=[str(one) for one in held.sees],
        enrolled=[str(one) for one in held.enrolled],
        due_on=held.due.on,
        due_days=held.due.days,
        withdraws_leavers=held.withdraws_leavers,
        places=held.places,
    )
    known = choices((str(one.id), one.name) for one in audiences.list_audiences())
    form.sees.choices = form.enrolled.choices = known
    return form


def _page(editor: Editor, form: AccessForm) -> str:
    named = {AudienceId(UUID(one)) for one in [*(form.sees.data or ()), *(form.enrolled.data or ())]}
    found = {str(one.id): one for one in audiences.list_audiences(named)} if named else {}
    return show(
        "authoring/access.html",
        editor,
        form=form,
        sees=[found[one] for one in form.sees.data or () if one in found],
        enrolled=[found[one] for one in form.enrolled.data or () if one in found],
        audience_url=audiences.audience_url,
    )
