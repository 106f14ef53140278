"""Acts on many questions: chosen on the list, and shown in what they come to before anything is done."""

import hashlib
from collections.abc import Mapping
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
from lms.quizzes.bank.forms import ChangeForm
from lms.quizzes.bank.queries.listing import QuestionFilter
from lms.quizzes.bank.values import Change
from lms.quizzes.policy import AUTHOR_QUESTIONS
from lms.quizzes.values import BankId, QuestionId
from lms.quizzes.views.blueprint import blueprint
from lms.quizzes.views.narrowed import asked_questions, difficulty_words, folder_options, status_words
from lms.web.access import requires
from lms.web.numbers import whole_number
from lms.web.pages import PageRequest

ALL, APPLY, LOOK = "all", "apply", "look"
NAMED = 5
"""How many of the chosen questions the page names."""


@blueprint.post("/author/questions/<uuid:bank_id>/change")
@requires(AUTHOR_QUESTIONS)
def change_questions(bank_id: UUID) -> ResponseReturnValue:
    """Ask what becomes of the chosen questions, show what that comes to, then do it."""
    wanted, form = BankId(bank_id), ChangeForm()
    folders = queries.list_folders(wanted)
    form.offer(folder_options(folders), difficulty_words(), status_words())
    chosen, deed = _chosen(asked_questions(folders)), request.form.get("do", "")
    if deed not in {LOOK, APPLY}:
        return _page(wanted, chosen, form)
    if not form.validate_on_submit():
        return _page(wanted, chosen, form), 422
    try:
        service.check_change(wanted, form.change(), queries.mine())
        if deed == LOOK:
            return _look(wanted, chosen, form)
        if request.form.get("shown") != _digest(chosen, form.change()):
            return _look(wanted, chosen, form, is_other=True), 422
        number = service.change_questions(
            bank_id=wanted,
            chosen=chosen,
            change=form.change(),
            expected=whole_number(request.form.get("expected")),
            actor=current(),
            now=clock.now(),
        )
    except Invalid as refusal:
        form.refuse(dict(refusal.fields) or {"folder": refusal.message})
        return _page(wanted, chosen, form), 422
    flash(ngettext("%(num)s question changed.", "%(num)s questions changed.", number), "valid")
    return redirect(
        f"{url_for('.bank', bank_id=bank_id)}?{urlencode([*request.args.items(multi=True)])}", 303
    )


def _chosen(narrowed: QuestionFilter) -> QuestionFilter:
    """Return the filter of what was ticked, or of all that the list showed."""
    if request.form.get("scope") == ALL:
        return narrowed
    try:
        return QuestionFilter(
            ids=frozenset(QuestionId(UUID(one)) for one in request.form.getlist("question"))
        )
    except ValueError as error:
        raise Invalid(_("Reload this page and try again.")) from error


def _digest(chosen: QuestionFilter, change: Change) -> str:
    """Return what names a change of these questions: nothing is done but what its page has shown."""
    ids = sorted(str(one) for one in chosen.ids or ())
    return hashlib.sha256(repr((ids, change)).encode()).hexdigest()


def _look(bank_id: BankId, chosen: QuestionFilter, form: ChangeForm, *, is_other: bool = False) -> str:
    counts = queries.count_changes(bank_id, chosen, form.change())
    return _page(bank_id, chosen, form, counts=counts, is_other=is_other)


def _page(
    bank_id: BankId,
    chosen: QuestionFilter,
    form: ChangeForm,
    *,
    counts: Mapping[str, int] | None = None,
    is_other: bool = False,
) -> str:
    return render_template(
        "quizzes/change.html",
        bank=queries.get_bank(bank_id),
        form=form,
        ids=sorted(chosen.ids) if chosen.ids is not None else None,
        count=queries.count_like(bank_id, chosen, most=queries.CHANGED_MOST + 1),
        named=queries.page_questions(bank_id, PageRequest(size=NAMED), like=chosen).items,
        counts=counts,
        shown=_digest(chosen, form.change()) if counts else "",
        is_other=is_other,
        tag_options=queries.list_tags(bank_id),
    )
