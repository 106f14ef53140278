"""Locks: what is shut for a learner and why, decided from what they have done and the instant it is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _

from lms.courses.errors import Locked
from lms.courses.kinds import locks
from lms.courses.learning import queries, rules
from lms.courses.learning.models import EnrolmentRow
from lms.courses.learning.values import OutlineItem, OutlineSection
from lms.courses.values import ActivityId, ActivityKey, CourseVersionId, EnrolmentId, Lock, LockContext, Shut
from lms.identity.values import PersonId
from lms.kernel.db import db
from lms.kernel.errors import NotFound


def check_open(enrolment: EnrolmentRow, activity: queries.Taken, now: datetime) -> None:
    """Raise Locked if an activity is shut for this learner; what they once opened stays open."""
    check_open_for(enrolment.person_id, enrolment.id, enrolment.version_id, activity.id, activity.locks, now)


def check_open_activity(*, enrolment_id: EnrolmentId, activity_id: ActivityId, now: datetime) -> None:
    """Raise Locked if an activity is shut in an enrolment; NotFound for one that is not of its course."""
    enrolment = db.session.get(EnrolmentRow, enrolment_id)
    activity = queries.find_taken(enrolment.version_id, activity_id) if enrolment else None
    if enrolment is None or activity is None:
        raise NotFound
    check_open(enrolment, activity, now)


def check_open_for(
    person_id: PersonId,
    enrolment_id: EnrolmentId,
    version_id: CourseVersionId,
    activity_id: ActivityId,
    held: Collection[Lock],
    now: datetime,
) -> None:
    """Raise Locked if these locks of an activity are shut for a person who has not opened it yet."""
    if not held:
        return
    standing = queries.list_standing(version_id, enrolment_id)
    here = next(one for one in standing if one.activity_id == activity_id)
    if here.started_at is not None:
        return
    shut = locks.list_shut(held, _context(person_id, standing, now))
    if shut:
        reasons = " ".join(f"{why.reason}." for why in in_order(shut))
        raise Locked(_("“%(title)s” is locked. %(reasons)s", title=here.title, reasons=reasons))


def where_to_go_on(
    enrolment: EnrolmentRow,
    standing: Sequence[queries.Standing],
    last: ActivityId | None,
    now: datetime,
) -> ActivityId | None:
    """Return where a learner goes on: past what is done, and past what is shut while anything else is left."""
    order = [one.activity_id for one in standing]
    done = {one.activity_id for one in standing if one.completed_at is not None}
    waiting = {lock for one in standing if one.started_at is None for lock in one.locks}
    if not waiting:
        return rules.resume_at(order, done, last)
    shut = locks.list_shut(waiting, _context(enrolment.person_id, standing, now))
    closed = {
        one.activity_id
        for one in standing
        if one.started_at is None and any(lock in shut for lock in one.locks)
    }
    if done | closed >= set(order):
        return rules.resume_at(order, done, last)
    return rules.resume_at(order, done | closed, last)


def with_locks(
    outline: Sequence[OutlineSection], person_id: PersonId | None, now: datetime
) -> Sequence[OutlineSection]:
    """Return an outline in which each item says what keeps it shut for this reader; each kind of lock asked once."""
    items = [item for section in outline for item in section.items]
    waiting = {lock for item in items if item.started_at is None for lock in item.locks}
    if not waiting:
        return outline
    context = LockContext(
        person_id=person_id,
        now=now,
        done={item.key for item in items if item.completed_at is not None},
        names={item.key: item.title for item in items},
    )
    shut = locks.list_shut(waiting, context)
    return [
        replace(section, items=[_locked_item(item, shut) for item in section.items]) for section in outline
    ]


def _locked_item(item: OutlineItem, shut: Mapping[Lock, Shut]) -> OutlineItem:
    if item.started_at is not None or not item.locks:
        return item
    return replace(item, shut=in_order({lock: shut[lock] for lock in item.locks if lock in shut}))


def in_order(shut: Mapping[Lock, Shut]) -> tuple[Shut, ...]:
    """Return reasons in one order: what must be done first, then when it opens."""
    return tuple(shut[lock] for lock in sorted(shut))


def _context(person_id: PersonId, standing: Sequence[queries.Standing], now: datetime) -> LockContext:
    done: set[ActivityKey] = {one.key for one in standing if one.completed_at is not None}
    return LockContext(
        person_id=person_id, now=now, done=done, names={one.key: one.title for one in standing}
    )
