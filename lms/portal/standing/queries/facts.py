"""The facts of one instant that a gate is decided from."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, TypeAlias
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


class _Who(NamedTuple):
    """The circle of people that a leaf looks at.

    A suspended holder counts: the credit rests on employment and certificate. Who must act has to be able to.
    """

    position_id: PositionId | None = None
    region_id: RegionId | None = None
    with_branches: bool = False
    able_to_act: bool = False


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
    held = _held(asked, partner_id, person_id, at)
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


def _who(leaf: SubmitterHolds | PartnerHolders, person_id: PersonId | None) -> _Who:
    if isinstance(leaf, SubmitterHolds):
        return _Who(able_to_act=person_id is None)
    return _Who(
        PositionId(leaf.position_id) if leaf.position_id else None,
        RegionId(leaf.region_id) if leaf.region_id else None,
        leaf.with_branches,
    )


def _people(partner_id: OrganisationId, who: _Who) -> Select[PersonId]:
    return identity.employed_at(
        partner_id,
        with_branches=who.with_branches,
        position_id=who.position_id,
        region_id=who.region_id,
        able_to_act=who.able_to_act,
    )


_Holdings: TypeAlias = dict[tuple[_Who, UUID], Sequence[Held]]


def _held(
    asked: Sequence[Leaf], partner_id: OrganisationId, person_id: PersonId | None, at: datetime
) -> _Holdings:
    """Return what is held by whom each leaf looks at: one query for each different circle of people."""
    wanted: dict[_Who, set[UUID]] = {}
    for leaf in asked:
        if isinstance(leaf, SubmitterHolds | PartnerHolders):
            wanted.setdefault(_who(leaf, person_id), set()).add(leaf.certification_id)
    found: _Holdings = {}
    for who, certification_ids in wanted.items():
        held = certification.list_held(_people(partner_id, who), certification_ids, at)
        found |= {(who, one): held[one] for one in certification_ids}
    return found


def _pool(leaf: Leaf, partner_id: OrganisationId, person_id: PersonId | None, found: _Holdings) -> Pool:
    if not isinstance(leaf, SubmitterHolds | PartnerHolders):
        return Pool()
    who = _who(leaf, person_id)
    held = found[who, leaf.certification_id]
    needed = leaf.count if isinstance(leaf, PartnerHolders) else 1
    if isinstance(leaf, SubmitterHolds) and person_id is not None:
        held = [one for one in held if one.person_id == person_id]
    holders = {one.person_id for one in held}
    if len(holders) >= needed:
        return Pool(held=tuple(held[: max(needed, PROOFS)]) if len(holders) == len(held) else tuple(held))
    if isinstance(leaf, SubmitterHolds) and person_id is not None:
        candidates = _people(partner_id, who)
        candidates = candidates.where(_only_column(candidates) == person_id)
    else:
        # A cure must be one that can be carried out: a suspended person takes no course.
        candidates = _people(partner_id, who._replace(able_to_act=True))
    people = [one for one in _first(candidates) if one not in holders]
    ways = certification.list_ways(people, leaf.certification_id)
    return Pool(held=tuple(held), ways=tuple(ways[: needed - len(holders) + CURES]))


def _only_column(query: Select[Any]) -> Any:
    return next(iter(query.selected_columns))


def _first(people: Select[PersonId]) -> Sequence[PersonId]:
    return db.session.scalars(people.order_by(_only_column(people)).limit(CANDIDATES)).all()
