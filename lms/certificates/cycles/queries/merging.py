"""What two accounts of one person have with each certification, before they are joined."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select

from lms.certificates.cycles.models import CertificationRow, CycleRow, TrackRow
from lms.certificates.cycles.queries import ledger
from lms.certificates.cycles.rules.ledger import Entry
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
    """Return where two accounts meet, by title. As many queries however often they do."""
    both = select(TrackRow.certification_id).where(TrackRow.person_id == merged_id)
    rows = db.session.execute(
        select(CertificationRow.id, CertificationRow.title)
        .join(TrackRow, TrackRow.certification_id == CertificationRow.id)
        .where(TrackRow.person_id == kept_id, CertificationRow.id.in_(both))
        .order_by(CertificationRow.title, CertificationRow.id)
        .limit(ledger.AT_ONCE)
    )
    kept, merged = read_pasts(kept_id), read_pasts(merged_id)
    return [Meeting(title, join(kept[one], merged[one])) for one, title in rows]


def read_pasts(person_id: PersonId) -> Mapping[CertificationId, Past]:
    """Return an account's history with each certification, as the rules read it; an empty one for any other."""
    entries: dict[CertificationId, list[Entry]] = defaultdict(list)
    for one in ledger.list_of_person(person_id):
        entries[one.certification_id].append(ledger.entry_of(one))
    asked = {
        row.certification_id: Asked(id=row.id, assigned_at=row.assigned_at, due_on=row.due_on)
        for row in db.session.scalars(
            select(CycleRow).where(CycleRow.person_id == person_id, CycleRow.closed_at.is_(None))
        )
    }
    found: dict[CertificationId, Past] = defaultdict(Past)
    for track in db.session.scalars(select(TrackRow).where(TrackRow.person_id == person_id)):
        found[track.certification_id] = Past(
            entries=entries[track.certification_id],
            asked=asked.get(track.certification_id),
            exempt_at=track.exempt_at,
            exempt_through=track.exempt_through,
        )
    return found
