"""kill -9 of web processes amid statements, many and one by one: what was answered is there, once, and none in half."""

import base64
import http.client
import json
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, union

from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.lrs.models import BodyRow, StatementRow
from lms.lrs.queries.links import tables
from lms.lrs.rules import accepting, packing
from lms.lrs.service.credentials import make_credential
from lms.lrs.values import NewCredential, XapiScope
from tests.lrs.calls import statement
from tests.support.guests import House, house
from tests.support.hands import PATIENCE_SECONDS, killing_web

pytestmark = [pytest.mark.slow, pytest.mark.timeout(360)]

SEEDS = [11, *(pytest.param(seed, marks=pytest.mark.proof) for seed in range(200, 210))]
SOURCES = 4
BATCH = 50
KILLS = 6


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Yield a Guildhall on each database."""
    named: dict[str, str] = {}
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        named["LMS_DATABASE_URL"] = server.clone()
    with house(tmp_path_factory.mktemp("statements"), environment=named) as running:
        yield running


@dataclass
class _Source:
    """A program that sends batches, and sends again, byte for byte, what got no answer."""

    home: House
    key: NewCredential
    size: int
    answered: list[list[str]] = field(default_factory=list)
    unanswered: list[list[str]] = field(default_factory=list)
    """What was sent once, got no answer, and was given up: it may be there whole, or not at all."""
    interruptions: int = 0

    def send_until(self, over: threading.Event) -> None:
        """Send one batch after the other; of those that a kill took the answer of, every second is given up."""
        while not over.is_set():
            sent = [statement(actor=_actor(number)) for number in range(self.size)]
            ids = [str(one["id"]) for one in sent]
            gave_up = self._send(json.dumps(sent).encode(), ids)
            (self.unanswered if gave_up else self.answered).append(ids)

    def _send(self, body: bytes, ids: list[str]) -> bool:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.home.running.port, timeout=20)
            was_sent = False
            try:
                connection.request("POST", "/xapi/statements", body, self._headers())
                was_sent = True
                answer = connection.getresponse()
                said = answer.read()
            except (OSError, http.client.HTTPException):
                assert time.monotonic() < deadline, "nobody answers"
                self.interruptions += was_sent
                if was_sent and self.interruptions % 2:
                    return True
                time.sleep(0.05)
                continue
            finally:
                connection.close()
            assert answer.status == http.HTTPStatus.OK, said
            assert json.loads(said) == ids
            return False

    def _headers(self) -> dict[str, str]:
        known = base64.b64encode(f"{self.key.key}:{self.key.secret}".encode()).decode()
        return {
            "Authorization": f"Basic {known}",
            "X-Experience-API-Version": "2.0.0",
            "Content-Type": "application/json",
        }


def _actor(number: int) -> dict[str, str]:
    return {"mbox": f"mailto:p{number % 20}@example.com"}


@pytest.mark.parametrize("seed", SEEDS)
def test_batches_sent_while_web_processes_die_are_there_whole_and_once_if_they_were_answered(home, seed):
    db.session.remove()
    with unit_of_work(), acting_as(SYSTEM):
        made = [
            make_credential(name=f"Source {one}", scopes=[XapiScope.ALL], actor=SYSTEM, now=clock.now())
            for one in range(SOURCES)
        ]
    # Of two kinds, that meet in one transaction when they come at once.
    sizes = [BATCH if number % 2 else 1 for number in range(SOURCES)]
    sources = [_Source(home, one, size) for one, size in zip(made, sizes, strict=True) if one is not None]
    over = threading.Event()
    with ThreadPoolExecutor(SOURCES) as pool, killing_web(home, seed) as killed:
        sending = [pool.submit(one.send_until, over) for one in sources]
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until and not all(one.done() for one in sending):
            if killed() >= KILLS and sum(one.interruptions for one in sources) >= KILLS:
                break
            time.sleep(0.1)
        over.set()
        for one in sending:
            one.result(PATIENCE_SECONDS)
    assert killed() >= KILLS
    assert sum(one.interruptions for one in sources) >= KILLS
    _check(sources)
    db.session.remove()


def _check(sources: list[_Source]) -> None:
    mine = [UUID(one) for source in sources for ids in source.answered + source.unanswered for one in ids]
    rows = db.session.execute(
        select(StatementRow.seq, StatementRow.statement_id, StatementRow.stored_at)
    ).all()
    by_id = {str(row.statement_id): row for row in rows}
    assert len(by_id) == len(rows), "one id is stored twice"
    stored = set(by_id)
    for source in sources:
        assert source.answered
        for ids in source.answered:
            assert stored.issuperset(ids), "what was answered is lost"
        for ids in source.unanswered:
            assert len(stored.intersection(ids)) in {0, len(ids)}, "a batch is there in half"
    assert stored <= {str(one) for one in mine} | _before(rows, mine)
    numbers = sorted(row.seq for row in rows)
    assert numbers == list(range(1, len(rows) + 1)), "a number is missing or given twice"
    instants = [row.stored_at for row in sorted(rows, key=lambda row: row.seq)]
    assert instants == sorted(instants)
    _check_found(by_id[str(one)].seq for one in mine if str(one) in by_id)


def _before(rows: Sequence[Any], mine: list[UUID]) -> set[str]:
    """Return what other seeds stored on this house."""
    first = min(row.seq for row in rows if row.statement_id in set(mine))
    return {str(row.statement_id) for row in rows if row.seq < first}


def _check_found(numbers: Iterable[int]) -> None:
    """Check that each statement's body is there, and every link that finds it."""
    wanted = set(numbers)
    bodies = {row.seq: row.body for row in db.session.execute(select(BodyRow.seq, BodyRow.body))}
    both = union(*[select(table.seq, table.term_id) for table in tables()]).subquery()
    counts = db.session.execute(select(both.c.seq, func.count().label("found_by")).group_by(both.c.seq))
    links = {row.seq: row.found_by for row in counts}
    for seq in wanted:
        terms = accepting.terms_in(packing.unpack(bodies[seq]))
        assert links[seq] == len(terms) + 1, "a statement is not found by all that it should be"
