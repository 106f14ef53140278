"""Standing's door: decide a gate, explain it, replay it, and where partners stand."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from flask import Flask

from lms.identity.values import OrganisationId
from lms.portal.standing import service
from lms.portal.standing.queries import gates, tiers
from lms.portal.standing.values import Decision, DecisionId, Evidence, Measure, Replay, TierStanding

decide = service.decide
lock = service.lock
define_gate = service.define_gate
withdraw_gate = service.withdraw_gate
set_ladder = service.set_ladder
restand = service.restand
explain = gates.explain
list_decisions_of = gates.list_decisions_of
list_ladder = tiers.list_ladder


def install_measures(app: Flask, measures: Sequence[Measure]) -> None:
    """Give tiers the measures that upper features take."""
    app.extensions["lms.standing.measures"] = tuple(measures)


def get_decision(decision_id: DecisionId) -> Decision:
    """Return a stored decision as it answers from its stored facts; NotFound if there is none."""
    return gates.replay(decision_id).decision


def replay(decision_id: DecisionId) -> Replay:
    """Return a stored decision, decided again, and whether the answer is the same."""
    return gates.replay(decision_id)


def show(decisions: Sequence[Decision], *, reader_id: UUID | None) -> Sequence[Evidence]:
    """Return decisions as a page shows them to `reader_id`, with names and sentences."""
    return gates.show(decisions, reader_id)


def tiers_of(partner_ids: Collection[OrganisationId]) -> Mapping[OrganisationId, TierStanding]:
    """Return the tier in force of each of these partners."""
    return tiers.find_standings(partner_ids)
