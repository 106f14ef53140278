"""Tables of documents: bundles that somebody asked for, and certificates whose document waits."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from lms.certificates.documents.values import BundleId, BundleState
from lms.certificates.values import CertificateId, CertificationId
from lms.identity.values import OrganisationId, PersonId
from lms.kernel.db import Model, new_id


class BundleRow(Model):
    """Documents of many certificates in one zip: of a partner's people, of one certification, or of both."""

    __tablename__ = "certificate_bundles"
    __table_args__ = (
        Index("ix_certificate_bundles_asker", "asked_by", "id"),
        Index("ix_certificate_bundles_state", "state", "asked_at"),
    )

    id: Mapped[BundleId] = mapped_column(primary_key=True, default=new_id)
    partner_id: Mapped[OrganisationId | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    certification_id: Mapped[CertificationId | None] = mapped_column(
        ForeignKey("certifications.id"), index=True
    )
    state: Mapped[BundleState]
    asked_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    total: Mapped[int] = mapped_column(Integer)
    failure: Mapped[str]
    zip_sha256: Mapped[str | None]
    size_bytes: Mapped[int] = mapped_column(Integer)
    finished_at: Mapped[datetime | None]
    packed_until: Mapped[datetime | None]
    """Until when one worker alone puts the zip together; past, if that worker was killed."""


class BundleItemRow(Model):
    """One certificate of a bundle: free, claimed by a worker for a while, or done, perhaps with a reason why not."""

    __tablename__ = "certificate_bundle_items"
    __table_args__ = (Index("ix_certificate_bundle_items_certificate", "certificate_id"),)

    bundle_id: Mapped[BundleId] = mapped_column(ForeignKey("certificate_bundles.id"), primary_key=True)
    certificate_id: Mapped[CertificateId] = mapped_column(ForeignKey("certificates.id"), primary_key=True)
    claimed_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    reason: Mapped[str]


class WaitRow(Model):
    """A certificate that was issued and whose document cannot be set, with the reason."""

    __tablename__ = "certificate_document_waits"

    certificate_id: Mapped[CertificateId] = mapped_column(ForeignKey("certificates.id"), primary_key=True)
    reason: Mapped[str]
    since: Mapped[datetime]
