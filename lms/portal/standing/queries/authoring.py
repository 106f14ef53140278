"""What a rule may be made of, and the form's rows as a requirement and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lms.certificates.values import Certification
from lms.identity import facade as identity
from lms.identity.values import Position, Region
from lms.portal.standing.queries import certification, tiers
from lms.portal.standing.values import (
    AllOf,
    AnyOf,
    BrandAuthorised,
    Leaf,
    PartnerHolders,
    Requirement,
    Rung,
    SubmitterHolds,
    TierAtLeast,
)


@dataclass(frozen=True, slots=True)
class Material:
    """Everything a rule may name, by id or key."""

    certifications: Mapping[str, Certification]
    positions: Mapping[str, Position]
    regions: Mapping[str, Region]
    rungs: Mapping[str, Rung]


def find_material() -> Material:
    """Return what rules may be made of."""
    return Material(
        certifications={str(one.id): one for one in certification.list_certifications()},
        positions={str(one.id): one for one in identity.list_positions()},
        regions={str(one.id): one for one in identity.list_regions()},
        rungs={one.key: one for one in tiers.list_ladder()},
    )


def requirement_of(answers: Mapping[str, Any], brand_name: str, material: Material) -> Requirement:
    """Return the requirement that a form's answers say."""
    parts: list[Leaf] = []
    if answers["authorised"]:
        parts.append(BrandAuthorised(brand_name=brand_name))
    if one := material.certifications.get(answers["submitter_certification_id"] or ""):
        parts.append(SubmitterHolds(certification_id=one.id, title=one.title, glyph=one.glyph))
    parts += [
        _holders(row, material)
        for row in answers["holders"]
        if row["certification_id"] in material.certifications
    ]
    if rung := material.rungs.get(answers["tier"] or ""):
        parts.append(TierAtLeast(tier=rung.key, tier_name=rung.name))
    return AnyOf(of=tuple(parts)) if answers["combine"] == "any" and parts else AllOf(of=tuple(parts))


def _holders(row: Mapping[str, Any], material: Material) -> PartnerHolders:
    one = material.certifications[row["certification_id"]]
    position = material.positions.get(row["position_id"] or "")
    region = material.regions.get(row["region_id"] or "")
    return PartnerHolders(
        certification_id=one.id,
        title=one.title,
        glyph=one.glyph,
        count=row["count"] or 1,
        position_id=position.id if position else None,
        position_name=position.name if position else "",
        region_id=region.id if region else None,
        region_name=region.name if region else "",
        with_branches=bool(row["with_branches"]),
    )


def answers_of(requirement: Requirement) -> Mapping[str, Any]:
    """Return how the form shows a requirement that it made."""
    parts: Sequence[Requirement] = (
        requirement.of if isinstance(requirement, AllOf | AnyOf) else (requirement,)
    )
    submitter = next((part for part in parts if isinstance(part, SubmitterHolds)), None)
    tier = next((part for part in parts if isinstance(part, TierAtLeast)), None)
    return {
        "combine": "any" if isinstance(requirement, AnyOf) else "all",
        "authorised": any(isinstance(part, BrandAuthorised) for part in parts),
        "submitter_certification_id": str(submitter.certification_id) if submitter else "",
        "tier": tier.tier if tier else "",
        "holders": [_row(part) for part in parts if isinstance(part, PartnerHolders)],
    }


def _row(part: PartnerHolders) -> Mapping[str, Any]:
    def text(one: UUID | None) -> str:
        return str(one) if one else ""

    return {
        "certification_id": text(part.certification_id),
        "count": part.count,
        "position_id": text(part.position_id),
        "region_id": text(part.region_id),
        "with_branches": part.with_branches,
    }


def is_of_the_form(requirement: Requirement) -> bool:
    """Return whether the form can show a requirement whole; one set otherwise may nest deeper."""
    parts = requirement.of if isinstance(requirement, AllOf | AnyOf) else (requirement,)
    kinds = [type(part) for part in parts]
    return (
        not {AllOf, AnyOf} & set(kinds)
        and kinds.count(SubmitterHolds) <= 1
        and kinds.count(TierAtLeast) <= 1
        and kinds.count(PartnerHolders) <= 3  # noqa: PLR2004  the form's rows
    )
