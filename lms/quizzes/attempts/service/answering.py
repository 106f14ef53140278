"""Answers as they come: each kept once under its page's name for it, and checked where an exam tells before it ends."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.dialects import postgresql, sqlite

from lms.identity.values import PersonId
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import Forbidden, NotFound
from lms.quizzes.attempts import queries, rules
from lms.quizzes.attempts.models import AnswerRow, AttemptRow, SlotRow
from lms.quizzes.attempts.values import (
    Attempt,
    Checked,
    CheckOutcome,
    Given,
    Saved,
    Standing,
    Try,
    tries_from_json,
    tries_to_json,
)
from lms.quizzes.errors import (
    AlreadyChecked,
    AttemptOver,
    InvalidResponse,
    OtherDevice,
    SectionClosed,
    TooLate,
)
from lms.quizzes.kinds import Form, kind_of, question_from_json, response_from_json, response_in
from lms.quizzes.policy import may_take
from lms.quizzes.values import AnswerId, AttemptId, Question, Response, response_to_json, rules_from_json
from lms.quizzes.values.sections import Where, stands_at
from lms.web.words import said

UNTOLD: Final = Given()


def save_answer(
    *,
    attempt_id: AttemptId,
    slot: int,
    form: Form,
    name: str = "answer",
    client_key: UUID,
    told: Given = UNTOLD,
    actor: Actor,
    now: datetime,
) -> Saved:
    """Keep what the fields of that name in a form say of one slot, as it was given.

    The same key again changes nothing, nor does the answer that is there already, nor one that its page `told` was
    given before that: it goes into the log alone, and `is_older`. TooLate past the deadline and
    its tolerance, AttemptOver once the attempt is finished, InvalidResponse for what no form of ours could send.
    """
    attempt, row, content = hold_slot(attempt_id, slot, actor)
    question = question_from_json(content)
    response = response_in(question, form, name, row.order)
    saved = keep(attempt, row, question, response, client_key, now, told)
    db.session.flush()
    return saved


def save_response(
    *, attempt_id: AttemptId, slot: int, response: Response, client_key: UUID, actor: Actor, now: datetime
) -> Saved:
    """Keep an answer that is a response already; else as `save_answer`."""
    attempt, row, content = hold_slot(attempt_id, slot, actor)
    saved = keep(attempt, row, question_from_json(content), response, client_key, now)
    db.session.flush()
    return saved


@cache
def _new_answer(dialect: str) -> Any:
    """Return the statement that keeps an answer unless it is there already, built once."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    answers: Any = AnswerRow.__table__
    return insert(answers).on_conflict_do_nothing().returning(answers.c.id)


def keep(
    attempt: AttemptRow,
    row: SlotRow,
    question: Question,
    response: Response,
    client_key: UUID,
    now: datetime,
    told: Given = UNTOLD,
) -> Saved:
    """Keep an answer of a slot that is held; else as `save_answer`. What it changed is not flushed."""
    over = attempt.finished_at is not None
    if over or rules.is_late(attempt.deadline_at, now):
        known = queries.find_answer(attempt.id, client_key)
        if known is not None:
            return Saved(at=known.saved_at, is_answered=row.is_answered, is_replay=True)
        raise (
            AttemptOver(_("This attempt is finished and takes no more answers."))
            if over
            else TooLate(_("The time was up when this answer arrived. What was saved before counts."))
        )
    if not is_open(attempt, row, now):
        known = queries.find_answer(attempt.id, client_key)
        if known is None:
            raise SectionClosed(_("This section is not open: what was saved in it stays as it is."))
        return Saved(at=known.saved_at, is_answered=row.is_answered, is_replay=True)
    kind = kind_of(question)
    _check_files(attempt, row, response)
    given = response_to_json(response)
    is_complete = kind.is_complete(question, response)
    remark = kind.remark(question, response)
    blank = row.given is None and not is_complete and given == response_to_json(type(response)())
    if blank or _is_given(row.given, response):
        return Saved(
            at=row.saved_at or now,
            is_answered=row.is_answered,
            is_replay=not blank,
            remark=said(remark) if remark else "",
        )
    if row.tries and _standing(attempt, row, question).is_settled:
        known = queries.find_answer(attempt.id, client_key)
        if known is None:
            raise AlreadyChecked(_("This answer was checked and stays as it is."))
        return Saved(at=known.saved_at, is_answered=row.is_answered, is_replay=True)
    # Judged before the log is asked: sent again it is as old as it was, and its page is told the same.
    is_older = _is_older(row, told, now)
    is_new = _log(row, client_key, given, now)
    if is_older or not is_new:
        return Saved(
            at=row.saved_at or now, is_answered=row.is_answered, is_replay=not is_new, is_older=is_older
        )
    row.given, row.saved_at, row.is_answered = given, now, is_complete
    return Saved(at=now, is_answered=is_complete, is_replay=False, remark=said(remark) if remark else "")


def _is_older(row: SlotRow, told: Given, now: datetime) -> bool:
    """Return whether an answer was given before the saved one, and that is not its own page's, late on its way."""
    if row.saved_at is None or not rules.is_older(told.age, row.saved_at, now):
        return False
    return not told.after or not queries.has_come(row.attempt_id, told.after, row.saved_at)


def _log(row: SlotRow, client_key: UUID, given: Mapping[str, Any], now: datetime) -> bool:
    """Write an answer into the log; return whether it was not there yet."""
    made = db.session.scalar(
        _new_answer(db.engine.dialect.name),
        {
            "id": AnswerId(new_id()),
            "attempt_id": row.attempt_id,
            "slot": row.number,
            "number": row.answer_count + 1,
            "client_key": client_key,
            "given": given,
            "saved_at": now,
        },
    )
    if made is None:
        return False
    row.answer_count += 1
    return True


def is_open(attempt: AttemptRow, row: SlotRow, now: datetime) -> bool:
    """Return whether the section of a slot takes answers now; any does that is not gone through by itself."""
    if attempt.section_ends_at is None and attempt.section == row.section:
        return True
    quiz_rules = rules_from_json(attempt.rules)
    if not quiz_rules.is_by_section:
        return True
    at = stands_at(quiz_rules, Where(attempt.section, attempt.section_ends_at), now)
    return at is not None and at.section == row.section


def _check_files(attempt: AttemptRow, row: SlotRow, response: Response) -> None:
    """Refuse files that did not come for this answer: an id that anybody may write names nobody else's file."""
    known = queries.list_files(attempt.id, response.file_ids)
    if any(one not in known or known[one].slot != row.number for one in response.file_ids):
        message = _("This file is not part of the answer: load the page again.")
        raise InvalidResponse(message, fields={f"q{row.number}": message})


def check_answer(  # noqa: PLR0913  an answer, which try it is, and when it was given
    *,
    attempt_id: AttemptId,
    slot: int,
    form: Form,
    name: str = "answer",
    number: int,
    client_key: UUID,
    told: Given = UNTOLD,
    actor: Actor,
    now: datetime,
) -> Checked:
    """Keep an answer and take it as try `number`: so its learner is told of it, as the exam's behaviour has it.

    The same key again is the same try. A number that is not the next one comes from a page that another was ahead of:
    it takes no try, nor does an answer that is not whole, or is the one that was checked before. Else as
    `save_answer`.
    """
    attempt, row, content = hold_slot(attempt_id, slot, actor)
    question = question_from_json(content)
    kind = kind_of(question)
    response = response_in(question, form, name, row.order)
    tries = tries_from_json(row.tries)
    known = next((one for one in tries if one.key == client_key), None)
    if known is not None:
        saved = Saved(at=known.at, is_answered=row.is_answered, is_replay=True)
        return Checked(CheckOutcome.REPLAY, saved)
    stands = _standing(attempt, row, question)
    if not stands.allowed:
        raise InvalidResponse(_("Nothing is checked before the end of this exam."))
    if stands.is_settled and attempt.finished_at is None and not rules.is_late(attempt.deadline_at, now):
        saved = Saved(at=row.saved_at or now, is_answered=row.is_answered, is_replay=True)
        return Checked(CheckOutcome.MEANWHILE, saved)
    saved = keep(attempt, row, question, response, client_key, now, told)
    outcome = CheckOutcome.OLDER if saved.is_older else _why_no_try(row, question, response, number)
    if outcome is None:
        outcome = CheckOutcome.TAKEN
        fraction = kind.grade(question, response).fraction
        row.tries = tries_to_json((*tries, Try(client_key, response_to_json(response), fraction, now)))
    db.session.flush()
    return Checked(outcome, saved)


def _why_no_try(row: SlotRow, question: Question, response: Response, number: int) -> CheckOutcome | None:
    """Return why an answer that was just kept is no try, None when it is one."""
    tries = tries_from_json(row.tries)
    if number != len(tries) + 1:
        return CheckOutcome.MEANWHILE
    if not kind_of(question).is_complete(question, response):
        return CheckOutcome.OPEN
    if not _is_given(row.given, response):
        return CheckOutcome.MEANWHILE  # It came under the name of another answer, and was not kept.
    return CheckOutcome.SAME if tries and _is_given(tries[-1].given, response) else None


def _is_given(given: Mapping[str, Any] | None, response: Response) -> bool:
    return given is not None and response_from_json(given) == response


def _standing(attempt: AttemptRow, row: SlotRow, question: Question) -> Standing:
    return rules.standing(rules_from_json(attempt.rules).behaviour, question, tries_from_json(row.tries))


def hold_slot(
    attempt_id: AttemptId, slot: int, actor: Actor
) -> tuple[AttemptRow, SlotRow, Mapping[str, Any]]:
    """Return one's own attempt and slot, held until the transaction ends; OtherDevice if it is under way elsewhere."""
    attempt, row, content = queries.lock_slot(attempt_id, slot, person_of(actor))
    check_device(attempt, actor)
    return attempt, row, content


def check_device(attempt: AttemptRow | Attempt, actor: Actor) -> None:
    """Raise OtherDevice for an attempt that is under way on another device than the actor's."""
    is_under_way = attempt.finished_at is None
    if is_under_way and attempt.device is not None and attempt.device != actor.device:
        raise OtherDevice(_("This attempt is under way on another device. Go on there, or hand it over."))


def person_of(actor: Actor) -> PersonId:
    """Return who takes exams as `actor`; NotFound for nobody, Forbidden for who takes none."""
    if actor.person_id is None:
        raise NotFound
    if not may_take(actor):
        raise Forbidden(_("Auditors read everything and change nothing."))
    return PersonId(actor.person_id)
