"""What two accounts of one person have with each certification, before they are joined."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select

from lms.certificates.cycles.models import CertificationRow, TrackRow
from lms.certificates.cycles.queries import ledger, places
from lms.certificates.cycles.rules.merging import Asked, Joined, Past, join
from lms.certificates.values import CertificationId
from lms.identity.values import PersonId
from lms.kernel.db import db


class Meeting(NamedTuple):
    """A certification with which both accounts have something, and what both come to."""

    title: str
    outcome: Joined


def list_tracked(person_id: PersonId) -> Sequence[CertificationId]:
    """Return the certifications with which an account has anything, in the order in which tracks are held."""
    query = select(TrackRow.certification_id).where(TrackRow.person_id == person_id)
    return sorted(db.session.scalars(query))


def list_meetings(kept_id: PersonId, merged_id: PersonId) -> Sequence[Meeting]:
    """Return where two accounts meet, by title."""
    both = select(TrackRow.certification_id).where(TrackRow.person_id == merged_id)
    rows = db.session.execute(
        select(CertificationRow.id, CertificationRow.title)
        .join(TrackRow, TrackRow.certification_id == CertificationRow.id)
        .where(TrackRow.person_id == kept_id, CertificationRow.id.in_(both))
        .order_by(CertificationRow.title, CertificationRow.id)
        .limit(ledger.AT_ONCE)
    )
    return [Meeting(title, join(read_past(kept_id, one), read_past(merged_id, one))) for one, title in rows]


def read_past(person_id: PersonId, certification_id: CertificationId) -> Past:
    """Return an account's history with a certification, as the rules read it."""
    track = db.session.get(TrackRow, (certification_id, person_id))
    cycle = places.find_open_cycle(person_id, certification_id)
    return Past(
        entries=ledger.list_entries(person_id, certification_id),
        asked=Asked(id=cycle.id, assigned_at=cycle.assigned_at, due_on=cycle.due_on) if cycle else None,
        exempt_at=track.exempt_at if track else None,
        exempt_through=track.exempt_through if track else None,
    )
