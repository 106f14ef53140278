"""Every write of statistics: attempts are counted, counted anew where they were marked anew, and swept up once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

import msgspec
from sqlalchemy import Table, delete
from sqlalchemy.dialects import postgresql, sqlite

from lms.kernel.db import Base, db
from lms.kernel.inserting import insert_all, update_all
from lms.quizzes.attempts import rules as attempt_rules
from lms.quizzes.kinds import question_from_json, response_from_json
from lms.quizzes.statistics import queries, rules
from lms.quizzes.statistics.models import (
    ChosenRow,
    CountedAttemptRow,
    ItemRow,
    ObjectiveRow,
    ScoreRow,
    SweepRow,
    TotalRow,
)
from lms.quizzes.statistics.queries import Ended, Filled
from lms.quizzes.statistics.values import NOT_KNOWN, Counted, Key, Sums, Tally, Which
from lms.quizzes.values import ZERO, AttemptId, Question, QuestionVersionId, QuizId, rules_from_json

SWEEP: Final = "attempts"
SWEPT_AT_ONCE: Final = 10
"""On SQLite nobody else writes meanwhile, and an attempt of 60 questions takes about 15 ms."""
TABLES: Final[tuple[tuple[str, type[Base], tuple[str, ...]], ...]] = (
    ("totals", TotalRow, ("which", "size")),
    ("scores", ScoreRow, ("which", "percent")),
    ("objectives", ObjectiveRow, ("which", "objective")),
    ("items", ItemRow, ("which", "version_id", "question_id")),
    ("answers", ChosenRow, ("which", "version_id", "part", "answer")),
)
FOLLOWING: Final = {"share": 0, "rank": NOT_KNOWN, "is_flagged": False}
"""What of an item follows from its sums, before it is found."""


def count(ids: Collection[AttemptId]) -> None:
    """Bring the sums to what these attempts say now; those that stand in them so already change nothing.

    Whatever was counted of one before is taken away first, so that it does not matter why or how often it comes.
    """
    _hold()
    ended = queries.lock_ended(ids)
    before = {one: _counted(kept) for one, kept in queries.list_counted(ended).items()}
    now, asked = _say([one for one in ended.values() if one is not None])
    changed = [one for one in ended if before.get(one) != now.get(one)]
    at = queries.quizzes_of(changed)
    for quiz_id in sorted(set(at.values())):
        mine = [one for one in changed if at[one] == quiz_id]
        difference = rules.taken_away(
            rules.added(rules.tally_of(now[one]) for one in mine if one in now),
            rules.added(rules.tally_of(before[one]) for one in mine if one in before),
        )
        _add(quiz_id, difference)
        _follow(quiz_id, difference, asked)
    _keep(changed, now, before)


def sweep() -> int:
    """Count some of the attempts that ended before anybody counted; return how many were looked at, 0 at the end."""
    at = _hold(alone=True)
    found = queries.list_next(at.reached, SWEPT_AT_ONCE)
    count([attempt_id for attempt_id, is_missing in found if is_missing])
    if found:
        at.reached = found[-1][0]
    db.session.flush()
    return len(found)


def count_anew() -> None:
    """Forget all sums; the sweep counts everything again, and meanwhile whatever ends is counted as ever."""
    at = _hold(alone=True)
    for _name, model, _key in TABLES:
        db.session.execute(delete(model))
    db.session.execute(delete(CountedAttemptRow))
    at.reached = None
    db.session.flush()


def _hold(*, alone: bool = False) -> SweepRow:
    """Return the row of the sweep, held: whoever forgets the sums must not meet one who is adding to them."""
    found = queries.find_sweep(SWEEP, alone=alone)
    if found is None:
        insert_all(SweepRow, [{"key": SWEEP, "reached": None}], unless_there=True)
        found = queries.find_sweep(SWEEP, alone=alone)
    if found is None:
        raise LookupError(SWEEP)
    return found


def _counted(kept: Mapping[str, Any]) -> Counted:
    return msgspec.convert(kept, Counted)


def _say(
    ended: Sequence[Ended],
) -> tuple[Mapping[AttemptId, Counted], dict[QuestionVersionId, Question]]:
    """Return what each of these attempts says, those that say nothing left out, and the questions they asked."""
    held = {one.id: rules_from_json(one.rules) for one in ended}
    scored = {one.id: one for one in ended if not held[one.id].is_survey and one.score is not None}
    slots: dict[AttemptId, list[Filled]] = {one: [] for one in scored}
    for filled in queries.list_filled(scored):
        slots[filled.attempt_id].append(filled)
    moments: dict[AttemptId, list[rules.Moment]] = {one: [] for one in scored}
    for attempt_id, slot, at in queries.list_moments(scored):
        moments[attempt_id].append(rules.Moment(slot, at))
    asked = _questions({one.version_id for some in slots.values() for one in some})
    found = {}
    for attempt_id, attempt in scored.items():
        took = rules.seconds_by_slot(attempt.started_at, moments[attempt_id])
        said = rules.counted_of(
            [
                rules.Asked(
                    version=one.version_id,
                    question_id=one.question_id,
                    question=asked[one.version_id],
                    marks=attempt_rules.marks_in(held[attempt_id], asked[one.version_id]),
                    fraction=one.fraction,
                    given=response_from_json(one.given) if one.given is not None else None,
                    seconds=took.get(one.number),
                )
                for one in slots[attempt_id]
                # What only asks for an opinion is no item.
                if one.fraction is not None
            ],
            is_first=attempt.number == 1,
            score=attempt.score or ZERO,
            passed=attempt.passed,
            seconds=attempt_rules.seconds_taken(attempt.started_at, attempt.deadline_at, attempt.finished_at),
        )
        if said is not None:
            found[attempt_id] = said
    return found, asked


def _questions(ids: Collection[QuestionVersionId]) -> dict[QuestionVersionId, Question]:
    return {one: question_from_json(content) for one, content in queries.list_asked(ids).items()}


@cache
def _plus(model: type[Base], key: tuple[str, ...], names: tuple[str, ...], dialect: str) -> Any:
    """Return the statement that adds to a row of sums or makes it, built once."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    table: Table = model.__table__  # type: ignore[assignment]  # as declared
    new = insert(table)
    return new.on_conflict_do_update(
        index_elements=[table.c[name] for name in key],
        set_={name: table.c[name] + new.excluded[name] for name in names},
    )


def _add(quiz_id: QuizId, tally: Tally) -> None:
    """Add to the sums, row by row in the order of their keys: whoever adds at once waits for one another."""
    for name, model, columns in TABLES:
        table: dict[Key, Sums] = getattr(tally, name)
        if not table:
            continue
        names = tuple(next(iter(table.values())))
        primary = tuple(column for column in ("quiz_id", *columns) if column != "question_id")
        db.session.connection().execute(
            _plus(model, primary, names, db.engine.dialect.name),
            [
                {
                    "quiz_id": quiz_id,
                    **dict(zip(columns, key, strict=True)),
                    **sums,
                    **(FOLLOWING if model is ItemRow else {}),
                }
                for key, sums in sorted(table.items())
            ],
        )
        if any(sums[names[0]] < 0 for sums in table.values()):
            # What nothing is counted in any more is as if it had never been.
            columns_of = model.__table__.c
            db.session.execute(delete(model).where(columns_of.quiz_id == quiz_id, columns_of[names[0]] == 0))


def _follow(quiz_id: QuizId, tally: Tally, asked: dict[QuestionVersionId, Question]) -> None:
    """Find anew what follows from the sums of the items that changed."""
    for which in Which:
        versions = {QuestionVersionId(key[1]) for key in tally.items if key[0] == which}  # type: ignore[arg-type]  # an id
        asked.update(_questions(versions - asked.keys()))
        answers = queries.list_answers(quiz_id, which, versions)
        update_all(
            ItemRow,
            ("quiz_id", "which", "version_id"),
            [
                {
                    "quiz_id": quiz_id,
                    "which": which,
                    "version_id": item.version_id,
                    "share": rules.share_in_millionths(item),
                    "rank": rules.rank_of(item),
                    "is_flagged": bool(
                        rules.flags_of(
                            item, answers[item.version_id], rules.options_of(asked[item.version_id])
                        )
                    ),
                }
                for item in queries.list_items(quiz_id, which, versions)
            ],
        )


def _keep(
    changed: Iterable[AttemptId], now: Mapping[AttemptId, Counted], before: Mapping[AttemptId, Counted]
) -> None:
    """Keep what stands in the sums now."""
    changed = list(changed)
    kept = {one: msgspec.to_builtins(now[one]) for one in changed if one in now}
    insert_all(
        CountedAttemptRow,
        [{"attempt_id": one, "counted": said} for one, said in kept.items() if one not in before],
    )
    update_all(
        CountedAttemptRow,
        ("attempt_id",),
        [{"attempt_id": one, "counted": said} for one, said in kept.items() if one in before],
    )
    gone = [one for one in changed if one not in now]
    if gone:
        db.session.execute(delete(CountedAttemptRow).where(CountedAttemptRow.attempt_id.in_(gone)))
