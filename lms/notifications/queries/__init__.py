"""Every SELECT of notifications; a person sees their own and nobody else's."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import Select, bindparam, func, select

from lms.identity.values import PersonId
from lms.kernel.db import db, fetch
from lms.notifications.models import NoticeRow
from lms.notifications.values import Notice, NoticeGroup, NoticeKind
from lms.web.context import write_date, write_datetime_at
from lms.web.pages import Page, PageRequest, keyset

LATEST = 6
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT[\d:]+\+00:00)\[([A-Za-z_/+-]{1,60}\d{0,2})\]")


def kinds() -> Mapping[str, NoticeKind]:
    """Return every kind that a feature declared, by key."""
    found: Mapping[str, NoticeKind] = current_app.extensions["lms.notices.kinds"]
    return found


def kind_of(key: str) -> NoticeKind:
    """Return a kind; one that is no more keeps its key."""
    gone = NoticeKind(
        key=key, subject=key, body="", icon="bell", state="none", group=NoticeGroup.LEARNING, by_mail=False
    )
    return kinds().get(key, gone)


def _bell() -> Select[*tuple[Any, ...]]:
    """Return the query of a person's latest notices: of columns alone, for every page shows the bell."""
    notice = NoticeRow.__table__.c
    unread = (
        select(func.count())
        .select_from(NoticeRow.__table__)
        .where(notice.person_id == bindparam("person_id"), notice.read_at.is_(None))
    )
    return (
        select(
            notice.id,
            notice.kind,
            notice.given,
            notice.url,
            notice.made_at,
            notice.read_at,
            unread.scalar_subquery().label("unread"),
        )
        .where(notice.person_id == bindparam("person_id"))
        .order_by(notice.id.desc())
        .limit(LATEST)
    )


_BELL = _bell()


def latest(person_id: PersonId) -> tuple[int, list[Notice]]:
    """Return how many notices a person has not read, and the latest few, in one query."""
    rows = fetch(_BELL, {"person_id": person_id}).all()
    return (rows[0].unread if rows else 0), [notice_of(row) for row in rows]


def list_notices(person_id: PersonId, wanted: PageRequest) -> Page[Notice]:
    """Return one page of a person's notices, newest first."""
    query = select(NoticeRow).where(NoticeRow.person_id == person_id)
    return keyset(query, by=[NoticeRow.id], wanted=wanted, descending=True).map(notice_of)


def notice_of(row: Any) -> Notice:
    """Return a row (or its columns) in the reader’s words."""
    kind = kind_of(row.kind)
    return Notice(
        id=row.id,
        text=say(kind.subject, row.given),
        body=say(kind.body, row.given),
        url=row.url,
        when=row.made_at,
        state=kind.state,
        icon=kind.icon,
        unread=row.read_at is None,
    )


def say(sentence: str, given: Mapping[str, str]) -> str:
    """Return a sentence with its places filled.

    A day, kept as 2026-12-17, is written as its reader writes days; a moment at a place, kept as
    2026-12-17T08:00:00+00:00[Europe/Vienna], as clocks there show it.
    """
    return str(sentence) % {name: _written(value) for name, value in given.items()}


def _written(value: str) -> str:
    # What people typed may look like a day and be none.
    try:
        if moment := MOMENT.fullmatch(value):
            return write_datetime_at(datetime.fromisoformat(moment[1]), moment[2])
        return write_date(date.fromisoformat(value)) if DAY.fullmatch(value) else value
    except (KeyError, ValueError):  # ZoneInfoNotFoundError is a KeyError
        return value


def export_person(person_id: PersonId) -> Sequence[Mapping[str, Any]]:
    """Return what a person was told, latest thousand first, as JSON values."""
    rows = db.session.scalars(
        select(NoticeRow).where(NoticeRow.person_id == person_id).order_by(NoticeRow.id.desc()).limit(1000)
    )
    return [
        {"at": row.made_at.isoformat(), "kind": row.kind, "values": row.given, "url": row.url} for row in rows
    ]
