"""kill -9 of the web process at every step of an attempt, right before and right after its commit, on both databases.

What was not committed is not there, what was is there, and the page that sends again what got no answer does it once.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, func, select, text

from lms.app.portal import Portal
from lms.courses.learning.models import ActivityResultRow, CompletionRow
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts.models import AnswerRow, AttemptRow, SlotRow
from lms.quizzes.attempts.values import tries_from_json
from lms.quizzes.values import Telling, Text
from tests.quizzes.exams import COLD, VALVE, enrol, fill_bank, fixed, set_up_exam
from tests.support.dying import Death, Mortal
from tests.support.portal import Cast, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

Visit = Callable[..., Visitor]
Told = tuple[int, int, int, int, bool, str, int, int]


@pytest.fixture
def mortal(app: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    """Yield the portal in processes that can be killed."""
    found = Mortal(app, str(tmp_path_factory.mktemp("mortal")))
    yield found
    found.stop()


def _stands() -> Told:
    """Return all that steps change: attempts, answers, tries, flags, whether it is over, scores, what courses know."""
    with unit_of_work(read_only=True):
        attempts = db.session.scalars(select(AttemptRow)).all()
        slots = db.session.scalars(select(SlotRow)).all()
        counts = [
            db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in (AnswerRow, ActivityResultRow, CompletionRow)
        ]
        return (
            len(attempts),
            counts[0],
            sum(len(tries_from_json(one.tries)) for one in slots),
            sum(one.is_flagged for one in slots),
            any(one.finished_at is not None for one in attempts),
            str([one.score for one in attempts]),
            counts[1],
            counts[2],
        )


def _step(mortal: Mortal, visitor: Visitor, path: str, fields: Mapping[str, Any]) -> None:
    """Send one step of an attempt whose process dies before its commit, then after it, and then answers."""
    before = _stands()
    assert mortal.send(visitor, path, fields, death=Death.BEFORE) is None
    assert _stands() == before, f"{path}: half of it is stored"
    assert mortal.send(visitor, path, fields, death=Death.AFTER) is None
    after = _stands()
    assert after != before, f"{path}: what was committed is lost"
    assert mortal.send(visitor, path, fields) == 303
    assert _stands() == after, f"{path}: sent again, it was done again"


def test_nothing_of_an_attempt_is_lost_or_doubled_by_a_death_at_any_step(
    app: Portal, cast: Cast, visit: Visit, mortal: Mortal
) -> None:
    bank_id = fill_bank((replace(VALVE, hints=(Text("Think of people."),)), COLD))
    with unit_of_work(read_only=True):
        draws = fixed(bank_id)
    course_id, exam = set_up_exam(draws, telling=Telling.TRIES, penalty=Decimal(0), attempts_allowed=1)
    enrol(cast.amara, course_id)
    amara = visit(cast.amara)
    _step(mortal, amara, f"/learn/exams/{exam.id}/start", {})
    with unit_of_work(read_only=True):
        attempt = db.session.scalars(select(AttemptRow.id)).one()
    page = f"/learn/exams/{attempt}"
    steps: tuple[tuple[str, Mapping[str, Any]], ...] = (
        (f"{page}/1", {"slot": 1, "key": new_id(), "q1": "a", "go": "2"}),
        (f"{page}/1", {"slot": 1, "q1": "a", "check": f"1:1:{new_id()}"}),
        (f"{page}/1", {"slot": 1, "q1": "b", "check": f"1:2:{new_id()}"}),
        (f"{page}/2", {"slot": 2, "key": new_id(), "q2": "false", "flag": "2:on"}),
        (f"{page}/2", {"slot": 2, "key": new_id(), "q2": "true", "go": "check"}),
        (f"{page}/2", {"slot": 2, "key": new_id(), "q2": "true", "flag": "2:off"}),
        (f"{page}/finish", {}),
    )
    for path, fields in steps:
        _step(mortal, amara, path, fields)
    attempts, answers, tries, flags, is_over, score, results, completions = _stands()
    assert (attempts, answers, tries, flags) == (1, 4, 2, 0)
    assert (is_over, results, completions) == (True, 1, 1)
    assert Decimal(score.partition("'")[2].partition("'")[0]) == 1
    with unit_of_work(read_only=True):
        for action in ("AttemptStarted", "AttemptFinished"):
            query = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == action)
            assert db.session.scalar(query) == 1, f"{action} is told twice, or never"


@pytest.mark.parametrize("app", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_an_exam_goes_on_after_its_database_has_cut_every_connection_as_a_restart_does(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.amara, course_id)
    amara = visit(cast.amara)
    page = amara.post(f"/learn/exams/{exam.id}/start").location.rpartition("/")[0]
    for number, given in ((1, "b"), (3, "true")):
        fields = {"slot": number, "key": str(new_id()), f"q{number}": given}
        _cut()
        answers = [amara.post(f"{page}/{number}", fields).status_code for _again in range(2)]
        assert answers[-1] == 303, "the exam is gone with the connection"
    _cut()
    assert 303 in {amara.post(f"{page}/finish").status_code for _again in range(2)}
    attempts, kept, *_rest = _stands()
    assert (attempts, kept, _rest[2]) == (1, 2, True)


def _cut() -> None:
    """End every session that the portal has at the database, as its shutdown does."""
    db.session.remove()
    apart = create_engine(db.engine.url, poolclass=NullPool)
    with apart.connect() as connection:
        ended = connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        ).all()
    assert ended, "nobody was connected"
