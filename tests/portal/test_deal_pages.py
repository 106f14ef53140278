"""The pages of deals: what is typed stays, what is refused says why, and nobody sees what is not theirs."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from lms.kernel import clock
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from lms.portal.deals.models import DealRow
from lms.portal.deals.queries.deals import list_lines
from lms.portal.deals.values import DealId, DealState, LineDraft
from tests.support.portal import counted_queries

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def in_may(app):
    with clock.frozen_at(MAY) as advance:
        yield advance


def count_deals():
    with unit_of_work(read_only=True):
        return db.session.scalar(select(func.count()).select_from(DealRow))


def test_a_rep_registers_a_deal_and_the_channel_manager_approves_it(app, cast, dealing, visit):
    rep, manager = visit(cast.amara), visit(cast.jonas)
    assert "No deals yet" in rep.get("/deals").text
    assert rep.get("/deals/new").status_code == 200
    answer = rep.post("/deals/new", dealing.form(then="submit"))
    assert answer.status_code == 303
    shown = rep.get(answer.location).text
    assert "Submitted" in shown
    assert "Replay the gate" in shown
    deal_id = answer.location.rsplit("/", 1)[1]
    queue = manager.get("/deals/queue").text
    assert "Portside Cold Storage Ltd" in queue
    page = f"/deals/queue/{deal_id}"
    assert "Take into review" in manager.get(page).text
    assert manager.post(f"{page}/take", {"seen": "2"}).status_code == 303
    review = manager.get(page).text
    assert "valid through" in review
    assert "No duplicate" in review
    assert manager.post(f"{page}/approve", {"seen": "3"}).status_code == 303
    assert manager.post(f"{page}/approve", {"seen": "3"}).status_code == 303
    assert "Approved and protected until" in rep.get(answer.location).text
    assert "Nothing waits for you" in manager.get("/deals/queue").text


def test_a_refusal_names_the_rule_the_person_the_course_and_offers_to_begin(app, cast, dealing, visit):
    visitor = visit(cast.dafydd)
    answer = visitor.post("/deals/new", dealing.form(then="submit"))
    assert answer.status_code == 303
    shown = visitor.get(answer.location).text
    assert "Cannot be submitted yet: 2 rules are not met" in shown
    assert "The submitter holds Refrigeration Control Engineer" in shown
    assert "Open the course" in shown
    assert "Ask your admin to assign" in shown
    assert "1 h 30 min" in shown
    assert "Draft" in shown
    assert visitor.post(f"{answer.location}/ask").status_code == 303
    deal_id = DealId(UUID(answer.location.rsplit("/", 1)[1]))
    assert dealing.get(deal_id).state is DealState.DRAFT


@pytest.mark.parametrize(
    "field, value, said",
    [
        ("expected_close_on", "2026-05-03", "This day is past"),
        ("expected_close_on", "31.12.2026", "Give a date"),
        ("currency", "XYZ", "There is no currency XYZ"),
        ("amount", "a lot", "This is no amount"),
        ("amount", "36.000,00", "This is no amount"),
        ("amount", "-5", "more than nothing"),
        ("amount", "1.005", "no parts as small"),
        ("customer_name", "", "Name the customer"),
        ("customer_domain", "http://[half", "not a web address"),
        ("customer_country", "ZZ", "Choose one of those"),
        ("lines-0-quantity", "0", "quantity"),
        ("lines-0-quantity", "many", "quantity"),
        ("lines-0-product_id", "", "Choose at least one product"),
        ("source", "nobody", "Choose one of those"),
        ("key", "no id", "Reload this page"),
        ("seen", "²", "Reload this page"),
        ("seen", "9" * 5000, "Reload this page"),
        ("amount", "NaN", "This is no amount. Write it like 36,000."),
        ("amount", "Infinity", "This is no amount. Write it like 36,000."),
        ("amount", "1_000", "This is no amount. Write it like 36,000."),
        ("amount", "1e3", "This is no amount. Write it like 36,000."),
        ("expected_close_on", "9999-12-31", "Choose a day from 1900 to 2036."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(
    app, cast, dealing, visit, field, value, said
):
    form = dealing.form(competitor="Tarn Instruments", then="submit", **{field: value})
    answer = visit(cast.amara).post("/deals/new", form)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Tarn Instruments" in answer.text
    if value and field not in {"key", "customer_country", "source"}:
        assert value in answer.text
    assert count_deals() == 0


def test_a_product_twice_is_refused_and_more_rows_come_without_losing_anything(app, cast, dealing, visit):
    visitor = visit(cast.amara)
    product = str(dealing.controller)
    twice = dealing.form(**{"lines-1-product_id": product, "lines-1-quantity": "2"})
    assert "stands here twice" in visitor.post("/deals/new", twice).text
    more = visitor.post("/deals/new", dealing.form(more="1", amount="half typed"))
    assert more.status_code == 200
    assert "half typed" in more.text
    assert 'name="lines-5-product_id"' in more.text
    assert count_deals() == 0


def test_a_form_sent_twice_makes_one_deal_and_a_changed_one_keeps_its_number(app, cast, dealing, visit):
    visitor = visit(cast.amara)
    form = dealing.form(then="save")
    first, second = visitor.post("/deals/new", form), visitor.post("/deals/new", form)
    assert first.location == second.location
    assert count_deals() == 1
    edit = f"{first.location}/edit"
    assert "36,000" in visitor.get(edit).text
    changed = {**form, "seen": "1", "title": "Twelve cold rooms", "lines-0-quantity": "12"}
    assert visitor.post(edit, changed).status_code == 303
    assert "Twelve cold rooms" in visitor.get(first.location).text
    assert visitor.post(edit, changed).status_code == 409
    deal_id = DealId(UUID(first.location.rsplit("/", 1)[1]))
    with unit_of_work(read_only=True):
        assert [line.quantity for line in list_lines(deal_id)] == [12]


def test_a_key_of_somebody_elses_deal_opens_nothing(app, cast, dealing, visit):
    deal_id = dealing.write()
    answer = visit(cast.nils).post("/deals/new", dealing.form(key=str(deal_id), title="Mine now"))
    assert answer.status_code == 404
    assert dealing.get(deal_id).title == "Eleven cold rooms, Cardiff Bay"


def test_another_partners_deal_is_not_found_at_any_address(app, cast, dealing, visit):
    deal_id = dealing.write()
    for person_id in (cast.nils, cast.dafydd):
        visitor = visit(person_id)
        for page in (f"/deals/{deal_id}", f"/deals/{deal_id}/edit"):
            assert visitor.get(page).status_code == 404
        for verb in ("submit", "withdraw", "win", "lose", "ask", "edit"):
            assert visitor.post(f"/deals/{deal_id}/{verb}", {}).status_code == 404
        assert "Portside" not in visitor.get("/deals").text
        assert visitor.get(f"/deals/queue/{deal_id}").status_code == 403
    assert visit(cast.ruth).get(f"/deals/{deal_id}").status_code == 200
    nowhere = new_id()
    for page in (f"/deals/{nowhere}", f"/deals/{nowhere}/edit", f"/deals/queue/{nowhere}"):
        assert visit(cast.jonas).get(page).status_code == 404


def test_an_auditor_reads_a_deal_and_changes_nothing(app, cast, dealing, visit):
    deal_id, draft_id = dealing.write(), dealing.write(title="Not sent in")
    dealing.review(deal_id)
    dealing.do("send_back", deal_id, dealing.jonas, reason="Which cold rooms?")
    visitor = visit(cast.odd)
    page = visitor.get(f"/deals/{deal_id}")
    assert page.status_code == 200
    assert "United Kingdom" in page.text
    assert visitor.get(f"/deals/{draft_id}").status_code == 200
    assert visit(cast.jonas).get(f"/deals/{draft_id}").status_code == 404
    assert visitor.post(f"/deals/{deal_id}/submit", {}).status_code == 403
    assert visitor.get(f"/deals/{deal_id}/edit").status_code == 403
    assert visitor.post("/deals/new", dealing.form()).status_code == 403


def test_approval_is_locked_with_the_reason_while_the_gate_says_no(app, cast, dealing, visit, in_may):
    deal_id = dealing.write(expected_close_on=(MAY + 900 * DAY).date())
    dealing.review(deal_id)
    in_may(500 * DAY)
    visitor = visit(cast.jonas)
    page = f"/deals/queue/{deal_id}"
    shown = visitor.get(page).text
    assert "Cannot be approved yet: 2 rules are not met" in shown
    assert 'aria-disabled="true"' in shown
    assert f'action="{page}/approve"' not in shown
    assert visitor.post(f"{page}/approve", {"seen": "3"}).status_code == 303
    assert dealing.get(deal_id).state is DealState.UNDER_REVIEW
    assert "tried to approve: the gate said no" in visitor.get(page).text


def test_a_reason_is_asked_for_and_shown_to_the_partner(app, cast, dealing, visit):
    deal_id = dealing.write()
    dealing.review(deal_id)
    manager = visit(cast.jonas)
    assert manager.post(f"/deals/queue/{deal_id}/return", {"seen": "3", "reason": " "}).status_code == 422
    assert manager.post(f"/deals/queue/{deal_id}/return", {"seen": "2", "reason": "Why"}).status_code == 409
    given = {"seen": "3", "reason": "Add the <b>heat-loss</b> figures."}
    assert manager.post(f"/deals/queue/{deal_id}/return", given).status_code == 303
    shown = visit(cast.amara).get(f"/deals/{deal_id}").text
    assert "Jonas Weidmann asks for more" in shown
    assert "Add the &lt;b&gt;heat-loss" in shown


def test_a_rival_who_holds_the_opportunity_locks_the_approval(app, cast, dealing, visit):
    dealing.approved()
    second = dealing.write()
    dealing.review(second)
    visitor = visit(cast.jonas)
    assert "Possible duplicate" in visitor.get("/deals/queue").text
    shown = visitor.get(f"/deals/queue/{second}").text
    assert "D-1001 holds this opportunity" in shown
    assert visitor.post(f"/deals/queue/{second}/approve", {"seen": "3"}).status_code == 409


def test_lists_are_searched_narrowed_and_paged(app, cast, dealing, visit):
    for number in range(55):
        dealing.write(customer_name=f"Customer {number:02d}", customer_domain="", title=f"Room {number:02d}")
    visitor = visit(cast.amara)
    first = visitor.get("/deals").text
    assert first.count('<th scope="row">') == 50
    assert "after=" in first
    assert visitor.get("/deals?q=room+07").text.count('<th scope="row">') == 1
    assert visitor.get("/deals?q=D-1003").text.count('<th scope="row">') == 1
    assert "No deal fits" in visitor.get("/deals?tab=approved").text
    assert "No deal fits" in visitor.get("/deals?q=%25").text
    assert visitor.get("/deals?after=nonsense").status_code == 422


def test_no_page_of_deals_asks_more_of_the_database_for_more_deals(app, cast, dealing, visit):
    def asked(visitor, page):
        visitor.get(page)
        with counted_queries() as seen:
            assert visitor.get(page).status_code == 200
        return len(seen)

    manager, rep = visit(cast.jonas), visit(cast.amara)
    deal_id = dealing.write()
    dealing.do("submit", deal_id, dealing.amara)
    pages = [(rep, "/deals"), (manager, "/deals/queue"), (manager, f"/deals/queue/{deal_id}")]
    few = [asked(*one) for one in pages]
    for number in range(9):
        other = dealing.write(customer_name=f"Portside Cold Storage {number}", customer_domain="")
        dealing.do("submit", other, dealing.amara)
    many = [asked(*one) for one in pages]
    # Once there are rivals, their partners' names take one query more, however many they are.
    assert [after <= before + 1 for before, after in zip(few, many, strict=True)] == [True] * 3


def test_a_deal_of_two_brands_shows_both_gates(app, cast, dealing, visit):
    deal_id = dealing.write(
        lines=(
            LineDraft(product_id=dealing.controller, quantity=1),
            LineDraft(product_id=dealing.heat_pump, quantity=2),
        )
    )
    shown = visit(cast.amara).get(f"/deals/{deal_id}").text
    assert "Certification evidence for Halden Cold" in shown
    assert "Certification evidence for Halden Air" in shown


def test_a_stale_tab_keeps_what_was_typed_in_a_deal_and_puts_it_over_the_newer_only_when_told(
    app, cast, dealing, visit
):
    deal_id = dealing.write()
    rep, version = visit(cast.amara), dealing.get(deal_id).version
    rep.post(f"/deals/{deal_id}/edit", dealing.form(seen=version, title="Saved in the other tab"))
    stale = rep.post(f"/deals/{deal_id}/edit", dealing.form(seen=version, title="Typed in this one"))
    assert stale.status_code == 409
    assert "Typed in this one" in stale.text
    assert "Somebody changed this deal since you opened it." in stale.text
    assert dealing.get(deal_id).title == "Saved in the other tab"
    assert f'name="seen" type="hidden" value="{version + 1}"' in stale.text
    rep.post(f"/deals/{deal_id}/edit", dealing.form(seen=version + 1, title="Typed in this one"))
    assert dealing.get(deal_id).title == "Typed in this one"


def test_who_decides_over_a_deal_that_moved_on_is_led_back_to_it(app, cast, dealing, visit):
    deal_id = dealing.write()
    dealing.review(deal_id)
    jonas, address = visit(cast.jonas), f"/deals/queue/{deal_id}"
    seen = dealing.get(deal_id).version
    assert jonas.post(f"{address}/approve", {"seen": seen}).status_code == 303
    for where, leads in ((f"http://localhost:8000{address}", address), ("http://elsewhere.example/x", "/")):
        late = jonas.post(f"{address}/reject", {"seen": seen, "reason": "No."}, headers={"Referer": where})
        assert late.status_code == 409
        assert f'href="{leads}">' in late.text.partition("stumble")[2]
        assert "Open the page again" in late.text


@pytest.mark.parametrize("seen", ["", "x", "-1"])
def test_a_deal_is_changed_only_over_a_version_that_was_seen(app, cast, dealing, visit, seen):
    rep = visit(cast.amara)
    deal = rep.post("/deals/new", dealing.form()).location
    answer = rep.post(f"{deal}/edit", dealing.form(seen=seen, title="Twelve cold rooms"))
    assert answer.status_code == 422
    assert "Reload this page and try again." in answer.text
    assert "Twelve cold rooms" not in rep.get(deal).text


def test_a_form_whose_key_is_none_says_so_and_comes_back_with_one_that_holds(app, cast, dealing, visit):
    rep = visit(cast.amara)
    answer = rep.post("/deals/new", dealing.form(key="zz"))
    assert answer.status_code == 422
    assert "<li>Reload this page and try again.</li>" in answer.text, "a hidden field is no place to lead to"
    key = answer.text.partition('name="key"')[2].partition('value="')[2].partition('"')[0]
    assert rep.post("/deals/new", dealing.form(key=key)).status_code == 303
