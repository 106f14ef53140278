"""Attempts under way get the time that their owner was given."""

from dataclasses import replace
from datetime import datetime

from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.db import db
from lms.quizzes.attempts import queries, rules
from lms.quizzes.events import AttemptExtended
from lms.quizzes.sittings import facade as sittings
from lms.quizzes.values import QuizId, rules_from_json, rules_to_json
from lms.quizzes.values.sections import Where, last_end, prolonged, stands_at


def extend_attempts(person_id: PersonId, quiz_id: QuizId | None, now: datetime) -> None:
    """Let a person's open attempts, at one exam or at each, end as late as their extra time says; never earlier."""
    for attempt in queries.lock_open(person_id, quiz_id):
        if attempt.deadline_at is None:
            continue
        extra = sittings.find_extra(person_id, attempt.quiz_id)
        was = rules_from_json(attempt.rules)
        held = replace(was, extra=extra)
        ends = [rules.deadline_of(held, attempt.started_at)]
        if held.is_by_section:
            # What is closed by now stays closed.
            at = stands_at(was, Where(attempt.section, attempt.section_ends_at), now)
            if at is None:
                continue
            at = prolonged(was, at, extra)
            ends.append(last_end(held, at))
            attempt.section, attempt.section_ends_at = at.section, at.ends_at
        ends_at = min((one for one in ends if one is not None), default=None)
        if ends_at is None or ends_at <= attempt.deadline_at:
            continue
        attempt.deadline_at, attempt.rules = ends_at, rules_to_json(held)
        events.record(AttemptExtended(attempt_id=attempt.id, person_id=person_id, deadline_at=ends_at))
    db.session.flush()
