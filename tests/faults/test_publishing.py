"""kill -9 amid publishing: a version is out with all that follows, or nothing of it is, and nobody loses a lesson."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from lms.courses.authoring import queries as authoring
from lms.courses.authoring.models import CourseVersionRow
from lms.courses.learning.models import ActivityStateRow, EnrolmentRow
from lms.courses.values import CourseId, LearnerGroup, VersionState
from lms.identity import service as identity
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from tests.courses.courses import activities_of, add_page, complete, enrol, write_course
from tests.support.guests import House, house
from tests.support.hands import Hand, killing_all, until_told

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LESSONS, LEARNERS, TURNS, KILLS = 150, 40, 3, 6


def _learners(home: House, course_id: CourseId) -> None:
    """Put people into the middle of a course: each has done the first lesson."""
    first = activities_of(course_id)[0]
    for number in range(LEARNERS):
        with unit_of_work(), acting_as(SYSTEM):
            person_id = identity.add_person(
                email=f"inside.{number}@readers.example", name=f"Inside {number}", now=clock.now()
            )
        complete(enrol(person_id, course_id), first, score="0.7")


def test_a_version_published_while_everything_dies_is_out_once_and_takes_every_learner_along(tmp_path):
    with house(tmp_path / "house") as home:
        titles = [f"Lesson {number}" for number in range(LESSONS)]
        course_id = write_course(sections=(titles,))
        _learners(home, course_id)
        trainer = Hand(home, home.cast.tomas)
        moved = {group.value: "move" for group in LearnerGroup}
        died = 0
        for turn in range(TURNS):
            with unit_of_work(), acting_as(SYSTEM):
                add_page(course_id, authoring.get_editor(course_id).sections[0].key, f"More {turn}")
            with killing_all(home, turn, kills=KILLS, apart=(0.005, 0.06)) as killed:
                trainer.send(f"/author/courses/{course_id}/publish", moved)
            died += len(killed)
            until_told(home)
            with unit_of_work(read_only=True):
                versions = db.session.scalars(
                    select(CourseVersionRow.state).where(CourseVersionRow.course_id == course_id)
                ).all()
                current = authoring.get_editor(course_id).version_id
                enrolments = db.session.scalars(
                    select(EnrolmentRow).where(EnrolmentRow.course_id == course_id)
                ).all()
                done = db.session.scalar(
                    select(func.count())
                    .select_from(ActivityStateRow)
                    .join(EnrolmentRow, EnrolmentRow.id == ActivityStateRow.enrolment_id)
                    .where(EnrolmentRow.version_id == current, ActivityStateRow.completed_at.is_not(None))
                )
                published = db.session.scalar(
                    select(func.count())
                    .select_from(AuditEntry)
                    .where(AuditEntry.action == "CoursePublished", AuditEntry.subject_id == course_id)
                )
            assert Counter(versions) == {VersionState.PUBLISHED: turn + 2}
            assert published == turn + 2
            assert {one.version_id for one in enrolments} == {current}
            assert [one.done_count for one in enrolments] == [1] * LEARNERS
            assert done == LEARNERS * (turn + 2)
        assert died > TURNS, "nobody was killed"
        assert trainer.interrupted, "no request was cut off: nothing was proved"
