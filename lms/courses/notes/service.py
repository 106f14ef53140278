"""Writing and marking; a note that another tab or device changed meanwhile is never written over."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, select

from lms.courses import policy
from lms.courses.errors import EditedMeanwhile
from lms.courses.notes import queries
from lms.courses.notes.models import NoteRow
from lms.courses.values import ActivityId, ActivityKey, CourseId
from lms.identity.values import PersonId
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Forbidden, Invalid, NotFound
from lms.kernel.handing import Owned, hand_over

TEXT_AT_MOST = 10_000
ACCOUNT_ROWS = (Owned("activity_notes", once_per=("activity_key",)),)


def write_note(*, activity_id: ActivityId, text: str, seen: int, actor: Actor, now: datetime) -> int:
    """Keep what somebody writes beside an activity and return its revision.

    `seen` is the revision they wrote over: EditedMeanwhile if it is no longer the latest, unless it says the same.
    Invalid for more than a page; NotFound for who was never enrolled.
    """
    text = text.replace("\r\n", "\n").strip()
    if len(text) > TEXT_AT_MOST:
        message = _("Use at most %(most)s characters.", most=TEXT_AT_MOST)
        raise Invalid(message, fields={"text": message})
    row = _held(activity_id, actor, now)
    if row.text == text:
        return row.revision
    if row.revision != seen:
        raise EditedMeanwhile(
            _("You changed this note elsewhere meanwhile. What you wrote here is not saved yet.")
        )
    row.text, row.revision, row.changed_at = text, row.revision + 1, now
    db.session.flush()
    return row.revision


def mark(*, activity_id: ActivityId, is_marked: bool, actor: Actor, now: datetime) -> None:
    """Mark an activity to find it again, or no longer."""
    row = _held(activity_id, actor, now)
    if row.is_marked is not is_marked:
        row.is_marked, row.changed_at = is_marked, now
        db.session.flush()


def forget(person_id: PersonId) -> None:
    """Delete everything that an erased person kept."""
    db.session.execute(delete(NoteRow).where(NoteRow.person_id == person_id))


def _held(activity_id: ActivityId, actor: Actor, now: datetime) -> NoteRow:
    if actor.person_id is None or not policy.may_learn(actor):
        raise Forbidden(_("Auditors read everything and change nothing."))
    person_id = PersonId(actor.person_id)
    found = queries.find_place(person_id, activity_id)
    if found is None:
        raise NotFound
    key, course_id, _slug = found
    return _row(person_id, key, course_id, now)


def _row(person_id: PersonId, key: ActivityKey, course_id: CourseId, now: datetime) -> NoteRow:
    row = db.session.get(NoteRow, (person_id, key), with_for_update=True, populate_existing=True)
    if row is None:
        # Of two first notes at once the second finds the key taken and its unit of work runs again.
        row = NoteRow(
            person_id=person_id,
            activity_key=key,
            course_id=course_id,
            text="",
            is_marked=False,
            revision=0,
            changed_at=now,
        )
        db.session.add(row)
        db.session.flush()
    return row


def join_accounts(*, kept_id: PersonId, merged_id: PersonId, now: datetime) -> None:
    """Let the notes of one account be the other's; where both wrote beside an activity, one text follows the other."""
    for theirs in db.session.scalars(select(NoteRow).where(NoteRow.person_id == merged_id)).all():
        mine = db.session.get(NoteRow, (kept_id, theirs.activity_key), with_for_update=True)
        if mine is None:
            continue
        if theirs.text and theirs.text != mine.text:
            mine.text = f"{mine.text}\n\n{theirs.text}".strip()
        mine.is_marked = mine.is_marked or theirs.is_marked
        mine.revision, mine.changed_at = mine.revision + 1, now
    hand_over(ACCOUNT_ROWS, kept=kept_id, merged=merged_id, now=now)
