"""A statement that is agreed to before an exam: nobody begins without it, and the attempt keeps its words."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from lms.app.portal import Portal
from lms.kernel import clock
from lms.kernel.actor import SYSTEM
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts import service
from lms.quizzes.bank import queries as bank
from lms.quizzes.bank.service.quizzes import edit_quiz
from lms.quizzes.errors import NotNow
from lms.quizzes.values import QuizId
from tests.quizzes.exams import actor_of, enrol, set_up_exam, sitting, start
from tests.support.portal import Cast, Visitor

Visit = Callable[..., Visitor]
WORDS = "I answer alone.\nNobody helps me."


def test_no_attempt_begins_before_its_statement_is_agreed_to(app: Portal, cast: Cast) -> None:
    course_id, exam = set_up_exam(honour=WORDS)
    enrol(cast.amara, course_id)
    with pytest.raises(NotNow):
        start(exam.id, cast.amara)
    with unit_of_work():
        attempt = service.start_attempt(
            activity_id=exam.id, actor=actor_of(cast.amara), now=clock.now(), has_agreed=True
        )
    assert start(exam.id, cast.amara) == attempt, "who has begun goes on without agreeing again"


def test_the_attempt_keeps_the_words_that_were_agreed_to(app: Portal, cast: Cast) -> None:
    course_id, exam = set_up_exam(honour=WORDS)
    enrol(cast.amara, course_id)
    with unit_of_work():
        attempt = service.start_attempt(
            activity_id=exam.id, actor=actor_of(cast.amara), now=clock.now(), has_agreed=True
        )
    quiz_id = QuizId(UUID(exam.config["quiz_id"]))
    with unit_of_work():
        quiz = bank.get_quiz(quiz_id)
        edit_quiz(
            quiz_id=quiz_id,
            quiz_rules=replace(quiz.rules, honour="Something else."),
            draws=quiz.draws,
            revision=quiz.revision,
            actor=SYSTEM,
            now=clock.now(),
        )
    assert sitting(attempt, cast.amara).attempt.rules.honour == WORDS


def test_the_page_asks_for_a_tick_and_says_why_nothing_began_without_one(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    course_id, exam = set_up_exam(honour=WORDS)
    enrol(cast.amara, course_id)
    amara, address = visit(cast.amara), f"/learn/exams/{exam.id}/start"
    page = amara.get(address).text
    assert "Nobody helps me." in page
    assert 'name="agree"' in page
    refused = amara.post(address)
    assert refused.location == address
    assert "Agree to the statement first; then the exam begins." in amara.get(address).text
    begun = amara.post(address, {"agree": "yes"})
    assert begun.location.endswith("/1")
    assert 'name="agree"' not in amara.get(address).text, "the one that is open goes on as it is"
    ended = amara.post(begun.location.removesuffix("/1") + "/finish").location
    assert "Nobody helps me." in amara.get(ended).text


def test_an_author_writes_the_statement_and_finds_it_again(app: Portal, cast: Cast, visit: Visit) -> None:
    _course_id, exam = set_up_exam()
    tomas, address = visit(cast.tomas), f"/author/quizzes/{exam.config['quiz_id']}"
    form = {"title": "Exam", "pass_percent": "80", "layout": "one", "review": "marks", "revision": "1"}
    assert tomas.post(address, {**form, "key": exam.config["quiz_id"], "honour": WORDS}).status_code == 303
    assert "Nobody helps me." in tomas.get(address).text
    long = {**form, "key": exam.config["quiz_id"], "revision": "2", "honour": "x" * 1_001}
    assert tomas.post(address, long).status_code == 422
