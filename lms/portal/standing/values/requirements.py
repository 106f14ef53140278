"""What a gate may ask for: leaves, and trees of them.

A requirement is stored as JSON and never changed, so it carries the words it was defined with: a certification
that is renamed later does not change what an old rule said.
"""

from typing import TypeAlias, Union
from uuid import UUID

import msgspec


class _Requirement(msgspec.Struct, frozen=True, tag_field="kind", kw_only=True):
    """One thing asked for."""


class SubmitterHolds(_Requirement, frozen=True, tag="submitter_holds"):
    """Whoever submits works at the partner and holds the certification."""

    certification_id: UUID
    title: str
    glyph: str = "shield"


class PartnerHolders(_Requirement, frozen=True, tag="partner_holders"):
    """At least `count` distinct people whom the partner employs hold the certification.

    `position_id` and `region_id` narrow who counts; `with_branches` takes in everyone below the partner.
    """

    certification_id: UUID
    title: str
    count: int
    glyph: str = "shield"
    position_id: UUID | None = None
    position_name: str = ""
    region_id: UUID | None = None
    region_name: str = ""
    with_branches: bool = False


class BrandAuthorised(_Requirement, frozen=True, tag="brand_authorised"):
    """The partner may sell the brand."""

    brand_name: str = ""


class TierAtLeast(_Requirement, frozen=True, tag="tier_at_least"):
    """The partner stands on this tier or a higher one."""

    tier: str
    tier_name: str


class AllOf(_Requirement, frozen=True, tag="all_of"):
    """Every part is met; an empty one always is."""

    of: tuple["Requirement", ...]


class AnyOf(_Requirement, frozen=True, tag="any_of"):
    """At least one part is met; an empty one never is."""

    of: tuple["Requirement", ...]


Leaf: TypeAlias = SubmitterHolds | PartnerHolders | BrandAuthorised | TierAtLeast
Requirement: TypeAlias = Union[Leaf, AllOf, AnyOf]  # noqa: UP007  msgspec resolves it by name

AUTHORISED_ONLY = AllOf(of=(BrandAuthorised(),))
"""What a gate asks for where no rule was defined."""
