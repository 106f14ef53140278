"""Which customers are one, which are similar, and which other deals may be of the same opportunity."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from lms.identity import facade as identity
from lms.kernel.db import db
from lms.portal.deals.models import CustomerKey, CustomerRow, DealClaim, DealLineRow, DealRow
from lms.portal.deals.queries.deals import deal_of
from lms.portal.deals.rules.customers import SIMILAR, blocking_keys, name_key, similarity
from lms.portal.deals.values import PROTECTED, WAITING, CustomerId, Deal, DealId, Rival

CANDIDATES = 200
OPEN = WAITING | PROTECTED


def find_customer(name: str, country: str, domain: str) -> CustomerRow | None:
    """Return the customer that these words mean: of this domain, else of this name in this country."""
    found = None
    if domain:
        found = db.session.scalars(select(CustomerRow).where(CustomerRow.domain == domain)).first()
    return (
        found
        or db.session.scalars(
            select(CustomerRow).where(CustomerRow.country == country, CustomerRow.name_key == name_key(name))
        ).first()
    )


def list_similar(deal: Deal) -> dict[CustomerId, int]:
    """Return other customers in the same country with names like a deal's, with how alike (0 to 100)."""
    keys = blocking_keys(deal.customer_name, deal.customer_country)
    if not keys:
        return {}
    rows = db.session.execute(
        select(CustomerRow.id, CustomerRow.legal_name)
        .where(
            CustomerRow.id.in_(select(CustomerKey.customer_id).where(CustomerKey.key.in_(keys))),
            CustomerRow.id != deal.customer_id,
        )
        .order_by(CustomerRow.id)
        .limit(CANDIDATES)
    )
    scored = {customer_id: similarity(deal.customer_name, name) for customer_id, name in rows}
    return {customer_id: score for customer_id, score in scored.items() if score >= SIMILAR}


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Other open deals that may be of one opportunity, and how many similar customers were looked at."""

    rivals: tuple[Rival, ...]
    similar_customers: int


def find_neighbours(deal: Deal) -> Neighbours:
    """Return the other open deals of the same customer or one of a similar name."""
    similar = list_similar(deal)
    mine = select(DealLineRow.product_id).where(DealLineRow.deal_id == deal.id)
    shared = (
        select(DealLineRow.deal_id)
        .where(DealLineRow.deal_id == DealRow.id, DealLineRow.product_id.in_(mine))
        .exists()
    )
    rows = db.session.execute(
        select(DealRow, shared)
        .where(
            DealRow.customer_id.in_([deal.customer_id, *similar]),
            DealRow.id != deal.id,
            DealRow.state.in_(OPEN),
        )
        .order_by(DealRow.number)
        .limit(50)
    ).all()
    partners = identity.list_organisations({row[0].partner_id for row in rows})
    rivals = [
        Rival(
            deal=deal_of(row),
            partner_name=partners[row.partner_id].name,
            is_same_customer=row.customer_id == deal.customer_id,
            shares_product=bool(shares),
            score=100 if row.customer_id == deal.customer_id else similar[row.customer_id],
        )
        for row, shares in rows
    ]
    rivals.sort(key=lambda rival: (not rival.is_same_customer, not rival.shares_product, -rival.score))
    return Neighbours(tuple(rivals), len(similar))


def list_contested(deals: Collection[Deal]) -> frozenset[DealId]:
    """Return which of these deals another open deal of the same customer shares a product with."""
    if not deals:
        return frozenset()
    other, own_line, other_line = aliased(DealRow), aliased(DealLineRow), aliased(DealLineRow)
    rows = db.session.scalars(
        select(DealRow.id)
        .join(other, (other.customer_id == DealRow.customer_id) & (other.id != DealRow.id))
        .join(own_line, own_line.deal_id == DealRow.id)
        .join(
            other_line,
            (other_line.deal_id == other.id) & (other_line.product_id == own_line.product_id),
        )
        .where(DealRow.id.in_([deal.id for deal in deals]), other.state.in_(OPEN))
        .distinct()
    )
    return frozenset(rows)


def list_claims(deal_id: DealId, customer_id: CustomerId, at: datetime) -> Sequence[Deal]:
    """Return the protected deals that hold this customer and a product of the deal at an instant."""
    mine = select(DealLineRow.product_id).where(DealLineRow.deal_id == deal_id)
    rows = db.session.scalars(
        select(DealRow)
        .where(
            DealRow.id.in_(
                select(DealClaim.deal_id).where(
                    DealClaim.customer_id == customer_id, DealClaim.product_id.in_(mine)
                )
            ),
            DealRow.id != deal_id,
            DealRow.protected_until > at,
        )
        .order_by(DealRow.number)
        .limit(50)
    )
    return [deal_of(row) for row in rows]


def list_run_out(at: datetime, *, limit: int = 50) -> Sequence[UUID]:
    """Return protected deals whose protection has ended by an instant."""
    return db.session.scalars(
        select(DealRow.id)
        .where(DealRow.state.in_(PROTECTED), DealRow.protected_until <= at)
        .order_by(DealRow.protected_until)
        .limit(limit)
    ).all()
