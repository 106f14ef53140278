"""Attempts begin, are flagged and come to their end."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

import structlog
from flask_babel import gettext as _
from sqlalchemy.dialects import postgresql, sqlite

from lms.courses import facade as courses
from lms.courses.values import ActivityId, Launch
from lms.kernel import clock, events, uow
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import DomainError, Forbidden, NotFound
from lms.kernel.inserting import insert_all
from lms.quizzes.attempts import queries, rules
from lms.quizzes.attempts.models import AttemptRow, SlotRow
from lms.quizzes.attempts.service import devices
from lms.quizzes.attempts.service.answering import check_device, hold_slot, person_of
from lms.quizzes.attempts.service.deciding import settle, tell
from lms.quizzes.attempts.values import Past, tries_from_json
from lms.quizzes.bank import queries as bank
from lms.quizzes.bank.rules.drawing import draw
from lms.quizzes.errors import NotNow
from lms.quizzes.events import AttemptStarted
from lms.quizzes.kinds import question_from_json, response_from_json
from lms.quizzes.kinds.chance import drawn_for, kept
from lms.quizzes.policy import may_take
from lms.quizzes.sittings import facade as sittings
from lms.quizzes.syntax.arithmetic import FormulaFault
from lms.quizzes.values import (
    NOTHING_TYPED,
    ZERO,
    AttemptId,
    EndedBy,
    Extra,
    Opening,
    Question,
    QuestionId,
    Quiz,
    QuizId,
    StoredQuestion,
    rules_from_json,
    rules_to_json,
)
from lms.quizzes.values.sections import Where, entered, last_end

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


def start_attempt(
    *,
    activity_id: ActivityId,
    actor: Actor,
    now: datetime,
    has_agreed: bool = False,
    typed: Opening = NOTHING_TYPED,
) -> AttemptId:
    """Begin an attempt and return it; the open one, if there is one, however often this is asked at once.

    One whose time is up is finished and returned, to be looked at before the next. NotNow says why none may begin.
    `has_agreed`: to the statement of the exam, if it has one; the attempt keeps its words. `typed`: what opens it.
    """
    launch, quiz = get_exam(activity_id, actor)
    if launch.enrolment_id is None or launch.person_id is None:
        raise NotFound
    past = queries.list_attempts(launch.enrolment_id, launch.activity.key)
    if past and past[-1].finished_at is None:
        if rules.is_late(past[-1].deadline_at, now):
            finish(past[-1].id, now)
        return past[-1].id
    if quiz.rules.is_anonymous:
        raise NotNow(_("A survey without names keeps nothing before it is handed in."))
    history = [Past(number=one.number, finished_at=one.finished_at, passed=one.passed) for one in past]
    if not rules.may_start(quiz.rules, history, now).is_allowed:
        raise NotNow(_("No attempt can begin now."))
    if quiz.rules.honour and not has_agreed:
        raise NotNow(_("Agree to the statement first; then the exam begins."))
    sittings.check_opening(quiz, launch.person_id, typed, now)
    extra = sittings.find_extra(launch.person_id, quiz.id)
    attempt_id = _begin(launch, quiz, number=past[-1].number + 1 if past else 1, now=now, extra=extra)
    if quiz.rules.sitting.one_device and actor.device:
        devices.bind(attempt_id, actor.device)
    return attempt_id


def _begin(launch: Launch, quiz: Quiz, *, number: int, now: datetime, extra: Extra) -> AttemptId:
    person_id = launch.person_id
    if person_id is None or launch.enrolment_id is None:
        raise NotFound
    seed = secrets.randbits(62)
    drawn = draw_paper(quiz, seed, seen=queries.list_seen(person_id, quiz.id))
    held = replace(quiz.rules, extra=extra)
    first = entered(held, 1, now) if held.is_by_section else Where(1, None)
    ends = (rules.deadline_of(held, now), last_end(held, first))
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
            rules=rules_to_json(held),
            started_at=now,
            deadline_at=min((one for one in ends if one is not None), default=None),
            section_ends_at=first.ends_at,
            marks=sum(rules.marks_in(quiz.rules, one.question) for one in drawn),
        )
        .on_conflict_do_nothing()
        .returning(AttemptRow.id)
    )
    if made is None:
        past = queries.list_attempts(launch.enrolment_id, launch.activity.key)
        return past[-1].id
    db.session.flush()
    insert_all(
        SlotRow,
        [
            {
                "attempt_id": made,
                "number": place,
                "question_id": one.stored.question_id,
                "version_id": one.stored.id,
                "section": one.section,
                "order": list(one.order),
                "drawn": one.drawn,
                "is_flagged": False,
                "is_answered": False,
                "answer_count": 0,
            }
            for place, one in enumerate(drawn, 1)
        ],
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


def take_part(launch: Launch, quiz: Quiz, now: datetime) -> bool:
    """Keep that a person took part in a survey without names, nothing of what they said; whether it is the first time.

    The attempt begins and ends at once. Of two that come together one finds the other's.
    """
    if launch.enrolment_id is None or launch.person_id is None:
        raise NotFound
    past = queries.list_attempts(launch.enrolment_id, launch.activity.key)
    # What was an exam before may have been tried.
    if any(one.rules.is_survey or one.finished_at is None for one in past):
        return False
    if not rules.may_start(quiz.rules, (), now).is_allowed:
        raise NotNow(_("This survey is not open now."))
    row = {
        "id": AttemptId(new_id()),
        "enrolment_id": launch.enrolment_id,
        "activity_id": launch.activity.id,
        "activity_key": launch.activity.key,
        "quiz_id": quiz.id,
        "person_id": launch.person_id,
        "number": past[-1].number + 1 if past else 1,
        "seed": 0,
        "rules": rules_to_json(quiz.rules),
        "started_at": now,
        "finished_at": now,
        "ended_by": EndedBy.LEARNER,
        "earned": ZERO,
        "marks": ZERO,
        "passed": True,
    }
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    made = db.session.scalar(
        insert(AttemptRow).values(**row).on_conflict_do_nothing().returning(AttemptRow.id)
    )
    attempt = queries.lock_attempt(made) if made is not None else None
    if attempt is not None:
        tell(attempt, rules_from_json(attempt.rules), now)
    return attempt is not None


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a paper: the section it stands in, the question it asks, as drawn, and how its choices are ordered."""

    section: int
    stored: StoredQuestion
    question: Question
    order: Sequence[str]
    drawn: Mapping[str, Any] | None = None
    """The values its variables have here; None where it draws nothing."""


def draw_paper(quiz: Quiz, seed: int, *, seen: set[QuestionId]) -> Sequence[Place]:
    """Return the places of one attempt, section by section.

    NotNow when the banks have fewer questions than the quiz asks.
    """
    random = Random(seed)  # noqa: S311  it decides an order, and is stored
    groups = bank.list_apart(quiz.id)
    fixed, pools = bank.draw_pools(quiz.draws, groups, seen=seen, at=random.randrange(bank.DICE_SIDES))
    drawn = draw(fixed, pools, seen, random, groups)
    if drawn is None or not quiz.count:
        raise NotNow(_("This exam is not complete: its author has to add questions first."))
    paper: list[tuple[int, QuestionId]] = []
    for number, shuffles in enumerate(rules.shuffles_of(quiz.rules), 1):
        asked = [
            question_id
            for one, found in zip(quiz.draws, drawn, strict=True)
            if one.section == number
            for question_id in ([one.question_id] if one.question_id is not None else found)
        ]
        if shuffles:
            random.shuffle(asked)
        paper += [(number, one) for one in dict.fromkeys(asked)]
    present = bank.list_present([one for _section, one in paper])
    places = []
    for section, one in paper:
        question, values = _drawn(question_from_json(present[one].content), f"{seed} {one}")
        places.append(
            Place(section, present[one], question, rules.order_of(question, quiz.rules, random), values)
        )
    return places


def _drawn(question: Question, seed: str) -> tuple[Question, Mapping[str, Any] | None]:
    """Return a question as this seed draws it, and the values to keep; NotNow where nothing can be drawn."""
    if not question.drawing:
        return question, None
    try:
        values, asked = drawn_for(question, seed)
    except FormulaFault as fault:
        log.warning("quizzes.not_drawn", title=question.title, reason=str(fault))
        raise NotNow(_("A question of this exam cannot be drawn: its author has to mend it.")) from fault
    return asked, kept(values)


def flag(*, attempt_id: AttemptId, slot: int, is_flagged: bool, actor: Actor) -> None:
    """Flag a slot to come back to, or take the flag away; a finished attempt keeps its flags."""
    attempt, row, _content = hold_slot(attempt_id, slot, actor)
    if attempt.finished_at is None:
        row.is_flagged = is_flagged


def finish_attempt(*, attempt_id: AttemptId, actor: Actor, now: datetime) -> None:
    """End one's own attempt and mark it; a second time changes nothing."""
    attempt = queries.get_attempt(attempt_id, actor)
    person_of(actor)
    # Whoever lost the device still ends at the end of the time, by the server.
    if not rules.is_late(attempt.deadline_at, now):
        check_device(attempt, actor)
    finish(attempt_id, now)


def finish_lapsed() -> None:
    """Finish every attempt whose time is up, each in a unit of work of its own."""
    with uow.unit_of_work(read_only=True):
        lapsed = queries.list_lapsed(clock.now() - rules.TOLERANCE, LAPSED_AT_ONCE)
    for attempt_id in lapsed:
        try:
            uow.run(lambda attempt_id=attempt_id: finish(attempt_id, clock.now()))  # type: ignore[misc]
        except DomainError as error:
            # One that cannot be marked (its enrolment is gone) must not keep the others waiting.
            log.exception("quizzes.attempt_not_finished", attempt_id=str(attempt_id), reason=error.code)
        db.session.remove()


def finish(attempt_id: AttemptId, now: datetime) -> None:
    """End an attempt and mark it, whoever ends it; a second time changes nothing."""
    attempt = queries.lock_attempt(attempt_id)
    if attempt is None or attempt.finished_at is not None:
        return
    quiz_rules = rules_from_json(attempt.rules)
    paper = [(slot, question_from_json(content)) for slot, content in queries.list_marked(attempt_id)]
    for slot, question in paper:
        given = response_from_json(slot.given) if slot.given is not None else None
        slot.fraction = rules.fraction_in(quiz_rules, question, tries_from_json(slot.tries), given)
    attempt.finished_at = now
    attempt.ended_by = EndedBy.TIME if rules.is_late(attempt.deadline_at, now) else EndedBy.LEARNER
    db.session.flush()
    settle(attempt, paper, now)
