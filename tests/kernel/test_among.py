"""Rows by many keys at once: each that is there, none that is not, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import false, not_, or_, select
from sqlalchemy.orm import aliased

from lms.kernel.among import SIZES, among, rows_among
from lms.kernel.db import db, fetch, new_id
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


@pytest.mark.parametrize("count", [0, 1, 700])
def test_a_query_built_once_finds_those_on_whatever_list_it_is_given_and_its_opposite_the_others(app, count):
    rows = [message(number) for number in range(count + 2)]
    with unit_of_work():
        insert_all(OutboxMessage, rows)
    given = {"ids": [one["id"] for one in rows[:count]] + [new_id()]}
    inside = select(OutboxMessage.id).where(among(OutboxMessage.id, "ids"), OutboxMessage.request_id == "")
    outside = select(OutboxMessage.id).where(not_(among(OutboxMessage.id, "ids")))
    of_alias = aliased(OutboxMessage)
    elsewhere = select(of_alias.event).where(or_(among(of_alias.event, "events"), false()))
    with unit_of_work(read_only=True):
        assert {row[0] for row in fetch(inside, given)} == {one["id"] for one in rows[:count]}
        assert {row[0] for row in fetch(outside, given)} == {one["id"] for one in rows[count:]}
        assert fetch(inside, {"ids": []}).all() == []
        events = [one["event"] for one in rows[:count]]
        assert sorted(fetch(elsewhere, {"events": events}).scalars()) == sorted(events)


def test_words_that_look_like_the_signs_of_an_array_are_words(app):
    awkward = ['{"a",NULL}', "NULL", 'back\\slash "quoted"', "ü’, {x}", ""]
    with unit_of_work():
        insert_all(OutboxMessage, [{**message(0), "event": one} for one in awkward])
    with unit_of_work(read_only=True):
        query = select(OutboxMessage.event).where(among(OutboxMessage.event, "events"))
        assert sorted(fetch(query, {"events": awkward}).scalars()) == sorted(awkward)
        found = rows_among((OutboxMessage.event,), OutboxMessage.event, awkward)
        assert sorted(row[0] for row in found) == sorted(awkward)
