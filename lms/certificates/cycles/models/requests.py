"""Tables of what is asked for a person instead of what a certification asks of them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.certificates.values import CertificateId, CertificationId, RequestId, RequestKind, RequestState
from lms.identity.values import PersonId
from lms.kernel.db import Model, never_deleted, new_id


class RequestRow(Model):
    """An exemption or a recognition of prior learning: asked by one, decided by another; one is open at a time."""

    __tablename__ = "certification_requests"
    __table_args__ = (
        Index(
            "uq_certification_requests_open",
            "person_id",
            "certification_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_certification_requests_history", "person_id", "certification_id", "id"),
        Index("ix_certification_requests_state", "state", "id"),
    )

    id: Mapped[RequestId] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[RequestKind]
    state: Mapped[RequestState]
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"))
    certification_id: Mapped[CertificationId] = mapped_column(ForeignKey("certifications.id"))
    words: Mapped[str]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_files.id"), index=True)
    through: Mapped[date | None]
    asked_at: Mapped[datetime]
    asked_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"), index=True)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    answer: Mapped[str]
    certificate_id: Mapped[CertificateId | None] = mapped_column(ForeignKey("certificates.id"))


never_deleted(RequestRow)
