"""Marking an attempt anew, since a question of it was faulty: only as it stood when somebody looked, and once."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from lms.kernel.db import db
from lms.quizzes.attempts import queries, rules
from lms.quizzes.attempts.service.deciding import settle
from lms.quizzes.attempts.values import Held
from lms.quizzes.kinds import question_from_json
from lms.quizzes.values import AttemptId, RemarkId, rules_from_json


def mark_anew(
    *,
    attempt_id: AttemptId,
    before: Mapping[int, Held],
    after: Mapping[int, Held],
    score: Decimal | None,
    remark_id: RemarkId,
    now: datetime,
) -> bool:
    """Let answers of a finished attempt, by slot, hold what `after` says, and decide the attempt anew.

    Returns False and changes nothing where they hold something else than `before`, or the attempt has another score.
    One that waits for a person is decided later, as ever; courses hear of one whose score changes.
    """
    attempt = queries.lock_attempt(attempt_id)
    if attempt is None or attempt.finished_at is None or attempt.score != score:
        return False
    paper = [(row, question_from_json(content)) for row, content in queries.list_marked(attempt_id)]
    rows = {row.number: row for row, _question in paper}
    if any(
        number not in rows or queries.slot_of(rows[number]).held != held for number, held in before.items()
    ):
        return False
    for number, held in after.items():
        row = rows[number]
        row.fraction, row.key_id, row.is_left_out = held.fraction, held.key_id, held.is_left_out
    db.session.flush()
    if attempt.passed is None:
        return True
    mark = rules.mark_paper(rules_from_json(attempt.rules), paper)
    if (mark.score, mark.marks, mark.passed or attempt.passed) != (
        attempt.score,
        attempt.marks,
        attempt.passed,
    ):
        settle(attempt, paper, now, remark_id=remark_id)
    return True
