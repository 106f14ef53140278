"""Which verb leads from which state to which, and for whom: the whole machine as one table."""

from collections.abc import Mapping
from dataclasses import dataclass

from lms.portal.deals.values import EDITABLE, PROTECTED, WAITING, DealState, Party, Verb

PARTNER = frozenset({Party.SUBMITTER, Party.PARTNER_ADMIN})
REVIEWER = frozenset({Party.REVIEWER})
SECOND = frozenset({Party.SECOND_APPROVER})
EITHER_STEP = REVIEWER | SECOND


@dataclass(frozen=True, slots=True)
class Transition:
    """Where a verb leads, and who may do it. An approval may lead to `second` first."""

    to: DealState
    by: frozenset[Party]
    second: DealState | None = None
    needs_reason: bool = False


_S, _V = DealState, Verb

TRANSITIONS: Mapping[tuple[DealState, Verb], Transition] = {
    **{(state, _V.SAVE): Transition(state, PARTNER) for state in EDITABLE},
    **{(state, _V.ASK): Transition(state, PARTNER) for state in EDITABLE},
    **{(state, _V.SUBMIT): Transition(_S.SUBMITTED, PARTNER) for state in EDITABLE},
    **{(state, _V.WITHDRAW): Transition(_S.WITHDRAWN, PARTNER) for state in EDITABLE | WAITING},
    (_S.SUBMITTED, _V.TAKE): Transition(_S.UNDER_REVIEW, REVIEWER),
    (_S.UNDER_REVIEW, _V.APPROVE): Transition(_S.APPROVED, REVIEWER, second=_S.PENDING_APPROVAL),
    (_S.PENDING_APPROVAL, _V.APPROVE): Transition(_S.APPROVED, SECOND),
    (_S.UNDER_REVIEW, _V.RETURN): Transition(_S.RETURNED, REVIEWER, needs_reason=True),
    (_S.PENDING_APPROVAL, _V.RETURN): Transition(_S.RETURNED, EITHER_STEP, needs_reason=True),
    (_S.UNDER_REVIEW, _V.REJECT): Transition(_S.REJECTED, REVIEWER, needs_reason=True),
    (_S.PENDING_APPROVAL, _V.REJECT): Transition(_S.REJECTED, EITHER_STEP, needs_reason=True),
    (_S.APPROVED, _V.EXTEND): Transition(_S.EXTENDED, REVIEWER, needs_reason=True),
    **{(state, _V.WIN): Transition(_S.WON, PARTNER) for state in PROTECTED},
    **{(state, _V.LOSE): Transition(_S.LOST, PARTNER, needs_reason=True) for state in PROTECTED},
    **{(state, _V.CANCEL): Transition(_S.CANCELLED, REVIEWER, needs_reason=True) for state in PROTECTED},
    **{(state, _V.EXPIRE): Transition(_S.EXPIRED, frozenset({Party.CLOCK})) for state in PROTECTED},
}


def find_transition(state: DealState, verb: Verb) -> Transition | None:
    """Return where `verb` leads from `state`, or None if it leads nowhere."""
    return TRANSITIONS.get((state, verb))


def verbs_for(state: DealState, parties: frozenset[Party]) -> frozenset[Verb]:
    """Return what somebody who acts as `parties` may do with a deal in `state`."""
    return frozenset(
        verb
        for (where, verb), transition in TRANSITIONS.items()
        if where is state and transition.by & parties
    )


def leads_to(verb: Verb) -> frozenset[DealState]:
    """Return every state a verb can lead to, for telling a repeated click from a late one."""
    return frozenset(
        state
        for (_where, one), transition in TRANSITIONS.items()
        if one is verb
        for state in (transition.to, transition.second)
        if state is not None
    )
