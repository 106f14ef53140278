"""The facts of one instant that a gate is decided from."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select

from lms.certificates.values import Missing
from lms.identity import facade as identity
from lms.identity.values import BrandId, OrganisationId, PersonId
from lms.kernel.db import fetch
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
PROOFS = 10
"""How many certificates are kept as evidence, if fewer are asked for: a decision reads no more of them."""


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
        pools=tuple(_pools(asked, partner_id, person_id, at)),
        by=by,
    )


@dataclass(slots=True)
class _Circle:
    """The people one leaf looks at: who of them holds what it asks for, and who could still earn it.

    A suspended holder counts: the credit rests on employment and certificate. Who must act has to be able to.
    """

    certification_id: UUID
    learners: Select[PersonId]
    given: Mapping[str, Any]
    needed: int
    held: Sequence[Held]
    has_branches: bool
    candidates: Sequence[PersonId] = ()

    @property
    def lacking(self) -> int:
        """Return how many holders are missing."""
        return self.needed - len(self.held)

    def pool(self, lacking: Sequence[tuple[PersonId, Missing]]) -> Pool:
        """Return it as a fact; `lacking` names all that were asked about, the shortest way first."""
        asked = set(self.candidates)
        own = [one for one in lacking if one[0] in asked][: self.lacking + CURES] if asked else ()
        return Pool(held=tuple(self.held), ways=tuple(certification.way_of(*one) for one in own))


def _pools(
    asked: Sequence[Leaf], partner_id: OrganisationId, person_id: PersonId | None, at: datetime
) -> Iterator[Pool]:
    """Yield what each leaf looks at. Whoever lacks a certification is asked about once, however many leaves look."""
    circles = [_circle(leaf, partner_id, person_id, at) for leaf in asked]
    wanted: dict[UUID, set[PersonId]] = {}
    employed: set[PersonId] = set()
    # Whoever submits comes last: mostly they are among those whom another leaf has looked at by then.
    for circle in sorted((one for one in circles if one), key=lambda one: "person_id" in one.given):
        if circle.lacking > 0:
            holders = {one.person_id for one in circle.held}
            circle.candidates = [one for one in _first(circle, employed) if one not in holders]
            employed.update(() if circle.has_branches else circle.candidates)
            wanted.setdefault(circle.certification_id, set()).update(circle.candidates)
    lacking = {one: certification.list_lacking(people, one) for one, people in wanted.items()}
    for one in circles:
        yield one.pool(lacking.get(one.certification_id, ())) if one is not None else Pool()


def _circle(
    leaf: Leaf, partner_id: OrganisationId, person_id: PersonId | None, at: datetime
) -> _Circle | None:
    if not isinstance(leaf, SubmitterHolds | PartnerHolders):
        return None
    given: dict[str, Any] = {"organisation_id": partner_id}
    needed = 1
    if isinstance(leaf, PartnerHolders):
        needed = leaf.count
        given |= {"position_id": leaf.position_id, "region_id": leaf.region_id}
    else:
        given["person_id"] = person_id
    given = {name: value for name, value in given.items() if value is not None}
    has_branches = isinstance(leaf, PartnerHolders) and leaf.with_branches
    people, able = (
        identity.employed(
            with_branches=has_branches,
            in_position="position_id" in given,
            in_region="region_id" in given,
            one="person_id" in given,
            able_to_act=able_to_act,
        )
        for able_to_act in (False, True)
    )
    if "person_id" in given:
        able = people
    elif isinstance(leaf, SubmitterHolds):
        people = able
    at_most = max(needed, PROOFS)
    held = certification.list_held(
        people,
        given,
        leaf.certification_id,
        at,
        at_most=at_most,
        for_partner=isinstance(leaf, PartnerHolders),
    )
    return _Circle(leaf.certification_id, able, given, needed, held, has_branches)


def _only_column(query: Select[Any]) -> Any:
    return next(iter(query.selected_columns))


@lru_cache(maxsize=64)
def _some_of(learners: Select[PersonId]) -> Select[PersonId]:
    """Return the query of the first of `learners`, built once for each way of choosing those."""
    return learners.order_by(_only_column(learners)).limit(CANDIDATES)


def _first(circle: _Circle, employed: Collection[PersonId]) -> Sequence[PersonId]:
    """Return the people a leaf may look at; `employed` are some who are known to work at the partner."""
    submitter: PersonId | None = circle.given.get("person_id")
    if submitter is not None and submitter in employed:
        return (submitter,)
    return fetch(_some_of(circle.learners), circle.given).scalars().all()
