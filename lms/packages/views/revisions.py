"""Pages of one package: its revisions, a further one, and what became of items that one of them no longer has."""

from collections import Counter
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.packages import queries
from lms.packages.forms import FatesForm, PutForm, UploadForm
from lms.packages.models import PackageRevision
from lms.packages.policy import ADD_PACKAGES, VIEW_PACKAGES
from lms.packages.queries import revisions
from lms.packages.service import UPLOAD_LIMIT_BYTES, drafts
from lms.packages.service import revisions as service
from lms.packages.values import PackageId, RevisionId
from lms.packages.views.room import blueprint
from lms.packages.views.uploading import look_into, looked_at
from lms.web.access import requires
from lms.web.pages import page_request


@blueprint.get("/author/packages/<uuid:package_id>")
@requires(VIEW_PACKAGES)
def show_package(package_id: UUID) -> ResponseReturnValue:
    """Show a package and its revisions."""
    return _package_page(PackageId(package_id), UploadForm())


@blueprint.post("/author/packages/<uuid:package_id>")
@requires(ADD_PACKAGES, upload_bytes=UPLOAD_LIMIT_BYTES, prepare=look_into)
def upload_next(package_id: UUID) -> ResponseReturnValue:
    """Take a further revision, to be looked at."""
    package = queries.get_package(PackageId(package_id))
    form = UploadForm()
    if not form.validate_on_submit():
        return _package_page(package.id, form), 422
    return looked_at(form, back=url_for(".show_package", package_id=package_id), package_id=package.id)


@blueprint.post("/author/packages/<uuid:package_id>/drafts")
@requires(ADD_PACKAGES)
def put_into_drafts(package_id: UUID) -> ResponseReturnValue:
    """Let courses play the latest revision in their drafts."""
    package = queries.get_package(PackageId(package_id))
    form = PutForm()
    if not form.validate_on_submit():
        return _package_page(package.id, UploadForm(formdata=None)), 422
    try:
        count = drafts.put_into_drafts(
            package.id, form.revision_id, places=form.places, actor=current(), now=clock.now()
        )
    except Conflict as refusal:
        return _package_page(package.id, UploadForm(formdata=None), conflict=refusal.message), 409
    flash(ngettext("It is in %(num)s draft.", "It is in %(num)s drafts.", count), "valid")
    return redirect(url_for(".show_package", package_id=package_id), 303)


def _package_page(package_id: PackageId, form: UploadForm, *, conflict: object = None) -> str:
    latest = revisions.find_latest(package_id)
    if latest is None:
        raise NotFound
    played = drafts.list_played(package_id, actor=current())
    return render_template(
        "packages/package.html",
        latest=latest,
        items=revisions.items_of(latest),
        page=revisions.list_revisions(package_id, page_request()),
        undecided=revisions.list_undecided(package_id),
        upload=form,
        may_add=current().may(ADD_PACKAGES),
        played=played,
        behind=[one for one in played if one.written is not None and one.written != latest],
        in_use=Counter(row.number for one in played for row in {one.written, one.published} if row),
        conflict=conflict,
    )


@blueprint.get("/author/packages/revisions/<uuid:revision_id>/items")
@requires(ADD_PACKAGES)
def ask_items(revision_id: UUID) -> ResponseReturnValue:
    """Ask what became of the items that a revision no longer has."""
    return _items_page(queries.get_revision(RevisionId(revision_id)), FatesForm())


@blueprint.post("/author/packages/revisions/<uuid:revision_id>/items")
@requires(ADD_PACKAGES)
def say_items(revision_id: UUID) -> ResponseReturnValue:
    """Keep what became of them."""
    revision = queries.get_revision(RevisionId(revision_id))
    form = FatesForm()
    try:
        service.decide(revision.id, fates=form.answers(), actor=current(), now=clock.now())
    except Invalid as refusal:
        return _items_page(revision, form, refusal), 422
    flash(_("Learners in the middle of these items go on in what they have become."), "valid")
    return redirect(url_for(".show_package", package_id=revision.package_id), 303)


def _items_page(revision: PackageRevision, form: FatesForm, refusal: Invalid | None = None) -> str:
    gone, fresh, suggested = service.question(revision)
    form.ask(gone, fresh, suggested)
    if refusal is not None:
        form.refuse_items(refusal.fields)
    return render_template(
        "packages/items.html",
        revision=revision,
        gone={one.identifier: one for one in gone},
        decided=[row for row in revisions.list_fates(revision.id) if row.decided_at is not None],
        titles={one.identifier: one.title for one in revisions.items_of(revision)},
        fates=form,
    )
