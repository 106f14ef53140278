"""Every write of standing: rules, decisions under their lock, and partners' tiers."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import msgspec
from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite

from lms.identity import facade as identity
from lms.identity.values import BrandId, OrganisationId, PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.among import among
from lms.kernel.db import db, fetch, new_id
from lms.kernel.errors import Invalid, Stale
from lms.portal.standing.events import GateDefined, TierChanged, TierPutAtRisk
from lms.portal.standing.models import (
    GateDecisionRow,
    GateRuleRow,
    PartnerTier,
    StandingLock,
    TierRung,
)
from lms.portal.standing.queries import certification, gates, tiers
from lms.portal.standing.rules.evaluation import leaves
from lms.portal.standing.rules.tiers import next_standing, tier_for
from lms.portal.standing.values import (
    AllOf,
    AnyOf,
    Decision,
    DecisionId,
    Gate,
    GateRuleId,
    PartnerHolders,
    Requirement,
    RuleState,
    Rung,
    TierMove,
)

EVERYBODY = "standing.restand_everybody"
"""The job that stands every partner anew, batch by batch."""
AT_ONCE = 200
"""How many partners are stood anew together."""

# Built once: a decision is asked for in every request that needs one.
_LOCKS = (
    select(StandingLock.partner_id)
    .where(among(StandingLock.partner_id, "partners"))
    .order_by(StandingLock.partner_id)
    .with_for_update()
)
_STORE = insert(GateDecisionRow.__table__)  # type: ignore[arg-type]  # a Table, as declared


def lock(partner_ids: Collection[OrganisationId]) -> None:
    """Hold the standing of these partners until this transaction ends, in id order so that nobody waits in a ring.

    Every change of a fact that gates look at does this before it commits, and every decision before it reads:
    the two come out in some order, and a decision sees either all of a change or nothing of it.
    """
    wanted = sorted(set(partner_ids))
    missing = set(wanted) - set(fetch(_LOCKS, {"partners": wanted}).scalars())
    if not missing:
        return
    inserting = insert_on_sqlite if db.engine.dialect.name == "sqlite" else insert_on_postgresql
    db.session.execute(
        inserting(StandingLock)
        .values([{"partner_id": one} for one in sorted(missing)])
        .on_conflict_do_nothing()
    )
    db.session.execute(_LOCKS, {"partners": wanted})


def decide(
    *,
    gate: Gate,
    partner_id: OrganisationId,
    person_id: PersonId,
    brand_id: BrandId,
    at: datetime,
    by: date | None = None,
    subject_id: UUID | None = None,
) -> Decision:
    """Decide a gate from the facts at this instant, inside the caller's transaction, and store the decision.

    `by` is the day by which the asker needs a yes, for the cures; `subject_id` what it is asked for.
    """
    lock([partner_id])
    decision = gates.explain(
        gate=gate, partner_id=partner_id, person_id=person_id, brand_id=brand_id, at=at, by=by
    )
    decision_id = DecisionId(new_id())
    db.session.execute(
        _STORE,
        {
            "id": decision_id,
            "gate": gate,
            "subject_id": subject_id,
            "partner_id": partner_id,
            "person_id": person_id,
            "brand_id": brand_id,
            "rule_id": decision.rule_id,
            "rule_version": decision.rule_version,
            "rule_name": decision.rule_name,
            "requirement": msgspec.to_builtins(decision.requirement),
            "facts": msgspec.to_builtins(decision.facts),
            "allowed": decision.allowed,
            "at": at,
        },
    )
    return replace(decision, id=decision_id)


def define_gate(
    *,
    gate: Gate,
    brand_id: BrandId,
    name: str,
    requirement: Requirement,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> GateRuleId:
    """Let a gate ask for `requirement` from now on, as a new version.

    Conflict if `seen`, the version the author looked at, is no longer the latest; Invalid if it could never be met.
    """
    problems = list(_problems(requirement))
    if problems:
        raise Invalid(fields={"requirement": " ".join(problems)})
    return _add_version(gate, brand_id, name.strip(), requirement, RuleState.IN_FORCE, actor, now, seen)


def withdraw_gate(
    *, gate: Gate, brand_id: BrandId, actor: Actor, now: datetime, seen: int | None = None
) -> GateRuleId:
    """Let a gate ask for nothing but the authorisation from now on."""
    return _add_version(gate, brand_id, "", AllOf(of=()), RuleState.WITHDRAWN, actor, now, seen)


def _add_version(
    gate: Gate,
    brand_id: BrandId,
    name: str,
    requirement: Requirement,
    state: RuleState,
    actor: Actor,
    now: datetime,
    seen: int | None,
) -> GateRuleId:
    latest = (
        db.session.scalar(
            select(func.max(GateRuleRow.version)).where(
                GateRuleRow.gate == gate, GateRuleRow.brand_id == brand_id
            )
        )
        or 0
    )
    if seen is not None and seen != latest:
        raise Stale(_("Somebody changed this rule since you opened it. Look at it again."))
    row = GateRuleRow(
        id=GateRuleId(new_id()),
        gate=gate,
        brand_id=brand_id,
        version=latest + 1,
        state=state,
        name=name,
        requirement=msgspec.to_builtins(requirement),
        defined_by=PersonId(actor.person_id) if actor.person_id else None,
        in_force_from=now,
    )
    db.session.add(row)
    db.session.flush()
    events.record(GateDefined(rule_id=row.id, gate=gate, brand_id=brand_id, version=row.version))
    return row.id


def _problems(requirement: Requirement) -> Sequence[str]:
    if not list(leaves(requirement)):
        return [_("Ask for at least one thing.")]
    problems = []
    if any(isinstance(leaf, PartnerHolders) and leaf.count < 1 for leaf in leaves(requirement)):
        problems.append(_("Ask for at least one holder."))
    if _has_empty_choice(requirement):
        problems.append(_("A choice needs at least one way."))
    return problems


def _has_empty_choice(requirement: Requirement) -> bool:
    if isinstance(requirement, AllOf | AnyOf):
        empty = isinstance(requirement, AnyOf) and not requirement.of
        return empty or any(_has_empty_choice(part) for part in requirement.of)
    return False


def set_ladder(*, rungs: Sequence[Rung]) -> None:
    """Let these be the tiers, lowest first; standing follows when partners are stood anew."""
    keys = [rung.key for rung in rungs]
    if len(set(keys)) != len(keys):
        raise Invalid(_("Two tiers have one key."))
    db.session.execute(delete(TierRung))
    db.session.add_all(
        TierRung(key=rung.key, rank=rank, needs=msgspec.to_builtins(rung))
        for rank, rung in enumerate(rungs, 1)
    )
    db.session.flush()


def restand(*, partner_ids: Collection[OrganisationId], now: datetime) -> None:
    """Lock these partners' standing and move each to the tier that holds from now on.

    Called within every change of what standing is computed from, so that the next request sees it.
    """
    lock(partner_ids)
    ladder = tiers.list_ladder()
    if not ladder:
        return
    for partner_id in sorted(set(partner_ids)):
        _restand(partner_id, ladder, now)


def _restand(partner_id: OrganisationId, ladder: Sequence[Rung], now: datetime) -> None:
    row = db.session.scalars(
        select(PartnerTier).where(PartnerTier.partner_id == partner_id, PartnerTier.ended_at.is_(None))
    ).first()
    before = tiers.find_standings([partner_id]).get(partner_id) if row else None
    earned = tier_for(
        tiers.count_holders(partner_id, ladder, now), tiers.measure(partner_id, ladder, now), ladder
    )
    keys = [rung.key for rung in ladder]
    after = next_standing(before, earned.key if earned else None, keys, now)
    if after == before:
        return
    if before is not None and after is not None and after.tier == before.tier:
        db.session.execute(
            update(PartnerTier)
            .where(PartnerTier.partner_id == partner_id, PartnerTier.ended_at.is_(None))
            .values(at_risk_since=after.at_risk_since)
        )
        if after.at_risk_since is not None:
            events.record(TierPutAtRisk(partner_id=partner_id, tier=after.tier))
        return
    heights = {key: at for at, key in enumerate(keys)}
    height = heights[after.tier] if after else -1
    move = TierMove.RISEN if before is None or height > heights.get(before.tier, -1) else TierMove.FALLEN
    if row is not None:
        row.ended_at, row.left_by = now, move
        db.session.flush()
    if after is not None:
        db.session.add(
            PartnerTier(
                id=new_id(), partner_id=partner_id, tier=after.tier, since=after.since, at_risk_since=None
            )
        )
        db.session.flush()
    events.record(
        TierChanged(
            partner_id=partner_id,
            tier=after.tier if after else None,
            before=before.tier if before else None,
            move=move,
        )
    )


def follow_person(*, person_id: PersonId, now: datetime) -> None:
    """Take in that what a person holds has changed: for their partner and all above it."""
    person = identity.find_person(person_id)
    direct = {person.employer_id} if person and person.employer_id else set()
    # A rule may count a partner's branches, so what changes below is a fact of all above.
    lock(identity.list_all_above(direct))
    restand(partner_ids=direct, now=now)


def follow_holders(*, certification_id: UUID, now: datetime) -> bool:
    """Take in that holding a certification counts for something else from now on: for some partners of its holders.

    Return whether there are more of them.
    """
    query = certification.partners_of_holders(certification_id, now).limit(AT_ONCE + 1)
    found = db.session.scalars(query).all()
    partners = found[:AT_ONCE]
    lock(identity.list_all_above(partners))
    restand(partner_ids=partners, now=now)
    return len(found) > AT_ONCE


def follow_organisation(
    *, organisation_id: OrganisationId, left_id: OrganisationId | None, now: datetime
) -> None:
    """Take in that a partner moved in the tree or to another region: for it and all above it, before and after."""
    above = [
        *identity.list_ancestors(organisation_id),
        *(identity.list_ancestors(left_id) if left_id else ()),
    ]
    restand(partner_ids=above, now=now)


def follow_people(
    *, people: Collection[PersonId], partners: Collection[OrganisationId], now: datetime
) -> None:
    """Take in that these people work somewhere else: for the partners they joined and left, and all above them.

    Of a crowd, only who holds something moves a tier: partners are stood anew that such people joined or left, and
    those that stand nowhere yet. Whether it was one or thousands, the locks are taken at once.
    """
    lock(identity.list_all_above(partners))
    if len(people) == 1:
        restand(partner_ids=partners, now=now)
        return
    ladder = tiers.list_ladder()
    asked = {need.certification_id for rung in ladder for need in rung.holders}
    if asked and certification.holds_any(people, asked, now):
        restand(partner_ids=partners, now=now)
        return
    standing = tiers.find_standings(partners)
    restand(partner_ids=[one for one in partners if one not in standing], now=now)
