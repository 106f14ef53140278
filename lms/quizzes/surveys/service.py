"""Every write of surveys: counting what was said, and handing in without a name."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import uuid4

from flask_babel import gettext as _
from sqlalchemy.dialects import postgresql, sqlite

from lms.courses.values import ActivityId
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Invalid, NotFound
from lms.quizzes.attempts import facade as attempts
from lms.quizzes.attempts import queries
from lms.quizzes.kinds import Form, kind_of, question_from_json, response_from_json
from lms.quizzes.surveys import rules
from lms.quizzes.surveys.models import SurveyCountRow, SurveyTextRow
from lms.quizzes.surveys.values import Said
from lms.quizzes.values import (
    AttemptId,
    Question,
    QuestionVersionId,
    Quiz,
    QuizId,
    StoredQuestion,
)

SEED_BITS = 62


def count_attempt(attempt_id: AttemptId, quiz_id: QuizId) -> None:
    """Count what was said in a survey that was answered with a name."""
    said = [
        (slot.version_id, rules.said_of(question_from_json(content), response_from_json(slot.given)))
        for slot, content in queries.list_marked(attempt_id)
        if slot.given is not None
    ]
    _count(quiz_id, said)


def paper_of(quiz: Quiz) -> Sequence[tuple[StoredQuestion, Question, list[str]]]:
    """Return what a survey without names asks: the same of everybody, since what was drawn for one would name them.

    NotNow while its banks have fewer questions than it asks.
    """
    paper = attempts.draw_paper(quiz, quiz.id.int & ((1 << SEED_BITS) - 1), seen=set())
    return [(one.stored, one.question, list(one.order)) for one in paper]


def hand_in(*, activity_id: ActivityId, form: Form, actor: Actor, now: datetime) -> None:
    """Hand a survey without names in: who took part is kept, what was said is counted, and nothing joins the two.

    What was said has no time, no order and no id that tells either. Nothing of it was stored before. A second time
    changes nothing, neither for two clicks nor for two windows. InvalidResponse for what no form of ours could send.
    """
    launch, quiz = attempts.get_exam(activity_id, actor)
    if not quiz.rules.is_anonymous or launch.enrolment_id is None or launch.person_id is None:
        raise NotFound
    said = [
        (stored.id, _said(question, form, f"q{number}"))
        for number, (stored, question, _order) in enumerate(paper_of(quiz), 1)
    ]
    if attempts.take_part(launch, quiz, now):
        _count(quiz.id, said)


def _said(question: Question, form: Form, name: str) -> Said:
    response = kind_of(question).parse_response(question, form, name)
    if response.file_ids:
        raise Invalid(_("A file would say who handed it in."), fields={name: _("No files here.")})
    return rules.said_of(question, response)


@cache
def _one_more(dialect: str) -> Any:
    """Return the statement that counts an answer, built once."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    table: Any = SurveyCountRow.__table__
    new = insert(table)
    key = [table.c.quiz_id, table.c.version_id, table.c.part, table.c.answer]
    return new.on_conflict_do_update(index_elements=key, set_={"count": table.c.count + new.excluded.count})


def _count(quiz_id: QuizId, said: Iterable[tuple[QuestionVersionId, Said]]) -> None:
    said = list(said)
    if counted := rules.added_up(said):
        db.session.connection().execute(
            _one_more(db.engine.dialect.name),
            [
                {"quiz_id": quiz_id, "version_id": version, "part": part, "answer": answer, "count": count}
                for (version, part, answer), count in counted.items()
            ],
        )
    db.session.add_all(
        SurveyTextRow(quiz_id=quiz_id, version_id=version, part=part, id=uuid4(), text=text)
        for version, one in said
        for part, text in one.written
    )
    db.session.flush()
