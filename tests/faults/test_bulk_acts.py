"""kill -9 of the worker in the middle of acts on many people: each is enrolled and withdrawn once, nobody is lost."""

import pytest
from sqlalchemy import func, select

from lms.courses.learning.models import EnrolmentChangeRow, EnrolmentRow
from lms.courses.learning.values import ActKind, ActState, ActWay, Outcome, Whom
from lms.identity.service import crowds
from lms.identity.values import PeopleFilter, PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from tests.courses.acts import act_of, begin, look
from tests.courses.courses import write_course
from tests.faults.test_people_import import kill_workers, wait_until
from tests.support.guests import House, house

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PEOPLE = 4_000
KILLS = [2, pytest.param(3, marks=pytest.mark.proof)]


def _add_people(home: House) -> None:
    """Let thousands work in Cardiff."""
    now = clock.now()
    for start in range(0, PEOPLE, 1000):
        ids = [PersonId(new_id()) for _one in range(1000)]
        with unit_of_work(), acting_as(SYSTEM):
            crowds.add_people(
                [
                    crowds.Newcomer(one, f"p{start + at}@cardiff.example", "Person", None, "en", "UTC")
                    for at, one in enumerate(ids)
                ],
                now=now,
            )
            crowds.employ_all([crowds.Start(one, home.cast.cardiff, None, None) for one in ids], now=now)


def _count(model: type, *where: object) -> int:
    with unit_of_work(read_only=True):
        return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0  # type: ignore[arg-type]


@pytest.mark.parametrize("kills", KILLS)
def test_acts_whose_worker_is_killed_again_and_again_are_done_once_to_everybody(tmp_path, kills):
    everybody = Whom(way=ActWay.MATCHING, matching=PeopleFilter(words="cardiff.example"))
    with house(tmp_path / "house") as home:
        _add_people(home)
        course_id = write_course()
        for kind, outcome in ((ActKind.ENROL, Outcome.ENROLLED), (ActKind.WITHDRAW, Outcome.WITHDRAWN)):
            act_id = look(course_id, kind, everybody, SYSTEM)
            assert act_of(act_id).total == PEOPLE
            begin(act_id, SYSTEM)
            in_the_middle, seen = 0, 0
            for _kill in range(kills):
                wait_until(lambda at=act_id, before=seen: act_of(at).done > before)  # type: ignore[misc]
                assert kill_workers(home)
                seen = act_of(act_id).done
                in_the_middle += 0 < seen < PEOPLE
                if seen == PEOPLE:
                    break
            assert in_the_middle, "nobody was killed in the middle"
            wait_until(lambda at=act_id: act_of(at).state is ActState.DONE)  # type: ignore[misc]
            assert act_of(act_id).counts == {outcome: PEOPLE}
        people = select(func.count(EnrolmentRow.person_id.distinct()))
        with unit_of_work(read_only=True):
            assert db.session.scalar(people) == PEOPLE
        assert _count(EnrolmentRow) == PEOPLE
        assert _count(EnrolmentRow, EnrolmentRow.ended_at.is_(None)) == 0
        assert _count(EnrolmentChangeRow) == PEOPLE
        assert _count(AuditEntry, AuditEntry.action == "EnrolmentWithdrawn") == PEOPLE
        assert _count(AuditEntry, AuditEntry.action == "ActEnded") == 2
