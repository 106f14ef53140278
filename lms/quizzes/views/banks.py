"""The authors' pages of banks: listing them, looking into one, bringing questions in from a file."""

from collections.abc import Mapping, Sequence
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
from lms.quizzes.bank.queries import QuestionFilter
from lms.quizzes.bank.values import QuestionLine
from lms.quizzes.kinds import KINDS
from lms.quizzes.policy import AUTHOR_QUESTIONS, VIEW_QUESTIONS
from lms.quizzes.values import QUESTIONS_PER_FILE, BankId, FolderId, QuestionImportId
from lms.quizzes.views.blueprint import blueprint
from lms.quizzes.views.narrowed import asked_questions, difficulty_words, folder_options, status_words
from lms.quizzes.views.paper import type_words, unscored
from lms.web.access import requires
from lms.web.exports import csv_download
from lms.web.pages import Page, page_order, page_request, walk
from lms.web.words import said

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
    return _bank(UploadForm(), BankId(bank_id))


@blueprint.get("/author/questions/<uuid:bank_id>.csv")
@requires(VIEW_QUESTIONS)
def bank_table(bank_id: UUID) -> ResponseReturnValue:
    """Hand out a bank's questions as a table, narrowed and ordered as the list is."""
    bank = queries.get_bank(BankId(bank_id))
    folders = queries.list_folders(bank.id)
    wanted, order = asked_questions(folders), page_order(SORTS, default=queries.AS_THEY_CAME)
    paths = {one.id: one.said for one in folders}
    header = (
        _("Question"),
        _("Type"),
        _("Points"),
        _("Version"),
        _("Folder"),
        _("Difficulty"),
        _("Tags"),
        _("Objective"),
        _("State"),
        _("Changed"),
    )
    return csv_download(
        "questions.csv",
        header,
        walk(
            lambda at: queries.page_questions(bank.id, at, like=wanted, order=order).map(
                lambda one: _row(one, paths)
            )
        ),
    )


def _row(one: QuestionLine, paths: Mapping[FolderId, str]) -> tuple[str, ...]:
    return (
        one.title,
        said(KINDS[one.type].title),
        "" if one.type in unscored() else f"{one.marks.normalize():f}",
        str(one.number),
        paths.get(one.folder_id, "") if one.folder_id else "",
        difficulty_words()[one.difficulty] if one.difficulty else "",
        ", ".join(one.tags),
        one.objective,
        status_words()[one.status],
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
    return _bank(form, wanted), 422


def _chosen_file() -> FileStorage:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid(_("Choose a file."), fields={"file": _("Choose a file.")})
    return file


def _bank(form: UploadForm, bank_id: BankId) -> str:
    bank, folders = queries.get_bank(bank_id), queries.list_folders(bank_id)
    wanted, order = asked_questions(folders), page_order(SORTS, default=queries.AS_THEY_CAME)
    page = queries.page_questions(bank_id, page_request(), like=wanted, order=order)
    return render_template(
        "quizzes/bank.html",
        bank=bank,
        folders=folders,
        folder_options=folder_options(folders),
        paths={one.id: one.name for one in folders},
        wanted=wanted,
        page=page,
        count=_count(bank_id, wanted, page),
        counted_most=queries.COUNTED_MOST,
        sort=order.asked,
        tag_options=[(one, one) for one in queries.list_tags(bank_id)],
        objective_options=[(one, one) for one in queries.list_objectives(bank_id)],
        types=[*type_words().items()],
        type_words=type_words(),
        difficulty_words=difficulty_words(),
        status_words=status_words(),
        unscored=unscored(),
        form=form,
        questions_per_file=QUESTIONS_PER_FILE,
        may_author=current().may(AUTHOR_QUESTIONS),
    )


def _count(bank_id: BankId, wanted: QuestionFilter, page: Page[QuestionLine]) -> int | None:
    """Return how many questions the list holds; None for several pages found by words, looked for twice otherwise."""
    if page.next is None and page.previous is None:
        return len(page.items)
    return None if wanted.words else queries.count_like(bank_id, wanted, most=queries.COUNTED_MOST + 1)


@blueprint.get("/author/questions/imports/<uuid:import_id>")
@requires(AUTHOR_QUESTIONS)
def look_at_import(import_id: UUID) -> ResponseReturnValue:
    """Show what an import would bring, and what it cannot."""
    return render_template(
        "quizzes/import.html",
        found=service.look_at_import(QuestionImportId(import_id)),
        type_words=type_words(),
    )


def _read_import(import_id: UUID) -> Sequence[service.Ready]:
    return service.read_import(QuestionImportId(import_id))


@blueprint.post("/author/questions/imports/<uuid:import_id>")
@requires(AUTHOR_QUESTIONS, prepare=_read_import)
def confirm_import(import_id: UUID) -> ResponseReturnValue:
    """Take what an import brings."""
    wanted = QuestionImportId(import_id)
    taken = service.confirm_import(
        import_id=wanted,
        ready=g.prepared,
        is_draft=request.form.get("draft") == "yes",
        actor=current(),
        now=clock.now(),
    )
    added = len(taken.questions)
    flash(ngettext("%(num)s question added.", "%(num)s questions added.", added), "valid")
    return redirect(url_for(".bank", bank_id=queries.get_import(wanted)[0].bank_id), 303)
