"""What a team lacks, what it will lack in a year's time, and what one person takes along who leaves."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.certificates.cycles.queries import certifications, forecast, gaps, leaving, team
from lms.certificates.cycles.rules.months import next_months
from lms.certificates.cycles.values.team import Gap
from lms.certificates.cycles.views.assigning import blueprint
from lms.certificates.cycles.views.team import asked_partners, asked_team
from lms.certificates.policy import ASSIGN, VIEW_TEAM
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import NotFound
from lms.web.access import requires
from lms.web.asked import asked_choice, asked_number
from lms.web.context import oem_zone
from lms.web.exports import Row, table_download
from lms.web.pages import page_request

__all__ = ["blueprint"]

LEAST_AT_MOST = 99


@blueprint.get("/team/certifications/gaps")
@requires(VIEW_TEAM)
def show_gaps() -> ResponseReturnValue:
    """Show what is required and not in force, what pays most first, each with the shortest way to close it."""
    now, actor, partners = clock.now(), current(), asked_partners()
    active = certifications.list_certifications(only_active=True)
    wanted = asked_team(partners, active)
    found = gaps.list_gaps(actor, wanted, now=now)
    return render_template(
        "certificates/gaps.html",
        partners=partners,
        wanted=wanted,
        active=active,
        page=gaps.page_gaps(found, page_request(), now=now),
        listed=len(found),
        totals=gaps.count_gaps(actor, wanted, now=now),
        headcounts=team.count_team(actor, wanted.whole, now=now),
        may_assign=actor.may(ASSIGN),
        today=now.astimezone(oem_zone()).date(),
    )


@blueprint.get("/team/certifications/gaps.<any(csv, xlsx):ending>")
@requires(VIEW_TEAM)
def table_of_gaps(ending: str) -> ResponseReturnValue:
    """Hand the gaps out as a table, a row for each."""
    now, actor, partners = clock.now(), current(), asked_partners()
    wanted = asked_team(partners, certifications.list_certifications(only_active=True))
    head = (
        *(_("Person"), _("Position"), _("Organisation"), _("Certification")),
        *(_("Due"), _("Shortest way"), _("Minutes")),
    )
    rows = [_gap_cells(one) for one in gaps.list_gaps(actor, wanted, now=now)]
    if (more := gaps.count_gaps(actor, wanted, now=now).gaps - len(rows)) > 0:
        told = _("%(num)s more are not listed: narrow the list.", num=more)
        rows.append((told, *[None] * (len(head) - 1)))
    return table_download(ending, f"gaps-{now:%Y-%m-%d}", head, [rows])


@blueprint.get("/team/certifications/forecast")
@requires(VIEW_TEAM)
def show_forecast() -> ResponseReturnValue:
    """Show what lapses in twelve months if nobody renews, and who it is of in the month that is chosen."""
    now, actor, partners = clock.now(), current(), asked_partners()
    # Of those that are given no more, too: who holds one keeps it to its end.
    every = certifications.list_certifications()
    wanted, months = asked_team(partners, every), next_months(now, oem_zone())
    key = asked_choice("month", [one.key for one in months])
    month = next((one for one in months if one.key == key), None)
    return render_template(
        "certificates/forecast.html",
        partners=partners,
        wanted=wanted,
        active=every,
        headcounts=team.count_team(actor, wanted.whole, now=now),
        month=month,
        forecast=forecast.forecast_team(actor, wanted, months, now=now),
        page=forecast.page_ending(actor, wanted, month, page_request(), now=now) if month else None,
        titles={one.id: one.title for one in every},
        args={name: value for name, value in request.args.items() if name not in {"after", "before"}},
    )


@blueprint.get("/team/certifications/<uuid:person_id>")
@requires(VIEW_TEAM)
def show_person(person_id: UUID) -> ResponseReturnValue:
    """Show one person's certifications, and what their partner keeps of them if they leave."""
    now, actor = clock.now(), current()
    person = team.get_member(actor, PersonId(person_id))
    if person.employer_id is None:
        raise NotFound
    partner = team.find_partner_above(actor, person.employer_id)
    every = certifications.list_certifications()
    held, others = leaving.list_leaving(actor, person, partner.id, every, now=now)
    return render_template(
        "certificates/member.html",
        person=person,
        partner=partner,
        least=asked_number("least", most=LEAST_AT_MOST) or 2,
        held=held,
        others=others,
        missing=gaps.list_of_person(actor, person, now=now),
        today=now.astimezone(oem_zone()).date(),
    )


def _gap_cells(gap: Gap) -> Row:
    person = gap.person
    steps = "; ".join(step.title for step in gap.missing.steps)
    return (
        *(person.name, person.position_name, person.employer_name, gap.certification.code),
        *(gap.due_on, steps, gap.missing.minutes),
    )
