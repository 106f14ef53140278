"""Exams with essays and files for tests, and what is done with them on both sides."""

import io
from collections.abc import Sequence
from uuid import UUID, uuid4

from lms.app.portal import Portal
from lms.courses import facade as courses
from lms.courses.assignments.queries import work as queue
from lms.courses.assignments.queries.work import Filter, Which
from lms.courses.assignments.values import Given, Waiting
from lms.courses.values import Activity, CourseId
from lms.courses.values.marking import Outcome
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import Role, acting_as
from lms.kernel.uow import run, unit_of_work
from lms.quizzes.attempts import service
from lms.quizzes.attempts.values import Saved
from lms.quizzes.values import AttemptId, Question
from lms.web.pages import PageRequest
from tests.courses.sessions import actor_of as person_of
from tests.quizzes.exams import (
    LEAK,
    VALVE,
    actor_of,
    enrol,
    fill_bank,
    finish,
    fixed,
    give,
    set_up_exam,
    start,
)

ESSAY = {"answer": ["People leave first, then the valve is closed and the leak is found."]}
BEST, WORST = (1, 2), (0, 0)
"""The levels of LEAK's rubric that earn all of it, and nothing."""
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def exam_of(questions: Sequence[Question] = (VALVE, LEAK), **rules: object) -> tuple[CourseId, Activity]:
    """Return a course that is an exam of these questions, and the exam."""
    slug = str(rules.pop("slug", "leaks"))
    bank_id = fill_bank(questions, name=slug.title())
    with unit_of_work(read_only=True):
        draws = fixed(bank_id)
    return set_up_exam(draws, slug=slug, **rules)


def handed_in(exam: Activity, person_id: PersonId, choice: str = "b") -> AttemptId:
    """Let somebody answer VALVE and LEAK and hand in."""
    attempt = start(exam.id, person_id)
    give(attempt, 1, {"answer": [choice]}, person_id)
    give(attempt, 2, ESSAY, person_id)
    finish(attempt, person_id)
    return attempt


def sat(cast_person: PersonId, **rules: object) -> tuple[CourseId, Activity, AttemptId]:
    """Let somebody take an exam of a choice and an essay."""
    course_id, exam = exam_of(**rules)  # type: ignore[arg-type]
    enrol(cast_person, course_id)
    return course_id, exam, handed_in(exam, cast_person)


def send(
    attempt: AttemptId,
    slot: int,
    person_id: PersonId,
    name: str = "plan.png",
    content: bytes = PICTURE,
    *,
    key: UUID | None = None,
) -> Saved:
    """Let somebody add a file to an answer."""
    with unit_of_work():
        return service.add_file(
            attempt_id=attempt,
            slot=slot,
            filename=name,
            upload=io.BytesIO(content),
            client_key=key or uuid4(),
            actor=actor_of(person_id),
            now=clock.now(),
        )


def waiting(app: Portal, marker: PersonId, which: Which = Which.WAITING) -> list[Waiting]:
    """Return what a trainer sees in the marking queue."""
    with unit_of_work(read_only=True):
        actor = person_of(app, marker, Role.TRAINER)
        return list(queue.page_queue(actor, Filter(which=which), clock.now(), PageRequest()).items)


def mark(
    app: Portal,
    marker: PersonId,
    one: Waiting,
    levels: tuple[int | None, ...] = BEST,
    *,
    seen: int = 0,
    comment: str = "",
    reason: str = "",
) -> Outcome:
    """Let a trainer mark work."""
    actor = person_of(app, marker, Role.TRAINER)
    with acting_as(actor):
        return run(
            lambda: courses.mark_work(
                work_id=one.id,
                seen=seen,
                given=Given(levels=levels, comment=comment, reason=reason),
                actor=actor,
                now=clock.now(),
            )
        )


def completed(person_id: PersonId, course_id: CourseId) -> bool:
    """Return whether somebody has completed a course."""
    with unit_of_work(read_only=True):
        return (person_id, course_id) in courses.completions([person_id], [course_id])
