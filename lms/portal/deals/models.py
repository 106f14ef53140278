"""The deals' tables."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.identity.values import BrandId, OrganisationId, PersonId
from lms.kernel.db import Model, append_only, new_id
from lms.portal.deals.values import CustomerId, DealId, DealState, ProductId, Source, Verb


class CustomerRow(Model):
    """An end customer, once, however it is spelled. `domain` is empty where it cannot tell one from another."""

    __tablename__ = "customers"
    __table_args__ = (
        Index("uq_customers_name", "country", "name_key", unique=True),
        Index(
            "uq_customers_domain",
            "domain",
            unique=True,
            sqlite_where=text("domain <> ''"),
            postgresql_where=text("domain <> ''"),
        ),
    )

    id: Mapped[CustomerId] = mapped_column(primary_key=True, default=new_id)
    legal_name: Mapped[str]
    name_key: Mapped[str]
    domain: Mapped[str]
    country: Mapped[str]
    created_at: Mapped[datetime]


class CustomerKey(Model):
    """A key under which a customer is found by names like its own."""

    __tablename__ = "customer_keys"

    key: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId] = mapped_column(ForeignKey("customers.id"), primary_key=True, index=True)


class ProductRow(Model):
    """Something a brand sells; one that is no longer sold stays for the deals that name it."""

    __tablename__ = "products"

    id: Mapped[ProductId] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    brand_id: Mapped[BrandId] = mapped_column(ForeignKey("brands.id"), index=True)
    is_sold: Mapped[bool] = mapped_column(Boolean, default=True)


class DealNumber(Model):
    """The number the next deal gets; one row."""

    __tablename__ = "deal_numbers"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    next: Mapped[int]


class DealTerms(Model):
    """The terms from an instant on; the latest row counts."""

    __tablename__ = "deal_terms"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    terms: Mapped[dict[str, Any]]
    set_at: Mapped[datetime]


class DealRow(Model):
    """One registration, as it stands today; how it came there is in its history."""

    __tablename__ = "deals"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        Index("ix_deals_partner", "partner_id", "number"),
        Index("ix_deals_submitter", "submitter_id", "number"),
        Index("ix_deals_state", "state", "decide_by_on", "number"),
        Index("ix_deals_customer", "customer_id", "state"),
    )

    id: Mapped[DealId] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str]
    state: Mapped[DealState]
    version: Mapped[int] = mapped_column(Integer)
    partner_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisations.id"))
    submitter_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"))
    customer_id: Mapped[CustomerId] = mapped_column(ForeignKey("customers.id"))
    customer_name: Mapped[str]
    customer_domain: Mapped[str]
    customer_country: Mapped[str]
    customer_postcode: Mapped[str]
    customer_city: Mapped[str]
    is_existing_customer: Mapped[bool] = mapped_column(Boolean)
    contact_name: Mapped[str]
    contact_job: Mapped[str]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    expected_close_on: Mapped[date]
    source: Mapped[Source]
    competitor: Mapped[str]
    summary: Mapped[str]
    reviewer_id: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    submitted_at: Mapped[datetime | None]
    decide_by_on: Mapped[date | None]
    protected_until: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    returns: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class DealLineRow(Model):
    """So many of a product in a deal."""

    __tablename__ = "deal_lines"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    deal_id: Mapped[DealId] = mapped_column(ForeignKey("deals.id"), primary_key=True)
    product_id: Mapped[ProductId] = mapped_column(ForeignKey("products.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(Integer)
    quantity: Mapped[int] = mapped_column(Integer)


class DealClaim(Model):
    """The one approved registration of an opportunity: a customer and a product. The key lets in no second."""

    __tablename__ = "deal_claims"

    customer_id: Mapped[CustomerId] = mapped_column(ForeignKey("customers.id"), primary_key=True)
    product_id: Mapped[ProductId] = mapped_column(ForeignKey("products.id"), primary_key=True)
    deal_id: Mapped[DealId] = mapped_column(ForeignKey("deals.id"), index=True)


class DealHistory(Model):
    """One thing that was done with a deal, for ever."""

    __tablename__ = "deal_history"
    __table_args__ = (Index("ix_deal_history_deal", "deal_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    deal_id: Mapped[DealId] = mapped_column(ForeignKey("deals.id"))
    at: Mapped[datetime]
    actor_id: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    verb: Mapped[Verb]
    state: Mapped[DealState]
    reason: Mapped[str]
    decision_ids: Mapped[list[str]]


append_only(DealHistory)
