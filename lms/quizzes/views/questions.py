"""The authors' pages of one question: as a learner sees it, its history, its uses; writing, changing, retiring it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from lms.quizzes.bank.forms import PlaceForm, QuestionForm
from lms.quizzes.bank.forms.chance import draws_of
from lms.quizzes.bank.queries.listing import QuestionFilter
from lms.quizzes.bank.values import Change, Folder, QuestionLine, QuestionView
from lms.quizzes.errors import EditedMeanwhile
from lms.quizzes.kinds import KINDS, kind_of, question_from_json
from lms.quizzes.marking.facade import in_words
from lms.quizzes.policy import AUTHOR_QUESTIONS, VIEW_QUESTIONS, VIEW_REMARKS
from lms.quizzes.syntax.texts import text_to_html
from lms.quizzes.values import BankId, Question, QuestionId, Response, StoredQuestion, Text
from lms.quizzes.views.blueprint import blueprint
from lms.quizzes.views.narrowed import difficulty_words, folder_options, status_words
from lms.quizzes.views.paper import (
    Asking,
    Reviewed,
    answered_slot,
    asked_type,
    asking_of,
    review_of,
    type_words,
)
from lms.web.access import requires
from lms.web.asked import asked_number
from lms.web.pages import PageRequest, page_request

CHECK, SAVE, TRY = "check", "save", "try"
USES_SHOWN = 5
"""How many exams a question's own page names; the rest stand on the page of where it is used."""


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
    stored = service.as_asked(stored, None)
    draws, question = draws_of(question), question_from_json(stored.content)
    versions = queries.page_versions(view.line.id, page_request())
    given, kind = _tried(question), kind_of(question)
    folders = queries.list_folders(view.bank.id)
    return render_template(
        "quizzes/question_page.html",
        view=view,
        paths={one.id: one.said for one in folders},
        placing=_held_place(folders, view.line),
        difficulty_words=difficulty_words(),
        status_words=status_words(),
        question=question,
        draws=draws,
        stored=stored,
        is_present=stored.number == view.line.number,
        asking=asking_of(stored, given=given),
        reviewed=review_of(answered_slot(stored, given=given), stored) if given else None,
        versions=versions,
        people=identity.list_people({one.made_by for one in versions.items if one.made_by is not None}),
        uses=queries.page_uses(view.line, view.bank.id, PageRequest(size=USES_SHOWN)),
        asked=attempts.count_asked(view.line.id),
        type_words=type_words(),
        may_author=current().may(AUTHOR_QUESTIONS)
        and queries.mine().may_change(view.bank.id, view.line.folder_id),
        may_remark=current().may(VIEW_REMARKS),
        rubric=in_words(kind.rubric(question)) if kind.is_graded_by_person else None,
        guidance=kind.guidance(question),
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
    bank, kind = queries.get_bank(BankId(bank_id)), asked_type()
    if kind is None:
        return render_template(
            "quizzes/new_question.html",
            bank=bank,
            kinds=KINDS.values(),
            folder=request.args.get("folder") or None,
        )
    return _new_page(QuestionForm.blank(kind), BankId(bank_id))


@blueprint.post("/author/questions/<uuid:bank_id>/new")
@requires(AUTHOR_QUESTIONS, upload_bytes=2 * service.PICTURE_BYTES)
def write_question(bank_id: UUID) -> ResponseReturnValue:
    """Add a question, or change the rows of its form."""
    kind = asked_type() or abort(404)
    form, wanted = QuestionForm.posted(kind, _sent()), BankId(bank_id)
    question, deed = _read(form, wanted), request.form.get("do", SAVE)
    placing = _placing(queries.list_folders(wanted))
    if _is_no_saving(form, deed):
        return _new_page(form, wanted, question)
    if question is None or form.faults:
        return _new_page(form, wanted, question), 422
    try:
        question_id = service.write_question(
            question_id=QuestionId(_key(form)),
            bank_id=wanted,
            question=question,
            pictures=form.pictures,
            place=placing.change() if placing.validate_on_submit() else Change(),
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
    queries.check_may_change_question(QuestionId(question_id), current())
    view = queries.get_question(QuestionId(question_id))
    return _edit_page(
        QuestionForm.filled(view.question, seen=view.line.number, pictures=view.stored.pictures),
        view,
        view.question,
    )


@blueprint.post("/author/questions/items/<uuid:question_id>/edit")
@requires(AUTHOR_QUESTIONS, upload_bytes=2 * service.PICTURE_BYTES)
def save_question(question_id: UUID) -> ResponseReturnValue:
    """Make a new version, or change the rows of the form."""
    view = queries.get_question(QuestionId(question_id))
    form = QuestionForm.posted(view.line.type, _sent())
    question, deed = _read(form, view.bank.id, view), request.form.get("do", SAVE)
    if _is_no_saving(form, deed):
        return _edit_page(form, view, question)
    if question is None or form.faults:
        return _edit_page(form, view, question), 422
    try:
        number = service.edit_question(
            question_id=view.line.id,
            question=question,
            seen=form.seen,
            pictures=form.pictures,
            actor=current(),
            now=clock.now(),
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


@blueprint.post("/author/questions/items/<uuid:question_id>/place")
@requires(AUTHOR_QUESTIONS)
def place_question(question_id: UUID) -> ResponseReturnValue:
    """Say where a question stands: its folder, difficulty or status; no version is made."""
    view = queries.get_question(QuestionId(question_id))
    form = _placing(queries.list_folders(view.bank.id))
    change = form.change() if form.validate_on_submit() else Change()
    if change.is_empty:
        raise Invalid(_("Reload this page and try again."))
    service.change_questions(
        bank_id=view.bank.id,
        chosen=QuestionFilter(ids=frozenset([view.line.id])),
        change=change,
        actor=current(),
        now=clock.now(),
    )
    flash(_("Saved."), "valid")
    return redirect(url_for(".show_question", question_id=question_id), 303)


def _placing(folders: Sequence[Folder], *, must: bool = False) -> PlaceForm:
    """Return the form of where a question stands, as it was sent."""
    form = PlaceForm()
    form.offer(folder_options(folders), difficulty_words(), status_words(), must=must)
    return form


def _held_place(folders: Sequence[Folder], line: QuestionLine) -> PlaceForm:
    form = _placing(folders, must=True)
    form.hold(folder_id=line.folder_id, difficulty=line.difficulty, status=line.status)
    return form


def _sent() -> Mapping[str, str]:
    return {name: values[-1] for name, values in request.form.lists()}


def _read(form: QuestionForm, bank_id: BankId, view: QuestionView | None = None) -> Question | None:
    """Return the question that a form makes, with the files that it brings or brought before it was saved."""
    faults: Mapping[str, str] = {}
    form.hold_pictures(view.stored.pictures if view else {}, queries.pictures_among(bank_id, form.addresses))
    for field, keep, take in (
        ("picture-upload", service.add_picture, form.bring),
        ("media-upload", service.add_media, form.attach),
    ):
        upload = request.files.get(field)
        if upload and upload.filename:
            try:
                take(*keep(bank_id=bank_id, filename=upload.filename, source=upload.stream, actor=current()))
            except Invalid as refusal:
                faults = {**faults, **refusal.fields}
    form.forget_lost_picture()
    question = form.read(view.question if view else None)
    form.refuse(faults)
    return question


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
    return deed in {CHECK, TRY}


def _new_page(form: QuestionForm, bank_id: BankId, question: Question | None = None) -> str:
    return render_template(
        "quizzes/write_question.html",
        form=form,
        bank=queries.get_bank(bank_id),
        placing=_new_place(bank_id),
        seen=_as_seen(question, form.pictures),
        type_words=type_words(),
    )


def _new_place(bank_id: BankId) -> PlaceForm:
    """Return where a new question is to stand: as it was chosen, at first in the folder whose list led here."""
    folders = queries.list_folders(bank_id)
    form = _placing(folders, must=True)
    if request.method == "GET":
        asked = request.args.get("folder")
        form.hold(folder_id=next((one.id for one in folders if str(one.id) == asked), None))
    return form


def _edit_page(
    form: QuestionForm, view: QuestionView, question: Question | None = None, *, is_stale: bool = False
) -> str:
    other = queries.page_versions(view.line.id, page_request(size=1)).items[0] if is_stale else None
    return render_template(
        "quizzes/edit_question.html",
        form=form,
        view=view,
        bank=view.bank,
        placing=None,
        seen=_as_seen(question, form.pictures),
        other=other,
        author=identity.find_person(PersonId(other.made_by)) if other and other.made_by else None,
        type_words=type_words(),
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """A question that is not saved yet, as a learner would see it; reviewed once an answer to it was tried."""

    asking: Asking
    reviewed: Reviewed | None
    draws: Sequence[Mapping[str, str]] = ()


def _as_seen(question: Question | None, pictures: Mapping[str, str]) -> Seen | None:
    """Return a question that is not saved yet with what its author answered beside the form, None while it is none."""
    if question is None:
        return None
    stored = service.stored_as(question, pictures)
    answered = {name: request.form.getlist(name) for name in request.form if name.startswith("q1")}
    asked = question_from_json(service.as_asked(stored, None).content)
    given = kind_of(asked).parse_response(asked, answered, "q1") if answered else None
    is_tried = request.form.get("do") == TRY
    slot = answered_slot(stored, given=given)
    return Seen(
        asking_of(stored, given=given), review_of(slot, stored) if is_tried else None, draws_of(question)
    )
