"""Renewals that begin by themselves, and who is told as a certificate nears its end: once each, whatever is killed.

A step is taken, told and written down in one transaction, on the held track; its row makes it come once.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from lms.certificates.cycles.models import TrackRow
from lms.certificates.cycles.models.renewals import RenewalDigestRow, RenewalStepRow
from lms.certificates.cycles.queries import certifications, places, renewals
from lms.certificates.cycles.queries.renewals import Due, Ending
from lms.certificates.cycles.rules import renewal, requirements
from lms.certificates.cycles.rules.renewal import ESCALATED, OPENED
from lms.certificates.cycles.service.issuing import assign
from lms.certificates.cycles.service.rows import lock_track, steps_of
from lms.certificates.cycles.values.renewals import DigestKind
from lms.certificates.values import (
    CertificateId,
    Certification,
    CertificationState,
    CourseDone,
    CycleSource,
    LiveAttended,
    ScoreReached,
    Term,
)
from lms.courses import facade as courses
from lms.identity import facade as identity
from lms.identity.values import Person, PersonId, PersonState
from lms.kernel.actor import SYSTEM, Role, Scope
from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.notifications import facade as notifications
from lms.notifications.values import NoticeGroup, NoticeKind
from lms.web.context import oem_zone
from lms.web.words import lazy as _l

log = structlog.get_logger(__name__)

NAMES = 10
AGAIN = timedelta(hours=1)
PAGE = "/certificates"
TEAM_PAGE = "/team/certifications?state=soon"
EXPIRED_PAGE = "/team/certifications?state=expired"

ENDING = NoticeKind(
    key="certificates.ending",
    subject=_l("%(title)s is valid through %(through)s"),
    body=_l("Renew it by then: your certificates page names what is still to do, and how long it takes."),
    icon="clock",
    group=NoticeGroup.CERTIFICATION,
    state="soon",
    still=renewals.list_still_ending,
)
EXPIRED = NoticeKind(
    key="certificates.expired",
    subject=_l("%(title)s was valid through %(through)s"),
    body=_l(
        "It has expired. Your certificates page says whether it still counts for a while, and what renews it."
    ),
    icon="clock",
    group=NoticeGroup.CERTIFICATION,
    state="expired",
    still=renewals.list_still_ending,
)
TEAM_ENDING = NoticeKind(
    key="certificates.team_ending",
    subject=_l("Your team’s certificates that near their end: %(count)s"),
    body=_l("The first to end come first: %(names)s"),
    icon="users",
    group=NoticeGroup.TEAM,
    state="soon",
    newest_only=True,
)
ESCALATION = NoticeKind(
    key="certificates.escalated",
    subject=_l("Expired at your partners, and nobody has begun to renew: %(count)s"),
    body=_l("The longest expired come first: %(names)s"),
    icon="users",
    group=NoticeGroup.TEAM,
    state="expired",
    newest_only=True,
)
NOTICES = (ENDING, EXPIRED, TEAM_ENDING, ESCALATION)


def take_steps(due: Due, now: datetime) -> None:
    """Take every step of one certificate that has come: enrol when its renewal opens, remind, escalate."""
    track = lock_track(due.person_id, due.certification_id)
    term = places.term_of(track)
    if track.next_step_at is None or track.next_step_at > now:
        return
    if (
        term is None
        or track.issued_at is None
        or track.certificate_id is None
        or track.revoked_at is not None
    ):
        track.next_step_at = None
        return
    steps = steps_of(term)
    come = renewal.due_of(steps, issued_at=track.issued_at, now=now)
    track.next_step_at = renewal.next_of(steps, after=now)
    certification = certifications.get_certification(due.certification_id)
    person = identity.get_person(due.person_id)
    if person.state not in {PersonState.ACTIVE, PersonState.INVITED} or places.is_exempt(track, now):
        return
    certificate_id = track.certificate_id
    escalates = _is_to_escalate(certification, track, person)
    wanted = [one.step for one in come if one.step != ESCALATED or escalates]
    fresh = _write_down(track, certificate_id, wanted, now)
    if OPENED in fresh and now < term.counts_until:
        _begin(certification, track, person, term, now)
    if track.certificate_id == certificate_id and (step := renewal.to_tell(come, fresh)) is not None:
        _remind(certification, track, certificate_id, term, is_over=step > 0, now=now)
    db.session.flush()


def put_off(due: Due, now: datetime) -> None:
    """Look at a certificate again in an hour."""
    lock_track(due.person_id, due.certification_id).next_step_at = now + AGAIN
    db.session.flush()


def _write_down(
    track: TrackRow, certificate_id: CertificateId, steps: Collection[int], now: datetime
) -> Collection[int]:
    """Write down that steps are taken; return those that were not before."""
    if not steps:
        return ()
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    today = now.astimezone(oem_zone()).date()
    rows = [
        {"certificate_id": certificate_id, "step": step, "person_id": track.person_id, "told_on": today}
        for step in steps
    ]
    statement = insert(RenewalStepRow).on_conflict_do_nothing().returning(RenewalStepRow.step)
    return set(db.session.scalars(statement, rows))


def _begin(certification: Certification, track: TrackRow, person: Person, term: Term, now: datetime) -> None:
    """Open the renewal of who works somewhere, and enrol them; what cannot be begun now is left to people."""
    if certification.state is not CertificationState.ACTIVE or person.employer_id is None:
        return
    today = now.astimezone(oem_zone()).date()
    try:
        with db.session.begin_nested():
            assign(
                person_id=track.person_id,
                certification_id=certification.id,
                due_on=term.valid_through if term.valid_through >= today else None,
                actor=SYSTEM,
                now=now,
                source=CycleSource.RENEWAL,
            )
    except DomainError as refusal:
        log.warning("renewal.not_begun", certification_id=str(certification.id), reason=refusal.code)
        db.session.refresh(track)


def _remind(
    certification: Certification,
    track: TrackRow,
    certificate_id: CertificateId,
    term: Term,
    *,
    is_over: bool,
    now: datetime,
) -> None:
    notifications.notify(
        EXPIRED if is_over or now >= term.expires_at else ENDING,
        to=[track.person_id],
        values={"title": certification.title, "through": term.valid_through.isoformat()},
        url=PAGE,
        by=term.expires_at if now < term.expires_at else None,
        about={track.person_id: certificate_id},
    )


def _is_to_escalate(certification: Certification, track: TrackRow, person: Person) -> bool:
    """Return whether nothing was begun of a renewal that somebody's channel manager should know of."""
    if person.employer_id is None or certification.state is not CertificationState.ACTIVE or track.met:
        return False
    course_ids = {
        leaf.course_id
        for leaf in requirements.all_leaves(certification.rule)
        if isinstance(leaf, CourseDone | ScoreReached | LiveAttended)
    }
    under_way = courses.progress([person.id], course_ids).values()
    return not any(one.done and one.completed_at is None for one in under_way)


def tell_admin(person_id: PersonId, now: datetime) -> None:
    """Tell a partner admin whose certificates came nearer their end today, unless they have heard of it."""
    today = now.astimezone(oem_zone()).date()
    if not _note(person_id, today, DigestKind.TEAM):
        return
    team = renewals.read_team(_reach_of(person_id), today, names=NAMES)
    if team.first:
        _tell(TEAM_ENDING, person_id, team.size, team.first, TEAM_PAGE)


def tell_manager(person_id: PersonId, endings: Sequence[Ending], now: datetime) -> None:
    """Tell a channel manager what has expired at their partners and nobody began to renew, once a day."""
    if _note(person_id, now.astimezone(oem_zone()).date(), DigestKind.ESCALATED):
        first = sorted(endings, key=lambda one: (one.valid_through, one.person_id, one.title))[:NAMES]
        _tell(ESCALATION, person_id, len(endings), first, EXPIRED_PAGE)


def _note(person_id: PersonId, today: date, kind: DigestKind) -> bool:
    """Write down that somebody is told; return whether they had not been."""
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    noting = (
        insert(RenewalDigestRow)
        .values(person_id=person_id, told_on=today, kind=kind)
        .on_conflict_do_nothing()
        .returning(RenewalDigestRow.person_id)
    )
    return bool(db.session.execute(noting).all())


def _tell(kind: NoticeKind, to: PersonId, count: int, first: Sequence[Ending], url: str) -> None:
    people = identity.list_people({one.person_id for one in first})
    names = [f"{people[one.person_id].name} ({one.title})" for one in first if one.person_id in people]
    notifications.notify(kind, to=[to], values={"count": str(count), "names": ", ".join(names)}, url=url)


def _reach_of(person_id: PersonId) -> Scope:
    scope = Scope()
    for grant in identity.list_grants(person_id):
        if grant.role is Role.PARTNER_ADMIN:
            scope |= grant.scope
    return scope


def forget(person_id: PersonId) -> None:
    """Delete of what an erased person was reminded, and what they were told of others."""
    for table in (RenewalStepRow, RenewalDigestRow):
        db.session.execute(delete(table).where(table.person_id == person_id))
