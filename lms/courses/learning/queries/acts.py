"""Acts on many people: which runs next, and what is left of it."""

from collections.abc import Mapping

from sqlalchemy import func, select

from lms.courses.learning.models import EnrolmentActLine, EnrolmentActRow
from lms.courses.learning.values import ActState, EnrolmentActId
from lms.identity.values import PersonId
from lms.kernel.db import db


def claim_act() -> EnrolmentActRow | None:
    """Return the first act that is running and that nobody else works on, held until the transaction ends."""
    return db.session.scalars(
        select(EnrolmentActRow)
        .where(EnrolmentActRow.state == ActState.RUNNING)
        .order_by(EnrolmentActRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).first()


def list_waiting(act_id: EnrolmentActId, *, at_most: int) -> Mapping[int, PersonId]:
    """Return the people of an act's next lines, by the lines' numbers."""
    rows = db.session.execute(
        select(EnrolmentActLine.number, EnrolmentActLine.person_id)
        .where(
            EnrolmentActLine.act_id == act_id,
            EnrolmentActLine.outcome.is_(None),
            EnrolmentActLine.person_id.is_not(None),
        )
        .order_by(EnrolmentActLine.number)
        .limit(at_most)
    )
    return {number: PersonId(person_id) for number, person_id in rows if person_id is not None}


def count_lines(act_id: EnrolmentActId) -> int:
    """Return how many lines an act has."""
    counted = select(func.count()).select_from(EnrolmentActLine).where(EnrolmentActLine.act_id == act_id)
    return db.session.scalar(counted) or 0
