"""Every SELECT of statistics: what is to be counted, and the sums: over everybody, for the manufacturer alone."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, Select, cast, func, select

from lms.kernel.db import db
from lms.quizzes.attempts.models import AnswerRow, AttemptRow, SlotRow
from lms.quizzes.bank.models import QuestionRow, QuestionVersionRow, QuizRow
from lms.quizzes.bank.queries import is_of_seen, mine, questions_seen
from lms.quizzes.bank.queries.pools import asked_by
from lms.quizzes.statistics.models import (
    ChosenRow,
    CountedAttemptRow,
    ItemRow,
    ObjectiveRow,
    ScoreRow,
    SweepRow,
    TotalRow,
)
from lms.quizzes.statistics.values import Answers, Chosen, Exposed, Item, Objective, Pool, Totals, Which
from lms.quizzes.values import AttemptId, Draw, QuestionId, QuestionVersionId, QuizId
from lms.web.pages import Order, Page, PageRequest, keyset

AT_ONCE: Final = 500
OBJECTIVES_AT_MOST: Final = 200
COMMON_AT_MOST: Final = 500
ORDERS: Final = {"rank": ItemRow.rank, "share": ItemRow.share, "n": ItemRow.n}
"""By what a list of questions may be ordered: discrimination, facility, how often it was asked."""


class Ended(NamedTuple):
    """An attempt that is decided, as far as it counts."""

    id: AttemptId
    quiz_id: QuizId
    number: int
    rules: Mapping[str, Any]
    started_at: datetime
    deadline_at: datetime | None
    finished_at: datetime
    score: Decimal | None
    passed: bool


class Filled(NamedTuple):
    """A slot of it."""

    attempt_id: AttemptId
    number: int
    version_id: QuestionVersionId
    question_id: QuestionId
    given: Mapping[str, Any] | None
    fraction: Decimal | None


def lock_ended(ids: Collection[AttemptId]) -> Mapping[AttemptId, Ended | None]:
    """Return these attempts in the order of their ids, held until the transaction ends; None for undecided ones."""
    rows = db.session.execute(
        select(
            AttemptRow.id,
            AttemptRow.quiz_id,
            AttemptRow.number,
            AttemptRow.rules,
            AttemptRow.started_at,
            AttemptRow.deadline_at,
            AttemptRow.finished_at,
            AttemptRow.score,
            AttemptRow.passed,
        )
        .where(AttemptRow.id.in_(ids))
        .order_by(AttemptRow.id)
        .with_for_update()
    ).all()
    return {row[0]: Ended(*row) if row.finished_at and row.passed is not None else None for row in rows}


def quizzes_of(ids: Collection[AttemptId]) -> Mapping[AttemptId, QuizId]:
    """Return at which exam each of these attempts was."""
    rows = db.session.execute(select(AttemptRow.id, AttemptRow.quiz_id).where(AttemptRow.id.in_(ids)))
    return {row[0]: row[1] for row in rows}


def list_counted(ids: Collection[AttemptId]) -> Mapping[AttemptId, Mapping[str, Any]]:
    """Return what of these attempts stands in the sums."""
    rows = db.session.execute(
        select(CountedAttemptRow.attempt_id, CountedAttemptRow.counted).where(
            CountedAttemptRow.attempt_id.in_(ids)
        )
    )
    return {row[0]: row[1] for row in rows}


def list_filled(ids: Collection[AttemptId]) -> Sequence[Filled]:
    """Return the slots of these attempts."""
    rows = db.session.execute(
        select(
            SlotRow.attempt_id,
            SlotRow.number,
            SlotRow.version_id,
            SlotRow.question_id,
            SlotRow.given,
            SlotRow.fraction,
        )
        .where(SlotRow.attempt_id.in_(ids))
        .order_by(SlotRow.attempt_id, SlotRow.number)
    )
    return [Filled(*row) for row in rows]


def list_moments(ids: Collection[AttemptId]) -> Sequence[tuple[AttemptId, int, datetime]]:
    """Return when each answer of these attempts was kept."""
    rows = db.session.execute(
        select(AnswerRow.attempt_id, AnswerRow.slot, AnswerRow.saved_at).where(AnswerRow.attempt_id.in_(ids))
    )
    return [(row[0], row[1], row[2]) for row in rows]


def list_asked(ids: Collection[QuestionVersionId]) -> Mapping[QuestionVersionId, Mapping[str, Any]]:
    """Return what these versions ask, as the bank keeps it."""
    return {
        row[0]: row[1]
        for some in _some(ids)
        for row in db.session.execute(
            select(QuestionVersionRow.id, QuestionVersionRow.content).where(QuestionVersionRow.id.in_(some))
        )
    }


def _some(ids: Collection[Any]) -> Iterator[Sequence[Any]]:
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), AT_ONCE):
        yield wanted[start : start + AT_ONCE]


def find_sweep(key: str, *, alone: bool) -> SweepRow | None:
    """Return how far the sweep has come, held: with others who count, or alone; None before the first."""
    return db.session.scalars(
        select(SweepRow)
        .where(SweepRow.key == key)
        .with_for_update(read=not alone)
        .execution_options(populate_existing=True)
    ).first()


def list_next(after: AttemptId | None, limit: int) -> Sequence[tuple[AttemptId, bool]]:
    """Return the next attempts in the order they began, each with whether it is decided and not counted."""
    is_counted = (
        select(CountedAttemptRow.attempt_id)
        .where(CountedAttemptRow.attempt_id == AttemptRow.id)
        .correlate(AttemptRow)
        .exists()
    )
    query = select(AttemptRow.id, AttemptRow.passed.is_not(None) & ~is_counted).order_by(AttemptRow.id)
    if after is not None:
        query = query.where(AttemptRow.id > after)
    return [(row[0], bool(row[1])) for row in db.session.execute(query.limit(limit))]


def list_totals(quiz_id: QuizId, which: Which) -> Sequence[Totals]:
    """Return the sums of an exam, by how many questions attempts had."""
    rows = db.session.execute(
        select(
            TotalRow.size,
            TotalRow.n,
            TotalRow.passed,
            TotalRow.seconds,
            TotalRow.total,
            TotalRow.total_squared,
            TotalRow.parts_squared,
        )
        .where(TotalRow.quiz_id == quiz_id, TotalRow.which == which)
        .order_by(TotalRow.size)
    )
    return [Totals(**row._mapping) for row in rows]  # noqa: SLF001  SQLAlchemy's own name for it


def get_scores(quiz_id: QuizId, which: Which) -> Mapping[int, int]:
    """Return how many attempts scored so many whole per cent."""
    rows = db.session.execute(
        select(ScoreRow.percent, ScoreRow.count)
        .where(ScoreRow.quiz_id == quiz_id, ScoreRow.which == which)
        .order_by(ScoreRow.percent)
    )
    return {row[0]: row[1] for row in rows}


def list_objectives(quiz_id: QuizId, which: Which) -> Sequence[Objective]:
    """Return the sums by objective, those without one last; no objective of none but questions that are not seen."""
    sight = mine()
    seen = (
        [
            ObjectiveRow.objective.in_(
                select(QuestionRow.objective)
                .join(ItemRow, ItemRow.question_id == QuestionRow.id)
                .where(ItemRow.quiz_id == quiz_id, *questions_seen(sight))
            )
        ]
        if sight.is_narrowed
        else []
    )
    rows = db.session.execute(
        select(ObjectiveRow.objective, ObjectiveRow.n, ObjectiveRow.part, ObjectiveRow.weight)
        .where(ObjectiveRow.quiz_id == quiz_id, ObjectiveRow.which == which, *seen)
        .order_by(ObjectiveRow.objective == "", ObjectiveRow.objective)
        .limit(OBJECTIVES_AT_MOST)
    )
    return [Objective(*row) for row in rows]


_ITEM = (
    ItemRow.version_id,
    ItemRow.question_id,
    ItemRow.n,
    ItemRow.answered,
    ItemRow.earned,
    ItemRow.earned_squared,
    ItemRow.part,
    ItemRow.part_squared,
    ItemRow.rest,
    ItemRow.rest_squared,
    ItemRow.earned_rest,
    ItemRow.timed,
    ItemRow.seconds,
)


def _item_of(row: Sequence[Any]) -> Item:
    return Item(**dict(zip((column.key for column in _ITEM), row, strict=True)))


def list_common(quiz_id: QuizId, which: Which, n: int) -> Sequence[Item]:
    """Return the items that every one of the `n` attempts at an exam has."""
    rows = db.session.execute(
        select(*_ITEM)
        .where(ItemRow.quiz_id == quiz_id, ItemRow.which == which, ItemRow.n == n)
        .limit(COMMON_AT_MOST)
    )
    return [_item_of(row) for row in rows]


def page_items(
    quiz_id: QuizId, which: Which, order: Order, wanted: PageRequest, *, only_flagged: bool = False
) -> Page[Item]:
    """Return a page of what an exam asked."""
    query = select(*_ITEM).where(
        ItemRow.quiz_id == quiz_id, ItemRow.which == which, *is_of_seen(ItemRow.question_id, mine())
    )
    if only_flagged:
        query = query.where(ItemRow.is_flagged)
    page = keyset(
        query,
        by=[ORDERS[order.by], ItemRow.version_id],
        wanted=wanted,
        descending=order.descending,
        scalars=False,
    )
    return page.map(_item_of)


def count_items(quiz_id: QuizId, which: Which) -> tuple[int, int]:
    """Return how many versions an exam asked, and how many of them have something to look at."""
    row = db.session.execute(
        select(func.count(), func.count().filter(ItemRow.is_flagged)).where(
            ItemRow.quiz_id == quiz_id, ItemRow.which == which, *is_of_seen(ItemRow.question_id, mine())
        )
    ).one()
    return int(row[0]), int(row[1])


def list_items(quiz_id: QuizId, which: Which, versions: Collection[QuestionVersionId]) -> Sequence[Item]:
    """Return the sums of these versions in an exam."""
    return [
        _item_of(row)
        for some in _some(versions)
        for row in db.session.execute(
            select(*_ITEM).where(
                ItemRow.quiz_id == quiz_id, ItemRow.which == which, ItemRow.version_id.in_(some)
            )
        )
    ]


def list_answers(
    quiz_id: QuizId, which: Which, versions: Collection[QuestionVersionId]
) -> Mapping[QuestionVersionId, Answers]:
    """Return how often each answer to these versions was given in an exam."""
    found: dict[QuestionVersionId, dict[tuple[str, str], Chosen]] = {one: {} for one in versions}
    for some in _some(versions):
        for row in db.session.execute(
            select(ChosenRow.version_id, ChosenRow.part, ChosenRow.answer, ChosenRow.count, ChosenRow.rest)
            .where(
                ChosenRow.quiz_id == quiz_id,
                ChosenRow.which == which,
                ChosenRow.version_id.in_(some),
            )
            .order_by(ChosenRow.version_id, ChosenRow.part, ChosenRow.answer)
        ):
            found[row[0]][row[1], row[2]] = Chosen(row[3], row[4])
    return found


def list_answers_in(
    quizzes: Collection[QuizId], which: Which, versions: Collection[QuestionVersionId]
) -> Mapping[tuple[QuizId, QuestionVersionId], Answers]:
    """Return how often each answer to these versions was given in each of these exams: those of one page."""
    found: dict[tuple[QuizId, QuestionVersionId], dict[tuple[str, str], Chosen]] = {}
    for row in db.session.execute(
        select(
            ChosenRow.quiz_id,
            ChosenRow.version_id,
            ChosenRow.part,
            ChosenRow.answer,
            ChosenRow.count,
            ChosenRow.rest,
        ).where(ChosenRow.quiz_id.in_(quizzes), ChosenRow.which == which, ChosenRow.version_id.in_(versions))
    ):
        found.setdefault((row[0], row[1]), {})[row[2], row[3]] = Chosen(row[4], row[5])
    return found


def page_versions(
    question_id: QuestionId, which: Which, wanted: PageRequest
) -> Page[tuple[QuizId, str, int, Item]]:
    """Return a page of a question's sums, exam by exam and version by version: exam, its title, number, sums."""
    query: Select[*tuple[Any, ...]] = (
        select(ItemRow.quiz_id, QuizRow.title, QuestionVersionRow.number, *_ITEM)
        .join(QuizRow, QuizRow.id == ItemRow.quiz_id)
        .join(QuestionVersionRow, QuestionVersionRow.id == ItemRow.version_id)
        .where(ItemRow.question_id == question_id, ItemRow.which == which)
    )
    page = keyset(
        query, by=[QuizRow.title, QuizRow.id, QuestionVersionRow.number], wanted=wanted, scalars=False
    )
    return page.map(lambda row: (row[0], row[1], row[2], _item_of(row[3:])))


def page_exposed(quiz_id: QuizId, draw: Draw, wanted: PageRequest) -> Page[Exposed]:
    """Return a page of the questions that a draw of an exam may choose, the most often drawn first.

    How often is over attempts that are decided, in whichever version; a question that was never drawn counts none.
    """
    drawn = _drawn(quiz_id)
    often = func.coalesce(drawn.c.n, 0)
    query: Select[*tuple[Any, ...]] = (
        select(QuestionRow.id, QuestionRow.title, often)
        .outerjoin(drawn, drawn.c.question_id == QuestionRow.id)
        .where(asked_by(draw), *questions_seen(mine()))
    )
    page = keyset(query, by=[often, QuestionRow.id], wanted=wanted, descending=True, scalars=False)
    everywhere = _sum_everywhere([row[0] for row in page.items])
    return page.map(lambda row: Exposed(row[0], row[1], row[2], everywhere.get(row[0], 0)))


def get_pool(quiz_id: QuizId, draw: Draw) -> Pool:
    """Return how many questions a draw may choose, how many of them it ever did, and how often in all."""
    drawn = _drawn(quiz_id)
    row = db.session.execute(
        select(func.count(), func.count(drawn.c.n), func.sum(drawn.c.n))
        .select_from(QuestionRow)
        .outerjoin(drawn, drawn.c.question_id == QuestionRow.id)
        .where(asked_by(draw), *questions_seen(mine()))
    ).one()
    return Pool(size=int(row[0]), drawn=int(row[1]), times=int(row[2] or 0))


def _drawn(quiz_id: QuizId) -> Any:
    return (
        select(ItemRow.question_id, cast(func.sum(ItemRow.n), BigInteger).label("n"))
        .where(ItemRow.quiz_id == quiz_id, ItemRow.which == Which.ALL)
        .group_by(ItemRow.question_id)
        .subquery()
    )


def _sum_everywhere(ids: Collection[QuestionId]) -> Mapping[QuestionId, int]:
    """Return in how many decided attempts at any exam these questions were asked."""
    rows = db.session.execute(
        select(ItemRow.question_id, func.sum(ItemRow.n))
        .where(ItemRow.question_id.in_(ids), ItemRow.which == Which.ALL)
        .group_by(ItemRow.question_id)
    )
    return {row[0]: int(row[1]) for row in rows}
