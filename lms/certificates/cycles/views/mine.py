"""A person's own certificates."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.certificates.cycles.queries import own
from lms.certificates.cycles.service import issuing
from lms.certificates.values import CertificateId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.web.access import signed_in

blueprint = Blueprint("certificates", "lms.certificates", template_folder="templates")


@blueprint.get("/certificates")
@signed_in
def index() -> ResponseReturnValue:
    """Show what the reader holds, works on, needs and once held."""
    return render_template("certificates/mine.html", own=own.read_own(current(), now=clock.now()))


@blueprint.post("/certificates/<uuid:certificate_id>/renew")
@signed_in
def renew(certificate_id: UUID) -> ResponseReturnValue:
    """Begin the renewal of the reader's own certificate."""
    issuing.renew(certificate_id=CertificateId(certificate_id), actor=current(), now=clock.now())
    flash(_("Your renewal has begun. What is to do stands below."), "valid")
    return redirect(url_for(".index"), 303)
