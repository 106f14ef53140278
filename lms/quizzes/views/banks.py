"""The authors' pages of banks: listing them, looking into one, bringing questions in from a file."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage

from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Invalid
from lms.quizzes.bank import queries, service
from lms.quizzes.bank.forms import BankForm, UploadForm
from lms.quizzes.bank.values import QuestionLine
from lms.quizzes.policy import AUTHOR_QUESTIONS, VIEW_QUESTIONS
from lms.quizzes.values import QUESTIONS_PER_FILE, BankId, QuestionImportId, QuestionType
from lms.quizzes.views.blueprint import blueprint
from lms.quizzes.views.paper import TYPE_WORDS
from lms.web.access import requires
from lms.web.asked import asked_word
from lms.web.exports import csv_download
from lms.web.pages import page_order, page_request, walk

SORTS = ("added", "title")


@blueprint.get("/author/questions")
@requires(VIEW_QUESTIONS)
def banks() -> ResponseReturnValue:
    """List the banks."""
    return _banks(BankForm())


@blueprint.post("/author/questions")
@requires(AUTHOR_QUESTIONS)
def add_bank() -> ResponseReturnValue:
    """Make a bank."""
    form = BankForm()
    if form.validate_on_submit():
        try:
            bank_id = service.add_bank(
                bank_id=BankId(form.new_id), name=form.name.data or "", actor=current(), now=clock.now()
            )
        except Invalid as refusal:
            form.refuse(dict(refusal.fields))
        else:
            return redirect(url_for(".bank", bank_id=bank_id), 303)
    return _banks(form), 422


def _banks(form: BankForm) -> str:
    return render_template(
        "quizzes/banks.html",
        page=queries.page_banks(page_request()),
        form=form,
        may_author=current().may(AUTHOR_QUESTIONS),
    )


@blueprint.get("/author/questions/<uuid:bank_id>")
@requires(VIEW_QUESTIONS)
def bank(bank_id: UUID) -> ResponseReturnValue:
    """List a bank's questions."""
    kind = asked_word("type", QuestionType)
    return _bank(UploadForm(), BankId(bank_id), kind)


@blueprint.get("/author/questions/<uuid:bank_id>.csv")
@requires(VIEW_QUESTIONS)
def bank_table(bank_id: UUID) -> ResponseReturnValue:
    """Hand out a bank's questions as a table, narrowed and ordered as the list is."""
    bank = queries.get_bank(BankId(bank_id))
    kind = asked_word("type", QuestionType)
    words, tag = request.args.get("q", "").strip(), request.args.get("tag", "")
    order = page_order(SORTS, default=queries.AS_THEY_CAME)
    return csv_download(
        "questions.csv",
        (_("Question"), _("Type"), _("Points"), _("Version"), _("Tags"), _("State"), _("Changed")),
        walk(
            lambda at: queries.page_questions(bank.id, at, words=words, kind=kind, tag=tag, order=order).map(
                _row
            )
        ),
    )


def _row(one: QuestionLine) -> tuple[str, ...]:
    return (
        one.title,
        str(TYPE_WORDS[one.type]),
        str(one.marks),
        str(one.number),
        ", ".join(one.tags),
        _("Retired") if one.is_retired else _("In use"),
        one.changed_at.isoformat(),
    )


@blueprint.post("/author/questions/<uuid:bank_id>")
@requires(AUTHOR_QUESTIONS, upload_bytes=service.FILE_BYTES)
def upload(bank_id: UUID) -> ResponseReturnValue:
    """Keep a file of questions, to be looked at before anything of it is taken."""
    form, wanted = UploadForm(), BankId(bank_id)
    if form.validate_on_submit():
        try:
            file = _chosen_file()
            import_id = service.upload_questions(
                import_id=QuestionImportId(form.new_id),
                bank_id=wanted,
                filename=file.filename or "",
                source=file.stream,
                actor=current(),
                now=clock.now(),
            )
        except Invalid as refusal:
            form.refuse(dict(refusal.fields))
        else:
            return redirect(url_for(".look_at_import", import_id=import_id), 303)
    return _bank(form, wanted, None), 422


def _chosen_file() -> FileStorage:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid(_("Choose a file."), fields={"file": _("Choose a file.")})
    return file


def _bank(form: UploadForm, bank_id: BankId, kind: QuestionType | None) -> str:
    words, tag = request.args.get("q", "").strip(), request.args.get("tag", "")
    order = page_order(SORTS, default=queries.AS_THEY_CAME)
    return render_template(
        "quizzes/bank.html",
        bank=queries.get_bank(bank_id),
        page=queries.page_questions(bank_id, page_request(), words=words, kind=kind, tag=tag, order=order),
        sort=order.asked,
        tag_options=[(one, one) for one in queries.list_tags(bank_id)],
        types=[(one.value, TYPE_WORDS[one]) for one in QuestionType],
        type_words=TYPE_WORDS,
        narrowed=bool(words or kind or tag),
        form=form,
        questions_per_file=QUESTIONS_PER_FILE,
        may_author=current().may(AUTHOR_QUESTIONS),
    )


@blueprint.get("/author/questions/imports/<uuid:import_id>")
@requires(AUTHOR_QUESTIONS)
def look_at_import(import_id: UUID) -> ResponseReturnValue:
    """Show what an import would bring, and what it cannot."""
    return render_template(
        "quizzes/import.html",
        found=service.look_at_import(QuestionImportId(import_id)),
        type_words=TYPE_WORDS,
    )


def _read_import(import_id: UUID) -> Sequence[service.Ready]:
    return service.read_import(QuestionImportId(import_id))


@blueprint.post("/author/questions/imports/<uuid:import_id>")
@requires(AUTHOR_QUESTIONS, prepare=_read_import)
def confirm_import(import_id: UUID) -> ResponseReturnValue:
    """Take what an import brings."""
    wanted = QuestionImportId(import_id)
    taken = service.confirm_import(import_id=wanted, ready=g.prepared, actor=current(), now=clock.now())
    added = len(taken.questions)
    flash(ngettext("%(num)s question added.", "%(num)s questions added.", added), "valid")
    return redirect(url_for(".bank", bank_id=queries.get_import(wanted)[0].bank_id), 303)
