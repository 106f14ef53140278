"""Every SELECT of notes."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select

from lms.courses.authoring.models import ActivityRow, CourseRow
from lms.courses.learning.models import EnrolmentRow
from lms.courses.notes.models import NoteRow
from lms.courses.notes.values import Note, NotePlace
from lms.courses.values import ActivityId, ActivityKey, CourseId
from lms.identity.values import PersonId
from lms.kernel.db import db, fetch
from lms.web.pages import Page, PageRequest, keyset

AT_ONCE = 5000

# Built once: every lesson's page asks.
_NOTE = select(NoteRow.text, NoteRow.is_marked, NoteRow.revision, NoteRow.changed_at).where(
    NoteRow.person_id == bindparam("person_id"), NoteRow.activity_key == bindparam("key")
)


def find_note(person_id: PersonId, key: ActivityKey) -> Note:
    """Return what a person keeps of an activity; an empty note of revision 0 without anything."""
    row = fetch(_NOTE, {"person_id": person_id, "key": key}).first()
    if row is None:
        return Note(activity_key=key, text="", is_marked=False, revision=0, changed_at=None)
    return Note(
        activity_key=key,
        text=row.text,
        is_marked=row.is_marked,
        revision=row.revision,
        changed_at=row.changed_at,
    )


def find_place(person_id: PersonId, activity_id: ActivityId) -> tuple[ActivityKey, CourseId, str] | None:
    """Return an activity's key, its course and that one's address, if the person was ever enrolled in it."""
    row = db.session.execute(
        select(ActivityRow.key, EnrolmentRow.course_id, CourseRow.slug)
        .join(
            EnrolmentRow,
            and_(EnrolmentRow.version_id == ActivityRow.version_id, EnrolmentRow.person_id == person_id),
        )
        .join(CourseRow, CourseRow.id == EnrolmentRow.course_id)
        .where(ActivityRow.id == activity_id)
        .limit(1)
    ).first()
    return (row[0], row[1], row[2]) if row else None


def page_notes(person_id: PersonId, wanted: PageRequest, *, words: str = "") -> Page[NotePlace]:
    """Return a page of what a person keeps, the latest first, each where their latest enrolment has the activity."""
    latest = (
        select(EnrolmentRow.course_id, func.max(EnrolmentRow.enrolled_at).label("at"))
        .where(EnrolmentRow.person_id == person_id)
        .group_by(EnrolmentRow.course_id)
        .subquery()
    )
    query = (
        select(
            NoteRow.activity_key,
            NoteRow.text,
            NoteRow.is_marked,
            NoteRow.revision,
            NoteRow.changed_at,
            ActivityRow.title,
            CourseRow.title,
            CourseRow.slug,
            CourseRow.language,
            ActivityRow.id,
        )
        .join(CourseRow, CourseRow.id == NoteRow.course_id)
        .join(latest, latest.c.course_id == NoteRow.course_id)
        .join(
            EnrolmentRow,
            and_(
                EnrolmentRow.person_id == person_id,
                EnrolmentRow.course_id == NoteRow.course_id,
                EnrolmentRow.enrolled_at == latest.c.at,
            ),
        )
        .join(
            ActivityRow,
            and_(ActivityRow.version_id == EnrolmentRow.version_id, ActivityRow.key == NoteRow.activity_key),
        )
        .where(NoteRow.person_id == person_id)
    )
    if words:
        fits = [
            column.icontains(words, autoescape=True)
            for column in (NoteRow.text, ActivityRow.title, CourseRow.title)
        ]
        query = query.where(or_(*fits))
    by = [NoteRow.changed_at, NoteRow.activity_key]
    return keyset(query, by=by, wanted=wanted, descending=True, scalars=False).map(_place_of)


def _place_of(row: Any) -> NotePlace:
    key, text, is_marked, revision, changed_at, title, course_title, slug, language, activity_id = row
    return NotePlace(
        note=Note(activity_key=key, text=text, is_marked=is_marked, revision=revision, changed_at=changed_at),
        title=title,
        course_title=course_title,
        slug=slug,
        language=language,
        activity_id=activity_id,
    )


def export_person(person_id: PersonId) -> Sequence[Mapping[str, Any]]:
    """Return everything a person keeps, as JSON values."""
    rows = db.session.scalars(
        select(NoteRow).where(NoteRow.person_id == person_id).order_by(NoteRow.changed_at).limit(AT_ONCE)
    )
    return [
        {
            "activity_key": str(row.activity_key),
            "text": row.text,
            "bookmarked": row.is_marked,
            "changed_at": row.changed_at.isoformat(),
        }
        for row in rows
    ]
