"""What standing offers below: a column of the partner list, fragments, and a person's data."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from flask import render_template
from markupsafe import Markup

from lms.audiences.values import Option, Options
from lms.identity.values import OrganisationId, PersonId
from lms.kernel import clock
from lms.kernel.actor import Role, Scope, current
from lms.portal.partners.values import Cell
from lms.portal.standing.policy import VIEW_STANDING
from lms.portal.standing.queries import gates, tiers
from lms.web.slots import Offer
from lms.web.words import lazy as _l


class TierColumn:
    """The tier in force, in the list of partners."""

    label = _l("Tier")

    def cells(self, partner_ids: Collection[OrganisationId]) -> Mapping[OrganisationId, Cell]:
        """Return each partner's tier, as one at risk if it no longer meets it."""
        names = {rung.key: rung.name for rung in tiers.list_ladder()}
        return {
            partner_id: Cell(
                "soon" if standing.at_risk_since else "valid", names.get(standing.tier, standing.tier)
            )
            for partner_id, standing in tiers.find_standings(partner_ids).items()
        }


class TierFacet:
    """The tier that people's partner stands on, for audiences."""

    key = "tier"
    label = _l("The partner’s tier")
    phrase = _l("whose partner is %(names)s")
    leads = False
    is_long = False

    def pairs(self) -> Any:
        """Return the tier of everybody's partner."""
        return tiers.pairs_of_tier()

    def read(self, value: str) -> str:
        """Return a tier's key."""
        return value

    def options(self, _scope: Scope, words: str, _after: str | None) -> Options:
        """Return the tiers, lowest first."""
        wanted = words.casefold()
        return Options(
            [Option(one.key, one.name) for one in tiers.list_ladder() if wanted in one.name.casefold()]
        )

    def names(self, values: Collection[str], _scope: Scope) -> Mapping[str, str]:
        """Return the names of these tiers."""
        return {one.key: one.name for one in tiers.list_ladder() if one.key in values}


def _overview(partner_id: OrganisationId) -> Markup | None:
    if not current().may(VIEW_STANDING):
        return None
    return Markup(  # noqa: S704  a template's output
        render_template(
            "standing/_overview.html",
            outlook=tiers.get_outlook(partner_id, clock.now()),
            partner_id=partner_id,
        )
    )


def _home() -> Markup | None:
    actor = current()
    if Role.PARTNER_ADMIN not in actor.roles or actor.employer_id is None:
        return None
    outlook = tiers.get_outlook(OrganisationId(actor.employer_id), clock.now())
    if outlook.next_rung is None and outlook.rung is None:
        return None
    return Markup(  # noqa: S704  a template's output
        render_template(
            "standing/_overview.html", outlook=outlook, partner_id=OrganisationId(actor.employer_id)
        )
    )


SLOTS = (Offer("partner.overview", 10, _overview), Offer("home.main", 40, _home))


class StandingData:
    """The decisions that were asked for by a person. They hold ids and certificate codes, no names."""

    name = "standing"

    def export(self, person_id: UUID) -> Mapping[str, Any]:
        """Return them as JSON values."""
        return {"decisions": list(gates.list_decisions_by(PersonId(person_id)))}

    def erase(self, person_id: UUID) -> None:
        """Keep every decision: each is proof of why a deal was taken or refused, and names nobody."""
