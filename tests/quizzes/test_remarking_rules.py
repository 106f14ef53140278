"""What a corrected key does to an attempt, decided without a database: nobody loses a pass, nothing falls unasked."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from uuid import uuid4

import pytest

from lms.courses.values import ActivityId, ActivityKey, EnrolmentId
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.quizzes.attempts.rules import mark_paper
from lms.quizzes.attempts.values import Attempt, Held, Slot, Try
from lms.quizzes.kinds import kind_of
from lms.quizzes.kinds.gap_fill import GapFill
from lms.quizzes.kinds.multiple_choice import MultipleChoice
from lms.quizzes.kinds.numeric import Numeric, NumericAnswer
from lms.quizzes.kinds.single_choice import SingleChoice, SingleChoiceResponse
from lms.quizzes.remarking.rules import (
    change_of,
    fraction_by,
    held_anew,
    reworded,
    undone,
    why_not,
    why_unfit,
)
from lms.quizzes.remarking.values import Verdict, Way, held_from_json, held_to_json
from lms.quizzes.values import (
    ONE,
    ZERO,
    AttemptId,
    Question,
    QuestionId,
    QuestionVersionId,
    QuizId,
    QuizRules,
    Telling,
    Text,
    response_to_json,
)
from tests.quizzes.exams import BY_HAND, CHECKS, EVERY_KIND, GAPS, NUMBER, OPINIONS, VALVE
from tests.quizzes.remarks import FAULTY, MENDED, valve

NOW = clock.now()
KEY_ID = QuestionVersionId(uuid4())


def slot_of(number: int, given: str | None, fraction: Decimal | None, **more: object) -> Slot:
    """Return an answer that picked a choice."""
    return Slot(
        number=number,
        question_id=QuestionId(uuid4()),
        version_id=QuestionVersionId(uuid4()),
        order=(),
        is_flagged=False,
        is_answered=given is not None,
        given=response_to_json(SingleChoiceResponse(given)) if given is not None else None,
        saved_at=NOW,
        fraction=fraction,
        **more,  # type: ignore[arg-type]
    )


def attempt_of(score: Decimal | None, *, passed: bool | None, pass_percent: int = 60) -> Attempt:
    """Return a finished attempt."""
    return Attempt(
        id=AttemptId(uuid4()),
        enrolment_id=EnrolmentId(uuid4()),
        activity_id=ActivityId(uuid4()),
        activity_key=ActivityKey(uuid4()),
        quiz_id=QuizId(uuid4()),
        person_id=PersonId(uuid4()),
        number=1,
        rules=QuizRules(title="Exam", pass_percent=pass_percent),
        started_at=NOW,
        deadline_at=None,
        finished_at=NOW + timedelta(minutes=1),
        marks=Decimal(2),
        score=score,
        passed=passed,
    )


HALF = Decimal("0.5")


@pytest.mark.parametrize(
    "valve_was,valve_is,other,passed,lowers,verdict,score",
    [
        (ZERO, ONE, ONE, False, False, Verdict.GAINED, ONE),
        (ZERO, ONE, ZERO, False, False, Verdict.RAISED, HALF),
        (ZERO, ONE, ONE, True, False, Verdict.RAISED, ONE),
        (ZERO, ZERO, ONE, False, False, Verdict.SAME, HALF),
        (ONE, ZERO, ZERO, False, False, Verdict.KEPT, HALF),
        (ONE, ZERO, ZERO, False, True, Verdict.LOWERED, ZERO),
        (ONE, ZERO, ONE, True, False, Verdict.KEPT_PASS, ONE),
        (ONE, ZERO, ONE, True, True, Verdict.SPARED, HALF),
    ],
)
def test_what_another_key_comes_to_for_one_attempt(
    valve_was: Decimal,
    valve_is: Decimal,
    other: Decimal,
    passed: bool,
    lowers: bool,
    verdict: Verdict,
    score: Decimal,
) -> None:
    paper = [(slot_of(1, "b", valve_was), FAULTY), (slot_of(2, "b", other), VALVE)]
    attempt = attempt_of((valve_was + other) / 2, passed=passed)
    found = change_of(attempt, paper, {1: Held(valve_is, KEY_ID)}, lowers=lowers)
    assert (found.verdict, found.score_after) == (verdict, score)
    assert found.passed_after is (passed or verdict is Verdict.GAINED), (
        "a pass was taken, or one was given for nothing"
    )
    assert found.before == {1: Held(valve_was)}
    kept = verdict in {Verdict.KEPT, Verdict.KEPT_PASS}
    assert found.after == {1: Held(valve_was if kept else valve_is, KEY_ID)}


def test_a_question_that_is_left_out_is_missed_by_nobody_who_had_it_wrong() -> None:
    wrong = [(slot_of(1, "b", ZERO), FAULTY), (slot_of(2, "b", ONE), VALVE)]
    right = [(slot_of(1, "a", ONE), FAULTY), (slot_of(2, "b", ZERO), VALVE)]
    anew = {1: Held(ZERO, is_left_out=True)}
    found = change_of(attempt_of(HALF, passed=False), wrong, anew, lowers=False)
    assert (found.verdict, found.score_after) == (Verdict.GAINED, ONE)
    found = change_of(attempt_of(HALF, passed=False), right, {1: Held(ONE, is_left_out=True)}, lowers=False)
    assert (found.verdict, found.score_after) == (Verdict.KEPT, HALF)
    assert not found.after[1].is_left_out


def test_an_attempt_of_nothing_else_stays_as_it_is() -> None:
    paper = [(slot_of(1, "b", ZERO), FAULTY)]
    found = change_of(attempt_of(ZERO, passed=False), paper, {1: Held(ZERO, is_left_out=True)}, lowers=True)
    assert (found.verdict, found.after) == (Verdict.BARE, found.before)


def test_an_attempt_that_waits_for_a_person_gets_no_result_by_it() -> None:
    paper = [(slot_of(1, "b", ZERO), FAULTY), (slot_of(2, "b", None), VALVE)]
    found = change_of(attempt_of(None, passed=None), paper, {1: Held(ONE, KEY_ID)}, lowers=False)
    assert (found.verdict, found.score_after, found.passed_after) == (Verdict.WAITING, None, None)
    assert found.after == {1: Held(ONE, KEY_ID)}


def test_taking_it_back_gives_the_earlier_marks_and_leaves_the_pass() -> None:
    slot, other = slot_of(1, "b", ZERO), slot_of(2, "b", ONE)
    done = change_of(
        attempt_of(HALF, passed=False), [(slot, FAULTY), (other, VALVE)], {1: Held(ONE, KEY_ID)}, lowers=False
    )
    after = [(slot.holding(done.after[1]), FAULTY), (other, VALVE)]
    back = undone(attempt_of(ONE, passed=True), after, done)
    assert (back.verdict, back.score_after, back.passed_after) == (Verdict.SPARED, HALF, True)
    assert back.after == {1: Held(ZERO)}


def test_taking_it_back_leaves_what_was_marked_otherwise_since() -> None:
    slot = slot_of(1, "b", ZERO)
    done = change_of(attempt_of(ZERO, passed=False), [(slot, FAULTY)], {1: Held(ONE, KEY_ID)}, lowers=False)
    since = slot.holding(Held(ONE, QuestionVersionId(uuid4())))
    found = undone(attempt_of(ONE, passed=True), [(since, FAULTY)], done)
    assert (found.verdict, found.score_after) == (Verdict.CHANGED, ONE)
    assert found.after == {1: since.held}


@pytest.mark.parametrize("given,earned", [("a", ZERO), ("b", ONE), ("c", ZERO), (None, ZERO)])
def test_an_answer_is_graded_by_the_other_key(given: str | None, earned: Decimal) -> None:
    slot = slot_of(1, given, ONE if given == "a" else ZERO)
    assert fraction_by(QuizRules(title="Exam"), FAULTY, MENDED, slot) == earned


def test_who_was_right_and_was_told_wrong_lost_no_points_by_trying_again() -> None:
    question = replace(FAULTY, hints=(Text("Think of people."), Text("Again.")))
    tries = tuple(
        Try(uuid4(), response_to_json(SingleChoiceResponse(key)), fraction, NOW)
        for key, fraction in (("b", ZERO), ("c", ZERO), ("a", ONE))
    )
    slot = slot_of(1, "a", Decimal("0.3333333"), tries=tries)
    told = QuizRules(title="Exam", telling=Telling.TRIES)
    assert fraction_by(told, question, MENDED, slot) == ONE


@pytest.mark.parametrize("question", EVERY_KIND, ids=lambda one: one.type)
def test_only_what_a_rule_grades_is_marked_anew_and_by_itself_always_fits(question: Question) -> None:
    assert (why_not(question) is not None) == (question in (*BY_HAND, *OPINIONS))
    assert why_unfit(question, question) is None
    kind = kind_of(question)
    chosen_from = {one.rpartition(".")[2] for one in kind.order(question, Random(1), shuffle=True)}  # noqa: S311
    if why_not(question) is None and question is not GAPS:
        assert chosen_from <= {one[-1] for one in kind.answer_keys(question)}, (
            "an answer names what nobody compares"
        )


def _without_a_choice() -> Question:
    return replace(FAULTY, body=SingleChoice(valve("b").body.choices[1:]))  # type: ignore[attr-defined]


def _another_way() -> Question:
    body = GAPS.body
    assert isinstance(body, GapFill)
    return replace(GAPS, body=replace(body, gaps=(body.gaps[0], replace(body.gaps[0], key="2"))))


@pytest.mark.parametrize(
    "asked,key,fits",
    [
        (FAULTY, MENDED, True),
        (NUMBER, replace(NUMBER, body=Numeric((NumericAnswer("a", Decimal(0), ONE),))), True),
        (FAULTY, replace(FAULTY, body=MultipleChoice(MENDED.body.choices)), False),  # type: ignore[attr-defined]
        (FAULTY, _without_a_choice(), False),
        (_without_a_choice(), FAULTY, False),
        (GAPS, _another_way(), False),
    ],
)
def test_a_key_fits_where_answers_name_the_same(asked: Question, key: Question, fits: bool) -> None:
    assert (why_unfit(asked, key) is None) is fits


def test_other_words_for_a_choice_are_noticed() -> None:
    assert not reworded(FAULTY, MENDED)
    assert not reworded(CHECKS, replace(CHECKS, marks=ONE))
    words = {"a": "Clear the room.", "b": "Reset the controller.", "c": "Tighten the valve."}
    swapped = tuple(replace(one, text=Text(words[one.key])) for one in FAULTY.body.choices)  # type: ignore[attr-defined]
    assert reworded(FAULTY, replace(FAULTY, body=SingleChoice(swapped)))


@pytest.mark.parametrize(
    "way,held",
    [
        (Way.FULL, Held(ONE)),
        (Way.OUT, Held(ZERO, is_left_out=True)),
        (Way.KEY, Held(ONE, KEY_ID)),
    ],
)
def test_what_an_answer_holds_by_each_way(way: Way, held: Held) -> None:
    slot = slot_of(1, "b", ZERO)
    assert held_anew(way, QuizRules(title="Exam"), FAULTY, slot, (KEY_ID, MENDED)) == held
    assert held_from_json(held_to_json({1: held})) == {1: held}


def test_what_is_left_out_counts_neither_for_nor_against() -> None:
    paper = [(slot_of(1, "b", ZERO, is_left_out=True), FAULTY), (slot_of(2, "b", ONE), VALVE)]
    mark = mark_paper(QuizRules(title="Exam"), paper)
    assert (mark.marks, mark.score, mark.passed) == (ONE, ONE, True)
