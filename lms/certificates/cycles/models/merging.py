"""The table of certificates that went over from one account of a person to another."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lms.certificates.values import CertificateId
from lms.identity.values import PersonId
from lms.kernel.db import Model, append_only


class HandedOverRow(Model):
    """That a certificate was given to one account and is another's since both were joined; never changed."""

    __tablename__ = "certificate_handovers"
    __table_args__ = (Index("ix_certificate_handovers_given_to", "given_to_id"),)

    certificate_id: Mapped[CertificateId] = mapped_column(ForeignKey("certificates.id"), primary_key=True)
    given_to_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), primary_key=True)
    at: Mapped[datetime]


append_only(HandedOverRow)
