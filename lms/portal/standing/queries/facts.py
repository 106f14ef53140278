"""The facts of one instant that a gate is decided from."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select

from lms.identity import facade as identity
from lms.identity.values import BrandId, OrganisationId, PersonId, PositionId, RegionId
from lms.kernel.db import db
from lms.portal.standing.queries import certification, tiers
from lms.portal.standing.rules.evaluation import leaves
from lms.portal.standing.values import (
    BrandAuthorised,
    Facts,
    Held,
    Leaf,
    PartnerHolders,
    Pool,
    Requirement,
    SubmitterHolds,
    TierAtLeast,
)

CANDIDATES = 200
"""How many people who could earn what is missing are looked at."""
CURES = 8
"""How many ways beyond those needed are offered."""
PROOFS = 20
"""How many certificates are kept as evidence, if fewer are asked for."""

_Who: TypeAlias = tuple[PositionId | None, RegionId | None, bool]
ANYONE: _Who = (None, None, False)


def gather(
    requirement: Requirement,
    *,
    partner_id: OrganisationId,
    person_id: PersonId | None,
    brand_id: BrandId,
    at: datetime,
    by: date | None = None,
) -> Facts:
    """Return what `requirement` needs to know, in a number of queries that no table's size changes.

    Without `person_id` the question is about the partner: whoever works there might submit.
    """
    asked = list(leaves(requirement))
    held = _held(asked, partner_id, at)
    ladder = tiers.list_ladder() if any(isinstance(leaf, TierAtLeast) for leaf in asked) else ()
    standing = tiers.find_standings([partner_id]).get(partner_id) if ladder else None
    return Facts(
        at=at,
        partner_id=partner_id,
        person_id=person_id,
        brand_id=brand_id,
        is_authorised=any(isinstance(leaf, BrandAuthorised) for leaf in asked)
        and identity.is_authorised(partner_id, brand_id),
        tier=standing.tier if standing else None,
        ladder=tuple(rung.key for rung in ladder),
        pools=tuple(_pool(leaf, partner_id, person_id, held) for leaf in asked),
        by=by,
    )


def _who(leaf: SubmitterHolds | PartnerHolders) -> _Who:
    if isinstance(leaf, SubmitterHolds):
        return ANYONE
    return (
        PositionId(leaf.position_id) if leaf.position_id else None,
        RegionId(leaf.region_id) if leaf.region_id else None,
        leaf.with_branches,
    )


def _people(partner_id: OrganisationId, who: _Who) -> Select[PersonId]:
    position_id, region_id, with_branches = who
    return identity.employed_at(
        partner_id, with_branches=with_branches, position_id=position_id, region_id=region_id
    )


_Holdings: TypeAlias = dict[tuple[_Who, UUID], Sequence[Held]]


def _held(asked: Sequence[Leaf], partner_id: OrganisationId, at: datetime) -> _Holdings:
    """Return what is held by whom each leaf looks at: one query for each different circle of people."""
    wanted: dict[_Who, set[UUID]] = {}
    for leaf in asked:
        if isinstance(leaf, SubmitterHolds | PartnerHolders):
            wanted.setdefault(_who(leaf), set()).add(leaf.certification_id)
    found: _Holdings = {}
    for who, certification_ids in wanted.items():
        held = certification.list_held(_people(partner_id, who), certification_ids, at)
        found |= {(who, one): held[one] for one in certification_ids}
    return found


def _pool(leaf: Leaf, partner_id: OrganisationId, person_id: PersonId | None, found: _Holdings) -> Pool:
    if not isinstance(leaf, SubmitterHolds | PartnerHolders):
        return Pool()
    held = found[_who(leaf), leaf.certification_id]
    needed = leaf.count if isinstance(leaf, PartnerHolders) else 1
    if isinstance(leaf, SubmitterHolds) and person_id is not None:
        held = [one for one in held if one.person_id == person_id]
    holders = {one.person_id for one in held}
    if len(holders) >= needed:
        return Pool(held=tuple(held[: max(needed, PROOFS)]) if len(holders) == len(held) else tuple(held))
    candidates = _people(partner_id, _who(leaf))
    if isinstance(leaf, SubmitterHolds) and person_id is not None:
        candidates = candidates.where(_only_column(candidates) == person_id)
    people = [one for one in _first(candidates) if one not in holders]
    ways = certification.list_ways(people, leaf.certification_id)
    return Pool(held=tuple(held), ways=tuple(ways[: needed - len(holders) + CURES]))


def _only_column(query: Select[Any]) -> Any:
    return next(iter(query.selected_columns))


def _first(people: Select[PersonId]) -> Sequence[PersonId]:
    return db.session.scalars(people.order_by(_only_column(people)).limit(CANDIDATES)).all()
