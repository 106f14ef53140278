"""Documents of certificates: the address of each PDF, bundles of many, and what waits."""

from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.certificates.cycles.queries import certifications, team
from lms.certificates.documents import queries
from lms.certificates.documents.forms import BundleForm
from lms.certificates.documents.service import bundling, setting
from lms.certificates.documents.values import BundleId, BundleState
from lms.certificates.policy import DEFINE_CERTIFICATIONS, ORDER_BUNDLES
from lms.certificates.values import CertificateId, CertificationId
from lms.identity.values import OrganisationId
from lms.kernel import clock, signing
from lms.kernel.actor import current
from lms.kernel.errors import Invalid, NotFound
from lms.web.access import requires, signed_in
from lms.web.blobs import send_blob
from lms.web.pages import page_request

blueprint = Blueprint("certificate_documents", "lms.certificates", template_folder="templates")


@blueprint.get("/certificates/<uuid:certificate_id>.pdf")
@signed_in
def download(certificate_id: UUID) -> ResponseReturnValue:
    """Give the PDF to the holder, and to whom their role shows the holder's certificates."""
    proof = queries.get_visible_proof(CertificateId(certificate_id), current())
    answer = Response(setting.set_certificate(proof), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{proof.certificate.code}.pdf"'
    return answer


@blueprint.get("/team/certificates")
@requires(ORDER_BUNDLES)
def bundles() -> ResponseReturnValue:
    """List the bundles that the reader asked for, and the form for another."""
    return _show(_offered(BundleForm(formdata=None)))


@blueprint.post("/team/certificates")
@requires(ORDER_BUNDLES)
def order() -> ResponseReturnValue:
    """Ask for the documents of a team or of a certification's holders."""
    form = _offered(BundleForm())
    if not form.validate_on_submit():
        return _show(form), 422
    try:
        bundling.order(
            bundle_id=BundleId(form.new_id),
            partner_id=OrganisationId(UUID(form.partner_id.data)) if form.partner_id.data else None,
            certification_id=CertificationId(UUID(form.certification_id.data))
            if form.certification_id.data
            else None,
            actor=current(),
            now=clock.now(),
        )
    except Invalid as refusal:
        form.refuse(dict(refusal.fields))
        return _show(form), 422
    flash(_("Asked. The certificates are being put together; they wait here for seven days."), "valid")
    return redirect(url_for(".bundles"), 303)


@blueprint.get("/team/certificates/<uuid:bundle_id>.zip")
@requires(ORDER_BUNDLES)
def download_bundle(bundle_id: UUID) -> ResponseReturnValue:
    """Give a bundle to who asked for it, as long as their role reaches the people in it."""
    bundle = queries.get_bundle(BundleId(bundle_id), current())
    bundling.may_download(bundle, current())
    if bundle.zip_sha256 is None:
        raise NotFound
    answer = send_blob(
        bundle.zip_sha256, size_bytes=bundle.size_bytes, media_type="application/zip", max_age_seconds=0
    )
    name = " ".join(part for part in (bundle.partner, bundle.certification) if part) or _("Certificates")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.zip"
    return answer


@blueprint.get("/programme/documents")
@requires(DEFINE_CERTIFICATIONS)
def waiting() -> ResponseReturnValue:
    """Say who signs certificates, and list those whose document waits, with the reason."""
    return render_template(
        "certificates/waiting.html",
        page=queries.page_waiting(page_request()),
        signer=signing.look(clock.now()),
        origins=signing.Origin,
    )


def _offered(form: BundleForm) -> BundleForm:
    actor = current()
    seen = team.find_partners(actor, None)
    partners = {one.id: one.name for one in (*seen.roots, seen.chosen, *seen.branches)}
    found = certifications.list_certifications()
    form.offer(
        partners.items(),
        [(one.id, one.title) for one in found],
        may_have_all=actor.may(DEFINE_CERTIFICATIONS),
    )
    return form


def _show(form: BundleForm) -> str:
    found = queries.list_bundles(current())
    return render_template("certificates/bundles.html", form=form, bundles=found, states=BundleState)
