"""What attempts decide without a database: who may begin, what is drawn, how long is left, what it earned."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Final

from lms.quizzes.attempts.values import Mark, Past, Pool, Refusal, Start
from lms.quizzes.kinds import kind_of
from lms.quizzes.values import (
    ONE,
    ZERO,
    Matching,
    MultipleChoice,
    Question,
    QuestionId,
    QuizRules,
    Response,
    Review,
    SingleChoice,
)

TOLERANCE: Final = timedelta(seconds=5)
"""How long after the deadline an answer still counts: it was given in time and travelled."""
PLACES: Final = Decimal("0.000001")


def may_start(rules: QuizRules, past: Sequence[Past], now: datetime) -> Start:
    """Return whether a new attempt may begin, given all finished ones of this enrolment."""
    finished = [one for one in past if one.finished_at is not None]
    left = None if rules.attempts_allowed is None else max(rules.attempts_allowed - len(past), 0)
    if any(one.passed for one in finished):
        return Start(refusal=Refusal.PASSED, left=left)
    if left == 0:
        return Start(refusal=Refusal.NONE_LEFT, left=0)
    opens_at = next_opens_at(rules, past)
    if opens_at is not None and now < opens_at:
        return Start(refusal=Refusal.WAIT, left=left, opens_at=opens_at)
    return Start(left=left)


def next_opens_at(rules: QuizRules, past: Sequence[Past]) -> datetime | None:
    """Return when the wait after the last attempt ends; None without a wait."""
    ends = [one.finished_at for one in past if one.finished_at is not None]
    if not ends or not rules.wait_days:
        return None
    days = rules.wait_days[min(len(ends), len(rules.wait_days)) - 1]
    return max(ends) + timedelta(days=days) if days else None


def deadline_of(rules: QuizRules, started_at: datetime) -> datetime | None:
    """Return when the time is up; None without a limit."""
    return None if rules.minutes is None else started_at + timedelta(minutes=rules.minutes)


def is_late(deadline_at: datetime | None, now: datetime) -> bool:
    """Return whether an answer that arrives now has missed the deadline, tolerance and all."""
    return deadline_at is not None and now > deadline_at + TOLERANCE


def seconds_left(deadline_at: datetime | None, now: datetime) -> int | None:
    """Return the whole seconds until the deadline, 0 after it; None without one."""
    return None if deadline_at is None else max(0, -((now - deadline_at) // timedelta(seconds=1)))


def draw(
    fixed: Collection[QuestionId], pools: Sequence[Pool], seen: Collection[QuestionId], random: Random
) -> Sequence[Sequence[QuestionId]] | None:
    """Return the questions drawn from each pool, none twice and none that is fixed; None if they do not suffice.

    Unseen questions come first. Pools may overlap: a question taken for one is given to another wherever only so
    all can be filled (augmenting paths, Kuhn 1955).
    """
    orders = [_preference(pool, fixed, seen, random) for pool in pools]
    places = [number for number, pool in enumerate(pools) for _count in range(pool.count)]
    holders: dict[QuestionId, int] = {}

    def seat(place: int, tried: set[QuestionId]) -> bool:
        order = orders[places[place]]
        free = next((one for one in order if one not in holders), None)
        if free is not None:
            holders[free] = place
            return True
        for one in order:
            if one in tried:
                continue
            tried.add(one)
            if seat(holders[one], tried):
                holders[one] = place
                return True
        return False

    if not all(seat(place, set()) for place in range(len(places))):
        return None
    drawn: list[list[QuestionId]] = [[] for _pool in pools]
    for question, place in sorted(holders.items(), key=lambda one: one[1]):
        drawn[places[place]].append(question)
    return drawn


def _preference(
    pool: Pool, fixed: Collection[QuestionId], seen: Collection[QuestionId], random: Random
) -> list[QuestionId]:
    order = [one for one in dict.fromkeys(pool.questions) if one not in fixed]
    random.shuffle(order)
    return sorted(order, key=lambda one: one in seen)


def order_of(question: Question, rules: QuizRules, random: Random) -> list[str]:
    """Return the keys of what a learner chooses from, in the order this attempt shows them.

    The options of a matching question are always shuffled: as written, they would tell the answer.
    """
    match question.body:
        case (
            SingleChoice(choices=choices, shuffle=shuffle) | MultipleChoice(choices=choices, shuffle=shuffle)
        ):
            keys = [choice.key for choice in choices]
            if not (shuffle and rules.shuffle_choices):
                return keys
        case Matching(options=options):
            keys = [option.key for option in options]
        case _:
            return []
    random.shuffle(keys)
    return keys


def fraction_of(question: Question, given: Response | None) -> Decimal:
    """Return what an answer earns of its question's marks; no answer earns nothing."""
    return ZERO if given is None else kind_of(question).grade(question, given).fraction


def mark(rules: QuizRules, earned: Sequence[tuple[Decimal, Decimal]]) -> Mark:
    """Return what an attempt earned, from the (marks, fraction) of each of its questions.

    Fractions below 0 cost, but no attempt ends below 0. The sum is rounded to the sixth place, so that thirds that
    make a whole are a whole; an attempt passes at exactly the pass mark.
    """
    marks = sum((one for one, _fraction in earned), ZERO)
    total = max(sum((one * fraction for one, fraction in earned), ZERO), ZERO)
    share = total / marks if marks else ZERO
    score = min(share.quantize(PLACES, rounding=ROUND_HALF_UP), ONE)
    return Mark(
        earned=total.quantize(PLACES, rounding=ROUND_HALF_UP),
        marks=marks,
        score=score,
        passed=score * 100 >= rules.pass_percent,
    )


def seconds_taken(started_at: datetime, deadline_at: datetime | None, now: datetime) -> int:
    """Return how long an attempt took, no longer than it was allowed to."""
    end = now if deadline_at is None else min(now, deadline_at)
    return max(0, int((end - started_at).total_seconds()))


def shows(rules: QuizRules, *, is_last: bool) -> tuple[bool, bool]:
    """Return whether a finished attempt shows what each answer earned, and whether it shows the right ones too.

    `is_last` is whether it was passed or no attempt is left.
    """
    answers = rules.review is Review.ANSWERS or (rules.review is Review.ANSWERS_AT_END and is_last)
    return rules.review is not Review.SCORE, answers
