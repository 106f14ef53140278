"""Learning's tables: enrolments, how each activity stands, the results that say so, and completions."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.courses.learning.values import (
    ActKind,
    ActState,
    ActWay,
    CourseWaitId,
    EnrolmentActId,
    EnrolmentChange,
    Outcome,
    WaitEnd,
)
from lms.courses.learning.values.feedback import FeedbackId
from lms.courses.values import (
    ActivityId,
    ActivityKey,
    CompletionId,
    CourseId,
    CourseVersionId,
    Ending,
    EnrolmentId,
    EnrolmentSource,
    ResultId,
)
from lms.identity.values import OrganisationId, PersonId
from lms.identity.values.merging import HANDED_OVER
from lms.kernel.db import Model, append_only, append_only_but_owner, new_id


class EnrolmentRow(Model):
    """A person in a course, on the version they began; open until it is completed or withdrawn.

    `done_count` and `resume_id` (where to go on) are kept by the service with every result. On `remind_on` they are
    next reminded of the due day `planned_for`: whoever moves the due day leaves both alone, and the job plans anew.
    """

    __tablename__ = "enrolments"
    __table_args__ = (
        Index(
            "uq_enrolments_open",
            "person_id",
            "course_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_enrolments_person", "person_id", "course_id", "id"),
        Index("ix_enrolments_course", "course_id", "id"),
        Index(
            "ix_enrolments_due",
            "due_on",
            "id",
            sqlite_where=text("ended_at IS NULL AND due_on IS NOT NULL"),
            postgresql_where=text("ended_at IS NULL AND due_on IS NOT NULL"),
        ),
        Index(
            "ix_enrolments_unplanned",
            "id",
            sqlite_where=text("ended_at IS NULL AND planned_for IS NOT due_on"),
            postgresql_where=text("ended_at IS NULL AND planned_for IS DISTINCT FROM due_on"),
        ),
        Index(
            "ix_enrolments_remind",
            "remind_on",
            "id",
            sqlite_where=text("ended_at IS NULL AND remind_on IS NOT NULL"),
            postgresql_where=text("ended_at IS NULL AND remind_on IS NOT NULL"),
        ),
        Index(
            "ix_enrolments_person_due",
            "person_id",
            "due_on",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_enrolments_course_due",
            "course_id",
            "due_on",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[EnrolmentId] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"))
    course_id: Mapped[CourseId] = mapped_column(ForeignKey("courses.id"))
    version_id: Mapped[CourseVersionId] = mapped_column(ForeignKey("course_versions.id"))
    source: Mapped[EnrolmentSource]
    due_on: Mapped[date | None]
    enrolled_at: Mapped[datetime]
    enrolled_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    started_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    done_count: Mapped[int] = mapped_column(Integer, default=0)
    resume_id: Mapped[ActivityId | None] = mapped_column(ForeignKey("course_activities.id"))
    planned_for: Mapped[date | None]
    remind_on: Mapped[date | None]


class EnrolmentReminderRow(Model):
    """That somebody was reminded of a due day, so many days after it (before, if negative): each step once."""

    __tablename__ = "enrolment_reminders"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "due_on", "step"),
        Index("ix_enrolment_reminders_told", "told_on", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    enrolment_id: Mapped[EnrolmentId] = mapped_column(ForeignKey("enrolments.id"))
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), index=True)
    due_on: Mapped[date]
    step: Mapped[int] = mapped_column(Integer)
    told_on: Mapped[date]
    """The manufacturer's day."""


class TeamReminderRow(Model):
    """That somebody who looks after people heard on a day of what is due among them: once a day at most."""

    __tablename__ = "team_reminders"

    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), primary_key=True)
    told_on: Mapped[date] = mapped_column(primary_key=True)


class CourseWaitRow(Model):
    """A person who waits for a place in a course, in the order of the ids; enrolled as they asked once one is free."""

    __tablename__ = "course_waits"
    __table_args__ = (
        Index(
            "uq_course_waits_open",
            "person_id",
            "course_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_course_waits_course",
            "course_id",
            "id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_course_waits_person", "person_id", "id"),
    )

    id: Mapped[CourseWaitId] = mapped_column(primary_key=True, default=new_id)
    course_id: Mapped[CourseId] = mapped_column(ForeignKey("courses.id"))
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"))
    source: Mapped[EnrolmentSource]
    due_on: Mapped[date | None]
    due_days: Mapped[int | None] = mapped_column(Integer)
    asked_at: Mapped[datetime]
    asked_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[WaitEnd | None]


class EnrolmentChangeRow(Model):
    """What was done to an enrolment by other means than taking the course: its date moved, or its end."""

    __tablename__ = "enrolment_changes"
    __table_args__ = (Index("ix_enrolment_changes_enrolment", "enrolment_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    enrolment_id: Mapped[EnrolmentId] = mapped_column(ForeignKey("enrolments.id"))
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[EnrolmentChange]
    at: Mapped[datetime]
    made_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    due_before: Mapped[date | None]
    due_after: Mapped[date | None]
    ending: Mapped[Ending | None]
    reason: Mapped[str] = mapped_column(default="")


class EnrolmentActRow(Model):
    """Something done to many people: whose lines are done one batch after the other, each in its own transaction.

    `total` counts the lines that there are to do and `done` those that were; `counts` says how many lines came to
    which outcome, also those that there is nothing to do for.
    """

    __tablename__ = "enrolment_acts"
    __table_args__ = (
        Index("ix_enrolment_acts_course", "course_id", "id"),
        Index("ix_enrolment_acts_asked_by", "asked_by", "id"),
        Index(
            "ix_enrolment_acts_running",
            "id",
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
        Index(
            "ix_enrolment_acts_looked_at",
            "asked_at",
            sqlite_where=text("state = 'looked_at'"),
            postgresql_where=text("state = 'looked_at'"),
        ),
    )

    id: Mapped[EnrolmentActId] = mapped_column(primary_key=True, default=new_id)
    course_id: Mapped[CourseId] = mapped_column(ForeignKey("courses.id"))
    kind: Mapped[ActKind]
    state: Mapped[ActState]
    source: Mapped[EnrolmentSource]
    way: Mapped[ActWay] = mapped_column(server_default=ActWay.AUDIENCE)
    whom: Mapped[str]
    """Who was meant, in a few words: an audience's name, a file's, what a filter asked for."""
    due_on: Mapped[date | None]
    due_days: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(default="")
    total: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer, default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    asked_at: Mapped[datetime]
    asked_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    employer_id: Mapped[OrganisationId | None]
    """Where whoever asked worked: who moves on leaves it behind."""
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class EnrolmentActLine(Model):
    """One person of an act, or a line of a list that names nobody; `outcome` None is still to be done."""

    __tablename__ = "enrolment_act_lines"
    __table_args__ = (
        Index(
            "ix_enrolment_act_lines_waiting",
            "act_id",
            "number",
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
        Index("ix_enrolment_act_lines_outcome", "act_id", "outcome", "number"),
        Index(
            "ix_enrolment_act_lines_given",
            "given",
            sqlite_where=text("given <> ''"),
            postgresql_where=text("given <> ''"),
        ),
    )

    act_id: Mapped[EnrolmentActId] = mapped_column(ForeignKey("enrolment_acts.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    person_id: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"), index=True)
    given: Mapped[str] = mapped_column(default="")
    """What the list said, kept only where it names nobody."""
    same_as: Mapped[int | None] = mapped_column(Integer)
    """The line that names the same before it."""
    outcome: Mapped[Outcome | None]


class ActivityStateRow(Model):
    """How one activity of an enrolment stands. `score` is the best, from 0 to 1; `place` is where reading stopped.

    `watched` holds, for each film and sound by its file, how long it is, what was seen of it, and where to go on.
    """

    __tablename__ = "activity_states"
    __table_args__ = (
        CheckConstraint("score IS NULL OR (score >= 0 AND score <= 1)", name="score"),
        Index("ix_activity_states_key", "activity_key", "person_id"),
    )

    enrolment_id: Mapped[EnrolmentId] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    activity_id: Mapped[ActivityId] = mapped_column(ForeignKey("course_activities.id"), primary_key=True)
    activity_key: Mapped[ActivityKey]
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    seconds: Mapped[int] = mapped_column(Integer, default=0)
    score: Mapped[Decimal | None]
    passed: Mapped[bool | None] = mapped_column(Boolean)
    scored_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    took_seconds: Mapped[int | None] = mapped_column(Integer)
    """What `seconds` were when it was completed: reading it again later is not what it took."""
    place: Mapped[dict[str, Any]] = mapped_column(default=dict)
    watched: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")


class ActivityResultRow(Model):
    """One result as it came in, with what it rests on; never changed."""

    __tablename__ = "activity_results"
    __table_args__ = (
        Index("ix_activity_results_enrolment", "enrolment_id", "activity_id"),
        Index("ix_activity_results_activity", "activity_id", "at"),
    )

    id: Mapped[ResultId] = mapped_column(primary_key=True, default=new_id)
    enrolment_id: Mapped[EnrolmentId] = mapped_column(ForeignKey("enrolments.id"))
    activity_id: Mapped[ActivityId] = mapped_column(ForeignKey("course_activities.id"))
    at: Mapped[datetime]
    completed: Mapped[bool] = mapped_column(Boolean)
    passed: Mapped[bool | None] = mapped_column(Boolean)
    score: Mapped[Decimal | None]
    seconds: Mapped[int] = mapped_column(Integer)
    evidence: Mapped[dict[str, Any]]


class CompletionRow(Model):
    """A course completed, with the version and the results it rests on; never changed."""

    __tablename__ = "course_completions"
    __table_args__ = (
        Index("ix_course_completions_person", "person_id", "course_id", "completed_at"),
        Index("ix_course_completions_when", "person_id", "completed_at"),
        Index("ix_course_completions_completed_at", "completed_at"),
    )

    id: Mapped[CompletionId] = mapped_column(primary_key=True, default=new_id)
    enrolment_id: Mapped[EnrolmentId] = mapped_column(ForeignKey("enrolments.id"), unique=True)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"))
    course_id: Mapped[CourseId] = mapped_column(ForeignKey("courses.id"), index=True)
    version_id: Mapped[CourseVersionId] = mapped_column(ForeignKey("course_versions.id"))
    completed_at: Mapped[datetime]
    evidence: Mapped[dict[str, Any]]


class FeedbackRow(Model):
    """What somebody says of a course that they completed, in the version they took: one for each enrolment.

    `rating` None is who was asked and passed it over. `revision` grows with each change.
    """

    __tablename__ = "course_feedback"
    __table_args__ = (
        CheckConstraint("rating IS NULL OR (rating >= 1 AND rating <= 5)", name="rating"),
        Index("ix_course_feedback_course", "course_id", "id"),
        Index("ix_course_feedback_rating", "course_id", "rating", "id"),
    )

    id: Mapped[FeedbackId] = mapped_column(primary_key=True, default=new_id)
    enrolment_id: Mapped[EnrolmentId] = mapped_column(ForeignKey("enrolments.id"), unique=True)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), index=True)
    course_id: Mapped[CourseId] = mapped_column(ForeignKey("courses.id"))
    version_id: Mapped[CourseVersionId] = mapped_column(ForeignKey("course_versions.id"), index=True)
    rating: Mapped[int | None] = mapped_column(Integer)
    comment: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(Integer, default=0)
    given_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class CountRow(Model):
    """What is counted of one subject at one place, kept in the transaction that changes it; `rules.counting` says how.

    The subject is a version of a course (its funnel and ratings), an activity of one (begun, completed, its time and
    scores), or all courses. The place is where people are employed today, or a share of everybody. What people have
    done goes with them when they change employer.
    """

    __tablename__ = "learning_counts"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  as SQLAlchemy takes it

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    place_id: Mapped[UUID] = mapped_column(primary_key=True)
    enrolled: Mapped[int] = mapped_column(default=0)
    begun: Mapped[int] = mapped_column(default=0)
    half: Mapped[int] = mapped_column(default=0)
    completed: Mapped[int] = mapped_column(default=0)
    withdrawn: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[int] = mapped_column(default=0)
    passed: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    tenth_0: Mapped[int] = mapped_column(default=0)
    tenth_1: Mapped[int] = mapped_column(default=0)
    tenth_2: Mapped[int] = mapped_column(default=0)
    tenth_3: Mapped[int] = mapped_column(default=0)
    tenth_4: Mapped[int] = mapped_column(default=0)
    tenth_5: Mapped[int] = mapped_column(default=0)
    tenth_6: Mapped[int] = mapped_column(default=0)
    tenth_7: Mapped[int] = mapped_column(default=0)
    tenth_8: Mapped[int] = mapped_column(default=0)
    tenth_9: Mapped[int] = mapped_column(default=0)
    rated_1: Mapped[int] = mapped_column(default=0, server_default="0")
    rated_2: Mapped[int] = mapped_column(default=0, server_default="0")
    rated_3: Mapped[int] = mapped_column(default=0, server_default="0")
    rated_4: Mapped[int] = mapped_column(default=0, server_default="0")
    rated_5: Mapped[int] = mapped_column(default=0, server_default="0")


append_only(ActivityResultRow)
append_only_but_owner(CompletionRow, handed_over=HANDED_OVER)
