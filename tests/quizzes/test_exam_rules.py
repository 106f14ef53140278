"""Who may begin, what is drawn, how long is left and what is earned are decided the same for ever."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel.db import new_id
from lms.quizzes.attempts import rules
from lms.quizzes.attempts.values import Mark, Past, Refusal
from lms.quizzes.kinds import kind_of
from lms.quizzes.kinds.gap_fill import GapFill
from lms.quizzes.kinds.hotspot import Hotspot
from lms.quizzes.kinds.matching import Matching
from lms.quizzes.kinds.ordering import Ordering
from lms.quizzes.kinds.picture_labels import PictureLabels
from lms.quizzes.kinds.picture_order import PictureOrder
from lms.quizzes.kinds.picture_pairs import PicturePairs
from lms.quizzes.values import Question, QuestionId, QuizRules
from tests.quizzes.questions import free_texts, likerts, matchings, questions

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
IDS = [QuestionId(new_id()) for _number in range(30)]
RULES = QuizRules(title="Exam")


def chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311  the same chance for the same seed is the point


def failed(*days_ago: float) -> list[Past]:
    return [
        Past(number=number, finished_at=NOON - DAY * days, passed=False)
        for number, days in enumerate(days_ago, 1)
    ]


@pytest.mark.parametrize(
    "allowed, waits, past, refusal, left",
    [
        (None, (), [], None, None),
        (2, (), [], None, 2),
        (2, (), failed(1), None, 1),
        (2, (), failed(2, 1), Refusal.NONE_LEFT, 0),
        (3, (1,), failed(0.999), Refusal.WAIT, 2),
        (3, (1,), failed(1), None, 2),
        (9, (1, 14), failed(20, 13.999), Refusal.WAIT, 7),
        (9, (1, 14), failed(20, 14), None, 7),
        (9, (1, 14), failed(60, 40, 13), Refusal.WAIT, 6),
        (9, (0, 14), failed(0), None, 8),
        (1, (), [Past(number=1, finished_at=NOON, passed=True)], Refusal.PASSED, 0),
    ],
)
def test_who_may_begin(
    allowed: int | None, waits: tuple[int, ...], past: list[Past], refusal: Refusal | None, left: int | None
) -> None:
    held = QuizRules(title="Exam", attempts_allowed=allowed, wait_days=waits)
    start = rules.may_start(held, past, NOON)
    assert (start.refusal, start.left) == (refusal, left)
    assert (start.opens_at is not None) == (refusal is Refusal.WAIT)


@pytest.mark.parametrize(
    "after, left, late",
    [
        (timedelta(0), 2400, False),
        (timedelta(milliseconds=1), 2400, False),
        (timedelta(seconds=1), 2399, False),
        (timedelta(minutes=39, seconds=59.5), 1, False),
        (timedelta(minutes=40), 0, False),
        (timedelta(minutes=40, seconds=5), 0, False),
        (timedelta(minutes=40, seconds=5, microseconds=1), 0, True),
    ],
)
def test_the_time_that_is_left(after: timedelta, left: int, late: bool) -> None:
    deadline = rules.deadline_of(QuizRules(title="Exam", minutes=40), NOON)
    assert rules.seconds_left(deadline, NOON + after) == left
    assert rules.is_late(deadline, NOON + after) is late


def test_without_a_limit_there_is_no_deadline() -> None:
    assert rules.deadline_of(RULES, NOON) is None
    assert rules.seconds_left(None, NOON) is None
    assert rules.is_late(None, NOON + DAY * 999) is False


CHOSEN_FROM = ("options", "choices", "items", "rows", "statements", "labels", "places", "words")


@given(questions(), st.booleans(), st.integers())
def test_an_order_shows_everything_once(question: Question, shuffles: bool, seed: int) -> None:
    held = QuizRules(title="Exam", shuffle_choices=shuffles)
    order = rules.order_of(question, held, chance(seed))
    body = question.body
    other = rules.order_of(question, QuizRules(title="Exam", shuffle_choices=True), chance(seed + 1))
    assert len(set(order)) == len(order)
    assert sorted(order) == sorted(other)
    if isinstance(body, GapFill):
        return
    if isinstance(body, PicturePairs):
        assert order == list(body.all_pairs)
        return
    # What is chosen from, by the name that each kind has for it.
    listed = next((getattr(body, name) for name in CHOSEN_FROM if hasattr(body, name)), ())
    keys = [one.key for one in listed]
    assert sorted(order) == sorted(keys)
    if not shuffles and not isinstance(body, Hotspot | Matching | Ordering | PictureLabels | PictureOrder):
        assert order == keys


@pytest.mark.parametrize(
    "earned, percent, passed",
    [
        ([(Decimal(1), Decimal(1))] * 8 + [(Decimal(1), Decimal(0))] * 2, 80, True),
        ([(Decimal(1), Decimal(1))] * 79 + [(Decimal(1), Decimal(0))] * 21, 80, False),
        ([(Decimal(1), Decimal(1))] * 7 + [(Decimal(1), Decimal(1) / 3)] * 3, 80, True),
        ([(Decimal(1), Decimal(-1))] * 10, 0, True),
        ([(Decimal(2), Decimal(-1)), (Decimal(1), Decimal(1))], 1, False),
        ([(Decimal(0), Decimal(1))], 80, False),
        ([], 80, False),
        ([], 0, True),
        ([(Decimal(0), Decimal(0))] * 3, 0, True),
    ],
)
def test_an_attempt_passes_at_exactly_the_mark(
    earned: list[tuple[Decimal, Decimal]], percent: int, passed: bool
) -> None:
    mark = rules.mark(QuizRules(title="Exam", pass_percent=percent), earned)
    assert mark.passed is passed
    assert (mark.score is None) is (mark.marks == 0), "out of nothing there is no score"
    assert mark.score is None or 0 <= mark.score <= 1


@given(st.lists(questions(), min_size=1, max_size=6))
def test_who_answers_everything_rightly_has_everything(asked: list[Question]) -> None:
    earned = [
        (rules.marks_of(one), rules.fraction_of(one, kind_of(one).correct_answer(one)) or Decimal(0))
        for one in asked
    ]
    mark = rules.mark(RULES, earned)
    if mark.marks and all(fraction == 1 for marks, fraction in earned if marks):
        assert mark.score == 1


@given(st.lists(questions(), max_size=4), st.lists(questions(st.one_of(likerts(), free_texts())), max_size=3))
def test_opinions_count_neither_for_nor_against(asked: list[Question], opinions: list[Question]) -> None:
    def mark_of(paper: list[Question]) -> Mark:
        given = [(rules.marks_of(one), rules.fraction_of(one, None) or Decimal(0)) for one in paper]
        return rules.mark(RULES, given)

    assert mark_of([*asked, *opinions]) == mark_of(asked)
    for one in opinions:
        blank = kind_of(one).correct_answer(one)
        assert rules.fraction_of(one, blank) is None
        with pytest.raises(TypeError, match="not graded by rule"):
            kind_of(one).grade(one, blank)


@given(matchings(), st.integers(1, 12))
def test_thirds_that_make_a_whole_are_a_whole(body: Matching, times: int) -> None:
    share = Decimal(1) / len(body.stems)
    mark = rules.mark(RULES, [(Decimal(1), share)] * (len(body.stems) * times))
    assert abs(mark.earned - times) <= Decimal("0.000001")


@pytest.mark.parametrize(
    "deadline, now, seconds",
    [(None, 90.7, 90), (60, 90.0, 60), (60, 30.0, 30), (60, -5.0, 0)],
)
def test_the_time_it_took_is_no_longer_than_was_allowed(
    deadline: int | None, now: float, seconds: int
) -> None:
    end = None if deadline is None else NOON + timedelta(seconds=deadline)
    assert rules.seconds_taken(NOON, end, NOON + timedelta(seconds=now)) == seconds
