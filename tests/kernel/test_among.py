"""Rows by many keys at once: each that is there, none that is not, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.kernel.among import SIZES, rows_among
from lms.kernel.db import db, new_id
from lms.kernel.inserting import insert_all
from lms.kernel.outbox import OutboxMessage
from lms.kernel.uow import unit_of_work

AT = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)


def message(number):
    at = AT + timedelta(seconds=number)
    return {
        "id": new_id(),
        "event": f"Tried {number}",
        "payload": {"n": [number]},
        "request_id": "",
        "stored_at": at,
    }


@pytest.mark.parametrize("count", [1, 2, 8, 9, 64, SIZES[-1], SIZES[-1] + 1])
def test_every_row_asked_for_comes_once_as_it_was_and_no_other(app, count):
    rows = [message(number) for number in range(count + 3)]
    with unit_of_work():
        insert_all(OutboxMessage, rows)
    wanted = rows[:count]
    with unit_of_work(read_only=True):
        columns = (OutboxMessage.event, OutboxMessage.id, OutboxMessage.stored_at, OutboxMessage.payload)
        found = rows_among(columns, OutboxMessage.id, [one["id"] for one in wanted] + [new_id()])
    told = [(one["event"], one["id"], one["stored_at"], one["payload"]) for one in wanted]
    assert sorted(map(tuple, found)) == sorted(told)


def test_nothing_asked_for_finds_nothing(app):
    with unit_of_work(read_only=True):
        assert rows_among((OutboxMessage.id,), OutboxMessage.id, []) == []


def test_what_waits_in_the_session_is_found_too(app):
    with unit_of_work():
        waiting = OutboxMessage(**message(1))
        db.session.add(waiting)
        assert [row[0] for row in rows_among((OutboxMessage.id,), OutboxMessage.id, [waiting.id])] == [
            waiting.id
        ]
