"""What of an attempt is counted, and how what is counted adds up and is taken away again."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from uuid import UUID

from lms.quizzes.kinds import kind_of
from lms.quizzes.statistics.values import (
    LONGEST_SECONDS,
    MILLION,
    Counted,
    CountedItem,
    Key,
    Options,
    Sums,
    Tally,
    Which,
)
from lms.quizzes.surveys.rules import said_of
from lms.quizzes.values import ZERO, Question, Response

CHOICE: Final = "choice"
"""The type of xAPI's interactions whose wrong answers are there to be chosen by somebody."""
TABLES: Final = ("totals", "scores", "objectives", "items", "answers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that an attempt asked: what it earned of its `marks`, what was given, and how long that took."""

    version: UUID
    question_id: UUID
    question: Question
    marks: Decimal
    fraction: Decimal
    given: Response | None
    seconds: int | None


@dataclass(frozen=True, slots=True)
class Moment:
    """An answer to a slot was kept then."""

    slot: int
    at: datetime


def seconds_by_slot(started_at: datetime, moments: Iterable[Moment]) -> Mapping[int, int]:
    """Return how many seconds each answered slot took.

    What lies between an answer and the one kept before it, or the beginning, is the time of that answer; who comes
    back to a question adds to it. An answer takes at most `LONGEST_SECONDS`: a page left open is no thinking. Answers
    that came in the same second came together, after the network was away: how long each took nobody knows, and a
    slot with none but such is left out.
    """
    found: dict[int, int] = {}
    before = started_at
    for one in sorted(moments, key=lambda moment: (moment.at, moment.slot)):
        took = int((one.at - before).total_seconds())
        if took >= 1:
            found[one.slot] = found.get(one.slot, 0) + min(took, LONGEST_SECONDS)
        before = max(before, one.at)
    return found


def counted_of(
    asked: Sequence[Asked], *, is_first: bool, score: Decimal, passed: bool, seconds: int
) -> Counted | None:
    """Return what an attempt says, None where nothing in it earns marks."""
    marks = sum((one.marks for one in asked), ZERO)
    if not marks:
        return None
    items = tuple(_item(one, marks) for one in asked)
    return Counted(
        is_first=is_first,
        total=sum(one.part for one in items),
        percent=int(score * 100),
        passed=passed,
        seconds=seconds,
        items=items,
    )


def _item(one: Asked, marks: Decimal) -> CountedItem:
    said = said_of(one.question, one.given) if one.given is not None else None
    return CountedItem(
        version=one.version,
        question=one.question_id,
        earned=_millionths(one.fraction),
        part=_millionths(one.fraction * one.marks / marks),
        weight=_millionths(one.marks / marks),
        is_answered=said is not None and bool(said.counted or said.written),
        seconds=one.seconds,
        objective=one.question.objective,
        chosen=said.counted if said is not None else (),
    )


def _millionths(share: Decimal) -> int:
    return int((share * MILLION).to_integral_value(rounding=ROUND_HALF_UP))


def tally_of(counted: Counted) -> Tally:
    """Return the sums of one attempt."""
    tally = Tally()
    for which in (Which.FIRST, Which.ALL) if counted.is_first else (Which.ALL,):
        _put(tally, counted, which.value)
    return tally


def _put(tally: Tally, counted: Counted, which: str) -> None:
    tally.totals[which, len(counted.items)] = {
        "n": 1,
        "passed": int(counted.passed),
        "seconds": counted.seconds,
        "total": counted.total,
        "total_squared": counted.total**2,
        "parts_squared": sum(one.part**2 for one in counted.items),
    }
    tally.scores[which, counted.percent] = {"count": 1}
    for one in counted.items:
        rest = counted.total - one.part
        _add(
            tally.items,
            (which, one.version, one.question),
            {
                "n": 1,
                "answered": int(one.is_answered),
                "earned": one.earned,
                "earned_squared": one.earned**2,
                "part": one.part,
                "part_squared": one.part**2,
                "rest": rest,
                "rest_squared": rest**2,
                "earned_rest": one.earned * rest,
                "timed": int(one.seconds is not None),
                "seconds": one.seconds or 0,
            },
        )
        _add(tally.objectives, (which, one.objective), {"n": 1, "part": one.part, "weight": one.weight})
        for part, answer in one.chosen:
            _add(tally.answers, (which, one.version, part, answer), {"count": 1, "rest": rest})


def _add(table: dict[Key, Sums], key: Key, sums: Sums) -> None:
    there = table.setdefault(key, dict.fromkeys(sums, 0))
    for name, value in sums.items():
        there[name] += value


def added(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of several."""
    whole = Tally()
    for tally in tallies:
        for name in TABLES:
            table = getattr(whole, name)
            for key, sums in getattr(tally, name).items():
                _add(table, key, sums)
    return whole


def taken_away(now: Tally, before: Tally) -> Tally:
    """Return what is to be added to `before` to make it `now`: nothing where both are alike."""
    difference = added([now, _negative(before)])
    for name in TABLES:
        table = getattr(difference, name)
        for key in [key for key, sums in table.items() if not any(sums.values())]:
            del table[key]
    return difference


def _negative(tally: Tally) -> Tally:
    turned: Callable[[dict[Key, Sums]], dict[Key, Sums]] = lambda table: {  # noqa: E731
        key: {name: -value for name, value in sums.items()} for key, sums in table.items()
    }
    return Tally(*(turned(getattr(tally, name)) for name in TABLES))


def options_of(question: Question) -> Options:
    """Return what of a question can be chosen and what of it is right, part by part."""
    kind = kind_of(question)
    right: dict[str, set[str]] = defaultdict(set)
    # Where a formula says what is right, that is another thing for each who is asked.
    if kind.is_scored and not kind.is_graded_by_person and not question.drawing.computed:
        for part, answer in said_of(question, kind.correct_answer(question)).counted:
            if answer:
                right[part].add(answer)
    choices = {
        one.part: tuple(key for key, _words in next(iter(one.parts.values()), ()))
        for one in kind.parts(question)
        if one.type == CHOICE
    }
    return Options(choices, {part: frozenset(keys) for part, keys in right.items()})
