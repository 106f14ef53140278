"""What a gate answers: a requirement over frozen facts, with the evidence and the cures."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from lms.portal.standing.values import (
    AllOf,
    AnyOf,
    BrandAuthorised,
    Cure,
    CureKind,
    Facts,
    Held,
    Leaf,
    PartnerHolders,
    Pool,
    Requirement,
    Result,
    SubmitterHolds,
    Verdict,
)

BEYOND_LEARNING = 10**9
"""The weight, in minutes, of a cure that no course brings: every learnable one comes before it."""


def leaves(requirement: Requirement) -> Iterator[Leaf]:
    """Yield the leaves of a requirement in the order in which facts hold their pools."""
    if isinstance(requirement, AllOf | AnyOf):
        for part in requirement.of:
            yield from leaves(part)
    else:
        yield requirement


def evaluate(requirement: Requirement, facts: Facts) -> Verdict:
    """Return the answer. Depends on nothing but its arguments, so that it is the same for ever."""
    result = _result_of(requirement, facts, iter(facts.pools))
    results = result.parts if isinstance(requirement, AllOf) else (result,)
    return Verdict(allowed=result.met, results=results, plan=tuple(_plan(result, ())))


def _result_of(requirement: Requirement, facts: Facts, pools: Iterator[Pool]) -> Result:
    if isinstance(requirement, AllOf | AnyOf):
        parts = tuple(_result_of(part, facts, pools) for part in requirement.of)
        met = (all if isinstance(requirement, AllOf) else any)(part.met for part in parts)
        return Result(requirement=requirement, met=met, parts=parts)
    pool = next(pools)
    if isinstance(requirement, SubmitterHolds | PartnerHolders):
        return _held_result(requirement, facts, pool)
    if isinstance(requirement, BrandAuthorised):
        met = facts.is_authorised
        cure = Cure(kind=CureKind.AUTHORISE, title=requirement.brand_name, by=facts.by)
    else:
        met = _stands_on(requirement.tier, facts)
        cure = Cure(kind=CureKind.RISE, title=requirement.tier_name, by=facts.by)
    return Result(requirement=requirement, met=met, found=int(met), cures=() if met else (cure,))


def _held_result(leaf: SubmitterHolds | PartnerHolders, facts: Facts, pool: Pool) -> Result:
    counting: dict[UUID, Held] = {}
    for held in pool.held:
        if held.counts_until > facts.at:
            counting.setdefault(held.person_id, held)
    needed = leaf.count if isinstance(leaf, PartnerHolders) else 1
    found = len(counting)
    if found >= needed:
        return Result(requirement=leaf, met=True, needed=needed, found=found, held=tuple(counting.values()))
    # What is held today may run out before the rest is earned: the cure must come first.
    last_days = [held.valid_through for held in counting.values()]
    by = min([*last_days, *([facts.by] if facts.by else [])], default=None)
    ways = sorted(
        (way for way in pool.ways if way.person_id not in counting),
        key=lambda way: (way.minutes, str(way.person_id)),
    )
    cures = [
        Cure(
            kind=CureKind.EARN,
            certification_id=leaf.certification_id,
            title=leaf.title,
            person_id=way.person_id,
            minutes=way.minutes,
            steps=way.steps,
            by=by,
        )
        for way in ways
    ]
    if (lacking := needed - found - len(cures)) > 0:
        cures.append(
            Cure(
                kind=CureKind.STAFF,
                certification_id=leaf.certification_id,
                title=leaf.title,
                count=lacking,
                by=by,
            )
        )
    return Result(
        requirement=leaf,
        met=False,
        needed=needed,
        found=found,
        held=tuple(counting.values()),
        cures=tuple(cures),
    )


def _stands_on(tier: str, facts: Facts) -> bool:
    if facts.tier is None or facts.tier not in facts.ladder or tier not in facts.ladder:
        return False
    return facts.ladder.index(facts.tier) >= facts.ladder.index(tier)


def _plan(result: Result, chosen: Sequence[Cure]) -> list[Cure]:
    """Return the cures, besides those `chosen`, that together turn `result` into a yes: the shortest it knows."""
    if result.met:
        return []
    if isinstance(result.requirement, AllOf):
        added: list[Cure] = []
        # Who must earn it anyhow counts for the head count too, so single persons come first.
        for part in sorted(result.parts, key=lambda part: not isinstance(part.requirement, SubmitterHolds)):
            added += _plan(part, [*chosen, *added])
        return added
    if isinstance(result.requirement, AnyOf):
        plans = [_plan(part, chosen) for part in result.parts]
        return min(plans, key=_weight, default=[])
    on_their_way = {(cure.person_id, cure.certification_id) for cure in chosen if cure.person_id}
    planned = [cure for cure in result.cures if (cure.person_id, cure.certification_id) in on_their_way]
    others = [cure for cure in result.cures if cure not in planned]
    return others[: _units(result, planned)]


def _units(result: Result, planned: Sequence[Cure]) -> int:
    wanted = result.short_by - len(planned)
    learnable = sum(cure.kind is CureKind.EARN for cure in result.cures) - len(planned)
    # The cure that brings in people stands for all that no one here can earn.
    return wanted if wanted <= learnable else learnable + 1


def _weight(plan: Sequence[Cure]) -> int:
    return sum(BEYOND_LEARNING if cure.minutes is None else cure.minutes for cure in plan)
