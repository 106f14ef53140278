"""Tables of designs: their drafts, what was published, their pictures, and which certificate was issued with which."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.certificates.documents.values.designs import DesignId, DesignVersionId
from lms.certificates.values import CertificateId
from lms.identity.values import BrandId, PersonId
from lms.kernel.db import Model, append_only, never_deleted, new_id


class DesignRow(Model):
    """A design with its draft. `place` repeats brand and language, so that two designs cannot take the same."""

    __tablename__ = "certificate_designs"
    __table_args__ = (
        Index(
            "uq_certificate_designs_place",
            "place",
            unique=True,
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
    )

    id: Mapped[DesignId] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    brand_id: Mapped[BrandId | None] = mapped_column(ForeignKey("brands.id"), index=True)
    language: Mapped[str | None]
    place: Mapped[str]
    draft: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(Integer)
    number: Mapped[int | None] = mapped_column(Integer)
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    retired_at: Mapped[datetime | None]


class DesignVersionRow(Model):
    """One published version of a design; never changed."""

    __tablename__ = "certificate_design_versions"
    __table_args__ = (UniqueConstraint("design_id", "number"),)

    id: Mapped[DesignVersionId] = mapped_column(primary_key=True, default=new_id)
    design_id: Mapped[DesignId] = mapped_column(ForeignKey("certificate_designs.id"))
    number: Mapped[int] = mapped_column(Integer)
    layout: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
    published_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))


class DesignPictureRow(Model):
    """A picture of a design: what keeps its bytes, which a version may need for ever."""

    __tablename__ = "certificate_design_pictures"

    design_id: Mapped[DesignId] = mapped_column(ForeignKey("certificate_designs.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_files.id"), index=True)


class DesignedCertificate(Model):
    """The version that a certificate was issued with; one without a row has our plain design."""

    __tablename__ = "designed_certificates"

    certificate_id: Mapped[CertificateId] = mapped_column(ForeignKey("certificates.id"), primary_key=True)
    version_id: Mapped[DesignVersionId] = mapped_column(
        ForeignKey("certificate_design_versions.id"), index=True
    )


for _table in (DesignVersionRow, DesignPictureRow, DesignedCertificate):
    append_only(_table)
never_deleted(DesignRow)
