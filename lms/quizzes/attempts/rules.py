"""What attempts decide without a database: who may begin, what is drawn, how long is left, what it earned."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any, Final, Protocol

from lms.quizzes.attempts.values import Mark, Past, Refusal, Standing, Start, Try
from lms.quizzes.kinds import kind_of, response_from_json
from lms.quizzes.kinds.chance import as_drawn, kept_from_json
from lms.quizzes.values import (
    ONE,
    ZERO,
    Behaviour,
    Grading,
    Phase,
    Question,
    QuizRules,
    Response,
    Review,
    Shown,
    SittingRules,
    Telling,
)

TOLERANCE: Final = timedelta(seconds=5)
"""How long after the deadline an answer still counts: it was given in time and travelled."""
AGE_MOST: Final = timedelta(days=60)
"""What a device claims to have kept for longer was not kept: its clock was set."""
AS_GOOD_AS_ONE: Final = timedelta(seconds=1)
"""Answers this close together are taken in the order in which they come."""
RIGHT_AFTER: Final = timedelta(minutes=10)
"""How long after its end somebody looks at an attempt right after it."""
OWN: Final = frozenset({Shown.SCORE, Shown.MARKS, Shown.ANSWERS})
"""What a learner sees of what they did, with nothing of what was right."""
PLACES: Final = Decimal("0.000001")


def may_start(rules: QuizRules, past: Sequence[Past], now: datetime) -> Start:
    """Return whether a new attempt may begin, given all finished ones of this enrolment."""
    finished = [one for one in past if one.finished_at is not None]
    left = None if rules.attempts_allowed is None else max(rules.attempts_allowed - len(past), 0)
    if any(one.passed for one in finished) and not rules.may_retry:
        return Start(refusal=Refusal.PASSED, left=left)
    if any(one.is_awaiting for one in finished):
        return Start(refusal=Refusal.MARKING, left=left)
    if left == 0:
        return Start(refusal=Refusal.NONE_LEFT, left=0)
    return _may_begin(rules.sitting, next_opens_at(rules, past), left, now)


def _may_begin(sitting: SittingRules, waits_until: datetime | None, left: int | None, now: datetime) -> Start:
    begins = [one for one in (waits_until, sitting.opens_at, now) if one is not None]
    if sitting.closes_at is not None and max(begins) >= sitting.closes_at:
        return Start(refusal=Refusal.CLOSED, left=left)
    if waits_until is not None and now < waits_until:
        return Start(refusal=Refusal.WAIT, left=left, opens_at=max(begins))
    if sitting.opens_at is not None and now < sitting.opens_at:
        return Start(refusal=Refusal.NOT_OPEN, left=left, opens_at=sitting.opens_at)
    return Start(left=left)


def next_opens_at(rules: QuizRules, past: Sequence[Past]) -> datetime | None:
    """Return when the wait after the last attempt ends; None without a wait."""
    ends = [one.finished_at for one in past if one.finished_at is not None]
    if not ends or not rules.wait_days:
        return None
    days = rules.wait_days[min(len(ends), len(rules.wait_days)) - 1]
    return max(ends) + timedelta(days=days) if days else None


def deadline_of(rules: QuizRules, started_at: datetime) -> datetime | None:
    """Return when the time is up: at the end of the time limit, or when the exam closes before; None without either.

    What a person has extra is theirs beyond both: an hour's exam that is open for an hour gives it to them too.
    """
    sitting = rules.sitting
    limit = None if rules.minutes is None else started_at + timedelta(minutes=rules.minutes)
    close = None if sitting.keeps_time else sitting.closes_at
    ends = [one for one in (limit, close) if one is not None]
    return min(ends) + rules.extra.of(rules.minutes) if ends else None


def is_late(deadline_at: datetime | None, now: datetime) -> bool:
    """Return whether an answer that arrives now has missed the deadline, tolerance and all."""
    return deadline_at is not None and now > deadline_at + TOLERANCE


def ended_by(deadline_at: datetime | None, finished_at: datetime | None, at: datetime) -> datetime | None:
    """Return when an attempt was over, for what came at an instant; None if it went on: this device alone was out."""
    return min((one for one in (deadline_at, finished_at) if one is not None and one <= at), default=None)


def is_older(age: timedelta | None, saved_at: datetime | None, now: datetime) -> bool:
    """Return whether an answer of that age, arriving now, was given before the one that is saved.

    Clocks of devices are wrong, but the time between is right: an age below zero, or beyond belief, says nothing.
    """
    if age is None or saved_at is None or not timedelta() <= age <= AGE_MOST:
        return False
    return now - age < saved_at - AS_GOOD_AS_ONE


def is_for_a_person(
    ends: Sequence[datetime], given_at: datetime | None, now: datetime, *, grace: timedelta, by_time: bool
) -> bool:
    """Return whether an answer that comes after the first of these ends is kept for a person to decide.

    It is if it says that it was given before, or if the time alone ended the attempt and it says nothing; and if it
    comes within the grace.
    """
    end = min(ends)
    if now > end + grace:
        return False
    return by_time if given_at is None else given_at <= end + TOLERANCE


def seconds_left(deadline_at: datetime | None, now: datetime) -> int | None:
    """Return the whole seconds until the deadline, 0 after it; None without one."""
    return None if deadline_at is None else max(0, -((now - deadline_at) // timedelta(seconds=1)))


def shuffles_of(rules: QuizRules) -> Sequence[bool]:
    """Return for each section whether its questions are shuffled; an exam of one piece is one section."""
    return [one.shuffle_questions for one in rules.sections] or [rules.shuffle_questions]


def order_of(question: Question, rules: QuizRules, random: Random) -> list[str]:
    """Return the keys of what a learner chooses from, in the order this attempt shows them."""
    return kind_of(question).order(question, random, shuffle=rules.shuffle_choices)


def marks_of(question: Question) -> Decimal:
    """Return the most that a question earns: nothing where it only asks for an opinion."""
    return question.marks if kind_of(question).is_scored else ZERO


def marks_in(quiz_rules: QuizRules, question: Question) -> Decimal:
    """Return the most that a question earns in a quiz: nothing in a survey, whatever it asks."""
    return ZERO if quiz_rules.is_survey else marks_of(question)


def fraction_in(
    quiz_rules: QuizRules, question: Question, tries: Sequence[Try], given: Response | None
) -> Decimal | None:
    """Return what a question of a quiz earns, None in a survey."""
    return None if quiz_rules.is_survey else fraction_by_tries(quiz_rules.behaviour, question, tries, given)


def fraction_of(question: Question, given: Response | None) -> Decimal | None:
    """Return what an answer earns of its question's marks; no answer earns nothing.

    None where nobody can say: before a person has marked it, and for what earns nothing whatever is said.
    """
    kind = kind_of(question)
    if not kind.is_scored:
        return None
    if kind.is_graded_by_person:
        return ZERO if given is None or given == type(given)() else None
    return ZERO if given is None else kind.grade(question, given).fraction


def is_awaiting(quiz_rules: QuizRules, question: Question, fraction: Decimal | None) -> bool:
    """Return whether a person has yet to say what an answer that was handed in earns; in a survey nobody does."""
    return not quiz_rules.is_survey and fraction is None and kind_of(question).is_scored


def standing(behaviour: Behaviour, question: Question, tries: Sequence[Try]) -> Standing:
    """Return how far a question has been checked: once where that tells, and once more than it has hints for tries.

    What earns nothing, and what a person marks, is never checked: nobody could tell anything.
    """
    kind = kind_of(question)
    allowed = 0
    if kind.is_scored and not kind.is_graded_by_person:
        allowed = {Telling.AT_ONCE: 1, Telling.TRIES: len(question.hints) + 1}.get(behaviour.telling, 0)
    made = len(tries)
    grades = [one.fraction for one in tries]
    is_settled = bool(tries) and (made >= allowed or grades[-1] >= ONE)
    return Standing(
        allowed=allowed,
        made=made,
        is_settled=is_settled,
        hints=0
        if behaviour.telling is Telling.AT_ONCE
        else min(made - (grades[-1:] == [ONE]), len(question.hints)),
        worth=behaviour.fraction([*grades, ONE]),
    )


def fraction_by_tries(
    behaviour: Behaviour, question: Question, tries: Sequence[Try], given: Response | None
) -> Decimal | None:
    """Return what a question earns by what was checked of it; without that, what its answer earns.

    A whole answer given after the last check is one try more: nobody loses it who forgot to press the button. One that
    is only half given is none.
    """
    if not tries:
        return fraction_of(question, given)
    return behaviour.fraction(grades_of(behaviour, question, tries, given))


def grades_of(
    behaviour: Behaviour, question: Question, tries: Sequence[Try], given: Response | None
) -> Sequence[Decimal]:
    """Return how each try at a question was graded, with the answer that was given after them if it is one more."""
    grades = [one.fraction for one in tries]
    kind = kind_of(question)
    if (
        tries
        and given is not None
        and not standing(behaviour, question, tries).is_settled
        and kind.is_complete(question, given)
        and response_from_json(tries[-1].given) != given
    ):
        grades.append(kind.grade(question, given).fraction)
    return grades


def mark(rules: QuizRules, earned: Sequence[tuple[Decimal, Decimal]], sections: Sequence[int] = ()) -> Mark:
    """Return what an attempt earned, from the (marks, fraction) of each of its questions, and the section of each.

    Fractions below 0 cost, but nothing ends below 0. The sum is rounded to the sixth place, so that thirds that make
    a whole are a whole; an attempt passes at exactly the pass mark. Where nothing earns marks there is no score:
    handing it in passes if no pass mark is set. Every section that has a pass mark has to reach it too.
    """
    parts = tuple(
        _mark(one.pass_percent, [pair for pair, at in zip(earned, sections, strict=True) if at == number])
        for number, one in enumerate(rules.sections, 1)
    )
    whole = _mark(rules.pass_percent, earned)
    return replace(whole, passed=whole.passed and all(one.passed for one in parts), sections=parts)


def _mark(pass_percent: int, earned: Sequence[tuple[Decimal, Decimal]]) -> Mark:
    marks = sum((one for one, _fraction in earned), ZERO)
    total = max(sum((one * fraction for one, fraction in earned), ZERO), ZERO)
    score = min((total / marks).quantize(PLACES, rounding=ROUND_HALF_UP), ONE) if marks else None
    return Mark(
        earned=total.quantize(PLACES, rounding=ROUND_HALF_UP),
        marks=marks,
        score=score,
        passed=(score or ZERO) * 100 >= pass_percent,
    )


def graded(grading: Grading, scores: Sequence[Decimal]) -> Decimal | None:
    """Return the score that several attempts come to, first to last; None where none has a score."""
    if not scores:
        return None
    match grading:
        case Grading.BEST:
            return max(scores)
        case Grading.LAST:
            return scores[-1]
        case Grading.FIRST:
            return scores[0]
        case Grading.AVERAGE:
            return (sum(scores, ZERO) / len(scores)).quantize(PLACES, rounding=ROUND_HALF_UP)


def seconds_taken(started_at: datetime, deadline_at: datetime | None, now: datetime) -> int:
    """Return how long an attempt took, no longer than it was allowed to."""
    end = now if deadline_at is None else min(now, deadline_at)
    return max(0, int((end - started_at).total_seconds()))


def phase_of(finished_at: datetime | None, now: datetime, *, is_closed: bool) -> Phase:
    """Return in which phase a learner looks at an attempt; `is_closed`: the exam is, and nobody sits in it any more."""
    if finished_at is None:
        return Phase.DURING
    if now - finished_at < RIGHT_AFTER:
        return Phase.RIGHT_AFTER
    return Phase.AFTER_CLOSE if is_closed else Phase.WHILE_OPEN


def shown(rules: QuizRules, phase: Phase, *, is_last: bool = False) -> frozenset[Shown]:
    """Return what a learner sees of an attempt in a phase, `is_last` if it was passed or no other is left.

    Without a policy by phases the one choice of the exam says it, and feedback belongs to what a check tells.
    """
    if rules.sitting.review is not None:
        return rules.sitting.review.shown_in(phase)
    if phase is Phase.DURING:
        right = {Shown.RIGHT} if rules.review is Review.ANSWERS else set()
        return frozenset({Shown.MARKS, Shown.ANSWERS, Shown.FEEDBACK, *right})
    if rules.review is Review.SCORE:
        return frozenset({Shown.SCORE})
    if rules.review is Review.ANSWERS or (rules.review is Review.ANSWERS_AT_END and is_last):
        return frozenset(Shown)
    return OWN


class Earned(Protocol):
    """An answer of a paper, as far as the score asks."""

    @property
    def fraction(self) -> Decimal | None:
        """What it earned of its question's marks."""

    @property
    def section(self) -> int:
        """The section that it stands in, from 1."""

    @property
    def is_left_out(self) -> bool:
        """Whether it counts for nothing in the score."""


def mark_paper(quiz_rules: QuizRules, paper: Iterable[tuple[Earned, Question]]) -> Mark:
    """Return what the answers of an attempt earned together, without those that are left out of the score."""
    counted = [(one, question) for one, question in paper if not one.is_left_out]
    return mark(
        quiz_rules,
        [(marks_in(quiz_rules, question), one.fraction or ZERO) for one, question in counted],
        [one.section for one, _question in counted],
    )


def keyed(question: Question, key: Question, drawn: Mapping[str, Any] | None = None) -> Question:
    """Return a question as it was asked, graded by the key of another version of it, for the values drawn for it.

    FormulaFault where that version computes nothing of these values.
    """
    return replace(question, body=as_drawn(key, kept_from_json(drawn or {}), anew=True).body)


def regraded(question: Question, tries: Sequence[Try]) -> tuple[Try, ...]:
    """Return tries as this question grades them, up to the first that is right: who was right needed no other."""
    kind, found = kind_of(question), list[Try]()
    for one in tries:
        grade = kind.grade(question, response_from_json(one.given)).fraction
        found.append(replace(one, fraction=grade))
        if grade >= ONE:
            break
    return tuple(found)
