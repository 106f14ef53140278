"""Answers that two devices give to one question: the one that was given last counts, whichever comes last."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from lms.app.portal import Portal
from lms.kernel import clock
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts import rules
from lms.quizzes.attempts.models import AnswerRow
from lms.quizzes.values import AttemptId, Telling
from tests.quizzes.exams import enrol, finish, set_up_exam, sitting, start
from tests.quizzes.test_exam_pages import SCRIPT
from tests.quizzes.test_late import NOON, Visit
from tests.support.portal import Cast

SECOND = timedelta(seconds=1)
OLDER = "A later answer was saved from another page or device"


@pytest.mark.parametrize(
    "age, is_older",
    [
        (None, False),
        (timedelta(), False),
        (timedelta(seconds=5), False),
        (timedelta(seconds=6), False),
        (timedelta(seconds=6, milliseconds=1), True),
        (timedelta(days=60), True),
        (timedelta(days=61), False),
        (timedelta(seconds=-9), False),
    ],
)
def test_only_what_was_given_more_than_a_second_before_the_saved_one_is_older(
    age: timedelta | None, is_older: bool
) -> None:
    assert rules.is_older(age, NOON - 5 * SECOND, NOON) is is_older
    assert not rules.is_older(age, None, NOON)


def sent(
    visit: Visit, cast: Cast, attempt: AttemptId, choice: str, *, age: int = 0, key: UUID, **more: str
) -> Mapping[str, Any]:
    """Answer the first question as the page's script does, so many seconds after it was given."""
    now_ms = int(clock.now().timestamp() * 1000)
    fields = {"slot": "1", "key": str(key), "q1": choice}
    times = {"given_at": str(now_ms - 1000 * age), "sent_at": str(now_ms)}
    told = visit(cast.amara).post(f"/learn/exams/{attempt}/1", fields | times | more, headers=SCRIPT)
    assert told.status_code == 200
    assert told.json is not None
    return dict(told.json)


def counting(attempt: AttemptId, cast: Cast) -> object:
    given = sitting(attempt, cast.amara).slots[0].given
    return given and given["key"]


def logged(attempt: AttemptId) -> list[str]:
    with unit_of_work(read_only=True):
        rows = db.session.scalars(
            select(AnswerRow.given).where(AnswerRow.attempt_id == attempt).order_by(AnswerRow.number)
        )
        return [one["key"] for one in rows]


def test_what_a_device_gave_before_and_sends_after_does_not_undo_what_another_saved(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    with clock.frozen_at(NOON) as advance:
        course_id, exam = set_up_exam()
        enrol(cast.amara, course_id)
        attempt = start(exam.id, cast.amara)
        advance(5 * SECOND)
        assert sent(visit, cast, attempt, "b", key=uuid4())["saved"]
        advance(25 * SECOND)
        offline = uuid4()
        told = sent(visit, cast, attempt, "c", age=30, key=offline)
        assert told["older"].startswith(OLDER)
        assert (told["saved"] != "", told["answered"]) == (True, True)
        assert counting(attempt, cast) == "b"
        assert logged(attempt) == ["b", "c"], "the older one is not lost"

        # Its page never heard that, and sends it again.
        advance(4 * SECOND)
        assert sent(visit, cast, attempt, "c", age=34, key=offline)["older"].startswith(OLDER)
        assert (counting(attempt, cast), logged(attempt)) == ("b", ["b", "c"])

        # Chosen anew by a person who has read it, it counts.
        assert sent(visit, cast, attempt, "c", age=0, key=uuid4())["older"] == ""
        assert (counting(attempt, cast), logged(attempt)) == ("c", ["b", "c", "c"])
        finish(attempt, cast.amara)


def test_what_a_slow_line_brought_late_is_followed_by_what_its_own_page_gave_meanwhile(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    with clock.frozen_at(NOON) as advance:
        course_id, exam = set_up_exam()
        enrol(cast.amara, course_id)
        attempt = start(exam.id, cast.amara)
        first = uuid4()
        advance(20 * SECOND)
        sent(visit, cast, attempt, "c", age=20, key=first)
        # Given ten seconds before the first arrived, and by the page that gave the first.
        told = sent(visit, cast, attempt, "b", age=10, key=uuid4(), after=str(first))
        assert told["older"] == ""
        assert counting(attempt, cast) == "b"
        # Another page's answer is in between by now: then time tells again.
        advance(SECOND)
        sent(visit, cast, attempt, "a", key=uuid4())
        told = sent(visit, cast, attempt, "c", age=11, key=uuid4(), after=str(first))
        assert told["older"].startswith(OLDER)
        assert counting(attempt, cast) == "a"


def test_a_page_that_tells_no_times_is_taken_as_it_comes(app: Portal, cast: Cast, visit: Visit) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    sent(visit, cast, attempt, "b", key=uuid4())
    sent(visit, cast, attempt, "c", key=uuid4(), given_at="yesterday", sent_at="", after="nonsense")
    assert counting(attempt, cast) == "c"


def test_an_older_answer_is_not_checked_and_takes_no_try(app: Portal, cast: Cast, visit: Visit) -> None:
    with clock.frozen_at(NOON) as advance:
        course_id, exam = set_up_exam(telling=Telling.AT_ONCE)
        enrol(cast.amara, course_id)
        attempt = start(exam.id, cast.amara)
        advance(5 * SECOND)
        sent(visit, cast, attempt, "b", key=uuid4())
        advance(25 * SECOND)
        check = uuid4()
        told = sent(visit, cast, attempt, "c", age=30, key=check, check=f"1:1:{check}")
        assert OLDER in told["html"]
        slot = sitting(attempt, cast.amara).slots[0]
    assert (counting(attempt, cast), slot.tries) == ("b", ())
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(AnswerRow)) == 2
