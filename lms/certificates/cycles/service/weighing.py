"""Weighing everybody on the way to a certification anew after its rule changed: batch by batch, each kept at once."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from lms.certificates.cycles.models import TrackRow
from lms.certificates.cycles.models.weighing import WeighingRow
from lms.certificates.cycles.service import issuing
from lms.certificates.values import CertificationId
from lms.kernel import uow
from lms.kernel.db import db
from lms.kernel.jobs import courier

JOB: Final = "certificates.weigh"
AT_MOST_BETWEEN: Final = timedelta(hours=1)
"""How long a batch that fails again and again waits."""
TROUBLE_LENGTH: Final = 300


def begin(*, certification_id: CertificationId, version: int, now: datetime) -> None:
    """Weigh everybody by a version of the rule, from the start; what an earlier version began is overtaken.

    Twice is once, and a version that comes late begins nothing.
    """
    row = _held(certification_id)
    if row is not None and row.version >= version:
        return
    total = _count(certification_id)
    if row is None:
        row = WeighingRow(certification_id=certification_id)
        db.session.add(row)
    row.version, row.total, row.done, row.after = version, total, 0, None
    row.begun_at, row.next_at, row.ended_at = now, now, None
    row.tries, row.trouble = 0, ""
    db.session.flush()
    uow.after_commit(courier(JOB))


def try_again(*, certification_id: CertificationId, now: datetime) -> None:
    """Let what failed be tried now."""
    row = _held(certification_id)
    if row is not None and row.next_at is not None:
        row.next_at = now
        db.session.flush()
        uow.after_commit(courier(JOB))


def weigh_some(certification_id: CertificationId, now: datetime) -> bool:
    """Weigh the next some hundreds of people and write down how far it is; False if another worker is at it.

    Both are kept together or not at all, so that a killed worker loses and doubles nobody.
    """
    row = _held(certification_id, skips=True)
    if row is None or row.next_at is None or row.next_at > now:
        return False
    people = issuing.reconsider_all(certification_id=certification_id, after=row.after, now=now)
    row.done += len(people)
    row.tries, row.trouble = 0, ""
    if len(people) < issuing.AT_ONCE:
        row.next_at, row.ended_at = None, now
    else:
        row.after, row.next_at = people[-1], now
    db.session.flush()
    return True


def note_trouble(certification_id: CertificationId, error: Exception, now: datetime) -> None:
    """Write down why a batch was not kept, and when it is tried again: after 10 s, 20 s, 40 s … up to an hour."""
    row = _held(certification_id)
    if row is None or row.next_at is None:
        return
    row.tries += 1
    row.trouble = f"{type(error).__name__}: {error}"[:TROUBLE_LENGTH]
    row.next_at = now + min(timedelta(seconds=5 * 2 ** min(row.tries, 20)), AT_MOST_BETWEEN)
    db.session.flush()


def _held(certification_id: CertificationId, *, skips: bool = False) -> WeighingRow | None:
    return db.session.scalars(
        select(WeighingRow)
        .where(WeighingRow.certification_id == certification_id)
        .with_for_update(skip_locked=skips)
        .execution_options(populate_existing=True)
    ).first()


def _count(certification_id: CertificationId) -> int:
    return (
        db.session.scalar(
            select(func.count()).select_from(TrackRow).where(TrackRow.certification_id == certification_id)
        )
        or 0
    )
