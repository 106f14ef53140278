"""Tables of assignments: drafts, what was handed in, the queue in which work waits, and what was decided."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.courses.values import ActivityId, ActivityKey, CourseId, EnrolmentId
from lms.courses.values.marking import HandInId, Outcome, WorkId
from lms.identity.values import PersonId
from lms.identity.values.merging import HANDED_OVER
from lms.kernel.db import Model, also_create, append_only, append_only_but_owner, new_id


class DraftRow(Model):
    """What a person prepares for an assignment; `revision` rises with every change of its text or files."""

    __tablename__ = "hand_in_drafts"

    enrolment_id: Mapped[EnrolmentId] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    activity_key: Mapped[ActivityKey] = mapped_column(primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), index=True)
    text: Mapped[str]
    revision: Mapped[int] = mapped_column(Integer)
    saved_at: Mapped[datetime]


class DraftFile(Model):
    """A file of a draft."""

    __tablename__ = "hand_in_draft_files"
    __table_args__ = (Index("ix_hand_in_draft_files_draft", "enrolment_id", "activity_key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    enrolment_id: Mapped[EnrolmentId] = mapped_column(ForeignKey("enrolments.id"))
    activity_key: Mapped[ActivityKey]
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), index=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_files.id"), index=True)


class HandInRow(Model):
    """That a person handed something in, and when; never changed. What it was stands beside, for it can be erased.

    `draft_revision` is that of the draft it was made of, so that a second click makes nothing.
    """

    __tablename__ = "hand_ins"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "activity_key", "number", name="uq_hand_ins_number"),
        UniqueConstraint("enrolment_id", "activity_key", "draft_revision", name="uq_hand_ins_draft"),
        CheckConstraint("number > 0", name="number"),
        Index("ix_hand_ins_person", "person_id", "activity_key"),
    )

    id: Mapped[HandInId] = mapped_column(primary_key=True, default=new_id)
    enrolment_id: Mapped[EnrolmentId] = mapped_column(ForeignKey("enrolments.id"))
    activity_id: Mapped[ActivityId] = mapped_column(ForeignKey("course_activities.id"))
    activity_key: Mapped[ActivityKey]
    course_id: Mapped[CourseId] = mapped_column(ForeignKey("courses.id"))
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"))
    number: Mapped[int] = mapped_column(Integer)
    draft_revision: Mapped[int] = mapped_column(Integer)
    handed_in_at: Mapped[datetime]
    is_late: Mapped[bool] = mapped_column(Boolean)


class HandInErasure(Model):
    """That the text and the files of a hand-in were erased with its person; without it nothing of them can go."""

    __tablename__ = "hand_in_erasures"

    hand_in_id: Mapped[HandInId] = mapped_column(ForeignKey("hand_ins.id"), primary_key=True)
    erased_at: Mapped[datetime]


class HandInText(Model):
    """The text that was handed in; never changed."""

    __tablename__ = "hand_in_texts"

    hand_in_id: Mapped[HandInId] = mapped_column(ForeignKey("hand_ins.id"), primary_key=True)
    text: Mapped[str]


class HandInFile(Model):
    """A file that was handed in; never changed."""

    __tablename__ = "hand_in_files"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    hand_in_id: Mapped[HandInId] = mapped_column(ForeignKey("hand_ins.id"), index=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_files.id"), index=True)


class WorkRow(Model):
    """A piece of work in the marking queue, of whichever feature; it waits until `ended_at`.

    `outcome` and `marks` (how often it was marked) are those of its last mark.
    """

    __tablename__ = "marking_work"
    __table_args__ = (
        UniqueConstraint("source", "ref", name="uq_marking_work_ref"),
        Index(
            "ix_marking_work_waiting",
            "waiting_since",
            "id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_marking_work_ended", "ended_at", "id"),
        Index("ix_marking_work_person", "person_id"),
    )

    id: Mapped[WorkId] = mapped_column(primary_key=True, default=new_id)
    source: Mapped[str]
    ref: Mapped[UUID]
    title: Mapped[str]
    course_id: Mapped[CourseId] = mapped_column(ForeignKey("courses.id"), index=True)
    activity_id: Mapped[ActivityId] = mapped_column(ForeignKey("course_activities.id"))
    enrolment_id: Mapped[EnrolmentId] = mapped_column(ForeignKey("enrolments.id"))
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"))
    waiting_since: Mapped[datetime]
    is_late: Mapped[bool] = mapped_column(Boolean)
    is_named: Mapped[bool] = mapped_column(Boolean)
    is_blind: Mapped[bool] = mapped_column(Boolean, server_default=false())
    claimed_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    claimed_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None]
    marks: Mapped[int] = mapped_column(Integer, default=0)


class WorkMarker(Model):
    """Somebody who alone, or with others named, marks a piece of work."""

    __tablename__ = "marking_markers"

    work_id: Mapped[WorkId] = mapped_column(ForeignKey("marking_work.id"), primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)


class MarkRow(Model):
    """What was decided about a piece of work, the `number`th time; never changed."""

    __tablename__ = "marks"
    __table_args__ = (
        UniqueConstraint("work_id", "number", name="uq_marks_number"),
        CheckConstraint("score >= 0 AND score <= 1", name="score"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    work_id: Mapped[WorkId] = mapped_column(ForeignKey("marking_work.id"))
    number: Mapped[int] = mapped_column(Integer)
    outcome: Mapped[Outcome]
    judged: Mapped[dict[str, Any]]
    points: Mapped[int] = mapped_column(Integer)
    score: Mapped[Decimal]
    marked_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    marked_at: Mapped[datetime]


class MarkWords(Model):
    """What a marker wrote about a piece of work: it speaks of a person, and goes when they are erased."""

    __tablename__ = "mark_words"

    mark_id: Mapped[UUID] = mapped_column(ForeignKey("marks.id"), primary_key=True)
    comments: Mapped[dict[str, Any]]
    comment: Mapped[str]
    reason: Mapped[str]


class MarkerTold(Model):
    """When somebody was last told that work waits, and how far: work that came before is not told again."""

    __tablename__ = "marking_told"

    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), primary_key=True)
    told_at: Mapped[datetime]
    told_upto: Mapped[datetime]


append_only_but_owner(HandInRow, handed_over=HANDED_OVER)
append_only(HandInErasure)
append_only(MarkRow)


def _kept_unless_erased(table: type[Model]) -> None:
    """Let the database refuse to change what was handed in, and to delete it before its erasure is on record."""
    name = table.__tablename__
    also_create(
        table,
        sqlite=[
            (
                f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} "
                f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
            ),
            (
                f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} WHEN NOT EXISTS "  # noqa: S608  no value
                "(SELECT 1 FROM hand_in_erasures WHERE hand_in_id = OLD.hand_in_id) "
                f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
            ),
        ],
        postgresql=[
            (
                "CREATE OR REPLACE FUNCTION refuse_unless_erased() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM hand_in_erasures "
                "WHERE hand_in_id = OLD.hand_in_id) THEN RETURN OLD; END IF; "
                "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
            ),
            (
                f"CREATE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE ON {name} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased()"
            ),
        ],
    )


_kept_unless_erased(HandInText)
_kept_unless_erased(HandInFile)
