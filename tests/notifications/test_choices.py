"""The page on which people choose what reaches them by mail: every choice, every refusal, and whose it is."""

import re

import pytest

from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.notifications import jobs
from lms.notifications.queries import waiting
from lms.notifications.values import Delivery, NoticeGroup, Quiet
from tests.notifications.letters import DEAL, at, known, subjects, tell
from tests.support.portal import counted_queries

PAGE = "/account/notifications"
CHOSEN = {
    "learning": "weekly",
    "sessions": "at_once",
    "certification": "daily",
    "deals": "portal",
    "digest_hour": "17",
    "weekday": "4",
    "has_quiet": "y",
    "quiet_from": "21:30",
    "quiet_until": "06:15",
}


def choices_of(person_id):
    with unit_of_work(read_only=True):
        return waiting.get_choices(identity.get_person(person_id))


def test_a_person_chooses_what_comes_and_when_and_finds_it_again(app, cast, visit):
    amara = visit(cast.amara)
    assert amara.post(PAGE, CHOSEN).location == PAGE
    found = choices_of(cast.amara)
    assert {group.value: found.delivery_of(group).value for group in NoticeGroup} == {
        "learning": "weekly",
        "sessions": "at_once",
        "certification": "daily",
        "deals": "portal",
        "team": "at_once",
        "authoring": "at_once",
    }
    hours = found.hours
    assert (hours.digest_minute, hours.weekday, hours.quiet) == (17 * 60, 4, Quiet(21 * 60 + 30, 6 * 60 + 15))
    page = amara.get(PAGE).text
    assert "Saved. It holds from now on" in page
    assert re.findall(r'<option selected value="(\w+)"', page) == [
        "weekly",
        "at_once",
        "daily",
        "portal",
        "17",
        "4",
    ]
    assert 'value="21:30"' in page


def test_without_quiet_hours_a_letter_goes_by_night(app, cast, visit):
    amara = visit(cast.amara)
    amara.post(PAGE, {name: value for name, value in CHOSEN.items() if name != "has_quiet"})
    assert choices_of(cast.amara).hours.quiet is None
    assert 'name="has_quiet" type="checkbox" value="y"' in amara.get(PAGE).text


@pytest.mark.parametrize(
    "changed, named",
    [
        ({"learning": "hourly"}, "learning"),
        ({"digest_hour": "24"}, "digest_hour"),
        ({"weekday": "7"}, "weekday"),
        ({"quiet_from": "25:00"}, "quiet_from"),
        ({"quiet_until": "soon"}, "quiet_until"),
        ({"deals": ""}, "deals"),
    ],
)
def test_what_nobody_can_mean_is_refused_beside_its_field_and_nothing_is_kept(
    app, cast, visit, changed, named
):
    before = choices_of(cast.amara)
    refused = visit(cast.amara).post(PAGE, {**CHOSEN, **changed})
    assert refused.status_code == 422
    assert f'href="#{named}"' in refused.text
    assert choices_of(cast.amara) == before


def test_each_sees_the_groups_that_concern_them_and_changes_no_other(app, cast, visit):
    amara, ruth, tomas = (visit(one).get(PAGE).text for one in (cast.amara, cast.ruth, cast.tomas))
    assert ['name="team"' in page for page in (amara, ruth, tomas)] == [False, True, False]
    assert ['name="authoring"' in page for page in (amara, ruth, tomas)] == [False, False, True]
    visit(cast.amara).post(PAGE, {**CHOSEN, "team": "portal"})
    assert choices_of(cast.amara).delivery_of(NoticeGroup.TEAM) is Delivery.AT_ONCE


def test_nobody_chooses_for_another_and_strangers_are_asked_to_sign_in(app, cast, visit):
    visit(cast.amara).post(PAGE, CHOSEN)
    assert choices_of(cast.ruth).deliveries == {}
    assert visit().get(PAGE).status_code in {302, 303, 401}


def test_an_auditor_chooses_too_for_it_is_their_own_mail(app, cast, visit):
    assert visit(cast.odd).post(PAGE, CHOSEN).status_code == 303
    assert choices_of(cast.odd).delivery_of(NoticeGroup.LEARNING) is Delivery.WEEKLY


def test_a_choice_is_on_record_once_and_the_same_again_is_none(app, cast, visit):
    amara = visit(cast.amara)
    amara.post(PAGE, CHOSEN)
    amara.post(PAGE, CHOSEN)
    with unit_of_work(read_only=True):
        found = db.session.query(AuditEntry).filter(AuditEntry.action == "NoticeChoicesMade").all()
    assert [(entry.actor_id, entry.subject_id) for entry in found] == [(cast.amara, cast.amara)]


def test_the_page_asks_a_fixed_number_of_questions_however_much_waits(app, cast, visit):
    amara = visit(cast.amara)
    amara.post(PAGE, CHOSEN)
    with counted_queries() as few:
        amara.get(PAGE)
    with known(app, DEAL):
        amara.post(PAGE, {**CHOSEN, "deals": "daily"})
        for number in range(30):
            tell(cast.amara, f"Deal {number}")
        with counted_queries() as many:
            amara.get(PAGE)
    assert len(few) == len(many) <= 4


def test_the_browsers_time_zone_is_offered_and_taken_only_when_asked(app, cast, visit):
    amara = visit(cast.amara)
    page = amara.get(PAGE).text
    assert 'data-own-zone="Europe/London" hidden' in page
    assert amara.post(f"{PAGE}/zone", {"time_zone": "Asia/Kathmandu"}).status_code == 303
    with unit_of_work(read_only=True):
        assert identity.get_person(cast.amara).time_zone == "Asia/Kathmandu"
    assert "Asia/Kathmandu" in amara.get(PAGE).text


@pytest.mark.parametrize("zone", ["", "Mars/Olympus_Mons", "../../etc/passwd", "Europe/London\x00"])
def test_a_time_zone_that_is_none_is_refused(app, cast, visit, zone):
    assert visit(cast.amara).post(f"{PAGE}/zone", {"time_zone": zone}).status_code in {400, 422}
    with unit_of_work(read_only=True):
        assert identity.get_person(cast.amara).time_zone == "Europe/London"


def test_who_is_new_has_the_manufacturers_clocks_until_they_say_where_they_are(app, cast):
    with unit_of_work():
        person_id = identity.add_person(email="new@example.com", name="New Person", now=clock.now())
    assert choices_of(person_id).hours.time_zone == "Europe/Vienna"


def test_the_way_to_the_page_stands_on_the_account_the_notices_and_every_letter(app, cast, visit):
    amara = visit(cast.amara)
    assert f'href="{PAGE}"' in amara.get("/account").text
    assert f'href="{PAGE}"' in amara.get("/notifications").text


def test_a_choice_of_a_digest_hour_moves_what_waits_to_it(app, cast, visit):
    with known(app, DEAL), clock.frozen_at(at("2026-11-26 09:00")) as advance:
        amara = visit(cast.amara)
        amara.post(PAGE, {**CHOSEN, "deals": "daily"})
        tell(cast.amara, "Approved")
        amara.post(PAGE, {**CHOSEN, "deals": "daily", "digest_hour": "12"})
        advance(at("2026-11-26 12:00") - clock.now())
        jobs.write_letters()
        assert subjects("amara") == ["Approved"]
