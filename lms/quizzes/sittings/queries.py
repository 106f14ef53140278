"""Every SELECT of sittings: extra time, for those who give it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from lms.identity.values import PersonId
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Forbidden, NotFound
from lms.quizzes.policy import VIEW_SITTINGS
from lms.quizzes.sittings import rules
from lms.quizzes.sittings.models import ExamPasswordRow, ExtraTimeRow, StartCodeRow
from lms.quizzes.sittings.values import ExtraTime
from lms.quizzes.values import Extra, ExtraTimeId, QuizId
from lms.web.pages import Page, PageRequest, keyset

EXPORTED_AT_MOST = 1_000


def extra_time_of(row: ExtraTimeRow) -> ExtraTime:
    """Return a row's value."""
    return ExtraTime(
        id=row.id,
        person_id=row.person_id,
        quiz_id=row.quiz_id,
        extra=Extra(row.percent, row.minutes),
        reason=row.reason,
        given_at=row.given_at,
        given_by=row.given_by,
        withdrawn_at=row.withdrawn_at,
    )


def find_extra(person_id: PersonId, quiz_id: QuizId) -> Extra:
    """Return what a person has extra in an exam."""
    rows = db.session.scalars(
        select(ExtraTimeRow).where(
            ExtraTimeRow.person_id == person_id,
            ExtraTimeRow.withdrawn_at.is_(None),
            or_(ExtraTimeRow.quiz_id == quiz_id, ExtraTimeRow.quiz_id.is_(None)),
        )
    )
    return rules.extra_in(quiz_id, [extra_time_of(row) for row in rows])


def page_extra_times(actor: Actor, wanted: PageRequest, quiz_id: QuizId | None = None) -> Page[ExtraTime]:
    """Return a page of extra times, of each exam or of those that concern one, the newest first.

    They are the manufacturer's to see, and nobody's at a partner: Forbidden.
    """
    if not actor.may(VIEW_SITTINGS):
        raise Forbidden
    query = select(ExtraTimeRow)
    if quiz_id is not None:
        query = query.where(or_(ExtraTimeRow.quiz_id == quiz_id, ExtraTimeRow.quiz_id.is_(None)))
    page: Page[ExtraTimeRow] = keyset(query, by=[ExtraTimeRow.id], wanted=wanted, descending=True)
    return page.map(extra_time_of)


def lock_extra_time(extra_time_id: ExtraTimeId) -> ExtraTimeRow:
    """Return a row, held until the transaction ends; NotFound without it."""
    row = db.session.get(ExtraTimeRow, extra_time_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def lock_holding(person_id: PersonId, quiz_id: QuizId | None) -> ExtraTimeRow | None:
    """Return the extra time of a person that holds for an exam (or for each), held until the transaction ends."""
    return db.session.scalars(
        select(ExtraTimeRow)
        .where(
            ExtraTimeRow.person_id == person_id,
            ExtraTimeRow.quiz_id.is_not_distinct_from(quiz_id),
            ExtraTimeRow.withdrawn_at.is_(None),
        )
        .with_for_update()
    ).first()


def find_password(quiz_id: QuizId) -> ExamPasswordRow | None:
    """Return the password of an exam, None where none was ever set."""
    return db.session.get(ExamPasswordRow, quiz_id, populate_existing=True)


def is_start_code(quiz_id: QuizId, code_sha256: str, now: datetime) -> bool:
    """Return whether a code opens an exam now."""
    wanted = select(StartCodeRow.id).where(
        StartCodeRow.quiz_id == quiz_id,
        StartCodeRow.code_sha256 == code_sha256,
        StartCodeRow.expires_at > now,
    )
    return db.session.scalar(wanted.limit(1)) is not None


def list_of_person(person_id: PersonId) -> Sequence[ExtraTimeRow]:
    """Return every extra time that a person ever had."""
    return db.session.scalars(
        select(ExtraTimeRow)
        .where(ExtraTimeRow.person_id == person_id)
        .order_by(ExtraTimeRow.id)
        .limit(EXPORTED_AT_MOST)
    ).all()


def export_person(person_id: PersonId) -> Mapping[str, Any]:
    """Return a person's extra times as JSON values: what is kept of them is theirs to read, the reason too."""
    return {
        "extra_times": [
            {
                "exam": str(row.quiz_id) if row.quiz_id else None,
                "percent": row.percent,
                "minutes": row.minutes,
                "reason": row.reason,
                "given_at": row.given_at.isoformat(),
                "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
            }
            for row in list_of_person(person_id)
        ]
    }
