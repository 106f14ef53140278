"""Exemptions and recognitions of prior learning: asked for with evidence, decided by another, told to the person."""

from datetime import date, datetime
from typing import Any, BinaryIO, Final, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from lms.certificates.cycles import rules
from lms.certificates.cycles.models import CycleRow, TrackRow
from lms.certificates.cycles.models.requests import RequestRow
from lms.certificates.cycles.queries import places
from lms.certificates.cycles.rules import terms
from lms.certificates.cycles.service.revoking import exempt
from lms.certificates.cycles.service.rows import check_meant, enter, given, lock_track, open_cycle
from lms.certificates.errors import AlreadyHeld, RequestClosed
from lms.certificates.events import ExemptionAsked, ExemptionDecided, ExemptionWithdrawn
from lms.certificates.policy import ASK_EXEMPTION, REVOKE
from lms.certificates.values import (
    CertificateId,
    CertificationId,
    CycleSource,
    CycleState,
    RequestId,
    RequestKind,
    RequestState,
)
from lms.courses import facade as courses
from lms.courses.values.marking import FileKind
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import events, files
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.web.context import oem_zone
from lms.web.words import said

MOST_BYTES: Final = 20_000_000
KINDS: Final = (FileKind.PDF, FileKind.PICTURES)


class Evidence(NamedTuple):
    """A file that somebody chose."""

    filename: str
    upload: BinaryIO


def ask(  # noqa: PLR0913  what a form asks for
    *,
    request_id: RequestId,
    kind: RequestKind,
    person_id: PersonId,
    certification_id: CertificationId,
    words: str,
    evidence: Evidence | None,
    through: date | None,
    actor: Actor,
    now: datetime,
) -> RequestId:
    """Ask for an exemption or a recognition; a second click with the same id asks nothing more.

    NotFound for people whom the actor's right does not reach; Conflict while one is open already, or there is nothing
    to be let off; Invalid, naming the field, for evidence that is no PDF or picture and for a day that is past.
    """
    if db.session.get(RequestRow, request_id) is not None:
        return request_id
    if not identity.is_person_visible(person_id, actor.scope_of(ASK_EXEMPTION)):
        raise NotFound
    certification = given(certification_id)
    track = lock_track(person_id, certification_id)
    place = places.place_of(
        certification, person_id, (track, places.find_open_cycle(person_id, certification_id)), now
    )
    _check(kind, place.state, through, now)
    open_one = select(RequestRow.id).where(
        RequestRow.person_id == person_id,
        RequestRow.certification_id == certification_id,
        RequestRow.state == RequestState.OPEN,
    )
    if db.session.scalars(open_one).first() is not None:
        raise Conflict(_("This was asked for already and waits for its decision."))
    row = RequestRow(
        id=request_id,
        kind=kind,
        state=RequestState.OPEN,
        person_id=person_id,
        certification_id=certification_id,
        words=words.strip(),
        file_id=_store(evidence).id if evidence is not None else None,
        through=through,
        asked_at=now,
        asked_by=PersonId(actor.person_id) if actor.person_id else None,
        answer="",
    )
    db.session.add(row)
    db.session.flush()
    events.record(ExemptionAsked(request_id=row.id, person_id=person_id, certification_id=certification_id))
    return row.id


def _check(kind: RequestKind, state: CycleState, through: date | None, now: datetime) -> None:
    if not rules.may_begin(state):
        raise AlreadyHeld(_("This certification is held already, and its renewal is not open yet."))
    if kind is RequestKind.EXEMPTION and rules.counts(state):
        raise Conflict(_("This person holds it: there is nothing to exempt them from."))
    if through is not None and through < now.astimezone(oem_zone()).date():
        message = _("This day is past. Choose today or later.")
        raise Invalid(message, fields={"through": message})


def _store(evidence: Evidence) -> files.StoredFile:
    name = evidence.filename.rpartition("/")[2].rpartition("\\")[2].strip()[-200:]
    problem = courses.fault_of_file(name, evidence.upload, KINDS, MOST_BYTES)
    if problem is not None:
        raise Invalid(said(problem), fields={"file": said(problem)})
    evidence.upload.seek(0)
    return files.store(
        evidence.upload,
        filename=name,
        media_type=courses.media_type_of_file(name),
        purpose="recognition",
        limit_bytes=MOST_BYTES,
    )


def let_off(
    *,
    person_id: PersonId,
    certification_id: CertificationId,
    reason: str,
    through: date | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Exempt a person at once, by who decides such requests: it stands among them with its approver. Twice is once."""
    if not identity.is_person_visible(person_id, actor.scope_of(REVOKE)):
        raise NotFound
    track = lock_track(person_id, certification_id)
    if places.is_exempt(track, now) and track.exempt_through == through:
        return
    exempt(
        person_id=person_id,
        certification_id=certification_id,
        reason=reason,
        actor=actor,
        now=now,
        through=through,
    )
    by = PersonId(actor.person_id) if actor.person_id else None
    row = RequestRow(
        id=RequestId(new_id()),
        kind=RequestKind.EXEMPTION,
        state=RequestState.OPEN,
        person_id=person_id,
        certification_id=certification_id,
        words=reason.strip(),
        file_id=None,
        through=through,
        asked_at=now,
        asked_by=by,
        answer="",
    )
    _close_others(person_id, certification_id, actor, now)
    db.session.add(row)
    _decide(row, RequestState.APPROVED, through, "", actor, now)


def _close_others(
    person_id: PersonId, certification_id: CertificationId, actor: Actor, now: datetime
) -> None:
    """Approve what waited for the same: there is nothing left to decide."""
    waiting = select(RequestRow).where(
        RequestRow.person_id == person_id,
        RequestRow.certification_id == certification_id,
        RequestRow.state == RequestState.OPEN,
    )
    for row in db.session.scalars(waiting):
        is_same = row.kind is RequestKind.EXEMPTION
        _decide(row, RequestState.APPROVED if is_same else RequestState.REFUSED, row.through, "", actor, now)


def approve(*, request_id: RequestId, through: date | None, answer: str, actor: Actor, now: datetime) -> None:
    """Approve a request, through a day or without end: who asked does not decide.

    RequestClosed if it was decided meanwhile; Forbidden for who asked for it or whom it is for.
    """
    row = _hold(request_id, actor)
    _check(row.kind, CycleState.NOT_ASSIGNED, through, now)
    if row.kind is RequestKind.EXEMPTION:
        exempt(
            person_id=row.person_id,
            certification_id=row.certification_id,
            reason=row.words,
            actor=actor,
            now=now,
            through=through,
        )
    else:
        row.certificate_id = _recognise(row, through, actor, now)
    _decide(row, RequestState.APPROVED, through, answer, actor, now)


def refuse(*, request_id: RequestId, answer: str, actor: Actor, now: datetime) -> None:
    """Refuse a request, with an answer; RequestClosed if it was decided meanwhile."""
    row = _hold(request_id, actor)
    _decide(row, RequestState.REFUSED, row.through, answer, actor, now)


def withdraw(*, request_id: RequestId, actor: Actor, now: datetime) -> None:
    """Take one's own request back; RequestClosed if it was decided meanwhile, NotFound for another's."""
    row = db.session.get(RequestRow, request_id, with_for_update=True, populate_existing=True)
    if row is None or row.asked_by is None or row.asked_by != actor.person_id:
        raise NotFound
    if row.state is RequestState.WITHDRAWN:
        return
    _check_open(row)
    row.state, row.decided_at = RequestState.WITHDRAWN, now
    db.session.flush()
    events.record(
        ExemptionWithdrawn(request_id=row.id, person_id=row.person_id, certification_id=row.certification_id)
    )


def _hold(request_id: RequestId, actor: Actor) -> RequestRow:
    row = db.session.get(RequestRow, request_id)
    if row is None or not identity.is_person_visible(row.person_id, actor.scope_of(REVOKE)):
        raise NotFound
    # In the order of every write here: the track, then the request.
    lock_track(row.person_id, row.certification_id)
    db.session.refresh(row, with_for_update=True)
    _check_open(row)
    if actor.person_id is not None and actor.person_id in {row.asked_by, row.person_id}:
        raise Forbidden(_("Somebody else decides what you asked for."))
    return row


def _check_open(row: RequestRow) -> None:
    if row.state is not RequestState.OPEN:
        raise RequestClosed(_("This was decided, or taken back, meanwhile."))


def _decide(
    row: RequestRow, state: RequestState, through: date | None, answer: str, actor: Actor, now: datetime
) -> None:
    row.state, row.through, row.answer = state, through, answer.strip()
    row.decided_at, row.decided_by = now, PersonId(actor.person_id) if actor.person_id else None
    db.session.flush()
    events.record(
        ExemptionDecided(
            request_id=row.id,
            person_id=row.person_id,
            certification_id=row.certification_id,
            is_approved=state is RequestState.APPROVED,
        )
    )


def _recognise(row: RequestRow, through: date | None, actor: Actor, now: datetime) -> CertificateId:
    """Issue the certificate that rests on what was learned elsewhere; its term is the rule's, or ends sooner."""
    certification = given(row.certification_id)
    check_meant(certification.rule, row.person_id)
    track = lock_track(row.person_id, row.certification_id)
    cycle = places.find_open_cycle(row.person_id, row.certification_id)
    place = places.place_of(certification, row.person_id, (track, cycle), now)
    if not rules.may_begin(place.state):
        raise AlreadyHeld(_("This certification is held already, and its renewal is not open yet."))
    zone = oem_zone()
    counts = rules.counts(place.state)
    term = terms.term_of(
        certification.rule,
        met_on=now.astimezone(zone).date(),
        zone=zone,
        previous=track.valid_through if counts else None,
        due_on=cycle.due_on if cycle else None,
    )
    term = terms.cut(term, certification.rule, through=through, zone=zone)
    cycle = cycle or _recognised_cycle(track, actor, now)
    cycle.reason = row.words
    return enter(certification, track, cycle, term, _evidence(certification.title, row, now), now).id


def _recognised_cycle(track: TrackRow, actor: Actor, now: datetime) -> CycleRow:
    return open_cycle(track, CycleSource.RECOGNISED, None, actor, now)


def _evidence(title: str, row: RequestRow, now: datetime) -> dict[str, Any]:
    """Return what the certificate rests on, as JSON; words and file stay with the request, unseen by the public."""
    one = {"title": title, "at": now.isoformat(), "request_id": str(row.id)}
    return {"courses": [], "scores": [], "certificates": [], "recognitions": [one]}


def forget(person_id: PersonId) -> None:
    """Blank what was written and brought about an erased person; that it was asked for and decided stays."""
    for row in db.session.scalars(select(RequestRow).where(RequestRow.person_id == person_id)):
        row.words = row.answer = ""
        row.file_id = None
    db.session.flush()
