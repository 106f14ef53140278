"""Renewals begin by themselves, people are reminded once each, and their managers hear of all of theirs together."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import icalendar
import pytest
from sqlalchemy import event, select

from lms.certificates import facade as certificates
from lms.certificates import jobs
from lms.certificates.cycles.models import CertificateRow, CycleRow, TrackRow
from lms.certificates.cycles.models.renewals import RenewalDigestRow, RenewalStepRow
from lms.certificates.cycles.queries import ledger, renewals
from lms.certificates.cycles.rules.renewal import ESCALATED, OPENED
from lms.certificates.cycles.service import definitions, reminding, revoking
from lms.certificates.values import AllOf, CertificateId, CycleSource, Rule
from lms.courses.authoring.models import ActivityRow, CourseRow, CourseVersionRow, SectionRow
from lms.courses.learning.models import EnrolmentRow
from lms.courses.values import ActivityId, CourseVersionId, EnrolmentSource, VersionState
from lms.identity import service as identity
from lms.kernel import clock, events, outbox, uow
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from lms.notifications.models import NoticeRow
from tests.certificates.scene import enrol, open_enrolment, record
from tests.support.portal import counted_queries

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
DAY = timedelta(days=1)
THROUGH = date(2027, 5, 4)


@pytest.fixture
def run(app):
    """Yield a way to let the job run at noon of a day."""
    with clock.frozen_at(MAY) as advance:

        def at(day):
            advance(datetime.fromisoformat(f"{day}T12:00:00+00:00") - clock.now())
            jobs.renew()
            while outbox.deliver_due(events.apply):
                pass

        yield at


def told(person_id, *kinds):
    with unit_of_work(read_only=True):
        rows = db.session.scalars(
            select(NoticeRow.kind).where(NoticeRow.person_id == person_id).order_by(NoticeRow.id)
        ).all()
    return [one.removeprefix("certificates.") for one in rows if not kinds or one.endswith(kinds)]


def steps():
    with unit_of_work(read_only=True):
        return sorted(db.session.scalars(select(RenewalStepRow.step)).all())


def last(person_id):
    with unit_of_work(read_only=True):
        return ledger.list_of_person(person_id)[-1]


def test_the_renewal_begins_by_itself_when_its_window_opens(app, cast, scene, run):
    scene.learn(cast.amara)
    run("2027-03-04")
    with unit_of_work(read_only=True):
        assert open_enrolment(cast.amara, scene.course) is None
    run("2027-03-05")
    with unit_of_work(read_only=True):
        enrolment = db.session.get_one(EnrolmentRow, open_enrolment(cast.amara, scene.course))
        assert (enrolment.source, enrolment.due_on) == (EnrolmentSource.RENEWAL, THROUGH)
        cycle = db.session.query(CycleRow).filter_by(closed_at=None).one()
        assert (cycle.source, cycle.due_on, cycle.assigned_by) == (CycleSource.RENEWAL, THROUGH, None)
    assert told(cast.amara, "renewal_open") == ["renewal_open"]
    scene.learn(cast.amara)
    assert last(cast.amara).term.valid_through == date(2028, 3, 5)


def test_the_holder_is_reminded_90_30_7_and_1_days_before_and_the_day_after_once_each(app, cast, scene, run):
    scene.learn(cast.amara)
    for day in (
        "2027-02-03",
        "2027-02-03",
        "2027-03-05",
        "2027-04-04",
        "2027-04-27",
        "2027-05-03",
        "2027-05-05",
    ):
        run(day)
    assert told(cast.amara, "ending", "expired") == ["ending"] * 4 + ["expired"]
    assert steps() == [OPENED, -90, -30, -7, -1, 1]


def test_after_a_long_stop_the_last_step_alone_is_told(app, cast, scene, run):
    scene.learn(cast.amara)
    run("2027-05-01")
    assert told(cast.amara, "ending") == ["ending"]
    assert told(cast.amara, "renewal_open") == ["renewal_open"]


def test_who_has_renewed_is_reminded_of_nothing_more(app, cast, scene, run):
    scene.learn(cast.amara)
    run("2027-03-10")
    scene.learn(cast.amara)
    run("2027-05-04")
    assert told(cast.amara, "ending", "expired") == []


def test_a_revoked_certificate_reminds_of_nothing_and_a_reinstated_one_again(app, cast, scene, run):
    scene.learn(cast.amara)
    one = last(cast.amara).id
    with unit_of_work(), acting_as(SYSTEM):
        revoking.revoke(certificate_id=one, reason="x", actor=SYSTEM, now=clock.now())
    run("2027-03-05")
    assert steps() == []
    with unit_of_work(), acting_as(SYSTEM):
        revoking.reinstate(certificate_id=one, reason="x", actor=SYSTEM, now=clock.now())
    run("2027-04-04")
    assert steps() == [OPENED, -90, -30]


def test_the_partner_admin_hears_of_all_their_people_together_once_a_day(app, cast, scene, run):
    scene.learn(cast.amara)
    scene.learn(cast.dafydd)
    run("2027-04-04")
    run("2027-04-04")
    assert told(cast.ruth, "team_ending") == ["team_ending"]
    assert told(cast.nils, "team_ending") == []
    with unit_of_work(read_only=True):
        row = (
            db.session.query(NoticeRow).filter_by(person_id=cast.ruth, kind="certificates.team_ending").one()
        )
    assert row.given["count"] == "2"
    assert "Amara Osei" in row.given["names"]
    run("2027-04-05")
    assert told(cast.ruth, "team_ending") == ["team_ending"], "nothing new, nothing told"
    run("2027-04-27")
    assert told(cast.ruth, "team_ending") == ["team_ending"] * 2


def test_what_expired_and_was_not_begun_reaches_the_channel_manager(app, cast, scene, run):
    for person_id in (cast.amara, cast.dafydd):
        scene.learn(person_id)
    run("2027-05-05")
    with unit_of_work(), acting_as(SYSTEM):
        begun = open_enrolment(cast.dafydd, scene.course)
        assert begun is not None
        record(begun, scene.course.lesson_id, None)
    run("2027-05-11")
    run("2027-05-11")
    assert told(cast.jonas, "escalated") == ["escalated"]
    with unit_of_work(read_only=True):
        row = db.session.query(NoticeRow).filter_by(kind="certificates.escalated").one()
    assert "Amara Osei" in row.given["names"]
    assert "Dafydd" not in row.given["names"], "who has begun is left in peace"


def test_a_leaver_is_not_enrolled_and_escalates_to_nobody(app, cast, scene, run):
    scene.learn(cast.amara)
    with unit_of_work(), acting_as(SYSTEM):
        identity.erase_person(person_id=cast.amara, now=clock.now())
    run("2027-05-20")
    assert steps() == []
    assert told(cast.jonas, "escalated") == []
    with unit_of_work(read_only=True):
        assert db.session.query(CycleRow).filter_by(closed_at=None).count() == 0


def test_a_retired_certification_is_not_renewed_and_the_job_goes_on(app, cast, scene, run):
    scene.learn(cast.amara)
    with unit_of_work(), acting_as(SYSTEM):
        definitions.retire_certification(certification_id=scene.certification_id)
    run("2027-03-05")
    with unit_of_work(read_only=True):
        assert open_enrolment(cast.amara, scene.course) is None
        assert renewals.list_due(clock.now()) == []


def test_what_cannot_be_begun_keeps_nobody_waiting(app, cast, scene, run, monkeypatch):
    scene.learn(cast.amara)
    scene.learn(cast.dafydd)
    broken = reminding.take_steps

    def take(due, now):
        if due.person_id == cast.amara:
            raise RuntimeError
        broken(due, now)

    monkeypatch.setattr(reminding, "take_steps", take)
    run("2027-04-04")
    assert told(cast.dafydd, "ending") == ["ending"]
    monkeypatch.undo()
    run("2027-04-05")
    assert told(cast.amara, "ending") == ["ending"]


def test_two_workers_at_once_tell_everything_once(app, cast, scene, run):
    scene.learn(cast.amara)
    scene.learn(cast.dafydd)
    with clock.frozen_at(datetime(2027, 4, 4, 12, tzinfo=UTC)):
        barrier, failed = Barrier(3), []

        def work():
            try:
                with app.app_context():
                    barrier.wait(10)
                    jobs.renew()
            except Exception as error:  # noqa: BLE001  a thread's failure is told below
                failed.append(error)

        threads = [Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert failed == []
        while outbox.deliver_due(events.apply):
            pass
        for person_id in (cast.amara, cast.dafydd):
            assert sorted(told(person_id, "ending", "renewal_open")) == ["ending", "renewal_open"]
        assert told(cast.ruth, "team_ending") == ["team_ending"]
        with unit_of_work(read_only=True):
            assert db.session.query(RenewalDigestRow).count() == 1


def test_whatever_statement_is_the_last_before_a_death_everything_comes_once(app, cast, scene, run):
    """The job dies at its 1st, 2nd, 3rd … statement, until one run comes through."""
    scene.learn(cast.amara)
    scene.learn(cast.dafydd)
    deaths = 0
    with clock.frozen_at(datetime(2027, 4, 4, 12, tzinfo=UTC)):
        while _dies_at(deaths * 3 + 1):
            deaths += 1
        while outbox.deliver_due(events.apply):
            pass
    assert deaths > 10
    for person_id in (cast.amara, cast.dafydd):
        assert sorted(told(person_id, "ending", "renewal_open")) == ["ending", "renewal_open"]
    assert told(cast.ruth, "team_ending") == ["team_ending"]
    with unit_of_work(read_only=True):
        assert db.session.query(CycleRow).filter_by(closed_at=None).count() == 2


class _Killed(BaseException):
    """Nobody catches it, as nobody catches a kill."""


def _dies_at(number):
    """Run the job and let it die at this statement; return whether it did."""
    count = [0]

    def die(*_given):
        count[0] += 1
        if count[0] == number:
            raise _Killed

    event.listen(db.engine, "before_cursor_execute", die)
    try:
        jobs.renew()
    except _Killed:
        return True
    finally:
        event.remove(db.engine, "before_cursor_execute", die)
        db.session.remove()
    return False


def test_finding_what_is_due_costs_one_query_by_an_index(app, cast, scene, run):
    scene.learn(cast.amara)
    with unit_of_work(read_only=True), counted_queries() as seen:
        assert renewals.list_due(clock.now() + 350 * DAY)
    assert len(seen) == 1


def test_the_calendar_has_the_last_day_with_reminders_and_is_the_holders_own(app, cast, scene, run, visit):
    scene.learn(cast.amara)
    one = last(cast.amara)
    assert "Add to my calendar" in visit(cast.amara).get("/certificates").text
    answer = visit(cast.amara).get(f"/certificates/{one.id}.ics")
    assert answer.mimetype == "text/calendar"
    (entry,) = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert entry.decoded("dtstart") == THROUGH
    assert str(entry["uid"]).startswith(str(one.id))
    triggers = [alarm.decoded("trigger") for alarm in entry.walk("VALARM")]
    assert triggers[:3] == [-30 * DAY, -7 * DAY, -DAY]
    assert triggers[3] == one.term.renewal_opens_at
    for other in (cast.ruth, cast.nils, cast.dafydd):
        assert visit(other).get(f"/certificates/{one.id}.ics").status_code == 404


# ---- the renewal cases that need a ledger


def test_fifty_parallel_deeds_issue_one_certificate(app, cast, scene):
    with unit_of_work(), acting_as(SYSTEM):
        enrolment_id = enrol(cast.amara, scene.course)
        record(enrolment_id, scene.course.lesson_id, None)
    barrier, failed = Barrier(10), []

    def sit():
        try:
            with app.app_context(), acting_as(SYSTEM):
                barrier.wait(10)
                for _again in range(5):
                    uow.run(lambda: record(enrolment_id, scene.course.exam_id, "0.9"))
        except Exception as error:  # noqa: BLE001  a thread's failure is told below
            failed.append(error)

    threads = [Thread(target=sit) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failed == []
    with unit_of_work(read_only=True):
        assert db.session.query(CertificateRow).count() == 1
        assert db.session.query(CycleRow).count() == 1


def test_assigned_again_while_it_is_open_it_stays_one_cycle_with_the_earlier_day(app, cast, scene, run):
    scene.assign(cast.dafydd, date(2026, 9, 1))
    scene.assign(cast.dafydd, date(2026, 8, 1))
    scene.assign(cast.dafydd)
    with unit_of_work(read_only=True):
        (cycle,) = db.session.query(CycleRow)
        assert cycle.due_on == date(2026, 8, 1)


def test_a_course_that_is_published_anew_in_mid_cycle_is_finished_as_it_was_begun(app, cast, scene, run):
    with unit_of_work(), acting_as(SYSTEM):
        enrolment_id = enrol(cast.amara, scene.course)
        record(enrolment_id, scene.course.lesson_id, None)
        publish_again(scene.course)
    with unit_of_work(), acting_as(SYSTEM):
        record(enrolment_id, scene.course.exam_id, "0.9")
    assert scene.holds(cast.amara)


def publish_again(course):
    """Publish version 2 of a course, with the same lesson and exam by key."""
    row = db.session.get_one(CourseRow, course.course_id)
    old = db.session.query(ActivityRow).filter_by(version_id=row.published_id).all()
    version = CourseVersionRow(
        id=CourseVersionId(new_id()),
        course_id=row.id,
        number=2,
        state=VersionState.DRAFT,
        minutes=90,
        activity_count=2,
        required_count=2,
        created_at=clock.now(),
        published_at=None,
    )
    db.session.add(version)
    db.session.flush()
    section = SectionRow(id=new_id(), key=new_id(), version_id=version.id, position=1, title="All of it")
    db.session.add(section)
    db.session.flush()
    db.session.add_all(
        ActivityRow(
            id=ActivityId(new_id()),
            key=one.key,
            version_id=version.id,
            section_id=section.id,
            position=one.position,
            kind=one.kind,
            title=one.title,
            minutes=one.minutes,
        )
        for one in old
    )
    db.session.flush()
    version.state, version.published_at = VersionState.PUBLISHED, clock.now()
    row.published_id = version.id
    db.session.flush()


def test_shortened_rules_take_nothing_from_who_holds_it(app, cast, scene, run):
    scene.learn(cast.amara)
    before = last(cast.amara)
    with unit_of_work(), acting_as(SYSTEM):
        definitions.change_rules(
            certification_id=scene.certification_id,
            rule=Rule(AllOf((scene.course.done(), scene.course.scored("0.95"))), 3, 30, 0),
            actor=SYSTEM,
            now=clock.now(),
        )
    while outbox.deliver_due(events.apply):
        pass
    assert last(cast.amara) == before
    run("2027-02-03")
    assert scene.holds(cast.amara)
    with unit_of_work(read_only=True):
        track = db.session.get_one(TrackRow, (scene.certification_id, cast.amara))
        assert (track.valid_through, track.counts_until) == (THROUGH, before.term.counts_until)
    run("2027-04-04")
    scene.learn(cast.amara, "0.9")
    assert last(cast.amara).id == before.id, "the next one follows the rule of its own day"
    scene.learn(cast.amara, "0.96")
    assert last(cast.amara).term.valid_through == date(2027, 7, 4)


def test_steps_taken_are_written_under_the_certificate(app, cast, scene, run):
    scene.learn(cast.amara)
    run("2027-05-20")
    with unit_of_work(read_only=True):
        rows = db.session.query(RenewalStepRow).all()
        assert {row.certificate_id for row in rows} == {CertificateId(last_id(cast.amara))}
        assert ESCALATED in {row.step for row in rows}
        assert certificates.list_certificates([rows[0].certificate_id])


def last_id(person_id):
    return ledger.list_of_person(person_id)[-1].id
