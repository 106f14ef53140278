"""Bringing people to certificates: assigning, issuing, renewing, and weighing again what they did."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, update

from lms.certificates.cycles import rules
from lms.certificates.cycles.models import CycleRow, TrackRow
from lms.certificates.cycles.queries import certifications, places
from lms.certificates.cycles.queries.places import is_exempt
from lms.certificates.cycles.rules import requirements, terms
from lms.certificates.cycles.rules.requirements import Facts, Verdict
from lms.certificates.cycles.service.rows import enter, given, lock_track, open_cycle
from lms.certificates.errors import AlreadyHeld
from lms.certificates.events import CycleAssigned
from lms.certificates.values import (
    CertificateId,
    Certification,
    CertificationHeld,
    CertificationId,
    CycleId,
    CycleSource,
    ScoreReached,
    subject_of,
)
from lms.courses import facade as courses
from lms.courses.values import CourseId, EnrolmentSource
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.web.context import oem_zone


def assign(
    *,
    person_id: PersonId,
    certification_id: CertificationId,
    due_on: date | None,
    actor: Actor,
    now: datetime,
    source: CycleSource = CycleSource.ASSIGNED,
) -> CycleId | None:
    """Ask a person for a certificate and enrol them in the courses that are missing.

    Twice is once: an open cycle is kept, with the earlier of two due dates. Who has done everything already
    is issued the certificate at once. AlreadyHeld while they hold it and its renewal is not open; NotFound
    for people whom the actor's right to enrol does not reach.
    """
    certification = given(certification_id)
    track = lock_track(person_id, certification_id)
    cycle = places.find_open_cycle(person_id, certification_id)
    place = places.place_of(certification, person_id, (track, cycle), now)
    if not rules.may_begin(place.state):
        raise AlreadyHeld(_("This certification is held already, and its renewal is not open yet."))
    track.exempt_at = track.exempt_through = None
    if cycle is None:
        cycle = open_cycle(track, source, due_on, actor, now)
        events.record(
            CycleAssigned(
                person_id=person_id, certification_id=certification_id, cycle_id=cycle.id, due_on=due_on
            )
        )
    elif due_on is not None and (cycle.due_on is None or due_on < cycle.due_on):
        cycle.due_on = due_on
    verdict = settle(certification, track, cycle, now)
    for course_id in _courses_of(verdict):
        courses.enrol(
            person_id=person_id,
            course_id=course_id,
            source=EnrolmentSource.RENEWAL if track.certificate_id else _enrolment_source(person_id, actor),
            due_on=due_on,
            actor=actor,
            now=now,
        )
    return cycle.id


def renew(*, certificate_id: CertificateId, actor: Actor, now: datetime) -> CertificationId:
    """Begin the renewal of the actor's own certificate; NotFound for a certificate they do not go by."""
    track = db.session.scalars(
        select(TrackRow).where(
            TrackRow.certificate_id == certificate_id, TrackRow.person_id == actor.person_id
        )
    ).first()
    if track is None or track.revoked_at is not None:
        raise NotFound
    today = now.astimezone(oem_zone()).date()
    due_on = track.valid_through if track.valid_through and track.valid_through >= today else None
    assign(
        person_id=track.person_id,
        certification_id=track.certification_id,
        due_on=due_on,
        actor=actor,
        now=now,
        source=CycleSource.RENEWAL,
    )
    return track.certification_id


def reconsider(*, person_id: PersonId, subject_id: UUID, now: datetime) -> None:
    """Weigh again what a deed of a person touches; issue every certificate it completes.

    `subject_id` is the course, activity or certification in which something happened. Called within the
    transaction that stored the deed, so that the next request sees the certificate.
    """
    for certification in certifications.list_naming(subject_id):
        track = lock_track(person_id, certification.id)
        if not is_exempt(track, now):
            settle(certification, track, places.find_open_cycle(person_id, certification.id), now)


def reconsider_all(
    *, certification_id: CertificationId, after: PersonId | None, now: datetime
) -> PersonId | None:
    """Weigh the people on their way to a certification whose rule changed, a hundred after `after`.

    Return who was last, None when there is nobody left.
    """
    certification = certifications.get_certification(certification_id)
    query = (
        select(TrackRow.person_id)
        .where(TrackRow.certification_id == certification_id)
        .order_by(TrackRow.person_id)
        .limit(100)
    )
    people = db.session.scalars(query if after is None else query.where(TrackRow.person_id > after)).all()
    for person_id in people:
        track = lock_track(person_id, certification_id)
        if not is_exempt(track, now):
            settle(certification, track, places.find_open_cycle(person_id, certification_id), now)
    return people[-1] if people else None


def forget_reasons(person_id: PersonId) -> None:
    """Blank why an erased person was exempt; what they were issued stays, under their bare id."""
    db.session.execute(update(CycleRow).where(CycleRow.person_id == person_id).values(reason=""))


# ---- one track


def settle(certification: Certification, track: TrackRow, cycle: CycleRow | None, now: datetime) -> Verdict:
    """Weigh the facts of a locked track, keep what is met, and issue the certificate if that is all."""
    rule, previous = certification.rule, places.term_of(track)
    leaves = requirements.leaves(rule.requirement)
    facts = places.read_facts([track.person_id], leaves, now=now)[0][track.person_id]
    since = terms.evidence_since(track.renewal_opens_at, track.revoked_at)
    weighed = rules.weigh(
        rule,
        facts,
        since=since,
        now=now,
        zone=oem_zone(),
        previous=previous.valid_through if previous and track.revoked_at is None else None,
        due_on=cycle.due_on if cycle else None,
    )
    if weighed.term is not None:
        cycle = cycle or open_cycle(track, CycleSource.EARNED, None, Actor(), now)
        enter(certification, track, cycle, weighed.term, _evidence(weighed.verdict), now)
    else:
        track.met = sorted(str(subject_of(leaf)) for leaf in leaves if _is_met(leaf, facts, weighed.since))
        db.session.flush()
    return weighed.verdict


def _is_met(leaf: Any, facts: Facts, since: datetime | None) -> bool:
    return facts.find(leaf, since) is not None


def _evidence(verdict: Verdict) -> dict[str, Any]:
    """Return what a certificate rests on, as JSON: courses with their completions, scores, other certificates."""
    found: dict[str, list[dict[str, Any]]] = {"courses": [], "scores": [], "certificates": []}
    for leaf, done in verdict.rests_on:
        entry: dict[str, Any] = {"title": leaf.title, "at": done.at.isoformat()}
        if isinstance(leaf, ScoreReached):
            found["scores"].append(
                entry
                | {
                    "activity_key": str(leaf.activity_key),
                    "course_id": str(leaf.course_id),
                    "score": str(done.score),
                    "minimum": str(leaf.minimum),
                }
            )
        elif isinstance(leaf, CertificationHeld):
            found["certificates"].append(entry | {"certificate_id": str(done.id)})
        else:
            found["courses"].append(entry | {"course_id": str(leaf.course_id), "completion_id": str(done.id)})
    return found


def _courses_of(verdict: Verdict) -> Sequence[CourseId]:
    """Return the courses in which what is missing can be done, each once."""
    if verdict.met_at is not None:
        return ()
    return tuple(
        dict.fromkeys(leaf.course_id for leaf in verdict.missing if not isinstance(leaf, CertificationHeld))
    )


def _enrolment_source(person_id: PersonId, actor: Actor) -> EnrolmentSource:
    return EnrolmentSource.SELF if actor.person_id == person_id else EnrolmentSource.PARTNER_ADMIN
