"""Drafts, what was handed in, and the files of both: each person's own, and for who marks it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import aliased

from lms.courses.assignments import rules
from lms.courses.assignments.models import (
    DraftFile,
    DraftRow,
    HandInErasure,
    HandInFile,
    HandInRow,
    HandInText,
    MarkRow,
    MarkWords,
    WorkRow,
)
from lms.courses.assignments.values import KIND, Draft, HandedFile, HandIn
from lms.courses.authoring.models import ActivityRow, CourseRow
from lms.courses.learning.models import EnrolmentRow
from lms.courses.values import ActivityId, ActivityKey, EnrolmentId
from lms.courses.values.marking import HandInId, Mark, Outcome, WorkId
from lms.identity.values import PersonId
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.files import StoredFile

OWN_AT_MOST = 50
EXPORTED_AT_MOST = 2000


class Place(NamedTuple):
    """An activity that something is handed in for, and the enrolment of who does."""

    activity: ActivityRow
    enrolment: EnrolmentRow
    slug: str


def lock_place(activity_id: ActivityId, person_id: PersonId) -> Place:
    """Return where a person hands something in, held until the transaction ends: drafts and hand-ins come one by one.

    NotFound unless they take the course in a version that has the activity.
    """
    return _place(
        _places(activity_id, person_id)
        .with_for_update(of=EnrolmentRow)
        .execution_options(populate_existing=True)
    )


def find_place(activity_id: ActivityId, person_id: PersonId) -> Place:
    """Return where a person hands something in, to read; NotFound as above."""
    return _place(_places(activity_id, person_id))


def _places(activity_id: ActivityId, person_id: PersonId) -> Any:
    return (
        select(ActivityRow, EnrolmentRow, CourseRow.slug)
        .join(EnrolmentRow, EnrolmentRow.version_id == ActivityRow.version_id)
        .join(CourseRow, CourseRow.id == EnrolmentRow.course_id)
        .where(
            ActivityRow.id == activity_id,
            ActivityRow.kind == KIND,
            EnrolmentRow.person_id == person_id,
            or_(EnrolmentRow.ended_at.is_(None), EnrolmentRow.completed_at.is_not(None)),
        )
        .order_by(EnrolmentRow.id.desc())
        .limit(1)
    )


def _place(query: Any) -> Place:
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound
    return Place(*row)


def find_draft_row(enrolment_id: EnrolmentId, key: ActivityKey) -> DraftRow | None:
    """Return the row of a draft as it stands now."""
    return db.session.get(DraftRow, (enrolment_id, key), populate_existing=True)


def find_draft(enrolment_id: EnrolmentId, key: ActivityKey) -> Draft:
    """Return a draft with its files; an empty one of revision 0 where there is none."""
    row = db.session.execute(
        select(DraftRow.text, DraftRow.revision, DraftRow.saved_at).where(
            DraftRow.enrolment_id == enrolment_id, DraftRow.activity_key == key
        )
    ).first()
    if row is None:
        return Draft()
    files = list_draft_files(enrolment_id, key)
    return Draft(text=row.text, revision=row.revision, saved_at=row.saved_at, files=files)


def _files(place: type[DraftFile] | type[HandInFile]) -> Any:
    return select(place.id, StoredFile.filename, StoredFile.media_type, StoredFile.size_bytes).join(
        StoredFile, StoredFile.id == place.file_id
    )


def list_draft_files(enrolment_id: EnrolmentId, key: ActivityKey) -> Sequence[HandedFile]:
    """Return the files of a draft, in the order they came."""
    rows = db.session.execute(
        _files(DraftFile)
        .where(DraftFile.enrolment_id == enrolment_id, DraftFile.activity_key == key)
        .order_by(DraftFile.id)
    )
    return [_file_of(row) for row in rows]


def _file_of(row: Any) -> HandedFile:
    return HandedFile(id=row.id, filename=row.filename, media_type=row.media_type, size_bytes=row.size_bytes)


def list_draft_rows(enrolment_id: EnrolmentId, key: ActivityKey) -> Sequence[DraftFile]:
    """Return the rows of a draft's files."""
    return db.session.scalars(
        select(DraftFile)
        .where(DraftFile.enrolment_id == enrolment_id, DraftFile.activity_key == key)
        .order_by(DraftFile.id)
    ).all()


def sum_bytes(person_id: PersonId, key: ActivityKey) -> int:
    """Return how many bytes a person's files for an activity have, drafts and all that was handed in."""
    drafted = (
        select(StoredFile.size_bytes)
        .join(DraftFile, DraftFile.file_id == StoredFile.id)
        .where(DraftFile.person_id == person_id, DraftFile.activity_key == key)
    )
    handed = (
        select(StoredFile.size_bytes)
        .join(HandInFile, HandInFile.file_id == StoredFile.id)
        .join(HandInRow, HandInRow.id == HandInFile.hand_in_id)
        .where(HandInRow.person_id == person_id, HandInRow.activity_key == key)
    )
    both = drafted.union_all(handed).subquery()
    return int(db.session.scalar(select(func.coalesce(func.sum(both.c.size_bytes), 0))) or 0)


def list_outcomes(enrolment_id: EnrolmentId, key: ActivityKey) -> Sequence[Outcome | None]:
    """Return what holds of each hand-in of an enrolment, in order; None for one that waits."""
    return db.session.scalars(
        select(WorkRow.outcome)
        .join(HandInRow, (HandInRow.id == WorkRow.ref) & (WorkRow.source == KIND))
        .where(HandInRow.enrolment_id == enrolment_id, HandInRow.activity_key == key)
        .order_by(HandInRow.number)
    ).all()


def find_by_draft(enrolment_id: EnrolmentId, key: ActivityKey, revision: int) -> tuple[HandInId, str] | None:
    """Return what was handed in from a draft of this revision, with its text; None if nothing was."""
    row = db.session.execute(
        select(HandInRow.id, HandInText.text)
        .outerjoin(HandInText, HandInText.hand_in_id == HandInRow.id)
        .where(
            HandInRow.enrolment_id == enrolment_id,
            HandInRow.activity_key == key,
            HandInRow.draft_revision == revision,
        )
    ).first()
    return (row[0], row[1] or "") if row else None


def list_own(person_id: PersonId, key: ActivityKey, now: datetime) -> Sequence[HandIn]:
    """Return what a person handed in for an activity with every decision, the first first: three queries."""
    return _list(now, HandInRow.person_id == person_id, HandInRow.activity_key == key)


def find_hand_in(hand_in_id: HandInId, now: datetime) -> HandIn | None:
    """Return one hand-in, or None."""
    return next(iter(_list(now, HandInRow.id == hand_in_id)), None)


def find_number(hand_in_id: HandInId) -> int | None:
    """Return which time it was that something was handed in, or None."""
    return db.session.scalar(select(HandInRow.number).where(HandInRow.id == hand_in_id))


def list_before(hand_in: HandIn, now: datetime) -> Sequence[HandIn]:
    """Return what the person handed in before, in the same enrolment."""
    return _list(
        now,
        HandInRow.enrolment_id == hand_in.enrolment_id,
        HandInRow.activity_key == hand_in.activity_key,
        HandInRow.number < hand_in.number,
    )


def _list(now: datetime, *where: Any, at_most: int = OWN_AT_MOST) -> Sequence[HandIn]:
    rows = db.session.execute(
        select(
            HandInRow,
            HandInText.text,
            HandInErasure.erased_at,
            WorkRow.id,
            WorkRow.claimed_until,
            WorkRow.ended_at,
        )
        .join(WorkRow, (WorkRow.ref == HandInRow.id) & (WorkRow.source == KIND))
        .outerjoin(HandInText, HandInText.hand_in_id == HandInRow.id)
        .outerjoin(HandInErasure, HandInErasure.hand_in_id == HandInRow.id)
        .where(*where)
        .order_by(HandInRow.id.desc())
        .limit(at_most)
    ).all()
    rows = list(reversed(rows))
    files, marks = _files_of([row[0].id for row in rows]), list_marks([row[3] for row in rows])
    return [
        HandIn(
            id=row.id,
            work_id=work_id,
            activity_id=row.activity_id,
            activity_key=row.activity_key,
            course_id=row.course_id,
            enrolment_id=row.enrolment_id,
            person_id=row.person_id,
            number=row.number,
            text=text or "",
            files=files.get(row.id, ()),
            handed_in_at=row.handed_in_at,
            is_late=row.is_late,
            is_erased=erased_at is not None,
            is_being_marked=ended_at is None and rules.holds_claim(claimed_until, now),
            draft_revision=row.draft_revision,
            marks=marks.get(work_id, ()),
        )
        for row, text, erased_at, work_id, claimed_until, ended_at in rows
    ]


def _files_of(ids: Collection[HandInId]) -> Mapping[HandInId, Sequence[HandedFile]]:
    found: dict[HandInId, list[HandedFile]] = {}
    if not ids:
        return found
    rows = db.session.execute(
        _files(HandInFile)
        .add_columns(HandInFile.hand_in_id)
        .where(HandInFile.hand_in_id.in_(ids))
        .order_by(HandInFile.id)
    )
    for row in rows:
        found.setdefault(row.hand_in_id, []).append(_file_of(row))
    return found


def list_marks(ids: Collection[WorkId]) -> Mapping[WorkId, Sequence[Mark]]:
    """Return every decision about these pieces of work, by work, the first first."""
    found: dict[WorkId, list[Mark]] = {}
    if not ids:
        return found
    rows = db.session.execute(
        select(MarkRow, MarkWords)
        .outerjoin(MarkWords, MarkWords.mark_id == MarkRow.id)
        .where(MarkRow.work_id.in_(ids))
        .order_by(MarkRow.work_id, MarkRow.number)
    )
    for row, words in rows:
        found.setdefault(row.work_id, []).append(mark_of(row, words))
    return found


def marks_of(source: str, refs: Collection[UUID]) -> Mapping[UUID, Sequence[Mark]]:
    """Return every decision about what a source put into the queue, by its id there, the first first."""
    found: dict[UUID, list[Mark]] = {}
    if not refs:
        return found
    rows = db.session.execute(
        select(WorkRow.ref, MarkRow, MarkWords)
        .join(MarkRow, MarkRow.work_id == WorkRow.id)
        .outerjoin(MarkWords, MarkWords.mark_id == MarkRow.id)
        .where(WorkRow.source == source, WorkRow.ref.in_(refs))
        .order_by(WorkRow.ref, MarkRow.number)
    )
    for ref, row, words in rows:
        found.setdefault(ref, []).append(mark_of(row, words))
    return found


def mark_of(row: MarkRow, words: MarkWords | None) -> Mark:
    """Return a decision's value; without its words where they were erased."""
    levels = tuple(row.judged["levels"])
    return Mark(
        number=row.number,
        outcome=row.outcome,
        levels=levels,
        points=row.points,
        score=row.score,
        comments=tuple(words.comments["criteria"]) if words else ("",) * len(levels),
        comment=words.comment if words else "",
        reason=words.reason if words else "",
        marked_by=row.marked_by,
        marked_at=row.marked_at,
    )


def find_file(place_id: UUID) -> tuple[StoredFile, PersonId, WorkId | None] | None:
    """Return a file by its place in a draft or a hand-in, whose it is, and the work it belongs to; else None."""
    drafted = select(StoredFile, DraftFile.person_id).join(DraftFile, DraftFile.file_id == StoredFile.id)
    row = db.session.execute(drafted.where(DraftFile.id == place_id)).first()
    if row is not None:
        return row[0], row[1], None
    handed = (
        select(StoredFile, HandInRow.person_id, WorkRow.id)
        .join(HandInFile, HandInFile.file_id == StoredFile.id)
        .join(HandInRow, HandInRow.id == HandInFile.hand_in_id)
        .join(WorkRow, (WorkRow.ref == HandInRow.id) & (WorkRow.source == KIND))
        .where(HandInFile.id == place_id)
    )
    found = db.session.execute(handed).first()
    return (found[0], found[1], found[2]) if found else None


def get_activity(activity_id: ActivityId) -> ActivityRow:
    """Return an activity as a version has it; NotFound without it."""
    row = db.session.get(ActivityRow, activity_id)
    if row is None:
        raise NotFound
    return row


def configs_of(ids: Collection[ActivityId]) -> Mapping[ActivityId, Mapping[str, Any]]:
    """Return what activities keep, by id: work is shown by the rubric of the version it was handed in for."""
    if not ids:
        return {}
    rows = db.session.execute(select(ActivityRow.id, ActivityRow.config).where(ActivityRow.id.in_(ids)))
    return {activity_id: config for activity_id, config in rows}  # noqa: C416  a dict of rows has no types


def find_page(enrolment_id: EnrolmentId, activity_id: ActivityId) -> tuple[str, ActivityId] | None:
    """Return where a person meets an activity today: its course's name in addresses, and its id in their version."""
    here, there = aliased(ActivityRow), aliased(ActivityRow)
    row = db.session.execute(
        select(CourseRow.slug, func.coalesce(there.id, here.id))
        .join(EnrolmentRow, EnrolmentRow.course_id == CourseRow.id)
        .join(here, here.id == activity_id)
        .outerjoin(there, (there.version_id == EnrolmentRow.version_id) & (there.key == here.key))
        .where(EnrolmentRow.id == enrolment_id)
    ).first()
    return (row[0], row[1]) if row else None


def find_enrolled_at(enrolment_id: EnrolmentId) -> datetime | None:
    """Return when an enrolment began."""
    return db.session.scalar(select(EnrolmentRow.enrolled_at).where(EnrolmentRow.id == enrolment_id))


def list_ids_of(person_id: PersonId) -> Sequence[HandInId]:
    """Return everything a person ever handed in that is not erased yet."""
    return db.session.scalars(
        select(HandInRow.id).where(
            HandInRow.person_id == person_id, ~exists().where(HandInErasure.hand_in_id == HandInRow.id)
        )
    ).all()


def list_stored_of(person_id: PersonId) -> Sequence[StoredFile]:
    """Return the rows of every file that a person drafted or handed in."""
    drafted = select(DraftFile.file_id).where(DraftFile.person_id == person_id)
    handed = (
        select(HandInFile.file_id)
        .join(HandInRow, HandInRow.id == HandInFile.hand_in_id)
        .where(HandInRow.person_id == person_id)
    )
    return db.session.scalars(
        select(StoredFile).where(or_(StoredFile.id.in_(drafted), StoredFile.id.in_(handed)))
    ).all()


def export_person(person_id: PersonId, now: datetime) -> Mapping[str, Any]:
    """Return a person's drafts, and what they handed in with what was decided, as JSON values."""
    drafts = db.session.execute(
        select(DraftRow.activity_key, DraftRow.text, DraftRow.saved_at).where(DraftRow.person_id == person_id)
    )
    return {
        "drafts": [
            {"activity": str(row.activity_key), "text": row.text, "saved_at": row.saved_at.isoformat()}
            for row in drafts
        ],
        "handed_in": [
            _exported(one) for one in _list(now, HandInRow.person_id == person_id, at_most=EXPORTED_AT_MOST)
        ],
    }


def _exported(one: HandIn) -> Mapping[str, Any]:
    return {
        "activity": str(one.activity_key),
        "number": one.number,
        "at": one.handed_in_at.isoformat(),
        "is_late": one.is_late,
        "text": one.text,
        "files": [{"name": file.filename, "bytes": file.size_bytes} for file in one.files],
        "marks": [
            {
                "at": mark.marked_at.isoformat(),
                "outcome": mark.outcome.value,
                "points": mark.points,
                "comments": list(mark.comments),
                "comment": mark.comment,
            }
            for mark in one.marks
        ],
    }
