"""When a page of an exam was left: noted where learners are told, read by who marks, and decides nothing."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from lms.app.portal import Portal
from lms.kernel import clock
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts import queries
from lms.quizzes.values import AttemptId, SittingRules
from tests.quizzes.by_hand import ESSAY, exam_of, waiting
from tests.quizzes.exams import enrol, finish, give, set_up_exam, start
from tests.quizzes.test_exam_pages import SCRIPT
from tests.support.portal import Cast, Visitor

Visit = Callable[..., Visitor]
NOTED = SittingRules(logs_focus=True)


def tell(
    learner: Visitor, attempt: AttemptId, ago: int, lasted: int, key: str | None = None, skew: int = 0
) -> int:
    """Tell that the page was left so many seconds ago, by a device whose clock is off by `skew` seconds."""
    sent = int(clock.now().timestamp() * 1000) + skew * 1000
    left = sent - ago * 1000
    fields = {
        "key": key or str(uuid4()),
        "left_at": str(left),
        "back_at": str(left + lasted * 1000),
        "sent_at": str(sent),
    }
    return learner.post(f"/learn/exams/{attempt}/away", fields, headers=SCRIPT).status_code


def test_times_away_are_reckoned_by_the_server_s_clock_and_a_lost_answer_doubles_none(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    with clock.frozen_at(clock.now()) as advance:
        course_id, exam = set_up_exam(sitting=NOTED)
        enrol(cast.amara, course_id)
        attempt, amara = start(exam.id, cast.amara), visit(cast.amara)
        assert "that is noted with its time" in amara.get(f"/learn/exams/{exam.id}/start").text
        assert f"/learn/exams/{attempt}/away" in amara.get(f"/learn/exams/{attempt}/1").text
        advance(timedelta(minutes=10))
        key = str(uuid4())
        for _time in range(2):
            assert tell(amara, attempt, 60, 20, key, skew=-7200) == 200
        assert tell(amara, attempt, 5, 30) == 200
        assert tell(amara, attempt, 99_999, 10) == 200
        with unit_of_work(read_only=True):
            found = queries.list_absences(attempt)
        begun = clock.now() - timedelta(minutes=10)
        assert [(one.left_at, one.seconds) for one in found] == [
            (begun, 10),
            (clock.now() - timedelta(seconds=60), 20),
        ], "no longer away than since it was left, and not before the attempt began"


def test_nothing_is_noted_where_nobody_was_told_or_of_anybody_else(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.amara, course_id)
    attempt, amara = start(exam.id, cast.amara), visit(cast.amara)
    assert "/away" not in amara.get(f"/learn/exams/{attempt}/1").text
    assert tell(amara, attempt, 60, 20) == 200
    assert tell(visit(cast.ruth), attempt, 60, 20) == 404
    assert amara.post(f"/learn/exams/{attempt}/away", {"key": "x"}, headers=SCRIPT).status_code == 422
    with unit_of_work(read_only=True):
        assert queries.list_absences(attempt) == []


def test_who_marks_and_who_reads_all_see_the_times_and_the_learner_s_result_says_nothing_of_them(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    with clock.frozen_at(clock.now()) as advance:
        course_id, exam = exam_of(sitting=NOTED)
        enrol(cast.amara, course_id)
        attempt, amara = start(exam.id, cast.amara), visit(cast.amara)
        advance(timedelta(minutes=10))
        give(attempt, 2, ESSAY, cast.amara)
        tell(amara, attempt, 60, 20)
        finish(attempt, cast.amara)
        (work,) = waiting(app, cast.tomas)
        result = f"/learn/exams/{attempt}/result"
        for page in (
            visit(cast.tomas).get(f"/author/marking/{work.id}").text,
            visit(cast.odd).get(result).text,
        ):
            assert "When the page was left" in page
            assert "20 s" in page
        assert "When the page was left" not in amara.get(result).text


def test_pages_that_discourage_copying_say_so_and_others_do_not(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    amara = visit(cast.amara)
    for slug, sitting in (("plain", SittingRules()), ("shy", SittingRules(discourages_copying=True))):
        course_id, exam = set_up_exam(slug=slug, sitting=sitting)
        enrol(cast.amara, course_id)
        page = amara.get(f"/learn/exams/{start(exam.id, cast.amara)}/1").text
        assert ("no-copy" in page) is sitting.discourages_copying
        assert ("do not copy or print" in page) is sitting.discourages_copying
