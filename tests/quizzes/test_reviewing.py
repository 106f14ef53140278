"""What a learner sees of an attempt, phase by phase: nothing that is sent holds the key before it may be known."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import UUID

import pytest

from lms.app.portal import Portal
from lms.kernel import clock
from lms.kernel.actor import Role
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts import rules
from lms.quizzes.bank import queries as bank
from lms.quizzes.bank.service import set_sitting
from lms.quizzes.values import (
    Extra,
    Layout,
    Phase,
    QuizId,
    QuizRules,
    Review,
    ReviewPolicy,
    Shown,
    SittingRules,
    Telling,
)
from tests.quizzes.exams import (
    EVERY_KIND,
    actor_of,
    enrol,
    fill_bank,
    finish,
    fixed,
    give,
    set_up_exam,
    start,
)
from tests.quizzes.test_checking_pages import WRONG, button_on, hinted, secrets_of
from tests.quizzes.test_sitting import give_extra
from tests.support.portal import Cast, Visitor

Visit = Callable[..., Visitor]
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SCORE, MARKS, ANSWERS, RIGHT, FEEDBACK = Shown
OWN = {SCORE, MARKS, ANSWERS}
STAGED = ReviewPolicy(
    right_after=(SCORE,),
    while_open=(SCORE, MARKS, ANSWERS),
    after_close=(SCORE, MARKS, ANSWERS, RIGHT, FEEDBACK),
)


@pytest.mark.parametrize(
    "review, is_last, seen",
    [
        (Review.SCORE, True, {SCORE}),
        (Review.MARKS, True, OWN),
        (Review.ANSWERS, False, set(Shown)),
        (Review.ANSWERS_AT_END, False, OWN),
        (Review.ANSWERS_AT_END, True, set(Shown)),
    ],
)
@pytest.mark.parametrize("phase", [Phase.RIGHT_AFTER, Phase.WHILE_OPEN, Phase.AFTER_CLOSE])
def test_the_one_choice_of_before_means_in_each_phase_what_it_meant(
    review: Review, is_last: bool, seen: set[Shown], phase: Phase
) -> None:
    assert rules.shown(QuizRules(title="Exam", review=review), phase, is_last=is_last) == seen


@pytest.mark.parametrize("review", list(Review))
def test_during_an_attempt_the_choice_of_before_tells_feedback_and_right_answers_where_they_come_at_once(
    review: Review,
) -> None:
    seen = rules.shown(QuizRules(title="Exam", review=review), Phase.DURING)
    assert FEEDBACK in seen
    assert (RIGHT in seen) is (review is Review.ANSWERS)


@pytest.mark.parametrize(
    "finished, now, is_closed, phase",
    [
        (None, 5, True, Phase.DURING),
        (0, 9.99, False, Phase.RIGHT_AFTER),
        (0, 9.99, True, Phase.RIGHT_AFTER),
        (0, 10, False, Phase.WHILE_OPEN),
        (0, 10, True, Phase.AFTER_CLOSE),
    ],
)
def test_phases_follow_each_other(finished: int | None, now: float, is_closed: bool, phase: Phase) -> None:
    ended = None if finished is None else NOON
    assert rules.phase_of(ended, NOON + timedelta(minutes=now), is_closed=is_closed) is phase


def test_right_answers_are_sent_only_once_the_exam_has_closed_and_nobody_sits_in_it(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    asked = [hinted(one) for one in EVERY_KIND if one.type in WRONG]
    with clock.frozen_at(clock.now()) as advance:
        bank_id = fill_bank(asked)
        with unit_of_work(read_only=True):
            draws = fixed(bank_id)
        course_id, exam = set_up_exam(
            draws,
            minutes=40,
            layout=Layout.ALL,
            review=Review.ANSWERS,
            sitting=SittingRules(closes_at=clock.now() + timedelta(hours=1), review=STAGED),
        )
        for person in (cast.amara, cast.ruth):
            enrol(person, course_id)
        attempt = start(exam.id, cast.amara)
        give_extra(cast.ruth, cast, Extra(0, 30))
        advance(timedelta(minutes=40))
        start(exam.id, cast.ruth)
        amara = visit(cast.amara)
        page = amara.get(f"/learn/exams/{attempt}/1").text
        sent = [page]
        for number, question in enumerate(asked, 1):
            given = {
                name.replace("q#", "answer"): [value] if isinstance(value, str) else value
                for name, value in WRONG[question.type].items()
            }
            give(attempt, number, given, cast.amara)
        finish(attempt, cast.amara)
        result = f"/learn/exams/{attempt}/result"
        after = amara.get(result).text
        assert "You reached" in after
        assert "Question 1" not in after
        advance(timedelta(minutes=15))
        open_still = amara.get(result).text
        assert "Question 1" in open_still
        advance(timedelta(minutes=6))
        sat_still = amara.get(result).text
        everything = "\n".join([*sent, after, open_still, sat_still])
        for question in asked:
            for secret in secrets_of(question, page):
                assert secret not in everything, (question.type, secret)
        assert "Said-to-" not in everything
        advance(timedelta(minutes=31))
        closed = amara.get(result).text
        assert "Said-to-the-wrong." in closed
        assert "<dt>Right</dt>" in closed


def test_an_exam_that_is_opened_longer_takes_right_answers_back(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    with clock.frozen_at(clock.now()) as advance:
        closes = clock.now() + timedelta(hours=1)
        course_id, exam = set_up_exam(sitting=SittingRules(closes_at=closes, review=STAGED))
        enrol(cast.amara, course_id)
        attempt = start(exam.id, cast.amara)
        finish(attempt, cast.amara)
        advance(timedelta(hours=2))
        amara, address = visit(cast.amara), f"/learn/exams/{attempt}/result"
        assert "<dt>Right</dt>" in amara.get(address).text
        with unit_of_work():
            quiz = bank.get_quiz(QuizId(UUID(exam.config["quiz_id"])))
            longer = SittingRules(closes_at=closes + timedelta(hours=2), review=STAGED)
            set_sitting(quiz_id=quiz.id, sitting=longer, revision=1, actor=actor_of(cast.tomas, Role.TRAINER))
        assert "<dt>Right</dt>" not in amara.get(address).text


@pytest.mark.parametrize("during", [(), (FEEDBACK,), (RIGHT, FEEDBACK)])
def test_a_check_during_the_attempt_tells_what_the_phase_allows(
    app: Portal, cast: Cast, visit: Visit, during: tuple[Shown, ...]
) -> None:
    asked = [hinted(EVERY_KIND[0])]
    bank_id = fill_bank(asked)
    with unit_of_work(read_only=True):
        draws = fixed(bank_id)
    policy = ReviewPolicy(during=during, right_after=(SCORE,))
    course_id, exam = set_up_exam(
        draws, telling=Telling.AT_ONCE, review=Review.ANSWERS, sitting=SittingRules(review=policy)
    )
    enrol(cast.amara, course_id)
    amara, attempt = visit(cast.amara), start(exam.id, cast.amara)
    address = f"/learn/exams/{attempt}/1"
    amara.post(address, {"slot": "1", "q1": "a", "check": button_on(amara.get(address).text)})
    page = unescape(amara.get(address).text)
    assert "Wrong" in page, "a check tells at least whether it was right"
    assert ("Said-to-the-wrong." in page) is (FEEDBACK in during)
    assert ("<dt>Right</dt>" in page) is (RIGHT in during)


def test_points_that_are_held_back_stand_on_no_page_of_the_exam(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    course_id, exam = set_up_exam(
        pass_percent=80, sitting=SittingRules(review=ReviewPolicy(right_after=(ANSWERS,)))
    )
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    give(attempt, 1, {"answer": ["b"]}, cast.amara)
    finish(attempt, cast.amara)
    amara = visit(cast.amara)
    for address in (f"/learn/exams/{attempt}/result", f"/learn/exams/{exam.id}/start"):
        page = amara.get(address).text
        # As a number of its own: names of files and ids may hold anything.
        assert not re.search(r"(?<![\w-])14(?![\w-])", page.split("<main", 1)[1])
    page = amara.get(f"/learn/exams/{attempt}/result").text
    assert "You did not pass." in page
    assert "Clear the room." in page
    assert "Wrong" not in page.split("<main", 1)[1]


def test_a_trainer_says_phase_by_phase_what_is_shown(app: Portal, cast: Cast, visit: Visit) -> None:
    _course_id, exam = set_up_exam()
    tomas, quiz_id = visit(cast.tomas), QuizId(UUID(exam.config["quiz_id"]))
    sent = {
        "seen": "1",
        "grace_minutes": "60",
        "by_phase": "y",
        "right_after": ["score"],
        "after_close": ["score", "right"],
    }
    assert tomas.post(f"/author/quizzes/{quiz_id}/sitting", sent).status_code == 303
    with unit_of_work(read_only=True):
        review = bank.get_quiz(quiz_id).rules.sitting.review
    assert review == ReviewPolicy(right_after=(SCORE,), after_close=(SCORE, RIGHT))
    assert (
        tomas.post(
            f"/author/quizzes/{quiz_id}/sitting", {**sent, "seen": "2", "during": ["score"]}
        ).status_code
        == 422
    )
