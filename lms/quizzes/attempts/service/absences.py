"""When a page of an attempt was left for another: noted where the exam notes it, and told its learner before."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite

from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.quizzes.attempts import queries
from lms.quizzes.attempts.models import AbsenceRow
from lms.quizzes.attempts.service.answering import check_device, person_of
from lms.quizzes.values import AttemptId

ABSENCES_AT_MOST: Final = 500


def note_absence(
    *, attempt_id: AttemptId, client_key: UUID, ago: timedelta, lasted: timedelta, actor: Actor, now: datetime
) -> None:
    """Note that a page was left so long `ago`, and for how long; the same key again is the same time.

    Nothing is noted where the exam does not say that it is, and no more than 500 times of one attempt.
    """
    attempt = queries.get_attempt(attempt_id, actor)
    person_of(actor)
    check_device(attempt, actor)
    left_at = max(now - ago, attempt.started_at)
    is_possible = timedelta() <= lasted <= ago
    if not attempt.rules.sitting.logs_focus or not is_possible:
        return
    if attempt.finished_at is not None and left_at > attempt.finished_at:
        return
    if queries.count_absences(attempt_id) >= ABSENCES_AT_MOST:
        return
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    absences: Any = AbsenceRow.__table__
    db.session.execute(
        insert(absences)
        .values(
            attempt_id=attempt_id,
            client_key=client_key,
            left_at=left_at,
            seconds=int(lasted.total_seconds()),
        )
        .on_conflict_do_nothing()
    )
