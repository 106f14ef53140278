"""Courses for tests: written as an author writes them, and taken as a learner takes them."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from lms.courses import facade as courses
from lms.courses.authoring import queries
from lms.courses.authoring import service as authoring
from lms.courses.authoring.values import CourseFacts
from lms.courses.values import (
    Activity,
    ActivityKey,
    CompletionRule,
    CourseId,
    EnrolmentId,
    EnrolmentSource,
    Lock,
    SectionKey,
)
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work


def write_course(
    slug: str = "cold-loops",
    sections: Sequence[Sequence[str]] = (("Parts of a loop", "Superheat"), ("Alarms",)),
    *,
    title: str = "Cold loops",
    publish: bool = True,
    optional: Sequence[str] = (),
    **facts: object,
) -> CourseId:
    """Return a new course whose lessons have these titles, published unless told otherwise."""
    now = clock.now()
    with unit_of_work(), acting_as(SYSTEM):
        course_id = courses.create_course(
            course_id=CourseId(new_id()),
            facts=CourseFacts(title=title, slug=slug, **facts),  # type: ignore[arg-type]
            actor=SYSTEM,
            now=now,
        )
        for number, lessons in enumerate(sections, 1):
            section = SectionKey(new_id())
            courses.add_section(
                course_id=course_id, key=section, title=f"Part {number}", actor=SYSTEM, now=now
            )
            for lesson in lessons:
                add_page(course_id, section, lesson, is_required=lesson not in optional)
        if publish:
            courses.publish(course_id=course_id, actor=SYSTEM, now=now)
    return course_id


def add_page(
    course_id: CourseId, section: SectionKey, title: str, *, is_required: bool = True
) -> ActivityKey:
    """Add a page with a line of text to the draft, inside a unit of work."""
    now = clock.now()
    key = courses.add_activity(
        course_id=course_id,
        section_key=section,
        key=ActivityKey(new_id()),
        kind="page",
        title=title,
        actor=SYSTEM,
        now=now,
    )
    courses.edit_activity(
        course_id=course_id,
        key=key,
        title=title,
        minutes=5,
        is_required=is_required,
        body=f"All about **{title}**.\n",
        revision=1,
        actor=SYSTEM,
        now=now,
    )
    return key


def edit_first(course_id: CourseId, body: str) -> None:
    """Give the first page another text, which opens a draft."""
    with unit_of_work(), acting_as(SYSTEM):
        editor = queries.get_editor(course_id)
        item = editor.items[0]
        page = queries.get_page(editor.version_id, item.key)
        authoring.edit_activity(
            course_id=course_id,
            key=item.key,
            title=item.title,
            minutes=item.minutes,
            is_required=item.is_required,
            body=body,
            revision=page.revision,
            actor=SYSTEM,
            now=clock.now(),
        )


def publish(course_id: CourseId) -> None:
    """Publish the draft."""
    with unit_of_work(), acting_as(SYSTEM):
        courses.publish(course_id=course_id, actor=SYSTEM, now=clock.now())


def enrol(person_id: PersonId, course_id: CourseId, *, due_on: date | None = None) -> EnrolmentId:
    """Enrol a person."""
    with unit_of_work(), acting_as(SYSTEM):
        made = courses.enrol(
            person_id=person_id,
            course_id=course_id,
            source=EnrolmentSource.SELF,
            due_on=due_on,
            actor=SYSTEM,
            now=clock.now(),
        )
    assert made is not None, "all places of the course are taken"
    return made


def activities_of(course_id: CourseId) -> Sequence[Activity]:
    """Return the activities of the published version."""
    return courses.list_activities(course_id)


def complete(
    enrolment_id: EnrolmentId,
    activity: Activity,
    *,
    score: str | None = None,
    passed: bool | None = None,
    now: datetime | None = None,
) -> None:
    """Record that an activity was completed."""
    with unit_of_work(), acting_as(SYSTEM):
        courses.record_result(
            enrolment_id=enrolment_id,
            activity_id=activity.id,
            completed=True,
            passed=passed,
            score=Decimal(score) if score else None,
            seconds=60,
            evidence={"test": True},
            now=now or clock.now(),
        )


def ask_of(
    course_id: CourseId,
    place: int,
    *,
    rule: CompletionRule | None = None,
    locks: Sequence[Lock] | None = None,
    body: str | None = None,
) -> None:
    """Choose what completes the activity at that place of the draft, what keeps it shut, and what it says."""
    with unit_of_work(), acting_as(SYSTEM):
        editor = queries.get_editor(course_id)
        item = editor.items[place]
        authoring.edit_activity(
            course_id=course_id,
            key=item.key,
            title=item.title,
            minutes=item.minutes,
            is_required=item.is_required,
            rule=rule,
            locks=locks,
            body=body,
            revision=queries.get_page(editor.version_id, item.key).revision,
            actor=SYSTEM,
            now=clock.now(),
        )


def key_of(course_id: CourseId, place: int) -> ActivityKey:
    """Return the key of the activity at that place of what the author edits."""
    with unit_of_work(read_only=True):
        return queries.get_editor(course_id).items[place].key


def wait_for(course_id: CourseId, place: int, *firsts: int) -> None:
    """Lock the activity at a place of the draft until those at other places are done."""
    ask_of(course_id, place, locks=[Lock("after", str(key_of(course_id, first))) for first in firsts])
