"""What became of a question from one version to another, and where it is used."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses import facade as courses
from lms.kernel.actor import current
from lms.kernel.richtext import plain_text_of
from lms.quizzes.attempts import queries as attempts
from lms.quizzes.bank import queries
from lms.quizzes.kinds import kind_of, question_from_json
from lms.quizzes.policy import VIEW_QUESTIONS, VIEW_REMARKS
from lms.quizzes.syntax.texts import text_to_html
from lms.quizzes.values import NO_TEXT, Question, QuestionId, Text
from lms.quizzes.views.blueprint import blueprint
from lms.quizzes.views.paper import type_words
from lms.web.access import requires
from lms.web.asked import asked_number
from lms.web.pages import page_request


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed in one part of a question; no text where only its form or a setting did."""

    label: str
    text: Any


@blueprint.get("/author/questions/items/<uuid:question_id>/compare")
@requires(VIEW_QUESTIONS)
def compare_versions(question_id: UUID) -> ResponseReturnValue:
    """Show what differs between two versions of a question, the last two unless others are asked for."""
    view = queries.get_question(QuestionId(question_id))
    new = asked_number("new") or view.line.number
    old = asked_number("old") or max(new - 1, 1)
    before, after = (queries.get_version(view.line.id, number) for number in (old, new))
    found = differences(question_from_json(before.content), question_from_json(after.content))
    return render_template(
        "quizzes/comparison.html", view=view, old=old, new=new, found=found, type_words=type_words()
    )


def differences(before: Question, after: Question) -> list[Difference]:
    """Return what changed, part by part, in words that a person reads; empty where nothing did."""
    found = []
    for (label, was, old), (_label, is_now, new) in zip(_parts(before), _parts(after), strict=True):
        if was != is_now:
            found.append(Difference(label, courses.compare_texts(old, new)))
    return found


def _parts(question: Question) -> Iterator[tuple[str, object, str]]:
    """Yield each part of a question: what it is called, what it is, and its words as paragraphs."""
    kind = kind_of(question)
    right = kind.describe_response(question, kind.correct_answer(question))
    yield _("Name in lists"), question.title, question.title
    yield _("What is asked"), question.stem, _words(question.stem)
    parts = kind.shown_texts(question)
    yield _("Choices and parts"), question.body, "\n\n".join(_words(text) for text in parts.values())
    answers = "\n\n".join(" → ".join(filter(None, map(_words, (one.asked, one.given)))) for one in right)
    yield _("What is right"), answers, answers
    yield _("Points"), question.marks, f"{question.marks.normalize():f}"
    for label, text in (
        (_("To everyone"), question.general_feedback),
        (_("When all is right"), question.feedback_correct),
        (_("When part of it is right"), question.feedback_partial),
        (_("When it is wrong"), question.feedback_incorrect),
    ):
        yield f"{_('Feedback')}: {label}", text or NO_TEXT, _words(text)
    yield _("Hints"), question.hints, "\n\n".join(_words(text) for text in question.hints)
    yield _("Objective"), question.objective, question.objective
    drawing = question.drawing
    formulas = [
        *(f"{one.name} = {one.formula}" for one in drawing.variables),
        *drawing.conditions,
        *(f"{one.at} = {one.formula}" for one in drawing.computed),
    ]
    yield _("Drawn by chance"), drawing, "\n\n".join(formulas)


def _words(text: Text) -> str:
    return plain_text_of(text_to_html(text))


@blueprint.get("/author/questions/items/<uuid:question_id>/uses")
@requires(VIEW_QUESTIONS)
def question_uses(question_id: UUID) -> ResponseReturnValue:
    """Show every exam that asks a question, by which draws and how often it did, and the lessons that do."""
    view = queries.get_question(QuestionId(question_id))
    page = queries.page_uses(view.line, view.bank.id, page_request())
    return render_template(
        "quizzes/uses.html",
        view=view,
        page=page,
        asked_in=attempts.count_asked_in(view.line.id, [one.quiz_id for one in page.items]),
        asked=attempts.count_asked(view.line.id),
        may_remark=current().may(VIEW_REMARKS),
        lessons=courses.list_asking(str(view.line.id), actor=current()),
    )
