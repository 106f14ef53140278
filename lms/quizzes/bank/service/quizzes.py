"""Quizzes: setting them up, and what keeps one from being taken."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any

import msgspec
from flask_babel import gettext as _
from sqlalchemy import delete

from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.messages import Message
from lms.quizzes.bank import queries, rules
from lms.quizzes.bank.models import QuizApartRow, QuizDrawRow, QuizRow
from lms.quizzes.bank.rules.drawing import fill
from lms.quizzes.bank.rules.sight import EVERYTHING
from lms.quizzes.bank.service.folders import folder_in
from lms.quizzes.bank.service.pictures import check_may_author
from lms.quizzes.errors import EditedMeanwhile
from lms.quizzes.events import (
    QuizChanged,
    QuizDefined,
)
from lms.quizzes.values import Draw, QuestionId, Quiz, QuizId, QuizRules, sitting_to_json
from lms.web.words import said

Apart = Sequence[Collection[QuestionId]]
"""Groups of questions of which no paper asks two."""


def define_quiz(
    *,
    quiz_id: QuizId,
    quiz_rules: QuizRules,
    draws: Sequence[Draw],
    apart: Apart = (),
    actor: Actor,
    now: datetime,
) -> QuizId:
    """Set up a quiz; an id used before changes nothing."""
    check_may_author(actor)
    if db.session.get(QuizRow, quiz_id) is not None:
        return quiz_id
    _check_quiz(quiz_rules, draws, apart)
    _check_sees(draws, apart, None, actor)
    db.session.add(
        QuizRow(
            id=quiz_id,
            revision=1,
            created_at=now,
            created_by=PersonId(actor.person_id) if actor.person_id else None,
            changed_at=now,
            sitting=sitting_to_json(quiz_rules.sitting),
            **_columns(quiz_rules),
        )
    )
    db.session.flush()
    _keep_draws(quiz_id, draws)
    _keep_apart(quiz_id, apart)
    events.record(QuizDefined(quiz_id=quiz_id, questions=sum(draw.count for draw in draws)))
    return quiz_id


def edit_quiz(
    *,
    quiz_id: QuizId,
    quiz_rules: QuizRules,
    draws: Sequence[Draw],
    apart: Apart = (),
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
    _check_quiz(quiz_rules, draws, apart)
    _check_sees(draws, apart, quiz_id, actor)
    if row.is_anonymous and not quiz_rules.is_anonymous:
        # People have answered, or are about to, because nobody would know.
        message = _("A survey without names stays one. Set up another to ask with names.")
        raise Invalid(message, fields={"purpose": message})
    for name, value in _columns(quiz_rules).items():
        setattr(row, name, value)
    row.revision += 1
    row.changed_at = now
    db.session.execute(delete(QuizDrawRow).where(QuizDrawRow.quiz_id == quiz_id))
    db.session.execute(delete(QuizApartRow).where(QuizApartRow.quiz_id == quiz_id))
    _keep_draws(quiz_id, draws)
    _keep_apart(quiz_id, apart)
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
        "blind": quiz_rules.blind,
        "telling": quiz_rules.telling,
        "penalty": quiz_rules.penalty,
        "is_survey": quiz_rules.is_survey,
        "is_anonymous": quiz_rules.is_anonymous,
        "honour": quiz_rules.honour.strip(),
        "sections": [msgspec.to_builtins(one) for one in quiz_rules.sections],
        "grading": quiz_rules.grading,
        "may_retry": quiz_rules.may_retry,
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
            folder_id=draw.folder_id,
            objective=draw.objective,
            difficulty=draw.difficulty,
            section=draw.section,
        )
        for position, draw in enumerate(draws, 1)
    )
    db.session.flush()


def _keep_apart(quiz_id: QuizId, apart: Apart) -> None:
    db.session.add_all(
        QuizApartRow(quiz_id=quiz_id, question_id=question_id, group=group)
        for group, questions in enumerate(apart, 1)
        for question_id in questions
    )
    db.session.flush()


def _check_quiz(quiz_rules: QuizRules, draws: Sequence[Draw], apart: Apart) -> None:
    faults = {field: said(message) for field, message in rules.faults_of(quiz_rules, draws, apart).items()}
    for draw in draws:
        if draw.bank_id is not None and draw.folder_id is not None:
            folder_in(draw.bank_id, draw.folder_id, EVERYTHING)
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)


def _check_sees(draws: Sequence[Draw], apart: Apart, quiz_id: QuizId | None, actor: Actor) -> None:
    """Raise Invalid where an actor has a quiz ask of what they do not see, but for what it asks already."""
    sight = queries.sight_of(actor)
    if not sight.is_narrowed:
        return
    quiz = queries.find_quiz(quiz_id) if quiz_id is not None else None
    held = quiz.draws if quiz is not None else ()
    kept = queries.list_apart(quiz_id) if quiz_id is not None else {}
    known = {one.question_id for one in held} | set(kept)
    named = {one.question_id for one in draws if one.question_id is not None}
    named |= {one for group in apart for one in group}
    banks = {one.bank_id for one in draws if one.bank_id is not None} & sight.banks
    folders = {one.folder_id for one in draws if one.folder_id is not None} & sight.folders
    if (
        banks - {one.bank_id for one in held}
        or folders - {one.folder_id for one in held}
        or queries.hidden_among([one for one in named if one not in known], sight)
    ):
        message = _("Somebody restricted what you have chosen. Choose something else.")
        raise Invalid(message, fields={"paper": message})


def ask_also(
    *,
    quiz_id: QuizId,
    questions: Sequence[QuestionId],
    section: int = 1,
    actor: Actor,
    now: datetime,
) -> int:
    """Let a quiz always ask these questions, after what its section asks already; return how many are new."""
    quiz, groups = _changed(quiz_id, actor)
    asked = {draw.question_id for draw in quiz.draws}
    new = [one for one in dict.fromkeys(questions) if one not in asked]
    added = [Draw(question_id=one, section=section) for one in new]
    draws = sorted((*quiz.draws, *added), key=lambda one: one.section)
    edit_quiz(
        quiz_id=quiz_id,
        quiz_rules=quiz.rules,
        draws=draws,
        apart=groups,
        revision=quiz.revision,
        actor=actor,
        now=now,
    )
    return len(new)


def keep_apart(
    *,
    quiz_id: QuizId,
    questions: Sequence[QuestionId],
    group: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Let no paper of a quiz ask two of these questions: a group of their own, or with those of a group (from 1)."""
    quiz, groups = _changed(quiz_id, actor)
    apart = [list(one) for one in groups]
    if group is not None and 1 <= group <= len(apart):
        apart[group - 1] = list(dict.fromkeys([*apart[group - 1], *questions]))
    else:
        apart.append(list(dict.fromkeys(questions)))
    edit_quiz(
        quiz_id=quiz_id,
        quiz_rules=quiz.rules,
        draws=quiz.draws,
        apart=apart,
        revision=quiz.revision,
        actor=actor,
        now=now,
    )


def _changed(quiz_id: QuizId, actor: Actor) -> tuple[Quiz, Apart]:
    """Return a quiz that is held, to be changed, with its groups."""
    check_may_author(actor)
    if db.session.get(QuizRow, quiz_id, with_for_update=True, populate_existing=True) is None:
        raise NotFound
    return queries.get_quiz(quiz_id), groups_of(queries.list_apart(quiz_id))


def groups_of(apart: Mapping[QuestionId, int]) -> Apart:
    """Return the groups in order."""
    return [
        [one for one, group in apart.items() if group == number] for number in sorted(set(apart.values()))
    ]


def problems_of(quiz_id: QuizId) -> Sequence[Message]:
    """Return what keeps a quiz from being taken; nothing when it can be."""
    quiz = queries.find_quiz(quiz_id)
    if quiz is None or not quiz.count:
        return (Message("The exam has no questions yet."),)
    empty = [
        Message("The section “%(title)s” asks nothing.", title=one.title)
        for number, one in enumerate(quiz.rules.sections, 1)
        if all(draw.section != number for draw in quiz.draws)
    ]
    if found := (*empty, *shortages(quiz.draws)):
        return found
    groups = queries.list_apart(quiz.id)
    fixed, pools = queries.draw_pools(quiz.draws, groups)
    _drawn, unfilled = fill(fixed, pools, (), Random(0), groups)  # noqa: S311  nobody is asked what it draws
    if unfilled:
        return (
            Message(
                "Draws want the same questions, or questions that are kept apart: together they cannot all be filled."
            ),
        )
    if quiz.rules.pass_percent and not queries.may_earn(quiz.draws):
        return (
            Message("Nothing in this exam earns points: set its pass mark to 0, and handing it in passes."),
        )
    return ()


def shortages(draws: Sequence[Draw]) -> Sequence[Message]:
    """Return where a quiz draws more than its banks have."""
    wanted: dict[Draw, int] = {}
    for draw in draws:
        if draw.bank_id is not None:
            wanted[draw.source] = wanted.get(draw.source, 0) + draw.count
    supplies = queries.supplies_of(list(wanted), EVERYTHING)
    found = [
        rules.shortage(count, sum(supply.values()))
        for count, supply in zip(wanted.values(), supplies, strict=True)
    ]
    return [one for one in found if one is not None]
