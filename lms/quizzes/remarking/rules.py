"""What marking anew decides without a database: whether a key fits, what an answer earns by it, what that changes."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.attempts import rules as attempts
from lms.quizzes.attempts.values import Attempt, Held, Slot
from lms.quizzes.kinds import kind_of, response_from_json
from lms.quizzes.kinds.chance import chances_of
from lms.quizzes.remarking.values import Change, Verdict, Way
from lms.quizzes.syntax.arithmetic import FormulaFault
from lms.quizzes.values import ONE, ZERO, Question, QuestionVersionId, QuizRules

STORED: Final = Decimal("0.0000001")
"""The places that the database keeps of a fraction: what is compared later has no others."""
Paper = Sequence[tuple[Slot, Question]]


def why_not(question: Question) -> Message | None:
    """Return why answers to a question are never marked anew by an act on many; None where they are."""
    kind = kind_of(question)
    if not kind.is_scored:
        return Message("This question asks for an opinion: nothing in it is right or wrong.")
    if kind.is_graded_by_person:
        return Message("A person marks this question: mark its answers anew in the marking queue.")
    return None


def why_unfit(asked: Question, key: Question) -> Message | None:
    """Return why the key of one version cannot grade what was given to another; None where it can."""
    if asked.type != key.type:
        return Message("That version is of another type: its key cannot mark what was given to this one.")
    kind = kind_of(asked)
    if kind.answer_keys(asked) != kind.answer_keys(key):
        return Message(
            "That version has other choices, lines or gaps: its key cannot mark what was given to this one."
        )
    if not chances_of(key) <= chances_of(asked):
        return Message("That version draws other variables: its key needs values that nobody was asked with.")
    return None


def reworded(asked: Question, key: Question) -> bool:
    """Return whether the words of a choice or part differ: what is b in one version may be a in another."""
    kind = kind_of(asked)
    return kind.shown_texts(asked) != kind.shown_texts(key)


def held_anew(
    way: Way,
    quiz_rules: QuizRules,
    question: Question,
    slot: Slot,
    key: tuple[QuestionVersionId, Question] | None,
) -> Held:
    """Return what an answer holds once it is marked anew; `key` is the version whose key holds, with its question."""
    if way is Way.FULL:
        return Held(ONE, slot.key_id)
    if way is Way.OUT:
        return Held(slot.fraction, slot.key_id, is_left_out=True)
    if key is None:
        raise ValueError(way)
    version_id, version = key
    return Held(fraction_by(quiz_rules, question, version, slot), version_id)


def fraction_by(quiz_rules: QuizRules, question: Question, key: Question, slot: Slot) -> Decimal:
    """Return what an answer, with all that was checked of it, earns by the key of another version."""
    try:
        by = attempts.keyed(question, key, slot.drawn)
    except FormulaFault:
        # For the values that were drawn the other key says nothing.
        return slot.fraction or ZERO
    given = response_from_json(slot.given) if slot.given is not None else None
    found = attempts.fraction_in(quiz_rules, by, attempts.regraded(by, slot.tries), given)
    return (found or ZERO).quantize(STORED, rounding=ROUND_HALF_UP)


def change_of(attempt: Attempt, paper: Paper, anew: Mapping[int, Held], *, lowers: bool) -> Change:
    """Return what it comes to for a finished attempt that some of its answers hold `anew`, by slot.

    Who passed stays passed. A score that would fall stays unless `lowers`; then the key alone changes, by which the
    right answer is told.
    """
    before = {slot.number: slot.held for slot, _question in paper if slot.number in anew}
    if attempt.passed is None:
        verdict = Verdict.WAITING if before != anew else Verdict.SAME
        return _change(attempt, verdict, before, anew)
    mark = attempts.mark_paper(
        attempt.rules,
        [(slot.holding(anew.get(slot.number, slot.held)), question) for slot, question in paper],
    )
    if not mark.marks or mark.score is None:
        return _change(attempt, Verdict.BARE, before, before)
    verdict = _verdict(attempt, mark.score, passes=mark.passed, lowers=lowers)
    if verdict not in {Verdict.KEPT, Verdict.KEPT_PASS}:
        return _change(attempt, verdict, before, anew, mark.score, passed=mark.passed)
    kept = {
        number: Held(before[number].fraction, held.key_id, before[number].is_left_out)
        for number, held in anew.items()
    }
    return _change(attempt, verdict, before, kept)


def _verdict(attempt: Attempt, score: Decimal, *, passes: bool, lowers: bool) -> Verdict:
    was = attempt.score or ZERO
    if passes and not attempt.passed:
        return Verdict.GAINED
    if score >= was:
        return Verdict.RAISED if score > was else Verdict.SAME
    if attempt.passed and not passes:
        return Verdict.SPARED if lowers else Verdict.KEPT_PASS
    return Verdict.LOWERED if lowers else Verdict.KEPT


def undone(attempt: Attempt, paper: Paper, done: Change) -> Change:
    """Return what it comes to for an attempt that an act is taken back, `done` being what that did to it.

    What was marked otherwise since stays. Scores fall again as they rose; who passed stays passed.
    """
    now = {slot.number: slot.held for slot, _question in paper}
    if any(now.get(number) != held for number, held in done.after.items()):
        before = {number: now[number] for number in done.after if number in now}
        return _change(attempt, Verdict.CHANGED, before, before)
    return change_of(attempt, paper, done.before, lowers=True)


def _change(
    attempt: Attempt,
    verdict: Verdict,
    before: Mapping[int, Held],
    after: Mapping[int, Held],
    score: Decimal | None = None,
    *,
    passed: bool = False,
) -> Change:
    return Change(
        verdict=verdict,
        before=before,
        after=after,
        score_before=attempt.score,
        score_after=attempt.score if score is None else score,
        passed_before=attempt.passed,
        passed_after=True if passed else attempt.passed,
    )
