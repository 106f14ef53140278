"""Every write of notifications."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import delete, update

from lms.identity import facade as identity
from lms.identity.values import PersonId, PersonState
from lms.kernel import events
from lms.kernel.db import db, new_id
from lms.kernel.mail import CalendarFile
from lms.notifications.events import PersonNotified
from lms.notifications.models import NoticeRow
from lms.notifications.queries import say
from lms.notifications.values import NoticeId, NoticeKind
from lms.web.letters import send_letter

NEWS = timedelta(days=14)


def notify(
    kind: NoticeKind,
    *,
    to: Collection[PersonId],
    values: Mapping[str, str],
    url: str,
    calendar: Sequence[CalendarFile] = (),
    at: datetime,
    now: datetime,
) -> None:
    """Tell people something, in the portal and, if the kind says so, by mail in their language.

    `url` is a path of this portal, `at` when it happened. Who can no longer sign in is left out. What is
    told later than `NEWS` is history and comes as read.
    """
    people = identity.list_people(sorted(set(to)))
    for person in people.values():
        if person.state not in {PersonState.ACTIVE, PersonState.INVITED}:
            continue
        row = NoticeRow(
            id=NoticeId(new_id()),
            person_id=person.id,
            kind=kind.key,
            given=dict(values),
            url=url,
            made_at=at,
            read_at=now if now - at > NEWS else None,
        )
        db.session.add(row)
        db.session.flush()
        if kind.by_mail:
            with force_locale(person.locale):
                subject, body = say(kind.subject, values), say(kind.body, values)
            send_letter(
                "notifications/letter",
                to=person.email,
                language=person.locale,
                subject=subject,
                calendar=calendar,
                heading=subject,
                body=body,
                name=person.name,
                link=current_app.config["LMS_PUBLIC_URL"] + url,
            )
        events.record(PersonNotified(person_id=person.id, notice_id=row.id))


def mark_read(*, person_id: PersonId, now: datetime) -> None:
    """Mark everything told to a person as read."""
    db.session.execute(
        update(NoticeRow)
        .where(NoticeRow.person_id == person_id, NoticeRow.read_at.is_(None))
        .values(read_at=now)
    )


def forget(*, person_id: PersonId) -> None:
    """Delete what a person was told."""
    db.session.execute(delete(NoticeRow).where(NoticeRow.person_id == person_id))
