"""Asking for much at once: each question gets its own answer; what goes wrong undoes all, on both databases."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms.kernel import uow
from lms.kernel.among import ask_among
from lms.kernel.db import db, new_id
from lms.kernel.driving import line
from lms.kernel.inserting import insert_all
from lms.kernel.outbox import OutboxMessage
from lms.kernel.uow import unit_of_work
from tests.kernel.test_inserting import message


def count():
    return db.session.scalar(select(func.count()).select_from(OutboxMessage))


def test_questions_that_go_out_together_with_writes_each_get_their_own_answer_in_the_order_asked(app):
    first, second = message(), message()
    with unit_of_work():
        on = line()
        with on.at_once():
            before = ask_among((OutboxMessage.event,), OutboxMessage.id, [first["id"]], on=on)
            insert_all(OutboxMessage, [first], on=on)
            after = ask_among((OutboxMessage.event,), OutboxMessage.id, [first["id"]], on=on)
            insert_all(OutboxMessage, [second], on=on)
            none = ask_among((OutboxMessage.event,), OutboxMessage.id, [], on=on)
        assert (list(before()), list(map(tuple, after())), list(none())) == ([], [("Tried",)], [])
    with unit_of_work(read_only=True):
        assert count() == 2


def test_one_write_of_many_that_is_refused_is_told_as_ever_and_leaves_nothing(app):
    twice = message()
    with pytest.raises(IntegrityError), unit_of_work():
        on = line()
        with on.at_once():
            insert_all(OutboxMessage, [message()], on=on)
            insert_all(OutboxMessage, [twice, twice], on=on)
            insert_all(OutboxMessage, [message()], on=on)
    with unit_of_work(read_only=True):
        assert count() == 0


def test_an_answer_whose_question_failed_with_a_neighbours_row_is_asked_again_from_the_start(app):
    row, tries = message(), []

    def work():
        on = line()
        tries.append(1)
        rows = [row, row] if len(tries) == 1 else [row]
        with on.at_once():
            insert_all(OutboxMessage, rows, on=on)
            found = ask_among((OutboxMessage.id,), OutboxMessage.id, [row["id"], new_id()], on=on)
            return len(found())

    if db.engine.dialect.name != "postgresql":
        # SQLite's writers come one after the other: a row that is there twice is the caller's own fault.
        with pytest.raises(IntegrityError):
            uow.run(work)
        return
    assert uow.run(work) == 1
    with unit_of_work(read_only=True):
        assert (count(), len(tries)) == (1, 2)
