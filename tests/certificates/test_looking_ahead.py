"""What a team lacks and the shortest way to it, what lapses in a year, and what one person takes along."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.certificates.cycles import rules
from lms.certificates.cycles.queries import certifications, forecast, places
from lms.certificates.cycles.rules.months import last_months, next_months
from lms.certificates.cycles.service import definitions
from lms.certificates.cycles.values import TeamFilter
from lms.certificates.policy import VIEW_TEAM
from lms.certificates.values import AnyOf, Rule
from lms.kernel import clock
from lms.kernel.actor import EVERYTHING, SYSTEM, Actor, acting_as
from lms.kernel.uow import unit_of_work
from lms.web.context import oem_zone
from tests.certificates.scene import define, publish_course
from tests.certificates.test_team import hire, seen_in
from tests.support.portal import counted_queries

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
DAY = timedelta(days=1)
TEAM = "/team/certifications"
SEES_ALL = Actor(scopes={VIEW_TEAM: EVERYTHING})


@pytest.fixture(autouse=True)
def in_may(app):
    with clock.frozen_at(MAY) as advance:
        yield advance


# ---- gaps


def gaps_of(visitor, **asked):
    rows = csv.reader(io.StringIO(visitor.get(f"{TEAM}/gaps.csv", query_string=asked).text))
    return [(row[0], row[3], row[4], row[6]) for row in list(rows)[1:]]


def test_gaps_name_the_shortest_way_and_stand_by_deadline_then_by_minutes(app, cast, scene, visit):
    with unit_of_work(), acting_as(SYSTEM):
        short, long = publish_course("Short", minutes=60), publish_course("Long", minutes=300)
        define(cast, "HC-2", "Two ways", Rule(AnyOf((long.done(), short.done())), 12, 60, 30))
    scene.assign(cast.amara, date(2026, 6, 1))
    admin = visit(cast.ruth)
    assert gaps_of(admin) == [
        ("Amara Osei", "HC-RCE", "2026-06-01", "90"),
        ("Dafydd Pryce", "HC-2", "", "60"),
        ("Dafydd Pryce", "HC-RCE", "", "90"),
    ]
    page = admin.get(f"{TEAM}/gaps").text
    assert "The course “Short”" in page
    assert "The course “Long”" not in page
    assert "3 gaps of 2 people" in page
    scene.learn(cast.amara)
    assert [one[0] for one in gaps_of(admin)] == ["Dafydd Pryce"] * 2, "what is in force is no gap"
    assert gaps_of(admin, certification=scene.certification_id) == [("Dafydd Pryce", "HC-RCE", "", "90")]
    assert gaps_of(visit(cast.nils)) == []


def test_gaps_are_assigned_as_they_were_chosen(app, cast, scene, visit):
    admin = visit(cast.ruth)
    pair = f"{cast.dafydd}.{scene.certification_id}"
    assert pair in admin.get(f"{TEAM}/gaps").text
    answer = admin.post(f"{TEAM}/gaps/chosen", {"pair": [pair]})
    assert "Refrigeration Control Engineer" in admin.get(answer.location).text
    looked = admin.post(f"{TEAM}/assign", {"pair": [pair], "due_on": ""})
    seen = seen_in(looked.text)
    assert admin.post(f"{TEAM}/assign", {"pair": [pair], "due_on": "", "seen": seen}).status_code == 303
    assert "Asked: 1 certificate" in admin.get(TEAM).text
    assert admin.post(f"{TEAM}/gaps/chosen", {}).location == f"{TEAM}/gaps"


@pytest.mark.parametrize("page", ["gaps", "forecast", ""])
def test_pages_cost_the_same_number_of_queries_for_few_and_for_many(app, cast, scene, visit, page):
    scene.learn(cast.amara)
    address = f"{TEAM}/{page or cast.amara}"
    admin = visit(cast.ruth)
    admin.get(address)
    with counted_queries() as few:
        admin.get(address)
    hire(cast, 60)
    with counted_queries() as many:
        assert admin.get(address).status_code == 200
    assert len(many) == len(few)


# ---- forecast

ZONES = [ZoneInfo(name) for name in ("Europe/Vienna", "Pacific/Kiritimati", "Etc/GMT+12", "America/New_York")]


@given(
    now=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  it makes them aware
    zone=st.sampled_from(ZONES),
)
def test_months_follow_each_other_without_a_gap_and_begin_now(now, zone):
    months = next_months(now, zone)
    assert months[0].begins_at == now
    assert [one.ends_at for one in months[:-1]] == [one.begins_at for one in months[1:]]
    assert months[0].first == now.astimezone(zone).date().replace(day=1)
    assert all(one.ends_at.astimezone(zone).day == 1 for one in months)
    firsts = last_months(now.astimezone(zone).date())
    assert (len(firsts), firsts[-1]) == (12, months[0].first)
    assert all((later - one).days in {28, 29, 30, 31} for one, later in pairwise(firsts))


def test_when_months_go_by_and_nobody_renews_the_forecast_is_what_happens(app, cast, scene, in_may):
    with unit_of_work(), acting_as(SYSTEM):
        course = publish_course("Heat pumps")
        define(cast, "HC-HP", "Heat Pump Engineer", Rule(course.done(), 3, 30, 0))
        define(cast, "HC-ON", "On the last day", Rule(scene.course.done(), 1, 10, 30))
    scene.learn(cast.amara)
    in_may(26 * DAY)  # 30 May: three months later it is 30 August, a month later the last of June
    scene.learn(cast.dafydd)
    scene.learn(cast.amara, course=course)
    in_may(40 * DAY)
    scene.learn(cast.ruth, course=course)
    people = [cast.amara, cast.dafydd, cast.ruth]
    wanted = TeamFilter(partner_id=cast.brixham)

    def holders():
        with unit_of_work(read_only=True):
            known = certifications.list_certifications()
            at = places.list_places(people, known, now=clock.now())
            return {key for key, place in at.items() if rules.counts(place.state)}

    with unit_of_work(read_only=True):
        months = next_months(clock.now(), oem_zone())
        told = forecast.forecast_team(SEES_ALL, wanted, months, now=clock.now())
    before = holders()
    assert told.total == len(before) > 3
    for place, month in enumerate(months):
        in_may(month.ends_at - clock.now())
        after = holders()
        assert told.together[place] == len(before - after), month.key
        assert not after - before
        before = after
    assert before == set()


def test_the_forecast_leads_to_who_it_is_and_its_chart_says_what_its_table_says(app, cast, scene, visit):
    scene.learn(cast.amara)
    page = visit(cast.ruth).get(f"{TEAM}/forecast").text
    assert "Nothing lapses" in page, "valid until May next year, and in grace in June"
    with clock.frozen_at(MAY + 60 * DAY):
        admin = visit(cast.ruth)
        page = admin.get(f"{TEAM}/forecast").text
        bars = re.findall(r'<rect class="chart-full"[^>]*height="([\d.]+)"', page)
        names = re.findall(r"<span><b>(\d+)</b><span class=\"soft\">(\w+)</span></span>", page)
        foot = page.partition("<tfoot>")[2]
        assert bars == ["116.0"]
        assert [count for count, _name in names] == ["0"] * 11 + ["1"]
        assert re.findall(r"<td class=\"num\">(?:<[^>]*>)?(\d+)", foot) == ["0"] * 11 + ["1", "1"]
        who = admin.get(f"{TEAM}/forecast?month=2027-06").text.partition('id="who"')[2]
        assert "Amara Osei" in who
        assert "Nothing lapses in this month" in admin.get(f"{TEAM}/forecast?month=2027-05").text
        assert admin.get(f"{TEAM}/forecast?month=2030-01").status_code == 422
        # Given no more, it is kept to its end: the number still leads to who it is.
        with unit_of_work(), acting_as(SYSTEM):
            definitions.retire_certification(certification_id=scene.certification_id)
        only = f"{TEAM}/forecast?month=2027-06&certification={scene.certification_id}"
        assert "Amara Osei" in admin.get(only).text.partition('id="who"')[2]
        assert "leaves" in admin.get(f"{TEAM}/{cast.amara}").text
        # What an address says besides is nothing to the page.
        for page in (f"{TEAM}?ending=x", f"{TEAM}/gaps?ending=x"):
            assert admin.get(page).status_code == 200


# ---- if somebody leaves


def test_the_last_holder_is_named_and_who_is_left_when_somebody_leaves(app, cast, scene, visit):
    scene.learn(cast.amara)
    admin = visit(cast.ruth)
    alone = admin.get(f"{TEAM}/{cast.amara}").text.partition('id="leaving"')[2]
    assert "No holder left" in alone
    scene.learn(cast.dafydd)
    pair = admin.get(f"{TEAM}/{cast.amara}").text.partition('id="leaving"')[2]
    assert "1 holder left" in pair
    assert "only Dafydd Pryce is left" in pair
    assert 'class="badge" data-state="soon"' in pair
    assert 'class="badge"' not in admin.get(f"{TEAM}/{cast.amara}?least=1").text.partition('id="leaving"')[2]
    scene.learn(cast.nils)
    again = admin.get(f"{TEAM}/{cast.amara}").text.partition('id="leaving"')[2]
    assert "1 holder left" in again, "another partner's holders are no help"
    assert "If Ruth Calloway leaves" not in admin.get(f"{TEAM}/{cast.ruth}").text
