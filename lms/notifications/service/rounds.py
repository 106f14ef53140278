"""Letters that waited: added to a person's round, and written when it is due, each notice in one letter.

Whoever touches what waits for a person holds their round first. What a letter is about is deleted in the transaction
that writes the letter: a worker that is killed leaves both or neither.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, or_
from sqlalchemy.dialects import postgresql, sqlite

from lms.identity import facade as identity
from lms.identity.values import Person
from lms.kernel.db import db
from lms.kernel.mail import CalendarFile
from lms.notifications import rules
from lms.notifications.models import LetterRound, WaitingNotice
from lms.notifications.queries import kind_of
from lms.notifications.queries import waiting as queries
from lms.notifications.queries.waiting import Held
from lms.notifications.service import letters
from lms.notifications.values import Delivery


def hold(waiting: Sequence[WaitingNotice]) -> None:
    """Let notices wait for their letters."""
    if not waiting:
        return
    _plan(waiting)
    db.session.add_all(waiting)
    db.session.flush()


def _plan(waiting: Sequence[WaitingNotice]) -> None:
    """Let each person's next letter be written by when theirs is due, their rounds held from here on."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    table: Any = LetterRound.__table__
    adding = insert(table)
    sooner = case(
        (or_(table.c.next_at.is_(None), table.c.next_at > adding.excluded.next_at), adding.excluded.next_at),
        else_=table.c.next_at,
    )
    # In one order everywhere, so that two who meet wait and do not lock each other.
    rows = [
        {"person_id": one.person_id, "next_at": one.due_at}
        for one in sorted(waiting, key=lambda row: row.person_id)
    ]
    db.session.flush()
    db.session.connection().execute(
        adding.on_conflict_do_update(index_elements=[table.c.person_id], set_={"next_at": sooner}), rows
    )


def write_next(now: datetime) -> bool:
    """Write the letters of one person whose round is due; return whether there was one."""
    found = queries.claim_round(now)
    if found is None:
        return False
    person = identity.find_person(found.person_id)
    held = queries.list_held(found.person_id, due_by=now)
    if person is None or person.state not in letters.REACHED:
        drop(held)
    else:
        _write(person, held, now)
    db.session.flush()
    found.next_at = queries.find_next_due(found.person_id)
    db.session.flush()
    return True


def _write(person: Person, held: Sequence[Held], now: datetime) -> None:
    hours = queries.get_choices(person).hours
    ready = []
    for one in held:
        # A worker that comes late may come at night.
        at, _way = rules.letter_at(now, Delivery.AT_ONCE, hours, by=one.waiting.by_at)
        if at <= now:
            ready.append(one)
        else:
            one.waiting.due_at = at
    standing = _standing(ready)
    for one in standing:
        if one.waiting.delivery is Delivery.AT_ONCE:
            files = [CalendarFile(**file) for file in one.waiting.calendar or ()]
            letters.write_one(person, _line(one), files)
    for delivery in (Delivery.DAILY, Delivery.WEEKLY):
        lines = [_line(one) for one in standing if one.waiting.delivery is delivery]
        letters.write_digest(person, lines, delivery)
    drop(ready)


def _line(one: Held) -> letters.Line:
    return letters.Line(kind_of(one.notice.kind), one.notice.given, one.notice.url)


def _standing(held: Sequence[Held]) -> Sequence[Held]:
    """Return what is still worth telling: what stands, and of what replaces itself the newest."""
    stands = {one.notice.id: True for one in held}
    for key in {one.notice.kind for one in held}:
        kind, alike = kind_of(key), [one for one in held if one.notice.kind == key]
        if kind.newest_only:
            stands.update({one.notice.id: False for one in alike[:-1]})
        if kind.still is not None:
            left = set(kind.still(_about(alike)))
            stands.update({one.notice.id: False for one in alike if one.waiting.about_id not in left})
    return [one for one in held if stands[one.notice.id]]


def _about(held: Iterable[Held]) -> Collection[UUID]:
    return [one.waiting.about_id for one in held if one.waiting.about_id is not None]


def drop(held: Iterable[Held]) -> None:
    """Let notices wait no longer."""
    gone = [one.notice.id for one in held]
    db.session.flush()
    db.session.execute(delete(WaitingNotice).where(WaitingNotice.notice_id.in_(gone)))
