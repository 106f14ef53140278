"""The authors' pages of one question: as a learner sees it, its history, its uses; writing, changing, retiring it."""

from collections.abc import Mapping
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Invalid
from lms.quizzes.attempts import queries as attempts
from lms.quizzes.bank import queries, service
from lms.quizzes.bank.forms import QuestionForm
from lms.quizzes.bank.values import QuestionView
from lms.quizzes.errors import EditedMeanwhile
from lms.quizzes.formats.texts import text_to_html
from lms.quizzes.kinds import kind_of
from lms.quizzes.policy import AUTHOR_QUESTIONS, VIEW_QUESTIONS
from lms.quizzes.values import (
    BankId,
    Question,
    QuestionId,
    QuestionType,
    Response,
    StoredQuestion,
    Text,
    question_from_json,
)
from lms.quizzes.views.blueprint import blueprint
from lms.quizzes.views.paper import TYPE_LEADS, TYPE_WORDS, answered_slot, asking_of, review_of
from lms.web.access import requires
from lms.web.asked import asked_number, asked_word
from lms.web.pages import page_request

CHECK, SAVE = "check", "save"


@blueprint.app_template_filter("question_html")
def question_html(text: Text, stored: StoredQuestion) -> Markup:
    """Return a text of a question as safe HTML, with the pictures of its version."""
    return Markup(text_to_html(text, attachment=stored.pictures.get))  # noqa: S704  sanitised


@blueprint.get("/author/questions/items/<uuid:question_id>")
@requires(VIEW_QUESTIONS)
def show_question(question_id: UUID) -> ResponseReturnValue:
    """Show a question as it is asked, what is right, its history and where it is used."""
    view = queries.get_question(QuestionId(question_id))
    number = asked_number("version")
    stored = view.stored if number is None else queries.get_version(view.line.id, number)
    question = question_from_json(stored.content)
    versions = queries.page_versions(view.line.id, page_request())
    given = _tried(question)
    return render_template(
        "quizzes/question_page.html",
        view=view,
        question=question,
        stored=stored,
        is_present=stored.number == view.line.number,
        asking=asking_of(stored, given=given),
        reviewed=review_of(answered_slot(stored, given=given), stored, with_answers=True) if given else None,
        versions=versions,
        people=identity.list_people({one.made_by for one in versions.items if one.made_by is not None}),
        uses=queries.list_uses(view.line, view.bank.id),
        asked=attempts.count_asked(view.line.id),
        type_words=TYPE_WORDS,
        may_author=current().may(AUTHOR_QUESTIONS),
    )


def _tried(question: Question) -> Response | None:
    """Return the answer that the address tries, or the right one if it asks for that."""
    if "solve" in request.args:
        return kind_of(question).correct_answer(question)
    if "try" not in request.args:
        return None
    form = {name: request.args.getlist(name) for name in request.args}
    return kind_of(question).parse_response(question, form, "q1")


@blueprint.get("/author/questions/<uuid:bank_id>/new")
@requires(AUTHOR_QUESTIONS)
def new_question(bank_id: UUID) -> ResponseReturnValue:
    """Show the kinds of question, or an empty form of the one that was chosen."""
    bank, kind = queries.get_bank(BankId(bank_id)), asked_word("type", QuestionType)
    if kind is None:
        return render_template(
            "quizzes/new_question.html", bank=bank, type_words=TYPE_WORDS, type_leads=TYPE_LEADS
        )
    return _new_page(QuestionForm.blank(kind), BankId(bank_id))


@blueprint.post("/author/questions/<uuid:bank_id>/new")
@requires(AUTHOR_QUESTIONS)
def write_question(bank_id: UUID) -> ResponseReturnValue:
    """Add a question, or change the rows of its form."""
    kind = asked_word("type", QuestionType) or abort(404)
    form, wanted = QuestionForm.posted(kind, _sent()), BankId(bank_id)
    question, deed = form.read(None), request.form.get("do", SAVE)
    if _is_no_saving(form, deed):
        return _new_page(form, wanted, question)
    if question is None:
        return _new_page(form, wanted), 422
    try:
        question_id = service.write_question(
            question_id=QuestionId(_key(form)),
            bank_id=wanted,
            question=question,
            actor=current(),
            now=clock.now(),
        )
    except Invalid as refusal:
        form.refuse(refusal.fields)
        return _new_page(form, wanted, question), 422
    flash(_("The question is in the bank."), "valid")
    return redirect(url_for(".show_question", question_id=question_id), 303)


@blueprint.get("/author/questions/items/<uuid:question_id>/edit")
@requires(AUTHOR_QUESTIONS)
def edit_question(question_id: UUID) -> ResponseReturnValue:
    """Show the form that holds a question."""
    view = queries.get_question(QuestionId(question_id))
    return _edit_page(QuestionForm.filled(view.question, seen=view.line.number), view, view.question)


@blueprint.post("/author/questions/items/<uuid:question_id>/edit")
@requires(AUTHOR_QUESTIONS)
def save_question(question_id: UUID) -> ResponseReturnValue:
    """Make a new version, or change the rows of the form."""
    view = queries.get_question(QuestionId(question_id))
    form = QuestionForm.posted(view.line.type, _sent())
    question, deed = form.read(view.question), request.form.get("do", SAVE)
    if _is_no_saving(form, deed):
        return _edit_page(form, view, question)
    if question is None:
        return _edit_page(form, view), 422
    try:
        number = service.edit_question(
            question_id=view.line.id, question=question, seen=form.seen, actor=current(), now=clock.now()
        )
    except EditedMeanwhile:
        # What was typed stays; saving it again is then a choice made with the other version in view.
        form.see(view.line.number)
        return _edit_page(form, view, question, is_stale=True), 409
    flash(_("Version %(number)s is saved.", number=number), "valid")
    return redirect(url_for(".show_question", question_id=question_id), 303)


@blueprint.post("/author/questions/items/<uuid:question_id>/retire")
@requires(AUTHOR_QUESTIONS)
def retire_question(question_id: UUID) -> ResponseReturnValue:
    """Let a question be drawn no more, or again."""
    is_back = request.form.get("is_back") == "yes"
    service.retire_question(
        question_id=QuestionId(question_id), is_back=is_back, actor=current(), now=clock.now()
    )
    flash(_("The question is in use again.") if is_back else _("The question is retired."), "valid")
    return redirect(url_for(".show_question", question_id=question_id), 303)


def _sent() -> Mapping[str, str]:
    return {name: values[-1] for name, values in request.form.lists()}


def _key(form: QuestionForm) -> UUID:
    try:
        return UUID(form.value("key"))
    except ValueError as error:
        raise Invalid(_("Reload this page and try again.")) from error


def _is_no_saving(form: QuestionForm, deed: str) -> bool:
    """Return whether a button only changed the form: rows that just came are not found fault with yet."""
    if form.act(deed):
        form.faults = {}
        return True
    return deed == CHECK


def _new_page(form: QuestionForm, bank_id: BankId, question: Question | None = None) -> str:
    return render_template(
        "quizzes/write_question.html",
        form=form,
        bank=queries.get_bank(bank_id),
        seen=_as_seen(question, {}),
        type_words=TYPE_WORDS,
    )


def _edit_page(
    form: QuestionForm, view: QuestionView, question: Question | None = None, *, is_stale: bool = False
) -> str:
    other = queries.page_versions(view.line.id, page_request(size=1)).items[0] if is_stale else None
    return render_template(
        "quizzes/edit_question.html",
        form=form,
        view=view,
        bank=view.bank,
        seen=_as_seen(question, view.stored.pictures),
        other=other,
        author=identity.find_person(PersonId(other.made_by)) if other and other.made_by else None,
        type_words=TYPE_WORDS,
    )


def _as_seen(question: Question | None, pictures: Mapping[str, str]) -> object:
    """Return a question that is not saved yet as a learner would see it."""
    return asking_of(service.stored_as(question, pictures)) if question is not None else None
