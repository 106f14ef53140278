"""An answer that is checked before the end: told when the exam's behaviour says so, and no try is lost or doubled."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.app.portal import Portal
from lms.kernel import clock
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts import rules, service
from lms.quizzes.attempts.models import AnswerRow
from lms.quizzes.attempts.values import CheckOutcome, Slot, Try
from lms.quizzes.errors import AlreadyChecked, AttemptOver, InvalidResponse, TooLate
from lms.quizzes.kinds.free_text import FreeText
from lms.quizzes.kinds.single_choice import SingleChoiceResponse
from lms.quizzes.values import (
    A_THIRD,
    AttemptId,
    Behaviour,
    Draw,
    EndedBy,
    Question,
    Telling,
    Text,
    response_to_json,
    rules_from_json,
    rules_to_json,
)
from tests.quizzes.exams import (
    RATED,
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
from tests.quizzes.test_attempts import at_once
from tests.support.portal import Cast, counted_queries

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HINTED = replace(VALVE, hints=(Text("Who is in the room?"), Text("Not the controller.")))
QUARTER = Decimal("0.25")
TRIES = Behaviour(Telling.TRIES, QUARTER)
ONCE = Behaviour(Telling.AT_ONCE)


def tried(*fractions: str) -> list[Try]:
    given = response_to_json(SingleChoiceResponse("a"))
    return [Try(uuid4(), given, Decimal(one), NOON) for one in fractions]


@pytest.mark.parametrize(
    "behaviour, question, grades, allowed, left, is_settled, hints, worth",
    [
        (Behaviour(), HINTED, (), 0, 0, False, 0, "1"),
        (ONCE, HINTED, (), 1, 1, False, 0, "1"),
        (ONCE, HINTED, ("0",), 1, 0, True, 0, "1"),
        (ONCE, HINTED, ("1",), 1, 0, True, 0, "1"),
        (TRIES, VALVE, (), 1, 1, False, 0, "1"),
        (TRIES, VALVE, ("0",), 1, 0, True, 0, "0.75"),
        (TRIES, HINTED, (), 3, 3, False, 0, "1"),
        (TRIES, HINTED, ("0",), 3, 2, False, 1, "0.75"),
        (TRIES, HINTED, ("0", "0.5"), 3, 1, False, 2, "0.5"),
        (TRIES, HINTED, ("0", "0", "0"), 3, 0, True, 2, "0.25"),
        (TRIES, HINTED, ("1",), 3, 0, True, 0, "1"),
        (TRIES, HINTED, ("0", "1"), 3, 0, True, 1, "0.5"),
        (ONCE, RATED, (), 0, 0, False, 0, "1"),
        (TRIES, RATED, (), 0, 0, False, 0, "1"),
    ],
)
def test_there_is_one_more_try_than_hints_and_the_first_right_one_ends_them(
    behaviour: Behaviour,
    question: Question,
    grades: Sequence[str],
    allowed: int,
    left: int,
    is_settled: bool,
    hints: int,
    worth: str,
) -> None:
    stands = rules.standing(behaviour, question, tried(*grades))
    assert (stands.allowed, stands.made, stands.left) == (allowed, len(grades), left)
    assert (stands.is_settled, stands.hints, stands.worth) == (is_settled, hints, Decimal(worth))
    assert stands.may_check == (left > 0)


@pytest.mark.parametrize(
    "grades, key, earned",
    [
        ((), "b", "1"),
        (("0",), "a", "0"),
        (("0",), "b", "0.75"),
        (("0",), "", "0"),
        (("0.5",), "", "0.5"),
        (("0", "0"), "b", "0.5"),
        (("0", "0", "0"), "b", "0"),
        (("1",), "c", "1"),
    ],
)
def test_a_whole_answer_after_the_last_check_is_a_try_and_half_of_one_takes_nothing_away(
    grades: Sequence[str], key: str, earned: str
) -> None:
    response = SingleChoiceResponse(key)
    assert rules.fraction_by_tries(TRIES, HINTED, tried(*grades), response) == Decimal(earned)


@drawn(st.lists(st.integers(0, 99), min_size=1, max_size=3), st.integers(0, 100))
def test_what_is_promised_for_a_right_answer_is_what_it_earns(grades: list[int], penalty: int) -> None:
    behaviour = Behaviour(Telling.TRIES, Decimal(penalty) / 100)
    question = replace(HINTED, hints=(Text("Look."),) * 4)
    tries = tried(*(str(Decimal(one) / 100) for one in grades))
    promised = rules.standing(behaviour, question, tries).worth
    assert rules.fraction_by_tries(behaviour, question, tries, SingleChoiceResponse("b")) == promised
    assert promised <= rules.standing(behaviour, question, tries[:-1]).worth


def test_the_rules_of_an_attempt_from_before_tell_at_the_end() -> None:
    document = rules_to_json(rules_from_json({"title": "Old"}))
    kept = {name: value for name, value in document.items() if name not in {"telling", "penalty"}}
    old = rules_from_json(kept)
    assert old.behaviour == Behaviour(Telling.AT_END, A_THIRD)
    assert (
        rules_from_json(rules_to_json(replace(old, telling=Telling.TRIES, penalty=QUARTER))).behaviour
        == TRIES
    )


def begun(cast: Cast, *questions: Question, telling: Telling = Telling.TRIES, **more: object) -> AttemptId:
    """Return an attempt of Amara's at an exam of these questions."""
    bank_id = fill_bank(questions or [HINTED])
    with unit_of_work(read_only=True):
        draws = fixed(bank_id)
    course_id, exam = set_up_exam(draws, telling=telling, penalty=QUARTER, **more)  # type: ignore[arg-type]  # rules alone
    enrol(cast.amara, course_id)
    return start(exam.id, cast.amara)


def check(
    attempt_id: AttemptId,
    key: str,
    cast: Cast,
    number: int,
    *,
    name: UUID | None = None,
    now: datetime | None = None,
) -> CheckOutcome:
    with unit_of_work():
        return _check(attempt_id, {"answer": [key]}, cast, number, name=name, now=now)()


def _check(
    attempt_id: AttemptId,
    form: Mapping[str, Sequence[str]],
    cast: Cast,
    number: int,
    *,
    name: UUID | None = None,
    now: datetime | None = None,
) -> Callable[[], CheckOutcome]:
    return lambda: (
        service.check_answer(
            attempt_id=attempt_id,
            slot=1,
            form=form,
            number=number,
            client_key=name or uuid4(),
            actor=actor_of(cast.amara),
            now=now or clock.now(),
        ).outcome
    )


def slot_of(attempt_id: AttemptId, cast: Cast) -> Slot:
    return sitting(attempt_id, cast.amara).slots[0]


def test_three_tries_cost_two_penalties_and_the_attempt_earns_the_rest(app: Portal, cast: Cast) -> None:
    attempt = begun(cast)
    for number, key in enumerate("acb", 1):
        assert check(attempt, key, cast, number) is CheckOutcome.TAKEN
    assert [one.fraction for one in slot_of(attempt, cast).tries] == [0, 0, 1]
    finish(attempt, cast.amara)
    done = sitting(attempt, cast.amara)
    assert (done.attempt.score, done.slots[0].fraction) == (Decimal("0.5"), Decimal("0.5"))


def test_a_check_whose_answer_was_lost_on_its_way_is_the_same_try(app: Portal, cast: Cast) -> None:
    attempt, name = begun(cast), uuid4()
    assert check(attempt, "a", cast, 1, name=name) is CheckOutcome.TAKEN
    assert check(attempt, "a", cast, 1, name=name) is CheckOutcome.REPLAY
    assert check(attempt, "c", cast, 2) is CheckOutcome.TAKEN
    assert check(attempt, "a", cast, 1, name=name) is CheckOutcome.REPLAY
    assert slot_of(attempt, cast).given == {"type": "single_choice", "key": "c"}
    finish(attempt, cast.amara)
    assert check(attempt, "a", cast, 1, name=name) is CheckOutcome.REPLAY
    assert len(slot_of(attempt, cast).tries) == 2


def test_a_second_tab_takes_no_try_that_the_first_has_taken_and_its_answer_is_kept(
    app: Portal, cast: Cast
) -> None:
    attempt = begun(cast)
    check(attempt, "a", cast, 1)
    assert check(attempt, "c", cast, 1) is CheckOutcome.MEANWHILE
    assert slot_of(attempt, cast).given == {"type": "single_choice", "key": "c"}
    assert len(slot_of(attempt, cast).tries) == 1
    assert check(attempt, "c", cast, 3) is CheckOutcome.MEANWHILE, "nobody skips a try"


def test_two_tabs_that_check_in_one_instant_make_one_try(app: Portal, cast: Cast) -> None:
    attempt = begun(cast)
    outcomes = at_once(
        app, _check(attempt, {"answer": ["a"]}, cast, 1), _check(attempt, {"answer": ["c"]}, cast, 1)
    )
    assert sorted(outcomes) == [CheckOutcome.MEANWHILE, CheckOutcome.TAKEN]
    assert len(slot_of(attempt, cast).tries) == 1


def test_what_is_open_or_was_checked_before_takes_no_try(app: Portal, cast: Cast) -> None:
    attempt = begun(cast)
    assert check(attempt, "", cast, 1) is CheckOutcome.OPEN
    check(attempt, "a", cast, 1)
    assert check(attempt, "a", cast, 2) is CheckOutcome.SAME
    assert len(slot_of(attempt, cast).tries) == 1


@pytest.mark.parametrize("telling, first", [(Telling.AT_ONCE, "a"), (Telling.TRIES, "b")])
def test_a_settled_answer_stays_whatever_is_sent_after(
    app: Portal, cast: Cast, telling: Telling, first: str
) -> None:
    attempt = begun(cast, telling=telling)
    check(attempt, first, cast, 1)
    with pytest.raises(AlreadyChecked):
        give(attempt, 1, {"answer": ["c"]}, cast.amara)
    assert check(attempt, "c", cast, 2) is CheckOutcome.MEANWHILE
    assert give(attempt, 1, {"answer": [first]}, cast.amara).is_replay
    assert slot_of(attempt, cast).given == {"type": "single_choice", "key": first}
    finish(attempt, cast.amara)
    assert sitting(attempt, cast.amara).attempt.score == (first == "b")


def test_an_answer_sent_before_the_check_and_arriving_after_it_is_confirmed(app: Portal, cast: Cast) -> None:
    attempt, key = begun(cast, telling=Telling.AT_ONCE), uuid4()
    give(attempt, 1, {"answer": ["c"]}, cast.amara, key=key)
    check(attempt, "a", cast, 1)
    assert give(attempt, 1, {"answer": ["c"]}, cast.amara, key=key).is_replay


def test_an_answer_nobody_checked_counts_as_it_would_have(app: Portal, cast: Cast) -> None:
    attempt = begun(cast)
    check(attempt, "a", cast, 1)
    give(attempt, 1, {"answer": ["b"]}, cast.amara)
    finish(attempt, cast.amara)
    assert sitting(attempt, cast.amara).attempt.score == Decimal("0.75")


@pytest.mark.parametrize("seconds, counts", [(5, True), (5.001, False)])
def test_the_deadline_holds_for_checks_as_for_answers(
    app: Portal, cast: Cast, seconds: float, counts: bool
) -> None:
    with clock.frozen_at(NOON) as advance:
        attempt = begun(cast, minutes=10)
        check(attempt, "a", cast, 1)
        advance(timedelta(minutes=10, seconds=seconds))
        if counts:
            assert check(attempt, "b", cast, 2) is CheckOutcome.TAKEN
        else:
            with pytest.raises(TooLate):
                check(attempt, "b", cast, 2)
        finish(attempt, cast.amara)
        done = sitting(attempt, cast.amara).attempt
    assert done.score == (Decimal("0.75") if counts else 0)
    assert done.ended_by is (EndedBy.LEARNER if counts else EndedBy.TIME)
    with pytest.raises(AttemptOver):
        check(attempt, "c", cast, 3)


def test_an_exam_that_tells_at_its_end_and_an_opinion_are_never_checked(app: Portal, cast: Cast) -> None:
    attempt = begun(cast, telling=Telling.AT_END)
    with pytest.raises(InvalidResponse):
        check(attempt, "a", cast, 1)
    said = Question(title="Said", stem=Text("Well?"), body=FreeText())
    other = begun_at(cast, said)
    with pytest.raises(InvalidResponse):
        check(other, "Fine.", cast, 1)
    assert slot_of(other, cast).tries == ()


def begun_at(cast: Cast, question: Question) -> AttemptId:
    bank_id = fill_bank([question], name="Opinions")
    course_id, exam = set_up_exam(
        [Draw(count=1, bank_id=bank_id)], slug="opinions", telling=Telling.TRIES, pass_percent=0
    )
    enrol(cast.amara, course_id)
    return start(exam.id, cast.amara)


def test_nobody_checks_in_anothers_attempt(app: Portal, cast: Cast) -> None:
    attempt = begun(cast)
    with unit_of_work(), pytest.raises(NotFound):
        service.check_answer(
            attempt_id=attempt,
            slot=1,
            form={"answer": ["b"]},
            number=1,
            client_key=uuid4(),
            actor=actor_of(cast.ruth),
            now=clock.now(),
        )


def test_a_check_costs_three_queries_and_keeps_its_answer_in_the_log(app: Portal, cast: Cast) -> None:
    attempt = begun(cast)
    with counted_queries() as asked:
        check(attempt, "a", cast, 1)
    writes: list[Any] = [
        one for one in asked if not str(one).upper().startswith(("BEGIN", "COMMIT", "PRAGMA"))
    ]
    assert len(writes) <= 3, asked
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(AnswerRow)) == 1
