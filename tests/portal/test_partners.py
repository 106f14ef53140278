"""Partners: who sees which, and what becomes of the record that is kept of each."""

from lms.kernel import search
from lms.kernel.uow import unit_of_work
from tests.support.portal import counted_queries


def test_a_partner_admin_sees_their_own_tree_and_nobody_elses(app, cast, visit):
    shown = visit(cast.ruth).get("/partners")
    assert shown.status_code == 200
    assert "Brixham Automation" in shown.text
    assert "Cardiff branch of Brixham" in shown.text
    assert "Northway" not in shown.text
    assert visit(cast.ruth).get(f"/partners/{cast.cardiff}").status_code == 200
    assert visit(cast.ruth).get(f"/partners/{cast.northway}").status_code == 404


def test_a_sales_rep_has_no_list_of_partners(app, cast, visit):
    assert visit(cast.amara).get("/partners").status_code == 403


def test_the_maker_itself_is_no_partner(app, cast, visit):
    assert "Halden Controls" not in visit(cast.ada).get("/partners").text.split("<main")[1]
    assert visit(cast.ada).get(f"/partners/{cast.halden}").status_code == 404


def test_a_filter_that_nothing_fits_offers_the_way_back(app, cast, visit):
    shown = visit(cast.jonas).get("/partners?q=nobody+at+all")
    assert "No partner fits" in shown.text
    assert "Brixham Automation" in visit(cast.jonas).get("/partners?q=brix&model=reseller").text


def test_a_record_is_kept_shown_and_not_overwritten_from_a_stale_tab(app, cast, visit):
    visitor = visit(cast.petra)
    record = {
        "seen": "0",
        "channel_manager_id": str(cast.jonas),
        "joined_on": "2024-03-01",
        "agreement": "active",
        "note": "Pays on time.",
    }
    answer = visitor.post(f"/partners/{cast.brixham}/record", record)
    assert answer.status_code == 303
    shown = visitor.get(f"/partners/{cast.brixham}").text
    assert "Jonas Weidmann" in shown
    assert "Agreement in force" in shown
    assert "Pays on time." in shown
    assert "Pays on time." not in visit(cast.ruth).get(f"/partners/{cast.brixham}").text
    assert visitor.post(f"/partners/{cast.brixham}/record", record).status_code == 409


def test_an_auditor_reads_records_and_changes_none(app, cast, visit):
    visitor = visit(cast.odd)
    assert visitor.get(f"/partners/{cast.brixham}").status_code == 200
    assert visitor.get(f"/partners/{cast.brixham}/record").status_code == 403
    assert visitor.post(f"/partners/{cast.brixham}/record", {}).status_code == 403


def test_only_somebody_whose_role_reaches_the_partner_looks_after_it(app, cast, visit):
    answer = visit(cast.petra).post(
        f"/partners/{cast.brixham}/record",
        {"seen": "0", "channel_manager_id": str(cast.nils), "agreement": "active"},
    )
    assert answer.status_code == 422


def test_search_finds_a_partner_for_those_who_may_open_it(app, cast, visit):
    visit(cast.petra).post(f"/partners/{cast.brixham}/record", {"seen": "0", "agreement": "active"})

    with unit_of_work(read_only=True):
        everything = search.find("brix", readers={"partners:view/everything"})
        above = search.find("brix", readers={f"partners:view/organisation:{cast.brixham}"})
        rival = search.find("brix", readers={f"partners:view/organisation:{cast.northway}"})
    assert len(everything) == len(above) == 1
    assert not rival


def test_the_list_asks_the_database_the_same_number_of_times_for_one_partner_as_for_three(app, cast, visit):
    one, all_of_them = visit(cast.nils), visit(cast.ada)
    for visitor in (one, all_of_them):
        visitor.get("/partners")
    with counted_queries() as few:
        one.get("/partners")
    with counted_queries() as many:
        all_of_them.get("/partners")
    assert len(many) <= len(few) + 1  # parents are looked up only where there are some
