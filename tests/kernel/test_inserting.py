"""Many rows at once: what is stored is what was said, on both databases, and as durable as any other write."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from lms.kernel import arrays
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db, new_id
from lms.kernel.inserting import insert_all, update_all
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


def test_each_row_is_changed_to_what_is_said_of_it_and_no_other_row_is(app):
    message_id = new_id()
    awkward = 'no \\ "way", {NULL}'
    with unit_of_work():
        insert_all(OutboxMessage, [{**message(), "id": message_id}])
        insert_all(OutboxDelivery, [delivery(message_id, handler=one) for one in ("a", "b", "c")])
    changes = [
        {"message_id": message_id, "handler": "a", "done_at": AT, "last_error": awkward, "attempts": 7},
        {"message_id": message_id, "handler": "b", "done_at": None, "last_error": "", "attempts": 0},
        {"message_id": new_id(), "handler": "c", "done_at": AT, "last_error": "not there", "attempts": 9},
    ]
    with unit_of_work():
        update_all(OutboxDelivery, ["message_id", "handler"], changes)
        update_all(OutboxDelivery, ["message_id", "handler"], [])
    with unit_of_work(read_only=True):
        rows = {one.handler: one for one in db.session.scalars(select(OutboxDelivery))}
        told = {name: (one.done_at, one.last_error, one.attempts) for name, one in rows.items()}
    assert told == {"a": (AT, awkward, 7), "b": (None, "", 0), "c": (None, "", 3)}


def test_a_value_of_a_kind_that_no_array_holds_is_refused_and_never_written_as_something_else():
    with pytest.raises(TypeError, match="complex"):
        arrays.literal([1j])


def test_bytes_numbers_days_and_nothing_are_written_as_postgresql_reads_them(app):
    if db.engine.dialect.name != "postgresql":
        # SQLite takes the rows as they are: there is nothing to write.
        return
    given: list[tuple[str, list[Any]]] = [
        ("bytea", [b"\x00\\\xff", None]),
        ("boolean", [True, False]),
        ("double precision", [1e-300, float("inf"), float("-inf"), -0.5]),
        ("numeric", [Decimal("1.10"), Decimal(-3)]),
        ("date", [date(2026, 2, 28)]),
        ("bigint", [-(2**62), 0]),
    ]
    with unit_of_work(read_only=True):
        for kind, values in given:
            query = text(f"SELECT unnest(CAST(:given AS {kind}[]))")
            assert list(db.session.execute(query, {"given": arrays.literal(values)}).scalars()) == values
