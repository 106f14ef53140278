"""Tables of what certifications ask for beside courses: practice that was logged, and what a trainer gave by hand."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from lms.certificates.cycles.values.deeds import Said
from lms.certificates.values import CertificationId, DeedKey
from lms.identity.values import PersonId
from lms.identity.values.merging import HANDED_OVER
from lms.kernel.db import Model, append_only, append_only_but_owner, new_id


class PracticeRow(Model):
    """Practice that was logged for a person; never changed."""

    __tablename__ = "certification_practice"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="lasts"),
        Index("ix_certification_practice_person", "person_id", "key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    certification_id: Mapped[CertificationId] = mapped_column(ForeignKey("certifications.id"))
    key: Mapped[DeedKey]
    title: Mapped[str]
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"))
    minutes: Mapped[int] = mapped_column(Integer)
    done_on: Mapped[date]
    logged_at: Mapped[datetime]
    logged_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))


class PracticeVerdict(Model):
    """What a trainer said of practice that was logged, once and for all."""

    __tablename__ = "certification_practice_verdicts"

    practice_id: Mapped[UUID] = mapped_column(ForeignKey("certification_practice.id"), primary_key=True)
    is_approved: Mapped[bool]
    at: Mapped[datetime]
    by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))


class GivenRow(Model):
    """An item that a trainer gave a person by hand; never changed."""

    __tablename__ = "certification_given"
    __table_args__ = (Index("ix_certification_given_person", "person_id", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    certification_id: Mapped[CertificationId] = mapped_column(ForeignKey("certifications.id"))
    key: Mapped[DeedKey]
    title: Mapped[str]
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))


class TakenBackRow(Model):
    """That an item which was given by hand was taken back, from that moment on; never changed."""

    __tablename__ = "certification_taken_back"

    given_id: Mapped[UUID] = mapped_column(ForeignKey("certification_given.id"), primary_key=True)
    at: Mapped[datetime]
    by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))


class DeedWords(Model):
    """What was written about a deed, and a file that shows it; all that goes when the person is erased.

    `deed_id` is the id of practice or of what was given; `said` whether it is its evidence or the verdict on it.
    """

    __tablename__ = "certification_deed_words"

    deed_id: Mapped[UUID] = mapped_column(primary_key=True)
    said: Mapped[Said] = mapped_column(primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), index=True)
    words: Mapped[str]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_files.id"), index=True)


for _said in (PracticeVerdict, TakenBackRow):
    append_only(_said)
for _table in (PracticeRow, GivenRow):
    append_only_but_owner(_table, handed_over=HANDED_OVER)
