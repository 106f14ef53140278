"""What is decided about work that was handed in becomes a result of its activity."""

from lms.courses.assignments.values import KIND
from lms.courses.learning import facade as learning
from lms.courses.values import Word
from lms.courses.values.marking import Judgement, Outcome, Work


def record(work: Work, judgement: Judgement) -> None:
    """Have learning take a decision, with what it rests on; work that is returned decides nothing yet."""
    if judgement.outcome is Outcome.RETURNED:
        return
    learning.record_result(
        enrolment_id=work.enrolment_id,
        activity_id=work.activity_id,
        completed=True,
        passed=judgement.outcome is Outcome.PASSED,
        score=judgement.score,
        seconds=0,
        evidence={
            "kind": KIND,
            "hand_in": str(work.ref),
            "mark": judgement.number,
            "levels": list(judgement.levels),
            "points": judgement.points,
            "marker": str(judgement.marked_by) if judgement.marked_by else None,
        },
        now=judgement.marked_at,
        word=Word.TRAINER,
    )
