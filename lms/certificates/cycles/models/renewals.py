"""Tables of what was done and told by itself as certificates near their end."""

from datetime import date

from sqlalchemy import ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from lms.certificates.cycles.values.renewals import DigestKind
from lms.certificates.values import CertificateId
from lms.identity.values import PersonId
from lms.kernel.db import Model


class RenewalStepRow(Model):
    """One step of a certificate's end that was taken; its key is what makes it come once.

    `step` is the days from its last valid day (-90 before it, 7 after it), `OPENED` for the opening of its renewal.
    """

    __tablename__ = "certificate_renewal_steps"
    __table_args__ = (Index("ix_certificate_renewal_steps_told", "told_on", "person_id"),)

    certificate_id: Mapped[CertificateId] = mapped_column(ForeignKey("certificates.id"), primary_key=True)
    step: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), index=True)
    told_on: Mapped[date]


class RenewalDigestRow(Model):
    """That who looks after people was told of all of theirs together, once on a day."""

    __tablename__ = "certificate_renewal_digests"

    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), primary_key=True)
    told_on: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[DigestKind] = mapped_column(primary_key=True)
