"""The table of badges: which bit of which public list tells of whom."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.certificates.values import CertificateId
from lms.kernel.db import Model


class BadgeRow(Model):
    """One bit, drawn by chance. Its list, place and time never change; `identity_hash` goes when the person does."""

    __tablename__ = "certificate_badges"
    __table_args__ = (
        UniqueConstraint("list_number", "place"),
        Index(
            "ix_certificate_badges_revoked",
            "list_number",
            "place",
            sqlite_where=text("revoked_at IS NOT NULL"),
            postgresql_where=text("revoked_at IS NOT NULL"),
        ),
    )

    certificate_id: Mapped[CertificateId] = mapped_column(ForeignKey("certificates.id"), primary_key=True)
    turn: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    list_number: Mapped[int] = mapped_column(Integer)
    place: Mapped[int] = mapped_column(Integer)
    since: Mapped[datetime]
    salt: Mapped[str]
    identity_hash: Mapped[str]
    revoked_at: Mapped[datetime | None]
