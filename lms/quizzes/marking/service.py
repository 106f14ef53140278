"""Putting answers into the marking queue, and taking what was decided there."""

from uuid import UUID

from lms.courses import facade as courses
from lms.courses.values.marking import Judgement, Work
from lms.kernel import clock
from lms.kernel.db import db, new_id
from lms.quizzes.attempts import facade as attempts
from lms.quizzes.attempts import queries as sittings
from lms.quizzes.events import AnswerCameLate, AttemptHandedIn
from lms.quizzes.kinds import question_from_json
from lms.quizzes.marking import queries
from lms.quizzes.marking.models import AnswerToMarkRow
from lms.quizzes.marking.values import LATE, SOURCE
from lms.quizzes.values import rules_from_json


def queue_answers(event: AttemptHandedIn) -> None:
    """Put every answer of an attempt that waits for a person into the marking queue, once."""
    attempt = queries.lock_handed_in(event.attempt_id)
    known = queries.refs_of(attempt.id)
    held = rules_from_json(attempt.rules)
    course_id = courses.course_of(attempt.activity_id)
    for slot, content in sittings.list_marked(attempt.id):
        if slot.number not in event.slots or slot.number in known:
            continue
        row = AnswerToMarkRow(id=new_id(), attempt_id=attempt.id, slot=slot.number)
        db.session.add(row)
        db.session.flush()
        courses.add_to_marking(
            Work(
                source=SOURCE,
                ref=row.id,
                title=f"{held.title}: {question_from_json(content).title}",
                course_id=course_id,
                activity_id=attempt.activity_id,
                enrolment_id=attempt.enrolment_id,
                person_id=attempt.person_id,
                waiting_since=attempt.finished_at or clock.now(),
                is_blind=held.blind,
            )
        )


def queue_late(event: AnswerCameLate) -> None:
    """Put an answer that came late into the marking queue."""
    late, attempt, _slot, content = sittings.get_late_with_slot(event.late_answer_id)
    held = rules_from_json(attempt.rules)
    courses.add_to_marking(
        Work(
            source=LATE,
            ref=late.id,
            title=f"{held.title}: {question_from_json(content).title}",
            course_id=courses.course_of(attempt.activity_id),
            activity_id=attempt.activity_id,
            enrolment_id=attempt.enrolment_id,
            person_id=attempt.person_id,
            waiting_since=late.arrived_at,
            is_late=True,
            is_blind=held.blind,
        )
    )


def take_mark(answer_id: UUID, judgement: Judgement) -> None:
    """Let an answer earn what was decided, and its attempt be decided with the last of them."""
    answer = queries.get_answer(answer_id)
    attempts.put_mark(
        attempt_id=answer.attempt_id,
        slot=answer.slot,
        fraction=judgement.score,
        now=judgement.marked_at,
    )
