"""What counts for what: the list, adding to it, taking out of it."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.authoring import queries as authoring
from lms.courses.curricula.forms import EquivalenceForm
from lms.courses.curricula.queries import authored
from lms.courses.curricula.service import editing
from lms.courses.curricula.views.blueprint import blueprint
from lms.courses.curricula.views.trainers import saved
from lms.courses.policy import AUTHOR_COURSES, VIEW_AUTHORING
from lms.courses.values import CourseId, EquivalenceId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.web.access import requires
from lms.web.forms import Choice
from lms.web.pages import page_request


@blueprint.get("/author/equivalences")
@requires(VIEW_AUTHORING)
def equivalences() -> ResponseReturnValue:
    """List what counts for what, the newest first."""
    return _show(_form())


def _form() -> EquivalenceForm:
    form = EquivalenceForm()
    courses = [Choice(str(one.id), one.title) for one in authoring.list_published()]
    form.course.choices = form.counts_for.choices = [Choice("", _("Choose a course")), *courses]
    return form


def _show(form: EquivalenceForm) -> str:
    page = authored.page_equivalences(page_request())
    named = {course_id for one in page.items for course_id in (one.course_id, one.counts_for_id)}
    return render_template(
        "curricula/equivalences.html",
        form=form,
        page=page,
        courses=authoring.list_courses(named),
        can_edit=current().may(AUTHOR_COURSES),
    )


@blueprint.post("/author/equivalences")
@requires(AUTHOR_COURSES)
def add_equivalence() -> ResponseReturnValue:
    """Let completions of a course count for another."""
    form = _form()

    def save() -> None:
        editing.add_equivalence(
            equivalence_id=EquivalenceId(form.new_id),
            course_id=CourseId(UUID(form.course.data)),
            counts_for_id=CourseId(UUID(form.counts_for.data)),
            is_mutual=bool(form.is_mutual.data),
            note=form.note.data or "",
            from_on=form.from_on.data,
            until_on=form.until_on.data,
            actor=current(),
            now=clock.now(),
        )

    if not saved(form, save):
        return _show(form), 422
    flash(_("It counts from now on. Paths that are whole by it are completed in a moment."), "valid")
    return redirect(url_for(".equivalences"), 303)


@blueprint.post("/author/equivalences/<uuid:equivalence_id>/remove")
@requires(AUTHOR_COURSES)
def remove_equivalence(equivalence_id: UUID) -> ResponseReturnValue:
    """Let it count no longer."""
    editing.remove_equivalence(equivalence_id=EquivalenceId(equivalence_id), actor=current())
    flash(_("It counts no longer. What was completed by it stays completed."), "valid")
    return redirect(url_for(".equivalences"), 303)
