"""Every SELECT of the bank: banks, questions, quizzes, and what a draw may choose from."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from lms.identity.values import PersonId
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.files import StoredFile
from lms.quizzes.bank.models import (
    BankRow,
    QuestionImportRow,
    QuestionPictureRow,
    QuestionRow,
    QuestionTagRow,
    QuestionVersionRow,
    QuizDrawRow,
    QuizRow,
)
from lms.quizzes.bank.values import Bank, QuestionLine, QuestionView, QuizLine, Supply, Use, VersionLine
from lms.quizzes.values import (
    BankId,
    Draw,
    ImportedQuestion,
    QuestionId,
    QuestionImportId,
    QuestionType,
    QuestionVersionId,
    Quiz,
    QuizId,
    QuizRules,
    StoredQuestion,
    question_from_json,
)
from lms.web.pages import Order, Page, PageRequest, keyset

BANKS_AT_ONCE = 500
POOL_AT_MOST = 5_000
DIGESTS_AT_ONCE = 500
TAGS_AT_ONCE = 2_000
USES_AT_ONCE = 50

AS_THEY_CAME = Order("added")

CHOICES = 500
PRESENT: ColumnElement[bool] = and_(
    QuestionVersionRow.question_id == QuestionRow.id, QuestionVersionRow.number == QuestionRow.number
)
"""Joins a question to the version asked now."""


def _banks() -> Any:
    count = (
        select(func.count())
        .select_from(QuestionRow)
        .where(QuestionRow.bank_id == BankRow.id, QuestionRow.retired_at.is_(None))
        .correlate(BankRow)
        .scalar_subquery()
    )
    return select(BankRow, count)


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


def get_bank(bank_id: BankId) -> Bank:
    """Return a bank; NotFound if there is none."""
    row = db.session.execute(_banks().where(BankRow.id == bank_id)).first()
    if row is None:
        raise NotFound
    return _bank_of(*row)


def find_bank_by_name(name: str) -> Bank | None:
    """Return the bank of this name, or None."""
    row = db.session.execute(_banks().where(BankRow.name == name)).first()
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
        is_retired=row.retired_at is not None,
    )


def page_questions(
    bank_id: BankId,
    wanted: PageRequest,
    *,
    words: str = "",
    kind: QuestionType | None = None,
    tag: str = "",
    order: Order = AS_THEY_CAME,
) -> Page[QuestionLine]:
    """Return a page of a bank's questions."""
    query = select(QuestionRow).where(QuestionRow.bank_id == bank_id)
    if words:
        query = query.where(QuestionRow.title.icontains(words, autoescape=True))
    if kind is not None:
        query = query.where(QuestionRow.type == kind)
    if tag:
        query = query.where(
            QuestionRow.id.in_(
                select(QuestionTagRow.question_id).where(
                    QuestionTagRow.bank_id == bank_id, QuestionTagRow.tag == tag
                )
            )
        )
    by = (QuestionRow.title, QuestionRow.id) if order.by == "title" else (QuestionRow.id,)
    page: Page[QuestionRow] = keyset(query, by=by, wanted=wanted, descending=order.descending)
    return page.map(line_of)


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


def get_question(question_id: QuestionId) -> QuestionView:
    """Return a question with its present version; NotFound if there is none."""
    row = db.session.execute(
        _banks()
        .join(QuestionRow, QuestionRow.bank_id == BankRow.id)
        .join(QuestionVersionRow, PRESENT)
        .add_columns(QuestionRow, QuestionVersionRow)
        .where(QuestionRow.id == question_id)
    ).first()
    if row is None:
        raise NotFound
    return QuestionView(
        line=line_of(row[2]),
        bank=_bank_of(row[0], row[1]),
        question=question_from_json(row[3].content),
        stored=stored_of(row[3]),
    )


def list_in_use() -> Sequence[tuple[QuestionLine, str]]:
    """Return questions in use with the names of their banks, for choice lists: at most `CHOICES`."""
    rows = db.session.execute(
        select(QuestionRow, BankRow.name)
        .join(BankRow, BankRow.id == QuestionRow.bank_id)
        .where(QuestionRow.retired_at.is_(None))
        .order_by(BankRow.name, QuestionRow.title, QuestionRow.id)
        .limit(CHOICES)
    )
    return [(line_of(row), bank) for row, bank in rows]


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


def list_uses(line: QuestionLine, bank_id: BankId) -> Sequence[Use]:
    """Return the exams that ask a question or may draw it, by title: at most `USES_AT_ONCE`."""
    is_fixed = QuizDrawRow.question_id == line.id
    may_draw = and_(QuizDrawRow.bank_id == bank_id, QuizDrawRow.tag.in_(["", *line.tags]))
    rows = db.session.execute(
        select(QuizRow.id, QuizRow.title, func.max(case((is_fixed, 1), else_=0)))
        .join(QuizDrawRow, QuizDrawRow.quiz_id == QuizRow.id)
        .where(is_fixed if line.is_retired else or_(is_fixed, may_draw))
        .group_by(QuizRow.id, QuizRow.title)
        .order_by(QuizRow.title, QuizRow.id)
        .limit(USES_AT_ONCE)
    )
    return [Use(quiz_id=row[0], title=row[1], is_fixed=bool(row[2])) for row in rows]


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
    rows = db.session.scalars(
        select(QuestionVersionRow).join(QuestionRow, PRESENT).where(QuestionRow.id.in_(ids))
    )
    return {row.question_id: stored_of(row) for row in rows}


def list_contents(
    bank_id: BankId, *, after: QuestionId | None, limit: int
) -> Sequence[tuple[QuestionId, StoredQuestion]]:
    """Return the present versions of a bank's questions in use, in the order they came, from after one on."""
    query = (
        select(QuestionRow.id, QuestionVersionRow)
        .join(QuestionVersionRow, PRESENT)
        .where(QuestionRow.bank_id == bank_id, QuestionRow.retired_at.is_(None))
        .order_by(QuestionRow.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(QuestionRow.id > after)
    return [(row[0], stored_of(row[1])) for row in db.session.execute(query)]


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


def find_picture(bank_id: BankId, sha256: str) -> UUID | None:
    """Return the file of a picture that a bank already has, or None."""
    return db.session.scalar(
        select(QuestionPictureRow.file_id).where(
            QuestionPictureRow.bank_id == bank_id, QuestionPictureRow.sha256 == sha256
        )
    )


def get_picture(file_id: UUID) -> StoredFile:
    """Return the file of a question's picture; NotFound if it is none."""
    row = db.session.scalars(
        select(StoredFile)
        .join(QuestionPictureRow, QuestionPictureRow.file_id == StoredFile.id)
        .where(StoredFile.id == file_id)
    ).first()
    if row is None:
        raise NotFound
    return row


def get_import(import_id: QuestionImportId) -> tuple[QuestionImportRow, StoredFile]:
    """Return an upload with its file; NotFound if there is none."""
    row = db.session.execute(
        select(QuestionImportRow, StoredFile)
        .join(StoredFile, StoredFile.id == QuestionImportRow.file_id)
        .where(QuestionImportRow.id == import_id)
    ).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def pool(bank_id: BankId, tag: str) -> Sequence[QuestionId]:
    """Return the questions a draw may choose from, at most `POOL_AT_MOST`, the newest left out."""
    query = select(QuestionRow.id).where(QuestionRow.bank_id == bank_id, QuestionRow.retired_at.is_(None))
    if tag:
        query = query.join(QuestionTagRow, QuestionTagRow.question_id == QuestionRow.id).where(
            QuestionTagRow.bank_id == bank_id, QuestionTagRow.tag == tag
        )
    return db.session.scalars(query.order_by(QuestionRow.id).limit(POOL_AT_MOST)).all()


def list_supplies() -> Mapping[BankId, Supply]:
    """Return what each bank can give, in all and by tag."""
    totals = db.session.execute(
        select(QuestionRow.bank_id, func.count())
        .where(QuestionRow.retired_at.is_(None))
        .group_by(QuestionRow.bank_id)
        .limit(BANKS_AT_ONCE)
    )
    by_tag: dict[BankId, dict[str, int]] = defaultdict(dict)
    tags = db.session.execute(
        select(QuestionTagRow.bank_id, QuestionTagRow.tag, func.count())
        .join(QuestionRow, QuestionRow.id == QuestionTagRow.question_id)
        .where(QuestionRow.retired_at.is_(None))
        .group_by(QuestionTagRow.bank_id, QuestionTagRow.tag)
        .order_by(QuestionTagRow.bank_id, QuestionTagRow.tag)
        .limit(TAGS_AT_ONCE)
    )
    for bank_id, tag, count in tags:
        by_tag[bank_id][tag] = count
    return {bank_id: Supply(total=count, by_tag=by_tag[bank_id]) for bank_id, count in totals}


def list_tags(bank_id: BankId) -> Sequence[str]:
    """Return the tags of a bank's questions by name."""
    return db.session.scalars(
        select(QuestionTagRow.tag)
        .where(QuestionTagRow.bank_id == bank_id)
        .distinct()
        .order_by(QuestionTagRow.tag)
        .limit(TAGS_AT_ONCE)
    ).all()


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
        layout=row.layout,
        review=row.review,
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
    draws = tuple(
        Draw(count=draw.count, question_id=draw.question_id, bank_id=draw.bank_id, tag=draw.tag)
        for draw in drawn
        if draw is not None
    )
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
