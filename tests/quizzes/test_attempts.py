"""An exam is held to its rules by the server, and no answer is ever lost, doubled or scored as nothing."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from lms.app.portal import Portal
from lms.courses import facade as courses
from lms.kernel import clock, uow
from lms.kernel.actor import Role
from lms.kernel.db import db
from lms.kernel.errors import DomainError, Forbidden, NotFound
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts import queries, service
from lms.quizzes.attempts.models import AnswerRow, AttemptRow, SlotRow
from lms.quizzes.bank import service as bank
from lms.quizzes.errors import AttemptOver, InvalidResponse, NotNow, TooLate
from lms.quizzes.kinds import kind_of, question_from_json, response_from_json
from lms.quizzes.kinds.single_choice import SingleChoice
from lms.quizzes.values import Draw, EndedBy
from tests.quizzes.exams import (
    RIGHT,
    SIX_KINDS,
    VALVE,
    actor_of,
    enrol,
    fill_bank,
    finish,
    fixed,
    give,
    set_up_exam,
    sitting,
    start,
)
from tests.support.portal import Cast

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def answers() -> int:
    with unit_of_work(read_only=True):
        return db.session.scalar(select(func.count()).select_from(AnswerRow)) or 0


def test_a_perfect_exam_is_passed_and_the_course_knows_at_once(app: Portal, cast: Cast) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    for number, form in enumerate(RIGHT, 1):
        assert give(attempt, number, form, cast.amara).is_answered
    finish(attempt, cast.amara)
    done = sitting(attempt, cast.amara).attempt
    assert (done.score, done.passed, done.ended_by) == (Decimal(1), True, EndedBy.LEARNER)
    with unit_of_work(read_only=True):
        score = courses.best_scores([cast.amara], [exam.key])[cast.amara, exam.key]
        assert (score.score, score.passed) == (Decimal(1), True)
        assert (cast.amara, course_id) in courses.completions([cast.amara], [course_id])


def test_the_score_is_the_sum_of_what_each_answer_earned(app: Portal, cast: Cast) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    for number, form in enumerate(
        [{"answer": ["a"]}, {"answer": ["a", "b", "c"]}, {"answer": ["true"]}, {"answer": ["ammonia"]}], 1
    ):
        give(attempt, number, form, cast.amara)
    give(attempt, 6, {"answer-a": ["x"]}, cast.amara)
    finish(attempt, cast.amara)
    # 0 + 2 × 0.5 + 1 + 0 + nothing said + 0.5, of 7 marks
    done = sitting(attempt, cast.amara).attempt
    assert (done.earned, done.marks) == (Decimal("2.5"), Decimal(7))
    assert done.score == Decimal("0.357143")
    assert done.passed is False


def test_what_was_marked_can_be_marked_again_from_the_log_alone(app: Portal, cast: Cast) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    for number, form in enumerate(RIGHT, 1):
        give(attempt, number, {"answer": [""]}, cast.amara)
        give(attempt, number, form, cast.amara)
    give(attempt, 1, {"answer": ["c"]}, cast.amara)
    finish(attempt, cast.amara)
    with unit_of_work(read_only=True):
        marks = Decimal(0)
        for slot, content in queries.list_marked(attempt):
            last = db.session.scalars(
                select(AnswerRow)
                .where(AnswerRow.attempt_id == attempt, AnswerRow.slot == slot.number)
                .order_by(AnswerRow.number.desc())
                .limit(1)
            ).one()
            assert last.given == slot.given
            question = question_from_json(content)
            grade = kind_of(question).grade(question, response_from_json(last.given))
            marks += question.marks * grade.fraction
        row = db.session.get(AttemptRow, attempt)
        assert row is not None
        assert row.earned == marks == Decimal(6)


def test_a_double_click_on_start_begins_one_attempt(app: Portal, cast: Cast) -> None:
    course_id, exam = set_up_exam(attempts_allowed=1)
    enrol(cast.amara, course_id)
    assert start(exam.id, cast.amara) == start(exam.id, cast.amara)


def at_once(app: Portal, *works: Callable[[], Any]) -> list[Any]:
    """Run these in threads of their own, begun together; return what each gave or raised."""
    barrier = threading.Barrier(len(works))
    outcomes: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                outcomes[place] = uow.run(work)
            except DomainError as error:
                outcomes[place] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_two_devices_starting_at_once_share_one_attempt(app: Portal, cast: Cast) -> None:
    course_id, exam = set_up_exam(attempts_allowed=2)
    enrol(cast.amara, course_id)

    def begin() -> Any:
        return service.start_attempt(activity_id=exam.id, actor=actor_of(cast.amara), now=clock.now())

    made = at_once(app, *[begin] * 4)
    assert len(set(made)) == 1
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(AttemptRow)) == 1
        assert db.session.scalar(select(func.count()).select_from(SlotRow)) == len(SIX_KINDS)


def test_two_tabs_finishing_while_a_third_answers_leave_one_result(app: Portal, cast: Cast) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.amara, course_id)
    attempt, actor = start(exam.id, cast.amara), actor_of(cast.amara)

    def end() -> None:
        service.finish_attempt(attempt_id=attempt, actor=actor, now=clock.now())

    def answer() -> Any:
        return service.save_answer(
            attempt_id=attempt, slot=1, form=RIGHT[0], client_key=uuid4(), actor=actor, now=clock.now()
        )

    outcome = at_once(app, end, end, answer)[2]
    done = sitting(attempt, cast.amara)
    counted = done.attempt.earned == Decimal(1)
    # Either the answer came first and counts, or it was told that it came too late. Never kept and not counted.
    assert counted == (not isinstance(outcome, AttemptOver))
    assert answers() == int(counted)
    with unit_of_work(read_only=True):
        results = db.session.scalar(text("SELECT count(*) FROM activity_results"))
    assert results == 1


def test_an_answer_sent_again_changes_nothing(app: Portal, cast: Cast) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.amara, course_id)
    attempt, key = start(exam.id, cast.amara), uuid4()
    first = give(attempt, 1, {"answer": ["b"]}, cast.amara, key=key)
    give(attempt, 1, {"answer": ["c"]}, cast.amara)
    again = give(attempt, 1, {"answer": ["b"]}, cast.amara, key=key)
    assert (first.is_replay, again.is_replay) == (False, True)
    assert sitting(attempt, cast.amara).slots[0].given == {"type": "single_choice", "key": "c"}
    assert answers() == 2


def test_an_answer_whose_confirmation_was_lost_is_confirmed_after_the_end(app: Portal, cast: Cast) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.amara, course_id)
    attempt, key = start(exam.id, cast.amara), uuid4()
    saved = give(attempt, 1, {"answer": ["b"]}, cast.amara, key=key)
    finish(attempt, cast.amara)
    assert give(attempt, 1, {"answer": ["b"]}, cast.amara, key=key).at == saved.at


@pytest.mark.parametrize("seconds, counts", [(0, True), (5, True), (5.001, False), (3600, False)])
def test_the_time_limit_holds_to_the_second(app: Portal, cast: Cast, seconds: float, counts: bool) -> None:
    with clock.frozen_at(NOON) as advance:
        course_id, exam = set_up_exam(minutes=40)
        enrol(cast.amara, course_id)
        attempt = start(exam.id, cast.amara)
        give(attempt, 2, RIGHT[1], cast.amara)
        advance(timedelta(minutes=40, seconds=seconds))
        if counts:
            give(attempt, 1, RIGHT[0], cast.amara)
        else:
            with pytest.raises(TooLate):
                give(attempt, 1, RIGHT[0], cast.amara)
        finish(attempt, cast.amara)
        done = sitting(attempt, cast.amara).attempt
    assert done.earned == (Decimal(3) if counts else Decimal(2)), "what was saved in time always counts"
    assert done.ended_by is (EndedBy.LEARNER if counts else EndedBy.TIME)


def test_who_walks_away_is_marked_by_the_server(app: Portal, cast: Cast) -> None:
    with clock.frozen_at(NOON) as advance:
        course_id, exam = set_up_exam(minutes=40, pass_percent=30)
        enrol(cast.amara, course_id)
        attempt = start(exam.id, cast.amara)
        for number in (1, 2):
            give(attempt, number, RIGHT[number - 1], cast.amara)
        advance(timedelta(minutes=40, seconds=5))
        service.finish_lapsed()
        assert sitting(attempt, cast.amara).attempt.finished_at is None
        advance(timedelta(seconds=1))
        service.finish_lapsed()
        service.finish_lapsed()
        done = sitting(attempt, cast.amara).attempt
        assert (done.passed, done.earned, done.ended_by) == (True, Decimal(3), EndedBy.TIME)
        with unit_of_work(read_only=True):
            assert (cast.amara, course_id) in courses.completions([cast.amara], [course_id])


def test_a_lapsed_attempt_is_finished_when_its_owner_comes_back(app: Portal, cast: Cast) -> None:
    with clock.frozen_at(NOON) as advance:
        course_id, exam = set_up_exam(minutes=40, attempts_allowed=2)
        enrol(cast.amara, course_id)
        attempt = start(exam.id, cast.amara)
        advance(timedelta(hours=2))
        assert start(exam.id, cast.amara) == attempt
        assert sitting(attempt, cast.amara).attempt.finished_at == NOON + timedelta(hours=2)
        assert start(exam.id, cast.amara) != attempt


def test_finishing_twice_gives_one_result(app: Portal, cast: Cast) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    finish(attempt, cast.amara)
    first = sitting(attempt, cast.amara)
    finish(attempt, cast.amara)
    assert sitting(attempt, cast.amara) == first
    with unit_of_work(read_only=True):
        assert db.session.scalar(text("SELECT count(*) FROM activity_results")) == 1
    with pytest.raises(AttemptOver):
        give(attempt, 1, RIGHT[0], cast.amara)


def test_attempts_and_growing_waits_hold(app: Portal, cast: Cast) -> None:
    with clock.frozen_at(NOON) as advance:
        course_id, exam = set_up_exam(attempts_allowed=3, wait_days=(1, 14))
        enrol(cast.amara, course_id)
        finish(start(exam.id, cast.amara), cast.amara)
        advance(timedelta(days=1) - timedelta(seconds=1))
        with pytest.raises(NotNow):
            start(exam.id, cast.amara)
        advance(timedelta(seconds=1))
        finish(start(exam.id, cast.amara), cast.amara)
        advance(timedelta(days=14) - timedelta(seconds=1))
        with pytest.raises(NotNow):
            start(exam.id, cast.amara)
        advance(timedelta(seconds=1))
        finish(start(exam.id, cast.amara), cast.amara)
        advance(timedelta(days=999))
        with pytest.raises(NotNow):
            start(exam.id, cast.amara)


def test_who_has_passed_needs_no_other_attempt(app: Portal, cast: Cast) -> None:
    course_id, exam = set_up_exam(pass_percent=0)
    enrol(cast.amara, course_id)
    finish(start(exam.id, cast.amara), cast.amara)
    with pytest.raises(NotNow):
        start(exam.id, cast.amara)


def test_nobody_sees_or_answers_in_anothers_attempt(app: Portal, cast: Cast) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.amara, course_id)
    enrol(cast.ruth, course_id)
    attempt = start(exam.id, cast.amara)
    with pytest.raises(NotFound):
        give(attempt, 1, RIGHT[0], cast.ruth)
    with pytest.raises(NotFound):
        finish(attempt, cast.ruth)
    with pytest.raises(NotFound):
        sitting(attempt, cast.ruth)
    assert answers() == 0


def test_without_an_enrolment_there_is_no_exam(app: Portal, cast: Cast) -> None:
    _course_id, exam = set_up_exam()
    with pytest.raises(NotFound):
        start(exam.id, cast.amara)


def test_an_auditor_takes_no_exam(app: Portal, cast: Cast) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.odd, course_id)
    with unit_of_work(), pytest.raises(Forbidden):
        service.start_attempt(activity_id=exam.id, actor=actor_of(cast.odd, Role.AUDITOR), now=clock.now())


def test_an_answer_that_no_form_could_send_is_refused(app: Portal, cast: Cast) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    with pytest.raises(InvalidResponse):
        give(attempt, 1, {"answer": ["zzz"]}, cast.amara)
    with pytest.raises(NotFound):
        give(attempt, 99, {"answer": ["a"]}, cast.amara)
    assert answers() == 0


def test_an_edited_question_is_marked_as_it_was_asked(app: Portal, cast: Cast) -> None:
    bank_id = fill_bank([VALVE])
    with unit_of_work(read_only=True):
        draws = fixed(bank_id)
    course_id, exam = set_up_exam(draws)
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    give(attempt, 1, {"answer": ["b"]}, cast.amara)
    assert isinstance(VALVE.body, SingleChoice)
    choices = tuple(replace(one, weight=Decimal(one.key == "c")) for one in VALVE.body.choices)
    edited = replace(VALVE, body=SingleChoice(choices))
    with unit_of_work():
        question_id = draws[0].question_id
        assert question_id is not None
        bank.edit_question(
            question_id=question_id,
            question=edited,
            seen=1,
            actor=actor_of(cast.tomas, Role.ADMINISTRATOR),
            now=clock.now(),
        )
    finish(attempt, cast.amara)
    assert sitting(attempt, cast.amara).attempt.passed is True


def test_a_later_attempt_asks_what_was_not_seen_before(app: Portal, cast: Cast) -> None:
    bank_id = fill_bank()
    course_id, exam = set_up_exam([Draw(count=3, bank_id=bank_id)], pass_percent=100)
    enrol(cast.amara, course_id)
    first = start(exam.id, cast.amara)
    finish(first, cast.amara)
    second = start(exam.id, cast.amara)
    drawn = [{slot.question_id for slot in sitting(one, cast.amara).slots} for one in (first, second)]
    assert len(drawn[0] | drawn[1]) == len(SIX_KINDS)


def test_an_exam_that_asks_more_than_there_is_cannot_begin(app: Portal, cast: Cast) -> None:
    bank_id = fill_bank()
    course_id, exam = set_up_exam([Draw(count=6, bank_id=bank_id)])
    enrol(cast.amara, course_id)
    with unit_of_work():
        quiz = service.find_quiz_of(exam.config)
        assert quiz is not None
        bank.edit_quiz(
            quiz_id=quiz.id,
            quiz_rules=quiz.rules,
            draws=[Draw(count=7, bank_id=bank_id)],
            revision=1,
            actor=actor_of(cast.tomas, Role.TRAINER),
            now=clock.now(),
        )
    with pytest.raises(NotNow):
        start(exam.id, cast.amara)


@pytest.mark.parametrize("table", ["answers", "question_versions"])
def test_the_database_itself_keeps_answers_and_versions(app: Portal, cast: Cast, table: str) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.amara, course_id)
    give(start(exam.id, cast.amara), 1, RIGHT[0], cast.amara)
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):  # noqa: S608  names of our own tables
        with pytest.raises(DatabaseError), unit_of_work():
            db.session.execute(text(statement))
