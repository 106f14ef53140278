"""SELECTs of what comes beside answers: those that came late, and times in which a page was left."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from lms.identity.values import PersonId
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.quizzes.attempts.models import AbsenceRow, AttemptRow, LateAnswerRow, SlotRow
from lms.quizzes.attempts.values import Absence, LateDecided
from lms.quizzes.bank.models import QuestionVersionRow
from lms.quizzes.kinds.chance import content_drawn
from lms.quizzes.values import AttemptId, LateAnswerId

EXPORTED_AT_MOST: Final = 10_000
ABSENCES_SHOWN: Final = 500
DECIDED_SHOWN: Final = 20


def get_late(late_answer_id: LateAnswerId) -> LateAnswerRow:
    """Return an answer that came late; NotFound without it. Who may see it the marking queue has said."""
    row = db.session.get(LateAnswerRow, late_answer_id, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def is_known_late(attempt_id: AttemptId, client_key: UUID) -> bool:
    """Return whether an answer that came late is kept already, by its page's name for it."""
    wanted = select(LateAnswerRow.id).where(
        LateAnswerRow.attempt_id == attempt_id, LateAnswerRow.client_key == client_key
    )
    return db.session.scalar(wanted) is not None


def count_late(attempt_id: AttemptId) -> int:
    """Return how many answers of an attempt came late."""
    wanted = select(func.count()).select_from(LateAnswerRow).where(LateAnswerRow.attempt_id == attempt_id)
    return db.session.scalar(wanted) or 0


def get_late_with_slot(
    late_answer_id: LateAnswerId,
) -> tuple[LateAnswerRow, AttemptRow, SlotRow, Mapping[str, Any]]:
    """Return an answer that came late with its attempt, its place there and its question; NotFound without it."""
    row = db.session.execute(
        select(LateAnswerRow, AttemptRow, SlotRow, QuestionVersionRow.content)
        .join(AttemptRow, AttemptRow.id == LateAnswerRow.attempt_id)
        .join(
            SlotRow,
            (SlotRow.attempt_id == LateAnswerRow.attempt_id) & (SlotRow.number == LateAnswerRow.slot),
        )
        .join(QuestionVersionRow, QuestionVersionRow.id == SlotRow.version_id)
        .where(LateAnswerRow.id == late_answer_id)
    ).first()
    if row is None:
        raise NotFound
    return row[0], row[1], row[2], content_drawn(row[3], row[2].drawn)


def list_late(person_id: PersonId) -> Sequence[LateAnswerRow]:
    """Return every answer of a person that came late."""
    return db.session.scalars(
        select(LateAnswerRow)
        .join(AttemptRow, AttemptRow.id == LateAnswerRow.attempt_id)
        .where(AttemptRow.person_id == person_id)
        .order_by(LateAnswerRow.id)
        .limit(EXPORTED_AT_MOST)
    ).all()


def list_decided(attempt_id: AttemptId) -> Sequence[LateDecided]:
    """Return what was decided of answers of an attempt that came late, the latest first."""
    rows = db.session.execute(
        select(
            LateAnswerRow.id,
            LateAnswerRow.slot,
            LateAnswerRow.why,
            LateAnswerRow.counts,
            LateAnswerRow.decided_at,
        )
        .where(LateAnswerRow.attempt_id == attempt_id, LateAnswerRow.decided_at.is_not(None))
        .order_by(LateAnswerRow.decided_at.desc(), LateAnswerRow.id)
        .limit(DECIDED_SHOWN)
    )
    return [LateDecided(row.id, row.slot, row.why, row.counts, row.decided_at) for row in rows]


def count_absences(attempt_id: AttemptId) -> int:
    """Return how often a page of an attempt was left, as far as it is noted."""
    wanted = select(func.count()).select_from(AbsenceRow).where(AbsenceRow.attempt_id == attempt_id)
    return db.session.scalar(wanted) or 0


def list_absences(attempt_id: AttemptId) -> Sequence[Absence]:
    """Return the times in which a page of an attempt was left, the first first."""
    rows = db.session.execute(
        select(AbsenceRow.left_at, AbsenceRow.seconds)
        .where(AbsenceRow.attempt_id == attempt_id)
        .order_by(AbsenceRow.left_at, AbsenceRow.client_key)
        .limit(ABSENCES_SHOWN)
    )
    return [Absence(*row) for row in rows]


def export_beside(person_id: PersonId) -> Mapping[str, Any]:
    """Return a person's late answers and absences as JSON values."""
    absences = db.session.execute(
        select(AbsenceRow.attempt_id, AbsenceRow.left_at, AbsenceRow.seconds)
        .join(AttemptRow, AttemptRow.id == AbsenceRow.attempt_id)
        .where(AttemptRow.person_id == person_id)
        .order_by(AbsenceRow.attempt_id, AbsenceRow.left_at)
        .limit(EXPORTED_AT_MOST)
    )
    return {
        "late_answers": [
            {
                "attempt": str(row.attempt_id),
                "question": row.slot,
                "given": row.given,
                "arrived_at": row.arrived_at.isoformat(),
                "counts": row.counts,
            }
            for row in list_late(person_id)
        ],
        "pages_left": [
            {"attempt": str(attempt_id), "left_at": left_at.isoformat(), "seconds": seconds}
            for attempt_id, left_at, seconds in absences
        ],
    }
