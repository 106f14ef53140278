"""Exams gone through section by section: which is open, held by the server, and closing one for the next."""

from datetime import datetime

from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.quizzes.attempts import queries
from lms.quizzes.attempts.service.answering import check_device, person_of
from lms.quizzes.attempts.service.taking import finish
from lms.quizzes.values import AttemptId, rules_from_json
from lms.quizzes.values.sections import Where, last_end, left_at, stands_at


def close_section(*, attempt_id: AttemptId, section: int, actor: Actor, now: datetime) -> None:
    """Close the section one stands in for good and enter the next; the last one ends the attempt.

    A second time changes nothing, nor does closing one that is closed already: two clicks and two windows agree.
    OtherDevice if the attempt is under way elsewhere.
    """
    queries.get_attempt(attempt_id, actor)
    person_of(actor)
    attempt = queries.lock_attempt(attempt_id)
    if attempt is None or attempt.finished_at is not None:
        return
    check_device(attempt, actor)
    quiz_rules = rules_from_json(attempt.rules)
    at = stands_at(quiz_rules, Where(attempt.section, attempt.section_ends_at), now)
    if not quiz_rules.is_by_section or (at is not None and at.section != section):
        return
    after = None if at is None else left_at(quiz_rules, at, now)
    if after is None:
        finish(attempt_id, now)
        return
    attempt.section, attempt.section_ends_at = after.section, after.ends_at
    ends = [one for one in (attempt.deadline_at, last_end(quiz_rules, after)) if one is not None]
    # What is not used of a section is not given to the next: the attempt ends so much earlier.
    attempt.deadline_at = min(ends, default=None)
    db.session.flush()
