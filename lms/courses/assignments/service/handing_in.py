"""Drafting and handing in. A draft is never overwritten by an older page of it; what was handed in never changes."""

from datetime import datetime
from typing import BinaryIO, NamedTuple
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete

from lms.courses import policy
from lms.courses.assignments import formats, rules
from lms.courses.assignments.models import DraftFile, DraftRow, HandInFile, HandInRow, HandInText
from lms.courses.assignments.queries import handed
from lms.courses.assignments.service import marking
from lms.courses.assignments.values import KIND, Assignment, Refusal
from lms.courses.errors import DraftOvertaken, NotHandedIn
from lms.courses.events import WorkErased, WorkHandedIn
from lms.courses.learning import facade as learning
from lms.courses.values import ActivityId
from lms.courses.values.marking import HandInId, Work
from lms.identity.values import PersonId
from lms.kernel import events, files
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import Forbidden, Invalid, NotFound
from lms.kernel.lines import is_blank, with_single_breaks
from lms.web.context import oem_zone, write_filesize
from lms.web.words import said

TEXT_LENGTH = 200_000


class Chosen(NamedTuple):
    """A file that a form brings."""

    filename: str
    upload: BinaryIO


def save_draft(*, activity_id: ActivityId, text: str, revision: int, actor: Actor, now: datetime) -> int:
    """Keep the text of a draft and return its new revision; DraftOvertaken unless `revision` is what it is now.

    The same text over the revision before is the same save come twice, its answer lost or its page left meanwhile: it
    changes nothing and is answered as the first was.
    """
    place = _place(activity_id, actor, now)
    kept = handed.find_draft_row(place.enrolment.id, place.activity.key)
    if kept is not None and kept.revision == revision + 1 and kept.text == with_single_breaks(text):
        return kept.revision
    draft = _draft(place, revision, now)
    _write(draft, place, text, now)
    return draft.revision


def _place(activity_id: ActivityId, actor: Actor, now: datetime) -> handed.Place:
    if not policy.may_learn(actor):
        raise Forbidden(_("Auditors read everything and change nothing."))
    if actor.person_id is None:
        raise NotFound
    place = handed.lock_place(activity_id, PersonId(actor.person_id))
    learning.check_open(enrolment_id=place.enrolment.id, activity_id=place.activity.id, now=now)
    return place


def _draft(place: handed.Place, revision: int, now: datetime) -> DraftRow:
    """Return the draft if `revision` is the one it has; the enrolment's row is held, so it stays so."""
    row = handed.find_draft_row(place.enrolment.id, place.activity.key)
    if (row.revision if row else 0) != revision:
        raise DraftOvertaken(_("A newer draft was saved elsewhere: another tab, or another device."))
    if row is None:
        row = DraftRow(
            enrolment_id=place.enrolment.id,
            activity_key=place.activity.key,
            person_id=place.enrolment.person_id,
            text="",
            revision=0,
            saved_at=now,
        )
        db.session.add(row)
    return row


def _write(draft: DraftRow, place: handed.Place, text: str, now: datetime) -> None:
    text = with_single_breaks(text)
    if len(text) > TEXT_LENGTH:
        message = _("At most %(most)s characters.", most=TEXT_LENGTH)
        raise Invalid(message, fields={"text": message})
    if not _assignment(place).takes_text:
        text = ""
    draft.text = text
    draft.revision += 1
    draft.saved_at = now
    db.session.flush()


def _assignment(place: handed.Place) -> Assignment:
    return rules.assignment_of(place.activity.config)


def add_file(
    *,
    activity_id: ActivityId,
    filename: str,
    upload: BinaryIO,
    revision: int,
    actor: Actor,
    now: datetime,
) -> int:
    """Add a file to a draft and return its new revision; Invalid, naming the field `file`, for any not asked for."""
    place = _place(activity_id, actor, now)
    draft = _draft(place, revision, now)
    _store(place, Chosen(filename, upload))
    draft.revision += 1
    draft.saved_at = now
    db.session.flush()
    return draft.revision


def _store(place: handed.Place, chosen: Chosen) -> None:
    """Put a file into the draft; Invalid, naming the field `file`, for any not asked for."""
    assignment = _assignment(place)
    name = chosen.filename.rpartition("/")[2].rpartition("\\")[2].strip()[-200:]
    _check_file(place, assignment, name, chosen.upload)
    chosen.upload.seek(0)
    stored = files.store(
        chosen.upload,
        filename=name,
        media_type=formats.media_type_of(name),
        purpose="hand-in",
        limit_bytes=assignment.most_bytes,
    )
    db.session.add(
        DraftFile(
            id=new_id(),
            enrolment_id=place.enrolment.id,
            activity_key=place.activity.key,
            person_id=place.enrolment.person_id,
            file_id=stored.id,
        )
    )
    db.session.flush()


def _check_file(place: handed.Place, assignment: Assignment, name: str, upload: BinaryIO) -> None:
    if not assignment.takes_files:
        _refuse_file(_("No files are handed in here."))
    if len(handed.list_draft_rows(place.enrolment.id, place.activity.key)) >= assignment.most_files:
        _refuse_file(_("At most %(most)s files. Take one out first.", most=assignment.most_files))
    problem = formats.problem_with(name, upload, assignment.kinds, assignment.most_bytes)
    if problem is not None:
        _refuse_file(said(problem))
    size = upload.seek(0, 2)
    if handed.sum_bytes(place.enrolment.person_id, place.activity.key) + size > rules.ROOM_BYTES:
        _refuse_file(
            _(
                "Your files for this come to more than %(most)s together.",
                most=write_filesize(rules.ROOM_BYTES),
            )
        )


def _refuse_file(message: str) -> None:
    raise Invalid(message, fields={"file": message})


def remove_file(
    *, activity_id: ActivityId, place_id: UUID, revision: int, actor: Actor, now: datetime
) -> int:
    """Take a file out of a draft and return its new revision; one that is gone already changes nothing else."""
    place = _place(activity_id, actor, now)
    draft = _draft(place, revision, now)
    row = db.session.get(DraftFile, place_id)
    if row is None or (row.enrolment_id, row.activity_key) != (place.enrolment.id, place.activity.key):
        raise NotFound
    stored = files.get(row.file_id)
    db.session.delete(row)
    db.session.flush()
    db.session.delete(stored)
    draft.revision += 1
    draft.saved_at = now
    db.session.flush()
    events.record(WorkErased(person_id=place.enrolment.person_id, hashes=(stored.sha256,)))
    return draft.revision


def hand_in(
    *,
    activity_id: ActivityId,
    text: str,
    revision: int,
    chosen: Chosen | None = None,
    actor: Actor,
    now: datetime,
) -> HandInId:
    """Hand in the draft with this text and its files; a second click makes nothing and returns what the first made.

    A file that is `chosen` and was not added yet goes along; one that cannot be taken keeps everything back.
    DraftOvertaken if a newer draft was saved elsewhere, NotHandedIn while nothing can be handed in, Invalid, naming
    the field, for a draft that lacks what is asked for.
    """
    place = _place(activity_id, actor, now)
    before = handed.find_by_draft(place.enrolment.id, place.activity.key, revision)
    if before is not None:
        if before[1] == with_single_breaks(text).strip():
            return before[0]
        raise DraftOvertaken(_("This was handed in elsewhere meanwhile, with another text."))
    outcomes = handed.list_outcomes(place.enrolment.id, place.activity.key)
    _check_may(rules.why_not_hand_in(_assignment(place).again, outcomes))
    draft = _draft(place, revision, now)
    _write(draft, place, text, now)
    if chosen is not None:
        _store(place, chosen)
    return _keep(place, draft, revision, number=len(outcomes) + 1, now=now)


def _check_may(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise NotHandedIn(
            {
                Refusal.WAITING: _("What you handed in is still to be marked."),
                Refusal.PASSED: _("You have passed. There is nothing left to hand in."),
                Refusal.NONE_LEFT: _("You have handed it in as often as may be. Ask your trainer."),
            }[refusal]
        )


def _keep(place: handed.Place, draft: DraftRow, revision: int, *, number: int, now: datetime) -> HandInId:
    """Make what was drafted a hand-in, empty the draft, and put the work into the marking queue."""
    assignment = _assignment(place)
    drafted = handed.list_draft_rows(place.enrolment.id, place.activity.key)
    _check_whole(assignment, draft.text.strip(), len(drafted))
    zone = oem_zone()
    late = rules.is_late(rules.due_on(assignment, place.enrolment.enrolled_at, zone), now, zone)
    row = HandInRow(
        id=HandInId(new_id()),
        enrolment_id=place.enrolment.id,
        activity_id=place.activity.id,
        activity_key=place.activity.key,
        course_id=place.enrolment.course_id,
        person_id=place.enrolment.person_id,
        number=number,
        draft_revision=revision,
        handed_in_at=now,
        is_late=late,
    )
    db.session.add(row)
    db.session.flush()
    db.session.add(HandInText(hand_in_id=row.id, text=draft.text.strip()))
    db.session.add_all(HandInFile(id=one.id, hand_in_id=row.id, file_id=one.file_id) for one in drafted)
    for one in drafted:
        db.session.delete(one)
    draft.text = ""
    db.session.flush()
    _tell_the_rest(place, row, assignment, now)
    return row.id


def _check_whole(assignment: Assignment, text: str, count: int) -> None:
    if assignment.takes_text and is_blank(text) and not (assignment.takes_files and count):
        message = _("Write something, or add a file.") if assignment.takes_files else _("Write something.")
        raise Invalid(message, fields={"text": message})
    if not assignment.takes_text and not count:
        message = _("Add a file.")
        raise Invalid(message, fields={"file": message})


def _tell_the_rest(place: handed.Place, row: HandInRow, assignment: Assignment, now: datetime) -> None:
    marking.wait(
        Work(
            source=KIND,
            ref=row.id,
            title=place.activity.title,
            course_id=row.course_id,
            activity_id=row.activity_id,
            enrolment_id=row.enrolment_id,
            person_id=row.person_id,
            waiting_since=now,
            is_late=row.is_late,
            markers=assignment.markers,
        )
    )
    # Begun, and nothing decided: the course shows it as in progress.
    learning.record_result(
        enrolment_id=row.enrolment_id,
        activity_id=row.activity_id,
        completed=False,
        passed=None,
        score=None,
        seconds=0,
        evidence={"kind": KIND, "hand_in": str(row.id), "number": row.number},
        now=now,
    )
    events.record(
        WorkHandedIn(
            hand_in_id=row.id,
            person_id=row.person_id,
            course_id=row.course_id,
            activity_key=row.activity_key,
            number=row.number,
            is_late=row.is_late,
        )
    )


def drop_draft_files(person_id: PersonId) -> None:
    """Delete a person's drafts and their files' places."""
    db.session.execute(delete(DraftFile).where(DraftFile.person_id == person_id))
    db.session.execute(delete(DraftRow).where(DraftRow.person_id == person_id))
