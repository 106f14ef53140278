"""Every SELECT of attempts; a person finds their own and nobody else's, but for who reads all results."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, or_, select

from lms.courses.values import ActivityKey, EnrolmentId
from lms.identity.values import PersonId
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.quizzes.attempts.models import AnswerRow, AttemptRow, SlotRow
from lms.quizzes.attempts.values import Attempt, Sitting, Slot
from lms.quizzes.bank.models import QuestionPictureRow, QuestionVersionRow
from lms.quizzes.policy import VIEW_RESULTS
from lms.quizzes.values import AttemptId, QuestionId, QuizId, rules_from_json

EXPORTED_AT_MOST = 10_000
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
    )


def get_attempt(attempt_id: AttemptId, actor: Actor) -> Attempt:
    """Return one's own attempt; NotFound for any other."""
    row = db.session.scalars(
        select(AttemptRow).where(AttemptRow.id == attempt_id, AttemptRow.person_id == actor.person_id)
    ).first()
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


def lock_attempt(attempt_id: AttemptId) -> AttemptRow | None:
    """Return an attempt's row, held until the transaction ends: what is done to one attempt comes one by one."""
    return db.session.scalars(
        select(AttemptRow)
        .where(AttemptRow.id == attempt_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


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
    """Return one's own attempt and slot, held until the transaction ends, and its question; NotFound without."""
    row = db.session.execute(
        _SLOT, {"attempt_id": attempt_id, "person_id": person_id, "number": number}
    ).first()
    if row is None:
        raise NotFound
    return row[0], row[1], row[2]


def list_marked(attempt_id: AttemptId) -> Sequence[tuple[SlotRow, Mapping[str, Any]]]:
    """Return an attempt's slots with the questions drawn for them."""
    rows = db.session.execute(
        select(SlotRow, QuestionVersionRow.content)
        .join(QuestionVersionRow, QuestionVersionRow.id == SlotRow.version_id)
        .where(SlotRow.attempt_id == attempt_id)
        .order_by(SlotRow.number)
        .execution_options(populate_existing=True)
    )
    return [(row[0], row[1]) for row in rows]


def list_finished(
    attempt_ids: Collection[AttemptId],
) -> Sequence[tuple[AttemptRow, Sequence[tuple[SlotRow, Mapping[str, Any]]]]]:
    """Return finished attempts, a few, each with its slots and the questions drawn for them."""
    attempts = db.session.scalars(
        select(AttemptRow)
        .where(AttemptRow.id.in_(attempt_ids), AttemptRow.finished_at.is_not(None))
        .order_by(AttemptRow.id)
    ).all()
    slots: dict[AttemptId, list[tuple[SlotRow, Mapping[str, Any]]]] = {one.id: [] for one in attempts}
    for slot, content in db.session.execute(
        select(SlotRow, QuestionVersionRow.content)
        .join(QuestionVersionRow, QuestionVersionRow.id == SlotRow.version_id)
        .where(SlotRow.attempt_id.in_(slots))
        .order_by(SlotRow.attempt_id, SlotRow.number)
    ):
        slots[slot.attempt_id].append((slot, content))
    return [(attempt, slots[attempt.id]) for attempt in attempts]


def find_answer(attempt_id: AttemptId, client_key: UUID) -> AnswerRow | None:
    """Return the answer that a page sent under this key, or None."""
    return db.session.scalars(
        select(AnswerRow).where(AnswerRow.attempt_id == attempt_id, AnswerRow.client_key == client_key)
    ).first()


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


def export_person(person_id: PersonId) -> Mapping[str, Any]:
    """Return a person's attempts and answers as JSON values."""
    attempts = db.session.scalars(
        select(AttemptRow)
        .where(AttemptRow.person_id == person_id)
        .order_by(AttemptRow.id)
        .limit(EXPORTED_AT_MOST)
    )
    answers = db.session.scalars(
        select(AnswerRow)
        .join(AttemptRow, AttemptRow.id == AnswerRow.attempt_id)
        .where(AttemptRow.person_id == person_id)
        .order_by(AnswerRow.id)
        .limit(EXPORTED_AT_MOST)
    )
    return {
        "attempts": [
            {
                "id": str(row.id),
                "exam": row.rules["title"],
                "number": row.number,
                "started_at": row.started_at.isoformat(),
                "finished_at": row.finished_at.isoformat() if row.finished_at else None,
                "score": str(row.score) if row.score is not None else None,
                "passed": row.passed,
            }
            for row in attempts
        ],
        "answers": [
            {
                "attempt": str(row.attempt_id),
                "question": row.slot,
                "given": row.given,
                "saved_at": row.saved_at.isoformat(),
            }
            for row in answers
        ],
    }
