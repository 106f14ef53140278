"""The tables of standing: rules and decisions that are never changed, locks, tiers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.identity.values import BrandId, OrganisationId, PersonId
from lms.kernel.db import Model, append_only, new_id
from lms.portal.standing.values import DecisionId, Gate, GateRuleId, RuleState, TierMove


class GateRuleRow(Model):
    """One version of what a gate asks for a brand."""

    __tablename__ = "gate_rules"
    __table_args__ = (UniqueConstraint("gate", "brand_id", "version"),)

    id: Mapped[GateRuleId] = mapped_column(primary_key=True, default=new_id)
    gate: Mapped[Gate]
    brand_id: Mapped[BrandId] = mapped_column(ForeignKey("brands.id"))
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[RuleState]
    name: Mapped[str]
    requirement: Mapped[dict[str, Any]]
    defined_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    in_force_from: Mapped[datetime]


class GateDecisionRow(Model):
    """One decision with all it rested on. `subject_id` is what it was asked for, a deal."""

    __tablename__ = "gate_decisions"
    __table_args__ = (
        Index("ix_gate_decisions_subject", "subject_id", "id"),
        Index("ix_gate_decisions_partner", "partner_id", "id"),
    )

    id: Mapped[DecisionId] = mapped_column(primary_key=True, default=new_id)
    gate: Mapped[Gate]
    subject_id: Mapped[UUID | None]
    partner_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    brand_id: Mapped[BrandId] = mapped_column(ForeignKey("brands.id"))
    rule_id: Mapped[GateRuleId | None] = mapped_column(ForeignKey("gate_rules.id"))
    rule_version: Mapped[int] = mapped_column(Integer)
    rule_name: Mapped[str]
    requirement: Mapped[dict[str, Any]]
    facts: Mapped[dict[str, Any]]
    allowed: Mapped[bool] = mapped_column(Boolean)
    at: Mapped[datetime]


for _table in (GateRuleRow, GateDecisionRow):
    append_only(_table)


class StandingLock(Model):
    """One row per partner, locked before its standing's facts are read for a decision or changed."""

    __tablename__ = "standing_locks"

    partner_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisations.id"), primary_key=True)


class TierRung(Model):
    """One tier; `rank` rises from the lowest. `needs` is its Rung as JSON."""

    __tablename__ = "tier_ladder"

    key: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int] = mapped_column(Integer, unique=True)
    needs: Mapped[dict[str, Any]]


class PartnerTier(Model):
    """A partner's time on one tier; one row is open per partner. `left_by` says how it ended."""

    __tablename__ = "partner_tiers"
    __table_args__ = (
        Index(
            "uq_partner_tiers_open",
            "partner_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_partner_tiers_partner", "partner_id", "since"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    partner_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisations.id"))
    tier: Mapped[str]
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    left_by: Mapped[TierMove | None]
    at_risk_since: Mapped[datetime | None]
