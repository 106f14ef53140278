"""Answers that a person marks, and those of an attempt."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from lms.identity.values import PersonId
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.quizzes.attempts.models import AttemptRow, SlotRow
from lms.quizzes.attempts.queries import EXPORTED_AT_MOST
from lms.quizzes.bank.models import QuestionVersionRow
from lms.quizzes.kinds.chance import content_drawn
from lms.quizzes.marking.models import AnswerToMarkRow
from lms.quizzes.marking.values import AnswerToMark
from lms.quizzes.values import AttemptId


def get_answer(answer_id: UUID) -> AnswerToMark:
    """Return an answer by the id that the queue knows it by, with its question; NotFound without it.

    Who may see it the marking queue has said.
    """
    row = db.session.execute(
        select(AnswerToMarkRow, SlotRow.version_id, QuestionVersionRow.content, SlotRow.given, SlotRow.drawn)
        .join(
            SlotRow,
            (SlotRow.attempt_id == AnswerToMarkRow.attempt_id) & (SlotRow.number == AnswerToMarkRow.slot),
        )
        .join(QuestionVersionRow, QuestionVersionRow.id == SlotRow.version_id)
        .where(AnswerToMarkRow.id == answer_id)
    ).first()
    if row is None:
        raise NotFound
    one, version_id, content, given, drawn = row
    return AnswerToMark(
        id=one.id,
        attempt_id=one.attempt_id,
        slot=one.slot,
        version_id=version_id,
        content=content_drawn(content, drawn),
        given=given,
        drawn=drawn,
    )


def refs_of(attempt_id: AttemptId) -> Mapping[int, UUID]:
    """Return by which ids the queue knows the answers of an attempt, by slot."""
    rows = db.session.scalars(select(AnswerToMarkRow).where(AnswerToMarkRow.attempt_id == attempt_id))
    return {row.slot: row.id for row in rows}


def list_refs(person_id: PersonId) -> Mapping[UUID, tuple[AttemptId, int]]:
    """Return where each answer of a person stands that the queue knows, by its id there."""
    rows = db.session.execute(
        select(AnswerToMarkRow.id, AnswerToMarkRow.attempt_id, AnswerToMarkRow.slot)
        .join(AttemptRow, AttemptRow.id == AnswerToMarkRow.attempt_id)
        .where(AttemptRow.person_id == person_id)
        .order_by(AnswerToMarkRow.id)
        .limit(EXPORTED_AT_MOST)
    )
    return {ref: (attempt_id, slot) for ref, attempt_id, slot in rows}


def find_ref(attempt_id: AttemptId, slot: int) -> UUID | None:
    """Return by which id the queue knows an answer, None for one that it does not know."""
    return db.session.scalars(
        select(AnswerToMarkRow.id).where(
            AnswerToMarkRow.attempt_id == attempt_id, AnswerToMarkRow.slot == slot
        )
    ).first()


def lock_handed_in(attempt_id: AttemptId) -> AttemptRow:
    """Return the row of an attempt that was handed in, held until the transaction ends; NotFound without it."""
    row = db.session.scalars(
        select(AttemptRow)
        .where(AttemptRow.id == attempt_id, AttemptRow.finished_at.is_not(None))
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound
    return row
