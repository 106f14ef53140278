"""Many rows at once: what is stored is what was said, on both databases, and as durable as any other write."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms.kernel.audit import AuditEntry
from lms.kernel.db import db, new_id
from lms.kernel.inserting import insert_all
from lms.kernel.outbox import DeliveryState, OutboxDelivery, OutboxMessage
from lms.kernel.uow import unit_of_work

AT = datetime(2026, 6, 1, 9, 30, tzinfo=timezone(timedelta(hours=2)))


def entry(**other):
    row = {
        "id": new_id(),
        "at": AT,
        "action": "Tried",
        "actor_id": None,
        "actor_name": "",
        "address": "",
        "request_id": "",
        "subject_id": None,
        "details": {},
    }
    return {**row, **other}


def message():
    return {"id": new_id(), "event": "Tried", "payload": {}, "request_id": "", "stored_at": AT}


def delivery(message_id, **other):
    row = {
        "message_id": message_id,
        "handler": "tests.on_tried",
        "state": DeliveryState.FAILED,
        "attempts": 3,
        "available_at": AT,
        "done_at": None,
        "last_error": "",
    }
    return {**row, **other}


def test_ids_instants_nothing_and_nested_values_come_back_as_they_were(app):
    awkward = {"a": [1, None, {"b": "ü’“\\\"'%s ?"}], "c": "{1,2}"}
    rows = [
        entry(details=awkward, actor_name="O’Neil, {x}"),
        entry(subject_id=new_id(), actor_id=new_id()),
        entry(),
    ]
    with unit_of_work():
        insert_all(AuditEntry, rows)
    with unit_of_work(read_only=True):
        found = {one.id: one for one in db.session.scalars(select(AuditEntry))}
        for row in rows:
            stored = found[row["id"]]
            assert {name: getattr(stored, name) for name in row} == row
            assert stored.at.tzinfo is UTC


def test_kinds_and_numbers_come_back_and_each_list_of_columns_has_its_own_statement(app):
    one, other = message(), message()
    with unit_of_work():
        insert_all(OutboxMessage, [one, other])
        insert_all(OutboxDelivery, [delivery(one["id"]), delivery(other["id"], done_at=AT, attempts=0)])
        insert_all(OutboxDelivery, [dict(reversed(delivery(one["id"], handler="tests.again").items()))])
    with unit_of_work(read_only=True):
        found = db.session.execute(
            select(OutboxDelivery.state, OutboxDelivery.attempts, OutboxDelivery.done_at).order_by(
                OutboxDelivery.attempts, OutboxDelivery.handler
            )
        ).all()
    assert [tuple(row) for row in found] == [
        (DeliveryState.FAILED, 0, AT),
        (DeliveryState.FAILED, 3, None),
        (DeliveryState.FAILED, 3, None),
    ]


def test_an_instant_without_a_zone_is_refused_and_nothing_is_stored(app):
    with pytest.raises(ValueError, match="naive"), unit_of_work():
        insert_all(AuditEntry, [entry(), entry(at=datetime(2026, 6, 1, 9))])  # noqa: DTZ001  that is the point
    with unit_of_work(read_only=True):
        assert db.session.scalars(select(AuditEntry)).all() == []


def test_a_row_that_a_constraint_refuses_takes_all_of_the_transaction_with_it(app):
    known = message()
    with pytest.raises(IntegrityError), unit_of_work():
        insert_all(OutboxMessage, [known])
        insert_all(OutboxDelivery, [delivery(known["id"]), delivery(new_id())])
    with unit_of_work(read_only=True):
        assert db.session.scalars(select(OutboxMessage)).all() == []


def test_what_waits_in_the_session_is_written_first(app):
    known = OutboxMessage(**message())
    with unit_of_work():
        db.session.add(known)
        insert_all(OutboxDelivery, [delivery(known.id)])
    with unit_of_work(read_only=True):
        assert db.session.scalars(select(OutboxDelivery.message_id)).all() == [known.id]


def test_what_somebody_stored_before_is_passed_over_where_that_is_asked_for_and_the_rest_is_stored(app):
    known, new = message(), message()
    with unit_of_work():
        insert_all(OutboxMessage, [known])
    with unit_of_work():
        insert_all(OutboxMessage, [{**known, "event": "Another"}, new], unless_there=True)
    with unit_of_work(read_only=True):
        found = {one.id: one.event for one in db.session.scalars(select(OutboxMessage))}
    assert found == {known["id"]: "Tried", new["id"]: "Tried"}
