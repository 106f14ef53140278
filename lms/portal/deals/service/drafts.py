"""What the partner does: write a deal, send it in, take it back, and say how it ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select

from lms.identity import facade as identity
from lms.identity.values import OrganisationId, OrganisationKind, PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Forbidden, Invalid
from lms.portal.deals.events import (
    DealLost,
    DealRefused,
    DealSaved,
    DealSubmitted,
    DealWithdrawn,
    DealWon,
    TrainingAsked,
)
from lms.portal.deals.models import DealClaim, DealLineRow, DealRow, ProductRow
from lms.portal.deals.queries import deals
from lms.portal.deals.rules.customers import domain_of
from lms.portal.deals.rules.dates import decide_by
from lms.portal.deals.service import registry
from lms.portal.deals.service.moves import Move, begin, write_history
from lms.portal.deals.values import DealDraft, DealId, DealState, Outcome, Verb
from lms.portal.standing import facade as standing
from lms.portal.standing.values import Decision, Gate
from lms.web.context import oem_zone

ASKED_LATELY = timedelta(minutes=10)


def save_draft(
    *,
    deal_id: DealId,
    draft: DealDraft,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
    number: int | None = None,
) -> DealId:
    """Write a draft, new or not, and return its id: a form sent twice makes one.

    Invalid names every field that must change; Conflict if the deal is no longer the version `seen`.
    """
    _check(draft, now)
    row = db.session.scalars(select(DealRow).where(DealRow.id == deal_id)).first()
    if row is None:
        return _begin_draft(deal_id, draft, actor, now, number)
    if seen is None and _was_just_begun(row, actor):
        return deal_id
    move = begin(deal_id=deal_id, verb=Verb.SAVE, actor=actor, now=now, seen=seen)
    _write(move.row, draft, now)
    move.arrive(move.row.state, DealSaved)
    registry.index_deal(move.row)
    return deal_id


def _was_just_begun(row: DealRow, actor: Actor) -> bool:
    return row.submitter_id == actor.person_id and row.partner_id == actor.employer_id


def _begin_draft(
    deal_id: DealId, draft: DealDraft, actor: Actor, now: datetime, number: int | None
) -> DealId:
    if actor.person_id is None or actor.employer_id is None:
        raise Forbidden(_("Deals are registered by people who work at a partner."))
    partner = identity.get_organisation(OrganisationId(actor.employer_id))
    if partner.kind is not OrganisationKind.PARTNER:
        raise Forbidden(_("Deals are registered by people who work at a partner."))
    # Whoever sends the same form at the same time waits here, and then finds the deal.
    given = registry.next_number(number)
    if db.session.scalars(select(DealRow.id).where(DealRow.id == deal_id)).first() is not None:
        return deal_id
    row = DealRow(
        id=deal_id,
        number=given,
        state=DealState.DRAFT,
        version=1,
        partner_id=partner.id,
        submitter_id=PersonId(actor.person_id),
        returns=0,
        created_at=now,
    )
    _write(row, draft, now)
    write_history(row, Verb.SAVE, actor, now, "", ())
    registry.index_deal(row)
    events.record(DealSaved(deal_id=row.id, partner_id=row.partner_id, actor_id=PersonId(actor.person_id)))
    return row.id


def _check(draft: DealDraft, now: datetime) -> None:
    fields: dict[str, str] = {}
    if not draft.customer_name.strip():
        fields["customer_name"] = _("Name the customer.")
    if not draft.title.strip():
        fields["title"] = _("Say in a few words what it is about.")
    if draft.customer_domain.strip() and domain_of(draft.customer_domain) is None:
        fields["customer_domain"] = _("This is not a web address: write it like example.com.")
    if draft.expected_close_on < now.astimezone(oem_zone()).date():
        fields["expected_close_on"] = _("This day is past. When will the customer decide?")
    if draft.amount.minor <= 0:
        fields["amount"] = _("The amount must be more than nothing.")
    if problem := _problem_of_lines(draft):
        fields["lines"] = problem
    if fields:
        raise Invalid(_("Some fields need a change."), fields=fields)


def _problem_of_lines(draft: DealDraft) -> str | None:
    wanted = [line.product_id for line in draft.lines]
    if not wanted:
        return _("Choose at least one product.")
    if len(set(wanted)) != len(wanted):
        return _("A product stands here twice: give it one line with the whole quantity.")
    if any(line.quantity < 1 for line in draft.lines):
        return _("Each product needs a quantity of one or more.")
    known = set(db.session.scalars(select(ProductRow.id).where(ProductRow.id.in_(wanted))))
    return None if known == set(wanted) else _("A product is not known any more. Choose another.")


def _write(row: DealRow, draft: DealDraft, now: datetime) -> None:
    row.title = draft.title.strip()
    row.customer_name = draft.customer_name.strip()
    row.customer_domain = domain_of(draft.customer_domain) or ""
    row.customer_country = draft.customer_country
    row.customer_postcode = draft.customer_postcode.strip()
    row.customer_city = draft.customer_city.strip()
    row.customer_id = registry.canonical_customer(
        name=row.customer_name, domain=row.customer_domain, country=row.customer_country, now=now
    )
    row.is_existing_customer = draft.is_existing_customer
    row.contact_name, row.contact_job = draft.contact_name.strip(), draft.contact_job.strip()
    row.amount_minor, row.currency = draft.amount.minor, draft.amount.currency
    row.expected_close_on = draft.expected_close_on
    row.source, row.competitor = draft.source, draft.competitor.strip()
    row.summary, row.changed_at = draft.summary.strip(), now
    db.session.add(row)
    db.session.flush()
    db.session.execute(delete(DealLineRow).where(DealLineRow.deal_id == row.id))
    db.session.add_all(
        DealLineRow(deal_id=row.id, product_id=line.product_id, position=position, quantity=line.quantity)
        for position, line in enumerate(draft.lines, 1)
    )
    db.session.flush()


def decide_gates(row: DealRow, now: datetime) -> Sequence[Decision]:
    """Decide the gate of each brand the deal holds, from the facts at this instant, and store each decision."""
    brands = sorted({line.product.brand_id for line in deals.list_lines(row.id)})
    return [
        standing.decide(
            gate=Gate.REGISTER_DEAL,
            partner_id=row.partner_id,
            person_id=row.submitter_id,
            brand_id=brand_id,
            at=now,
            by=row.expected_close_on,
            subject_id=row.id,
        )
        for brand_id in brands
    ]


def refuse(move: Move, ids: tuple[UUID, ...]) -> Outcome:
    """Write down that the gate said no; the deal stays what it was."""
    write_history(move.row, move.verb, move.actor, move.now, move.reason, ids)
    events.record(
        DealRefused(
            deal_id=move.row.id,
            partner_id=move.row.partner_id,
            actor_id=PersonId(move.actor.person_id) if move.actor.person_id else None,
        )
    )
    return Outcome(done=False, decision_ids=ids)


def submit(*, deal_id: DealId, actor: Actor, now: datetime, seen: int | None = None) -> Outcome:
    """Send a deal in, if the gate lets it pass now; a refused one stays a draft, with its decisions kept.

    Invalid if its expected close has gone by since it was written.
    """
    move = begin(deal_id=deal_id, verb=Verb.SUBMIT, actor=actor, now=now, seen=seen)
    if move.transition is None:
        return Outcome(done=True)
    today = now.astimezone(oem_zone()).date()
    if move.row.expected_close_on < today:
        raise Invalid(
            _("The expected close has gone by since this was written."),
            fields={"expected_close_on": _("This day is past. When will the customer decide?")},
        )
    decisions = decide_gates(move.row, now)
    ids = tuple(decision.id for decision in decisions if decision.id)
    if not all(decision.allowed for decision in decisions):
        return refuse(move, ids)
    move.row.submitted_at = now
    move.row.reviewer_id = None
    move.row.decide_by_on = decide_by(today, deals.find_terms())
    move.arrive(DealState.SUBMITTED, DealSubmitted, ids)
    registry.index_deal(move.row)
    return Outcome(done=True, decision_ids=ids)


def withdraw(*, deal_id: DealId, reason: str, actor: Actor, now: datetime, seen: int | None = None) -> None:
    """Take a deal back that is not approved."""
    move = begin(deal_id=deal_id, verb=Verb.WITHDRAW, actor=actor, now=now, reason=reason, seen=seen)
    if move.transition is not None:
        move.row.closed_at = now
        move.arrive(DealState.WITHDRAWN, DealWithdrawn)


def win(*, deal_id: DealId, reason: str, actor: Actor, now: datetime, seen: int | None = None) -> None:
    """Say that the customer ordered; the opportunity is free again and the partner's tier may rise."""
    move = begin(deal_id=deal_id, verb=Verb.WIN, actor=actor, now=now, reason=reason, seen=seen)
    if move.transition is not None:
        release(move.row, now)
        move.arrive(DealState.WON, DealWon)
        standing.restand(partner_ids=[move.row.partner_id], now=now)


def lose(*, deal_id: DealId, reason: str, actor: Actor, now: datetime, seen: int | None = None) -> None:
    """Say that the customer did not order, and why; the opportunity is free again."""
    move = begin(deal_id=deal_id, verb=Verb.LOSE, actor=actor, now=now, reason=reason, seen=seen)
    if move.transition is not None:
        release(move.row, now)
        move.arrive(DealState.LOST, DealLost)


def release(row: DealRow, now: datetime) -> None:
    """Let go of the opportunity that a deal held."""
    db.session.execute(delete(DealClaim).where(DealClaim.deal_id == row.id))
    row.closed_at = now


def ask_for_training(*, deal_id: DealId, actor: Actor, now: datetime) -> None:
    """Ask the partner's admins to assign what the gate misses; asked again within minutes, it stays one request."""
    move = begin(deal_id=deal_id, verb=Verb.ASK, actor=actor, now=now)
    last = deals.find_last_act(deal_id)
    if (
        last is not None
        and last.verb is Verb.ASK
        and last.actor_id == actor.person_id
        and now - last.at < ASKED_LATELY
    ):
        return
    move.arrive(move.row.state, TrainingAsked)
