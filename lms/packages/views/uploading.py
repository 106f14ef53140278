"""Pages of bringing packages: upload, look at what was found, confirm; and the choice for an activity."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses import facade as courses
from lms.courses.values import Activity, ActivityKey, CourseId
from lms.kernel import clock, files
from lms.kernel.actor import current
from lms.kernel.archives import ArchiveRefused
from lms.kernel.errors import Invalid
from lms.kernel.files import Laid
from lms.packages import queries
from lms.packages.errors import PackageRefused
from lms.packages.formats.bare import open_package
from lms.packages.formats.inspecting import inspect, refused
from lms.packages.forms import ChooseForm, ConfirmForm, UploadForm
from lms.packages.models import PackageUploadRow
from lms.packages.policy import ADD_PACKAGES, VIEW_PACKAGES
from lms.packages.queries import revisions
from lms.packages.rules import lineage
from lms.packages.service import UPLOAD_LIMIT_BYTES, progress, uploads
from lms.packages.values import PackageId, RevisionId, UploadId
from lms.packages.values.findings import Looked, Weight, from_json
from lms.packages.views.room import blueprint
from lms.web.access import requires
from lms.web.forms import Choice
from lms.web.pages import page_request


def look_into(**_arguments: object) -> Looked | None:
    """Return what is in the file that a form brought, None without one: before anything is locked.

    The bytes of one that can come are laid, so that the transaction need not write them.
    """
    given = request.files.get("file")
    if given is None or not given.filename:
        return None
    try:
        report = inspect(open_package(given.stream))  # type: ignore[arg-type]  # as good as a binary file
    except (ArchiveRefused, PackageRefused) as refusal:
        return Looked(refused(refusal))
    if report.is_refused:
        return Looked(report)
    given.stream.seek(0)
    return Looked(report, files.lay_blob(given.stream, named=given.filename, limit_bytes=UPLOAD_LIMIT_BYTES))


def lay(*, upload_id: UUID) -> Laid:
    """Keep the files of an upload that is about to be confirmed."""
    return uploads.lay_upload(UploadId(upload_id))


@blueprint.get("/author/packages")
@requires(VIEW_PACKAGES)
def list_packages() -> ResponseReturnValue:
    """List the packages."""
    return _packages_page(UploadForm())


@blueprint.post("/author/packages")
@requires(ADD_PACKAGES, upload_bytes=UPLOAD_LIMIT_BYTES, prepare=look_into)
def upload() -> ResponseReturnValue:
    """Take a package, to be looked at."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _packages_page(form), 422
    return looked_at(form, back=url_for(".list_packages"))


def _packages_page(form: UploadForm) -> str:
    return render_template(
        "packages/packages.html",
        page=queries.list_packages(page_request()),
        upload=form,
        may_add=current().may(ADD_PACKAGES),
    )


def looked_at(
    form: UploadForm | ChooseForm,
    *,
    back: str,
    package_id: PackageId | None = None,
    activity: Activity | None = None,
) -> ResponseReturnValue:
    """Keep an upload and lead to what was found in it; one that cannot come is told at once, and not kept."""
    looked: Looked = g.prepared
    report = looked.report
    if report.is_refused:
        name = form.file.data.filename
        return render_template(
            "packages/refused.html", report=report, name=name, back=back, Weight=Weight
        ), 422
    upload_id = uploads.begin_upload(
        upload_id=UploadId(form.new_id),
        source=form.file.data.stream,
        filename=form.file.data.filename or "package.zip",
        looked=looked,
        package_id=package_id,
        activity=activity,
        actor=current(),
        now=clock.now(),
    )
    return redirect(url_for("packages.look", upload_id=upload_id), 303)


@blueprint.get("/author/packages/uploads/<uuid:upload_id>")
@requires(ADD_PACKAGES)
def look(upload_id: UUID) -> ResponseReturnValue:
    """Show what was found in an upload."""
    row = revisions.get_upload(UploadId(upload_id))
    return _look_page(row, ConfirmForm(kept_as="next"))


@blueprint.post("/author/packages/uploads/<uuid:upload_id>/confirm")
@requires(ADD_PACKAGES, prepare=lay)
def confirm(upload_id: UUID) -> ResponseReturnValue:
    """Keep an upload as a revision; its files are kept before anything is locked."""
    row = revisions.get_upload(UploadId(upload_id))
    form = ConfirmForm()
    if row.package_id is None:
        form.kept_as.data = "own"
    try:
        revision = uploads.confirm_upload(
            upload_id=row.id,
            as_next=form.is_next,
            fates=form.answers(),
            actor=current(),
            now=clock.now(),
            laid=g.prepared,
        )
    except Invalid as refusal:
        return _look_page(row, form, refusal), 422
    flash(_("“%(title)s” is here.", title=revision.title), "valid")
    if row.course_id is not None and row.activity_key is not None:
        activity = courses.get_draft_activity(row.course_id, row.activity_key, actor=current())
        return redirect(courses.editor_url(activity), 303)
    return redirect(url_for(".show_package", package_id=revision.package_id), 303)


def _look_page(row: PackageUploadRow, form: ConfirmForm, refusal: Invalid | None = None) -> str:
    report = from_json(row.report)
    before = revisions.find_latest(row.package_id) if row.package_id else None
    known = revisions.items_of(before) if before else ()
    gone, fresh = lineage.vanished(known, report.items), lineage.vanished(report.items, known)
    form.ask(gone, fresh, lineage.suggest(gone, fresh))
    if refusal is not None:
        form.refuse_items(refusal.fields)
    stored = files.get(row.file_id)
    return render_template(
        "packages/look.html",
        upload=row,
        name=stored.filename,
        report=report,
        before=before,
        is_same=before is not None and files.get(before.file_id).sha256 == stored.sha256,
        gone={one.identifier: one for one in gone},
        confirm=form,
        kept=progress.find(row.id),
        problem=refusal.message if refusal is not None and not refusal.fields else None,
        Weight=Weight,
    )


@blueprint.get("/author/courses/<uuid:course_id>/packages/<uuid:key>")
@requires(VIEW_PACKAGES)
def choose(course_id: UUID, key: UUID) -> ResponseReturnValue:
    """Show which package an activity plays."""
    activity = courses.get_draft_activity(CourseId(course_id), ActivityKey(key), actor=current())
    form = _choices(ChooseForm(revision=str(activity.config.get("revision_id", ""))))
    return _ask_which(activity, form)


@blueprint.post("/author/courses/<uuid:course_id>/packages/<uuid:key>")
@requires(ADD_PACKAGES, upload_bytes=UPLOAD_LIMIT_BYTES, prepare=look_into)
def choose_submit(course_id: UUID, key: UUID) -> ResponseReturnValue:
    """Set which package an activity plays, or take an upload that it shall play."""
    activity = courses.get_draft_activity(CourseId(course_id), ActivityKey(key), actor=current())
    form = _choices(ChooseForm())
    if not form.validate_on_submit():
        return _ask_which(activity, form), 422
    if form.file.data:
        playing = revisions.find_played(activity)
        here = url_for(".choose", course_id=course_id, key=key)
        package_id = playing.package_id if playing else None
        return looked_at(form, back=here, package_id=package_id, activity=activity)
    if not form.revision.data:
        form.file.errors = [_("Choose a file, or a package that is here.")]
        return _ask_which(activity, form), 422
    revision = queries.get_revision(RevisionId(UUID(str(form.revision.data))))
    courses.set_activity_config(
        course_id=CourseId(course_id),
        key=ActivityKey(key),
        config={"package_id": str(revision.package_id), "revision_id": str(revision.id)},
        actor=current(),
        now=clock.now(),
    )
    return redirect(courses.editor_url(activity), 303)


def _ask_which(activity: Activity, form: ChooseForm) -> str:
    return render_template(
        "packages/choose.html",
        activity=activity,
        choose=form,
        back=courses.editor_url(activity),
        playing=revisions.find_played(activity),
    )


def _choices(form: ChooseForm) -> ChooseForm:
    form.revision.choices = [
        Choice("", "–"),
        *[
            Choice(
                str(one.revision_id), _("%(title)s, revision %(number)s", title=one.title, number=one.number)
            )
            for one in queries.list_for_choice()
        ],
    ]
    return form
