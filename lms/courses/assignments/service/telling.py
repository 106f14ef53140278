"""Who is told what: a learner that their work is marked, markers that work waits, once for all of it."""

from datetime import datetime

from flask import current_app

from lms.courses.assignments import rules
from lms.courses.assignments.models import MarkerTold
from lms.courses.assignments.queries import work as queue
from lms.courses.events import WorkMarked, WorkMarkedAnew
from lms.courses.kinds import marking
from lms.courses.values.marking import Outcome
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.actor import Actor, scopes_of
from lms.kernel.db import db
from lms.notifications import facade as notifications
from lms.notifications.values import NoticeGroup, NoticeKind
from lms.web.words import lazy as _l

PASSED = NoticeKind(
    key="assignments.passed",
    subject=_l("You passed %(title)s"),
    body=_l("What your marker says about it stands beside what you handed in."),
    icon="check",
    group=NoticeGroup.LEARNING,
    state="valid",
)
FAILED = NoticeKind(
    key="assignments.failed",
    subject=_l("%(title)s is marked: not passed"),
    body=_l("What was missing, and whether you may hand it in again, stands in the course."),
    icon="alert",
    group=NoticeGroup.LEARNING,
    state="expired",
)
RETURNED = NoticeKind(
    key="assignments.returned",
    subject=_l("%(title)s came back to you"),
    body=_l("Read what your marker asks for, then hand it in again."),
    icon="undo",
    group=NoticeGroup.LEARNING,
    state="soon",
)
MARKED = NoticeKind(
    key="assignments.marked",
    subject=_l("%(title)s is marked"),
    body=_l("What your marker says, and what it earned, stands beside your answer."),
    icon="check",
    group=NoticeGroup.LEARNING,
    state="valid",
)
MARKED_UNSHOWN = NoticeKind(
    key="assignments.marked_unshown",
    subject=_l("%(title)s is marked"),
    body=_l(
        "How much of it you read, and when, the rules of the exam say. What is shown now stands in your result."
    ),
    icon="check",
    group=NoticeGroup.LEARNING,
    state="valid",
)
WAITING = NoticeKind(
    key="assignments.waiting",
    subject=_l("Work waits to be marked: %(count)s"),
    body=_l("You are told at most twice a day, of all of it together."),
    icon="inbox",
    group=NoticeGroup.AUTHORING,
    state="progress",
)
NOTICES = (FAILED, MARKED, MARKED_UNSHOWN, PASSED, RETURNED, WAITING)
_KINDS = {
    Outcome.PASSED: PASSED,
    Outcome.FAILED: FAILED,
    Outcome.RETURNED: RETURNED,
    Outcome.MARKED: MARKED,
}


def tell_learner(event: WorkMarked | WorkMarkedAnew) -> None:
    """Tell whose work was marked, with the way to where it stands."""
    work = queue.work_of(queue.get_work(event.work_id))
    source = marking.source_of(work.source)
    if source is not None:
        kind = _KINDS[event.outcome]
        if kind is MARKED and not source.shows(work):
            kind = MARKED_UNSHOWN
        notifications.notify(kind, to=[work.person_id], values={"title": work.title}, url=source.url(work))


def tell_marker(person_id: PersonId, now: datetime) -> None:
    """Tell a marker how much waits for them, if something came since they were told last, and not too soon."""
    told = queue.find_told(person_id)
    if told is not None and now - told.told_at < rules.TELL_AGAIN:
        return
    count, newest = queue.list_new(_actor(person_id), told.told_upto if told else None)
    if not count or newest is None:
        return
    if told is None:
        told = MarkerTold(person_id=person_id, told_at=now, told_upto=newest)
        db.session.add(told)
    told.told_at, told.told_upto = now, newest
    db.session.flush()
    notifications.notify(WAITING, to=[person_id], values={"count": str(count)}, url="/author/marking")


def _actor(person_id: PersonId) -> Actor:
    """Return a marker with what their roles reach, as a request of theirs would have it."""
    grants = identity.list_grants(person_id)
    table = current_app.extensions["lms.policy"]
    return Actor(person_id=person_id, grants=grants, scopes=scopes_of(grants, table))
