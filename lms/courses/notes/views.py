"""Notes: beside a lesson, and all of them on one page."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.notes import queries, service
from lms.courses.notes.forms import MarkForm, NoteForm
from lms.courses.policy import LEARN, VIEW_COURSES
from lms.courses.values import ActivityId
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Invalid, NotFound
from lms.web.access import requires
from lms.web.errors import refuse, wants_json
from lms.web.pages import page_request

blueprint = Blueprint("notes", __name__, template_folder="templates")


@blueprint.get("/learn/notes")
@requires(VIEW_COURSES)
def index() -> ResponseReturnValue:
    """List what the reader keeps, the latest first."""
    words = request.args.get("q", "").strip()[:100]
    return render_template(
        "notes/notes.html", page=queries.page_notes(_me(), page_request(), words=words), words=words
    )


@blueprint.post("/learn/notes/<uuid:activity_id>")
@requires(LEARN)
def write(activity_id: UUID) -> ResponseReturnValue:
    """Keep a note."""
    form = NoteForm()
    if not form.validate_on_submit():
        if wants_json():
            return refuse(form)
        raise Invalid(fields={name: str(errors[0]) for name, errors in form.errors.items() if name})
    revision = service.write_note(
        activity_id=ActivityId(activity_id),
        text=str(form.text.data or ""),
        seen=form.revision.version or 0,
        actor=current(),
        now=clock.now(),
    )
    if wants_json():
        return {"revision": revision}
    flash(_("Your note is saved."), "valid")
    return redirect(_back(activity_id), 303)


@blueprint.post("/learn/notes/<uuid:activity_id>/mark")
@requires(LEARN)
def mark(activity_id: UUID) -> ResponseReturnValue:
    """Mark an activity to find it again, or no longer."""
    form = MarkForm()
    if not form.validate_on_submit():
        raise Invalid(fields={name: str(errors[0]) for name, errors in form.errors.items() if name})
    service.mark(
        activity_id=ActivityId(activity_id),
        is_marked=form.is_marked.data == "yes",
        actor=current(),
        now=clock.now(),
    )
    return redirect(_back(activity_id), 303)


def _me() -> PersonId:
    person_id = current().person_id
    if person_id is None:
        raise NotFound
    return PersonId(person_id)


def _back(activity_id: UUID) -> str:
    found = queries.find_place(_me(), ActivityId(activity_id))
    if found is None:
        raise NotFound
    return url_for("learning.lesson", slug=found[2], activity_id=activity_id)
