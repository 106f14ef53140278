"""What is kept of a person's attempts, for the person."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from lms.identity.values import PersonId
from lms.kernel.db import db
from lms.kernel.files import StoredFile
from lms.quizzes.attempts.models import AnswerFileRow, AnswerRow, AttemptRow, SlotRow
from lms.quizzes.attempts.queries import late
from lms.quizzes.attempts.values import tries_from_json

EXPORTED_AT_MOST = 10_000


def list_files_of(person_id: PersonId) -> Sequence[tuple[AnswerFileRow, StoredFile]]:
    """Return every file of a person's answers."""
    rows = db.session.execute(
        select(AnswerFileRow, StoredFile)
        .join(StoredFile, StoredFile.id == AnswerFileRow.file_id)
        .where(AnswerFileRow.person_id == person_id)
        .order_by(AnswerFileRow.id)
        .limit(EXPORTED_AT_MOST)
    )
    return [(row[0], row[1]) for row in rows]


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
    checked = db.session.execute(
        select(SlotRow.attempt_id, SlotRow.number, SlotRow.tries)
        .join(AttemptRow, AttemptRow.id == SlotRow.attempt_id)
        .where(AttemptRow.person_id == person_id, SlotRow.tries.is_not(None))
        .order_by(SlotRow.attempt_id, SlotRow.number)
        .limit(EXPORTED_AT_MOST)
    )
    return {
        **late.export_beside(person_id),
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
        "files": [
            {
                "attempt": str(row.attempt_id),
                "question": row.slot,
                "name": stored.filename,
                "bytes": stored.size_bytes,
            }
            for row, stored in list_files_of(person_id)
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
        "tries": [
            {
                "attempt": str(attempt_id),
                "question": number,
                "given": one.given,
                "fraction": str(one.fraction),
                "checked_at": one.at.isoformat(),
            }
            for attempt_id, number, tries in checked
            for one in tries_from_json(tries)
        ],
    }
