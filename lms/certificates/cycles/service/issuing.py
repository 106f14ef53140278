"""Bringing people to certificates: assigning, issuing, renewing, and weighing again what they did."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, update

from lms.certificates.cycles import rules
from lms.certificates.cycles.models import CycleRow, TrackRow
from lms.certificates.cycles.queries import certifications, missing, places
from lms.certificates.cycles.queries.places import is_exempt
from lms.certificates.cycles.rules import requirements, terms
from lms.certificates.cycles.rules.requirements import Facts, Verdict
from lms.certificates.cycles.service.rows import (
    Joined,
    check_meant,
    enter,
    given,
    lock_track,
    may_hold,
    open_cycle,
)
from lms.certificates.errors import AlreadyHeld
from lms.certificates.events import CycleAssigned
from lms.certificates.values import (
    CertificateId,
    Certification,
    CertificationHeld,
    CertificationId,
    CertificationState,
    CycleId,
    CycleSource,
    HoursPractised,
    ItemGiven,
    LiveAttended,
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

AT_ONCE = 500
"""How many people are weighed together after a rule changed."""


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
    check_meant(certification.rule, person_id)
    if due_on is None and source is CycleSource.ASSIGNED and certification.rule.due_days is not None:
        due_on = now.astimezone(oem_zone()).date() + timedelta(days=certification.rule.due_days)
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
    for course_id in _courses_of(verdict, certification, person_id, now):
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


def reconsider_joined(meant: Joined, now: datetime) -> None:
    """Weigh what people have done who are in the audience of a certification from now on."""
    for certification, person_ids in meant:
        for person_id in sorted(places.list_tracked(person_ids, certification.id)):
            track = lock_track(person_id, certification.id)
            if not is_exempt(track, now):
                settle(certification, track, places.find_open_cycle(person_id, certification.id), now)


def reconsider_all(
    *, certification_id: CertificationId, after: PersonId | None, now: datetime
) -> Sequence[PersonId]:
    """Weigh the people on their way to a certification whose rule changed, some hundreds after `after`.

    Return who that were, fewer than `AT_ONCE` when nobody is left. Their tracks are held together and their facts
    read together.
    """
    certification = certifications.get_certification(certification_id)
    query = (
        select(TrackRow)
        .where(TrackRow.certification_id == certification_id)
        .order_by(TrackRow.person_id)
        .limit(AT_ONCE)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    tracks = db.session.scalars(query if after is None else query.where(TrackRow.person_id > after)).all()
    people = [track.person_id for track in tracks]
    cycles = places.list_open_cycles(people, certification_id)
    facts, _left = places.read_facts(people, requirements.all_leaves(certification.rule), now=now)
    is_given = certification.state is CertificationState.ACTIVE
    for track in tracks:
        if is_given and not is_exempt(track, now):
            _settle_on(certification, track, cycles.get(track.person_id), facts[track.person_id], now)
    db.session.flush()
    return people


def forget_reasons(person_id: PersonId) -> None:
    """Blank why an erased person was exempt; what they were issued stays, under their bare id."""
    db.session.execute(update(CycleRow).where(CycleRow.person_id == person_id).values(reason=""))


# ---- one track


def settle(certification: Certification, track: TrackRow, cycle: CycleRow | None, now: datetime) -> Verdict:
    """Weigh the facts of a locked track, keep what is met, and issue the certificate if that is all."""
    leaves = requirements.leaves(requirements.path_of(certification.rule, renews=places.renews(track, now)))
    facts = places.read_facts([track.person_id], leaves, now=now)[0][track.person_id]
    weighed = _settle_on(certification, track, cycle, facts, now)
    db.session.flush()
    return weighed


def _settle_on(
    certification: Certification, track: TrackRow, cycle: CycleRow | None, facts: Facts, now: datetime
) -> Verdict:
    rule, previous = certification.rule, places.term_of(track)
    renews = places.renews(track, now)
    leaves = requirements.leaves(requirements.path_of(rule, renews=renews))
    since = terms.evidence_since(track.renewal_opens_at, track.revoked_at)
    weighed = rules.weigh(
        rule,
        facts,
        since=since,
        now=now,
        zone=oem_zone(),
        previous=previous.valid_through if previous and track.revoked_at is None else None,
        due_on=cycle.due_on if cycle else None,
        renews=renews,
    )
    if weighed.term is not None and may_hold(rule, track.person_id):
        cycle = cycle or open_cycle(track, CycleSource.EARNED, None, Actor(), now)
        enter(certification, track, cycle, weighed.term, _evidence(weighed.verdict), now)
    else:
        met = sorted({str(subject_of(leaf)) for leaf in leaves if _is_met(leaf, facts, weighed.since)})
        if track.met != met:
            track.met = met
    return weighed.verdict


def _is_met(leaf: Any, facts: Facts, since: datetime | None) -> bool:
    return facts.find(leaf, since) is not None


def _evidence(verdict: Verdict) -> dict[str, Any]:
    """Return what a certificate rests on, as JSON: courses with their completions, scores, other certificates."""
    found: dict[str, list[dict[str, Any]]] = {"courses": [], "scores": [], "certificates": []}
    more: dict[str, list[dict[str, Any]]] = {"attendance": [], "practice": [], "given": []}
    for leaf, done in verdict.rests_on:
        entry: dict[str, Any] = {"title": leaf.title, "at": done.at.isoformat()}
        if isinstance(leaf, ScoreReached):
            found["scores"].append(
                entry
                | {
                    "activity_key": str(done.id),
                    "course_id": str(leaf.course_id),
                    "score": str(done.score),
                    "minimum": str(leaf.minimum),
                }
            )
        elif isinstance(leaf, CertificationHeld):
            found["certificates"].append(entry | {"certificate_id": str(done.id)})
        elif isinstance(leaf, LiveAttended):
            more["attendance"].append(
                entry | {"activity_key": str(leaf.activity_key), "booking_id": str(done.id)}
            )
        elif isinstance(leaf, HoursPractised):
            entry |= {"key": str(leaf.key), "hours": leaf.hours, "practice_id": str(done.id)}
            more["practice"].append(entry)
        elif isinstance(leaf, ItemGiven):
            more["given"].append(entry | {"key": str(leaf.key), "given_id": str(done.id)})
        else:
            found["courses"].append(entry | {"course_id": str(leaf.course_id), "completion_id": str(done.id)})
    return found | {kind: entries for kind, entries in more.items() if entries}


def _courses_of(
    verdict: Verdict, certification: Certification, person_id: PersonId, now: datetime
) -> Sequence[CourseId]:
    """Return the courses in which what is missing can be done the shortest way, each once."""
    if verdict.met_at is not None:
        return ()
    steps = missing.list_missing([person_id], certification, now=now)[person_id].steps
    return tuple(dict.fromkeys(step.course_id for step in steps if step.course_id is not None))


def _enrolment_source(person_id: PersonId, actor: Actor) -> EnrolmentSource:
    return EnrolmentSource.SELF if actor.person_id == person_id else EnrolmentSource.PARTNER_ADMIN
