"""Every SELECT of attempts; a person finds their own and nobody else's, but for who reads all results."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, or_, select

from lms.courses.values import ActivityKey, EnrolmentId
from lms.identity.values import PersonId
from lms.kernel.actor import Actor
from lms.kernel.db import AnyColumn, db
from lms.kernel.errors import Forbidden, NotFound
from lms.kernel.files import StoredFile
from lms.quizzes.attempts.models import (
    AnswerFileRow,
    AnswerRow,
    AttemptRow,
    HandoverRow,
    SlotRow,
)
from lms.quizzes.attempts.queries.exporting import EXPORTED_AT_MOST, export_person, list_files_of
from lms.quizzes.attempts.queries.late import (
    count_absences,
    count_late,
    get_late,
    get_late_with_slot,
    is_known_late,
    list_absences,
    list_decided,
    list_late,
)
from lms.quizzes.attempts.values import AnswerFile, Attempt, Sitting, Slot, tries_from_json
from lms.quizzes.bank.models import QuestionPictureRow, QuestionVersionRow
from lms.quizzes.kinds.chance import content_drawn
from lms.quizzes.policy import VIEW_RESULTS, VIEW_SITTINGS
from lms.quizzes.values import AttemptId, QuestionId, QuestionVersionId, QuizId, rules_from_json
from lms.web.pages import Page, PageRequest, keyset

__all__ = [
    "EXPORTED_AT_MOST",
    "attempt_of",
    "count_absences",
    "count_asked",
    "count_asked_in",
    "count_late",
    "export_person",
    "find_answer",
    "find_file",
    "find_handover",
    "get_any",
    "get_attempt",
    "get_late",
    "get_late_with_slot",
    "get_result",
    "get_sitting",
    "has_met_picture",
    "is_asked",
    "is_closed",
    "is_known_late",
    "is_unasked",
    "list_absences",
    "list_attempts",
    "list_decided",
    "list_files",
    "list_files_of",
    "list_finished",
    "list_lapsed",
    "list_late",
    "list_marked",
    "list_seen",
    "lock_attempt",
    "lock_open",
    "lock_slot",
    "page_open",
    "slot_of",
    "sum_files",
]

SEEN_AT_MOST = 20_000


def attempt_of(row: AttemptRow) -> Attempt:
    """Return a row's value."""
    return Attempt(
        id=row.id,
        enrolment_id=row.enrolment_id,
        activity_id=row.activity_id,
        activity_key=row.activity_key,
        quiz_id=row.quiz_id,
        person_id=row.person_id,
        number=row.number,
        rules=rules_from_json(row.rules),
        started_at=row.started_at,
        deadline_at=row.deadline_at,
        finished_at=row.finished_at,
        ended_by=row.ended_by,
        earned=row.earned,
        marks=row.marks,
        score=row.score,
        passed=row.passed,
        device=row.device,
        section=row.section,
        section_ends_at=row.section_ends_at,
    )


def slot_of(row: SlotRow) -> Slot:
    """Return a row's value."""
    return Slot(
        number=row.number,
        question_id=row.question_id,
        version_id=row.version_id,
        order=tuple(row.order),
        is_flagged=row.is_flagged,
        is_answered=row.is_answered,
        given=row.given,
        saved_at=row.saved_at,
        fraction=row.fraction,
        tries=tries_from_json(row.tries),
        section=row.section,
        key_id=row.key_id,
        is_left_out=row.is_left_out,
        drawn=row.drawn,
    )


def get_attempt(attempt_id: AttemptId, actor: Actor) -> Attempt:
    """Return one's own attempt; NotFound for any other."""
    row = db.session.scalars(
        select(AttemptRow).where(AttemptRow.id == attempt_id, AttemptRow.person_id == actor.person_id)
    ).first()
    if row is None:
        raise NotFound
    return attempt_of(row)


def get_any(attempt_id: AttemptId) -> Attempt:
    """Return an attempt, whosever it is; NotFound without it. Who may see it the caller has asked."""
    row = db.session.get(AttemptRow, attempt_id)
    if row is None:
        raise NotFound
    return attempt_of(row)


def get_sitting(attempt_id: AttemptId, actor: Actor) -> Sitting:
    """Return one's own attempt with its slots; NotFound for any other."""
    return _sitting(attempt_id, AttemptRow.person_id == actor.person_id)


def get_result(attempt_id: AttemptId, actor: Actor) -> Sitting:
    """Return an attempt to be read: one's own, or anybody's that is over for who reads all; NotFound else."""
    own = AttemptRow.person_id == actor.person_id
    if not actor.may(VIEW_RESULTS):
        return _sitting(attempt_id, own)
    return _sitting(attempt_id, or_(own, AttemptRow.finished_at.is_not(None)))


def _sitting(attempt_id: AttemptId, visible: ColumnElement[bool]) -> Sitting:
    rows = db.session.execute(
        select(AttemptRow, SlotRow)
        .join(SlotRow, SlotRow.attempt_id == AttemptRow.id)
        .where(AttemptRow.id == attempt_id, visible)
        .order_by(SlotRow.number)
    ).all()
    if not rows:
        raise NotFound
    return Sitting(attempt=attempt_of(rows[0][0]), slots=[slot_of(row[1]) for row in rows])


def list_attempts(enrolment_id: EnrolmentId, activity_key: ActivityKey) -> Sequence[Attempt]:
    """Return the attempts of an enrolment at an activity, first to last: no more than its rules allow, or 100."""
    rows = db.session.scalars(
        select(AttemptRow)
        .where(AttemptRow.enrolment_id == enrolment_id, AttemptRow.activity_key == activity_key)
        .order_by(AttemptRow.number.desc())
        .limit(100)
    ).all()
    return [attempt_of(row) for row in reversed(rows)]


def list_scores(enrolment_id: EnrolmentId, activity_key: ActivityKey) -> Sequence[Decimal]:
    """Return what each marked attempt of an enrolment at an activity scored, first to last."""
    found = db.session.scalars(
        select(AttemptRow.score)
        .where(
            AttemptRow.enrolment_id == enrolment_id,
            AttemptRow.activity_key == activity_key,
            AttemptRow.passed.is_not(None),
            AttemptRow.score.is_not(None),
        )
        .order_by(AttemptRow.number)
    )
    return [one for one in found if one is not None]


def lock_attempt(attempt_id: AttemptId) -> AttemptRow | None:
    """Return an attempt's row, held until the transaction ends: what is done to one attempt comes one by one."""
    return db.session.scalars(
        select(AttemptRow)
        .where(AttemptRow.id == attempt_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def page_open(quiz_id: QuizId, actor: Actor, wanted: PageRequest) -> Page[Attempt]:
    """Return a page of the attempts that are under way at an exam, the latest first, for who watches over it."""
    if not actor.may(VIEW_SITTINGS):
        raise Forbidden
    query = select(AttemptRow).where(AttemptRow.quiz_id == quiz_id, AttemptRow.finished_at.is_(None))
    page: Page[AttemptRow] = keyset(query, by=[AttemptRow.id], wanted=wanted, descending=True)
    return page.map(attempt_of)


def find_handover(attempt_id: AttemptId) -> HandoverRow | None:
    """Return the code that an attempt can be taken over with, held until the transaction ends; None without one."""
    return db.session.get(HandoverRow, attempt_id, with_for_update=True, populate_existing=True)


def lock_open(person_id: PersonId, quiz_id: QuizId | None) -> Sequence[AttemptRow]:
    """Return the open attempts of a person, at one exam or at each, held until the transaction ends."""
    query = select(AttemptRow).where(AttemptRow.person_id == person_id, AttemptRow.finished_at.is_(None))
    if quiz_id is not None:
        query = query.where(AttemptRow.quiz_id == quiz_id)
    return db.session.scalars(
        query.order_by(AttemptRow.id).with_for_update().execution_options(populate_existing=True)
    ).all()


def is_closed(quiz_id: QuizId, closes_at: datetime | None, now: datetime) -> bool:
    """Return whether an exam has closed and nobody sits in it any more, on time that is theirs beyond its own."""
    if closes_at is None or now < closes_at:
        return False
    wanted = select(AttemptRow.id).where(
        AttemptRow.quiz_id == quiz_id, AttemptRow.finished_at.is_(None), AttemptRow.deadline_at > now
    )
    return db.session.scalar(wanted.limit(1)) is None


# Built once: every answer that is saved begins with it.
_SLOT = (
    select(AttemptRow, SlotRow, QuestionVersionRow.content)
    .join(SlotRow, SlotRow.attempt_id == AttemptRow.id)
    .join(QuestionVersionRow, QuestionVersionRow.id == SlotRow.version_id)
    .where(
        AttemptRow.id == bindparam("attempt_id"),
        AttemptRow.person_id == bindparam("person_id"),
        SlotRow.number == bindparam("number"),
    )
    .with_for_update(of=[AttemptRow, SlotRow])
    .execution_options(populate_existing=True)
)


def lock_slot(
    attempt_id: AttemptId, number: int, person_id: PersonId
) -> tuple[AttemptRow, SlotRow, Mapping[str, Any]]:
    """Return one's own attempt and slot, held until the transaction ends, and its question as asked; else NotFound."""
    row = db.session.execute(
        _SLOT, {"attempt_id": attempt_id, "person_id": person_id, "number": number}
    ).first()
    if row is None:
        raise NotFound
    return row[0], row[1], content_drawn(row[2], row[1].drawn)


def list_marked(attempt_id: AttemptId) -> Sequence[tuple[SlotRow, Mapping[str, Any]]]:
    """Return an attempt's slots with the questions drawn for them."""
    rows = db.session.execute(
        select(SlotRow, QuestionVersionRow.content)
        .join(QuestionVersionRow, QuestionVersionRow.id == SlotRow.version_id)
        .where(SlotRow.attempt_id == attempt_id)
        .order_by(SlotRow.number)
        .execution_options(populate_existing=True)
    )
    return [(row[0], content_drawn(row[1], row[0].drawn)) for row in rows]


def list_finished(
    attempt_ids: Collection[AttemptId],
) -> Sequence[tuple[AttemptRow, Sequence[tuple[SlotRow, Mapping[str, Any]]]]]:
    """Return finished attempts, a few, each with its slots and the questions drawn for them."""
    attempts = db.session.scalars(
        select(AttemptRow)
        .where(AttemptRow.id.in_(attempt_ids), AttemptRow.passed.is_not(None))
        .order_by(AttemptRow.id)
    ).all()
    slots: dict[AttemptId, list[tuple[SlotRow, Mapping[str, Any]]]] = {one.id: [] for one in attempts}
    for slot, content in db.session.execute(
        select(SlotRow, QuestionVersionRow.content)
        .join(QuestionVersionRow, QuestionVersionRow.id == SlotRow.version_id)
        .where(SlotRow.attempt_id.in_(slots))
        .order_by(SlotRow.attempt_id, SlotRow.number)
    ):
        slots[slot.attempt_id].append((slot, content_drawn(content, slot.drawn)))
    return [(attempt, slots[attempt.id]) for attempt in attempts]


def list_files(attempt_id: AttemptId, file_ids: Collection[UUID]) -> Mapping[UUID, AnswerFile]:
    """Return those of these files that belong to an attempt, by id."""
    rows = _files(AnswerFileRow.attempt_id == attempt_id, AnswerFileRow.id.in_(file_ids)) if file_ids else ()
    return {row.id: row for row in rows}


def find_file(file_id: UUID) -> tuple[AnswerFile, AttemptId, PersonId] | None:
    """Return a file of an answer, its attempt and whose it is, or None."""
    row = db.session.execute(_file_columns().where(AnswerFileRow.id == file_id)).first()
    return (AnswerFile(*row[:6]), row[6], row[7]) if row else None


def sum_files(attempt_id: AttemptId, slot: int) -> tuple[int, int]:
    """Return how many files ever came for an answer, and how many bytes they have."""
    row = db.session.execute(
        select(func.count(), func.coalesce(func.sum(StoredFile.size_bytes), 0))
        .select_from(AnswerFileRow)
        .join(StoredFile, StoredFile.id == AnswerFileRow.file_id)
        .where(AnswerFileRow.attempt_id == attempt_id, AnswerFileRow.slot == slot)
    ).one()
    return int(row[0]), int(row[1])


def _file_columns() -> Any:
    return select(
        AnswerFileRow.id,
        AnswerFileRow.slot,
        StoredFile.filename,
        StoredFile.media_type,
        StoredFile.size_bytes,
        StoredFile.sha256,
        AnswerFileRow.attempt_id,
        AnswerFileRow.person_id,
    ).join(StoredFile, StoredFile.id == AnswerFileRow.file_id)


def _files(*conditions: ColumnElement[bool]) -> Sequence[AnswerFile]:
    rows = db.session.execute(_file_columns().where(*conditions).order_by(AnswerFileRow.id))
    return [AnswerFile(*row[:6]) for row in rows]


def find_answer(attempt_id: AttemptId, client_key: UUID) -> AnswerRow | None:
    """Return the answer that a page sent under this key, or None."""
    return db.session.scalars(
        select(AnswerRow).where(AnswerRow.attempt_id == attempt_id, AnswerRow.client_key == client_key)
    ).first()


def has_come(attempt_id: AttemptId, keys: Collection[UUID], saved_at: datetime) -> bool:
    """Return whether an answer that a page sent under one of these keys was saved at that time."""
    wanted = select(AnswerRow.id).where(
        AnswerRow.attempt_id == attempt_id, AnswerRow.client_key.in_(keys), AnswerRow.saved_at == saved_at
    )
    return db.session.scalar(wanted) is not None


def list_seen(person_id: PersonId, quiz_id: QuizId) -> set[QuestionId]:
    """Return the questions that a person has met in a quiz."""
    return set(
        db.session.scalars(
            select(SlotRow.question_id)
            .join(AttemptRow, AttemptRow.id == SlotRow.attempt_id)
            .where(AttemptRow.person_id == person_id, AttemptRow.quiz_id == quiz_id)
            .limit(SEEN_AT_MOST)
        )
    )


def list_lapsed(before: datetime, limit: int) -> Sequence[AttemptId]:
    """Return open attempts whose deadline was before an instant, oldest first."""
    return db.session.scalars(
        select(AttemptRow.id)
        .where(AttemptRow.finished_at.is_(None), AttemptRow.deadline_at < before)
        .order_by(AttemptRow.deadline_at, AttemptRow.id)
        .limit(limit)
    ).all()


def count_asked(question_id: QuestionId) -> int:
    """Return in how many attempts a question was asked, in whichever version."""
    return (
        db.session.scalar(select(func.count()).select_from(SlotRow).where(SlotRow.question_id == question_id))
        or 0
    )


def count_asked_in(question_id: QuestionId, quizzes: Collection[QuizId]) -> Mapping[QuizId, int]:
    """Return in how many attempts of each of these quizzes a question was asked, those with none left out."""
    rows = db.session.execute(
        select(AttemptRow.quiz_id, func.count())
        .join(SlotRow, SlotRow.attempt_id == AttemptRow.id)
        .where(SlotRow.question_id == question_id, AttemptRow.quiz_id.in_(quizzes))
        .group_by(AttemptRow.quiz_id)
    )
    return {row[0]: row[1] for row in rows}


def is_unasked(question_id: AnyColumn) -> ColumnElement[bool]:
    """Return the filter for questions that no attempt has asked."""
    asked = select(SlotRow.number).where(SlotRow.question_id == question_id)
    return ~asked.correlate_except(SlotRow).exists()


def has_met_picture(file_id: UUID, actor: Actor) -> bool:
    """Return whether a picture belongs to a bank from which the actor has been asked."""
    return (
        db.session.scalar(
            select(AttemptRow.id)
            .join(SlotRow, SlotRow.attempt_id == AttemptRow.id)
            .join(QuestionVersionRow, QuestionVersionRow.id == SlotRow.version_id)
            .join(QuestionPictureRow, QuestionPictureRow.bank_id == QuestionVersionRow.bank_id)
            .where(QuestionPictureRow.file_id == file_id, AttemptRow.person_id == actor.person_id)
            .limit(1)
        )
        is not None
    )


def is_asked(versions: Collection[QuestionVersionId]) -> bool:
    """Return whether anybody was asked one of these versions."""
    query = select(SlotRow.attempt_id).where(SlotRow.version_id.in_(versions)).limit(1)
    return db.session.scalar(query) is not None
