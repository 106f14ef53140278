"""The figure of enrolment: a trainer gives a course to an audience of 10,000 among 100,000 people.

What is timed is the whole of it: the save that lists them, and every batch of the job until the last has committed,
with its events, audit and outbox. Telling people comes after, through the outbox, and is not in it.
"""

import time
from collections.abc import Iterator

from sqlalchemy import func, insert, select

from bench import meant
from bench.data import thrown_away
from bench.figures import Figure, is_wanted
from bench.world import NOW
from lms.audiences import facade as audiences
from lms.audiences.models import AudienceMember
from lms.audiences.values import AudienceId
from lms.courses import facade as courses
from lms.courses.authoring.values import CourseAccess, CourseFacts
from lms.courses.learning import jobs
from lms.courses.learning.models import EnrolmentRow
from lms.courses.values import ActivityKey, CourseId, DueRule, SectionKey
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work

ENROLLED, GOAL_S = 10_000, 5


def figures(suffix: str) -> Iterator[Figure]:
    """Yield the figure; `suffix` names the database where it is not SQLite."""
    yield Figure(f"enrol_{ENROLLED}_by_audience.s{suffix}", "s", GOAL_S)


def measure(pattern: str | None, database_url: str | None, suffix: str) -> dict[str, float]:
    """Return the figure if `pattern` asks for it."""
    (figure,) = figures(suffix)
    if not is_wanted(figure.name, pattern):
        return {}
    with thrown_away(database_url, name="guildhall_bench_enrolling"):
        seconds = _enrol(*_build())
    return {figure.name: seconds}


def _build() -> tuple[CourseId, AudienceId]:
    world = meant.write(meant.PEOPLE)
    with unit_of_work(), acting_as(SYSTEM):
        audience_id = audiences.list_audiences()[0].id
        db.session.execute(
            insert(AudienceMember),
            [
                {"audience_id": audience_id, "person_id": one, "since": NOW}
                for one in world.people[:: meant.PEOPLE // ENROLLED]
            ],
        )
        return _write_course(), audience_id


def _write_course() -> CourseId:
    course_id = courses.create_course(
        course_id=CourseId(new_id()), facts=CourseFacts(title="Cold", slug="cold"), actor=SYSTEM, now=NOW
    )
    section, key = SectionKey(new_id()), ActivityKey(new_id())
    courses.add_section(course_id=course_id, key=section, title="Part", actor=SYSTEM, now=NOW)
    courses.add_activity(
        course_id=course_id, section_key=section, key=key, kind="page", title="One", actor=SYSTEM, now=NOW
    )
    courses.edit_activity(
        course_id=course_id,
        key=key,
        title="One",
        minutes=5,
        is_required=True,
        body="All about it.",
        revision=1,
        actor=SYSTEM,
        now=NOW,
    )
    courses.publish(course_id=course_id, actor=SYSTEM, now=NOW)
    return course_id


def _enrol(course_id: CourseId, audience_id: AudienceId) -> float:
    access = CourseAccess(enrolled=frozenset({audience_id}), due=DueRule(days=30))
    began = time.perf_counter()
    with acting_as(SYSTEM):
        with unit_of_work():
            courses.set_access(course_id=course_id, access=access, actor=SYSTEM, now=NOW)
        jobs.act()
    spent = time.perf_counter() - began
    with unit_of_work(read_only=True):
        enrolled = db.session.scalar(select(func.count()).select_from(EnrolmentRow))
    if enrolled != ENROLLED:
        raise AssertionError(f"{enrolled} people were enrolled, not {ENROLLED}")
    return spent
