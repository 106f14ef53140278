"""A person's own certificates."""

from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.certificates.cycles import formats
from lms.certificates.cycles.queries import ledger, own, way
from lms.certificates.cycles.service import issuing
from lms.certificates.values import CertificateId, CertificationId, MarkKind
from lms.kernel import clock
from lms.kernel.actor import current
from lms.web.access import signed_in

blueprint = Blueprint("certificates", "lms.certificates", template_folder="templates")


@blueprint.get("/certificates")
@signed_in
def index() -> ResponseReturnValue:
    """Show what the reader holds, works on, needs and once held."""
    return render_template(
        "certificates/mine.html", own=own.read_own(current(), now=clock.now()), marks=MarkKind
    )


@blueprint.get("/certificates/<uuid:certification_id>")
@signed_in
def show(certification_id: UUID) -> ResponseReturnValue:
    """Show what a certification asks of the reader, what is done, what is next, and all that was."""
    found = way.read_way(CertificationId(certification_id), current(), now=clock.now())
    return render_template("certificates/way.html", way=found, marks=MarkKind)


@blueprint.get("/certificates/<uuid:certificate_id>.ics")
@signed_in
def calendar(certificate_id: UUID) -> ResponseReturnValue:
    """Give the end of the reader's own certificate to their calendar, with reminders."""
    found = ledger.get_own(CertificateId(certificate_id), current())
    url = current_app.config["LMS_PUBLIC_URL"] + url_for(".index")
    text = formats.write_ending(
        formats.Ending(
            uid=f"{found.id}@{urlsplit(url).hostname}",
            on=found.term.valid_through,
            opens_at=found.term.renewal_opens_at,
            title=_("%(title)s: valid through today", title=found.title),
            text=_(
                "Certificate %(code)s ends with this day. Renew it here: %(url)s", code=found.code, url=url
            ),
            url=url,
        ),
        stamp=clock.now(),
    )
    answer = Response(text, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.code}.ics"'
    return answer


@blueprint.post("/certificates/<uuid:certificate_id>/renew")
@signed_in
def renew(certificate_id: UUID) -> ResponseReturnValue:
    """Begin the renewal of the reader's own certificate."""
    issuing.renew(certificate_id=CertificateId(certificate_id), actor=current(), now=clock.now())
    flash(_("Your renewal has begun. What is to do stands below."), "valid")
    return redirect(url_for(".index"), 303)
