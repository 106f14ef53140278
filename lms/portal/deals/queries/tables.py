"""Deals as the rows of a table that people take away."""

from collections.abc import Sequence

from flask_babel import gettext as _

from lms.identity import facade as identity
from lms.portal.deals.values import STATE_WORDS, Deal
from lms.web.pages import Page


def header() -> Sequence[str]:
    """Return what the columns are called."""
    return (
        _("Number"),
        _("Customer"),
        _("What it is about"),
        _("State"),
        _("Amount"),
        _("Currency"),
        _("Expected close"),
        _("Partner"),
        _("Submitted by"),
        _("Decide by"),
        _("Protected until"),
    )


def rows_of(page: Page[Deal]) -> Page[Sequence[str]]:
    """Return a page of deals as rows of plain text, with the names of partners and people: two queries more."""
    partners = identity.list_organisations({deal.partner_id for deal in page.items})
    people = identity.list_people({deal.submitter_id for deal in page.items})
    return page.map(
        lambda deal: (
            deal.name,
            deal.customer_name,
            deal.title,
            str(STATE_WORDS[deal.state]),
            str(deal.amount.amount),
            deal.amount.currency,
            deal.expected_close_on.isoformat(),
            partners[deal.partner_id].name,
            people[deal.submitter_id].name,
            deal.decide_by_on.isoformat() if deal.decide_by_on else "",
            deal.protected_until.isoformat() if deal.protected_until else "",
        )
    )
