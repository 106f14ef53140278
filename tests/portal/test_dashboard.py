"""The home page of each role, and a search that shows nobody what they may not open."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.uow import unit_of_work
from lms.portal.dashboard.rules import matches, part_of_day
from lms.portal.dashboard.values import PartOfDay
from tests.support.portal import counted_queries


@pytest.mark.parametrize(
    "hour, part",
    [
        (3, PartOfDay.EVENING),
        (4, PartOfDay.MORNING),
        (11, PartOfDay.MORNING),
        (12, PartOfDay.AFTERNOON),
        (17, PartOfDay.AFTERNOON),
        (18, PartOfDay.EVENING),
    ],
)
def test_each_hour_has_its_greeting(hour, part):
    assert part_of_day(datetime(2026, 5, 4, hour, tzinfo=UTC)) is part


def test_a_page_is_found_by_how_its_words_begin_whatever_the_accents():
    assert matches("Deal queue", "que")
    assert matches("Prüfungen", "pruf")
    assert not matches("Deal queue", "eal")
    assert not matches("Deal queue", "")


def test_a_reader_is_greeted_by_the_clock_of_where_they_are(app, cast, visit):
    with clock.frozen_at(datetime(2026, 7, 1, 11, 30, tzinfo=UTC)):  # half past twelve in London
        assert "Good afternoon, <bdi>Amara</bdi>" in visit(cast.amara).get("/").text
    with clock.frozen_at(datetime(2026, 1, 7, 11, 30, tzinfo=UTC)):
        assert "Good morning, <bdi>Amara</bdi>" in visit(cast.amara).get("/").text


def test_home_needs_a_sign_in_and_comes_back_to_it(app, cast, visit):
    answer = visit().get("/")
    assert answer.status_code == 303
    assert "/sign-in" in answer.location


def test_a_learners_home_takes_at_most_five_queries(app, cast, dealing, visit):
    visitor = visit(cast.amara)
    visitor.get("/")
    with counted_queries() as seen:
        assert visitor.get("/").status_code == 200
    assert len(seen) <= 5


def test_a_channel_managers_home_shows_what_waits_for_them(app, cast, dealing, visit):
    deal_id = dealing.write()
    assert "Nothing waits for you" in visit(cast.jonas).get("/").text
    dealing.do("submit", deal_id, dealing.amara)
    assert f"/deals/queue/{deal_id}" in visit(cast.jonas).get("/").text
    assert "Deals waiting for you" not in visit(cast.amara).get("/").text


def test_each_role_has_a_home(app, cast, dealing, visit):
    for person_id in (cast.amara, cast.ruth, cast.tomas, cast.jonas, cast.petra, cast.ada, cast.odd):
        assert visit(person_id).get("/").status_code == 200


def found(visitor, words):
    answer = visitor.get(f"/search.json?q={words}")
    assert answer.status_code == 200
    return [(one["icon"], one["label"]) for one in answer.json["results"]]


def test_the_palette_finds_pages_people_partners_and_deals_that_the_reader_may_open(
    app, cast, dealing, visit
):
    dealing.write()
    visit(cast.petra).post(f"/partners/{cast.brixham}/record", {"seen": "0", "agreement": "active"})
    ruth = visit(cast.ruth)
    assert ("deal", "D-1001 Portside Cold Storage Ltd") in found(ruth, "portside")
    assert ("building", "Brixham Automation") in found(ruth, "brixham")
    assert ("user", "Amara Osei") in found(ruth, "amara")
    assert ("shield", "Standing") in found(ruth, "stand")
    assert found(ruth, "a") == []
    assert found(ruth, "%22%20OR%201") == []
    nils = visit(cast.nils)
    for words in ("portside", "brixham", "amara"):
        assert found(nils, words) == []
    amara = visit(cast.amara)
    assert [icon for icon, _label in found(amara, "portside")] == ["deal"]
    assert found(amara, "ruth") == []


def test_every_hit_opens_for_whom_it_was_found(app, cast, dealing, visit):
    dealing.write()
    for person_id in (cast.ruth, cast.jonas, cast.ada, cast.odd, cast.amara):
        visitor = visit(person_id)
        for words in ("portside", "amara", "dafydd", "deal", "people"):
            for hit in visitor.get(f"/search.json?q={words}").json["results"]:
                answer = visitor.get(hit["url"], follow_redirects=True)
                assert answer.status_code == 200, (words, hit)


def test_who_moves_is_found_where_they_work_now_and_who_is_erased_nowhere(app, cast, visit):
    with unit_of_work(), acting_as(SYSTEM):
        identity.employ(
            person_id=cast.amara,
            organisation_id=cast.northway,
            position_id=None,
            region_id=None,
            now=clock.now() + timedelta(seconds=1),
        )
    assert found(visit(cast.nils), "amara") == [("user", "Amara Osei")]
    assert found(visit(cast.ruth), "amara") == []
    visit(cast.ada).post(f"/admin/people/{cast.amara}/erase", {"email": "amara@example.com"})
    assert found(visit(cast.nils), "amara") == []


def test_the_search_page_groups_what_it_finds_and_says_when_there_is_nothing(app, cast, dealing, visit):
    dealing.write()
    shown = visit(cast.ruth).get("/search?q=portside").text
    assert "Portside Cold Storage" in shown
    assert "Nothing found" in visit(cast.ruth).get("/search?q=zzzz").text
    assert "Type two letters" in visit(cast.ruth).get("/search").text
    assert visit().get("/search").status_code == 303
    assert visit().get("/search.json?q=portside").status_code == 401


def test_a_partner_admins_home_counts_who_of_the_team_needs_something_and_leads_to_them(
    app, cast, dealing, visit
):
    ruth = visit(cast.ruth)
    assert "1 person misses a certificate that their position needs" in ruth.get("/").text
    assert "/team/certifications?state=missing" in ruth.get("/").text
    assert "Dafydd Pryce" in ruth.get("/team/certifications?state=missing").text
    assert "Your team" not in visit(cast.amara).get("/").text


def test_a_trainers_home_is_their_desk_and_says_nothing_of_lessons_not_begun(app, cast, visit):
    home = visit(cast.tomas).get("/").text
    assert "Your desk" in home
    assert "Nothing begun" not in home
    assert "Nothing begun" in visit(cast.amara).get("/").text


def test_an_auditors_home_shows_the_latest_acts_without_comings_and_goings(app, cast, dealing, visit):
    deal_id = dealing.write()
    dealing.do("submit", deal_id, dealing.amara)
    home = visit(cast.odd).get("/").text
    assert "Deal submitted" in home
    assert "Signed in" not in home
    assert "This installation" in home
    assert "Latest on record" not in visit(cast.ruth).get("/").text


def test_what_is_called_so_comes_before_what_only_speaks_of_it(app, cast, dealing, visit):
    dealing.write()
    dealing.write(customer_name="Quayside Hotels plc", title="A second store for Portside")
    labels = [label for _icon, label in found(visit(cast.amara), "portside")]
    assert labels[0] == "D-1001 Portside Cold Storage Ltd"
    assert len(labels) == 2
