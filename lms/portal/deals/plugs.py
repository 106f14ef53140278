"""What deals offer below: a measure for tiers, fragments of the home and partner pages, and a person's data."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import render_template
from flask_babel import gettext as _
from markupsafe import Markup

from lms.identity import facade as identity
from lms.identity.values import OrganisationId, PersonId
from lms.identity.values.merging import Together
from lms.kernel.actor import current
from lms.kernel.handing import Owned, count
from lms.portal.deals.policy import DECIDE_DEALS, VIEW_DEALS
from lms.portal.deals.queries import customers, deals
from lms.portal.deals.values import STATE_LOOKS, STATE_WORDS
from lms.web.pages import PageRequest
from lms.web.slots import Offer
from lms.web.words import lazy as _l


class DealsWon:
    """How many deals a partner won."""

    key = "deals_won"
    label = _l("Deals won")

    def values(
        self, partner_ids: Collection[OrganisationId], *, since: datetime, until: datetime
    ) -> Mapping[OrganisationId, int]:
        """Return how many each won within the span."""
        return deals.count_won(partner_ids, since=since, until=until)


def _home_queue() -> Markup | None:
    if not current().may(DECIDE_DEALS):
        return None
    page = deals.page_queue(current(), PageRequest(size=5))
    return Markup(  # noqa: S704  a template's output
        render_template(
            "deals/_home_queue.html",
            waiting=page,
            partners=identity.list_organisations({deal.partner_id for deal in page.items}),
            contested=customers.list_contested(page.items),
            words=STATE_WORDS,
            looks=STATE_LOOKS,
        )
    )


def _partner_deals(partner_id: OrganisationId) -> Markup | None:
    if not current().may(VIEW_DEALS):
        return None
    page = deals.page_deals(current(), PageRequest(size=5), partner_id=partner_id)
    return Markup(  # noqa: S704  a template's output
        render_template(
            "deals/_partner.html",
            deals=page.items,
            partner_name=identity.get_organisation(partner_id).name,
            words=STATE_WORDS,
            looks=STATE_LOOKS,
        )
    )


SLOTS = (Offer("home.main", 5, _home_queue), Offer("partner.overview", 20, _partner_deals))


class DealsData:
    """The deals a person registered and decided. They stay, with an id that names nobody once the person is erased."""

    name = "deals"

    def export(self, person_id: UUID) -> Mapping[str, Any]:
        """Return them as JSON values."""
        return deals.export_person(PersonId(person_id))

    def erase(self, person_id: UUID) -> None:
        """Keep every deal and its history: the partner's rights rest on them. They hold the person's id alone."""


def account_part(kept_id: PersonId, merged_id: PersonId) -> Sequence[Together]:
    """Return what of deals comes together when accounts are joined."""
    submitted = Owned("deals", "submitter_id")
    return [Together(_("Deals"), count(submitted, kept_id), count(submitted, merged_id))]
