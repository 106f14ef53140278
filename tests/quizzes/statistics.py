"""Attempts for tests of statistics, and what numpy finds of them by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import numpy as np

from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.single_choice import SingleChoice, SingleChoiceResponse
from lms.quizzes.statistics import rules
from lms.quizzes.statistics.values import Counted, Item, Tally, Totals, Which
from lms.quizzes.values import Question, QuestionId, QuestionVersionId, Text

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KEYS = "abcd"


def question(number: int, marks: Decimal = Decimal(1), objective: str = "") -> Question:
    """Return a question of which b is right and c half right."""
    weights = (Decimal(0), Decimal(1), Decimal("0.5"), Decimal("-0.25"))
    return Question(
        title=f"Question {number}",
        stem=Text("What is right?"),
        body=SingleChoice(
            tuple(Choice(key, Text(key), weight) for key, weight in zip(KEYS, weights, strict=True))
        ),
        marks=marks,
        objective=objective,
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """An attempt: which questions it asked, and which choice was picked of each, empty for none."""

    questions: tuple[int, ...]
    picked: tuple[str, ...]
    is_first: bool = True


def counted(taken: Taken, bank: Sequence[Question]) -> Counted:
    """Return what is counted of it."""
    earns = dict(zip(KEYS, (Decimal(0), Decimal(1), Decimal("0.5"), Decimal("-0.25")), strict=True))
    asked = [
        rules.Asked(
            version=UUID(int=number + 1),
            question_id=UUID(int=number + 1001),
            question=bank[number],
            marks=bank[number].marks,
            fraction=earns.get(key, Decimal(0)),
            given=SingleChoiceResponse(key) if key else None,
            seconds=10 + number if key else None,
        )
        for number, key in zip(taken.questions, taken.picked, strict=True)
    ]
    marks = sum((one.marks for one in asked), Decimal(0))
    score = max(sum((one.marks * one.fraction for one in asked), Decimal(0)) / marks, Decimal(0))
    found = rules.counted_of(
        asked, is_first=taken.is_first, score=score, passed=score >= Decimal("0.8"), seconds=600
    )
    assert found is not None
    return found


def items_of(tally: Tally, which: Which) -> dict[int, Item]:
    """Return the items of a tally, by the number of their question."""
    return {
        key[1].int - 1: Item(  # type: ignore[union-attr]  # an id
            version_id=QuestionVersionId(key[1]),  # type: ignore[arg-type]  # an id
            question_id=QuestionId(key[2]),  # type: ignore[arg-type]  # an id
            **sums,
        )
        for key, sums in tally.items.items()
        if key[0] == which
    }


def totals_of(tally: Tally, which: Which) -> list[Totals]:
    """Return the totals of a tally."""
    return [
        Totals(size=int(str(key[1])), **sums)
        for key, sums in sorted(tally.totals.items())
        if key[0] == which and sums["n"]
    ]


@dataclass(frozen=True, slots=True)
class Numpy:
    """What numpy finds of attempts from their answers alone, in floating point and without any sums of ours."""

    facility: dict[int, float]
    discrimination: dict[int, float | None]
    mean: float
    deviation: float | None
    reliability: float | None
    error: float | None


def found_by_numpy(taken: Sequence[Taken], bank: Sequence[Question]) -> Numpy:
    """Recompute everything."""
    worth = {"": 0.0, "a": 0.0, "b": 1.0, "c": 0.5, "d": -0.25}
    marks = np.array([float(one.marks) for one in bank])
    earned = np.full((len(taken), len(bank)), np.nan)
    for row, one in enumerate(taken):
        earned[row, list(one.questions)] = [worth[key] for key in one.picked]
    asked = ~np.isnan(earned)
    shares = np.nan_to_num(earned) * marks / (asked * marks).sum(axis=1, keepdims=True)
    total = shares.sum(axis=1)
    facility, discrimination = {}, {}
    for number in np.flatnonzero(asked.any(axis=0)):
        mine = asked[:, number]
        own, rest = earned[mine, number], total[mine] - shares[mine, number]
        facility[int(number)] = float(own.mean())
        flat = min(np.ptp(own), np.ptp(rest)) < 1e-5
        discrimination[int(number)] = None if flat else float(np.corrcoef(own, rest)[0, 1])
    deviation = float(total.std(ddof=1)) if len(taken) > 1 else None
    reliability = _reliability(shares, asked, total)
    return Numpy(
        facility=facility,
        discrimination=discrimination,
        mean=float(total.mean()),
        deviation=deviation,
        reliability=reliability,
        error=None
        if deviation is None or reliability is None
        else deviation * float(np.sqrt(max(0.0, 1 - reliability))),
    )


def _reliability(shares: np.ndarray, asked: np.ndarray, total: np.ndarray) -> float | None:
    """Return 1 - (what least squares leave over of people and questions) / (what is between people)."""
    people, size = len(shares), int(asked[0].sum())
    common = np.flatnonzero(asked.all(axis=0))
    if people < 2 or size < 2 or np.ptp(total) < 1e-5:
        return None
    rows, values = [], []
    for person, number in zip(*np.nonzero(asked), strict=True):
        group = np.zeros(len(common) + 1)
        group[int(np.flatnonzero(common == number)[0]) if number in common else -1] = 1
        rows.append(np.concatenate([np.eye(people)[person], group]))
        values.append(shares[person, number])
    design, given = np.array(rows), np.array(values)
    fitted, _left, rank, _singular = np.linalg.lstsq(design, given, rcond=None)
    free = len(given) - int(rank)
    if free < 1:
        return None
    left = float(((given - design @ fitted) ** 2).sum()) / free
    between = float(total.var(ddof=1)) / size
    return 1 - left / between


def cronbach(table: Sequence[Sequence[float]]) -> float:
    """Return alpha as it is written everywhere: k / (k - 1) × (1 - sum of variances / variance of the sums)."""
    scores = np.array(table)
    k = scores.shape[1]
    return float(k / (k - 1) * (1 - scores.var(axis=0, ddof=1).sum() / scores.sum(axis=1).var(ddof=1)))
