"""The outbox: what must follow a commit follows it once, whatever dies in between."""

import threading
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from lms.identity.models import BrandRow
from lms.identity.values import BrandId
from lms.kernel import audit, clock, events, outbox
from lms.kernel.actor import Actor, acting_as
from lms.kernel.audit import AuditEntry, AuditFilter
from lms.kernel.db import db, new_id
from lms.kernel.events import Wire
from lms.kernel.outbox import DeliveryState, OutboxDelivery
from lms.kernel.uow import unit_of_work


@dataclass(frozen=True, kw_only=True)
class BrandLaunched(events.Event):
    """A fact of these tests."""

    SUBJECT: ClassVar[str] = "brand_id"
    brand_id: BrandId
    name: str


ran: Counter[str] = Counter()
failing: set[str] = set()


def within(event):
    db.session.add(BrandRow(id=event.brand_id, name=event.name, code=event.name))


def after(event):
    ran[event.name] += 1
    db.session.add(BrandRow(id=new_id(), name=f"{event.name} followed", code=f"{event.name} followed"))
    db.session.flush()
    if event.name in failing:
        raise RuntimeError("the other side is down")


sets: list[int] = []


@events.in_batches(10)
def in_a_set(past):
    sets.append(len(past))
    for one in past:
        name = f"{one.fact.name} told at {one.at:%S.%f}"
        db.session.add(BrandRow(id=one.id, name=name, code=name))
        db.session.flush()
        if one.fact.name in failing:
            raise RuntimeError("this one cannot be told")


@pytest.fixture
def wired_in_sets(app):
    sets.clear()
    failing.clear()
    before = app.extensions["lms.events"]
    events.install(app, [Wire(BrandLaunched, after=(in_a_set,))])
    yield app
    app.extensions["lms.events"] = before


@pytest.fixture
def wired(app):
    ran.clear()
    failing.clear()
    before = app.extensions["lms.events"]
    events.install(app, [Wire(BrandLaunched, within=(within,), after=(after,))])
    yield app
    app.extensions["lms.events"] = before


def _launch(name="Cold"):
    with unit_of_work():
        events.record(BrandLaunched(brand_id=BrandId(new_id()), name=name))


def _names():
    with unit_of_work(read_only=True):
        return sorted(db.session.scalars(select(BrandRow.name)))


def _states():
    with unit_of_work(read_only=True):
        return Counter(db.session.scalars(select(OutboxDelivery.state)))


def test_a_reaction_within_is_seen_by_the_next_request_and_one_after_waits_for_a_worker(wired):
    _launch()
    assert _names() == ["Cold"]
    assert outbox.deliver_due(events.apply) == 1
    assert _names() == ["Cold", "Cold followed"]


def test_a_fact_that_is_rolled_back_has_no_consequences(wired):
    with pytest.raises(ZeroDivisionError), unit_of_work():
        events.record(BrandLaunched(brand_id=BrandId(new_id()), name="Cold"))
        _ = 1 / 0
    assert outbox.deliver_due(events.apply) == 0
    assert _names() == []


def test_a_reaction_that_fails_leaves_nothing_half_done_and_is_tried_again_later(wired):
    failing.add("Cold")
    _launch()
    with clock.frozen_at(clock.now()) as advance:
        outbox.deliver_due(events.apply)
        assert _names() == ["Cold"]
        assert outbox.deliver_due(events.apply) == 0
        failing.clear()
        advance(timedelta(seconds=3))
        outbox.deliver_due(events.apply)
    assert _names() == ["Cold", "Cold followed"]
    assert _states() == {DeliveryState.DONE: 1}


def test_a_reaction_that_never_succeeds_is_shown_and_can_be_tried_again(wired):
    failing.add("Cold")
    _launch()
    with clock.frozen_at(clock.now()) as advance:
        for _ in range(outbox.ATTEMPTS):
            outbox.deliver_due(events.apply)
            advance(timedelta(hours=2))
    with unit_of_work():
        assert "the other side is down" in outbox.list_failed()[0].last_error
        assert outbox.retry_failed() == 1
    failing.clear()
    outbox.deliver_due(events.apply)
    assert _states() == {DeliveryState.DONE: 1}


def test_many_workers_at_once_deliver_everything_exactly_once(wired):
    for number in range(30):
        _launch(f"Brand {number}")

    def work():
        with wired.app_context():
            while outbox.deliver_due(events.apply):
                pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert set(ran.values()) == {1}
    assert len(ran) == 30
    assert len(_names()) == 60


def test_every_fact_stands_in_the_audit_trail_with_who_when_and_from_where(wired):
    ruth = Actor(person_id=new_id(), name="Ruth Calloway", address="192.0.2.7", request_id="r-1")
    with acting_as(ruth):
        _launch()
    with unit_of_work(read_only=True):
        entry = audit.list_entries(AuditFilter(action="BrandLaunched"), before=None, limit=10)[0]
        # By id: a name would outlive the person's erasure.
        assert (entry.actor_id, entry.address, entry.request_id) == (ruth.person_id, "192.0.2.7", "r-1")
        assert entry.details["name"] == "Cold"


def test_nobody_rewrites_the_audit_trail_not_even_with_the_database_in_hand(wired):
    _launch()
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work():
        db.session.execute(update(AuditEntry).values(actor_name="somebody else"))
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work():
        db.session.execute(delete(AuditEntry))


def test_what_waits_for_one_reaction_is_told_it_together_each_with_its_own_instant(wired_in_sets):
    with clock.frozen_at(clock.now()) as advance:
        begun = clock.now()
        for number in range(23):
            _launch(f"Brand {number}")
            advance(timedelta(milliseconds=1))
        assert outbox.deliver_due(events.apply, at_once=events.at_once) == 23
    assert sets == [10, 10, 3]
    assert _states() == {DeliveryState.DONE: 23}
    told = {f"Brand {one} told at {begun + timedelta(milliseconds=one):%S.%f}" for one in range(23)}
    assert set(_names()) == told


def test_one_that_cannot_be_told_keeps_none_of_the_others_waiting_and_is_tried_again(wired_in_sets):
    failing.add("Brand 4")
    for number in range(8):
        _launch(f"Brand {number}")
    with clock.frozen_at(clock.now()) as advance:
        outbox.deliver_due(events.apply, at_once=events.at_once)
        assert len(_names()) == 7
        assert _states() == {DeliveryState.DONE: 7, DeliveryState.PENDING: 1}
        failing.clear()
        advance(timedelta(seconds=3))
        outbox.deliver_due(events.apply, at_once=events.at_once)
    assert len(_names()) == 8
    assert _states() == {DeliveryState.DONE: 8}


def test_many_workers_at_once_tell_each_of_a_set_exactly_once(wired_in_sets):
    for number in range(60):
        _launch(f"Brand {number}")

    def work():
        with wired_in_sets.app_context():
            while outbox.deliver_due(events.apply, at_once=events.at_once):
                pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(_names()) == 60
    assert _states() == {DeliveryState.DONE: 60}
