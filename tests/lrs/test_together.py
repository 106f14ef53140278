"""What several requests bring at once is stored by one transaction, and each has its own answer."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from lms.kernel.db import db
from lms.kernel.errors import Unavailable
from lms.kernel.uow import unit_of_work
from lms.lrs.queries.credentials import find_credential
from lms.lrs.queries.statements import consistent_through
from lms.lrs.service import together
from lms.lrs.service.statements import Delivery, store_all
from lms.lrs.values import Version
from tests.lrs.calls import Program, statement

SENDERS = 5
PATIENCE_SECONDS = 20


@pytest.fixture
def groups(monkeypatch):
    """Return how many deliveries went into each transaction."""
    sizes = []

    def watched(deliveries, **how):
        sizes.append(len(deliveries))
        return store_all(deliveries, **how)

    monkeypatch.setattr(together, "store_all", watched)
    return sizes


def send_at_once(app, sends):
    """Return the answers to what is sent while another transaction stores, so that all of it waits."""
    mine = together.together()
    with ThreadPoolExecutor(len(sends)) as pool:
        with mine.turn:
            answers = [pool.submit(send) for send in sends]
            until = time.monotonic() + PATIENCE_SECONDS
            while len(mine.waiting) < len(sends):
                assert time.monotonic() < until, "not all of them came to wait"
                time.sleep(0.01)
            assert not any(one.done() for one in answers), "answered before it was stored"
        return [one.result(PATIENCE_SECONDS) for one in answers]


def sending(program, *statements):
    return lambda: program.send("POST", "statements", list(statements)).status_code


def test_those_who_wait_are_stored_by_one_transaction_each_under_its_own_key_and_version(app, groups):
    one, two = Program(app, name="One"), Program(app, name="Two", version="2.0.0")
    sent = [statement() for _ in range(SENDERS)]
    program = [one, two]
    answers = send_at_once(app, [sending(program[at % 2], each) for at, each in enumerate(sent)])
    assert answers == [200] * SENDERS
    assert groups == [SENDERS]
    assert sorted(one.find()) == sorted(each["id"] for each in sent)
    for at, each in enumerate(sent):
        read = one.read(each["id"])
        assert read["authority"]["name"] == program[at % 2].name
        assert read["version"] == ("2.0.0" if at % 2 else "1.0.0")


def test_of_those_who_wait_whoever_contradicts_another_is_refused_alone(app, groups):
    program, first = Program(app), statement()
    other = {**first, "result": {"success": True}}
    beside, together_with_it = statement(), statement()
    answers = send_at_once(
        app,
        [
            sending(program, first),
            sending(program, first),
            sending(program, beside),
        ],
    )
    assert answers == [200] * 3
    assert groups == [3]
    late = statement()
    answers = send_at_once(app, [sending(program, together_with_it, other), sending(program, late)])
    assert answers == [409, 200]
    assert sorted(program.find()) == sorted([first["id"], beside["id"], late["id"]])


def test_of_those_who_wait_one_that_cannot_be_stored_takes_no_other_with_it(app, monkeypatch):
    program, good, poison = Program(app), [statement() for _ in range(SENDERS)], statement()

    def poisoned(deliveries, **how):
        stored = store_all(deliveries, **how)
        if any(str(one.id) == poison["id"] for each in deliveries for one in each.statements):
            raise Unavailable("it cannot be stored")
        return stored

    monkeypatch.setattr(together, "store_all", poisoned)
    answers = send_at_once(app, [sending(program, one) for one in (*good[:2], poison, *good[2:])])
    assert answers == [200, 200, 503, 200, 200, 200]
    assert sorted(program.find()) == sorted(one["id"] for one in good)
    assert program.send("GET", "statements", statementId=poison["id"]).status_code == 404


def test_many_who_wait_are_no_transaction_without_end(app, groups, monkeypatch):
    monkeypatch.setattr(together, "MOST_TOGETHER", 4)
    program = Program(app)
    batches = [[statement() for _ in range(size)] for size in (3, 3, 1, 9)]
    assert send_at_once(app, [sending(program, *each) for each in batches]) == [200] * len(batches)
    assert len(groups) >= 3
    assert len(program.find()) == 16


def test_whoever_is_interrupted_leaves_nobody_waiting(app, monkeypatch):
    program, kept = Program(app), statement()

    def interrupted(_deliveries, **_how):
        raise SystemExit

    mine = together.together()
    monkeypatch.setattr(together, "store_all", interrupted)
    credential = _credential(program)
    db.session.remove()
    with pytest.raises(SystemExit):
        mine.store(Delivery([], credential, Version.ONE))
    monkeypatch.undo()
    assert not mine.waiting
    assert mine.quiet.is_set()
    assert program.store(kept) == [kept["id"]]


def test_what_is_part_of_a_transaction_is_never_stored_by_another(app):
    program = Program(app)
    credential = _credential(program)
    with unit_of_work():
        consistent_through()
        with pytest.raises(RuntimeError, match="no part of this transaction"):
            together.store_together(Delivery([], credential, Version.ONE))


def test_checking_gives_way_to_storing_and_goes_on_when_it_is_done(app):
    mine, went_on = together.together(), threading.Event()
    mine.quiet.clear()

    def check():
        mine.give_way()
        went_on.set()

    checking = threading.Thread(target=check)
    checking.start()
    assert not went_on.wait(0.1)
    mine.quiet.set()
    checking.join(PATIENCE_SECONDS)
    assert went_on.is_set()


def _credential(program):
    with unit_of_work(read_only=True):
        found = find_credential(program.key)
    assert found is not None
    return found[0]
