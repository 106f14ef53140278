"""What deals rest on: customers, products, terms, numbers, and the row that is being changed."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite

from lms.identity import facade as identity
from lms.identity.values import BrandId
from lms.kernel import search
from lms.kernel.db import Base, db, new_id
from lms.kernel.errors import NotFound
from lms.portal.deals.models import CustomerKey, CustomerRow, DealNumber, DealRow, DealTerms, ProductRow
from lms.portal.deals.policy import VIEW_DEALS, VIEW_DRAFTS
from lms.portal.deals.queries.customers import find_customer
from lms.portal.deals.rules.customers import blocking_keys, name_key, telling_domain
from lms.portal.deals.values import CustomerId, DealId, ProductId, Terms

FIRST_NUMBER = 1001


def add_product(*, code: str, name: str, brand_id: BrandId) -> ProductId:
    """Add something that is sold."""
    row = ProductRow(id=ProductId(new_id()), code=code, name=name, brand_id=brand_id, is_sold=True)
    db.session.add(row)
    db.session.flush()
    return row.id


def set_terms(*, terms: Terms, now: datetime) -> None:
    """Let these terms count from now on; dates already given do not move."""
    db.session.add(DealTerms(id=new_id(), terms=msgspec.to_builtins(terms), set_at=now))
    db.session.flush()


def insert_unless_there(table: type[Base], **values: object) -> None:
    """Insert a row unless one with its key is there; waits for a neighbour that inserts the same."""
    insert = insert_on_sqlite if db.engine.dialect.name == "sqlite" else insert_on_postgresql
    db.session.execute(insert(table).values(**values).on_conflict_do_nothing())


def canonical_customer(*, name: str, domain: str, country: str, now: datetime) -> CustomerId:
    """Return the one customer that these words mean, added if it is new.

    A domain that can tell one customer from another decides first, then the name without legal form, accents and
    punctuation, within the country.
    """
    telling = telling_domain(domain) or ""
    found = find_customer(name, country, telling)
    if found is None:
        insert_unless_there(
            CustomerRow,
            id=new_id(),
            legal_name=name,
            name_key=name_key(name),
            domain=telling,
            country=country,
            created_at=now,
        )
        found = find_customer(name, country, telling)
    if found is None:
        raise NotFound
    if telling and not found.domain:
        found.domain = telling
    for key in sorted(blocking_keys(name, country)):
        insert_unless_there(CustomerKey, key=key, customer_id=found.id)
    return found.id


def next_number(wanted: int | None = None) -> int:
    """Return the number of a new deal; `wanted` takes a given one, and later ones follow after it."""
    insert_unless_there(DealNumber, id=1, next=FIRST_NUMBER)
    following = db.session.scalars(select(DealNumber.next).where(DealNumber.id == 1).with_for_update()).one()
    number = following if wanted is None else wanted
    db.session.execute(update(DealNumber).where(DealNumber.id == 1).values(next=max(following, number + 1)))
    return number


def hold(deal_id: DealId | UUID) -> DealRow:
    """Return a deal's row, held until this transaction ends; NotFound if there is none."""
    row = db.session.scalars(
        select(DealRow)
        .where(DealRow.id == deal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound
    return row


def hold_customer(customer_id: CustomerId) -> None:
    """Hold a customer until this transaction ends: approvals for it come one after the other."""
    db.session.execute(select(CustomerRow.id).where(CustomerRow.id == customer_id).with_for_update())


def index_deal(row: DealRow) -> None:
    """Put a deal into the search index, for those who may open it: a draft is the partner's alone."""
    search.put(
        search.Entry(
            kind="deal",
            subject_id=row.id,
            title=f"D-{row.number} {row.customer_name}",
            detail=row.title,
            body=f"{row.customer_city} {row.competitor}",
            url=f"/deals/{row.id}",
            readers=search.granted_tokens(
                VIEW_DRAFTS if row.submitted_at is None else VIEW_DEALS,
                organisations=identity.list_ancestors(row.partner_id),
                regions=identity.list_regions_over(row.partner_id),
            )
            | {search.own_token_at(row.submitter_id, row.partner_id)},
        )
    )
