"""How people want to be told, and what waits for letters to them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from flask import current_app
from sqlalchemy import func, select

from lms.identity.values import Person, PersonId
from lms.kernel.db import db
from lms.notifications import rules
from lms.notifications.models import LetterRound, NoticeChoiceRow, NoticeRow, WaitingNotice
from lms.notifications.values import Choices, Delivery, LetterHours, NoticeGroup, Quiet

AT_ONCE = 500
"""How many notices of one person are looked at in one transaction."""


class Held(NamedTuple):
    """A notice that waits, with how it waits."""

    notice: NoticeRow
    waiting: WaitingNotice


def list_choices(people: Collection[Person]) -> Mapping[PersonId, Choices]:
    """Return what each of these people chose, in one query."""
    rows = db.session.scalars(
        select(NoticeChoiceRow).where(NoticeChoiceRow.person_id.in_([person.id for person in people]))
    )
    chosen = {row.person_id: row for row in rows}
    return {person.id: _choices(chosen.get(person.id), person.time_zone) for person in people}


def get_choices(person: Person) -> Choices:
    """Return what a person chose."""
    return list_choices([person])[person.id]


def usual_quiet() -> Quiet | None:
    """Return the quiet hours of who chose none."""
    found: tuple[int, int] | None = current_app.config["LMS_QUIET_HOURS"]
    return Quiet(*found) if found else None


def _choices(row: NoticeChoiceRow | None, time_zone: str) -> Choices:
    if row is None:
        hours = LetterHours(
            time_zone=time_zone,
            digest_minute=rules.DIGEST_MINUTE,
            weekday=rules.WEEKDAY,
            quiet=usual_quiet(),
        )
        return Choices(hours=hours)
    quiet = (
        None if row.quiet_from is None or row.quiet_until is None else Quiet(row.quiet_from, row.quiet_until)
    )
    return Choices(
        hours=LetterHours(
            time_zone=time_zone, digest_minute=row.digest_minute, weekday=row.weekday, quiet=quiet
        ),
        deliveries={NoticeGroup(group): Delivery(delivery) for group, delivery in row.deliveries.items()},
    )


def claim_round(now: datetime) -> LetterRound | None:
    """Return whose letters are to be written next, held until the transaction ends; nobody else has them."""
    return db.session.scalars(
        select(LetterRound)
        .where(LetterRound.next_at <= now)
        .order_by(LetterRound.next_at, LetterRound.person_id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).first()


def hold_round(person_id: PersonId) -> LetterRound | None:
    """Return a person's round, held: whoever writes their letters now is waited for. None if nothing ever waited."""
    return db.session.scalars(
        select(LetterRound)
        .where(LetterRound.person_id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def list_held(person_id: PersonId, *, due_by: datetime | None = None) -> Sequence[Held]:
    """Return what waits for a person, in the order it was told; only what is due by then, if that is asked."""
    query = (
        select(NoticeRow, WaitingNotice)
        .join(WaitingNotice, WaitingNotice.notice_id == NoticeRow.id)
        .where(WaitingNotice.person_id == person_id)
        .order_by(NoticeRow.id)
    )
    if due_by is not None:
        query = query.where(WaitingNotice.due_at <= due_by).limit(AT_ONCE)
    return [Held(*row) for row in db.session.execute(query)]


def find_next_due(person_id: PersonId) -> datetime | None:
    """Return when the next of what waits for a person is due, None if nothing does."""
    return db.session.scalar(
        select(func.min(WaitingNotice.due_at)).where(WaitingNotice.person_id == person_id)
    )


def export_choices(person_id: PersonId) -> Mapping[str, object]:
    """Return what a person chose as JSON values; nothing if they chose nothing."""
    row = db.session.get(NoticeChoiceRow, person_id)
    if row is None:
        return {}
    return {
        "deliveries": row.deliveries,
        "digest_minute": row.digest_minute,
        "weekday": row.weekday,
        "quiet_from": row.quiet_from,
        "quiet_until": row.quiet_until,
    }
