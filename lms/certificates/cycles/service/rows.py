"""What every write of cycles does to rows: hold a track, open a cycle, enter a certificate, say something of one.

A track is held before the facts are read: of two deeds that complete a requirement at the same moment, the second to
get it sees both.
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.dialects import postgresql, sqlite

from lms.audiences import facade as audiences
from lms.certificates.cycles import rules
from lms.certificates.cycles.models import CertificateRow, CycleRow, MarkRow, TrackRow
from lms.certificates.cycles.queries import certifications, ledger
from lms.certificates.cycles.rules import renewal
from lms.certificates.cycles.rules.ledger import find_gone_by
from lms.certificates.errors import NotMeant
from lms.certificates.events import CertificateIssued
from lms.certificates.values import (
    CertificateId,
    Certification,
    CertificationId,
    CertificationState,
    CycleEnd,
    CycleSource,
    MarkKind,
    Rule,
    Term,
)
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import Conflict
from lms.web.context import oem_zone

Joined = Sequence[tuple[Certification, Collection[PersonId]]]
"""Certifications with the people who may hold them from now on."""
MOMENT = timedelta(microseconds=1)


def given(certification_id: CertificationId) -> Certification:
    """Return a certification that is given; Conflict for a retired one."""
    certification = certifications.get_certification(certification_id)
    if certification.state is not CertificationState.ACTIVE:
        raise Conflict(_("This certification is given no more."))
    return certification


def may_hold(rule: Rule, person_id: PersonId) -> bool:
    """Return whether a person is among those whom a rule is meant for: asked wherever a certificate may be entered."""
    return rule.audience_id is None or audiences.is_in(person_id, rule.audience_id)


def check_meant(rule: Rule, person_id: PersonId) -> None:
    """Do nothing for who may hold it; NotMeant for anybody else."""
    if not may_hold(rule, person_id):
        raise NotMeant(_("This certification is not meant for this person: they are not in its audience."))


@cache
def _making(dialect: str) -> Any:
    """Return the statement that makes a track if need be; built once."""
    make: Any = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}[dialect]
    return make(TrackRow.__table__).on_conflict_do_nothing()


def lock_track(person_id: PersonId, certification_id: CertificationId) -> TrackRow:
    """Return the track of a person and a certification, made if need be, held until the transaction ends."""
    db.session.execute(
        _making(db.session.get_bind().dialect.name),
        {"person_id": person_id, "certification_id": certification_id, "met": []},
    )
    return db.session.get_one(
        TrackRow, (certification_id, person_id), with_for_update=True, populate_existing=True
    )


def open_cycle(
    track: TrackRow, source: CycleSource, due_on: date | None, actor: Actor, now: datetime
) -> CycleRow:
    """Open a cycle on a held track; the database refuses a second."""
    cycle = CycleRow(
        id=new_id(),
        person_id=track.person_id,
        certification_id=track.certification_id,
        source=source,
        assigned_at=now,
        assigned_by=PersonId(actor.person_id) if actor.person_id else None,
        due_on=due_on,
        closed_at=None,
        ended_as=None,
        reason="",
    )
    db.session.add(cycle)
    db.session.flush()
    return cycle


def enter(
    certification: Certification,
    track: TrackRow,
    cycle: CycleRow,
    term: Term,
    evidence: dict[str, Any],
    now: datetime,
) -> CertificateRow:
    """Enter a certificate in the ledger, close its cycle, and let the person go by it."""
    # A clock that was set back does not put it before the one that it follows.
    at = now if track.issued_at is None else max(now, track.issued_at + MOMENT)
    brand = next(one for one in identity.list_brands() if one.id == certification.brand_id)
    certificate = CertificateRow(
        id=new_id(),
        code=rules.write_code(secrets.randbits(rules.CODE_BITS)),
        certification_id=certification.id,
        person_id=track.person_id,
        cycle_id=cycle.id,
        rule_version=certification.rule_version,
        predecessor_id=track.certificate_id,
        employer_id=identity.get_person(track.person_id).employer_id,
        title=certification.title,
        glyph=certification.glyph,
        maker=brand.code,
        brand_name=brand.name,
        evidence=evidence,
        issued_at=at,
        issued_on=now.astimezone(oem_zone()).date(),
        valid_through=term.valid_through,
        renewal_opens_at=term.renewal_opens_at,
        expires_at=term.expires_at,
        counts_until=term.counts_until,
    )
    db.session.add(certificate)
    cycle.closed_at, cycle.ended_as = now, CycleEnd.CERTIFIED
    db.session.flush()
    if track.certificate_id is not None and track.revoked_at is None:
        mark(track.certificate_id, MarkKind.SUPERSEDED, Actor(), now, successor_id=certificate.id)
    _go_by(track, certificate.id, certificate.code, at, term)
    track.revoked_at, track.met, track.exempt_at, track.exempt_through = None, [], None, None
    db.session.flush()
    events.record(
        CertificateIssued(
            certificate_id=certificate.id,
            person_id=track.person_id,
            certification_id=certification.id,
            code=certificate.code,
            valid_through=term.valid_through,
        )
    )
    return certificate


def _go_by(
    track: TrackRow, certificate_id: CertificateId, code: str, issued_at: datetime, term: Term
) -> None:
    track.certificate_id, track.code, track.issued_at = certificate_id, code, issued_at
    track.valid_through, track.renewal_opens_at = term.valid_through, term.renewal_opens_at
    track.expires_at, track.counts_until = term.expires_at, term.counts_until
    track.next_step_at = renewal.next_of(steps_of(term), after=issued_at)


def steps_of(term: Term) -> Sequence[renewal.Step]:
    """Return the steps of a certificate's end, as this installation has them."""
    return renewal.steps_of(
        term,
        days=current_app.config["LMS_RENEWAL_DAYS"],
        escalate_after_days=current_app.config["LMS_RENEWAL_ESCALATION_DAYS"],
        zone=oem_zone(),
    )


def follow_ledger(track: TrackRow) -> None:
    """Let a held track say what the ledger says: which certificate the person goes by, and whether it is revoked."""
    entry = find_gone_by(ledger.list_entries(track.person_id, track.certification_id))
    if entry is None:
        return
    _go_by(track, entry.id, entry.code, entry.issued_at, entry.term)
    track.revoked_at = entry.revoked_at
    if entry.revoked_at is not None:
        track.counts_until = min(entry.revoked_at, entry.term.counts_until)
        track.next_step_at = None
    db.session.flush()


def mark(
    certificate_id: CertificateId,
    kind: MarkKind,
    actor: Actor,
    now: datetime,
    *,
    turn: int = 0,
    reason: str = "",
    successor_id: CertificateId | None = None,
) -> None:
    """Say something of a certificate."""
    db.session.add(
        MarkRow(
            id=new_id(),
            certificate_id=certificate_id,
            kind=kind,
            turn=turn,
            at=now,
            by=PersonId(actor.person_id) if actor.person_id else None,
            reason=reason,
            successor_id=successor_id,
        )
    )
    db.session.flush()
