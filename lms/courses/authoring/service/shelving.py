"""The catalogue's copy of what is published: made again, as the last thing before a commit, for whatever changed."""

import secrets
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.dialects import postgresql, sqlite

from lms.courses.authoring import queries
from lms.courses.authoring.models import CourseVersionRow, PassageRow, ShelfRow, ShelfState
from lms.courses.authoring.queries import shelving
from lms.courses.authoring.rules.shelving import Lesson, ShelvedText, text_of
from lms.courses.kinds import facets
from lms.courses.values import TEXTS, CourseId
from lms.kernel import uow
from lms.kernel.db import db

FORM = 1
"""Rises when the rules change by which rows are made: those of an older form are made again."""
AT_ONCE = 20
STATE_ID = 1
STEP_BITS = 24


def shelve_again(course_ids: Iterable[CourseId]) -> None:
    """Let the catalogue hold these courses as they are when this transaction commits."""
    uow.gather(_shelve, course_ids)


def shelve_missing() -> int:
    """Shelve some published courses that the catalogue does not hold yet; return how many, 0 once there are none."""
    missing = shelving.list_unshelved(FORM, at_most=AT_ONCE)
    _shelve(set(missing))
    return len(missing)


def lessons_of(version: CourseVersionRow) -> list[Lesson]:
    """Return what of a version's activities is found. Of one that is locked, for whatever reason, its title alone."""
    return [
        Lesson(one.title, one.kind, one.html if one.kind in TEXTS and not one.locks else "")
        for one in queries.list_activities(version.id, whole=True)
    ]


def _shelve(course_ids: set[CourseId]) -> None:
    # Courses first, then the number, in one order for everybody: who holds a course never waits for who waits for it.
    rows = shelving.lock_published(course_ids)
    if not rows:
        return
    number = _next_number()
    ids = [row.id for row in rows]
    sees = shelving.sees_of(ids)
    values = _values_of(ids)
    for row in rows:
        version = row.CourseVersionRow
        text = text_of(row.summary, version.intro_html, version.objectives, lessons_of(version))
        _put(
            {
                "course_id": row.id,
                "number": number,
                "form": FORM,
                "title": row.title,
                "language": row.language,
                "minutes": version.minutes,
                "published_at": row.first_published_at,
                "facets": values[row.id],
                "sees": list(sees.get(row.id, ())),
                "head": text.head,
                "body": text.body,
                "passages": "\n".join(one.folded for one in text.passages),
            }
        )
        _put_passages(row.id, text)


def _values_of(ids: Collection[CourseId]) -> dict[CourseId, dict[str, list[str]]]:
    found: dict[CourseId, dict[str, list[str]]] = {one: {} for one in ids}
    for facet in facets.every():
        for course_id, values in facet.of_courses(ids).items():
            if values:
                found[course_id][facet.key] = sorted(set(values))
    return found


def _next_number() -> int:
    """Return the next number, and hold it: nobody else changes the catalogue before this transaction ends.

    It rises by a random step, so that two histories of a database that was put back never look alike.
    """
    step = 1 + secrets.randbits(STEP_BITS)
    number = db.session.scalar(
        update(ShelfState)
        .where(ShelfState.id == STATE_ID)
        .values(number=ShelfState.number + step)
        .returning(ShelfState.number)
        .execution_options(synchronize_session=False)
    )
    if number is not None:
        return number
    db.session.execute(insert(ShelfState).values(id=STATE_ID, number=step))
    return step


def _put(values: dict[str, Any]) -> None:
    build: Any = (sqlite if db.engine.dialect.name == "sqlite" else postgresql).insert
    statement = build(ShelfRow).values(values)
    changed = {name: statement.excluded[name] for name in values if name != "course_id"}
    db.session.execute(statement.on_conflict_do_update(index_elements=["course_id"], set_=changed))


def _put_passages(course_id: CourseId, text: ShelvedText) -> None:
    db.session.execute(
        delete(PassageRow)
        .where(PassageRow.course_id == course_id)
        .execution_options(synchronize_session=False)
    )
    if text.passages:
        db.session.connection().execute(
            insert(PassageRow.__table__),  # type: ignore[arg-type]  # a Table, as declared
            [
                {
                    "course_id": course_id,
                    "position": position,
                    "title": passage.title,
                    "text": passage.text,
                }
                for position, passage in enumerate(text.passages)
            ],
        )
