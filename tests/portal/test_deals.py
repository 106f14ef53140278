"""Deals on real tables: gated, decided once, never lost or doubled, one approved for each opportunity."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Lock, Thread

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from lms.identity import facade as identity
from lms.kernel import clock, events, outbox, privacy, search, uow
from lms.kernel.actor import SYSTEM, Role, Scope, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.uow import unit_of_work
from lms.notifications.models import NoticeRow
from lms.portal.deals import facade as deals
from lms.portal.deals import jobs
from lms.portal.deals.models import CustomerRow, DealClaim, DealHistory, DealRow
from lms.portal.deals.queries.customers import find_neighbours, list_contested
from lms.portal.deals.queries.deals import get_deal, list_history
from lms.portal.deals.values import DealId, DealState, LineDraft, Terms, Verb
from lms.portal.standing import facade as standing
from lms.portal.standing.values import MeasureNeed, Rung

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def in_may(app):
    with clock.frozen_at(MAY) as advance:
        yield advance


def told():
    """Deliver what is due and return who was told what of deals, as pairs."""
    outbox.deliver_due(events.apply)
    with unit_of_work(read_only=True):
        rows = db.session.scalars(select(NoticeRow).where(NoticeRow.kind.startswith("deals.")))
        return {(row.person_id, row.kind) for row in rows}


def verbs(deal_id):
    with unit_of_work(read_only=True):
        return [entry.verb for entry in reversed(list_history(deal_id))]


def test_a_deal_goes_from_draft_to_won_and_everyone_concerned_is_told(app, cast, dealing):
    deal_id = dealing.write()
    assert dealing.get(deal_id).name == "D-1001"
    assert dealing.do("submit", deal_id, dealing.amara).done
    assert told() == {(cast.jonas, "deals.submitted")}
    dealing.do("take", deal_id, dealing.jonas)
    assert dealing.do("approve", deal_id, dealing.jonas).done
    assert {(cast.amara, "deals.approved"), (cast.ruth, "deals.approved")} <= told()
    deal = dealing.get(deal_id)
    assert deal.state is DealState.APPROVED
    assert deal.protected_until == MAY + 90 * DAY
    dealing.do("win", deal_id, dealing.amara, reason="Signed")
    assert dealing.get(deal_id).state is DealState.WON
    assert verbs(deal_id) == [Verb.SAVE, Verb.SUBMIT, Verb.TAKE, Verb.APPROVE, Verb.WIN]


def test_a_refused_deal_stays_a_draft_keeps_the_decision_and_passes_once_the_cure_is_taken(
    app, cast, dealing
):
    nils = dealing.actor(cast.nils, cast.northway)
    deal_id = dealing.write(nils)
    refused = dealing.do("submit", deal_id, nils)
    assert not refused.done
    assert dealing.get(deal_id).state is DealState.DRAFT
    with unit_of_work(read_only=True):
        (decision,) = [standing.get_decision(one) for one in refused.decision_ids]
    assert {cure.person_id for cure in decision.verdict.plan if cure.person_id} == {cast.nils}
    dealing.gate.scene.learn(cast.nils)
    with unit_of_work(), acting_as(SYSTEM):
        second = identity.add_person(
            email="kit@example.com", name="Kit Moor", now=clock.now(), showcase_line="In the tests"
        )
        identity.employ(
            person_id=second,
            organisation_id=cast.northway,
            position_id=None,
            region_id=None,
            now=clock.now(),
        )
    assert not dealing.do("submit", deal_id, nils).done
    dealing.gate.scene.learn(second)
    assert dealing.do("submit", deal_id, nils).done


def test_the_gate_is_asked_again_at_approval_and_the_deal_waits_where_it_is(app, cast, dealing, in_may):
    deal_id = dealing.write(expected_close_on=(MAY + 800 * DAY).date())
    dealing.review(deal_id)
    in_may(500 * DAY)
    outcome = dealing.do("approve", deal_id, dealing.jonas)
    assert not outcome.done
    assert dealing.get(deal_id).state is DealState.UNDER_REVIEW
    for person_id in (cast.amara, cast.ruth):
        dealing.gate.scene.learn(person_id)
    assert dealing.do("approve", deal_id, dealing.jonas).done


def test_each_brand_of_a_deal_is_decided_by_its_own_gate(app, cast, dealing):
    deal_id = dealing.write(
        lines=(
            LineDraft(product_id=dealing.controller, quantity=1),
            LineDraft(product_id=dealing.heat_pump, quantity=2),
        )
    )
    outcome = dealing.do("submit", deal_id, dealing.amara)
    with unit_of_work(read_only=True):
        brands = {standing.get_decision(one).brand_id for one in outcome.decision_ids}
    assert outcome.done
    assert brands == {cast.cold, cast.air}


@pytest.mark.parametrize("verb", ["submit", "take", "approve", "win"])
def test_a_verb_sent_twice_is_done_once(app, dealing, verb):
    deal_id = dealing.write()
    steps = {
        "submit": (dealing.amara, {}),
        "take": (dealing.jonas, {}),
        "approve": (dealing.jonas, {}),
        "win": (dealing.amara, {"reason": ""}),
    }
    for step, (actor, given) in steps.items():
        dealing.do(step, deal_id, actor, **given)
        if step == verb:
            before = dealing.get(deal_id), verbs(deal_id)
            dealing.do(step, deal_id, actor, **given)
            assert (dealing.get(deal_id), verbs(deal_id)) == before
            return


def test_a_form_sent_twice_makes_one_deal(app, dealing):
    deal_id = DealId(new_id())
    for _click in range(2):
        with unit_of_work(), acting_as(dealing.amara):
            deals.save_draft(deal_id=deal_id, draft=dealing.draft(), actor=dealing.amara, now=clock.now())
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(DealRow)) == 1
    assert verbs(deal_id) == [Verb.SAVE]


def test_what_was_changed_meanwhile_is_not_overwritten_or_decided_unseen(app, dealing):
    deal_id = dealing.write()
    with unit_of_work(), acting_as(dealing.amara):
        deals.save_draft(
            deal_id=deal_id,
            draft=dealing.draft(title="Twelve cold rooms"),
            actor=dealing.amara,
            now=clock.now(),
            seen=1,
        )
    with pytest.raises(Conflict), unit_of_work(), acting_as(dealing.amara):
        deals.save_draft(deal_id=deal_id, draft=dealing.draft(), actor=dealing.amara, now=clock.now(), seen=1)
    assert dealing.get(deal_id).title == "Twelve cold rooms"
    with pytest.raises(Conflict):
        dealing.do("submit", deal_id, dealing.amara, seen=1)


def test_whose_deal_it_is_not_does_nothing_with_it(app, cast, dealing):
    deal_id = dealing.write()
    nils = dealing.actor(cast.nils, cast.northway)
    rival_admin = dealing.actor(
        cast.nils, cast.northway, Role.PARTNER_ADMIN, Scope(organisation_roots=frozenset({cast.northway}))
    )
    auditor = dealing.actor(cast.odd, cast.halden, Role.AUDITOR)
    for actor in (nils, rival_admin, dealing.jonas):
        with pytest.raises(NotFound):
            dealing.do("submit", deal_id, actor)
    with pytest.raises(Forbidden):
        dealing.do("submit", deal_id, auditor)
    dealing.review(deal_id)
    for actor in (auditor, dealing.jonas):
        with pytest.raises(Forbidden):
            dealing.do("withdraw", deal_id, actor, reason="")
    with pytest.raises(Forbidden):
        dealing.do("approve", deal_id, dealing.amara)
    with pytest.raises(Forbidden):
        dealing.do("reject", deal_id, auditor, reason="No")


def test_who_has_moved_to_a_rival_no_longer_sees_the_deals_they_left(app, cast, dealing):
    deal_id = dealing.write()
    with pytest.raises(NotFound), unit_of_work(read_only=True):
        deals.get_visible(deal_id, replace(dealing.amara, employer_id=cast.northway))


def test_only_people_of_partners_register_deals(app, dealing):
    with pytest.raises(Forbidden):
        dealing.write(dealing.jonas)


def test_a_past_close_date_is_refused_at_writing_and_at_submitting(app, dealing, in_may):
    with pytest.raises(Invalid) as refusal:
        dealing.write(expected_close_on=(MAY - DAY).date())
    assert set(refusal.value.fields) == {"expected_close_on"}
    deal_id = dealing.write(expected_close_on=(MAY + DAY).date())
    in_may(3 * DAY)
    with pytest.raises(Invalid):
        dealing.do("submit", deal_id, dealing.amara)


def test_a_returned_deal_may_come_back_twice_and_then_must_be_decided(app, cast, dealing):
    deal_id = dealing.write()
    for _time in range(2):
        dealing.review(deal_id)
        dealing.do("send_back", deal_id, dealing.jonas, reason="Add the heat-loss figures.")
    assert (cast.amara, "deals.returned") in told()
    dealing.review(deal_id)
    with pytest.raises(Conflict):
        dealing.do("send_back", deal_id, dealing.jonas, reason="Once more")
    with pytest.raises(Invalid):
        dealing.do("reject", deal_id, dealing.jonas, reason="  ")
    dealing.do("reject", deal_id, dealing.jonas, reason="Reserved for direct sales.")
    assert (cast.ruth, "deals.rejected") in told()


def test_a_large_deal_is_approved_by_two_different_people(app, cast, dealing):
    with unit_of_work():
        deals.set_terms(terms=Terms(second_step_from_minor={"GBP": 3_600_000}), now=clock.now())
    deal_id = dealing.write()
    dealing.review(deal_id)
    dealing.do("approve", deal_id, dealing.petra)
    assert dealing.get(deal_id).state is DealState.PENDING_APPROVAL
    with pytest.raises(Forbidden):
        dealing.do("approve", deal_id, dealing.jonas)
    second = dealing.actor(cast.ada, cast.halden, Role.PROGRAMME_MANAGER)
    assert dealing.do("approve", deal_id, second).done
    assert dealing.get(deal_id).state is DealState.APPROVED


def test_the_first_approver_is_not_the_second(app, dealing):
    with unit_of_work():
        deals.set_terms(terms=Terms(second_step_from_minor={"GBP": 1}), now=clock.now())
    deal_id = dealing.write()
    dealing.review(deal_id)
    dealing.do("approve", deal_id, dealing.petra)
    # A second click is no second step, and a second act needs a second person.
    dealing.do("approve", deal_id, dealing.petra)
    assert dealing.get(deal_id).state is DealState.PENDING_APPROVAL
    assert verbs(deal_id).count(Verb.APPROVE) == 1


def test_one_customer_in_many_spellings_is_one_and_free_again_when_the_deal_ends(app, dealing):
    first = dealing.approved()
    second = dealing.write(customer_name="PORTSIDE COLD-STORAGE LIMITED", customer_domain="")
    assert dealing.get(first).customer_id == dealing.get(second).customer_id
    dealing.review(second)
    with pytest.raises(Conflict, match="D-1001"):
        dealing.do("approve", second, dealing.jonas)
    other_product = dealing.write(lines=(LineDraft(product_id=dealing.valve, quantity=1),))
    dealing.review(other_product)
    assert dealing.do("approve", other_product, dealing.jonas).done
    dealing.do("lose", first, dealing.amara, reason="Too dear")
    assert dealing.do("approve", second, dealing.jonas).done


def test_a_reviewer_is_shown_the_same_customer_and_similar_names(app, dealing):
    same = dealing.approved(customer_domain="")
    similar = dealing.approved(customer_name="Portside Cold Storages Group", customer_domain="")
    far = dealing.approved(customer_name="Harbour Lane Bakery Ltd", customer_domain="")
    mine = dealing.write(customer_domain="")
    dealing.do("submit", mine, dealing.amara)
    with unit_of_work(read_only=True):
        neighbours = find_neighbours(get_deal(mine))
        contested = list_contested([get_deal(one) for one in (mine, similar, far)])
    assert [(rival.deal.id, rival.is_same_customer) for rival in neighbours.rivals] == [
        (same, True),
        (similar, False),
    ]
    assert contested == {mine}


def test_protection_ends_by_the_clock_also_when_the_job_is_late(app, cast, dealing, in_may):
    first = dealing.approved(expected_close_on=(MAY + 300 * DAY).date())
    second = dealing.write(expected_close_on=(MAY + 300 * DAY).date())
    dealing.review(second)
    in_may(90 * DAY - SECOND)
    with pytest.raises(Conflict):
        dealing.do("approve", second, dealing.jonas)
    in_may(SECOND)
    assert dealing.do("approve", second, dealing.jonas).done
    assert dealing.get(first).state is DealState.EXPIRED
    in_may(91 * DAY)
    jobs.end_protections()
    jobs.end_protections()
    assert dealing.get(second).state is DealState.EXPIRED
    assert verbs(second).count(Verb.EXPIRE) == 1
    assert (cast.amara, "deals.expired") in told()


def test_an_extension_counts_from_the_end_and_comes_once(app, dealing):
    deal_id = dealing.approved()
    dealing.do("extend", deal_id, dealing.jonas, reason="The tender was moved.")
    dealing.do("extend", deal_id, dealing.jonas, reason="The tender was moved.")
    assert dealing.get(deal_id).protected_until == MAY + 150 * DAY
    with pytest.raises(Conflict):
        dealing.do("extend", deal_id, dealing.petra, reason="Once more")


def test_the_history_is_never_changed_or_deleted_by_anybody(app, dealing):
    dealing.write()
    for statement in ("UPDATE deal_history SET reason = 'x'", "DELETE FROM deal_history"):
        with pytest.raises(DBAPIError), unit_of_work():
            db.session.execute(text(statement))


def test_asking_for_training_tells_the_admins_once(app, cast, dealing, in_may):
    deal_id = dealing.write()
    for _click in range(2):
        dealing.do("ask_for_training", deal_id, dealing.amara)
    assert (cast.ruth, "deals.training_asked") in told()
    assert verbs(deal_id).count(Verb.ASK) == 1
    in_may(timedelta(minutes=11))
    dealing.do("ask_for_training", deal_id, dealing.amara)
    assert verbs(deal_id).count(Verb.ASK) == 2


def test_a_won_deal_counts_for_the_tier_at_once(app, cast, dealing):
    one_win = MeasureNeed(key="deals_won", count=1, days=365)
    with unit_of_work(), acting_as(SYSTEM):
        standing.set_ladder(
            rungs=[
                Rung(key="registered", name="Registered"),
                Rung(key="silver", name="Silver", measures=(one_win,)),
            ]
        )
        standing.restand(partner_ids=[cast.brixham], now=clock.now())
    deal_id = dealing.approved()
    dealing.do("win", deal_id, dealing.amara, reason="")
    with unit_of_work(read_only=True):
        assert standing.tiers_of([cast.brixham])[cast.brixham].tier == "silver"


def test_search_finds_a_deal_for_those_who_may_open_it_alone(app, cast, dealing):
    deal_id = dealing.write()

    def found(actor):
        with unit_of_work(read_only=True):
            return [hit.kind for hit in search.find("portside", readers=search.readers_of(actor))]

    ruth = dealing.actor(
        cast.ruth, cast.brixham, Role.PARTNER_ADMIN, Scope(organisation_roots=frozenset({cast.brixham}))
    )
    nils = dealing.actor(
        cast.nils, cast.northway, Role.PARTNER_ADMIN, Scope(organisation_roots=frozenset({cast.northway}))
    )
    for actor in (dealing.amara, ruth):
        assert found(actor) == ["deal"]
    assert found(dealing.jonas) == [], "a draft is the partner's alone"
    dealing.do("submit", deal_id, dealing.amara)
    for actor in (dealing.amara, ruth, dealing.jonas):
        assert found(actor) == ["deal"]
    for actor in (
        nils,
        replace(dealing.amara, employer_id=cast.northway),
        dealing.actor(cast.tomas, cast.halden),
    ):
        assert found(actor) == []


def test_a_draft_is_seen_by_its_partner_alone_until_it_is_sent_in(app, cast, dealing, visit):
    deal_id, withdrawn = dealing.write(), dealing.write(title="Never sent in")
    dealing.do("withdraw", withdrawn, dealing.amara, reason="")
    manufacturers = [visit(one) for one in (cast.jonas, cast.petra, cast.ada)]
    # The auditor reads everything, and changes nothing.
    for reader in (visit(cast.amara), visit(cast.ruth), visit(cast.odd)):
        assert reader.get(f"/deals/{deal_id}").status_code == 200
        assert "Portside" in reader.get("/deals").text
    for reader in manufacturers:
        assert {reader.get(f"/deals/{one}").status_code for one in (deal_id, withdrawn)} == {404}
        for path in ("/deals", "/deals.csv", "/search.json?q=portside", f"/partners/{cast.brixham}"):
            assert "Portside" not in reader.get(path).text, path
    assert dealing.do("submit", deal_id, dealing.amara).done
    for reader in manufacturers:
        assert reader.get(f"/deals/{deal_id}").status_code == 200
        assert reader.get(f"/deals/{withdrawn}").status_code == 404


def test_an_erased_submitter_leaves_the_deal_and_no_name(app, cast, dealing, visit):
    deal_id = dealing.approved()
    with unit_of_work():
        exported = privacy.export(cast.amara)
    assert exported["deals"]["registered"][0]["number"] == "D-1001"
    with unit_of_work(), acting_as(SYSTEM):
        privacy.erase(cast.amara)
    shown = visit(cast.jonas).get(f"/deals/{deal_id}")
    assert shown.status_code == 200
    assert "Amara" not in shown.text
    assert dealing.get(deal_id).state is DealState.APPROVED


def at_once(app, works):
    """Run every piece of work at the same moment, each in a thread and a transaction; return what came of each."""
    barrier, lock, came = Barrier(len(works)), Lock(), []

    def run(work):
        with app.app_context(), acting_as(SYSTEM):
            try:
                barrier.wait()
                outcome = uow.run(work)
            except Exception as error:  # noqa: BLE001  what is refused is looked at by the test
                outcome = error
            finally:
                db.session.remove()
            with lock:
                came.append(outcome)

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def test_of_twenty_deals_for_one_opportunity_approved_at_once_exactly_one_is(app, dealing):
    waiting = [
        dealing.write(customer_name=f"Portside Cold Storage {form}") for form in ["Ltd", "Limited"] * 10
    ]
    for deal_id in waiting:
        dealing.review(deal_id)
    came = at_once(
        app,
        [lambda one=one: deals.approve(deal_id=one, actor=dealing.jonas, now=clock.now()) for one in waiting],
    )
    refused = [one for one in came if isinstance(one, Conflict)]
    assert len(refused) == 19
    assert all("holds this opportunity" in str(one.message) for one in refused)
    states = [dealing.get(one).state for one in waiting]
    assert states.count(DealState.APPROVED) == 1
    assert states.count(DealState.UNDER_REVIEW) == 19
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(DealClaim)) == 1


def test_twenty_reps_who_write_and_submit_at_once_get_twenty_numbers_and_one_customer(app, dealing):
    ids = [DealId(new_id()) for _rep in range(20)]

    def write(deal_id):
        deals.save_draft(deal_id=deal_id, draft=dealing.draft(), actor=dealing.amara, now=clock.now())
        return deals.submit(deal_id=deal_id, actor=dealing.amara, now=clock.now()).done

    came = at_once(app, [lambda one=one: write(one) for one in ids])
    assert came == [True] * 20
    assert {dealing.get(one).number for one in ids} == set(range(1001, 1021))
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(CustomerRow)) == 1


def test_one_deal_submitted_twenty_times_at_once_is_submitted_once(app, dealing):
    deal_id = dealing.write()
    came = at_once(
        app,
        [lambda: deals.submit(deal_id=deal_id, actor=dealing.amara, now=clock.now()).done] * 20,
    )
    assert came == [True] * 20
    with unit_of_work(read_only=True):
        submitted = select(func.count()).select_from(DealHistory).where(DealHistory.verb == Verb.SUBMIT)
        assert db.session.scalar(submitted) == 1
