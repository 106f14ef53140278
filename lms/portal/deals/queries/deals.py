"""Deals, one or many, for those who may see them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from lms.identity import facade as identity
from lms.identity.values import OrganisationId, PersonId
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.money import Money
from lms.portal.deals.models import DealHistory, DealLineRow, DealRow, DealTerms, ProductRow
from lms.portal.deals.policy import APPROVE_LARGE, DECIDE_DEALS, RUN_DEALS, VIEW_DEALS, VIEW_DRAFTS
from lms.portal.deals.values import (
    Deal,
    DealId,
    DealLine,
    DealState,
    HistoryEntry,
    Party,
    Product,
    Terms,
    Verb,
)
from lms.web.numbers import whole_number
from lms.web.pages import Order, Page, PageRequest, keyset

AT_ONCE = 200

NEWEST = Order("number", descending=True)
MOST_URGENT = Order("due")
ORDERS: Mapping[str, Sequence[Any]] = {
    "number": (DealRow.number,),
    "customer": (DealRow.customer_name, DealRow.number),
    # Amounts in one currency can be compared; across currencies they are kept apart.
    "amount": (DealRow.currency, DealRow.amount_minor, DealRow.number),
    "close": (DealRow.expected_close_on, DealRow.number),
    "due": (DealRow.decide_by_on, DealRow.number),
}


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the filter for deals an actor may see: within their scope, or their own where they still work.

    What was never sent in is the partner's alone: its submitter's, and its admins'; and an auditor reads everything.
    """
    return or_(
        and_(
            DealRow.submitted_at.is_not(None),
            identity.in_scope(DealRow.partner_id, actor.scope_of(VIEW_DEALS)),
        ),
        identity.in_scope(DealRow.partner_id, actor.scope_of(VIEW_DRAFTS)),
        and_(DealRow.submitter_id == actor.person_id, DealRow.partner_id == actor.employer_id),
    )


def decided_by(actor: Actor) -> ColumnElement[bool]:
    """Return the filter for deals whose next decision is the actor's."""
    return or_(
        and_(
            DealRow.state.in_((DealState.SUBMITTED, DealState.UNDER_REVIEW)),
            identity.in_scope(DealRow.partner_id, actor.scope_of(DECIDE_DEALS)),
        ),
        and_(
            DealRow.state == DealState.PENDING_APPROVAL,
            identity.in_scope(DealRow.partner_id, actor.scope_of(APPROVE_LARGE)),
        ),
    )


@dataclass(frozen=True, slots=True)
class SeenDeal:
    """A deal with as what the reader may act on it."""

    deal: Deal
    parties: frozenset[Party]


def get_visible(deal_id: DealId, actor: Actor) -> SeenDeal:
    """Return one deal and the reader's parts in it; NotFound unless the actor may see it."""
    scopes = {
        Party.PARTNER_ADMIN: actor.scope_of(RUN_DEALS),
        Party.REVIEWER: actor.scope_of(DECIDE_DEALS),
        Party.SECOND_APPROVER: actor.scope_of(APPROVE_LARGE),
    }
    row = db.session.execute(
        select(DealRow, *[identity.in_scope(DealRow.partner_id, scope) for scope in scopes.values()]).where(
            DealRow.id == deal_id, visible_to(actor)
        )
    ).first()
    if row is None:
        raise NotFound
    deal = deal_of(row[0])
    parties = {party for party, reaches in zip(scopes, row[1:], strict=True) if reaches}
    if deal.submitter_id == actor.person_id and deal.partner_id == actor.employer_id:
        parties.add(Party.SUBMITTER)
    return SeenDeal(deal, frozenset(parties))


def get_deal(deal_id: DealId) -> Deal:
    """Return one deal, whoever asks: for reactions, never for pages. NotFound if there is none."""
    row = db.session.get(DealRow, deal_id)
    if row is None:
        raise NotFound
    return deal_of(row)


def deal_of(row: DealRow) -> Deal:
    """Return a row's value."""
    return Deal(
        id=row.id,
        number=row.number,
        title=row.title,
        state=row.state,
        version=row.version,
        partner_id=row.partner_id,
        submitter_id=row.submitter_id,
        customer_id=row.customer_id,
        customer_name=row.customer_name,
        customer_domain=row.customer_domain,
        customer_country=row.customer_country,
        customer_postcode=row.customer_postcode,
        customer_city=row.customer_city,
        is_existing_customer=row.is_existing_customer,
        contact_name=row.contact_name,
        contact_job=row.contact_job,
        amount=Money(row.amount_minor, row.currency),
        expected_close_on=row.expected_close_on,
        source=row.source,
        competitor=row.competitor,
        summary=row.summary,
        reviewer_id=row.reviewer_id,
        submitted_at=row.submitted_at,
        decide_by_on=row.decide_by_on,
        protected_until=row.protected_until,
        returns=row.returns,
        created_at=row.created_at,
    )


def page_deals(
    actor: Actor,
    wanted: PageRequest,
    *,
    states: Collection[DealState] = (),
    words: str = "",
    partner_id: OrganisationId | None = None,
    order: Order = NEWEST,
) -> Page[Deal]:
    """Return one page of the deals the actor may see."""
    query = select(DealRow).where(visible_to(actor))
    if states:
        query = query.where(DealRow.state.in_(states))
    if partner_id is not None:
        query = query.where(DealRow.partner_id == partner_id)
    return _page(query, wanted, words, order)


def page_queue(
    actor: Actor, wanted: PageRequest, *, words: str = "", order: Order = MOST_URGENT
) -> Page[Deal]:
    """Return one page of the deals that wait for the actor's decision."""
    return _page(select(DealRow).where(decided_by(actor)), wanted, words, order)


def _page(query: Select[DealRow], wanted: PageRequest, words: str, order: Order) -> Page[Deal]:
    if words:
        number = whole_number(words.upper().removeprefix("D-"))
        ways = [
            DealRow.title.icontains(words, autoescape=True),
            DealRow.customer_name.icontains(words, autoescape=True),
            identity.is_named(DealRow.partner_id, words),
        ]
        if number is not None:
            ways.append(DealRow.number == number)
        query = query.where(or_(*ways))
    return keyset(query, by=ORDERS[order.by], wanted=wanted, descending=order.descending).map(deal_of)


def list_lines(deal_id: DealId) -> Sequence[DealLine]:
    """Return a deal's products in the order they were written, at most `AT_ONCE`."""
    rows = db.session.execute(
        select(DealLineRow.quantity, ProductRow)
        .join(ProductRow, ProductRow.id == DealLineRow.product_id)
        .where(DealLineRow.deal_id == deal_id)
        .order_by(DealLineRow.position)
        .limit(AT_ONCE)
    )
    return [DealLine(product=product_of(product), quantity=quantity) for quantity, product in rows]


def product_of(row: ProductRow) -> Product:
    """Return a row's value."""
    return Product(id=row.id, code=row.code, name=row.name, brand_id=row.brand_id)


def list_products() -> Sequence[Product]:
    """Return everything that is sold, by name, at most 500."""
    rows = db.session.scalars(
        select(ProductRow).where(ProductRow.is_sold).order_by(ProductRow.name, ProductRow.id).limit(500)
    )
    return [product_of(row) for row in rows]


def list_history(deal_id: DealId) -> Sequence[HistoryEntry]:
    """Return what was done with a deal, latest first, at most `AT_ONCE`."""
    rows = db.session.scalars(
        select(DealHistory)
        .where(DealHistory.deal_id == deal_id)
        .order_by(DealHistory.id.desc())
        .limit(AT_ONCE)
    )
    return [
        HistoryEntry(
            at=row.at,
            actor_id=row.actor_id,
            verb=row.verb,
            state=row.state,
            reason=row.reason,
            decision_ids=tuple(UUID(one) for one in row.decision_ids),
        )
        for row in rows
    ]


def find_last_act(deal_id: DealId) -> DealHistory | None:
    """Return the last thing that was done with a deal."""
    return db.session.scalars(
        select(DealHistory).where(DealHistory.deal_id == deal_id).order_by(DealHistory.id.desc()).limit(1)
    ).first()


def find_terms() -> Terms:
    """Return the terms in force, or those we begin with."""
    found = db.session.scalar(
        select(DealTerms.terms).order_by(DealTerms.set_at.desc(), DealTerms.id.desc()).limit(1)
    )
    return msgspec.convert(found, Terms) if found is not None else Terms()


def count_won(
    partner_ids: Collection[OrganisationId], *, since: datetime, until: datetime
) -> Mapping[OrganisationId, int]:
    """Return how many deals each of these partners won within the span."""
    rows = db.session.execute(
        select(DealRow.partner_id, func.count())
        .where(
            DealRow.partner_id.in_(partner_ids),
            DealRow.state == DealState.WON,
            DealRow.closed_at >= since,
            DealRow.closed_at <= until,
        )
        .group_by(DealRow.partner_id)
    )
    return {partner_id: count for partner_id, count in rows}  # noqa: C416  rows are typed so


def first_approver(deal_id: DealId) -> PersonId | None:
    """Return who approved the first step of a deal that waits for the second."""
    return db.session.scalar(
        select(DealHistory.actor_id)
        .where(
            DealHistory.deal_id == deal_id,
            DealHistory.verb == Verb.APPROVE,
            DealHistory.state == DealState.PENDING_APPROVAL,
        )
        .order_by(DealHistory.id.desc())
        .limit(1)
    )


def export_person(person_id: PersonId) -> Mapping[str, Any]:
    """Return the deals a person registered and what they did with deals, as JSON values."""
    deals = db.session.scalars(
        select(DealRow)
        .where(DealRow.submitter_id == person_id)
        .order_by(DealRow.number.desc())
        .limit(AT_ONCE)
    )
    acts = db.session.scalars(
        select(DealHistory)
        .where(DealHistory.actor_id == person_id)
        .order_by(DealHistory.id.desc())
        .limit(AT_ONCE)
    )
    return {
        "registered": [
            {"number": f"D-{row.number}", "title": row.title, "created_at": row.created_at.isoformat()}
            for row in deals
        ],
        "acts": [
            {
                "deal_id": str(row.deal_id),
                "verb": row.verb.value,
                "at": row.at.isoformat(),
                "reason": row.reason,
            }
            for row in acts
        ],
    }
