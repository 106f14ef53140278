"""What an attempt earned: decided when it is handed in, or once a person has marked the last of its answers."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from lms.courses import facade as courses
from lms.courses.values import Word
from lms.kernel import events
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.quizzes.attempts import queries, rules
from lms.quizzes.attempts.models import AttemptRow, SlotRow
from lms.quizzes.events import AttemptFinished, AttemptHandedIn, AttemptMarkedAnew
from lms.quizzes.kinds import question_from_json
from lms.quizzes.values import AttemptId, EndedBy, Grading, Question, QuizRules, RemarkId, rules_from_json

Paper = Sequence[tuple[SlotRow, Question]]


def put_mark(*, attempt_id: AttemptId, slot: int, fraction: Decimal, now: datetime) -> None:
    """Let an answer of a finished attempt earn what a person says; the last one that waited decides the attempt."""
    attempt = queries.lock_attempt(attempt_id)
    if attempt is None or attempt.finished_at is None:
        raise NotFound
    paper = [(row, question_from_json(content)) for row, content in queries.list_marked(attempt_id)]
    for row, _question in paper:
        if row.number == slot:
            row.fraction = fraction
    db.session.flush()
    quiz_rules = rules_from_json(attempt.rules)
    if attempt.passed is None and any(
        rules.is_awaiting(quiz_rules, question, row.fraction) for row, question in paper
    ):
        return
    settle(attempt, paper, now)


def settle(attempt: AttemptRow, paper: Paper, now: datetime, *, remark_id: RemarkId | None = None) -> None:
    """Say what an attempt earned, and tell courses; while answers wait for a person say that alone.

    One that was decided before is decided anew: who passed stays passed. `remark_id` is the act on many, if any.
    """
    quiz_rules = rules_from_json(attempt.rules)
    waiting = tuple(
        slot.number for slot, question in paper if rules.is_awaiting(quiz_rules, question, slot.fraction)
    )
    if waiting:
        events.record(
            AttemptHandedIn(
                attempt_id=attempt.id,
                quiz_id=attempt.quiz_id,
                person_id=attempt.person_id,
                enrolment_id=attempt.enrolment_id,
                activity_key=attempt.activity_key,
                slots=waiting,
                ended_by=attempt.ended_by or EndedBy.LEARNER,
            )
        )
        return
    mark = rules.mark_paper(quiz_rules, paper)
    before, was = attempt.passed, attempt.score
    passed = mark.passed or bool(before)
    attempt.earned, attempt.score, attempt.passed = mark.earned, mark.score, passed
    attempt.marks = mark.marks
    db.session.flush()
    if before is not None:
        events.record(
            AttemptMarkedAnew(
                attempt_id=attempt.id,
                quiz_id=attempt.quiz_id,
                person_id=attempt.person_id,
                was=was,
                score=mark.score,
                passed=passed,
                remark_id=remark_id,
            )
        )
    tell(attempt, quiz_rules, now, is_first=before is None)


def tell(attempt: AttemptRow, quiz_rules: QuizRules, now: datetime, *, is_first: bool = True) -> None:
    """Tell what an attempt came to: whoever listens, if it is decided for the first time, and its course."""
    if attempt.passed is None or attempt.finished_at is None:
        return
    if is_first:
        events.record(
            AttemptFinished(
                attempt_id=attempt.id,
                quiz_id=attempt.quiz_id,
                person_id=attempt.person_id,
                enrolment_id=attempt.enrolment_id,
                activity_key=attempt.activity_key,
                score=attempt.score,
                passed=attempt.passed,
                ended_by=attempt.ended_by or EndedBy.LEARNER,
                is_survey=quiz_rules.is_survey,
            )
        )
    ended_at = attempt.finished_at
    # The best needs no look at the others: the course keeps it.
    standing = (
        None
        if quiz_rules.grading is Grading.BEST
        else rules.graded(quiz_rules.grading, queries.list_scores(attempt.enrolment_id, attempt.activity_key))
    )
    courses.record_result(
        enrolment_id=attempt.enrolment_id,
        activity_id=attempt.activity_id,
        completed=attempt.passed,
        passed=None if quiz_rules.is_survey else attempt.passed,
        score=attempt.score,
        # Its time was counted when it was decided first.
        seconds=rules.seconds_taken(attempt.started_at, attempt.deadline_at, ended_at) if is_first else 0,
        evidence={"attempt_id": str(attempt.id)},
        now=now,
        word=Word.ACTIVITY if ended_at == now else Word.MARKER,
        standing=standing,
    )
