"""Reminding people of what is due, and who looks after them, once a day, of all of them together.

A due day is planned when it is seen to be new: whoever enrols or moves a date does nothing for it. Everything is told
in the transaction that writes down that it was.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import bindparam, delete, update
from sqlalchemy.dialects import postgresql, sqlite

from lms.courses.authoring import queries as authoring
from lms.courses.learning.models import EnrolmentReminderRow, EnrolmentRow, TeamReminderRow
from lms.courses.learning.queries import reminding as queries
from lms.courses.learning.queries.reminding import ToRemind
from lms.courses.learning.rules import reminding as rules
from lms.courses.values import CourseId
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.actor import Role, Scope
from lms.kernel.db import db, new_id
from lms.notifications import facade as notifications
from lms.notifications.values import NoticeGroup, NoticeKind
from lms.web.context import oem_zone
from lms.web.words import lazy as _l

PLANNED_AT_ONCE = 1000
REMINDED_AT_ONCE = 200
NAMES = 10
TEAM_PAGE = "/team/enrolments?due=near"

DUE_SOON = NoticeKind(
    key="courses.due_soon",
    subject=_l("%(course)s is due on %(day)s"),
    body=_l("Go on where you stopped: what you did so far is kept."),
    icon="clock",
    state="soon",
    group=NoticeGroup.LEARNING,
    still=queries.list_standing_reminders,
)
OVERDUE = NoticeKind(
    key="courses.overdue",
    subject=_l("%(course)s was due on %(day)s"),
    body=_l(
        "It is still open for you. If you need longer, ask whoever looks after your team for another date."
    ),
    icon="clock",
    state="expired",
    group=NoticeGroup.LEARNING,
    still=queries.list_standing_reminders,
)
TEAM_DUE = NoticeKind(
    key="courses.team_due",
    subject=_l("Your team’s courses: overdue %(overdue)s, due soon %(soon)s"),
    body=_l("Counted by people, the longest overdue first: %(names)s"),
    icon="users",
    state="soon",
    group=NoticeGroup.TEAM,
    newest_only=True,
)
NOTICES = (DUE_SOON, OVERDUE, TEAM_DUE)


def plan_next(*, size: int = PLANNED_AT_ONCE) -> bool:
    """Plan the reminders of some due days that are new; return whether there were any.

    Steps that lie before a due day was set are never told: the person heard of it then.
    """
    found = queries.claim_unplanned(at_most=size)
    zone = oem_zone()
    _store_plans(
        {
            "enrolment_id": one.id,
            "due": one.due_on,
            "next": rules.next_day(one.due_on, one.since.astimezone(zone).date(), _steps())
            if one.due_on is not None
            else None,
        }
        for one in found
    )
    return len(found) > 0


def remind_next(now: datetime, *, size: int = REMINDED_AT_ONCE) -> bool:
    """Remind some people whose day has come, of the last step that they have reached; return whether there were any."""
    today = now.astimezone(oem_zone()).date()
    found = queries.claim_to_remind(today, at_most=size)
    reached = {one.id: _step_of(one, today) for one in found}
    told = _write_down([(one, step) for one in found if (step := reached[one.id]) is not None], today)
    _store_plans(
        {"enrolment_id": one.id, "due": one.due_on, "next": rules.next_day(one.due_on, today, _steps())}
        for one in found
    )
    _tell([one for one in found if one.id in told], told, today)
    return len(found) > 0


def _steps() -> Sequence[int]:
    steps: Sequence[int] = current_app.config["LMS_REMINDER_DAYS"]
    return steps


def _step_of(one: ToRemind, today: date) -> int | None:
    step = rules.step_reached(one.due_on, today, _steps())
    # What was reached before the due day was set is none of its steps.
    return step if step is not None and one.due_on + timedelta(step) >= one.remind_on else None


def _store_plans(plans: Any) -> None:
    rows = list(plans)
    if not rows:
        return
    table: Any = EnrolmentRow.__table__
    db.session.flush()
    db.session.connection().execute(
        update(table)
        .where(table.c.id == bindparam("enrolment_id"))
        .values(planned_for=bindparam("due"), remind_on=bindparam("next")),
        rows,
    )


def _write_down(reached: Sequence[tuple[ToRemind, int]], today: date) -> Mapping[Any, UUID]:
    """Write down who is reminded of which step; return the reminder of each enrolment that had not had it."""
    if not reached:
        return {}
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    table: Any = EnrolmentReminderRow.__table__
    rows = [
        {
            "id": new_id(),
            "enrolment_id": one.id,
            "person_id": one.person_id,
            "due_on": one.due_on,
            "step": step,
            "told_on": today,
        }
        for one, step in reached
    ]
    statement = insert(table).on_conflict_do_nothing().returning(table.c.enrolment_id, table.c.id)
    made = db.session.connection().execute(statement, rows)
    return {row.enrolment_id: row.id for row in made}


def _tell(people: Sequence[ToRemind], told: Mapping[Any, UUID], today: date) -> None:
    alike: dict[tuple[CourseId, date], list[ToRemind]] = defaultdict(list)
    for one in people:
        alike[one.course_id, one.due_on].append(one)
    courses = authoring.list_courses({course_id for course_id, _due_on in alike})
    for (course_id, due_on), some in alike.items():
        course, ends_at = courses[course_id], rules.end_of(due_on, oem_zone())
        notifications.notify(
            OVERDUE if due_on < today else DUE_SOON,
            to=[one.person_id for one in some],
            values={"course": course.title, "day": due_on.isoformat()},
            url=f"/learn/{course.slug}",
            by=ends_at,
            about={one.person_id: told[one.id] for one in some},
        )


def tell_admin(person_id: PersonId, now: datetime) -> None:
    """Tell a partner admin what is due among their people, unless they have heard of it today."""
    today = now.astimezone(oem_zone()).date()
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    table: Any = TeamReminderRow.__table__
    noting = insert(table).values(person_id=person_id, told_on=today).on_conflict_do_nothing()
    if not db.session.execute(noting.returning(table.c.person_id)).all():
        return
    due = queries.count_team(
        _reach_of(person_id), today=today, until=today + timedelta(rules.SOON_DAYS), names=NAMES
    )
    if not due.first:
        return
    people = identity.list_people(due.first)
    notifications.notify(
        TEAM_DUE,
        to=[person_id],
        values={
            "overdue": str(due.overdue),
            "soon": str(due.soon),
            "names": ", ".join(people[one].name for one in due.first),
        },
        url=TEAM_PAGE,
    )


def _reach_of(person_id: PersonId) -> Scope:
    scope = Scope()
    for grant in identity.list_grants(person_id):
        if grant.role is Role.PARTNER_ADMIN:
            scope |= grant.scope
    return scope


def forget(person_id: PersonId) -> None:
    """Delete of what a person was reminded: nothing rests on it once nothing is due any more."""
    for table in (EnrolmentReminderRow, TeamReminderRow):
        db.session.execute(delete(table).where(table.person_id == person_id))
