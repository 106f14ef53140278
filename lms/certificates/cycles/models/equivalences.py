"""Tables of what counts for what: which certification credits the holders of which, and what was credited."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.certificates.cycles.values.equivalences import Credited
from lms.certificates.values import CertificateId, CertificationId, EquivalenceId
from lms.identity.values import PersonId
from lms.kernel.db import Model, never_deleted, new_id


class EquivalenceRow(Model):
    """Who holds the one is credited the other, until it ends; `up_to_version` narrows it to older rules of the one.

    What only the company is credited is read from here and from who holds the one; no row says it of anybody.
    """

    __tablename__ = "certification_equivalences"
    __table_args__ = (
        Index(
            "uq_certification_equivalences_in_force",
            "from_id",
            "to_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[EquivalenceId] = mapped_column(primary_key=True, default=new_id)
    from_id: Mapped[CertificationId] = mapped_column(ForeignKey("certifications.id"))
    to_id: Mapped[CertificationId] = mapped_column(ForeignKey("certifications.id"), index=True)
    credited: Mapped[Credited] = mapped_column(server_default=Credited.PERSON)
    up_to_version: Mapped[int | None] = mapped_column(Integer)
    through: Mapped[date | None]
    declared_at: Mapped[datetime]
    declared_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))


class CreditRow(Model):
    """A certificate that was issued for holding another; `is_taken` while it is revoked together with that one."""

    __tablename__ = "certificate_credits"

    certificate_id: Mapped[CertificateId] = mapped_column(ForeignKey("certificates.id"), primary_key=True)
    rests_on_id: Mapped[CertificateId] = mapped_column(ForeignKey("certificates.id"), index=True)
    equivalence_id: Mapped[EquivalenceId] = mapped_column(
        ForeignKey("certification_equivalences.id"), index=True
    )
    is_taken: Mapped[bool]


for _table in (EquivalenceRow, CreditRow):
    never_deleted(_table)
