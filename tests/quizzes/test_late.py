"""Answers that were given in time and came late: kept for a person, who decides; nothing counts by itself."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from lms.app.portal import Portal
from lms.kernel import clock
from lms.kernel.errors import Conflict
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts import queries, rules, service
from lms.quizzes.attempts.models import LateAnswerRow
from lms.quizzes.values import AttemptId, LateAnswerId, SittingRules
from tests.quizzes.by_hand import ESSAY, exam_of, mark, waiting
from tests.quizzes.exams import RIGHT, enrol, finish, give, set_up_exam, sitting, start
from tests.quizzes.test_exam_pages import SCRIPT, named
from tests.support.portal import Cast, Visitor

Visit = Callable[..., Visitor]
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "given, now, by_time, kept",
    [
        (39, 41, True, True),
        (39, 41, False, True),
        (41, 42, True, False),
        (41, 42, False, False),
        (39, 70, True, True),
        (39, 70.01, True, False),
        (None, 41, True, True),
        (None, 41, False, False),
    ],
)
def test_an_answer_goes_to_a_person_if_it_says_it_was_given_in_time_and_comes_within_the_grace(
    given: float | None, now: float, by_time: bool, kept: bool
) -> None:
    end, grace = NOON + timedelta(minutes=40), timedelta(minutes=30)
    given_at = None if given is None else NOON + timedelta(minutes=given)
    at = NOON + timedelta(minutes=now)
    assert rules.is_for_a_person([end, end + HOUR], given_at, at, grace=grace, by_time=by_time) is kept


def late_of(attempt: AttemptId, cast: Cast) -> list[LateAnswerRow]:
    with unit_of_work(read_only=True):
        return [one for one in queries.list_late(cast.amara) if one.attempt_id == attempt]


def sent_late(
    amara: Visitor, attempt: AttemptId, number: int, age: timedelta, key: str | None = None
) -> Mapping[str, Any]:
    """Send an answer as a page does that kept it so long, and return what it is told."""
    now_ms = int(clock.now().timestamp() * 1000)
    fields = {
        "slot": str(number),
        "key": key or str(uuid4()),
        "given_at": str(now_ms - int(age.total_seconds() * 1000)),
        "sent_at": str(now_ms),
        **named(number),
    }
    told = amara.post(f"/learn/exams/{attempt}/{number}", fields, headers=SCRIPT)
    assert told.status_code == 409
    assert told.json is not None
    return dict(told.json)


def decide(late: LateAnswerRow, *, counts: bool) -> None:
    with unit_of_work():
        service.decide_late(late_answer_id=LateAnswerId(late.id), counts=counts, now=clock.now())


def test_what_a_device_kept_through_a_dead_network_counts_once_a_person_says_so_and_not_before(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    with clock.frozen_at(clock.now()) as advance:
        course_id, exam = set_up_exam(minutes=40, pass_percent=40)
        enrol(cast.amara, course_id)
        attempt, amara = start(exam.id, cast.amara), visit(cast.amara)
        give(attempt, 1, RIGHT[0], cast.amara)
        advance(timedelta(minutes=50))
        key = str(uuid4())
        for _time in range(2):
            told = sent_late(amara, attempt, 2, timedelta(minutes=15), key)
            assert "a trainer decides whether it counts" in told["detail"]
        assert "a trainer decides" in sent_late(amara, attempt, 3, timedelta(minutes=11))["detail"]
        assert "a trainer" not in sent_late(amara, attempt, 4, timedelta(minutes=9))["detail"]
        assert sitting(attempt, cast.amara).attempt.earned == Decimal(1)
        two, three = late_of(attempt, cast)
        decide(two, counts=True)
        done = sitting(attempt, cast.amara)
        assert (done.attempt.earned, done.attempt.passed) == (Decimal(3), True)
        assert done.slots[1].is_answered
        decide(three, counts=False)
        assert sitting(attempt, cast.amara).attempt.earned == Decimal(3)
        decide(two, counts=False)
        undone = sitting(attempt, cast.amara).attempt
        assert undone.earned == Decimal(1)
        assert undone.passed, "who has passed stays passed"


def test_what_was_given_before_another_page_handed_in_goes_to_a_person_and_what_came_after_does_not(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    with clock.frozen_at(clock.now()) as advance:
        course_id, exam = set_up_exam()
        enrol(cast.amara, course_id)
        attempt, amara = start(exam.id, cast.amara), visit(cast.amara)
        advance(timedelta(minutes=10))
        finish(attempt, cast.amara)
        advance(timedelta(minutes=10))
        assert "a trainer" in sent_late(amara, attempt, 1, timedelta(minutes=12))["detail"]
        assert "a trainer" not in sent_late(amara, attempt, 2, timedelta(minutes=5))["detail"]
        plain = amara.post(f"/learn/exams/{attempt}/3", {"slot": "3", **named(3)})
        assert plain.status_code == 303
        assert [one.slot for one in late_of(attempt, cast)] == [1]


def test_no_grace_keeps_nothing(app: Portal, cast: Cast, visit: Visit) -> None:
    with clock.frozen_at(clock.now()) as advance:
        course_id, exam = set_up_exam(minutes=40, sitting=SittingRules(grace_minutes=0))
        enrol(cast.amara, course_id)
        attempt, amara = start(exam.id, cast.amara), visit(cast.amara)
        advance(timedelta(minutes=41))
        assert "a trainer" not in sent_late(amara, attempt, 1, timedelta(minutes=15))["detail"]
        assert late_of(attempt, cast) == []


def test_what_counts_already_is_not_decided_about(app: Portal, cast: Cast, visit: Visit) -> None:
    with clock.frozen_at(clock.now()) as advance:
        course_id, exam = set_up_exam(minutes=40)
        enrol(cast.amara, course_id)
        attempt, amara = start(exam.id, cast.amara), visit(cast.amara)
        give(attempt, 1, RIGHT[0], cast.amara)
        advance(timedelta(minutes=41))
        sent_late(amara, attempt, 1, timedelta(minutes=15))
        assert late_of(attempt, cast) == []


def test_an_essay_that_came_late_joins_the_queue_once_it_counts_and_one_that_is_marked_is_marked_anew(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    with clock.frozen_at(clock.now()) as advance:
        course_id, exam = exam_of(minutes=40)
        enrol(cast.amara, course_id)
        attempt, amara = start(exam.id, cast.amara), visit(cast.amara)
        advance(timedelta(minutes=41))
        now_ms = int(clock.now().timestamp() * 1000)
        fields = {"slot": "2", "key": str(uuid4()), "given_at": str(now_ms - 300_000), "sent_at": str(now_ms)}
        amara.post(f"/learn/exams/{attempt}/2", {**fields, "q2": ESSAY["answer"]}, headers=SCRIPT)
        (late,) = late_of(attempt, cast)
        assert len(waiting(app, cast.tomas)) == 1
        decide(late, counts=True)
        assert sorted(one.work.source for one in waiting(app, cast.tomas)) == ["answer", "late_answer"]


def test_a_late_answer_is_decided_in_the_marking_queue_by_who_sees_both_clocks(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    with clock.frozen_at(clock.now()) as advance:
        course_id, exam = set_up_exam(minutes=40)
        enrol(cast.amara, course_id)
        attempt, amara = start(exam.id, cast.amara), visit(cast.amara)
        give(attempt, 1, {"answer": ["a"]}, cast.amara)
        advance(timedelta(minutes=45))
        sent_late(amara, attempt, 1, timedelta(minutes=15))
        tomas = visit(cast.tomas)
        (work,) = waiting(app, cast.tomas)
        page = tomas.get(f"/author/marking/{work.id}").text
        for words in (
            "Reset the controller.",
            "Clear the room.",
            "Given, by the clock of the device",
            "0 of 1 point",
        ):
            assert words in page
        assert visit(cast.ruth).get(f"/author/marking/{work.id}").status_code in {403, 404}


@pytest.mark.parametrize(
    "deadline, finished, arrived, ended",
    [
        (40, None, 45, 40),
        (40, 41, 45, 40),
        (40, 20, 45, 20),
        (None, 20, 45, 20),
        (40, None, 30, None),
        (40, 35, 30, None),
        (None, None, 30, None),
    ],
)
def test_an_attempt_ended_when_it_was_over_and_not_when_an_answer_came(
    deadline: int | None, finished: int | None, arrived: int, ended: int | None
) -> None:
    def at(minute: int | None) -> datetime | None:
        return None if minute is None else NOON + timedelta(minutes=minute)

    assert rules.ended_by(at(deadline), at(finished), NOON + timedelta(minutes=arrived)) == at(ended)


@pytest.mark.parametrize("counts", [True, False])
def test_the_result_says_that_it_was_marked_anew_since_a_late_answer_counts_or_that_it_does_not(
    app: Portal, cast: Cast, visit: Visit, counts: bool
) -> None:
    with clock.frozen_at(clock.now()) as advance:
        course_id, exam = set_up_exam(minutes=40)
        enrol(cast.amara, course_id)
        attempt, amara = start(exam.id, cast.amara), visit(cast.amara)
        advance(timedelta(minutes=45))
        sent_late(amara, attempt, 2, timedelta(minutes=15))
        (work,) = waiting(app, cast.tomas)
        assert "Marked again" not in amara.get(f"/learn/exams/{attempt}/result").text
        mark(app, cast.tomas, work, (int(counts),), comment="The network of the hall was down.")
        page = amara.get(f"/learn/exams/{attempt}/result").text
        assert ("Marked again on" in page) is counts
        assert ("has let it count" in page) is counts
        assert ("it does not count" in page) is not counts
        assert "An answer to question 2" in page
        assert "it came after the time was up" in page
        assert "The network of the hall was down." in page


def test_nobody_decides_while_the_attempt_is_under_way(app: Portal, cast: Cast, visit: Visit) -> None:
    with clock.frozen_at(clock.now()) as advance:
        course_id, exam = set_up_exam(minutes=40)
        enrol(cast.amara, course_id)
        attempt, amara = start(exam.id, cast.amara), visit(cast.amara)
        advance(timedelta(minutes=45))
        sent_late(amara, attempt, 1, timedelta(minutes=15))
        (late,) = late_of(attempt, cast)
        with unit_of_work():
            row = queries.lock_attempt(attempt)
            assert row is not None
            row.finished_at = None
        with pytest.raises(Conflict):
            decide(late, counts=True)
