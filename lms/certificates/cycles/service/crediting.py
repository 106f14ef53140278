"""Equivalences: who holds one certification is credited another, by a certificate that says what it rests on."""

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from lms.certificates.cycles import rules
from lms.certificates.cycles.models.equivalences import CreditRow, EquivalenceRow
from lms.certificates.cycles.queries import certifications, equivalences, holders, places
from lms.certificates.cycles.queries.equivalences import Counted
from lms.certificates.cycles.rules import terms
from lms.certificates.cycles.service import revoking
from lms.certificates.cycles.service.rows import Joined, enter, lock_track, may_hold, open_cycle
from lms.certificates.cycles.values.equivalences import Credited
from lms.certificates.errors import CannotBeReinstated, CannotBeRevoked
from lms.certificates.events import EquivalenceDeclared, EquivalenceEnded
from lms.certificates.values import CertificateId, CertificationId, CycleSource, EquivalenceId
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Invalid, NotFound
from lms.web.context import oem_zone


def declare(
    *,
    equivalence_id: EquivalenceId,
    from_id: CertificationId,
    to_id: CertificationId,
    credited: Credited,
    up_to_version: int | None,
    through: date | None,
    actor: Actor,
    now: datetime,
) -> EquivalenceId:
    """Let who holds `from_id` be credited `to_id`, through a day; a second click with the same id declares nothing.

    A person who holds it now is credited after the commit, who earns it later at once; what only the company is
    credited counts from the commit on. Invalid, naming the field, for the same certification twice, for what is
    declared already, and for a day that is past.
    """
    if db.session.get(EquivalenceRow, equivalence_id) is not None:
        return equivalence_id
    for one in (from_id, to_id):
        certifications.get_certification(one)
    fields = {}
    if from_id == to_id:
        fields["to_id"] = _("Choose another one: whoever holds it holds it already.")
    elif equivalences.find_in_force(from_id, to_id) is not None:
        fields["to_id"] = _("This is declared already. End it first to declare it anew.")
    if through is not None and through < now.astimezone(oem_zone()).date():
        fields["through"] = _("This day is past. Choose today or later.")
    if fields:
        raise Invalid(fields=fields)
    db.session.add(
        EquivalenceRow(
            id=equivalence_id,
            from_id=from_id,
            to_id=to_id,
            credited=credited,
            up_to_version=up_to_version,
            through=through,
            declared_at=now,
            declared_by=_by(actor),
        )
    )
    db.session.flush()
    events.record(
        EquivalenceDeclared(
            equivalence_id=equivalence_id,
            from_id=from_id,
            to_id=to_id,
            is_for_company=credited is Credited.COMPANY,
        )
    )
    return equivalence_id


def end(*, equivalence_id: EquivalenceId, actor: Actor, now: datetime) -> None:
    """Credit nobody any more. What people were credited keeps its dates, what companies were ends. Twice is once."""
    row = db.session.get(EquivalenceRow, equivalence_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if row.ended_at is None:
        row.ended_at, row.ended_by = now, _by(actor)
        db.session.flush()
        events.record(
            EquivalenceEnded(
                equivalence_id=row.id,
                from_id=row.from_id,
                to_id=row.to_id,
                is_for_company=row.credited is Credited.COMPANY,
            )
        )


def _by(actor: Actor) -> PersonId | None:
    return PersonId(actor.person_id) if actor.person_id else None


def credit(*, person_id: PersonId, certification_id: CertificationId, now: datetime) -> None:
    """Credit a person whatever holding a certification counts for now, within the transaction that made it so."""
    today = now.astimezone(oem_zone()).date()
    declared = equivalences.list_in_force(certification_id, today)
    if not declared:
        return
    counted = equivalences.find_counting(person_id, certification_id, at=now)
    for row in declared:
        if counted is not None and (row.up_to_version is None or counted.rule_version <= row.up_to_version):
            _credit(row, person_id, counted, now)


def credit_joined(meant: Joined, now: datetime) -> None:
    """Credit people, within the transaction, what they may hold who are in its audience from now on."""
    today = now.astimezone(oem_zone()).date()
    counting = equivalences.list_counting_for([one.id for one, _people in meant], today)
    joined = {person_id for _one, people in meant for person_id in people}
    for held in holders.list_holdings(joined, counting, at=now) if counting else ():
        credit(person_id=held.person_id, certification_id=held.certification_id, now=now)


def credit_holders(
    *, equivalence_id: EquivalenceId, after: PersonId | None, now: datetime
) -> PersonId | None:
    """Credit some of those who hold what was declared to count; return who was last, None when nobody is left."""
    found = equivalences.list_holders(equivalence_id, after=after, at=now)
    for person_id, certification_id in found:
        credit(person_id=person_id, certification_id=certification_id, now=now)
    return found[-1][0] if found else None


def _credit(row: EquivalenceRow, person_id: PersonId, counted: Counted, now: datetime) -> None:
    """Issue the certificate, unless the person holds it at least as long without."""
    certification = certifications.get_certification(row.to_id)
    track = lock_track(person_id, row.to_id)
    zone = oem_zone()
    through = min(counted.term.valid_through, row.through or counted.term.valid_through)
    term = terms.term_through(certification.rule, through, zone)
    cycle = places.find_open_cycle(person_id, row.to_id)
    place = places.place_of(certification, person_id, (track, cycle), now)
    holds_longer = (
        rules.counts(place.state) and track.valid_through is not None and track.valid_through >= through
    )
    if not may_hold(certification.rule, person_id):
        return
    if places.is_exempt(track, now) or holds_longer or term.counts_until <= now:
        return
    cycle = cycle or open_cycle(track, CycleSource.CREDITED, None, Actor(), now)
    certificate = enter(certification, track, cycle, term, _evidence(counted, now), now)
    db.session.add(
        CreditRow(
            certificate_id=certificate.id, rests_on_id=counted.id, equivalence_id=row.id, is_taken=False
        )
    )
    db.session.flush()


def _evidence(counted: Counted, now: datetime) -> dict[str, Any]:
    one = {"title": counted.title, "at": now.isoformat(), "certificate_id": str(counted.id)}
    return {"courses": [], "scores": [], "certificates": [one]}


def follow_revocation(*, certificate_id: CertificateId, actor: Actor, now: datetime) -> None:
    """Take back what was credited for a certificate that was taken back."""
    for credit_row in equivalences.list_resting_on([certificate_id]):
        try:
            revoking.revoke(
                certificate_id=credit_row.certificate_id,
                reason=_("What it was credited for was revoked."),
                actor=actor,
                now=now,
            )
        except CannotBeRevoked:
            continue
        credit_row.is_taken = True
    db.session.flush()


def follow_reinstatement(*, certificate_id: CertificateId, actor: Actor, now: datetime) -> None:
    """Let what was taken back together with a certificate count again with it."""
    for credit_row in equivalences.list_resting_on([certificate_id]):
        if not credit_row.is_taken:
            continue
        credit_row.is_taken = False
        try:
            revoking.reinstate(
                certificate_id=credit_row.certificate_id,
                reason=_("What it was credited for counts again."),
                actor=actor,
                now=now,
            )
        except CannotBeReinstated:
            continue
    db.session.flush()
