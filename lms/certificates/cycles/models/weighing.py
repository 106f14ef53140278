"""The table of how far everybody on the way to a certification has been weighed anew."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from lms.certificates.values import CertificationId
from lms.identity.values import PersonId
from lms.kernel.db import Model


class WeighingRow(Model):
    """Who was weighed by version `version` of a rule, up to `after`; a later version begins from the start.

    `trouble` is why the last batch was not kept, after `tries` of them; it is tried again at `next_at`.
    """

    __tablename__ = "certification_weighings"

    certification_id: Mapped[CertificationId] = mapped_column(
        ForeignKey("certifications.id"), primary_key=True
    )
    version: Mapped[int] = mapped_column(Integer)
    total: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer)
    after: Mapped[PersonId | None]
    begun_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    """When the next batch is due, None once everybody is weighed."""
    ended_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(Integer)
    trouble: Mapped[str]
