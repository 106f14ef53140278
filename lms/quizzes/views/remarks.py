"""The authors' pages of marking anew: what to mark and how, what that comes to, and what it did."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Invalid
from lms.quizzes.bank import queries as bank
from lms.quizzes.policy import REMARK, VIEW_REMARKS
from lms.quizzes.remarking import queries, rules, service
from lms.quizzes.remarking.forms import RemarkForm, UndoForm
from lms.quizzes.remarking.values import Offer, Remark, RemarkState, Verdict, Way
from lms.quizzes.values import QuestionId, RemarkId
from lms.quizzes.views.blueprint import blueprint
from lms.web.access import requires
from lms.web.asked import asked_choice
from lms.web.numbers import whole_number
from lms.web.pages import page_request
from lms.web.words import lazy as _l
from lms.web.words import said

VERDICTS: Final[Mapping[Verdict, tuple[str, str]]] = {
    Verdict.GAINED: ("valid", _l("Passes now")),
    Verdict.RAISED: ("valid", _l("More points")),
    Verdict.LOWERED: ("soon", _l("Fewer points")),
    Verdict.SPARED: ("soon", _l("Fewer points, stays passed")),
    Verdict.KEPT: ("none", _l("Would have fewer, keeps its points")),
    Verdict.KEPT_PASS: ("none", _l("Would not pass, keeps points and pass")),
    Verdict.SAME: ("none", _l("Unchanged")),
    Verdict.WAITING: ("progress", _l("Waits to be marked")),
    Verdict.BARE: ("none", _l("Left: nothing else earns points")),
    Verdict.CHANGED: ("soon", _l("Left: marked otherwise since")),
}
STATES: Final[Mapping[RemarkState, tuple[str, str]]] = {
    RemarkState.LOOKING: ("progress", _l("Being looked at")),
    RemarkState.LOOKED_AT: ("soon", _l("Nothing is done yet")),
    RemarkState.RUNNING: ("progress", _l("Under way")),
    RemarkState.DONE: ("valid", _l("Done")),
    RemarkState.DISCARDED: ("none", _l("Discarded")),
}
WAYS: Final[Mapping[Way, str]] = {
    Way.KEY: _l("By the key of another version"),
    Way.FULL: _l("Everybody gets all its points"),
    Way.OUT: _l("Left out of the score"),
    Way.UNDO: _l("Taken back"),
}


@blueprint.get("/author/questions/items/<uuid:question_id>/remark")
@requires(VIEW_REMARKS)
def remarks(question_id: UUID) -> ResponseReturnValue:
    """Show what was marked anew of a question, and ask what is to be."""
    return _form_page(QuestionId(question_id), RemarkForm())


@blueprint.post("/author/questions/items/<uuid:question_id>/remark")
@requires(REMARK)
def look_at_remark(question_id: UUID) -> ResponseReturnValue:
    """Look at what it would come to."""
    view, form = bank.get_question(QuestionId(question_id)), RemarkForm()
    form.offer(*_offer(view.line.id))
    if form.validate_on_submit():
        try:
            made = service.look(ask=form.ask(view.line.id), actor=current(), now=clock.now())
        except Invalid as refusal:
            form.refuse(dict(refusal.fields))
        else:
            return redirect(url_for(".remark", remark_id=made), 303)
    return _form_page(view.line.id, form), 422


@blueprint.get("/author/questions/remarks/<uuid:remark_id>")
@requires(VIEW_REMARKS)
def remark(remark_id: UUID) -> ResponseReturnValue:
    """Show an act where it stands: what it would come to, how far it is, or what it did."""
    return _page(queries.get_remark(RemarkId(remark_id)), UndoForm())


@blueprint.post("/author/questions/remarks/<uuid:remark_id>/do")
@requires(REMARK)
def begin_remark(remark_id: UUID) -> ResponseReturnValue:
    """Let what was looked at be done, unless it has changed meanwhile."""
    looked = whole_number(request.form.get("looked"))
    if not service.begin(remark_id=RemarkId(remark_id), looked=looked, actor=current(), now=clock.now()):
        flash(
            _("Something has changed since you looked. Nothing was done: this is how it stands now."), "soon"
        )
    return redirect(url_for(".remark", remark_id=remark_id), 303)


@blueprint.post("/author/questions/remarks/<uuid:remark_id>/discard")
@requires(REMARK)
def discard_remark(remark_id: UUID) -> ResponseReturnValue:
    """Discard what was only looked at."""
    found = queries.get_remark(RemarkId(remark_id))
    service.discard(remark_id=found.id, actor=current())
    flash(_("Discarded. Nothing was done."), "valid")
    return redirect(url_for(".remarks", question_id=found.question_id), 303)


@blueprint.post("/author/questions/remarks/<uuid:remark_id>/undo")
@requires(REMARK)
def undo_remark(remark_id: UUID) -> ResponseReturnValue:
    """Look at what it would come to that an act is taken back."""
    found, form = queries.get_remark(RemarkId(remark_id)), UndoForm()
    if not form.validate_on_submit():
        return _page(found, form), 422
    made = service.undo(
        remark_id=found.id,
        undo_id=RemarkId(form.new_id),
        reason=form.reason.data or "",
        actor=current(),
        now=clock.now(),
    )
    return redirect(url_for(".remark", remark_id=made), 303)


def _offer(question_id: QuestionId) -> tuple[Offer, dict[int, str]]:
    found = queries.get_offer(question_id)
    return found, {one: _("Version %(number)s", number=one) for one in found.keys.values()}


def _form_page(question_id: QuestionId, form: RemarkForm) -> str:
    view = bank.get_question(question_id)
    found, words = _offer(question_id)
    form.offer(found, words, exam=request.args.get("exam", ""))
    refusal = rules.why_not(view.question)
    return render_template(
        "quizzes/remarks.html",
        view=view,
        form=form,
        offer=found,
        why_not=said(refusal) if refusal else "",
        acts=queries.list_remarks(question_id),
        states=STATES,
        ways=WAYS,
        may_remark=current().may(REMARK),
    )


def _page(found: Remark, form: UndoForm) -> str:
    asked = asked_choice("verdict", set(Verdict))
    verdict = Verdict(asked) if asked else None
    return render_template(
        "quizzes/remark.html",
        act=found,
        form=form,
        page=queries.page_lines(found.id, page_request(), verdict=verdict),
        verdict=verdict,
        verdicts=VERDICTS,
        states=STATES,
        ways=WAYS,
        is_reworded=_is_reworded(found),
        may_remark=current().may(REMARK),
    )


def _is_reworded(found: Remark) -> bool:
    """Return whether the choices of the version whose key holds read otherwise than those that were asked."""
    if found.way is not Way.KEY or found.key_number is None or found.state is not RemarkState.LOOKED_AT:
        return False
    asked, key = (
        queries.get_question(bank.get_version(found.question_id, number).id)
        for number in (found.number, found.key_number)
    )
    return rules.reworded(asked, key)
