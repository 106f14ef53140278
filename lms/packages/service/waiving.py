"""Waiving: somebody need not do a unit of a cmi5 course, and why."""

from datetime import datetime
from decimal import Decimal

from lms.courses.values import Activity
from lms.courses.values.taken import Taker
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.lines import is_blank
from lms.kernel.messages import Message
from lms.lrs import facade as lrs
from lms.packages import policy
from lms.packages import queries as packages
from lms.packages.events import UnitWaived
from lms.packages.queries import cmi5 as queries
from lms.packages.rules import cmi5 as rules
from lms.packages.rules import cmi5_statements as statements
from lms.packages.service import registrations
from lms.packages.service.cmi5 import activity_id_of, unit_of
from lms.packages.service.cmi5_standing import SOURCE, say_satisfied, tell_course
from lms.packages.values import PackageStandard
from lms.packages.values.cmi5 import LaunchMode, LaunchSession, LaunchSessionId, RegistrationId


def waive_for(
    *,
    taker: Taker,
    activity: Activity,
    unit_id: str,
    reason: str,
    home_page: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Say that somebody who is enrolled need not do a unit, whether they ever opened the course or not.

    Conflict once the enrolment has ended.
    """
    if not actor.may(policy.WAIVE):
        raise Forbidden
    if taker.ended_at is not None:
        raise Conflict(Message("This enrolment has ended: nothing more is recorded for it."))
    revision = packages.get_revision_of(activity)
    if revision.standard is not PackageStandard.CMI5:
        raise NotFound
    lrs.hold_source(SOURCE, now=now)
    registration, _is_new = registrations.held(
        enrolment_id=taker.enrolment_id,
        person_id=taker.person_id,
        activity_id=activity.id,
        revision=revision,
        now=now,
    )
    registrations.follow(registration, revision)
    waive_unit(
        registration_id=registration.id,
        unit_id=unit_id,
        reason=reason,
        home_page=home_page,
        actor=actor,
        now=now,
    )


def waive_unit(
    *,
    registration_id: RegistrationId,
    unit_id: str,
    reason: str,
    home_page: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Say that a unit need not be done (9.3.7); one that is satisfied, or waived before, is a Conflict."""
    if not actor.may(policy.WAIVE):
        raise Forbidden
    if is_blank(reason):
        raise Invalid(Message("Say why."), fields={"reason": Message("Say why.")})
    registration = queries.hold_registration(registration_id)
    if registration is None:
        raise NotFound
    revision = packages.get_revision(registration.revision_id)
    if revision.standard is not PackageStandard.CMI5:
        raise NotFound
    course = packages.course_of(revision)
    unit, row = unit_of(course, unit_id), registrations.unit_row(registration.id, unit_id)
    if rules.is_met(unit, queries.standing_of(row)):
        raise Conflict(Message("This lesson is satisfied already."))
    row.waived_at = now
    db.session.flush()
    session = LaunchSession(
        id=LaunchSessionId(new_id()),
        registration=registration.id,
        actor=statements.actor_of(registration.person_id, home_page=home_page),
        activity_id=activity_id_of(revision, unit_id, home_page=home_page),
        publisher_id=unit_id,
        mode=LaunchMode.NORMAL,
        mastery_score=None,
        opened_at=now,
    )
    said = statements.waived(new_id(), session, unit, reason=reason.strip(), now=now)
    lrs.hold_source(SOURCE, now=now)
    lrs.record([said], source=SOURCE, now=now)
    say_satisfied(registration, revision, course, session_id=session.id, home_page=home_page, now=now)
    evidence = {"unit": unit_id, "waived": reason.strip()}
    tell_course(registration, course, seconds=Decimal(0), evidence=evidence, now=now)
    events.record(UnitWaived(registration_id=registration.id, unit=unit_id, reason=reason.strip()))
