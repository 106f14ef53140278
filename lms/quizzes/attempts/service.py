"""Every write of attempts: beginning one, answering, flagging, finishing."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from random import Random
from typing import Any
from uuid import UUID

import structlog
from flask_babel import gettext as _
from sqlalchemy.dialects import postgresql, sqlite

from lms.courses import facade as courses
from lms.courses.values import ActivityId, Launch
from lms.identity.values import PersonId
from lms.kernel import clock, events, uow
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import DomainError, Forbidden, NotFound
from lms.quizzes.attempts import queries, rules
from lms.quizzes.attempts.models import AnswerRow, AttemptRow, SlotRow
from lms.quizzes.attempts.values import Past, Pool, Saved
from lms.quizzes.bank import queries as bank
from lms.quizzes.errors import AttemptOver, NotNow, TooLate
from lms.quizzes.events import AttemptFinished, AttemptStarted
from lms.quizzes.kinds import Form, kind_of
from lms.quizzes.policy import may_take
from lms.quizzes.values import (
    AnswerId,
    AttemptId,
    EndedBy,
    Question,
    QuestionId,
    Quiz,
    QuizId,
    Response,
    StoredQuestion,
    question_from_json,
    response_from_json,
    response_to_json,
    rules_from_json,
    rules_to_json,
)
from lms.web.words import said

QUIZ = "quiz"
LAPSED_AT_ONCE = 100

log = structlog.get_logger(__name__)


def get_exam(activity_id: ActivityId, actor: Actor) -> tuple[Launch, Quiz]:
    """Return an exam that `actor` is enrolled for; NotFound for every other, Forbidden for who takes none."""
    launch = courses.get_launch(activity_id=activity_id, actor=actor)
    quiz = find_quiz_of(launch.activity.config) if launch.activity.kind == QUIZ else None
    if quiz is None or launch.enrolment_id is None:
        raise NotFound
    if not may_take(actor):
        raise Forbidden(_("Auditors read everything and change nothing."))
    return launch, quiz


def find_quiz_of(config: Mapping[str, Any]) -> Quiz | None:
    """Return the quiz that an activity's config names, or None."""
    try:
        return bank.find_quiz(QuizId(UUID(str(config.get("quiz_id", "")))))
    except ValueError:
        return None


def start_attempt(*, activity_id: ActivityId, actor: Actor, now: datetime) -> AttemptId:
    """Begin an attempt and return it; the open one, if there is one, however often this is asked at once.

    One whose time is up is finished and returned, to be looked at before the next. NotNow says why none may begin.
    """
    launch, quiz = get_exam(activity_id, actor)
    if launch.enrolment_id is None or launch.person_id is None:
        raise NotFound
    past = queries.list_attempts(launch.enrolment_id, launch.activity.key)
    if past and past[-1].finished_at is None:
        if rules.is_late(past[-1].deadline_at, now):
            _finish(past[-1].id, now)
        return past[-1].id
    history = [Past(number=one.number, finished_at=one.finished_at, passed=one.passed) for one in past]
    if not rules.may_start(quiz.rules, history, now).is_allowed:
        raise NotNow(_("No attempt can begin now."))
    return _begin(launch, quiz, number=past[-1].number + 1 if past else 1, now=now)


def _begin(launch: Launch, quiz: Quiz, *, number: int, now: datetime) -> AttemptId:
    person_id = launch.person_id
    if person_id is None or launch.enrolment_id is None:
        raise NotFound
    seed = secrets.randbits(62)
    drawn = draw_paper(quiz, seed, seen=queries.list_seen(person_id, quiz.id))
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    # Two at once: the second waits at the partial unique index, then inserts nothing and finds the first's row.
    made: AttemptId | None = db.session.scalar(
        insert(AttemptRow)
        .values(
            id=AttemptId(new_id()),
            enrolment_id=launch.enrolment_id,
            activity_id=launch.activity.id,
            activity_key=launch.activity.key,
            quiz_id=quiz.id,
            person_id=person_id,
            number=number,
            seed=seed,
            rules=rules_to_json(quiz.rules),
            started_at=now,
            deadline_at=rules.deadline_of(quiz.rules, now),
            marks=sum(question.marks for _stored, question, _order in drawn),
        )
        .on_conflict_do_nothing()
        .returning(AttemptRow.id)
    )
    if made is None:
        past = queries.list_attempts(launch.enrolment_id, launch.activity.key)
        return past[-1].id
    db.session.add_all(
        SlotRow(
            attempt_id=made,
            number=place,
            question_id=stored.question_id,
            version_id=stored.id,
            order=order,
            is_flagged=False,
            is_answered=False,
            answer_count=0,
            given=None,
            saved_at=None,
            fraction=None,
        )
        for place, (stored, _question, order) in enumerate(drawn, 1)
    )
    courses.note_opened(enrolment_id=launch.enrolment_id, activity_id=launch.activity.id, now=now)
    events.record(
        AttemptStarted(
            attempt_id=made,
            quiz_id=quiz.id,
            person_id=person_id,
            enrolment_id=launch.enrolment_id,
            number=number,
        )
    )
    db.session.flush()
    return made


def draw_paper(
    quiz: Quiz, seed: int, *, seen: set[QuestionId]
) -> Sequence[tuple[StoredQuestion, Question, list[str]]]:
    """Return the questions of one attempt in order, each with its version and the order of its choices.

    NotNow when the banks have fewer questions than the quiz asks.
    """
    random = Random(seed)  # noqa: S311  it decides an order, and is stored
    fixed = [draw.question_id for draw in quiz.draws if draw.question_id is not None]
    sources = [(draw, draw.bank_id) for draw in quiz.draws]
    pools = [
        Pool(draw.count, bank.pool(bank_id, draw.tag)) if bank_id is not None else Pool(0, ())
        for draw, bank_id in sources
    ]
    drawn = rules.draw(fixed, pools, seen, random)
    if drawn is None or not quiz.count:
        raise NotNow(_("This exam is not complete: its author has to add questions first."))
    paper = [
        question_id
        for draw, found in zip(quiz.draws, drawn, strict=True)
        for question_id in ([draw.question_id] if draw.question_id is not None else found)
    ]
    if quiz.rules.shuffle_questions:
        random.shuffle(paper)
    present = bank.list_present(paper)
    questions = [(present[one], question_from_json(present[one].content)) for one in dict.fromkeys(paper)]
    return [
        (stored, question, rules.order_of(question, quiz.rules, random)) for stored, question in questions
    ]


def save_answer(
    *,
    attempt_id: AttemptId,
    slot: int,
    form: Form,
    name: str = "answer",
    client_key: UUID,
    actor: Actor,
    now: datetime,
) -> Saved:
    """Keep what the fields of that name in a form say of one slot, as it was given.

    The same key again changes nothing, nor does the answer that is there already. TooLate past the deadline and
    its tolerance, AttemptOver once the attempt is finished, InvalidResponse for what no form of ours could send.
    """
    attempt, row, content = queries.lock_slot(attempt_id, slot, _person(actor))
    question = question_from_json(content)
    response = kind_of(question).parse_response(question, form, name)
    return _keep(attempt, row, question, response, client_key, now)


def save_response(
    *, attempt_id: AttemptId, slot: int, response: Response, client_key: UUID, actor: Actor, now: datetime
) -> Saved:
    """Keep an answer that is a response already; else as `save_answer`."""
    attempt, row, content = queries.lock_slot(attempt_id, slot, _person(actor))
    return _keep(attempt, row, question_from_json(content), response, client_key, now)


@cache
def _new_answer(dialect: str) -> Any:
    """Return the statement that keeps an answer unless it is there already, built once."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    answers: Any = AnswerRow.__table__
    return insert(answers).on_conflict_do_nothing().returning(answers.c.id)


def _keep(
    attempt: AttemptRow,
    row: SlotRow,
    question: Question,
    response: Response,
    client_key: UUID,
    now: datetime,
) -> Saved:
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
    kind = kind_of(question)
    given = response_to_json(response)
    is_complete = kind.is_complete(question, response)
    remark = kind.remark(question, response)
    blank = row.given is None and not is_complete and given == response_to_json(type(response)())
    if blank or given == row.given:
        return Saved(
            at=row.saved_at or now,
            is_answered=row.is_answered,
            is_replay=not blank,
            remark=said(remark) if remark else "",
        )
    made = db.session.scalar(
        _new_answer(db.engine.dialect.name),
        {
            "id": AnswerId(new_id()),
            "attempt_id": attempt.id,
            "slot": row.number,
            "number": row.answer_count + 1,
            "client_key": client_key,
            "given": given,
            "saved_at": now,
        },
    )
    if made is None:
        return Saved(at=row.saved_at or now, is_answered=row.is_answered, is_replay=True)
    row.answer_count += 1
    row.given, row.saved_at, row.is_answered = given, now, is_complete
    db.session.flush()
    return Saved(at=now, is_answered=is_complete, is_replay=False, remark=said(remark) if remark else "")


def flag(*, attempt_id: AttemptId, slot: int, is_flagged: bool, actor: Actor) -> None:
    """Flag a slot to come back to, or take the flag away; a finished attempt keeps its flags."""
    attempt, row, _content = queries.lock_slot(attempt_id, slot, _person(actor))
    if attempt.finished_at is None:
        row.is_flagged = is_flagged


def finish_attempt(*, attempt_id: AttemptId, actor: Actor, now: datetime) -> None:
    """End one's own attempt and mark it; a second time changes nothing."""
    queries.get_attempt(attempt_id, actor)
    _person(actor)
    _finish(attempt_id, now)


def finish_lapsed() -> None:
    """Finish every attempt whose time is up, each in a unit of work of its own."""
    with uow.unit_of_work(read_only=True):
        lapsed = queries.list_lapsed(clock.now() - rules.TOLERANCE, LAPSED_AT_ONCE)
    for attempt_id in lapsed:
        try:
            uow.run(lambda attempt_id=attempt_id: _finish(attempt_id, clock.now()))  # type: ignore[misc]
        except DomainError as error:
            # One that cannot be marked (its enrolment is gone) must not keep the others waiting.
            log.exception("quizzes.attempt_not_finished", attempt_id=str(attempt_id), reason=error.code)
        db.session.remove()


def _finish(attempt_id: AttemptId, now: datetime) -> None:
    attempt = queries.lock_attempt(attempt_id)
    if attempt is None or attempt.finished_at is not None:
        return
    earned = []
    for slot, content in queries.list_marked(attempt_id):
        question = question_from_json(content)
        given = response_from_json(slot.given) if slot.given is not None else None
        slot.fraction = rules.fraction_of(question, given)
        earned.append((question.marks, slot.fraction))
    mark = rules.mark(rules_from_json(attempt.rules), earned)
    attempt.finished_at = now
    attempt.ended_by = EndedBy.TIME if rules.is_late(attempt.deadline_at, now) else EndedBy.LEARNER
    attempt.earned, attempt.score, attempt.passed = mark.earned, mark.score, mark.passed
    db.session.flush()
    events.record(
        AttemptFinished(
            attempt_id=attempt.id,
            quiz_id=attempt.quiz_id,
            person_id=attempt.person_id,
            enrolment_id=attempt.enrolment_id,
            activity_key=attempt.activity_key,
            score=mark.score,
            passed=mark.passed,
            ended_by=attempt.ended_by,
        )
    )
    courses.record_result(
        enrolment_id=attempt.enrolment_id,
        activity_id=attempt.activity_id,
        completed=mark.passed,
        passed=mark.passed,
        score=mark.score,
        seconds=rules.seconds_taken(attempt.started_at, attempt.deadline_at, now),
        evidence={"attempt_id": str(attempt.id)},
        now=now,
    )


def _person(actor: Actor) -> PersonId:
    if actor.person_id is None:
        raise NotFound
    if not may_take(actor):
        raise Forbidden(_("Auditors read everything and change nothing."))
    return PersonId(actor.person_id)
