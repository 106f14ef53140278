"""Choosing questions of a bank for an exam: to be always asked, or never two of them in one paper."""

from urllib.parse import urlencode
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Invalid
from lms.quizzes.bank import queries, service
from lms.quizzes.bank.values import Bank
from lms.quizzes.policy import AUTHOR_QUESTIONS
from lms.quizzes.values import BankId, QuestionId, Quiz, QuizId
from lms.quizzes.views.blueprint import blueprint
from lms.quizzes.views.narrowed import asked_questions, difficulty_words, folder_options, status_words
from lms.quizzes.views.paper import type_words
from lms.quizzes.views.quizzes import where
from lms.web.access import requires
from lms.web.asked import asked_id, asked_number
from lms.web.pages import page_request


@blueprint.get("/author/quizzes/<uuid:quiz_id>/choose")
@requires(AUTHOR_QUESTIONS)
def choose(quiz_id: UUID) -> ResponseReturnValue:
    """List the questions of a bank, to be ticked."""
    return _page(queries.get_quiz(QuizId(quiz_id)))


@blueprint.post("/author/quizzes/<uuid:quiz_id>/choose")
@requires(AUTHOR_QUESTIONS)
def take(quiz_id: UUID) -> ResponseReturnValue:
    """Let the exam ask what was ticked, or never ask two of it together."""
    quiz = queries.get_quiz(QuizId(quiz_id))
    group = asked_number("group")
    try:
        questions = _ticked()
        if group is None:
            added = service.ask_also(
                quiz_id=quiz.id,
                questions=questions,
                section=asked_number("section") or 1,
                actor=current(),
                now=clock.now(),
            )
            flash(
                ngettext(
                    "%(num)s question is always asked now.", "%(num)s questions are always asked now.", added
                ),
                "valid",
            )
        else:
            service.keep_apart(
                quiz_id=quiz.id, questions=questions, group=group or None, actor=current(), now=clock.now()
            )
            flash(_("No paper asks two of these together."), "valid")
    except Invalid as refusal:
        return _page(quiz, refusal.message), 422
    return redirect(f"{_exam_url(quiz)}#asked", 303)


def _exam_url(quiz: Quiz) -> str:
    page, place = url_for(".edit_quiz", quiz_id=quiz.id), urlencode(where())
    return f"{page}?{place}" if place else page


def _ticked() -> list[QuestionId]:
    """Return the ids that were ticked; Invalid for none."""
    try:
        found = [QuestionId(UUID(one)) for one in request.form.getlist("question")]
    except ValueError as error:
        raise Invalid(_("Reload this page and try again.")) from error
    if not found:
        raise Invalid(_("Nothing was chosen. Tick the questions first."))
    return list(queries.list_lines(found))


def _page(quiz: Quiz, refusal: str = "") -> str:
    banks = queries.list_banks()
    bank = _bank(quiz, banks_by_id := {one.id: one for one in banks})
    folders = queries.list_folders(bank.id) if bank else ()
    wanted = asked_questions(folders)
    group = asked_number("group")
    chosen = (
        {one.question_id for one in quiz.draws}
        if group is None
        else {one for one, number in queries.list_apart(quiz.id).items() if number == group}
    )
    return render_template(
        "quizzes/choose.html",
        quiz=quiz,
        refusal=refusal,
        bank=bank,
        banks=[(str(one.id), f"{one.name} ({one.count})") for one in banks_by_id.values()],
        page=queries.page_questions(bank.id, page_request(), like=wanted) if bank else None,
        wanted=wanted,
        folder_options=folder_options(folders),
        tag_options=[(one, one) for one in queries.list_tags(bank.id)] if bank else (),
        objective_options=[(one, one) for one in queries.list_objectives(bank.id)] if bank else (),
        paths={one.id: one.said for one in folders},
        type_words=type_words(),
        difficulty_words=difficulty_words(),
        status_words=status_words(),
        group=group,
        chosen=chosen,
        carried={name: request.args[name] for name in ("section", "group") if name in request.args} | where(),
        here=url_for(".choose", quiz_id=quiz.id),
        back=_exam_url(quiz),
    )


def _bank(quiz: Quiz, banks: dict[BankId, Bank]) -> Bank | None:
    """Return the bank that is asked for, else the first that the exam draws from, else the first there is."""
    asked = asked_id("bank", BankId)
    drawn = [one.bank_id for one in quiz.draws if one.bank_id is not None]
    found = next((banks[one] for one in (asked, *drawn) if one is not None and one in banks), None)
    return found or next(iter(banks.values()), None)
