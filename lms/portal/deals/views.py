"""The deals' pages: the partner's list, form and deal, and the manufacturer's queue."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.identity import facade as identity
from lms.identity.values import OrganisationId, OrganisationKind
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Conflict, Forbidden, Invalid
from lms.portal.deals.forms import ActForm, DealForm, answers_of, currency_of
from lms.portal.deals.policy import DECIDE_DEALS, REGISTER_DEALS
from lms.portal.deals.queries import customers, deals, pages, tables
from lms.portal.deals.service import decisions, drafts
from lms.portal.deals.values import (
    CLOSED,
    EDITABLE,
    PROTECTED,
    SOURCE_WORDS,
    STATE_LOOKS,
    STATE_WORDS,
    WAITING,
    Deal,
    DealId,
    DealState,
    Party,
    Verb,
)
from lms.web.access import requires
from lms.web.asked import asked_choice
from lms.web.exports import csv_download
from lms.web.pages import Page, page_order, page_request, walk

blueprint = Blueprint("deals", __name__, template_folder="templates")

TABS: dict[str, frozenset[DealState]] = {
    "open": EDITABLE,
    "review": WAITING,
    "approved": PROTECTED,
    "closed": CLOSED,
}
SORTS = ("number", "customer", "amount", "close")
QUEUE_SORTS = ("due", "number", "customer", "amount")
WORDS: dict[str, Any] = {"words": STATE_WORDS, "looks": STATE_LOOKS, "sources": SOURCE_WORDS}


@blueprint.get("/deals")
@requires(REGISTER_DEALS)
def index() -> ResponseReturnValue:
    """List the deals the reader may see."""
    tab, words = asked_choice("tab", TABS), _words()
    order = page_order(SORTS, default=deals.NEWEST)
    page = deals.page_deals(
        current(), page_request(), states=TABS.get(tab, frozenset()), words=words, order=order
    )
    partners = identity.list_organisations({deal.partner_id for deal in page.items})
    return render_template(
        "deals/index.html",
        page=page,
        partners=partners,
        submitters=identity.list_people({deal.submitter_id for deal in page.items}),
        tab=tab,
        sort=order.asked,
        narrowed=bool(words or tab),
        may_register=_may_register(),
        **WORDS,
    )


@blueprint.get("/deals.csv")
@requires(REGISTER_DEALS)
def table() -> ResponseReturnValue:
    """Hand out the deals the reader may see as a table, narrowed and ordered as the list is."""
    actor, words, order = current(), _words(), page_order(SORTS, default=deals.NEWEST)
    states = TABS.get(asked_choice("tab", TABS), frozenset())
    return csv_download(
        "deals.csv",
        tables.header(),
        walk(lambda at: tables.rows_of(deals.page_deals(actor, at, states=states, words=words, order=order))),
    )


def _words() -> str:
    return request.args.get("q", "").strip()[:100]


def _may_register() -> bool:
    employer_id = current().employer_id
    if employer_id is None:
        return False
    return identity.get_organisation(OrganisationId(employer_id)).kind is OrganisationKind.PARTNER


@blueprint.get("/deals/new")
@requires(REGISTER_DEALS)
def new() -> ResponseReturnValue:
    """Show the form of a new deal."""
    _check_may_register()
    partner = identity.get_organisation(OrganisationId(current().employer_id or UUID(int=0)))
    return _form_page(DealForm(customer_country=partner.country, currency=currency_of(partner.country)), None)


@blueprint.post("/deals/new")
@requires(REGISTER_DEALS)
def create() -> ResponseReturnValue:
    """Write a new deal and, if asked to, send it in."""
    _check_may_register()
    return _save(DealForm(), None)


def _check_may_register() -> None:
    if not _may_register():
        raise Forbidden(_("Deals are registered by people who work at a partner."))


@blueprint.get("/deals/<uuid:deal_id>/edit")
@requires(REGISTER_DEALS)
def edit(deal_id: UUID) -> ResponseReturnValue:
    """Show the form of a deal that may still be changed."""
    seen = deals.get_visible(DealId(deal_id), current())
    _check_may_edit(seen)
    form = DealForm(data=answers_of(seen.deal, deals.list_lines(seen.deal.id)))
    return _form_page(form, seen.deal)


@blueprint.post("/deals/<uuid:deal_id>/edit")
@requires(REGISTER_DEALS)
def change(deal_id: UUID) -> ResponseReturnValue:
    """Change a deal and, if asked to, send it in."""
    seen = deals.get_visible(DealId(deal_id), current())
    _check_may_edit(seen)
    return _save(DealForm(), seen.deal)


def _check_may_edit(seen: deals.SeenDeal) -> None:
    if not seen.parties & {Party.SUBMITTER, Party.PARTNER_ADMIN}:
        raise Forbidden(_("A deal is written by the partner it belongs to."))
    if seen.deal.state not in EDITABLE:
        raise Conflict(_("This deal has been sent in and can no longer be changed."))


def _save(form: DealForm, deal: Any) -> ResponseReturnValue:
    # Whoever asked for more rows has not finished: nothing is judged yet.
    if "more" in request.form:
        form.add_rows()
        return _form_page(form, deal)
    _offer(form)
    form.seen.must = deal is not None
    if not form.validate_on_submit():
        return _form_page(form, deal), 422
    deal_id = deal.id if deal else DealId(form.new_id)
    seen = form.seen.version
    try:
        drafts.save_draft(deal_id=deal_id, draft=form.draft(), actor=current(), now=clock.now(), seen=seen)
    except Invalid as refusal:
        form.refuse(dict(refusal.fields))
        return _form_page(form, deal), 422
    except Conflict:
        form.offer_again(deal.version)
        return _form_page(form, deal), 409
    if request.form.get("then") == "submit":
        return _submit(deal_id)
    flash(_("The draft is saved."), "valid")
    return redirect(url_for(".show", deal_id=deal_id), 303)


def _offer(form: DealForm) -> None:
    form.offer(deals.list_products(), {brand.id: brand.name for brand in identity.list_brands()})


def _form_page(form: DealForm, deal: Any) -> str:
    _offer(form)
    return render_template("deals/form.html", deal_form=form, deal=deal)


def _submit(deal_id: DealId, seen: int | None = None) -> ResponseReturnValue:
    outcome = drafts.submit(deal_id=deal_id, actor=current(), now=clock.now(), seen=seen)
    if outcome.done:
        flash(_("The deal is registered. Your channel manager has been told."), "valid")
    else:
        flash(
            _("Not registered yet: see below what is missing and how to mend it. The draft is kept."), "soon"
        )
    return redirect(url_for(".show", deal_id=deal_id), 303)


@blueprint.get("/deals/<uuid:deal_id>")
@requires(REGISTER_DEALS)
def show(deal_id: UUID) -> ResponseReturnValue:
    """Show a deal to the partner it belongs to, and to whoever may read it."""
    page = pages.get_page(DealId(deal_id), current(), clock.now())
    return render_template(
        "deals/show.html",
        page=page,
        now=clock.now(),
        may_decide=Party.REVIEWER in page.seen.parties and page.deal.state in WAITING,
        is_partner=bool(page.seen.parties & {Party.SUBMITTER, Party.PARTNER_ADMIN}),
        **WORDS,
    )


@blueprint.post("/deals/<uuid:deal_id>/<any(submit, withdraw, win, lose, ask):verb>")
@requires(REGISTER_DEALS)
def act(deal_id: UUID, verb: str) -> ResponseReturnValue:
    """Do what the partner may do with a deal."""
    form = ActForm()
    deals.get_visible(DealId(deal_id), current())
    if not form.validate():
        raise Invalid(_("This cannot be taken."), fields=form.complaints())
    if verb == Verb.SUBMIT:
        return _submit(DealId(deal_id), form.version)
    if verb == Verb.ASK:
        drafts.ask_for_training(deal_id=DealId(deal_id), actor=current(), now=clock.now())
        flash(_("Your admin has been asked to assign the training."), "valid")
        return redirect(url_for(".show", deal_id=deal_id), 303)
    acts: dict[str, tuple[Callable[..., None], str]] = {
        Verb.WITHDRAW: (drafts.withdraw, _("The deal is withdrawn.")),
        Verb.WIN: (drafts.win, _("Well done: the deal is won.")),
        Verb.LOSE: (drafts.lose, _("The deal is closed as lost.")),
    }
    do, said = acts[verb]
    do(
        deal_id=DealId(deal_id),
        reason=form.reason.data or "",
        actor=current(),
        now=clock.now(),
        seen=form.version,
    )
    flash(said, "valid")
    return redirect(url_for(".show", deal_id=deal_id), 303)


@blueprint.get("/deals/queue")
@requires(DECIDE_DEALS)
def queue() -> ResponseReturnValue:
    """List the deals that wait for the reader's decision, the most urgent first unless asked otherwise."""
    words, order = _words(), page_order(QUEUE_SORTS, default=deals.MOST_URGENT)
    page = deals.page_queue(current(), page_request(size=30), words=words, order=order)
    return render_template(
        "deals/queue.html", sort=order.asked, narrowed=bool(words), **_queue(page), **WORDS
    )


@blueprint.get("/deals/queue.csv")
@requires(DECIDE_DEALS)
def queue_table() -> ResponseReturnValue:
    """Hand out the queue as a table, narrowed and ordered as the list is."""
    actor, words, order = current(), _words(), page_order(QUEUE_SORTS, default=deals.MOST_URGENT)
    return csv_download(
        "deal-queue.csv",
        tables.header(),
        walk(lambda at: tables.rows_of(deals.page_queue(actor, at, words=words, order=order))),
    )


def _queue(page: Page[Deal]) -> dict[str, Any]:
    return {
        "waiting": page,
        "partners": identity.list_organisations({deal.partner_id for deal in page.items}),
        "contested": customers.list_contested(page.items),
    }


@blueprint.get("/deals/queue/<uuid:deal_id>")
@requires(DECIDE_DEALS)
def review(deal_id: UUID) -> ResponseReturnValue:
    """Show a deal beside its certification evidence, with the decision to make."""
    now = clock.now()
    page = pages.get_page(DealId(deal_id), current(), now)
    return render_template(
        "deals/review.html",
        page=page,
        review=pages.get_review(page.deal, now),
        act_form=ActForm(seen=str(page.deal.version)),
        now=now,
        **_queue(deals.page_queue(current(), page_request(size=30))),
        **WORDS,
    )


@blueprint.post("/deals/queue/<uuid:deal_id>/<any(take, approve, return, reject, extend, cancel):verb>")
@requires(DECIDE_DEALS)
def decide(deal_id: UUID, verb: str) -> ResponseReturnValue:
    """Do what the manufacturer may do with a deal."""
    form = ActForm()
    deals.get_visible(DealId(deal_id), current())
    if not form.validate():
        raise Invalid(_("This cannot be taken."), fields=form.complaints())
    given: dict[str, Any] = {
        "deal_id": DealId(deal_id),
        "actor": current(),
        "now": clock.now(),
        "seen": form.version,
    }
    reason = form.reason.data or ""
    if verb == Verb.APPROVE:
        outcome = decisions.approve(**given, reason=reason)
        if outcome.done:
            flash(_("The deal is approved. Everyone concerned has been told."), "valid")
        else:
            flash(
                _("Not approved: the gate says no since a moment ago. See which rule is not met."), "expired"
            )
    elif verb == Verb.TAKE:
        decisions.take(**given)
        flash(_("The deal is yours to decide."), "valid")
    else:
        acts: dict[str, tuple[Callable[..., None], str]] = {
            Verb.RETURN: (decisions.send_back, _("The deal is returned. The partner has been told.")),
            Verb.REJECT: (decisions.reject, _("The deal is rejected. The partner has been told.")),
            Verb.EXTEND: (decisions.extend, _("The protection is extended.")),
            Verb.CANCEL: (decisions.cancel, _("The registration is cancelled.")),
        }
        do, said = acts[verb]
        do(**given, reason=reason)
        flash(said, "valid")
    return redirect(url_for(".review", deal_id=deal_id), 303)
