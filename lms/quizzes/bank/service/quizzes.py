"""Quizzes: setting them up, and what keeps one from being taken."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete

from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.messages import Message
from lms.quizzes.bank import queries, rules
from lms.quizzes.bank.models import (
    QuizDrawRow,
    QuizRow,
)
from lms.quizzes.bank.service.questions import check_may_author
from lms.quizzes.errors import EditedMeanwhile
from lms.quizzes.events import (
    QuizChanged,
    QuizDefined,
)
from lms.quizzes.values import (
    BankId,
    Draw,
    QuizId,
    QuizRules,
)
from lms.web.words import said


def define_quiz(
    *, quiz_id: QuizId, quiz_rules: QuizRules, draws: Sequence[Draw], actor: Actor, now: datetime
) -> QuizId:
    """Set up a quiz; an id used before changes nothing."""
    check_may_author(actor)
    if db.session.get(QuizRow, quiz_id) is not None:
        return quiz_id
    _check_quiz(quiz_rules, draws)
    db.session.add(
        QuizRow(
            id=quiz_id,
            revision=1,
            created_at=now,
            created_by=PersonId(actor.person_id) if actor.person_id else None,
            changed_at=now,
            **_columns(quiz_rules),
        )
    )
    db.session.flush()
    _keep_draws(quiz_id, draws)
    events.record(QuizDefined(quiz_id=quiz_id, questions=sum(draw.count for draw in draws)))
    return quiz_id


def edit_quiz(
    *,
    quiz_id: QuizId,
    quiz_rules: QuizRules,
    draws: Sequence[Draw],
    revision: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Change a quiz; attempts under way keep the rules they began with."""
    check_may_author(actor)
    row = db.session.get(QuizRow, quiz_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if row.revision != revision:
        raise EditedMeanwhile(
            _("Somebody else saved this after you opened it. Your text is below; compare before you save it.")
        )
    _check_quiz(quiz_rules, draws)
    for name, value in _columns(quiz_rules).items():
        setattr(row, name, value)
    row.revision += 1
    row.changed_at = now
    db.session.execute(delete(QuizDrawRow).where(QuizDrawRow.quiz_id == quiz_id))
    _keep_draws(quiz_id, draws)
    events.record(
        QuizChanged(
            quiz_id=quiz_id,
            revision=row.revision,
            questions=sum(draw.count for draw in draws),
            pass_percent=quiz_rules.pass_percent,
            minutes=quiz_rules.minutes,
            attempts_allowed=quiz_rules.attempts_allowed,
        )
    )


def _columns(quiz_rules: QuizRules) -> dict[str, Any]:
    return {
        "title": quiz_rules.title.strip(),
        "pass_percent": quiz_rules.pass_percent,
        "minutes": quiz_rules.minutes,
        "attempts_allowed": quiz_rules.attempts_allowed,
        "wait_days": list(quiz_rules.wait_days),
        "shuffle_questions": quiz_rules.shuffle_questions,
        "shuffle_choices": quiz_rules.shuffle_choices,
        "layout": quiz_rules.layout,
        "review": quiz_rules.review,
    }


def _keep_draws(quiz_id: QuizId, draws: Sequence[Draw]) -> None:
    db.session.add_all(
        QuizDrawRow(
            quiz_id=quiz_id,
            position=position,
            count=draw.count,
            question_id=draw.question_id,
            bank_id=draw.bank_id,
            tag=draw.tag,
        )
        for position, draw in enumerate(draws, 1)
    )
    db.session.flush()


def _check_quiz(quiz_rules: QuizRules, draws: Sequence[Draw]) -> None:
    faults = {field: said(message) for field, message in rules.faults_of(quiz_rules, draws).items()}
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)


def problems_of(quiz_id: QuizId) -> Sequence[Message]:
    """Return what keeps a quiz from being taken; nothing when it can be."""
    quiz = queries.find_quiz(quiz_id)
    if quiz is None or not quiz.count:
        return (Message("The exam has no questions yet."),)
    return shortages(quiz.draws)


def shortages(draws: Collection[Draw]) -> Sequence[Message]:
    """Return where a quiz draws more than its banks have."""
    wanted: dict[tuple[BankId, str], int] = {}
    for draw in draws:
        if draw.bank_id is not None:
            wanted[draw.bank_id, draw.tag] = wanted.get((draw.bank_id, draw.tag), 0) + draw.count
    found = [rules.shortage(count, len(queries.pool(*source))) for source, count in wanted.items()]
    return [one for one in found if one is not None]
