"""Telling people: the notice in the portal, and its letter now or at the hour that its reader wants."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, insert, update

from lms.identity import facade as identity
from lms.identity.values import Person, PersonId
from lms.kernel import events
from lms.kernel.db import db, new_id
from lms.kernel.mail import CalendarFile
from lms.notifications import rules
from lms.notifications.events import PersonNotified
from lms.notifications.models import LetterRound, NoticeChoiceRow, NoticeRow, WaitingNotice
from lms.notifications.queries import waiting as queries
from lms.notifications.service import letters, rounds
from lms.notifications.values import Choices, Delivery, NoticeId, NoticeKind

NEWS = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One fact on its way to people: `url` is a path of this portal, `at` when it happened.

    It is worth nothing after `by`; `about` says for each person what it is about.
    """

    kind: NoticeKind
    values: Mapping[str, str]
    url: str
    calendar: Sequence[CalendarFile]
    by: datetime | None
    about: Mapping[PersonId, UUID]
    at: datetime
    now: datetime


def notify(told: Told, *, to: Collection[PersonId]) -> None:
    """Tell people something, in the portal and, as its kind and each of them say, by mail in their language.

    Who can no longer sign in is left out. What is told later than `NEWS` is history and comes as read.
    """
    for some in _batches(sorted(set(to))):
        people = [one for one in identity.list_people(some).values() if one.state in letters.REACHED]
        if people:
            _tell(told, people)


def _batches(people: Sequence[PersonId]) -> Iterator[Sequence[PersonId]]:
    for start in range(0, len(people), queries.AT_ONCE):
        yield people[start : start + queries.AT_ONCE]


def _tell(told: Told, people: Sequence[Person]) -> None:
    ids = {person.id: NoticeId(new_id()) for person in people}
    rows = [
        {
            "id": ids[person.id],
            "person_id": person.id,
            "kind": told.kind.key,
            "given": dict(told.values),
            "url": told.url,
            "made_at": told.at,
            "read_at": told.now if told.now - told.at > NEWS else None,
        }
        for person in people
    ]
    db.session.execute(insert(NoticeRow), rows)
    if told.kind.by_mail:
        _send(told, people, ids)
    events.record_all([PersonNotified(person_id=one, notice_id=notice_id) for one, notice_id in ids.items()])


def _send(told: Told, people: Sequence[Person], ids: Mapping[PersonId, NoticeId]) -> None:
    choices = queries.list_choices(people)
    waiting = []
    for person in people:
        due_at, delivery = _when(told, choices[person.id])
        if delivery is Delivery.PORTAL:
            continue
        if due_at <= told.now:
            text = letters.Line(told.kind, told.values, told.url)
            letters.write_one(person, text, told.calendar)
        else:
            waiting.append(
                WaitingNotice(
                    notice_id=ids[person.id],
                    person_id=person.id,
                    delivery=delivery,
                    due_at=due_at,
                    by_at=told.by,
                    about_id=told.about.get(person.id),
                    calendar=[{"method": file.method, "text": file.text} for file in told.calendar] or None,
                )
            )
    rounds.hold(waiting)


def _when(told: Told, choices: Choices) -> tuple[datetime, Delivery]:
    delivery = rules.delivery_for(told.kind, choices, has_calendar=bool(told.calendar))
    if delivery is Delivery.PORTAL or told.kind.is_mandatory:
        return told.now, delivery
    return rules.letter_at(told.now, delivery, choices.hours, by=told.by)


def mark_read(*, person_id: PersonId, now: datetime) -> None:
    """Mark everything told to a person as read."""
    db.session.execute(
        update(NoticeRow)
        .where(NoticeRow.person_id == person_id, NoticeRow.read_at.is_(None))
        .values(read_at=now)
    )


def forget(*, person_id: PersonId) -> None:
    """Delete what a person was told, what waits for them, and how they wanted it."""
    queries.hold_round(person_id)
    for table in (WaitingNotice, LetterRound, NoticeChoiceRow, NoticeRow):
        db.session.execute(delete(table).where(table.person_id == person_id))
