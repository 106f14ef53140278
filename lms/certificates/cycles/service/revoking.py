"""Taking certificates back and letting them count again, and letting people off what is asked of them."""

from datetime import date, datetime
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from lms.certificates.cycles import rules
from lms.certificates.cycles.models import CertificateRow, MarkRow, TrackRow
from lms.certificates.cycles.queries import certifications, ledger, places
from lms.certificates.cycles.rules.ledger import find_superseding
from lms.certificates.cycles.service.issuing import settle
from lms.certificates.cycles.service.rows import follow_ledger, given, lock_track, mark, open_cycle
from lms.certificates.errors import CannotBeReinstated, CannotBeRevoked
from lms.certificates.events import CertificateReinstated, CertificateRevoked, PersonExempted
from lms.certificates.values import (
    CertificateId,
    CertificationId,
    CertificationState,
    CycleEnd,
    CycleSource,
    MarkKind,
)
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Conflict, NotFound
from lms.web.context import oem_zone


class _Held(NamedTuple):
    """A certificate with its held track, and how often it was revoked and reinstated."""

    certificate: CertificateRow
    track: TrackRow
    revoked: int
    reinstated: int


def revoke(*, certificate_id: CertificateId, reason: str, actor: Actor, now: datetime) -> None:
    """Take a certificate back, from this moment on; the entry stays, and says why.

    CannotBeRevoked if it is revoked already: of two who do it at once the second is told so.
    """
    held = _hold(certificate_id)
    if held.revoked > held.reinstated:
        raise CannotBeRevoked(_("This certificate was revoked before."))
    mark(certificate_id, MarkKind.REVOKED, actor, now, turn=held.revoked, reason=reason.strip())
    if held.track.certificate_id == certificate_id:
        held.track.met = []
    follow_ledger(held.track)
    events.record(
        CertificateRevoked(
            certificate_id=certificate_id,
            person_id=held.track.person_id,
            certification_id=held.track.certification_id,
            reason=reason.strip(),
        )
    )


def reinstate(*, certificate_id: CertificateId, reason: str, actor: Actor, now: datetime) -> None:
    """Let a revoked certificate count again, from this moment on and to the end it always had.

    Its dates do not move. What was issued meanwhile supersedes it. An open cycle that asked for it anew ends, unless
    its renewal is open. CannotBeReinstated if it is not revoked.
    """
    held = _hold(certificate_id)
    if held.revoked == held.reinstated:
        raise CannotBeReinstated(_("This certificate is not revoked."))
    mark(certificate_id, MarkKind.REINSTATED, actor, now, turn=held.reinstated, reason=reason.strip())
    track = held.track
    entries = ledger.list_entries(track.person_id, track.certification_id)
    if superseding := find_superseding(entries, certificate_id):
        older, newer = superseding
        mark(older.id, MarkKind.SUPERSEDED, actor, now, successor_id=newer.id)
    follow_ledger(track)
    _look_again(track, now)
    events.record(
        CertificateReinstated(
            certificate_id=certificate_id,
            person_id=track.person_id,
            certification_id=track.certification_id,
            code=held.certificate.code,
            reason=reason.strip(),
        )
    )


def _hold(certificate_id: CertificateId) -> _Held:
    certificate = db.session.get(CertificateRow, certificate_id)
    if certificate is None:
        raise NotFound
    track = lock_track(certificate.person_id, certificate.certification_id)
    kinds = db.session.scalars(select(MarkRow.kind).where(MarkRow.certificate_id == certificate_id)).all()
    return _Held(certificate, track, kinds.count(MarkKind.REVOKED), kinds.count(MarkKind.REINSTATED))


def _look_again(track: TrackRow, now: datetime) -> None:
    """End what asked for a certificate that counts again, and weigh what was done towards the next."""
    certification = certifications.get_certification(track.certification_id)
    cycle = places.find_open_cycle(track.person_id, track.certification_id)
    place = places.place_of(certification, track.person_id, (track, None), now)
    if cycle is not None and not rules.may_begin(place.state):
        cycle.closed_at, cycle.ended_as = now, CycleEnd.WITHDRAWN
        cycle = None
        db.session.flush()
    if certification.state is CertificationState.ACTIVE and not places.is_exempt(track, now):
        settle(certification, track, cycle, now)


def exempt(
    *,
    person_id: PersonId,
    certification_id: CertificationId,
    reason: str,
    actor: Actor,
    now: datetime,
    through: date | None = None,
) -> None:
    """Let a person off a certification, through a day or for good: nothing is asked, and it does not count as held.

    Assigning it again ends the exemption. Conflict while they hold it, or if the day is past.
    """
    given(certification_id)
    track = lock_track(person_id, certification_id)
    if track.counts_until is not None and track.counts_until > now:
        raise Conflict(_("This person holds it: there is nothing to exempt them from."))
    if through is not None and through < now.astimezone(oem_zone()).date():
        raise Conflict(_("The exemption would be over already."))
    if places.is_exempt(track, now) and track.exempt_through == through:
        return
    cycle = places.find_open_cycle(person_id, certification_id)
    if cycle is None:
        cycle = open_cycle(track, CycleSource.ASSIGNED, None, actor, now)
    cycle.closed_at, cycle.ended_as, cycle.reason = now, CycleEnd.EXEMPT, reason.strip()
    track.exempt_at, track.exempt_through = now, through
    db.session.flush()
    events.record(
        PersonExempted(person_id=person_id, certification_id=certification_id, reason=reason.strip())
    )
