"""Whom an act on many questions concerns, and what of it would be new to them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, case, false, func, literal, or_, select, type_coerce

from lms.kernel.db import AnyColumn, JsonValue, db
from lms.quizzes.bank.models import QuestionRow, QuestionTagRow
from lms.quizzes.bank.queries.listing import STANDS, QuestionFilter, narrowing, questions_like
from lms.quizzes.bank.rules.sight import Sight
from lms.quizzes.bank.values import Change
from lms.quizzes.values import BankId, QuestionId

CHANGED_MOST = 100_000


def list_ids_like(bank_id: BankId, wanted: QuestionFilter, sight: Sight) -> Sequence[QuestionId]:
    """Return the ids of a bank's questions that a filter leaves, one more than may be changed at once at most."""
    query = questions_like(bank_id, wanted, sight=sight).order_by(QuestionRow.id).limit(CHANGED_MOST + 1)
    return db.session.scalars(query).all()


def is_held(bank_id: BankId, wanted: QuestionFilter, sight: Sight) -> bool:
    """Return whether a filter leaves a question that is seen and may not be changed; no query where all may."""
    held: list[ColumnElement[bool]] = []
    if sight.held:
        held.append(QuestionRow.folder_id.in_(sight.held))
    if bank_id in sight.held_tops:
        held.append(QuestionRow.folder_id.is_(None))
    if not held:
        return False
    query = questions_like(bank_id, wanted, sight=sight).where(or_(*held)).limit(1)
    return db.session.scalar(query) is not None


def differs(change: Change) -> ColumnElement[bool]:
    """Return the filter for questions that stand otherwise than a change would have them, tags aside."""
    return or_(false(), *_differences(change).values())


def _differences(change: Change) -> dict[str, ColumnElement[bool]]:
    found: dict[str, ColumnElement[bool]] = {}
    if change.moves:
        found["folder"] = QuestionRow.folder_id.is_distinct_from(change.folder_id)
    if change.judges:
        found["difficulty"] = QuestionRow.difficulty.is_distinct_from(change.difficulty)
    if change.status is not None:
        found["status"] = ~STANDS[change.status]
    return found


def count_changes(bank_id: BankId, wanted: QuestionFilter, change: Change) -> Mapping[str, int]:
    """Return how many questions a filter leaves (`chosen`), and to how many each part of a change is new."""
    parts = _differences(change)
    for name, tag in (("tag", change.tag), ("untag", change.untag)):
        if tag:
            has = QuestionRow.id.in_(
                select(QuestionTagRow.question_id).where(
                    QuestionTagRow.bank_id == bank_id, QuestionTagRow.tag == tag
                )
            )
            parts[name] = ~has if name == "tag" else has
    sums = [func.coalesce(func.sum(case((part, 1), else_=0)), 0) for part in parts.values()]
    row = db.session.execute(select(func.count(), *sums).where(*narrowing(bank_id, wanted))).one()
    return {"chosen": row[0], **{name: int(row[at]) for at, name in enumerate(parts, 1)}}


def tags_with(tag: str) -> AnyColumn:
    """Return a question's tags with one more at their end."""
    if db.engine.dialect.name == "postgresql":
        return type_coerce(_jsonb().op("||")(func.to_jsonb(literal(tag, Text))), JsonValue)
    return type_coerce(func.json_insert(QuestionRow.tags, "$[#]", tag), Text)


def tags_without(tag: str) -> AnyColumn:
    """Return a question's tags without this one."""
    if db.engine.dialect.name == "postgresql":
        return type_coerce(_jsonb().op("-")(literal(tag, Text)), JsonValue)
    each = func.json_each(QuestionRow.tags).table_valued("value")
    kept: AnyColumn = select(func.json_group_array(each.c.value)).where(each.c.value != tag).scalar_subquery()
    return type_coerce(kept, Text)


def _jsonb() -> Any:
    return QuestionRow.tags
