"""What a learner does with an assignment: drafting, adding files, handing in."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from lms.courses.assignments import rules
from lms.courses.assignments.forms import DraftForm
from lms.courses.assignments.queries import handed
from lms.courses.assignments.service import handing_in
from lms.courses.assignments.values import Draft, HandIn
from lms.courses.assignments.views.blueprint import blueprint
from lms.courses.errors import DraftOvertaken, NotHandedIn
from lms.courses.policy import LEARN
from lms.courses.values import ActivityId
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import DomainError, Invalid, NotFound
from lms.web import complaints
from lms.web.access import requires
from lms.web.errors import refuse, wants_json


@blueprint.post("/learn/assignments/<uuid:activity_id>")
@requires(LEARN, upload_bytes=rules.FILE_BYTES)
def work(activity_id: UUID) -> ResponseReturnValue:
    """Keep the draft, and do with it what the button says: add or take out a file, or hand it in."""
    form = DraftForm()
    if not form.validate_on_submit():
        return refuse(form) if wants_json() else _held_back(ActivityId(activity_id), form)
    try:
        revision = _do(ActivityId(activity_id), form)
    except (DraftOvertaken, NotHandedIn) as refusal:
        return _overtaken(ActivityId(activity_id), form, refusal)
    except Invalid as refusal:
        if wants_json():
            raise
        if "text" in refusal.fields and len(form.text.data or "") > handing_in.TEXT_LENGTH:
            form.refuse(dict(refusal.fields))
            return _held_back(ActivityId(activity_id), form)
        _say(ActivityId(activity_id), refusal)
        return redirect(_back(ActivityId(activity_id)), 303)
    if wants_json():
        return {"revision": revision, "saved_at": clock.now().isoformat()}
    return redirect(_back(ActivityId(activity_id)), 303)


def _do(activity_id: ActivityId, form: DraftForm) -> int:
    """Do what the button says and return the draft's revision then; what was typed is kept first, whatever follows."""
    do, removed = request.form.get("do", "save"), request.form.get("remove", "")
    actor, now, text = current(), clock.now(), str(form.text.data or "")
    revision = form.revision.version or 0
    chosen = _chosen(form)
    if do == "hand-in" and not removed:
        handing_in.hand_in(
            activity_id=activity_id, text=text, revision=revision, chosen=chosen, actor=actor, now=now
        )
        flash(_("Handed in. You are told when it is marked."), "valid")
        return revision + 1
    revision = handing_in.save_draft(
        activity_id=activity_id, text=text, revision=revision, actor=actor, now=now
    )
    if removed:
        return handing_in.remove_file(
            activity_id=activity_id, place_id=_id(removed), revision=revision, actor=actor, now=now
        )
    if chosen is not None:
        return handing_in.add_file(
            activity_id=activity_id,
            filename=chosen.filename,
            upload=chosen.upload,
            revision=revision,
            actor=actor,
            now=now,
        )
    return revision


def _chosen(form: DraftForm) -> handing_in.Chosen | None:
    upload = form.file.data
    if not isinstance(upload, FileStorage) or not upload.filename:
        return None
    return handing_in.Chosen(upload.filename, upload.stream)  # type: ignore[arg-type]  # a spooled file is one to read


def _say(activity_id: ActivityId, refusal: DomainError) -> None:
    """Say what was refused: at its field on the page that is shown next, if it names one."""
    if not refusal.fields:
        flash(refusal.message, "danger")
        return
    complaints.keep(activity_id, refusal.fields)
    flash(
        _("Nothing was handed in. Your text is kept as a draft.")
        if request.form.get("do") == "hand-in"
        else _("Not added. Your text is kept."),
        "danger",
    )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error


def _overtaken(
    activity_id: ActivityId, form: DraftForm, refusal: DraftOvertaken | NotHandedIn
) -> ResponseReturnValue:
    """Show what was typed beside what is saved; nothing of either is lost."""
    place = handed.find_place(activity_id, _me())
    draft = handed.find_draft(place.enrolment.id, place.activity.key)
    if wants_json():
        return {"detail": refusal.message, "text": draft.text, "revision": draft.revision}, 409
    last = next(iter(reversed(handed.list_own(_me(), place.activity.key, clock.now()))), None)
    typed = str(form.text.data or "")
    if isinstance(refusal, NotHandedIn) and typed.strip() in {"", last.text if last else "", draft.text}:
        # There is nothing that is not kept already.
        flash(refusal.message, "danger")
        return redirect(_back(activity_id), 303)
    return _beside(place, form, message=refusal.message, last=last, draft=draft), 409


def _held_back(activity_id: ActivityId, form: DraftForm) -> ResponseReturnValue:
    """Show what could not be kept in its field once more, with why."""
    place = handed.find_place(activity_id, _me())
    draft = handed.find_draft(place.enrolment.id, place.activity.key)
    return _beside(place, form, message="", last=None, draft=draft), 422


def _beside(place: handed.Place, form: DraftForm, *, message: str, last: HandIn | None, draft: Draft) -> str:
    activity_id = place.activity.id
    return render_template(
        "assignments/conflict.html",
        message=message,
        form=form,
        draft=draft,
        last=last,
        title=place.activity.title,
        action=url_for(".work", activity_id=activity_id),
        back=_back(activity_id),
    )


def _back(activity_id: ActivityId) -> str:
    place = handed.find_place(activity_id, _me())
    return url_for("learning.lesson", slug=place.slug, activity_id=activity_id)


def _me() -> PersonId:
    person_id = current().person_id
    if person_id is None:
        raise NotFound
    return PersonId(person_id)
