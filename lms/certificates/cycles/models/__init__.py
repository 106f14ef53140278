"""Tables of certifications, their rules, who is where with them, and the ledger of certificates."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.audiences.values import AudienceId
from lms.certificates.values import (
    CertificateId,
    CertificationId,
    CertificationState,
    CycleEnd,
    CycleId,
    CycleSource,
    MarkKind,
)
from lms.identity.values import BrandId, OrganisationId, PersonId, PositionId
from lms.identity.values.merging import HANDED_OVER
from lms.kernel.db import Model, append_only, append_only_but_owner, new_id


class CertificationRow(Model):
    """A certification. Its rule of today is version `rule_version`."""

    __tablename__ = "certifications"

    id: Mapped[CertificationId] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    glyph: Mapped[str]
    description: Mapped[str]
    brand_id: Mapped[BrandId] = mapped_column(ForeignKey("brands.id"), index=True)
    state: Mapped[CertificationState]
    rule_version: Mapped[int] = mapped_column(Integer)
    audience_id: Mapped[AudienceId | None] = mapped_column(ForeignKey("audiences.id"), index=True)
    """Whom the rule in force lets hold it, None for everybody."""
    defined_at: Mapped[datetime]


class CertificationPosition(Model):
    """People in a position need a certification."""

    __tablename__ = "certification_positions"

    certification_id: Mapped[CertificationId] = mapped_column(
        ForeignKey("certifications.id"), primary_key=True
    )
    position_id: Mapped[PositionId] = mapped_column(ForeignKey("positions.id"), primary_key=True, index=True)


class RuleRow(Model):
    """One version of a certification's rule; never changed."""

    __tablename__ = "certification_rules"

    certification_id: Mapped[CertificationId] = mapped_column(
        ForeignKey("certifications.id"), primary_key=True
    )
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    rule: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    made_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))


class RuleSubject(Model):
    """A course, activity or certification that a version of a rule names; `subject_id` is the id of any of these."""

    __tablename__ = "certification_rule_subjects"
    __table_args__ = (
        ForeignKeyConstraint(
            ["certification_id", "version"],
            ["certification_rules.certification_id", "certification_rules.version"],
        ),
        Index("ix_certification_rule_subjects_subject", "subject_id", "certification_id", "version"),
    )

    certification_id: Mapped[CertificationId] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)


class CycleRow(Model):
    """From being asked for a certificate until it is issued or need not be; one is open at a time."""

    __tablename__ = "certification_cycles"
    __table_args__ = (
        Index(
            "uq_certification_cycles_open",
            "person_id",
            "certification_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_certification_cycles_history", "person_id", "certification_id", "id"),
        Index("ix_certification_cycles_due", "certification_id", "closed_at", "due_on"),
    )

    id: Mapped[CycleId] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"))
    certification_id: Mapped[CertificationId] = mapped_column(ForeignKey("certifications.id"))
    source: Mapped[CycleSource]
    assigned_at: Mapped[datetime]
    assigned_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    due_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    ended_as: Mapped[CycleEnd | None]
    reason: Mapped[str]


class CertificateRow(Model):
    """One entry of the ledger; never changed, never deleted.

    The words are those it was issued with. `evidence` names the completions and scores it rests on.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("code"),
        UniqueConstraint("cycle_id"),
        Index("ix_certificates_person", "person_id", "certification_id", "id"),
        ForeignKeyConstraint(
            ["certification_id", "rule_version"],
            ["certification_rules.certification_id", "certification_rules.version"],
        ),
    )

    id: Mapped[CertificateId] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    certification_id: Mapped[CertificationId] = mapped_column(ForeignKey("certifications.id"))
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"))
    cycle_id: Mapped[CycleId] = mapped_column(ForeignKey("certification_cycles.id"))
    rule_version: Mapped[int] = mapped_column(Integer)
    predecessor_id: Mapped[CertificateId | None] = mapped_column(ForeignKey("certificates.id"))
    employer_id: Mapped[OrganisationId | None] = mapped_column(ForeignKey("organisations.id"))
    title: Mapped[str]
    glyph: Mapped[str]
    maker: Mapped[str]
    brand_name: Mapped[str]
    evidence: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime]
    issued_on: Mapped[date]
    valid_through: Mapped[date]
    renewal_opens_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    counts_until: Mapped[datetime]


class MarkRow(Model):
    """What was said of a certificate after it was issued: revoked, reinstated, superseded; never changed.

    `turn` counts its revocations from 0: each is followed by one reinstatement at most.
    """

    __tablename__ = "certificate_marks"
    __table_args__ = (UniqueConstraint("certificate_id", "kind", "turn"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    certificate_id: Mapped[CertificateId] = mapped_column(ForeignKey("certificates.id"))
    kind: Mapped[MarkKind]
    turn: Mapped[int] = mapped_column(Integer, server_default="0")
    at: Mapped[datetime]
    by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str]
    successor_id: Mapped[CertificateId | None] = mapped_column(ForeignKey("certificates.id"))


class TrackRow(Model):
    """One person and one certification: the lock, what is met of the next certificate, and the one they go by.

    The dates repeat those of the certificate in the ledger, so that a gate reads one index entry per holder.
    `counts_until` is moved to the moment of a revocation. `met` names the rule's subjects that are done.
    `exempt_through` is the last day of an exemption that ends. `next_step_at` is when its renewal is next looked at.
    """

    __tablename__ = "certification_tracks"
    __table_args__ = (
        # Whole answer of "who holds it now" from the index alone.
        Index("ix_certification_tracks_counting", "certification_id", "person_id", "counts_until"),
        Index("ix_certification_tracks_person", "person_id", "counts_until"),
        Index(
            "ix_certification_tracks_step",
            "next_step_at",
            sqlite_where=text("next_step_at IS NOT NULL"),
            postgresql_where=text("next_step_at IS NOT NULL"),
        ),
    )

    certification_id: Mapped[CertificationId] = mapped_column(
        ForeignKey("certifications.id"), primary_key=True
    )
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), primary_key=True)
    met: Mapped[list[str]]
    certificate_id: Mapped[CertificateId | None] = mapped_column(ForeignKey("certificates.id"), unique=True)
    code: Mapped[str | None]
    issued_at: Mapped[datetime | None]
    valid_through: Mapped[date | None]
    renewal_opens_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    counts_until: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    exempt_at: Mapped[datetime | None]
    exempt_through: Mapped[date | None]
    next_step_at: Mapped[datetime | None]


for _table in (RuleRow, RuleSubject, MarkRow):
    append_only(_table)
append_only_but_owner(CertificateRow, handed_over=HANDED_OVER)
