"""kill -9 of the worker while attempts are marked anew: each is marked, recorded and told once, and none is left."""

from collections import Counter
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from lms.courses.learning.models import ActivityResultRow
from lms.identity.values import PersonId
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts.models import AttemptRow
from lms.quizzes.remarking import service
from lms.quizzes.remarking.models import RemarkedAttemptRow
from lms.quizzes.remarking.values import Remark, RemarkState, Verdict
from tests.faults.test_people_import import kill_workers, wait_until
from tests.quizzes.exams import finish, give, start
from tests.quizzes.remarks import Case, act_of, begin, undo
from tests.support.guests import House, house

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PEOPLE, EACH = 2, 45


def _attempts(case: Case, person_id: PersonId) -> None:
    """Let somebody give, again and again, an answer that the faulty key takes for wrong."""
    case.sat(person_id, "b")
    for _again in range(EACH - 1):
        attempt = start(case.exam.id, person_id)
        give(attempt, 1, {"answer": ["b"]}, person_id)
        finish(attempt, person_id)


def _do(home: House, act: Remark) -> None:
    """Let the worker do an act, and kill it in the middle."""
    assert begin(act)
    wait_until(lambda: act_of(act.id).done > 0)
    assert kill_workers(home)
    done = act_of(act.id)
    assert 0 < done.done < done.total, "nobody was killed in the middle"
    wait_until(lambda: act_of(act.id).state is RemarkState.DONE)


@pytest.mark.parametrize("acts", [1, pytest.param(2, marks=pytest.mark.proof)])
def test_attempts_are_marked_anew_and_back_once_each_though_their_worker_is_killed(tmp_path, acts):
    count = PEOPLE * EACH
    with house(tmp_path / "house") as home:
        case = Case()
        for person_id in (home.cast.amara, home.cast.dafydd):
            _attempts(case, person_id)
        case.mend()
        act = case.look()
        assert act.total == count > service.DONE_AT_ONCE * 3
        results = _count(ActivityResultRow)
        _do(home, act)
        assert act_of(act.id).counts == {Verdict.GAINED: PEOPLE, Verdict.RAISED: count - PEOPLE}
        gained, raised = Decimal(1), Decimal("0.5")
        if acts > 1:
            _do(home, undo(act_of(act.id)))
            gained, raised = Decimal("0.5"), Decimal(0)
        with unit_of_work(read_only=True):
            scores = Counter(db.session.scalars(select(AttemptRow.score)))
        assert scores == {gained: PEOPLE, raised: count - PEOPLE}
        assert _count(AttemptRow, AttemptRow.passed.is_(True)) == PEOPLE, "a pass was taken"
        assert _count(RemarkedAttemptRow) == count * acts
        assert _count(ActivityResultRow) - results == count * acts
        assert _count(AuditEntry, AuditEntry.action == "AttemptMarkedAnew") == count * acts
        assert _count(AuditEntry, AuditEntry.action == "RemarkEnded") == acts


def _count(model: type, *where: object) -> int:
    with unit_of_work(read_only=True):
        return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0  # type: ignore[arg-type]
