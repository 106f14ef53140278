"""Reminders of what is due: each step once, to whom it concerns, on the manufacturer's days, and nobody in a flood."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, insert, select, text

from lms.courses.learning import jobs, service
from lms.courses.learning.models import EnrolmentReminderRow, EnrolmentRow
from lms.courses.learning.queries import reminding as queries
from lms.courses.learning.service import reminding
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, Role, Scope, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from lms.notifications import jobs as notices
from lms.notifications.values import Delivery, NoticeGroup
from tests.courses.courses import activities_of, complete, enrol, write_course
from tests.notifications.letters import letters_to, subjects, want
from tests.support.portal import counted_queries

VIENNA = ZoneInfo("Europe/Vienna")
BEGUN = datetime(2027, 3, 1, 9, tzinfo=VIENNA)
DUE = date(2027, 3, 28)  # the day on which clocks go forward in Vienna
TITLE = "Cold loops"


@pytest.fixture
def course(app, cast):
    """Return a course and a way to let the job run at a moment, as clocks in Vienna show it."""
    with clock.frozen_at(BEGUN) as advance:
        course_id = write_course()

        def run(moment, zone=VIENNA):
            advance(datetime.fromisoformat(moment).replace(tzinfo=zone) - clock.now())
            jobs.remind()
            notices.write_letters()

        yield course_id, run


def told(name="amara"):
    return [one for one in subjects(name) if TITLE in one]


def steps():
    with unit_of_work(read_only=True):
        return db.session.scalars(select(EnrolmentReminderRow.step).order_by(EnrolmentReminderRow.id)).all()


def extend(enrolment_id, due_on):
    with unit_of_work(), acting_as(SYSTEM):
        row = db.session.get(EnrolmentRow, enrolment_id)
        assert row is not None
        service.extend(
            enrolment_id=enrolment_id,
            due_on=due_on,
            seen=row.due_on,
            reason="More time",
            may_be_earlier=True,
            actor=SYSTEM,
            now=clock.now(),
        )


def test_a_learner_is_reminded_before_and_after_on_the_days_that_are_set_once_each(cast, course):
    course_id, run = course
    enrol(cast.amara, course_id, due_on=DUE)
    days = [BEGUN.date() + timedelta(number) for number in range(80)]
    found = []
    for day in days:
        before = len(told())
        run(f"{day}T09:00:00")
        run(f"{day}T15:00:00")
        if len(told()) > before:
            found.append((day - DUE).days)
    assert found == [-14, -3, -1, 1, 7, 14, 21, 28]
    assert told() == [f"{TITLE} is due on 28 Mar 2027"] * 3 + [f"{TITLE} was due on 28 Mar 2027"] * 5
    assert steps() == found


def test_nothing_is_overdue_before_the_day_has_ended_where_the_manufacturer_is(cast, course):
    course_id, run = course
    enrol(cast.amara, course_id, due_on=DUE)
    run("2027-03-28T23:59:59")
    assert told()[-1:] != [f"{TITLE} was due on 28 Mar 2027"]
    run("2027-03-29T00:00:00")
    assert told()[-1] == f"{TITLE} was due on 28 Mar 2027"
    # The day had 23 hours: it ended at 22:00 by UTC.
    assert clock.now() == datetime(2027, 3, 28, 22, tzinfo=UTC)


@pytest.mark.slow
@pytest.mark.parametrize("zones", [("Pacific/Kiritimati", "Pacific/Pago_Pago"), ("America/New_York", "UTC")])
def test_a_change_of_the_manufacturers_zone_over_a_due_date_doubles_no_reminder_and_loses_none(
    app, cast, course, monkeypatch, zones
):
    course_id, run = course
    enrol(cast.amara, course_id, due_on=DUE)
    for number in range(24 * 11):
        monkeypatch.setitem(app.config, "LMS_TIME_ZONE", zones[number // 7 % 2])
        moment = datetime(2027, 3, 24, tzinfo=UTC) + timedelta(hours=number)
        before = len(told())
        run(moment.replace(tzinfo=None).isoformat(), UTC)
        if told()[before:] == [f"{TITLE} was due on 28 Mar 2027"]:
            here = moment.astimezone(ZoneInfo(zones[number // 7 % 2]))
            assert here.date() > DUE
    assert steps() == [-3, -1, 1, 7][: len(steps())]
    assert len(steps()) >= 3


def test_a_page_calls_nothing_overdue_before_the_day_has_ended_there(app, cast, course, visit, monkeypatch):
    course_id, run = course
    enrol(cast.amara, course_id, due_on=DUE)  # Amara is in London, the manufacturer in Vienna
    monkeypatch.setitem(app.config, "LMS_TIME_ZONE", "America/New_York")
    run("2027-03-29T03:59:00", UTC)
    assert "overdue" not in visit(cast.amara).get("/").text
    run("2027-03-29T04:00:00", UTC)
    assert "1 day overdue" in visit(cast.amara).get("/").text


def test_after_a_scheduler_was_down_for_days_the_last_step_alone_is_told(cast, course):
    course_id, run = course
    enrol(cast.amara, course_id, due_on=DUE)
    run("2027-03-02T09:00:00")
    run("2027-04-06T09:00:00")
    assert told() == [f"{TITLE} was due on 28 Mar 2027"]
    assert steps() == [7]


def test_an_enrolment_that_no_job_saw_yet_is_reminded_all_the_same(cast, course):
    course_id, run = course
    enrol(cast.amara, course_id, due_on=DUE)
    run("2027-03-26T09:00:00")
    assert steps() == [-3]


def test_who_was_enrolled_days_before_the_date_hears_of_no_step_before_that(cast, course):
    course_id, run = course
    enrol(cast.amara, course_id, due_on=date(2027, 3, 11))
    run("2027-03-01T10:00:00")
    run("2027-03-02T10:00:00")
    assert told() == []
    run("2027-03-08T10:00:00")
    assert steps() == [-3]


def test_another_date_begins_the_steps_anew_and_what_was_told_of_it_before_is_not_told_again(cast, course):
    course_id, run = course
    enrolment_id = enrol(cast.amara, course_id, due_on=DUE)
    run("2027-03-25T09:00:00")
    assert steps() == [-3]
    extend(enrolment_id, date(2027, 4, 20))
    run("2027-03-27T09:00:00")
    run("2027-03-29T09:00:00")
    assert steps() == [-3]
    run("2027-04-06T09:00:00")
    run("2027-04-17T09:00:00")
    assert steps() == [-3, -14, -3]
    extend(enrolment_id, date(2027, 4, 20) + timedelta(1))
    extend(enrolment_id, date(2027, 4, 20))
    run("2027-04-17T12:00:00")
    run("2027-04-19T09:00:00")
    assert steps() == [-3, -14, -3, -1]
    extend(enrolment_id, None)
    run("2027-04-21T09:00:00")
    assert steps() == [-3, -14, -3, -1]


def test_who_completed_or_was_withdrawn_in_between_hears_nothing(cast, course):
    course_id, run = course
    enrolment_id = enrol(cast.amara, course_id, due_on=DUE)
    other = enrol(cast.dafydd, course_id, due_on=DUE)
    run("2027-03-14T09:00:00")
    for activity in activities_of(course_id):
        complete(enrolment_id, activity)
    with unit_of_work(), acting_as(SYSTEM):
        service.withdraw(enrolment_id=other, reason="Moved on", actor=SYSTEM, now=clock.now())
    run("2027-03-25T09:00:00")
    run("2027-04-01T09:00:00")
    assert len(told("amara")) == len(told("dafydd")) == 1


def test_a_reminder_that_waits_is_not_sent_once_the_course_is_completed_or_has_another_date(cast, course):
    course_id, run = course
    done, later = (enrol(one, course_id, due_on=DUE) for one in (cast.amara, cast.dafydd))
    for person_id in (cast.amara, cast.dafydd):
        want(person_id, {NoticeGroup.LEARNING: Delivery.DAILY}, digest=17)
    run("2027-03-14T09:00:00")
    for activity in activities_of(course_id):
        complete(done, activity)
    extend(later, date(2027, 5, 1))
    run("2027-03-14T19:00:00")
    assert told("amara") == told("dafydd") == []


def test_a_reminder_does_not_wait_for_a_digest_that_comes_after_the_due_day(cast, course):
    course_id, run = course
    enrol(cast.amara, course_id, due_on=date(2027, 3, 26))  # a Friday
    want(cast.amara, {NoticeGroup.LEARNING: Delivery.WEEKLY}, weekday=0)
    run("2027-03-25T00:10:00")
    assert told() == [], "the night is kept"
    run("2027-03-25T08:00:00")  # 07:00 in London
    assert told() == [f"{TITLE} is due on 26 Mar 2027"]


def test_with_reminders_off_nobody_is_reminded(app, cast, course, monkeypatch):
    course_id, run = course
    monkeypatch.setitem(app.config, "LMS_REMINDER_DAYS", ())
    enrol(cast.amara, course_id, due_on=DUE)
    for day in ("2027-03-14", "2027-03-25", "2027-03-29"):
        run(f"{day}T09:00:00")
    assert told() == []


def test_a_partner_admin_hears_once_a_day_of_all_their_people_together(cast, course):
    course_id, run = course
    other = write_course("alarms", title="Alarms")
    with unit_of_work():
        crowd = [
            identity.add_person(email=f"p{number}@x.example", name=f"Person {number:02}", now=clock.now())
            for number in range(12)
        ]
        for person_id in crowd:
            identity.employ(
                person_id=person_id,
                organisation_id=cast.cardiff,
                position_id=None,
                region_id=None,
                now=clock.now(),
            )
    for person_id in crowd:
        enrol(person_id, course_id, due_on=DUE)
    enrol(crowd[0], other, due_on=date(2027, 3, 10))
    enrol(cast.nils, course_id, due_on=DUE)
    run("2027-03-14T08:00:00")
    run("2027-03-14T18:00:00")
    (letter,) = letters_to("ruth")
    assert letter.subject == "Your team’s courses: overdue 1, due soon 11"
    names = [f"Person {number:02}" for number in range(12) if f"Person {number:02}" in letter.text]
    assert len(names) == 10
    assert "/team/enrolments?due=near" in letter.text
    assert "Nils" not in letter.text
    assert subjects("nils") == [f"{TITLE} is due on 28 Mar 2027"], "about oneself one is reminded, not told"
    run("2027-03-15T08:00:00")
    assert len(letters_to("ruth")) == 1, "a day on which nobody is reminded is no day for a letter"


def test_who_no_longer_looks_after_people_hears_nothing_of_them(cast, course):
    course_id, run = course
    enrol(cast.amara, course_id, due_on=DUE)
    with unit_of_work(), acting_as(SYSTEM):
        identity.grant_role(
            person_id=cast.dafydd,
            role=Role.PARTNER_ADMIN,
            scope=Scope(organisation_roots=frozenset({cast.cardiff})),
            actor=SYSTEM,
            now=clock.now(),
        )
    run("2027-03-14T08:00:00")
    assert subjects("dafydd") == [], "the branch's admin looks after the branch, not after the house above it"
    assert len(subjects("ruth")) == 1


def test_a_team_that_has_done_it_all_meanwhile_is_no_news(cast, course):
    course_id, run = course
    enrolment_id = enrol(cast.amara, course_id, due_on=DUE)
    run("2027-03-01T10:00:00")
    with clock.frozen_at(datetime(2027, 3, 14, 9, tzinfo=VIENNA)):
        with unit_of_work():
            assert reminding.remind_next(clock.now())
        for activity in activities_of(course_id):
            complete(enrolment_id, activity)
        jobs.remind()
    assert subjects("ruth") == []


def test_the_link_leads_to_those_who_are_behind_the_longest_overdue_first(cast, course, visit):
    course_id, run = course
    other = write_course("alarms", title="Alarms")
    later = write_course("later", title="Much later")
    enrol(cast.amara, course_id, due_on=DUE)
    enrol(cast.amara, other, due_on=date(2027, 3, 12))
    enrol(cast.dafydd, later, due_on=date(2027, 6, 1))
    enrol(cast.nils, other, due_on=date(2027, 3, 12))
    run("2027-03-14T09:00:00")
    ruth = visit(cast.ruth)
    page = ruth.get("/team/enrolments?due=near").text
    assert page.index("Alarms") < page.index(TITLE)
    assert "Much later" not in page
    assert "Nils" not in page
    overdue = ruth.get("/team/enrolments?due=overdue").text
    assert "Alarms" in overdue
    assert TITLE not in overdue
    assert "Much later" in ruth.get("/team/enrolments").text
    assert ruth.get("/team/enrolments?due=never").status_code == 422
    assert "Nothing is due" in visit(cast.ruth).get(f"/team/enrolments?due=overdue&course={later}").text


def test_the_narrowed_list_pages_by_date_with_the_same_questions_for_many(cast, course, visit):
    course_id, run = course
    with unit_of_work():
        crowd = [
            identity.add_person(email=f"p{number}@x.example", name=f"Person {number:03}", now=clock.now())
            for number in range(120)
        ]
        for person_id in crowd:
            identity.employ(
                person_id=person_id,
                organisation_id=cast.brixham,
                position_id=None,
                region_id=None,
                now=clock.now(),
            )
    enrol(crowd[0], course_id, due_on=date(2027, 3, 10))
    run("2027-03-05T09:00:00")
    ruth = visit(cast.ruth)
    with counted_queries() as few:
        ruth.get("/team/enrolments?due=near")
    for number, person_id in enumerate(crowd[1:], 1):
        enrol(person_id, course_id, due_on=date(2027, 3, 6) + timedelta(number % 7))
    with counted_queries() as many:
        page = ruth.get("/team/enrolments?due=near").text
    assert len(few) == len(many)
    seen = []
    while True:
        seen += [part.split("<")[0] for part in page.split('">Person ')[1:]]
        following = [
            part.split('"')[0]
            for part in page.split('href="')
            if part.startswith("/team/enrolments?") and "after=" in part.split('"')[0]
        ]
        if not following:
            break
        page = ruth.get(following[0].replace("&amp;", "&")).text
    assert sorted(seen) == [f"{number:03}" for number in range(120)]


def _hundred_thousand(course_id, people):
    version_id = db.session.scalar(select(EnrolmentRow.version_id).limit(1))
    rows = [
        {
            "id": new_id(),
            "person_id": person_id,
            "course_id": course_id,
            "version_id": version_id,
            "source": "self",
            "due_on": date(2027, 3, 20) + timedelta(number % 400),
            "enrolled_at": BEGUN,
            "done_count": 0,
        }
        for number, person_id in enumerate(people)
    ]
    db.session.execute(insert(EnrolmentRow), rows)


@pytest.mark.slow
def test_due_days_are_found_by_index_and_never_by_walking_through_all(app, cast, course):
    course_id, run = course
    enrol(cast.amara, course_id, due_on=DUE)
    with unit_of_work():
        crowd = [
            identity.add_person(email=f"p{number}@x.example", name=f"Person {number}", now=clock.now())
            for number in range(3000)
        ]
        _hundred_thousand(course_id, crowd)
    run("2027-03-02T09:00:00")
    with unit_of_work():
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("ANALYZE enrolments"))
        with _noted() as seen:
            queries.claim_unplanned(at_most=100)
            queries.claim_to_remind(date(2027, 3, 3), at_most=100)
        plans = [_plan_of(*one) for one in seen]
    assert "ix_enrolments_unplanned" in plans[0]
    assert "ix_enrolments_remind" in plans[1]


@contextmanager
def _noted():
    seen = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        if statement.startswith("SELECT"):
            seen.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _plan_of(statement, parameters):
    """Return how the database finds what a statement asks."""
    explain = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
    return str(db.session.connection().exec_driver_sql(f"{explain} {statement}", parameters).all())
