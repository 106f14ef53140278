"""What the pages of one deal show, gathered once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lms.identity import facade as identity
from lms.identity.values import Organisation, OrganisationId, Person, PersonId
from lms.kernel.actor import Actor
from lms.portal.deals.queries import deals
from lms.portal.deals.queries.customers import Neighbours, find_neighbours, list_claims
from lms.portal.deals.queries.deals import SeenDeal
from lms.portal.deals.rules.dates import needs_second_step
from lms.portal.deals.rules.transitions import verbs_for
from lms.portal.deals.values import EDITABLE, WAITING, Deal, DealId, DealLine, HistoryEntry, Terms, Verb
from lms.portal.standing import facade as standing
from lms.portal.standing.values import DecisionId, Evidence, Gate


@dataclass(frozen=True, slots=True, kw_only=True)
class DealPage:
    """One deal with all that is known of it."""

    seen: SeenDeal
    partner: Organisation
    tier: str
    lines: Sequence[DealLine]
    history: Sequence[HistoryEntry]
    people: Mapping[PersonId, Person]
    evidence: Sequence[Evidence]
    is_live: bool
    """Whether the evidence is of this instant; else it is what the last decision rested on."""
    terms: Terms
    verbs: frozenset[Verb]

    @property
    def deal(self) -> Deal:
        """Return the deal."""
        return self.seen.deal

    @property
    def allowed(self) -> bool:
        """Return whether every gate says yes."""
        return all(one.decision.allowed for one in self.evidence)

    @property
    def unmet(self) -> int:
        """Return how many rules are not met."""
        return sum(one.unmet for one in self.evidence)

    @property
    def needs_two(self) -> bool:
        """Return whether the amount is decided by two."""
        return needs_second_step(self.deal.amount, self.terms)

    @property
    def partner_verbs(self) -> frozenset[Verb]:
        """Return what the partner's side may do from the bar at the page's foot."""
        return self.verbs & {Verb.SUBMIT, Verb.WITHDRAW, Verb.WIN, Verb.LOSE}

    @property
    def review_verbs(self) -> frozenset[Verb]:
        """Return what the manufacturer's side may do from the bar at the page's foot."""
        return self.verbs - self.partner_verbs - {Verb.SAVE, Verb.ASK, Verb.EXPIRE}

    @property
    def decision_ids(self) -> tuple[UUID, ...]:
        """Return the latest stored decisions."""
        return next((entry.decision_ids for entry in self.history if entry.decision_ids), ())

    def name_of(self, person_id: PersonId | None) -> str:
        """Return a person's name, empty for the clock."""
        person = self.people.get(person_id) if person_id else None
        return person.name if person else ""


def get_page(deal_id: DealId, actor: Actor, now: datetime) -> DealPage:
    """Return everything a deal's page shows; NotFound unless the actor may see it."""
    seen = deals.get_visible(deal_id, actor)
    deal = seen.deal
    lines, history = deals.list_lines(deal_id), deals.list_history(deal_id)
    is_live = deal.state in EDITABLE | WAITING
    named = {deal.submitter_id, deal.reviewer_id, *(entry.actor_id for entry in history)}
    rungs = {rung.key: rung.name for rung in standing.list_ladder()}
    tier = standing.tiers_of([deal.partner_id]).get(deal.partner_id)
    return DealPage(
        seen=seen,
        partner=identity.get_organisation(deal.partner_id),
        tier=rungs.get(tier.tier, "") if tier else "",
        lines=lines,
        history=history,
        people=identity.list_people({one for one in named if one}),
        evidence=_evidence(deal, lines, actor, now) if is_live else _stored(history, actor),
        is_live=is_live,
        terms=deals.find_terms(),
        verbs=verbs_for(deal.state, seen.parties),
    )


def _evidence(deal: Deal, lines: Sequence[DealLine], actor: Actor, now: datetime) -> Sequence[Evidence]:
    """Return what each brand's gate says at this instant."""
    return standing.show(
        [
            standing.explain(
                gate=Gate.REGISTER_DEAL,
                partner_id=deal.partner_id,
                person_id=deal.submitter_id,
                brand_id=brand_id,
                at=now,
                by=deal.expected_close_on,
            )
            for brand_id in sorted({line.product.brand_id for line in lines})
        ],
        reader_id=actor.person_id,
    )


def _stored(history: Sequence[HistoryEntry], actor: Actor) -> Sequence[Evidence]:
    """Return what the last decisions said, from the facts they stored."""
    ids = next((entry.decision_ids for entry in history if entry.decision_ids), ())
    return standing.show([standing.get_decision(DecisionId(one)) for one in ids], reader_id=actor.person_id)


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """What a reviewer sees beside the deal: other deals that may be the same, and who holds the opportunity."""

    neighbours: Neighbours
    claims: Sequence[Deal]
    partners: Mapping[OrganisationId, Organisation]


def get_review(deal: Deal, now: datetime) -> ReviewPage:
    """Return what a reviewer compares a deal with."""
    claims = list_claims(deal.id, deal.customer_id, now)
    return ReviewPage(
        neighbours=find_neighbours(deal),
        claims=claims,
        partners=identity.list_organisations({one.partner_id for one in claims}),
    )
