"""The demo's live sessions: dates set, booked and held as people do."""

from collections.abc import Iterator
from datetime import time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from lms.app.demo.stage import Act, Stage
from lms.app.demo.values import LiveDate, LiveSession
from lms.courses import facade as courses
from lms.courses.sessions import rules
from lms.courses.sessions.queries import bookings
from lms.courses.sessions.values import KIND, Day, SessionDraft
from lms.courses.values import Activity, ActivityKey, LiveSessionId, Mark, SectionKey
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.db import new_id

SATURDAY, SUNDAY = 5, 6
MOST_OF_IT = 0.75
"""How much of a session somebody saw who was there partly."""


def add(stage: Stage, one: LiveSession, section: SectionKey) -> None:
    """Add a live session to the draft of its course."""
    courses.add_activity(
        course_id=stage.courses[one.course],
        section_key=section,
        key=ActivityKey(new_id()),
        kind=KIND,
        title=one.title,
        minutes=one.minutes,
        is_required=False,
        actor=current(),
        now=clock.now(),
    )


def history(stage: Stage) -> Iterator[Act]:
    """Yield every act around the dates, in no order."""
    for live in stage.world.live_sessions:
        for one in live.dates:
            session_id = LiveSessionId(new_id())
            yield Act(
                stage.ago(one.set_days_ago), partial(_set, stage, live, one, session_id), one.trainers[0]
            )
            for person, days_ago in one.booked.items():
                yield Act(stage.ago(days_ago, "10:00"), partial(_book, session_id), person)
            if one.marks:
                yield Act(_day(stage, one).ends_at, partial(_close, stage, one, session_id), one.trainers[0])


def _day(stage: Stage, one: LiveDate) -> Day:
    place = ZoneInfo(one.time_zone)
    on = (stage.now + timedelta(days=one.in_days)).astimezone(place).date()
    if on.weekday() >= SATURDAY:  # nobody sits in a workshop at the weekend
        on += timedelta(days=SUNDAY + 1 - on.weekday())
    begins = rules.instant_of(on, time.fromisoformat(one.begins), one.time_zone) or stage.now
    return Day(begins, begins + timedelta(hours=one.hours))


def _set(stage: Stage, live: LiveSession, one: LiveDate, session_id: LiveSessionId) -> None:
    activity = _activity(stage, live)
    courses.schedule_session(
        session_id=session_id,
        course_id=activity.course_id,
        key=activity.key,
        draft=SessionDraft(
            title=live.title,
            days=[_day(stage, one)],
            time_zone=one.time_zone,
            place=one.place,
            link=one.link,
            seats=one.seats,
            trainers=[stage.people[person] for person in one.trainers],
            language="en",
            note=one.note,
            book_closes_hours=0,
            cancel_closes_hours=24,
        ),
        actor=current(),
        now=clock.now(),
    )


def _activity(stage: Stage, live: LiveSession) -> Activity:
    found = courses.list_activities(stage.courses[live.course])
    return next(one for one in found if one.kind == KIND and one.title == live.title)


def _book(session_id: LiveSessionId) -> None:
    courses.book_session(session_id=session_id, actor=current(), now=clock.now())


def _close(stage: Stage, one: LiveDate, session_id: LiveSessionId) -> None:
    actor, now, whole = current(), clock.now(), one.hours * 60
    taken = {row.person_id: row.id for row in bookings.list_confirmed(session_id)}
    marks = {
        taken[stage.people[person]]: rules.marking_of(Mark(mark), int(whole * MOST_OF_IT), whole)
        for person, mark in one.marks.items()
    }
    courses.mark_attendance(
        session_id=session_id,
        marks={booking_id: marking for booking_id, marking in marks.items() if marking is not None},
        actor=actor,
        now=now,
    )
    courses.close_attendance(session_id=session_id, actor=actor, now=now)
