"""The list of what can be held, its versions, and ending what is given no more."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.audiences import facade as audiences
from lms.certificates.cycles.queries import certifications
from lms.certificates.cycles.rules import differences
from lms.certificates.cycles.service import definitions, weighing
from lms.certificates.policy import DEFINE_CERTIFICATIONS, VIEW_CERTIFICATIONS
from lms.certificates.values import CertificationId
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import current
from lms.web.access import requires

blueprint = Blueprint("certifications", "lms.certificates", template_folder="templates")


@blueprint.get("/programme/certifications")
@requires(VIEW_CERTIFICATIONS)
def index() -> ResponseReturnValue:
    """List every certification with its rule in a sentence and how many hold it."""
    return render_template(
        "certificates/programme.html",
        certifications=certifications.list_certifications(),
        brands={brand.id: brand for brand in identity.list_brands()},
        positions={position.id: position.name for position in identity.list_positions()},
        holders=certifications.count_holders(clock.now()),
        may_define=current().may(DEFINE_CERTIFICATIONS),
    )


@blueprint.post("/programme/certifications/<uuid:certification_id>/retire")
@requires(DEFINE_CERTIFICATIONS)
def retire(certification_id: UUID) -> ResponseReturnValue:
    """Stop giving a certification."""
    definitions.retire_certification(certification_id=CertificationId(certification_id))
    flash(_("Nobody can earn it any more. Who holds it keeps it to its end."), "valid")
    return redirect(url_for(".index"), 303)


@blueprint.post("/programme/certifications/<uuid:certification_id>/revive")
@requires(DEFINE_CERTIFICATIONS)
def revive(certification_id: UUID) -> ResponseReturnValue:
    """Give a retired certification again."""
    definitions.revive_certification(certification_id=CertificationId(certification_id))
    flash(_("It is given again."), "valid")
    return redirect(url_for(".index"), 303)


@blueprint.post("/programme/certifications/<uuid:certification_id>/weigh")
@requires(DEFINE_CERTIFICATIONS)
def weigh_again(certification_id: UUID) -> ResponseReturnValue:
    """Try now to weigh those whom it stopped at."""
    weighing.try_again(certification_id=CertificationId(certification_id), now=clock.now())
    flash(_("It goes on in a moment."), "valid")
    return redirect(url_for(".edit", certification_id=certification_id), 303)


@blueprint.get("/programme/certifications/<uuid:certification_id>/versions")
@requires(VIEW_CERTIFICATIONS)
def versions(certification_id: UUID) -> ResponseReturnValue:
    """List the versions of a certification's rule, each with who made it, when, and what it changed."""
    certification = certifications.get_certification(CertificationId(certification_id))
    found = certifications.list_versions(certification.id)
    earlier = [*found[1:], None]
    meant = {one.rule.audience_id for one in found if one.rule.audience_id}
    return render_template(
        "certificates/versions.html",
        certification=certification,
        versions=[
            (one, differences.changes(before.rule, one.rule) if before else ())
            for one, before in zip(found, earlier, strict=True)
        ],
        people=identity.list_people({one.made_by for one in found if one.made_by}),
        audiences={one.id: one.name for one in audiences.list_audiences(meant)} if meant else {},
    )
