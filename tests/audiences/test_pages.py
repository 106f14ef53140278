"""The pages of audiences: written by those who teach, read by auditors, each within their reach, in a few queries."""

import re
from typing import Any

import pytest

from lms.audiences.service import filling
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, Role, Scope, acting_as
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from tests.audiences.scene import members, rule, save
from tests.support.portal import Cast, counted_queries

NEW, LIST = "/author/audiences/new", "/author/audiences"


def said(page) -> str:
    """Return a page's text with its spaces made one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def test_a_trainer_writes_an_audience_and_finds_it_in_the_list_in_words(cast: Cast, visit):
    tomas = visit(cast.tomas)
    form = {
        "key": str(new_id()),
        "name": "Reps for the launch",
        "any.position": [str(cast.sales_rep), str(cast.technician)],
        "any.brand": str(cast.cold),
        "none.organisation": str(cast.northway),
        "any.people": str(cast.jonas),
    }
    saved = tomas.post(NEW, form)
    assert saved.status_code == 303
    page = said(tomas.get(saved.location))
    words = "Sales rep or Technician selling Halden Cold; also Jonas Weidmann, without Northway Controls."
    assert words in page
    assert "3 people:" in page
    assert words.rstrip(".") in said(tomas.get(LIST))
    assert tomas.post(NEW, form).location == saved.location
    assert said(tomas.get(LIST)).count("Reps for the launch") == 1


def test_the_count_and_a_sample_follow_what_is_chosen_and_nothing_is_stored(cast: Cast, visit):
    petra = visit(cast.petra)
    page = petra.post(f"{LIST}/look", {"any.position": str(cast.technician)})
    assert "1 person" in said(page)
    assert "Dafydd Pryce" in page.text
    both = petra.post(f"{LIST}/look", {"any.position": str(cast.technician), "any.brand": str(cast.air)})
    assert "0 people" in said(both)
    assert "Nobody fits today" in said(both)
    assert "Nobody chosen yet" in said(petra.post(f"{LIST}/look", {"name": "Draft"}))
    assert "No audiences yet" in said(petra.get(LIST))


def test_people_and_partners_are_found_by_name_and_what_is_ticked_stays(cast: Cast, visit):
    tomas = visit(cast.tomas)
    chosen = {"any.people": str(cast.amara), "find.any.people": "dafy", "find.any.organisation": "north"}
    page = tomas.post(f"{LIST}/look", chosen).text
    boxes = re.findall(r'name="any\.people" value="([^"]+)"( checked)?', page)
    assert boxes == [(str(cast.amara), " checked"), (str(cast.dafydd), "")]
    assert re.findall(r'name="any\.organisation" value="([^"]+)"', page) == [str(cast.northway)]


def test_more_partners_than_fit_are_turned_to_page_by_page(cast: Cast, visit):
    with unit_of_work(), acting_as(SYSTEM):
        for number in range(45):
            identity.add_organisation(
                name=f"Zonda {number:02}",
                kind=identity.get_organisation(cast.northway).kind,
                model=None,
                parent_id=None,
                region_id=None,
                country="GB",
                domain="",
                now=clock.now(),
            )
    tomas, seen, more = visit(cast.tomas), set(), ""
    for _page in range(4):
        page = tomas.post(f"{LIST}/look", {"find.any.organisation": "zonda", "more": more}).text
        seen |= set(re.findall(r'name="any\.organisation" value="([^"]+)"', page))
        found = re.search(r'value="(any\.organisation@[^"]+)"', page)
        if found is None:
            break
        more = found[1]
    assert len(seen) == 45


def test_what_is_wrong_is_said_and_what_was_chosen_is_kept(cast: Cast, visit):
    tomas = visit(cast.tomas)
    nothing = tomas.post(NEW, {"key": str(new_id()), "name": "Nobody"})
    assert nothing.status_code == 422
    assert "Say who is meant: choose at least one thing." in said(nothing)
    nameless = tomas.post(NEW, {"key": str(new_id()), "name": " ", "any.position": str(cast.technician)})
    assert nameless.status_code == 422
    assert f'value="{cast.technician}" checked' in nameless.text
    assert "1 person" in said(nameless)


@pytest.mark.parametrize(
    "field, value",
    [
        ("any.position", "²"),
        ("any.position", "00000000-0000-7000-8000-000000000000"),
        ("any.model", "pirate"),
        ("any.people", "nobody"),
        ("any.audience", "x" * 5000),
        ("more", "any.organisation@tampered"),
        ("find.any.organisation", "%_' OR 1=1"),
        ("seen", "99999999999999999999"),
    ],
)
def test_what_nobody_could_mean_is_refused_or_left_out_and_never_an_error(cast: Cast, visit, field, value):
    tomas = visit(cast.tomas)
    form = {"key": str(new_id()), "name": "Odd", field: value}
    assert tomas.post(f"{LIST}/look", form).status_code in {200, 422}
    assert tomas.post(NEW, form).status_code == 422


def test_two_trainers_who_change_one_audience_do_not_overwrite_each_other(cast: Cast, visit):
    one = save("Reps", rule(position=[cast.sales_rep]))
    tomas, change = visit(cast.tomas), f"{LIST}/{one}/edit"
    form = {"key": str(new_id()), "seen": "1", "name": "Reps", "any.position": str(cast.technician)}
    assert tomas.post(change, form).status_code == 303
    assert visit(cast.petra).post(change, form).status_code == 409
    assert members(one) == {cast.dafydd}


def test_an_audience_in_use_is_not_deleted_and_both_pages_say_where(cast: Cast, visit):
    reps = save("Reps", rule(position=[cast.sales_rep]))
    field = save("Field", rule(audience=[reps]))
    ada = visit(cast.ada)
    shown = ada.get(f"{LIST}/{reps}")
    assert "It is used, so it cannot be deleted." in said(shown)
    assert f"{LIST}/{reps}/delete" not in shown.text
    assert f"{LIST}/{field}/delete" in ada.get(f"{LIST}/{field}").text
    refused = ada.post(f"{LIST}/{reps}/delete")
    assert refused.status_code == 409
    assert "Reps is used, so it stays: Audience “Field”." in said(refused)
    assert "Not possible as it stands" in said(refused)
    assert "Changed meanwhile" not in said(refused)
    for one in (field, reps, reps):
        assert ada.post(f"{LIST}/{one}/delete").status_code == 303
    assert "No audiences yet" in said(ada.get(LIST))


def test_an_auditor_reads_and_changes_nothing_and_partners_see_nothing(cast: Cast, visit):
    reps = save("Reps", rule(position=[cast.sales_rep]))
    odd = visit(cast.odd)
    page = odd.get(f"{LIST}/{reps}")
    assert (page.status_code, "Amara Osei" in page.text, "/edit" in page.text) == (200, True, False)
    assert odd.get(f"{LIST}/{reps}/edit").status_code == 403
    for person_id in (cast.ruth, cast.amara, cast.jonas):
        for path in (LIST, f"{LIST}/{reps}", NEW):
            assert visit(person_id).get(path).status_code == 403


def test_who_reaches_only_a_part_sees_the_people_and_names_of_that_part_alone(cast: Cast, visit):
    with unit_of_work(), acting_as(SYSTEM):
        scope = Scope(organisation_roots=frozenset({cast.brixham}))
        identity.grant_role(
            person_id=cast.ruth, role=Role.TRAINER, scope=scope, actor=SYSTEM, now=clock.now()
        )
    all_of_cold = save(
        "All of Cold", rule(brand=[cast.cold], people=[cast.jonas], without={"organisation": [cast.northway]})
    )
    everyone = save("Everyone of Cold", rule(brand=[cast.cold]))
    ruth = visit(cast.ruth)
    page = said(ruth.get(f"{LIST}/{everyone}"))
    assert "3 people:" in page
    assert "Nils Aaberg" not in page
    named = said(ruth.get(f"{LIST}/{all_of_cold}"))
    assert "also 1 other, without 1 other" in named
    assert "Northway" not in named + said(ruth.get(LIST))
    assert "4 people:" in said(visit(cast.tomas).get(f"{LIST}/{everyone}"))
    look = ruth.post(f"{LIST}/look", {"any.brand": str(cast.cold), "find.any.organisation": "north"})
    assert "3 people" in said(look)
    assert "Northway" not in said(look)
    assert (
        ruth.post(NEW, {"key": str(new_id()), "name": "Mine", "any.brand": str(cast.cold)}).status_code == 403
    )


def test_a_large_audience_says_that_it_is_being_worked_out(cast: Cast, visit, monkeypatch):
    monkeypatch.setattr(filling, "AT_ONCE", 1)
    reps = save("Reps", rule(brand=[cast.cold]))
    page = said(visit(cast.tomas).get(f"{LIST}/{reps}"))
    assert "Its people are being worked out" in page
    assert "0 of 9 people looked at" in page
    assert "being worked out" in said(visit(cast.tomas).get(LIST))


def _cost(visitor, path: str, form: dict[str, Any] | None = None) -> int:
    with counted_queries() as seen:
        answer = visitor.get(path) if form is None else visitor.post(path, form)
    assert answer.status_code == 200
    return len(seen)


def test_no_page_asks_more_of_many_audiences_people_and_partners_than_of_one(cast: Cast, visit):
    tomas = visit(cast.tomas)
    one = save("A first", rule(position=[cast.sales_rep], organisation=[cast.brixham], people=[cast.ada]))
    save("A second", rule(audience=[one]))
    form = {
        "any.position": str(cast.sales_rep),
        "any.people": str(cast.ada),
        "any.organisation": str(cast.brixham),
    }
    places = [
        (LIST, None),
        (f"{LIST}/{one}", None),
        (f"{LIST}/{one}/edit", None),
        (f"{LIST}/{one}/look", form),
    ]
    before = [_cost(tomas, path, form) for path, form in places]
    for number in range(20):
        wanted = rule(
            position=[cast.sales_rep, cast.technician],
            organisation=[cast.brixham, cast.cardiff],
            people=[cast.ada, cast.jonas],
            audience=[one],
        )
        save(f"Number {number}", wanted)
    assert [_cost(tomas, path, form) for path, form in places] == before
    assert max(before) <= 45
