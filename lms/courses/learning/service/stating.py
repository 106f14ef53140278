"""What learners did, told to the record store after its commit."""

from collections.abc import Sequence

from lms.courses.events import CourseCompleted
from lms.courses.events.learning import ActivityCompleted
from lms.courses.learning.queries.things import courses_completed, things_of
from lms.kernel import clock
from lms.kernel.events import Past
from lms.lrs import facade as lrs
from lms.lrs.values import Fact, Verb


def state_activities(past: Sequence[Past]) -> None:
    """Say of each activity that it is completed, and with what result."""
    facts: list[ActivityCompleted] = [one.fact for one in past]
    things = things_of({fact.activity_id for fact in facts})
    lrs.tell(
        [
            Fact(
                id=one.id,
                at=one.at,
                person_id=fact.person_id,
                verb=Verb.COMPLETED,
                thing=things[fact.activity_id][0],
                within=things[fact.activity_id][1:],
                registration=fact.enrolment_id,
                completion=True,
                success=fact.passed,
                scaled=fact.score,
                seconds=fact.seconds,
            )
            for one, fact in zip(past, facts, strict=True)
        ],
        now=clock.now(),
    )


def state_courses(past: Sequence[Past]) -> None:
    """Say of each course that it is completed."""
    facts: list[CourseCompleted] = [one.fact for one in past]
    completed = courses_completed({fact.completion_id for fact in facts})
    lrs.tell(
        [
            Fact(
                id=one.id,
                at=one.at,
                person_id=fact.person_id,
                verb=Verb.COMPLETED,
                thing=completed[fact.completion_id][1],
                registration=completed[fact.completion_id][0],
                completion=True,
            )
            for one, fact in zip(past, facts, strict=True)
        ],
        now=clock.now(),
    )
