"""Banks, questions with their versions, and quizzes."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from lms.identity.values import PersonId
from lms.kernel.actor import current
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.files import StoredFile
from lms.kernel.search import SearchDocument
from lms.quizzes.bank.models import (
    BankRow,
    NamedRow,
    QuestionImportRow,
    QuestionRow,
    QuestionTagRow,
    QuestionVersionRow,
    QuizDrawRow,
    QuizRow,
)
from lms.quizzes.bank.queries.folders import folders_around
from lms.quizzes.bank.queries.listing import IN_USE, KIND, line_of
from lms.quizzes.bank.queries.sight import banks_seen, mine, questions_seen
from lms.quizzes.bank.rules.sight import EVERYTHING, Sight
from lms.quizzes.bank.values import Bank, QuestionLine, QuestionView, QuizLine, Supply, Use, VersionLine
from lms.quizzes.kinds import question_from_json
from lms.quizzes.values import (
    BankId,
    Draw,
    ImportedQuestion,
    QuestionId,
    QuestionImportId,
    QuestionVersionId,
    Quiz,
    QuizId,
    QuizRules,
    Section,
    Status,
    StoredQuestion,
    sitting_from_json,
)
from lms.web.pages import Page, PageRequest, keyset

BANKS_AT_ONCE = 500
DIGESTS_AT_ONCE = 500
TAGS_AT_ONCE = 2_000

CHOICES = 500
PRESENT: ColumnElement[bool] = and_(
    QuestionVersionRow.question_id == QuestionRow.id, QuestionVersionRow.number == QuestionRow.number
)
"""Joins a question to the version asked now."""


def _banks(sight: Sight | None = None) -> Any:
    sight = mine() if sight is None else sight
    count = (
        select(func.count())
        .select_from(QuestionRow)
        .where(QuestionRow.bank_id == BankRow.id, IN_USE, *questions_seen(sight))
        .correlate(BankRow)
        .scalar_subquery()
    )
    return select(BankRow, count).where(*banks_seen(sight))


def _bank_of(row: BankRow, count: int) -> Bank:
    return Bank(id=row.id, name=row.name, count=count, changed_at=row.changed_at)


def page_banks(wanted: PageRequest) -> Page[Bank]:
    """Return a page of banks by name."""
    page = keyset(_banks(), by=[BankRow.name, BankRow.id], wanted=wanted, scalars=False)
    return page.map(lambda row: _bank_of(*row))


def list_banks() -> Sequence[Bank]:
    """Return banks by name, for choice lists: at most `BANKS_AT_ONCE`."""
    rows = db.session.execute(_banks().order_by(BankRow.name, BankRow.id).limit(BANKS_AT_ONCE))
    return [_bank_of(*row) for row in rows]


def get_bank(bank_id: BankId, *, sight: Sight | None = None) -> Bank:
    """Return a bank; NotFound if there is none."""
    row = db.session.execute(_banks(sight).where(BankRow.id == bank_id)).first()
    if row is None:
        raise NotFound
    return _bank_of(*row)


def find_bank_by_name(name: str) -> Bank | None:
    """Return the bank of this name, or None, whoever sees it."""
    row = db.session.execute(_banks(EVERYTHING).where(BankRow.name == name)).first()
    return _bank_of(*row) if row else None


def lock_bank(bank_id: BankId) -> BankRow:
    """Return a bank's row, held until the transaction ends; NotFound if there is none."""
    row = db.session.scalars(
        select(BankRow)
        .where(BankRow.id == bank_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound
    return row


def stored_of(row: QuestionVersionRow) -> StoredQuestion:
    """Return a row's value."""
    return StoredQuestion(
        id=row.id,
        question_id=row.question_id,
        number=row.number,
        content=row.content,
        stem=row.html["stem"],
        is_plain=row.html["is_plain"],
        parts=row.html["parts"],
        pictures=row.pictures,
    )


def get_question(question_id: QuestionId, *, sight: Sight | None = None) -> QuestionView:
    """Return a question with its present version; NotFound if there is none."""
    sight = mine() if sight is None else sight
    row = db.session.execute(
        _banks(sight)
        .join(QuestionRow, QuestionRow.bank_id == BankRow.id)
        .join(QuestionVersionRow, PRESENT)
        .add_columns(QuestionRow, QuestionVersionRow)
        .where(QuestionRow.id == question_id, *questions_seen(sight))
    ).first()
    if row is None:
        raise NotFound
    return QuestionView(
        line=line_of(row[2]),
        bank=_bank_of(row[0], row[1]),
        # Tags are the question's own: a version holds those it had when it was made.
        question=replace(question_from_json(row[3].content), tags=tuple(row[2].tags)),
        stored=stored_of(row[3]),
    )


def list_in_use() -> Sequence[tuple[QuestionLine, str]]:
    """Return questions in use with the names of their banks, for choice lists: at most `CHOICES`."""
    query = (
        select(QuestionRow, BankRow.name, exists(select(NamedRow.id)))
        .join(BankRow, BankRow.id == QuestionRow.bank_id)
        .where(IN_USE)
        .order_by(BankRow.name, QuestionRow.title, QuestionRow.id)
        .limit(CHOICES)
    )
    rows = db.session.execute(query).all()
    # While nobody is named anywhere, everybody sees all of them: one query.
    if rows and rows[0][2]:
        rows = db.session.execute(query.where(*questions_seen(mine()))).all()
    return [(line_of(row), bank) for row, bank, _is_any_named in rows]


def get_version(question_id: QuestionId, number: int) -> StoredQuestion:
    """Return one version of a question; NotFound if there is none."""
    row = db.session.scalars(
        select(QuestionVersionRow).where(
            QuestionVersionRow.question_id == question_id, QuestionVersionRow.number == number
        )
    ).first()
    if row is None:
        raise NotFound
    return stored_of(row)


def page_versions(question_id: QuestionId, wanted: PageRequest) -> Page[VersionLine]:
    """Return a page of a question's versions, newest first."""
    query = select(
        QuestionVersionRow.number,
        QuestionVersionRow.content["title"].as_string(),
        QuestionVersionRow.made_at,
        QuestionVersionRow.made_by,
    ).where(QuestionVersionRow.question_id == question_id)
    page = keyset(query, by=[QuestionVersionRow.number], wanted=wanted, descending=True, scalars=False)
    return page.map(
        lambda row: VersionLine(
            number=row[0], title=row[1], made_at=row[2], made_by=PersonId(row[3]) if row[3] else None
        )
    )


def page_uses(line: QuestionLine, bank_id: BankId, wanted: PageRequest) -> Page[Use]:
    """Return a page of the exams that ask a question or may draw it, by title."""
    is_fixed = QuizDrawRow.question_id == line.id
    may_draw = and_(
        QuizDrawRow.bank_id == bank_id,
        QuizDrawRow.tag.in_(["", *line.tags]),
        QuizDrawRow.objective.in_(["", line.objective]),
        or_(QuizDrawRow.difficulty.is_(None), QuizDrawRow.difficulty == line.difficulty),
        or_(QuizDrawRow.folder_id.is_(None), QuizDrawRow.folder_id.in_(folders_around(line.folder_id))),
    )
    asks = or_(is_fixed, may_draw) if line.status is Status.REVIEWED else is_fixed
    query = select(QuizRow.id, QuizRow.title).where(
        select(QuizDrawRow.position).where(QuizDrawRow.quiz_id == QuizRow.id, asks).exists()
    )
    page = keyset(query, by=[QuizRow.title, QuizRow.id], wanted=wanted, scalars=False)
    draws: dict[QuizId, list[Draw]] = {row[0]: [] for row in page.items}
    rows = db.session.scalars(
        select(QuizDrawRow)
        .where(QuizDrawRow.quiz_id.in_(draws), asks)
        .order_by(QuizDrawRow.quiz_id, QuizDrawRow.position)
    )
    for row in rows:
        draws[row.quiz_id].append(draw_of(row))
    return page.map(lambda row: Use(quiz_id=row[0], title=row[1], draws=tuple(draws[row[0]])))


def lock_question(question_id: QuestionId) -> QuestionRow:
    """Return a question's row, held until the transaction ends; NotFound if there is none."""
    row = db.session.scalars(
        select(QuestionRow)
        .where(QuestionRow.id == question_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound
    return row


def list_versions(ids: Collection[QuestionVersionId]) -> Mapping[QuestionVersionId, StoredQuestion]:
    """Return these versions by id: those of one attempt, at most."""
    rows = db.session.scalars(select(QuestionVersionRow).where(QuestionVersionRow.id.in_(ids)))
    return {row.id: stored_of(row) for row in rows}


def list_present(ids: Collection[QuestionId]) -> Mapping[QuestionId, StoredQuestion]:
    """Return the present versions of these questions: those of one quiz, at most."""
    # Columns, not entities: every attempt begins with them.
    rows = db.session.execute(
        select(
            QuestionVersionRow.id,
            QuestionVersionRow.question_id,
            QuestionVersionRow.number,
            QuestionVersionRow.content,
            QuestionVersionRow.html,
            QuestionVersionRow.pictures,
        )
        .join(QuestionRow, PRESENT)
        .where(QuestionRow.id.in_(ids))
    )
    return {
        question_id: StoredQuestion(
            id=version_id,
            question_id=question_id,
            number=number,
            content=content,
            stem=html["stem"],
            is_plain=html["is_plain"],
            parts=html["parts"],
            pictures=pictures,
        )
        for version_id, question_id, number, content, html, pictures in rows
    }


def list_contents(
    bank_id: BankId, *, after: QuestionId | None, limit: int
) -> Sequence[tuple[QuestionLine, StoredQuestion]]:
    """Return a bank's questions in use with their present versions, in the order they came, from after one on."""
    query = (
        select(QuestionRow, QuestionVersionRow)
        .join(QuestionVersionRow, PRESENT)
        .where(QuestionRow.bank_id == bank_id, IN_USE, *questions_seen(mine()))
        .order_by(QuestionRow.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(QuestionRow.id > after)
    return [(line_of(row[0]), stored_of(row[1])) for row in db.session.execute(query)]


def list_unfindable(*, at_most: int) -> Sequence[tuple[QuestionId, StoredQuestion]]:
    """Return questions that the search does not know, with their present versions."""
    known = select(SearchDocument.number).where(
        SearchDocument.kind == KIND, SearchDocument.subject_id == QuestionRow.id
    )
    rows = db.session.execute(
        select(QuestionRow.id, QuestionVersionRow)
        .join(QuestionVersionRow, PRESENT)
        .where(~known.exists())
        .order_by(QuestionRow.id)
        .limit(at_most)
    )
    return [(row[0], stored_of(row[1])) for row in rows]


def known_digests(bank_id: BankId, digests: Collection[str]) -> set[str]:
    """Return which of these digests a version of a question in the bank has, present or past."""
    wanted, known = sorted(set(digests)), set()
    for start in range(0, len(wanted), DIGESTS_AT_ONCE):
        known |= set(
            db.session.scalars(
                select(QuestionVersionRow.digest).where(
                    QuestionVersionRow.bank_id == bank_id,
                    QuestionVersionRow.digest.in_(wanted[start : start + DIGESTS_AT_ONCE]),
                )
            )
        )
    return known


def list_titled(bank_id: BankId, titles: Sequence[str]) -> Sequence[StoredQuestion]:
    """Return the present versions of a bank's questions of these titles."""
    found: list[StoredQuestion] = []
    for start in range(0, len(titles), DIGESTS_AT_ONCE):
        rows = db.session.scalars(
            select(QuestionVersionRow)
            .join(QuestionRow, PRESENT)
            .where(
                QuestionRow.bank_id == bank_id,
                QuestionRow.title.in_(titles[start : start + DIGESTS_AT_ONCE]),
            )
        )
        found += [stored_of(row) for row in rows]
    return found


def get_import(import_id: QuestionImportId) -> tuple[QuestionImportRow, StoredFile]:
    """Return an upload with its file; NotFound if there is none.

    What somebody else brought is not shown to who does not see everything: it may have gone where they see nothing.
    """
    row = db.session.execute(
        select(QuestionImportRow, StoredFile)
        .join(StoredFile, StoredFile.id == QuestionImportRow.file_id)
        .where(QuestionImportRow.id == import_id)
    ).first()
    if row is None or (mine().is_narrowed and row[0].uploaded_by != current().person_id):
        raise NotFound
    return row[0], row[1]


def list_supplies() -> Mapping[BankId, Supply]:
    """Return what each bank can give, in all and by tag, of what is seen."""
    asked = (IN_USE, *questions_seen(mine()))
    totals = db.session.execute(
        select(QuestionRow.bank_id, func.count())
        .where(*asked)
        .group_by(QuestionRow.bank_id)
        .limit(BANKS_AT_ONCE)
    )
    by_tag: dict[BankId, dict[str, int]] = defaultdict(dict)
    tags = db.session.execute(
        select(QuestionTagRow.bank_id, QuestionTagRow.tag, func.count())
        .join(QuestionRow, QuestionRow.id == QuestionTagRow.question_id)
        .where(*asked)
        .group_by(QuestionTagRow.bank_id, QuestionTagRow.tag)
        .order_by(QuestionTagRow.bank_id, QuestionTagRow.tag)
        .limit(TAGS_AT_ONCE)
    )
    for bank_id, tag, count in tags:
        by_tag[bank_id][tag] = count
    return {bank_id: Supply(total=count, by_tag=by_tag[bank_id]) for bank_id, count in totals}


def page_quizzes(wanted: PageRequest) -> Page[QuizLine]:
    """Return a page of quizzes by title."""
    count = (
        select(func.coalesce(func.sum(QuizDrawRow.count), 0))
        .where(QuizDrawRow.quiz_id == QuizRow.id)
        .correlate(QuizRow)
        .scalar_subquery()
    )
    page = keyset(select(QuizRow, count), by=[QuizRow.title, QuizRow.id], wanted=wanted, scalars=False)
    return page.map(
        lambda row: QuizLine(
            id=row[0].id,
            title=row[0].title,
            count=int(row[1]),
            pass_percent=row[0].pass_percent,
            minutes=row[0].minutes,
            changed_at=row[0].changed_at,
        )
    )


def rules_of(row: QuizRow) -> QuizRules:
    """Return the rules that a row holds."""
    return QuizRules(
        title=row.title,
        pass_percent=row.pass_percent,
        minutes=row.minutes,
        attempts_allowed=row.attempts_allowed,
        wait_days=tuple(row.wait_days),
        shuffle_questions=row.shuffle_questions,
        shuffle_choices=row.shuffle_choices,
        blind=row.blind,
        layout=row.layout,
        review=row.review,
        telling=row.telling,
        penalty=row.penalty,
        is_survey=row.is_survey,
        is_anonymous=row.is_anonymous,
        honour=row.honour,
        sitting=sitting_from_json(row.sitting),
        sections=msgspec.convert(row.sections, tuple[Section, ...]),
        grading=row.grading,
        may_retry=row.may_retry,
    )


def draw_of(row: QuizDrawRow) -> Draw:
    """Return a row's value."""
    return Draw(
        count=row.count,
        question_id=row.question_id,
        bank_id=row.bank_id,
        tag=row.tag,
        folder_id=row.folder_id,
        objective=row.objective,
        difficulty=row.difficulty,
        section=row.section,
    )


def find_quiz(quiz_id: QuizId) -> Quiz | None:
    """Return a quiz with its draws, or None."""
    rows = db.session.execute(
        select(QuizRow, QuizDrawRow)
        .outerjoin(QuizDrawRow, QuizDrawRow.quiz_id == QuizRow.id)
        .where(QuizRow.id == quiz_id)
        .order_by(QuizDrawRow.position)
    ).all()
    if not rows:
        return None
    drawn: list[QuizDrawRow | None] = [row[1] for row in rows]
    draws = tuple(draw_of(draw) for draw in drawn if draw is not None)
    return Quiz(id=quiz_id, rules=rules_of(rows[0][0]), draws=draws, revision=rows[0][0].revision)


def get_quiz(quiz_id: QuizId) -> Quiz:
    """Return a quiz with its draws; NotFound if there is none."""
    found = find_quiz(quiz_id)
    if found is None:
        raise NotFound
    return found


def list_quizzes(ids: Collection[QuizId]) -> Mapping[QuizId, QuizRules]:
    """Return the rules of these quizzes."""
    return {row.id: rules_of(row) for row in db.session.scalars(select(QuizRow).where(QuizRow.id.in_(ids)))}


def imported_of(stored: StoredQuestion) -> ImportedQuestion:
    """Return a version as formats write it, without its pictures' bytes."""
    return ImportedQuestion(question_from_json(stored.content))
