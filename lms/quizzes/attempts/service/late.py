"""Answers that come when none is taken any more: kept for a person, who lets them count or not."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from flask_babel import gettext as _

from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import Conflict
from lms.quizzes.attempts import queries, rules
from lms.quizzes.attempts.models import AnswerRow, AttemptRow, LateAnswerRow, SlotRow
from lms.quizzes.attempts.service.answering import person_of
from lms.quizzes.attempts.service.deciding import settle
from lms.quizzes.attempts.values import Late, tries_from_json
from lms.quizzes.bank import queries as bank
from lms.quizzes.errors import NotNow
from lms.quizzes.events import AnswerCameLate, LateAnswerDecided
from lms.quizzes.kinds import Form, kind_of, question_from_json, response_from_json, response_in
from lms.quizzes.values import (
    AnswerId,
    AttemptId,
    LateAnswerId,
    Question,
    Response,
    Why,
    response_to_json,
    rules_from_json,
)
from lms.quizzes.values.sections import Where, stands_at

LATE_AT_MOST = 400
"""How many answers of one attempt wait for a person at most."""


def keep_late(
    *,
    attempt_id: AttemptId,
    slot: int,
    form: Form,
    name: str,
    late: Late,
    actor: Actor,
    now: datetime,
) -> bool:
    """Keep an answer that is not taken any more, for a person to decide; return whether it is kept.

    The same key again is the same answer. What no form of ours could send is InvalidResponse.
    """
    attempt, row, content = queries.lock_slot(attempt_id, slot, person_of(actor))
    question = question_from_json(content)
    response = response_in(question, form, name, row.order)
    if queries.is_known_late(attempt_id, late.key):
        return True
    if late.age is not None and not timedelta() <= late.age <= rules.AGE_MOST:
        late = replace(late, age=None, device_at=None)
    if not _is_for_a_person(attempt, row, response, late, now):
        return False
    kept = LateAnswerRow(
        id=LateAnswerId(new_id()),
        attempt_id=attempt_id,
        slot=slot,
        client_key=late.key,
        given=response_to_json(response),
        why=late.why,
        device_at=late.device_at,
        age_seconds=None if late.age is None else int(late.age.total_seconds()),
        arrived_at=now,
        counts=None,
        decided_at=None,
        before=None,
    )
    db.session.add(kept)
    db.session.flush()
    events.record(
        AnswerCameLate(
            attempt_id=attempt_id,
            late_answer_id=kept.id,
            person_id=attempt.person_id,
            slot=slot,
            why=late.why,
        )
    )
    return True


def _is_for_a_person(
    attempt: AttemptRow, row: SlotRow, response: Response, late: Late, now: datetime
) -> bool:
    quiz_rules = rules_from_json(attempt.rules)
    counting = row.given or response_to_json(type(response)())
    # Nobody decides about a survey, about a file that was never stored, or about what counts already.
    if quiz_rules.is_survey or response.file_ids or response_to_json(response) == counting:
        return False
    if queries.count_late(attempt.id) >= LATE_AT_MOST:
        return False
    ends = [one for one in (attempt.deadline_at, attempt.finished_at) if one is not None]
    if late.why is Why.DEVICE and attempt.finished_at is None:
        return True
    if late.why is Why.SECTION and attempt.finished_at is None:
        at = stands_at(quiz_rules, Where(attempt.section, attempt.section_ends_at), now)
        # Its page may have been open for long: without a word of when it was given, it came too late.
        return late.age is not None and at is not None and row.section < at.section
    return bool(ends) and rules.is_for_a_person(
        ends,
        None if late.age is None else now - late.age,
        now,
        grace=timedelta(minutes=quiz_rules.sitting.grace_minutes),
        by_time=late.why is Why.TIME,
    )


def decide_late(*, late_answer_id: LateAnswerId, counts: bool, now: datetime) -> None:
    """Let an answer that came late count, or not; what the attempt earned is decided anew.

    Decided otherwise later, what was in its place is there again.
    """
    late = queries.get_late(late_answer_id)
    attempt = queries.lock_attempt(late.attempt_id)
    if attempt is None or attempt.finished_at is None:
        raise NotNow(_("The attempt is under way. Decide once it is over."))
    late = queries.get_late(late_answer_id)
    if late.counts is counts:
        return
    paper = [(row, question_from_json(content)) for row, content in queries.list_marked(attempt.id)]
    row, question = next((row, question) for row, question in paper if row.number == late.slot)
    if counts:
        _check_not_marked(row, question)
        late.before = row.given
        _put(row, response_from_json(late.given), late.client_key, late.arrived_at, question)
    elif late.counts and row.given == late.given:
        before = late.before
        blank = type(response_from_json(late.given))()
        _put(row, response_from_json(before) if before is not None else blank, uuid4(), now, question)
    was_counting = bool(late.counts)
    late.counts, late.decided_at = counts, now
    if counts or was_counting:
        given = response_from_json(row.given) if row.given is not None else None
        tries = tries_from_json(row.tries)
        row.fraction = rules.fraction_in(rules_from_json(attempt.rules), _held(row, question), tries, given)
        db.session.flush()
        settle(attempt, paper, now)
    db.session.flush()
    events.record(
        LateAnswerDecided(
            attempt_id=attempt.id,
            late_answer_id=late.id,
            person_id=attempt.person_id,
            slot=late.slot,
            counts=counts,
        )
    )


def _held(row: SlotRow, question: Question) -> Question:
    """Return a question by the key that holds for an answer now: it may have been marked anew by another."""
    if row.key_id is None:
        return question
    return rules.keyed(
        question, question_from_json(bank.list_versions([row.key_id])[row.key_id].content), row.drawn
    )


def _check_not_marked(row: SlotRow, question: Question) -> None:
    given = response_from_json(row.given) if row.given is not None else None
    is_marked = kind_of(question).is_graded_by_person and row.fraction is not None
    if is_marked and given is not None and given != type(given)():
        raise Conflict(_("A person has marked what was saved in time. Mark that anew instead."))


def _put(row: SlotRow, response: Response, key: UUID, at: datetime, question: Question) -> None:
    """Put an answer into its place, and into the log of answers, from which an attempt can be marked again."""
    row.answer_count += 1
    row.given, row.saved_at = response_to_json(response), at
    row.is_answered = kind_of(question).is_complete(question, response)
    db.session.add(
        AnswerRow(
            id=AnswerId(new_id()),
            attempt_id=row.attempt_id,
            slot=row.number,
            number=row.answer_count,
            client_key=key,
            given=row.given,
            saved_at=at,
        )
    )
    db.session.flush()
