"""How a deal goes from one state to the next: allowed by the table, once, and written into its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _

from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import Forbidden, Invalid, Stale
from lms.kernel.lines import is_blank
from lms.portal.deals.events import DealEvent
from lms.portal.deals.models import DealHistory, DealRow
from lms.portal.deals.queries import deals
from lms.portal.deals.rules.transitions import Transition, find_transition, leads_to
from lms.portal.deals.service.registry import hold
from lms.portal.deals.values import DealId, DealState, Party, Verb


@dataclass(frozen=True, slots=True)
class Move:
    """One verb that may be done now with the deal it holds; `transition` None is a click that came twice."""

    row: DealRow
    verb: Verb
    transition: Transition | None
    actor: Actor
    reason: str
    now: datetime

    def arrive(self, state: DealState, event: type[DealEvent], decision_ids: Sequence[UUID] = ()) -> None:
        """Put the deal into `state`, write its history and say what happened."""
        self.row.state = state
        self.row.version += 1
        self.row.changed_at = self.now
        write_history(self.row, self.verb, self.actor, self.now, self.reason, decision_ids)
        events.record(
            event(
                deal_id=self.row.id,
                partner_id=self.row.partner_id,
                actor_id=PersonId(self.actor.person_id) if self.actor.person_id else None,
                reason=self.reason,
            )
        )


def write_history(
    row: DealRow, verb: Verb, actor: Actor, now: datetime, reason: str, decision_ids: Sequence[UUID]
) -> None:
    """Append what was done to a deal's history."""
    db.session.add(
        DealHistory(
            id=new_id(),
            deal_id=row.id,
            at=now,
            actor_id=PersonId(actor.person_id) if actor.person_id else None,
            verb=verb,
            state=row.state,
            reason=reason,
            decision_ids=[str(one) for one in decision_ids],
        )
    )
    db.session.flush()


def begin(
    *,
    deal_id: DealId,
    verb: Verb,
    actor: Actor,
    now: datetime,
    reason: str = "",
    seen: int | None = None,
) -> Move:
    """Hold a deal and check that the actor may do `verb` with it now.

    NotFound if the actor may not see it; Forbidden if it is not theirs to do; Conflict if the deal has moved on, or
    is no longer the version `seen`; Invalid without a reason that the partner must read.
    """
    row = hold(deal_id)
    parties = _parties(deal_id, actor)
    if _is_repeated(row, verb, actor):
        return Move(row, verb, None, actor, reason, now)
    transition = find_transition(row.state, verb)
    if transition is None:
        raise Stale(_("This deal has moved on since you opened it."))
    if not transition.by & parties:
        raise Forbidden(_("This is not yours to decide."))
    if seen is not None and seen != row.version:
        raise Stale(_("This deal was changed since you opened it. Look at it again."))
    if transition.needs_reason and is_blank(reason):
        raise Invalid(_("Give a reason that the partner can read."), fields={"reason": _("Give a reason.")})
    return Move(row, verb, transition, actor, reason.strip(), now)


def _parties(deal_id: DealId, actor: Actor) -> frozenset[Party]:
    if actor.is_system:
        return frozenset(Party)
    return deals.get_visible(deal_id, actor).parties


def _is_repeated(row: DealRow, verb: Verb, actor: Actor) -> bool:
    """Return whether the deal stands where this actor's same verb just put it: a second click, not a second act."""
    if verb in {Verb.SAVE, Verb.ASK} or row.state not in leads_to(verb):
        return False
    last = deals.find_last_act(row.id)
    return (
        last is not None
        and last.verb is verb
        and last.state is row.state
        and last.actor_id == actor.person_id
    )
