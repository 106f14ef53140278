"""The pages of packages: upload and choice for authors, the player for learners."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses import facade as courses
from lms.courses.values import Activity, ActivityId, ActivityKey, CourseId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.db import new_id
from lms.kernel.errors import Invalid
from lms.packages import queries, rules, service
from lms.packages.forms import ChooseForm, UploadForm
from lms.packages.models import PackageRevision
from lms.packages.policy import ADD_PACKAGES, PLAY, VIEW_PACKAGES
from lms.packages.values import PackageId, RevisionId, SessionId
from lms.web.access import requires
from lms.web.content_links import OWN_FOLDER, origin_for, sign_link
from lms.web.pages import page_request

blueprint = Blueprint("packages", __name__, template_folder="templates")


@blueprint.get("/author/packages")
@requires(VIEW_PACKAGES)
def list_packages() -> ResponseReturnValue:
    """List the packages."""
    return _packages_page(UploadForm())


@blueprint.post("/author/packages")
@requires(ADD_PACKAGES, upload_bytes=service.UPLOAD_LIMIT_BYTES)
def upload() -> ResponseReturnValue:
    """Take a package."""
    form = UploadForm()
    if form.validate_on_submit() and _store(form, PackageId(form.new_id)) is not None:
        return redirect(url_for(".list_packages"), 303)
    return _packages_page(form), 422


def _packages_page(form: UploadForm) -> str:
    return render_template(
        "packages/packages.html",
        page=queries.list_packages(page_request()),
        upload=form,
        may_add=current().may(ADD_PACKAGES),
    )


@blueprint.get("/author/courses/<uuid:course_id>/packages/<uuid:key>")
@requires(VIEW_PACKAGES)
def choose(course_id: UUID, key: UUID) -> ResponseReturnValue:
    """Show which package an activity plays."""
    activity = courses.get_draft_activity(CourseId(course_id), ActivityKey(key), actor=current())
    form = _choices(ChooseForm(revision=str(activity.config.get("revision_id", ""))))
    return _ask_which(activity, form)


@blueprint.post("/author/courses/<uuid:course_id>/packages/<uuid:key>")
@requires(ADD_PACKAGES, upload_bytes=service.UPLOAD_LIMIT_BYTES)
def choose_submit(course_id: UUID, key: UUID) -> ResponseReturnValue:
    """Set which package an activity plays."""
    activity = courses.get_draft_activity(CourseId(course_id), ActivityKey(key), actor=current())
    form = _choices(ChooseForm())
    if form.validate_on_submit():
        revision = _chosen(form)
        if revision is not None:
            courses.set_activity_config(
                course_id=CourseId(course_id),
                key=ActivityKey(key),
                config={"package_id": str(revision.package_id), "revision_id": str(revision.id)},
                actor=current(),
                now=clock.now(),
            )
            return redirect(courses.editor_url(activity), 303)
    return _ask_which(activity, form), 422


@blueprint.get("/learn/packages/<uuid:activity_id>")
@requires(PLAY)
def play(activity_id: UUID) -> ResponseReturnValue:
    """Show the player."""
    launch = courses.get_launch(activity_id=ActivityId(activity_id), actor=current())
    revision = queries.get_revision_of(launch.activity)
    manifest = queries.manifest_of(revision)
    rows = queries.trackings(launch.enrolment_id, launch.activity.id) if launch.enrolment_id else {}
    trackings = {name: queries.tracking_of(row) for name, row in rows.items()}
    item = rules.item_to_open(manifest.launchables, trackings, wanted=request.args.get("item"))
    opening = SessionId(new_id())
    origin = origin_for(revision.id)
    actor = current()
    begin = {
        "item": item.identifier,
        "session": str(opening),
        "href": item.launch,
        "kind": item.scorm_type.value,
        "elements": rules.elements_at_launch(
            item, trackings.get(item.identifier), learner_id=str(actor.person_id), learner_name=actor.name
        ),
    }
    return render_template(
        "packages/play.html",
        launch=launch,
        manifest=manifest,
        item=item,
        begin=begin,
        outline=rules.outline(manifest.launchables, trackings),
        origin=origin,
        frame_url=f"{origin}/{sign_link(revision_id=revision.id, opening_id=opening)}/{OWN_FOLDER}/player",
    )


@blueprint.post("/learn/packages/<uuid:activity_id>/commit")
@requires(PLAY)
def commit(activity_id: UUID) -> ResponseReturnValue:
    """Keep what a SCO committed: {item, session, sequence, last, elements}."""
    launch = courses.get_launch(activity_id=ActivityId(activity_id), actor=current())
    revision = queries.get_revision_of(launch.activity)
    sent = _read_commit(request.get_json(silent=True))
    saved = service.commit(launch=launch, revision=revision, now=clock.now(), **sent)
    return {"kept": saved.is_kept, "at": saved.at.isoformat(), "completed": saved.is_completed}


def _read_commit(sent: Any) -> dict[str, Any]:
    """Return the arguments of a commit; Invalid names the field that is not what it should be."""
    shape: dict[str, type] = {"item": str, "session": str, "sequence": int, "last": bool, "elements": dict}
    if not isinstance(sent, dict) or sent.keys() != shape.keys():
        raise Invalid(_("A commit has item, session, sequence, last and elements."))
    for name, kind in shape.items():
        if type(sent[name]) is not kind:
            raise Invalid(
                _("A commit's %(field)s is not what it should be.", field=name), fields={name: kind.__name__}
            )
    try:
        session_id = SessionId(UUID(sent["session"]))
    except ValueError as error:
        raise Invalid(_("A commit's %(field)s is not what it should be.", field="session")) from error
    if not 0 < sent["sequence"] < 2**31:
        raise Invalid(_("A commit's %(field)s is not what it should be.", field="sequence"))
    return {
        "item_id": sent["item"],
        "session_id": session_id,
        "sequence": sent["sequence"],
        "is_last": sent["last"],
        "elements": sent["elements"],
    }


def _ask_which(activity: Activity, form: ChooseForm) -> str:
    back = courses.editor_url(activity)
    return render_template("packages/choose.html", activity=activity, choose=form, back=back)


def _store(form: UploadForm | ChooseForm, package_id: PackageId) -> PackageRevision | None:
    """Keep the form's file; what is wrong with it stands beside the field."""
    given = form.file.data
    try:
        return service.store_package(
            package_id=package_id,
            source=given.stream,
            filename=given.filename or "package.zip",
            actor=current(),
            now=clock.now(),
        )
    except Invalid as refusal:
        form.file.errors = [refusal.message]
        return None


def _chosen(form: ChooseForm) -> PackageRevision | None:
    if form.file.data:
        return _store(form, PackageId(form.new_id))
    if form.revision.data:
        return queries.get_revision(RevisionId(UUID(str(form.revision.data))))
    form.file.errors = [_("Choose a file, or a package that is here.")]
    return None


def _choices(form: ChooseForm) -> ChooseForm:
    form.revision.choices = [
        ("", "–"),
        *[
            (str(one.revision_id), _("%(title)s, revision %(number)s", title=one.title, number=one.number))
            for one in queries.list_for_choice()
        ],
    ]
    return form
