"""SELECTs of how far everybody has been weighed anew."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from lms.certificates.cycles.models.weighing import WeighingRow
from lms.certificates.cycles.values.weighing import Weighing
from lms.certificates.values import CertificationId
from lms.kernel.db import db


def find_due(now: datetime, *, but: Collection[CertificationId] = ()) -> CertificationId | None:
    """Return a certification of whose people some are to be weighed now, the one that waits longest, or None."""
    return db.session.scalar(
        select(WeighingRow.certification_id)
        .where(WeighingRow.next_at <= now, WeighingRow.certification_id.not_in(but))
        .order_by(WeighingRow.begun_at, WeighingRow.certification_id)
        .limit(1)
    )


def find_weighing(certification_id: CertificationId) -> Weighing | None:
    """Return how far the last weighing of a certification's people is, None if its rule never changed."""
    row = db.session.get(WeighingRow, certification_id)
    if row is None:
        return None
    return Weighing(
        version=row.version,
        done=min(row.done, row.total) if row.next_at is not None else row.done,
        total=max(row.total, row.done),
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        trouble=row.trouble,
        next_at=row.next_at,
    )
