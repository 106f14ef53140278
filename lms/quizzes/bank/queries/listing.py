"""The questions of a bank as lists show them, narrowed in every way there is."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, literal_column, or_, select

from lms.kernel import search
from lms.kernel.db import AnyColumn, db
from lms.quizzes.bank.models import QuestionRow, QuestionTagRow
from lms.quizzes.bank.queries.sight import is_of_seen, mine, questions_seen
from lms.quizzes.bank.rules.sight import Sight
from lms.quizzes.bank.values import QuestionLine
from lms.quizzes.values import BankId, Difficulty, FolderId, QuestionId, QuestionType, Status
from lms.web.pages import Order, Page, PageRequest, keyset

AS_THEY_CAME = Order("added")
KIND = "question"
COUNTED_MOST = 10_000
"""How far a list counts what it narrows to; beyond, it says that there are more."""
OPTIONS_AT_ONCE = 500
"""How many tags and objectives a list offers to be narrowed by."""

IN_USE: ColumnElement[bool] = and_(QuestionRow.retired_at.is_(None), QuestionRow.is_draft.is_(False))
"""The questions that random draws choose from: reviewed, and not retired."""
HAS_OBJECTIVE: ColumnElement[bool] = QuestionRow.objective != literal_column("''")
"""In the words of the index, which is taken only where a query says them too."""
STANDS: dict[Status, ColumnElement[bool]] = {
    Status.REVIEWED: IN_USE,
    Status.DRAFT: and_(QuestionRow.retired_at.is_(None), QuestionRow.is_draft.is_(True)),
    Status.RETIRED: QuestionRow.retired_at.is_not(None),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionFilter:
    """Which questions of a bank are meant; what is empty narrows nothing.

    `folders` are one with all within it, and None stands for what lies in none. `unasked` is said by those who
    know attempts: the filter for questions, by their id, that nobody was ever asked. `ids` are those that were ticked.
    """

    words: str = ""
    kind: QuestionType | None = None
    tag: str = ""
    objective: str = ""
    difficulty: Difficulty | None = None
    status: Status | None = None
    folders: frozenset[FolderId | None] = frozenset()
    unasked: Callable[[AnyColumn], ColumnElement[bool]] | None = None
    ids: frozenset[QuestionId] | None = None

    @property
    def narrows(self) -> bool:
        """Return whether it leaves anything out."""
        return self != QuestionFilter()


def status_of(row: QuestionRow) -> Status:
    """Return where a question stands; one that was retired says nothing else, whatever it was before."""
    if row.retired_at is not None:
        return Status.RETIRED
    return Status.DRAFT if row.is_draft else Status.REVIEWED


def line_of(row: QuestionRow) -> QuestionLine:
    """Return a row's value."""
    return QuestionLine(
        id=row.id,
        type=row.type,
        title=row.title,
        marks=row.marks,
        tags=tuple(row.tags),
        number=row.number,
        changed_at=row.changed_at,
        status=status_of(row),
        difficulty=row.difficulty,
        folder_id=row.folder_id,
        objective=row.objective,
        is_drawn=row.is_drawn,
    )


def questions_like(
    bank_id: BankId, wanted: QuestionFilter, *, sight: Sight | None = None
) -> Select[QuestionId]:
    """Return the query of the ids of a bank's questions that a filter leaves."""
    return select(QuestionRow.id).where(*narrowing(bank_id, wanted, sight=sight))


def narrowing(
    bank_id: BankId, wanted: QuestionFilter, *, sight: Sight | None = None
) -> Sequence[ColumnElement[bool]]:
    """Return what a filter asks of a bank's questions, of those that are seen."""
    found = [QuestionRow.bank_id == bank_id, *questions_seen(mine() if sight is None else sight)]
    if wanted.ids is not None:
        found.append(QuestionRow.id.in_(wanted.ids))
    if wanted.words:
        found.append(search.holds(QuestionRow.id, KIND, wanted.words))
    if wanted.kind is not None:
        found.append(QuestionRow.type == wanted.kind)
    if wanted.tag:
        tagged = select(QuestionTagRow.question_id).where(
            QuestionTagRow.bank_id == bank_id, QuestionTagRow.tag == wanted.tag
        )
        found.append(QuestionRow.id.in_(tagged))
    if wanted.objective:
        found += [QuestionRow.objective == wanted.objective, HAS_OBJECTIVE]
    if wanted.difficulty is not None:
        found.append(QuestionRow.difficulty == wanted.difficulty)
    if wanted.status is not None:
        found.append(STANDS[wanted.status])
    if wanted.folders:
        within = QuestionRow.folder_id.in_(wanted.folders - {None})
        found.append(or_(within, QuestionRow.folder_id.is_(None)) if None in wanted.folders else within)
    if wanted.unasked is not None:
        found.append(wanted.unasked(QuestionRow.id))
    return found


def page_questions(
    bank_id: BankId,
    wanted: PageRequest,
    *,
    like: QuestionFilter = QuestionFilter(),
    order: Order = AS_THEY_CAME,
) -> Page[QuestionLine]:
    """Return a page of those of a bank's questions that a filter leaves."""
    query = select(QuestionRow).where(*narrowing(bank_id, like))
    by = (QuestionRow.title, QuestionRow.id) if order.by == "title" else (QuestionRow.id,)
    page: Page[QuestionRow] = keyset(query, by=by, wanted=wanted, descending=order.descending)
    return page.map(line_of)


def count_like(bank_id: BankId, wanted: QuestionFilter, *, most: int) -> int:
    """Return how many of a bank's questions a filter leaves, `most` for that many and more."""
    found = (
        select(literal(1)).select_from(QuestionRow).where(*narrowing(bank_id, wanted)).limit(most).subquery()
    )
    return db.session.scalar(select(func.count()).select_from(found)) or 0


def list_tags(bank_id: BankId) -> Sequence[str]:
    """Return the tags of a bank's questions by name."""
    seen = is_of_seen(QuestionTagRow.question_id, mine())
    return _steps(QuestionTagRow.tag, QuestionTagRow.bank_id == bank_id, *seen)


def list_objectives(bank_id: BankId) -> Sequence[str]:
    """Return the objectives of a bank's questions by name."""
    seen = questions_seen(mine())
    return _steps(QuestionRow.objective, QuestionRow.bank_id == bank_id, HAS_OBJECTIVE, *seen)


def list_objectives_of(banks: Collection[BankId]) -> Mapping[BankId, Sequence[str]]:
    """Return the objectives of the questions of a few banks, by name. One query."""
    found: dict[BankId, list[str]] = {one: [] for one in banks}
    rows = db.session.execute(
        select(QuestionRow.bank_id, QuestionRow.objective)
        .where(QuestionRow.bank_id.in_(banks), HAS_OBJECTIVE, *questions_seen(mine()))
        .group_by(QuestionRow.bank_id, QuestionRow.objective)
        .order_by(QuestionRow.bank_id, QuestionRow.objective)
        .limit(OPTIONS_AT_ONCE * max(len(banks), 1))
    )
    for bank_id, objective in rows:
        found[bank_id].append(objective)
    return found


def list_lines(ids: Collection[QuestionId]) -> Mapping[QuestionId, QuestionLine]:
    """Return these questions as lists show them: those of one quiz, at most."""
    rows = db.session.scalars(select(QuestionRow).where(QuestionRow.id.in_(ids), *questions_seen(mine())))
    return {row.id: line_of(row) for row in rows}


def _steps(column: Any, *of: ColumnElement[bool]) -> Sequence[str]:
    """Return the different values of a column in order, each found in the index from the one before.

    A bank has tens of thousands of questions and a few dozen tags: to look at every row takes a hundred times as long.
    """
    first = select(func.min(column).label("word")).where(*of).cte("steps", recursive=True)
    after: AnyColumn = select(func.min(column)).where(*of, column > first.c.word).scalar_subquery()
    steps = first.union_all(select(after).where(first.c.word.is_not(None)))
    query = select(steps.c.word).where(steps.c.word.is_not(None)).limit(OPTIONS_AT_ONCE)
    return db.session.scalars(query).all()
