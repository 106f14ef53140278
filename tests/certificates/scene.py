"""What tests of certificates play with: a course with a lesson and an exam, a certification, and deeds of people."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from lms.audiences import facade as audiences
from lms.audiences.values import AudienceId
from lms.audiences.values import Rule as Meant
from lms.certificates import facade as certificates
from lms.certificates.values import AllOf, CertificationId, CourseDone, Rule, ScoreReached, Words
from lms.courses import facade as courses
from lms.courses.authoring.models import ActivityRow, CourseRow, CourseVersionRow, SectionRow
from lms.courses.learning.models import EnrolmentRow
from lms.courses.values import (
    ActivityId,
    ActivityKey,
    CourseId,
    CourseVersionId,
    EnrolmentId,
    EnrolmentSource,
    VersionState,
)
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from tests.support.portal import Cast

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(frozen=True)
class Lessons:
    """A published course: one lesson, one exam."""

    course_id: CourseId
    lesson_id: ActivityId
    exam_id: ActivityId
    exam_key: ActivityKey
    slug: str
    title: str

    def done(self) -> CourseDone:
        """Return what asks for the course."""
        return CourseDone(self.course_id, self.title)

    def scored(self, minimum: str = "0.8") -> ScoreReached:
        """Return what asks for the exam."""
        return ScoreReached(self.exam_key, self.course_id, f"Exam: {self.title}", Decimal(minimum), 40)


def publish_course(title: str, *, minutes: int = 90) -> Lessons:
    """Store a published course of one lesson and one exam; call it inside a unit of work."""
    now = clock.now()
    slug = title.lower().replace(" ", "-")
    course = CourseRow(
        id=CourseId(new_id()), slug=slug, title=title, summary="", level=None, created_at=now, changed_at=now
    )
    db.session.add(course)
    db.session.flush()
    version = CourseVersionRow(
        id=CourseVersionId(new_id()),
        course_id=course.id,
        number=1,
        state=VersionState.DRAFT,
        minutes=minutes,
        activity_count=2,
        required_count=2,
        created_at=now,
        published_at=None,
    )
    db.session.add(version)
    db.session.flush()
    section = SectionRow(id=new_id(), key=new_id(), version_id=version.id, position=1, title="All of it")
    db.session.add(section)
    db.session.flush()
    rows = [
        ActivityRow(
            id=ActivityId(new_id()),
            key=ActivityKey(new_id()),
            version_id=version.id,
            section_id=section.id,
            position=position,
            kind=kind,
            title=name,
            minutes=length,
        )
        for position, (kind, name, length) in enumerate(
            (("page", "A lesson", minutes - 40), ("quiz", f"Exam: {title}", 40)), 1
        )
    ]
    db.session.add_all(rows)
    db.session.flush()
    version.state, version.published_at = VersionState.PUBLISHED, now
    course.published_id = version.id
    db.session.flush()
    return Lessons(course.id, rows[0].id, rows[1].id, rows[1].key, slug, title)


@dataclass(frozen=True)
class Scene:
    """One certification that asks for a course and 80 % in its exam, for twelve months, thirty days of grace."""

    course: Lessons
    certification_id: CertificationId
    rule: Rule

    def learn(self, person_id: PersonId, score: str | None = "0.9", course: Lessons | None = None) -> None:
        """Let a person take the whole course with this score in the exam; None leaves the exam out."""
        with unit_of_work(), acting_as(SYSTEM):
            taken = course or self.course
            enrolment_id = enrol(person_id, taken)
            record(enrolment_id, taken.lesson_id, None)
            if score is not None:
                record(enrolment_id, taken.exam_id, score)

    def assign(self, person_id: PersonId, due_on: date | None = None) -> None:
        """Ask a person for the certificate, as the system."""
        with unit_of_work(), acting_as(SYSTEM):
            certificates.assign(
                person_id=person_id,
                certification_id=self.certification_id,
                due_on=due_on,
                actor=SYSTEM,
                now=clock.now(),
            )

    def holds(self, person_id: PersonId) -> bool:
        """Return whether a person's certificate counts now."""
        with unit_of_work(read_only=True):
            return bool(
                certificates.holdings(
                    people=[person_id], certification_ids=[self.certification_id], at=clock.now()
                )
            )


def enrol(person_id: PersonId, course: Lessons) -> EnrolmentId:
    """Enrol a person, as the system."""
    made = courses.enrol(
        person_id=person_id,
        course_id=course.course_id,
        source=EnrolmentSource.TRAINER,
        due_on=None,
        actor=SYSTEM,
        now=clock.now(),
    )
    assert made is not None, "all places of the course are taken"
    return made


def open_enrolment(person_id: PersonId, course: Lessons) -> EnrolmentId | None:
    """Return a person's open enrolment."""
    return db.session.scalar(
        select(EnrolmentRow.id).where(
            EnrolmentRow.person_id == person_id,
            EnrolmentRow.course_id == course.course_id,
            EnrolmentRow.ended_at.is_(None),
        )
    )


def record(enrolment_id: EnrolmentId, activity_id: ActivityId, score: str | None) -> None:
    """Record a result: a lesson read, or an exam of a pass mark of 50 % taken with this score."""
    courses.record_result(
        enrolment_id=enrolment_id,
        activity_id=activity_id,
        completed=True,
        passed=None if score is None else Decimal(score) >= Decimal("0.5"),
        score=None if score is None else Decimal(score),
        seconds=60,
        evidence={},
        now=clock.now(),
    )


def define(cast: Cast, code: str, title: str, rule: Rule, *, glyph: str = "cold") -> CertificationId:
    """Define a certification that technicians need; call it inside a unit of work."""
    return certificates.define_certification(
        certification_id=CertificationId(new_id()),
        words=Words(
            code=code,
            title=title,
            glyph=glyph,
            description="Reads a plant and tunes its loops.",
            brand_id=cast.cold,
            needed_by=frozenset({cast.technician}),
        ),
        rule=rule,
        actor=SYSTEM,
        now=clock.now(),
    )


@pytest.fixture
def scene(cast: Cast) -> Scene:
    """Return a course and the certification that asks for it, in the test's portal."""
    return set_scene(cast)


def set_scene(cast: Cast) -> Scene:
    """Make a course and the certification that asks for it."""
    with unit_of_work(), acting_as(SYSTEM):
        course = publish_course("Refrigeration Control")
        rule = Rule(
            requirement=AllOf((course.done(), course.scored())),
            active_months=12,
            renewal_window_days=60,
            grace_days=30,
        )
        return Scene(course, define(cast, "HC-RCE", "Refrigeration Control Engineer", rule), rule)


def mean(audience_id: AudienceId, *people: PersonId, seen: int | None = None) -> None:
    """Let an audience be these people; `seen` is its version before, None for a new one."""
    with unit_of_work(), acting_as(SYSTEM):
        audiences.save_audience(
            audience_id=audience_id,
            name="Site engineers",
            note="",
            rule=Meant(people=frozenset(people)),
            actor=SYSTEM,
            now=clock.now(),
            seen=seen,
        )
