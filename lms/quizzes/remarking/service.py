"""Every write of marking anew: looked at first, then done batch by batch, each attempt once; taken back the same way.

Each batch is one transaction with the act's own progress, so an act that is killed goes on where it was.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import delete

from lms.identity.values import PersonId
from lms.kernel import events, jobs, uow
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Forbidden, Invalid, NotFound
from lms.kernel.inserting import insert_all
from lms.quizzes.attempts import facade as attempts
from lms.quizzes.attempts.values import Attempt
from lms.quizzes.bank import queries as bank
from lms.quizzes.errors import NotNow
from lms.quizzes.events import RemarkBegun, RemarkEnded
from lms.quizzes.policy import REMARK
from lms.quizzes.remarking import queries, rules
from lms.quizzes.remarking.models import RemarkedAttemptRow, RemarkLineRow, RemarkRow
from lms.quizzes.remarking.values import (
    FALLS,
    LEFT_ALONE,
    REASON_CHARACTERS,
    RISES,
    Ask,
    Change,
    RemarkState,
    Verdict,
    Way,
    held_to_json,
)
from lms.quizzes.values import AttemptId, Question, QuestionVersionId, RemarkId
from lms.web.words import said

JOB: Final = "quizzes.mark_anew"
LOOKED_AT_ONCE: Final = 100
DONE_AT_ONCE: Final = 25
"""How many attempts are marked in one transaction: about a quarter of a second, in which others wait on SQLite."""


def look(*, ask: Ask, actor: Actor, now: datetime) -> RemarkId:
    """Look at what it would come to that answers are marked anew; an id used before changes nothing.

    A few are looked at here and now, more by a job. Invalid, by field, where it cannot be.
    """
    _check_may(actor)
    bank.check_may_change_question(ask.question_id, actor)
    if queries.find_row(ask.id) is not None:
        return ask.id
    _check(ask)
    row = RemarkRow(
        id=ask.id,
        question_id=ask.question_id,
        version_id=ask.version_id,
        way=ask.way,
        key_id=ask.key_id if ask.way is Way.KEY else None,
        quiz_id=ask.quiz_id,
        undoes_id=ask.undoes_id,
        lowers=ask.lowers,
        reason=ask.reason.strip(),
        state=RemarkState.LOOKING,
        looked=0,
        looked_to=None,
        open_count=0,
        total=0,
        done=0,
        counts={},
        asked_at=now,
        asked_by=PersonId(actor.person_id) if actor.person_id else None,
    )
    db.session.add(row)
    _look_anew(row)
    return row.id


def undo(*, remark_id: RemarkId, undo_id: RemarkId, reason: str, actor: Actor, now: datetime) -> RemarkId:
    """Look at what it would come to that an act is taken back; one that is under way already is returned.

    NotNow unless the act is done, and is none that takes another back.
    """
    _check_may(actor)
    done = queries.lock_row(remark_id)
    bank.check_may_change_question(done.question_id, actor)
    known = queries.find_undo(remark_id)
    if known is not None:
        return known
    if done.state is not RemarkState.DONE or done.way is Way.UNDO:
        raise NotNow(_("Only what is done can be taken back, once."))
    ask = Ask(
        id=undo_id,
        question_id=done.question_id,
        version_id=done.version_id,
        way=Way.UNDO,
        reason=reason,
        quiz_id=done.quiz_id,
        lowers=True,
        undoes_id=done.id,
    )
    return look(ask=ask, actor=actor, now=now)


def begin(*, remark_id: RemarkId, looked: int | None, actor: Actor, now: datetime) -> bool:
    """Let what was looked at be done; a second time changes nothing. `looked` numbers the preview that was read.

    Returns False where that no longer tells what would happen: then a new preview is made, and nothing is done.
    """
    _check_may(actor)
    row = queries.lock_row(remark_id)
    bank.check_may_change_question(row.question_id, actor)
    if row.state in {RemarkState.RUNNING, RemarkState.DONE}:
        return True
    if row.state is not RemarkState.LOOKED_AT:
        raise NotNow(_("This cannot be done now: look at it again."))
    bank.lock_question(row.question_id)
    if queries.has_running(row.question_id):
        raise NotNow(
            _("Answers to this question are being marked anew. Wait until that is done, then look again.")
        )
    if row.looked != looked or queries.count_concerned(row) != row.total or queries.count_changed(row.id):
        _look_anew(row)
        return False
    row.state, row.begun_at = RemarkState.RUNNING, now
    row.done, row.counts = 0, {}
    events.record(
        RemarkBegun(
            question_id=row.question_id,
            remark_id=row.id,
            version_id=row.version_id,
            key_id=row.key_id,
            quiz_id=row.quiz_id,
            undoes_id=row.undoes_id,
            way=row.way.value,
            lowers=row.lowers,
            reason=row.reason,
            attempts=row.total,
        )
    )
    db.session.flush()
    uow.after_commit(jobs.courier(JOB))
    return True


def discard(*, remark_id: RemarkId, actor: Actor) -> None:
    """Discard what was only looked at; what was begun is done, and can be taken back."""
    _check_may(actor)
    row = queries.lock_row(remark_id)
    bank.check_may_change_question(row.question_id, actor)
    if row.state in {RemarkState.LOOKING, RemarkState.LOOKED_AT}:
        _discard(row)


def discard_stale(before: datetime) -> None:
    """Discard what was only looked at before an instant."""
    for row in queries.list_stale(before):
        _discard(row)


def do_next(now: datetime) -> bool:
    """Look at, or do, the next batch of the first act that asks for it; return whether there was one."""
    row = queries.claim()
    if row is None:
        return False
    if row.state is RemarkState.LOOKING:
        _look_next(row)
    else:
        _mark_next(row, now)
    db.session.flush()
    return True


def _check_may(actor: Actor) -> None:
    if not (actor.is_system or actor.may(REMARK)):
        raise Forbidden(_("Only trainers and administrators mark answers anew."))


def _check(ask: Ask) -> None:
    if queries.question_of(ask.version_id) != ask.question_id:
        raise NotFound
    if not ask.reason.strip():
        raise _invalid("reason", _("Say why: the people concerned read it."))
    if len(ask.reason) > REASON_CHARACTERS:
        raise _invalid("reason", _("At most %(most)s characters.", most=REASON_CHARACTERS))
    asked = queries.get_question(ask.version_id)
    if reason := rules.why_not(asked):
        raise _invalid("way", said(reason))
    if ask.way is not Way.KEY:
        return
    if ask.key_id is None or ask.key_id == ask.version_id:
        raise _invalid("key_id", _("Choose the version whose key is right, another than the faulty one."))
    if queries.question_of(ask.key_id) != ask.question_id:
        raise NotFound
    if reason := rules.why_unfit(asked, queries.get_question(ask.key_id)):
        raise _invalid("key_id", said(reason))


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, fields={field: message})


def _look_anew(row: RemarkRow) -> None:
    """Begin a new preview of an act, and look at its first attempts at once."""
    db.session.flush()
    db.session.execute(delete(RemarkLineRow).where(RemarkLineRow.remark_id == row.id))
    row.state, row.looked, row.looked_to = RemarkState.LOOKING, row.looked + 1, None
    row.total, row.done, row.counts, row.open_count = 0, 0, {}, queries.count_open(row)
    _look_next(row)
    db.session.flush()
    if row.state is RemarkState.LOOKING:
        uow.after_commit(jobs.courier(JOB))


def _look_next(row: RemarkRow) -> None:
    ids = queries.list_concerned(row, LOOKED_AT_ONCE)
    changes = _changes(row, ids)
    insert_all(
        RemarkLineRow,
        [
            {"remark_id": row.id, "attempt_id": attempt_id, **_columns(change), "done_at": None}
            for attempt_id, change in changes.items()
        ],
    )
    row.total += len(changes)
    row.counts = _added(row.counts, [one.verdict for one in changes.values()])
    if ids:
        row.looked_to = ids[-1]
    if len(ids) < LOOKED_AT_ONCE:
        row.state = RemarkState.LOOKED_AT


def _changes(row: RemarkRow, ids: Sequence[AttemptId]) -> Mapping[AttemptId, Change]:
    papers = queries.list_papers(ids)
    if row.undoes_id is not None:
        done = queries.list_done(row.undoes_id, ids)
        return {attempt.id: rules.undone(attempt, paper, done[attempt.id]) for attempt, paper in papers}
    key = (row.key_id, queries.get_question(row.key_id)) if row.key_id is not None else None
    return {attempt.id: _change(row, attempt, paper, key) for attempt, paper in papers}


def _change(
    row: RemarkRow, attempt: Attempt, paper: rules.Paper, key: tuple[QuestionVersionId, Question] | None
) -> Change:
    anew = {
        slot.number: rules.held_anew(row.way, attempt.rules, question, slot, key)
        for slot, question in paper
        if slot.version_id == row.version_id
    }
    return rules.change_of(attempt, paper, anew, lowers=row.lowers)


def _mark_next(row: RemarkRow, now: datetime) -> None:
    lines = queries.list_waiting(row.id, DONE_AT_ONCE)
    for line in lines:
        change = queries.change_of(line)
        line.done_at = now
        if line.verdict in LEFT_ALONE:
            continue
        if not attempts.mark_anew(
            attempt_id=line.attempt_id,
            before=change.before,
            after=change.after,
            score=change.score_before,
            remark_id=row.id,
            now=now,
        ):
            line.verdict, line.score_after, line.passed_after = (
                Verdict.CHANGED,
                line.score_before,
                line.passed_before,
            )
            continue
        db.session.add(
            RemarkedAttemptRow(remark_id=row.id, attempt_id=line.attempt_id, **_columns(change), at=now)
        )
    row.done += len(lines)
    row.counts = _added(row.counts, [line.verdict for line in lines])
    if len(lines) < DONE_AT_ONCE:
        _close(row, now)


def _close(row: RemarkRow, now: datetime) -> None:
    row.state, row.ended_at = RemarkState.DONE, now
    raised = sum(row.counts.get(one.value, 0) for one in RISES)
    lowered = sum(row.counts.get(one.value, 0) for one in FALLS)
    events.record(
        RemarkEnded(
            question_id=row.question_id,
            remark_id=row.id,
            raised=raised,
            lowered=lowered,
            unchanged=row.total - raised - lowered,
        )
    )


def _discard(row: RemarkRow) -> None:
    row.state = RemarkState.DISCARDED
    db.session.execute(delete(RemarkLineRow).where(RemarkLineRow.remark_id == row.id))
    db.session.flush()


def _columns(change: Change) -> dict[str, object]:
    return {
        "verdict": change.verdict,
        "before": held_to_json(change.before),
        "after": held_to_json(change.after),
        "score_before": change.score_before,
        "score_after": change.score_after,
        "passed_before": change.passed_before,
        "passed_after": change.passed_after,
    }


def _added(counts: Mapping[str, int], verdicts: Sequence[Verdict]) -> dict[str, int]:
    found = dict(counts)
    for verdict, number in Counter(verdicts).items():
        found[verdict.value] = found.get(verdict.value, 0) + number
    return found
