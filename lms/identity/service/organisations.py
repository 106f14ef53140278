"""The tree of organisations and regions, brands and positions: how they come to be."""

from datetime import datetime

from sqlalchemy import insert, literal, select

from lms.identity.events import OrganisationAdded
from lms.identity.models import (
    BrandAuthorisation,
    BrandRow,
    OrganisationAncestry,
    OrganisationRow,
    PositionRow,
    RegionAncestry,
    RegionRow,
)
from lms.identity.values import (
    BrandId,
    OrganisationId,
    OrganisationKind,
    PositionId,
    RegionId,
    ResellerModel,
)
from lms.kernel import events
from lms.kernel.db import db, new_id


def add_region(*, name: str, code: str, parent_id: RegionId | None) -> RegionId:
    """Add a region below `parent_id`."""
    region = RegionRow(id=new_id(), name=name, code=code, parent_id=parent_id)
    db.session.add(region)
    db.session.flush()
    db.session.add(RegionAncestry(descendant_id=region.id, ancestor_id=region.id, depth=0))
    if parent_id is not None:
        db.session.execute(
            insert(RegionAncestry).from_select(
                ["descendant_id", "ancestor_id", "depth"],
                select(
                    literal(region.id, RegionRow.id.type),
                    RegionAncestry.ancestor_id,
                    RegionAncestry.depth + 1,
                ).where(RegionAncestry.descendant_id == parent_id),
            )
        )
    return region.id


def add_organisation(
    *,
    name: str,
    kind: OrganisationKind,
    model: ResellerModel | None,
    parent_id: OrganisationId | None,
    region_id: RegionId | None,
    country: str,
    domain: str,
    now: datetime,
) -> OrganisationId:
    """Add an organisation below `parent_id`."""
    row = OrganisationRow(
        id=new_id(),
        name=name,
        kind=kind,
        model=model,
        parent_id=parent_id,
        region_id=region_id,
        country=country,
        domain=domain,
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    db.session.add(OrganisationAncestry(descendant_id=row.id, ancestor_id=row.id, depth=0))
    if parent_id is not None:
        db.session.execute(
            insert(OrganisationAncestry).from_select(
                ["descendant_id", "ancestor_id", "depth"],
                select(
                    literal(row.id, OrganisationRow.id.type),
                    OrganisationAncestry.ancestor_id,
                    OrganisationAncestry.depth + 1,
                ).where(OrganisationAncestry.descendant_id == parent_id),
            )
        )
    db.session.flush()
    events.record(OrganisationAdded(organisation_id=row.id, parent_id=parent_id))
    return row.id


def add_brand(*, name: str, code: str) -> BrandId:
    """Add a product brand."""
    row = BrandRow(id=new_id(), name=name, code=code)
    db.session.add(row)
    db.session.flush()
    return row.id


def authorise_brand(*, organisation_id: OrganisationId, brand_id: BrandId) -> None:
    """Let a partner sell a brand."""
    db.session.add(BrandAuthorisation(organisation_id=organisation_id, brand_id=brand_id))


def add_position(*, name: str, code: str) -> PositionId:
    """Add a position."""
    row = PositionRow(id=new_id(), name=name, code=code)
    db.session.add(row)
    db.session.flush()
    return row.id
