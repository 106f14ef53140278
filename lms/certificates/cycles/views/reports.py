"""How certifications go, for who trains and who runs the programme."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms.certificates.cycles.queries import certifications, reports
from lms.certificates.cycles.rules.months import next_months
from lms.certificates.cycles.values.reports import ReportFilter
from lms.certificates.policy import VIEW_REPORTS, VIEW_TEAM
from lms.certificates.values import CertificationId
from lms.identity import facade as identity
from lms.identity.values import OrganisationId, OrganisationKind, RegionId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import NotFound
from lms.web.access import requires
from lms.web.asked import asked_id
from lms.web.context import oem_zone

blueprint = Blueprint("certification_reports", "lms.certificates", template_folder="templates")


@blueprint.get("/reports/certifications")
@requires(VIEW_REPORTS)
def index() -> ResponseReturnValue:
    """Show every certification with its holders, and what expires month by month."""
    now, actor, wanted = clock.now(), current(), _wanted()
    return render_template(
        "certificates/reports.html",
        wanted=wanted,
        **_choices(),
        certifications=certifications.list_certifications(only_active=True),
        titles={one.id: one.title for one in certifications.list_certifications()},
        holders=reports.count_holders(actor, wanted, now=now),
        wave=reports.forecast_wave(actor, wanted, next_months(now, oem_zone())),
        args=_kept(),
    )


@blueprint.get("/reports/certifications/<uuid:certification_id>")
@requires(VIEW_REPORTS)
def show(certification_id: UUID) -> ResponseReturnValue:
    """Show how one certification goes: passed how often, how fast, ending when, and who is stuck where."""
    now, actor, wanted = clock.now(), current(), _wanted()
    certification = certifications.get_certification(CertificationId(certification_id))
    return render_template(
        "certificates/report.html",
        wanted=wanted,
        **_choices(),
        certification=certification,
        holders=reports.count_holders(actor, wanted, now=now).get(certification.id, 0),
        passes=reports.count_passes(actor, wanted, certification, now=now),
        times=reports.read_times(actor, wanted, certification.id, now=now),
        wave=reports.forecast_wave(actor, wanted, next_months(now, oem_zone()), certification.id),
        stuck=reports.list_stuck(actor, wanted, certification, now=now),
        may_see_cells=actor.may(VIEW_TEAM),
        args=_kept(),
    )


def _wanted() -> ReportFilter:
    """Return what the address narrows the report to; NotFound for a partner that the reader does not reach."""
    partner_id = asked_id("partner", OrganisationId)
    scope = current().scope_of(VIEW_REPORTS)
    if partner_id is not None and not identity.is_organisation_visible(partner_id, scope):
        raise NotFound
    return ReportFilter(partner_id=partner_id, region_id=asked_id("region", RegionId))


def _kept() -> dict[str, str]:
    """Return what of the address narrows a report: it goes along to the next."""
    return {name: value for name, value in request.args.items() if name in {"partner", "region"}}


def _choices() -> dict[str, object]:
    partners = identity.list_organisations_in(current().scope_of(VIEW_REPORTS))
    return {
        "partners": [one for one in partners if one.kind is OrganisationKind.PARTNER],
        "regions": identity.list_regions(),
    }
