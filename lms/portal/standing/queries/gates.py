"""Rules in force, decisions as they were stored, and both as pages show them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from lms.identity import facade as identity
from lms.identity.values import BrandId, OrganisationId, Person, PersonId
from lms.kernel.actor import Actor
from lms.kernel.db import db, fetch
from lms.kernel.errors import NotFound
from lms.portal.standing.models import GateDecisionRow, GateRuleRow
from lms.portal.standing.policy import VIEW_STANDING
from lms.portal.standing.queries.facts import gather
from lms.portal.standing.rules.evaluation import evaluate
from lms.portal.standing.rules.wording import sentence
from lms.portal.standing.values import (
    AUTHORISED_ONLY,
    AllOf,
    AnyOf,
    Cure,
    Decision,
    DecisionId,
    Evidence,
    Facts,
    Gate,
    GateRule,
    Held,
    NamedCure,
    NamedProof,
    NamedResult,
    PartnerHolders,
    Replay,
    Requirement,
    Result,
    RuleState,
    SubmitterHolds,
)
from lms.web.context import oem_zone

AT_ONCE = 200


# Built once, as columns: a decision is asked for in every request that needs one.
_IN_FORCE = (
    select(*GateRuleRow.__table__.columns)
    .where(
        GateRuleRow.gate == bindparam("gate"),
        GateRuleRow.brand_id == bindparam("brand_id"),
        GateRuleRow.in_force_from <= bindparam("at"),
    )
    .order_by(GateRuleRow.version.desc())
    .limit(1)
)


def find_rule(gate: Gate, brand_id: BrandId, at: datetime) -> GateRule | None:
    """Return the rule in force at an instant: the latest version, unless that one was withdrawn."""
    row = fetch(_IN_FORCE, {"gate": gate, "brand_id": brand_id, "at": at}).first()
    return rule_of(row) if row is not None and row.state is RuleState.IN_FORCE else None


def list_rules(gate: Gate) -> Mapping[BrandId, GateRule]:
    """Return the latest version of each brand's rule, withdrawn ones too."""
    later = aliased(GateRuleRow)
    rows = db.session.scalars(
        select(GateRuleRow)
        .outerjoin(
            later,
            and_(
                later.gate == GateRuleRow.gate,
                later.brand_id == GateRuleRow.brand_id,
                later.version > GateRuleRow.version,
            ),
        )
        .where(GateRuleRow.gate == gate, later.id.is_(None))
        .limit(AT_ONCE)
    )
    return {row.brand_id: rule_of(row) for row in rows}


def list_versions(gate: Gate, brand_id: BrandId) -> Sequence[GateRule]:
    """Return every version of a brand's rule, latest first, at most `AT_ONCE`."""
    rows = db.session.scalars(
        select(GateRuleRow)
        .where(GateRuleRow.gate == gate, GateRuleRow.brand_id == brand_id)
        .order_by(GateRuleRow.version.desc())
        .limit(AT_ONCE)
    )
    return [rule_of(row) for row in rows]


def rule_of(row: Any) -> GateRule:
    """Return the value of a GateRuleRow, or of the columns of one."""
    return GateRule(
        id=row.id,
        gate=row.gate,
        brand_id=row.brand_id,
        version=row.version,
        state=row.state,
        name=row.name,
        requirement=msgspec.convert(row.requirement, Requirement),
        defined_by=row.defined_by,
        in_force_from=row.in_force_from,
    )


def explain(
    *,
    gate: Gate,
    partner_id: OrganisationId,
    person_id: PersonId | None,
    brand_id: BrandId,
    at: datetime,
    by: date | None = None,
) -> Decision:
    """Return what the gate says at an instant, without storing it; without `person_id`, about the partner."""
    rule = find_rule(gate, brand_id, at)
    requirement = rule.requirement if rule else AUTHORISED_ONLY
    facts = gather(requirement, partner_id=partner_id, person_id=person_id, brand_id=brand_id, at=at, by=by)
    return Decision(
        id=None,
        gate=gate,
        partner_id=partner_id,
        person_id=person_id,
        brand_id=brand_id,
        rule_id=rule.id if rule else None,
        rule_version=rule.version if rule else 0,
        rule_name=rule.name if rule else "",
        requirement=requirement,
        facts=facts,
        verdict=evaluate(requirement, facts),
    )


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the filter for decisions an actor may see: within their scope, or about themself where they work."""
    return or_(
        identity.in_scope(GateDecisionRow.partner_id, actor.scope_of(VIEW_STANDING)),
        and_(GateDecisionRow.person_id == actor.person_id, GateDecisionRow.partner_id == actor.employer_id),
    )


def get_visible_replay(decision_id: DecisionId, actor: Actor) -> Replay:
    """Return a stored decision, decided again from its facts; NotFound unless the actor may see it."""
    row = db.session.scalars(
        select(GateDecisionRow).where(GateDecisionRow.id == decision_id, visible_to(actor))
    ).first()
    if row is None:
        raise NotFound
    return _replay(row)


def replay(decision_id: DecisionId) -> Replay:
    """Return a stored decision, decided again from its stored facts by its stored rule."""
    row = db.session.get(GateDecisionRow, decision_id)
    if row is None:
        raise NotFound
    return _replay(row)


def _replay(row: GateDecisionRow) -> Replay:
    requirement = msgspec.convert(row.requirement, Requirement)
    facts = msgspec.convert(row.facts, Facts)
    decision = Decision(
        id=row.id,
        gate=row.gate,
        partner_id=row.partner_id,
        person_id=row.person_id,
        brand_id=row.brand_id,
        rule_id=row.rule_id,
        rule_version=row.rule_version,
        rule_name=row.rule_name,
        requirement=requirement,
        facts=facts,
        verdict=evaluate(requirement, facts),
    )
    return Replay(decision, row.allowed)


def list_decisions_of(subject_id: UUID) -> Sequence[tuple[DecisionId, bool, datetime]]:
    """Return the id, answer and instant of what was decided about one thing, latest first, at most 50."""
    rows = db.session.execute(
        select(GateDecisionRow.id, GateDecisionRow.allowed, GateDecisionRow.at)
        .where(GateDecisionRow.subject_id == subject_id)
        .order_by(GateDecisionRow.id.desc())
        .limit(50)
    )
    return [(decision_id, allowed, at) for decision_id, allowed, at in rows]


def list_decisions_by(person_id: PersonId) -> Sequence[Mapping[str, Any]]:
    """Return the latest decisions a person asked for, as JSON values, at most `AT_ONCE`."""
    rows = db.session.execute(
        select(GateDecisionRow.id, GateDecisionRow.gate, GateDecisionRow.allowed, GateDecisionRow.at)
        .where(GateDecisionRow.person_id == person_id)
        .order_by(GateDecisionRow.id.desc())
        .limit(AT_ONCE)
    )
    return [
        {"id": str(decision_id), "gate": gate.value, "allowed": allowed, "at": at.isoformat()}
        for decision_id, gate, allowed, at in rows
    ]


def show(decisions: Sequence[Decision], reader_id: UUID | None) -> Sequence[Evidence]:
    """Return decisions as pages show them, with today's names: two queries however many they are."""
    if not decisions:
        return ()
    people = identity.list_people(
        {PersonId(one) for decision in decisions for one in _people_in(decision.verdict.results)}
    )
    brands = {brand.id: brand.name for brand in identity.list_brands()}
    return [_Showing(decision, people, brands, reader_id).evidence() for decision in decisions]


def _people_in(results: Sequence[Result]) -> Iterator[UUID]:
    for result in results:
        yield from (held.person_id for held in result.held)
        yield from (cure.person_id for cure in result.cures if cure.person_id)
        yield from _people_in(result.parts)


class _Showing:
    """One decision on its way to a page."""

    def __init__(
        self,
        decision: Decision,
        people: Mapping[PersonId, Person],
        brands: Mapping[BrandId, str],
        reader_id: UUID | None,
    ) -> None:
        self.decision = decision
        self.people = people
        self.brand_name = brands.get(decision.brand_id, "")
        self.reader_id = reader_id
        # A certificate is valid through its last day where the manufacturer is.
        self.zone = oem_zone()

    def evidence(self) -> Evidence:
        """Return the decision with its names."""
        return Evidence(
            decision=self.decision,
            brand_name=self.brand_name,
            results=tuple(self._result(result) for result in self.decision.results),
            plan=tuple(self._cure(cure) for cure in self.decision.verdict.plan),
        )

    def _result(self, result: Result) -> NamedResult:
        requirement = result.requirement
        leaf = None if isinstance(requirement, AllOf | AnyOf) else requirement
        glyph = leaf.glyph if isinstance(leaf, SubmitterHolds | PartnerHolders) else "shield"
        return NamedResult(
            text=self._sentence(requirement),
            met=result.met,
            needed=result.needed,
            found=result.found,
            leaf=leaf,
            proofs=tuple(self._proof(held, glyph) for held in result.held),
            cures=tuple(self._cure(cure) for cure in result.cures),
            parts=tuple(self._result(part) for part in result.parts),
        )

    def _sentence(self, requirement: Requirement) -> str:
        if isinstance(requirement, AnyOf):
            return _("One of these")
        if isinstance(requirement, AllOf):
            return _("All of these")
        if isinstance(requirement, SubmitterHolds) and self.decision.person_id is None:
            return _("Whoever submits holds %(certification)s", certification=requirement.title)
        return sentence(requirement)

    def _proof(self, held: Held, glyph: str) -> NamedProof:
        today = self.decision.facts.at.astimezone(self.zone).date()
        return NamedProof(
            name=self._name(held.person_id),
            glyph=glyph,
            code=held.code,
            valid_through=held.valid_through,
            held_title=held.held_title,
            grace_until=held.counts_until if today > held.valid_through else None,
        )

    def _cure(self, cure: Cure) -> NamedCure:
        return NamedCure(
            kind=cure.kind,
            person_id=PersonId(cure.person_id) if cure.person_id else None,
            name=self._name(cure.person_id) if cure.person_id else "",
            is_reader=cure.person_id is not None and cure.person_id == self.reader_id,
            title=cure.title or self.brand_name,
            steps=cure.steps,
            minutes=cure.minutes,
            by=cure.by,
            count=cure.count,
        )

    def _name(self, person_id: UUID) -> str:
        person = self.people.get(PersonId(person_id))
        return person.name if person else _("Somebody who has left")
