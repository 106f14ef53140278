"""Letters that wait: till the night ends or for a digest, each notice in one letter, whatever changes meanwhile."""

import threading
from datetime import timedelta

import pytest

from lms.identity import facade as identities
from lms.identity import service as identity
from lms.identity.models import PersonRow
from lms.identity.values import PersonState
from lms.kernel import clock
from lms.kernel.db import db, new_id
from lms.kernel.mail import CalendarFile
from lms.kernel.uow import unit_of_work
from lms.notifications import facade, jobs
from lms.notifications.service import letters
from lms.notifications.values import Delivery, NoticeGroup
from tests.notifications.letters import (
    COURSE,
    DEAL,
    TEAM,
    WARNING,
    a_kind,
    at,
    count_waiting,
    known,
    letters_to,
    subjects,
    tell,
    want,
)
from tests.support.portal import counted_queries

THURSDAY_NIGHT = at("2026-11-26 22:00")
DAILY = {NoticeGroup.DEALS: Delivery.DAILY, NoticeGroup.LEARNING: Delivery.DAILY}


@pytest.fixture
def night(app, cast):
    """Let it be Thursday, 22:00 in London; yield what moves the clock on and writes what is due then."""
    with known(app, DEAL, COURSE, TEAM, WARNING), clock.frozen_at(THURSDAY_NIGHT) as advance:

        def later(**by):
            advance(timedelta(**by))
            jobs.write_letters()

        yield later


def test_a_letter_in_quiet_hours_goes_when_they_end_and_once(night, cast):
    want(cast.amara)
    tell(cast.amara, "Approved")
    night(hours=8, minutes=59)
    assert subjects("amara") == []
    night(minutes=1)
    night(minutes=1)
    assert subjects("amara") == ["Approved"]
    assert count_waiting() == 0


def test_the_notice_stands_in_the_portal_at_once_whatever_its_letter_does(night, cast, visit):
    want(cast.amara, {NoticeGroup.DEALS: Delivery.WEEKLY})
    tell(cast.amara, "Approved")
    assert "Approved" in visit(cast.amara).get("/notifications").text


def test_who_chose_nothing_has_the_usual_quiet_hours(app, night, cast, monkeypatch):
    monkeypatch.setitem(app.config, "LMS_QUIET_HOURS", (20 * 60, 7 * 60))
    tell(cast.amara, "Approved")
    assert subjects("amara") == []
    night(hours=9)
    assert subjects("amara") == ["Approved"]


def test_what_is_mandatory_goes_at_once_by_night_to_who_wants_no_mail(night, cast):
    want(cast.amara, {NoticeGroup.DEALS: Delivery.PORTAL})
    tell(cast.amara, "Approved")
    tell(cast.amara, "Revoked", WARNING)
    assert subjects("amara") == ["Revoked"]
    assert letters_to("amara")[0].stop_url == ""
    night(days=10)
    assert subjects("amara") == ["Revoked"]


def test_a_daily_digest_brings_together_what_was_told_since_the_last_by_group(night, cast):
    want(cast.amara, DAILY)
    for what, kind in (("First deal", DEAL), ("A course", COURSE), ("Second deal", DEAL)):
        tell(cast.amara, what, kind)
    night(hours=10)
    (letter,) = letters_to("amara")
    assert letter.subject == "3 pieces of news today"
    for form in (letter.text, letter.html):
        places = [form.index(word) for word in ("Learning", "A course", "Deals", "First deal", "Second deal")]
        assert places == sorted(places)
    assert "http://127.0.0.1:8000/deals" in letter.text
    assert 'href="http://127.0.0.1:8000/deals"' in letter.html
    tell(cast.amara, "Third deal")
    night(hours=24)
    assert subjects("amara")[1:] == ["Third deal"], "a digest of one is a letter"


def test_a_weekly_digest_goes_on_its_weekday(night, cast):
    want(cast.amara, {NoticeGroup.DEALS: Delivery.WEEKLY}, weekday=4, digest=9)
    tell(cast.amara, "One")
    tell(cast.amara, "Two")
    night(hours=10)
    assert subjects("amara") == []
    night(hours=1)
    assert subjects("amara") == ["2 pieces of news this week"]


def test_a_digest_is_written_in_its_readers_language(night, cast):
    with unit_of_work():
        identity.change_account(person_id=cast.amara, locale="de")
    want(cast.amara, DAILY)
    tell(cast.amara, "Eins")
    tell(cast.amara, "Zwei")
    night(hours=10)
    (letter,) = letters_to("amara")
    assert letter.language == "de"
    assert "Wählen, was per E-Mail kommt" in letter.text


def test_an_entry_for_the_calendar_waits_for_the_morning_and_for_no_digest(night, cast):
    want(cast.amara, DAILY)
    tell(cast.amara, "A seat", calendar=[CalendarFile("REQUEST", "BEGIN:VCALENDAR")])
    night(hours=9)
    (letter,) = letters_to("amara")
    assert letter.calendar == [{"method": "REQUEST", "text": "BEGIN:VCALENDAR"}]


def test_what_begins_before_the_morning_is_told_in_the_night(night, cast):
    want(cast.amara, DAILY)
    tell(cast.amara, "At six", by=at("2026-11-27 06:00"))
    assert subjects("amara") == ["At six"]


def test_a_worker_that_was_away_till_the_night_lets_people_sleep(night, cast):
    want(cast.amara, DAILY)
    tell(cast.amara, "One")
    tell(cast.amara, "Two")
    night(hours=24)
    assert subjects("amara") == []
    night(hours=9)
    assert subjects("amara") == ["2 pieces of news today"]


def test_of_what_replaces_itself_the_newest_alone_is_in_the_letter(night, cast):
    want(cast.ruth, {NoticeGroup.TEAM: Delivery.WEEKLY})
    for what in ("3 overdue", "2 overdue", "1 overdue"):
        tell(cast.ruth, what, TEAM)
    night(days=3, hours=10)
    assert subjects("ruth") == ["1 overdue"]
    assert count_waiting() == 0


def test_what_stands_no_longer_when_its_letter_is_written_is_left_out(app, night, cast):
    gone, kept = new_id(), new_id()
    asked = a_kind("asked", still=lambda ids: [one for one in ids if one != gone])
    with known(app, asked):
        want(cast.amara, DAILY)
        tell(cast.amara, "Done meanwhile", asked, about={cast.amara: gone})
        tell(cast.amara, "Still open", asked, about={cast.amara: kept})
        night(hours=10)
        assert subjects("amara") == ["Still open"]
        tell(cast.amara, "Done meanwhile", asked, about={cast.amara: gone})
        night(hours=24)
    assert subjects("amara") == ["Still open"]
    assert count_waiting() == 0


def test_a_new_choice_holds_for_what_waits(night, cast):
    want(cast.amara, {NoticeGroup.DEALS: Delivery.WEEKLY, NoticeGroup.LEARNING: Delivery.WEEKLY})
    tell(cast.amara, "A deal")
    tell(cast.amara, "A course", COURSE)
    want(cast.amara, {NoticeGroup.DEALS: Delivery.AT_ONCE, NoticeGroup.LEARNING: Delivery.PORTAL})
    night(hours=9)
    assert subjects("amara") == ["A deal"]
    night(days=10)
    assert subjects("amara") == ["A deal"]


@pytest.mark.parametrize(
    "zones",
    [
        ["Pacific/Kiritimati"],
        ["Pacific/Pago_Pago"],
        ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/London"],
        ["Asia/Kathmandu", "Australia/Lord_Howe"],
    ],
)
def test_whoever_moves_round_the_world_gets_each_notice_once(night, cast, zones):
    want(cast.amara, {NoticeGroup.DEALS: Delivery.DAILY}, digest=17)
    told = []
    for number in range(20):
        tell(cast.amara, f"Deal {number}.")
        told.append(f"Deal {number}.")
        if number % 5 == 2:
            with unit_of_work():
                identity.change_account(person_id=cast.amara, time_zone=zones[number // 5 % len(zones)])
        night(hours=7)
    for _hour in range(48):
        night(hours=1)
    written = "\n".join(letter.text for letter in letters_to("amara"))
    assert [written.count(what) for what in told] == [1] * len(told)
    assert count_waiting() == 0


def test_a_change_of_zone_moves_what_waits_to_the_hours_there(night, cast):
    want(cast.amara, DAILY, digest=17)
    tell(cast.amara, "Approved")
    with unit_of_work():
        identity.change_account(person_id=cast.amara, time_zone="Asia/Tokyo")
    night(hours=9, minutes=59)  # 16:59 in Tokyo
    assert subjects("amara") == []
    night(minutes=1)
    assert subjects("amara") == ["Approved"]


def test_a_worker_that_dies_after_writing_and_before_committing_leaves_all_of_it_to_the_next(
    night, cast, monkeypatch
):
    want(cast.amara, DAILY)
    tell(cast.amara, "One")
    tell(cast.amara, "Two")
    write = letters.write_digest
    died: list[bool] = []

    def dying(*given):
        write(*given)
        if not died:
            died.append(True)
            raise SystemExit("killed")

    monkeypatch.setattr(letters, "write_digest", dying)
    with pytest.raises(SystemExit):
        night(hours=10)
    assert subjects("amara") == []
    assert count_waiting() == 2
    jobs.write_letters()
    jobs.write_letters()
    assert subjects("amara") == ["2 pieces of news today"]


def test_two_workers_who_write_at_once_write_each_letter_once(app, night, cast):
    people = [cast.amara, cast.ruth, cast.dafydd, cast.jonas]
    for person_id in people:
        want(person_id, DAILY)
        for number in range(3):
            tell(person_id, f"Deal {number}")
    with clock.frozen_at(at("2026-11-27 12:00")):
        starting, failed = threading.Barrier(3), []

        def work():
            try:
                with app.app_context():
                    starting.wait()
                    jobs.write_letters()
            except Exception as error:  # noqa: BLE001  told below
                failed.append(error)

        workers = [threading.Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert failed == []
    names = ("amara", "ruth", "dafydd", "jonas")
    assert [subjects(name) for name in names] == [["3 pieces of news today"]] * 4


def test_who_can_no_longer_sign_in_gets_no_letter_that_waited(night, cast):
    want(cast.amara, DAILY)
    tell(cast.amara, "Approved")
    with unit_of_work():
        db.session.get_one(PersonRow, cast.amara).state = PersonState.SUSPENDED
    night(hours=10)
    assert subjects("amara") == []
    assert count_waiting() == 0


def test_whoever_is_erased_leaves_nothing_that_waits_and_no_choice(app, night, cast):
    want(cast.amara, DAILY)
    tell(cast.amara, "Approved")
    holder = next(one for one in app.extensions["lms.privacy"] if one.name == "notifications")
    exported = holder.export(cast.amara)
    assert exported["choices"]["deliveries"]["deals"] == "daily"
    with unit_of_work():
        holder.erase(cast.amara)
    night(hours=10)
    assert count_waiting() == 0
    assert holder.export(cast.amara) == {"notices": [], "choices": {}}


def test_a_long_digest_is_several_letters_with_each_notice_in_one(night, cast):
    want(cast.amara, DAILY)
    for number in range(250):
        tell(cast.amara, f"Deal {number}.")
    night(hours=10)
    written = [letter.text for letter in letters_to("amara")]
    assert len(written) == 3
    assert all("\n".join(written).count(f"- Deal {number}.") == 1 for number in range(250))


def test_telling_a_thousand_takes_no_more_reading_than_telling_a_few(night, cast):
    with unit_of_work():
        crowd = [
            identities.add_person(email=f"p{number}@example.com", name=f"Person {number}", now=clock.now())
            for number in range(1000)
        ]

    def reading(people):
        with counted_queries() as seen, unit_of_work():
            facade.notify(a_kind("many", by_mail=True), to=people, values={"what": "News"}, url="/")
        return [one for one in seen if one.startswith("SELECT")]

    few, many = reading(crowd[:3]), reading(crowd)
    assert len(few) == 2
    assert len(many) == 2 * len(few), "five hundred are looked up at once"
