"""The authors' pages of a bank's folders: the tree, and one of them to be renamed, moved or removed."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Conflict, Invalid
from lms.quizzes.bank import queries, rules, service
from lms.quizzes.bank.forms import FolderForm
from lms.quizzes.bank.values import Folder
from lms.quizzes.policy import AUTHOR_QUESTIONS, VIEW_QUESTIONS
from lms.quizzes.values import BankId, FolderId
from lms.quizzes.views.blueprint import blueprint
from lms.quizzes.views.narrowed import folder_options
from lms.quizzes.views.people import naming_of
from lms.web.access import requires


@blueprint.get("/author/questions/<uuid:bank_id>/folders")
@requires(VIEW_QUESTIONS)
def folders(bank_id: UUID) -> ResponseReturnValue:
    """Show a bank's folders."""
    return _tree(BankId(bank_id), FolderForm())


@blueprint.post("/author/questions/<uuid:bank_id>/folders")
@requires(AUTHOR_QUESTIONS)
def add_folder(bank_id: UUID) -> ResponseReturnValue:
    """Make a folder."""
    form = _form(FolderForm(), queries.list_folders(BankId(bank_id)))
    if form.validate_on_submit():
        try:
            service.add_folder(
                folder_id=FolderId(form.new_id),
                bank_id=BankId(bank_id),
                name=form.name.data or "",
                parent_id=form.parent_id,
                actor=current(),
                now=clock.now(),
            )
        except Invalid as refusal:
            form.refuse(dict(refusal.fields))
        else:
            flash(_("The folder is made."), "valid")
            return redirect(url_for(".folders", bank_id=bank_id), 303)
    return _tree(BankId(bank_id), form), 422


def _tree(bank_id: BankId, form: FolderForm) -> str:
    bank, found = queries.get_bank(bank_id), queries.list_folders(bank_id)
    return render_template(
        "quizzes/folders.html",
        bank=bank,
        folders=found,
        form=_form(form, found),
        levels_most=rules.LEVELS_MOST,
        people=naming_of(bank_id, None),
        may_author=current().may(AUTHOR_QUESTIONS),
    )


def _form(form: FolderForm, folders: Sequence[Folder]) -> FolderForm:
    form.offer([(one, words) for one, words in folder_options(folders)])
    return form


@blueprint.get("/author/questions/folders/<uuid:folder_id>")
@requires(AUTHOR_QUESTIONS)
def folder(folder_id: UUID) -> ResponseReturnValue:
    """Show a folder to be renamed, moved or removed."""
    found = queries.get_folder(FolderId(folder_id))
    return _page(found, FolderForm(name=found.name, parent=str(found.parent_id or "")))


@blueprint.post("/author/questions/folders/<uuid:folder_id>")
@requires(AUTHOR_QUESTIONS)
def change_folder(folder_id: UUID) -> ResponseReturnValue:
    """Rename or move a folder."""
    found = queries.get_folder(FolderId(folder_id))
    form = _placed(found, FolderForm())
    if form.validate_on_submit():
        try:
            service.change_folder(
                folder_id=found.id, name=form.name.data or "", parent_id=form.parent_id, actor=current()
            )
        except Invalid as refusal:
            form.refuse(dict(refusal.fields))
        else:
            flash(_("Saved."), "valid")
            return redirect(url_for(".folders", bank_id=found.bank_id), 303)
    return _page(found, form), 422


@blueprint.post("/author/questions/folders/<uuid:folder_id>/remove")
@requires(AUTHOR_QUESTIONS)
def remove_folder(folder_id: UUID) -> ResponseReturnValue:
    """Remove an empty folder."""
    found = queries.get_folder(FolderId(folder_id))
    try:
        service.remove_folder(folder_id=found.id, actor=current())
    except Conflict as refusal:
        flash(refusal.message, "soon")
        return redirect(url_for(".folder", folder_id=folder_id), 303)
    flash(_("The folder is gone."), "valid")
    return redirect(url_for(".folders", bank_id=found.bank_id), 303)


def _placed(found: Folder, form: FolderForm) -> FolderForm:
    """Return the form with the places that the folder can be moved to."""
    whole = queries.list_folders(found.bank_id)
    within = queries.folders_within(whole, found.id)
    return _form(form, [one for one in whole if one.id not in within])


def _page(found: Folder, form: FolderForm) -> str:
    whole = queries.list_folders(found.bank_id)
    return render_template(
        "quizzes/folder.html",
        bank=queries.get_bank(found.bank_id),
        folder=found,
        people=naming_of(found.bank_id, found.id),
        form=_placed(found, form),
        is_empty=not found.count and all(one.parent_id != found.id for one in whole),
    )
