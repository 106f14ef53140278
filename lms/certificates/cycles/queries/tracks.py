"""SELECTs of tracks by themselves: from when deeds count for people, and whose next certificate renews one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lms.certificates.cycles.models import TrackRow
from lms.certificates.cycles.queries.places import is_exempt
from lms.certificates.cycles.rules import terms
from lms.certificates.cycles.values import Place
from lms.certificates.values import CertificationId
from lms.identity.values import PersonId
from lms.kernel.among import among
from lms.kernel.db import db, fetch

_TRACKS = select(
    TrackRow.person_id,
    TrackRow.certification_id,
    TrackRow.renewal_opens_at,
    TrackRow.counts_until,
    TrackRow.revoked_at,
    TrackRow.exempt_at,
    TrackRow.exempt_through,
).where(among(TrackRow.person_id, "people"), among(TrackRow.certification_id, "certifications"))


@dataclass(frozen=True, slots=True)
class Held:
    """What a page has read of somebody's certificate already: as much of a track as their next one depends on."""

    renewal_opens_at: datetime | None
    counts_until: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, place: Place) -> "Held":
        """Return what a place says of it."""
        term = place.term
        return cls(
            term.renewal_opens_at if term else None, term.counts_until if term else None, place.revoked_at
        )


def list_tracks(
    person_ids: Collection[PersonId], certification_ids: Collection[CertificationId]
) -> Mapping[tuple[PersonId, CertificationId], Any]:
    """Return when each of these people may renew, until when theirs counts, and whether it is revoked or let off."""
    if not person_ids or not certification_ids:
        return {}
    asked = {"people": list(person_ids), "certifications": list(certification_ids)}
    return {(row.person_id, row.certification_id): row for row in fetch(_TRACKS, asked)}


def needs_nothing(track: Any, now: datetime) -> bool:
    """Return whether nothing is asked of who has this track: the certificate is valid and not renewable yet."""
    return (
        track is not None
        and track.renewal_opens_at is not None
        and now < track.renewal_opens_at
        and track.revoked_at is None
        and not is_exempt(track, now)
    )


def list_evidence_since(
    person_ids: Collection[PersonId], certification_id: CertificationId, *, now: datetime
) -> Mapping[PersonId, datetime | None]:
    """Return from when deeds count for the next certificate of each of these people, None for ever.

    Those are left out whose certificate is valid and not renewable yet: nothing is asked of them.
    """
    tracks = list_tracks(person_ids, [certification_id])
    since: dict[PersonId, datetime | None] = {}
    for one in person_ids:
        track = tracks.get((one, certification_id))
        if not needs_nothing(track, now):
            since[one] = terms.evidence_since(track.renewal_opens_at, track.revoked_at) if track else None
    return since


def list_renewing(
    person_ids: Collection[PersonId], certification_id: CertificationId, *, now: datetime
) -> frozenset[PersonId]:
    """Return those of these people whose next certificate renews one that counts still."""
    return frozenset(
        db.session.scalars(
            select(TrackRow.person_id).where(
                among(TrackRow.person_id, "people"),
                TrackRow.certification_id == certification_id,
                TrackRow.revoked_at.is_(None),
                TrackRow.counts_until > now,
            ),
            {"people": list(person_ids)},
        )
    )
