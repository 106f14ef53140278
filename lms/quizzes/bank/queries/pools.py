"""What the draws of a quiz may choose from: some of it by chance, how much there is, and what it is about."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, false, func, literal, or_, select, union_all

from lms.kernel.db import db
from lms.quizzes.bank.models import QuestionRow, QuestionTagRow, QuizApartRow, QuizDrawRow
from lms.quizzes.bank.queries.folders import folders_below
from lms.quizzes.bank.queries.listing import IN_USE
from lms.quizzes.bank.queries.sight import questions_seen
from lms.quizzes.bank.rules.drawing import Groups, Pool
from lms.quizzes.bank.rules.sight import Sight
from lms.quizzes.kinds import KINDS
from lms.quizzes.values import BankId, Difficulty, Draw, FolderId, QuestionId, QuizId

FEW: Final = 1_000
"""Up to how many questions of a tag are read whole; of a larger one some are found along the ring."""
SPREAD: Final = 2
"""How many times more questions are looked at than could be needed, so that neighbours on the ring part."""
LOOKED_AT_MOST: Final = 3_000


def pool(bank_id: BankId, tag: str) -> Sequence[QuestionId]:
    """Return the questions in use of a bank, with a tag if one is named, in the order they came."""
    query = select(QuestionRow.id).where(asked_by(Draw(bank_id=bank_id, tag=tag))).order_by(QuestionRow.id)
    return db.session.scalars(query).all()


def pools(
    draws: Sequence[Draw], *, enough: int, seen: Collection[QuestionId], at: int
) -> Sequence[Sequence[QuestionId]]:
    """Return for each draw what it may choose from: all, or by chance so many that nothing more could be needed.

    `enough` is how many of them always suffice, `seen` those that are left for last; `at` is where on the ring to
    begin. Three queries at most, however many draws there are and however large their banks.
    """
    sources = list(dict.fromkeys(draw.source for draw in draws if draw.bank_id is not None))
    large = _large_tags({(one.bank_id, one.tag) for one in sources if one.tag})
    along = {one for one in sources if not one.tag or (one.bank_id, one.tag) in large}
    most = SPREAD * enough
    found = _found([_chosen(one, along, most, QuestionRow.dice >= at) for one in sources])
    # Near the ring's end, in a small bank, or where most has been seen, it takes another look at more.
    short = [
        number
        for number, one in enumerate(sources)
        if one in along
        and (len(found[number]) < most or sum(row[1] not in seen for row in found[number]) < enough)
    ]
    more = min(most + len(seen), LOOKED_AT_MOST)
    parts = [(number, part) for number in short for part in (QuestionRow.dice >= at, QuestionRow.dice < at)]
    again = _found([_chosen(sources[number], along, more, part) for number, part in parts])
    for place, number in enumerate(short):
        # Once around the ring from where it begins, so that each is as likely as any other.
        found[number] = [*again[2 * place], *again[2 * place + 1]][:more]
    rings = {one: [question for _dice, question in found[number]] for number, one in enumerate(sources)}
    return [rings.get(draw.source, ()) for draw in draws]


def _chosen(source: Draw, along: Collection[Draw], most: int, part: ColumnElement[bool]) -> Any:
    """Return the query of what a source gives of a part of the ring, or of all where that is little."""
    if source in along:
        query = select(QuestionRow.dice, QuestionRow.id).where(asked_by(source, along=True), part)
        return query.order_by(QuestionRow.dice, QuestionRow.id).limit(most)
    return select(QuestionRow.dice, QuestionRow.id).where(asked_by(source))


def _found(queries: Sequence[Any]) -> list[list[tuple[int, QuestionId]]]:
    """Return what each of these queries finds, in the ring's order. One query."""
    found: list[list[tuple[int, QuestionId]]] = [[] for _query in queries]
    if queries:
        named = (query.subquery() for query in queries)
        rows = db.session.execute(
            union_all(*(select(literal(number), one.c.dice, one.c.id) for number, one in enumerate(named)))
        )
        for number, dice, question_id in rows:
            found[number].append((dice, question_id))
    return [sorted(one) for one in found]


def draw_pools(
    draws: Sequence[Draw], groups: Groups, *, seen: Collection[QuestionId] = (), at: int = 0
) -> tuple[Collection[QuestionId], Sequence[Pool]]:
    """Return the questions that are always asked, and for each draw what it may choose from."""
    fixed = [draw.question_id for draw in draws if draw.question_id is not None]
    # So many that whatever the others take, and whatever must not stand beside it, as many are left as are asked.
    enough = sum(draw.count for draw in draws) + len(groups) - len(set(groups.values()))
    found = pools(draws, enough=enough, seen=seen, at=at)
    return fixed, [
        Pool(0 if draw.question_id is not None else draw.count, questions)
        for draw, questions in zip(draws, found, strict=True)
    ]


def _large_tags(tags: Collection[tuple[BankId | None, str]]) -> Collection[tuple[BankId | None, str]]:
    """Return which of these tags more questions have than are read whole."""
    if not tags:
        return ()
    known = sorted(tags, key=str)
    named = [
        select(QuestionTagRow.tag)
        .where(QuestionTagRow.bank_id == bank_id, QuestionTagRow.tag == tag)
        .offset(FEW)
        .limit(1)
        .subquery()
        for bank_id, tag in known
    ]
    found = db.session.scalars(
        union_all(*(select(literal(number)).select_from(one) for number, one in enumerate(named)))
    )
    return {known[number] for number in found}


def asked_by(draw: Draw, *, along: bool = False) -> ColumnElement[bool]:
    """Return the filter for what a draw may ask; `along` the ring each question is looked up, not each tag."""
    if draw.question_id is not None:
        return QuestionRow.id == draw.question_id
    asked: list[ColumnElement[bool]] = [QuestionRow.bank_id == draw.bank_id, IN_USE]
    if draw.tag:
        tagged = select(QuestionTagRow.question_id).where(
            QuestionTagRow.bank_id == draw.bank_id, QuestionTagRow.tag == draw.tag
        )
        asked.append(
            tagged.where(QuestionTagRow.question_id == QuestionRow.id).correlate(QuestionRow).exists()
            if along
            else QuestionRow.id.in_(tagged)
        )
    if draw.objective:
        asked.append(QuestionRow.objective == draw.objective)
    if draw.difficulty is not None:
        asked.append(QuestionRow.difficulty == draw.difficulty)
    if draw.folder_id is not None:
        asked.append(QuestionRow.folder_id.in_(folders_below(draw.folder_id)))
    return and_(*asked)


def may_earn(draws: Collection[Draw]) -> bool:
    """Return whether anything that a quiz may ask earns points, and does not only ask for an opinion. One query."""
    scored = QuestionRow.type.in_([name for name, kind in KINDS.items() if kind.is_scored])
    asked = or_(false(), *(asked_by(source) for source in dict.fromkeys(draw.source for draw in draws)))
    return db.session.scalar(select(QuestionRow.id).where(scored, asked).limit(1)) is not None


def supplies_of(draws: Sequence[Draw], sight: Sight) -> Sequence[Mapping[tuple[str, Difficulty | None], int]]:
    """Return for each draw how many questions it may choose from, by what they are about and how hard they are.

    Those that are not seen are not counted: exams draw by the sight that sees everything.
    """
    sources = list(dict.fromkeys(draw.source for draw in draws))
    found: dict[Draw, dict[tuple[str, Difficulty | None], int]] = {one: {} for one in sources}
    if sources:
        rows = db.session.execute(
            union_all(
                *(
                    select(literal(number), QuestionRow.objective, QuestionRow.difficulty, func.count())
                    .where(asked_by(source), *questions_seen(sight))
                    .group_by(QuestionRow.objective, QuestionRow.difficulty)
                    for number, source in enumerate(sources)
                )
            )
        )
        for number, objective, difficulty, count in rows:
            found[sources[number]][objective, difficulty] = count
    return [found[draw.source] for draw in draws]


def list_apart(quiz_id: QuizId) -> Mapping[QuestionId, int]:
    """Return the group of each question that a quiz never asks together with the others of its group."""
    rows = db.session.execute(
        select(QuizApartRow.question_id, QuizApartRow.group)
        .where(QuizApartRow.quiz_id == quiz_id)
        .order_by(QuizApartRow.group, QuizApartRow.question_id)
    )
    return {row[0]: row[1] for row in rows}


def is_drawn_from(folder_id: FolderId) -> bool:
    """Return whether a draw of any quiz names a folder."""
    return (
        db.session.scalar(select(QuizDrawRow.quiz_id).where(QuizDrawRow.folder_id == folder_id).limit(1))
        is not None
    )
