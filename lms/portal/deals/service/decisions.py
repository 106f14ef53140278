"""What the manufacturer does: take a deal into review, approve it under its gates, return, reject, extend, end it."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from lms.identity.values import PersonId
from lms.kernel.actor import SYSTEM, Actor
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Forbidden
from lms.portal.deals.events import (
    DealApproved,
    DealCancelled,
    DealExpired,
    DealExtended,
    DealPassedOn,
    DealRejected,
    DealReturned,
    DealTaken,
)
from lms.portal.deals.models import DealClaim, DealLineRow, DealRow
from lms.portal.deals.queries import customers, deals
from lms.portal.deals.rules.dates import extended_until, may_return, needs_second_step, protected_until
from lms.portal.deals.service import registry
from lms.portal.deals.service.drafts import decide_gates, refuse, release
from lms.portal.deals.service.moves import begin
from lms.portal.deals.values import PROTECTED, DealId, DealState, Outcome, Verb
from lms.web.context import write_date


def take(*, deal_id: DealId, actor: Actor, now: datetime, seen: int | None = None) -> None:
    """Take a submitted deal into review."""
    move = begin(deal_id=deal_id, verb=Verb.TAKE, actor=actor, now=now, seen=seen)
    if move.transition is not None:
        move.row.reviewer_id = PersonId(actor.person_id) if actor.person_id else None
        move.arrive(DealState.UNDER_REVIEW, DealTaken)


def approve(
    *, deal_id: DealId, actor: Actor, now: datetime, reason: str = "", seen: int | None = None
) -> Outcome:
    """Approve a deal, if its gates still say yes and nobody else holds the opportunity.

    A large deal waits for a second person after the first. Conflict names who holds the opportunity.
    """
    move = begin(deal_id=deal_id, verb=Verb.APPROVE, actor=actor, now=now, reason=reason, seen=seen)
    if move.transition is None:
        return Outcome(done=True)
    row, terms = move.row, deals.find_terms()
    if row.state is DealState.PENDING_APPROVAL and deals.first_approver(deal_id) == actor.person_id:
        raise Forbidden(_("A deal of this size is decided by two: somebody else decides the second step."))
    decisions = decide_gates(row, now)
    ids = tuple(decision.id for decision in decisions if decision.id)
    if not all(decision.allowed for decision in decisions):
        return refuse(move, ids)
    _check_free(row, now)
    if row.state is DealState.UNDER_REVIEW and needs_second_step(deals.deal_of(row).amount, terms):
        move.arrive(DealState.PENDING_APPROVAL, DealPassedOn, ids)
    else:
        _claim(row)
        row.protected_until = protected_until(now, terms)
        move.arrive(DealState.APPROVED, DealApproved, ids)
    return Outcome(done=True, decision_ids=ids)


def _check_free(row: DealRow, now: datetime) -> None:
    """Hold the customer, so that approvals for it come one after the other, and refuse what somebody else holds."""
    registry.hold_customer(row.customer_id)
    for run_out in _claimed_by_ended(row, now):
        expire(deal_id=run_out, now=now)
    held = customers.list_claims(row.id, row.customer_id, now)
    if held:
        first = held[0]
        raise Conflict(
            _(
                "%(deal)s holds this opportunity until %(day)s. This deal can wait and be approved when that ends.",
                deal=first.name,
                day=write_date(first.protected_until),
            )
        )


def _claim(row: DealRow) -> None:
    """Take the opportunity for a deal: its customer with each of its products, one approved registration each."""
    db.session.add_all(
        DealClaim(customer_id=row.customer_id, product_id=product_id, deal_id=row.id)
        for product_id in db.session.scalars(
            select(DealLineRow.product_id).where(DealLineRow.deal_id == row.id)
        )
    )
    db.session.flush()


def _claimed_by_ended(row: DealRow, now: datetime) -> list[DealId]:
    """Return deals that still hold the opportunity although their protection has run out: the clock's job is late."""
    return list(
        db.session.scalars(
            select(DealRow.id)
            .join(DealClaim, DealClaim.deal_id == DealRow.id)
            .where(
                DealClaim.customer_id == row.customer_id,
                DealRow.state.in_(PROTECTED),
                DealRow.protected_until <= now,
            )
            .distinct()
            .order_by(DealRow.id)
        )
    )


def send_back(*, deal_id: DealId, reason: str, actor: Actor, now: datetime, seen: int | None = None) -> None:
    """Return a deal to the partner for more; Conflict once it came back as often as the terms allow."""
    move = begin(deal_id=deal_id, verb=Verb.RETURN, actor=actor, now=now, reason=reason, seen=seen)
    if move.transition is None:
        return
    if not may_return(move.row.returns, deals.find_terms()):
        raise Conflict(_("This deal was returned as often as it may be. Approve or reject it."))
    move.row.returns += 1
    move.row.decide_by_on = None
    move.arrive(DealState.RETURNED, DealReturned)


def reject(*, deal_id: DealId, reason: str, actor: Actor, now: datetime, seen: int | None = None) -> None:
    """Turn a deal down, for a reason the partner reads."""
    move = begin(deal_id=deal_id, verb=Verb.REJECT, actor=actor, now=now, reason=reason, seen=seen)
    if move.transition is not None:
        move.row.closed_at = now
        move.arrive(DealState.REJECTED, DealRejected)


def extend(*, deal_id: DealId, reason: str, actor: Actor, now: datetime, seen: int | None = None) -> None:
    """Let a deal's protection last longer, once."""
    move = begin(deal_id=deal_id, verb=Verb.EXTEND, actor=actor, now=now, reason=reason, seen=seen)
    if move.transition is not None:
        move.row.protected_until = extended_until(move.row.protected_until or now, deals.find_terms())
        move.arrive(DealState.EXTENDED, DealExtended)


def cancel(*, deal_id: DealId, reason: str, actor: Actor, now: datetime, seen: int | None = None) -> None:
    """End an approved registration, for a reason the partner reads."""
    move = begin(deal_id=deal_id, verb=Verb.CANCEL, actor=actor, now=now, reason=reason, seen=seen)
    if move.transition is not None:
        release(move.row, now)
        move.arrive(DealState.CANCELLED, DealCancelled)


def expire(*, deal_id: DealId, now: datetime) -> None:
    """End a protection whose time is up; one that was extended or closed meanwhile is left alone."""
    row = registry.hold(deal_id)
    if row.state not in PROTECTED or row.protected_until is None or row.protected_until > now:
        return
    move = begin(deal_id=deal_id, verb=Verb.EXPIRE, actor=SYSTEM, now=now)
    if move.transition is not None:
        release(row, now)
        move.arrive(DealState.EXPIRED, DealExpired)
