"""The tree of organisations and regions, brands and positions: how they come to be."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, insert, literal, select
from sqlalchemy.orm import aliased

from lms.identity.events import BrandAuthorised, BrandWithdrawn, OrganisationAdded, OrganisationChanged
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
from lms.kernel.errors import Invalid, NotFound


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
    db.session.flush()
    events.record(BrandAuthorised(organisation_id=organisation_id, brand_id=brand_id))


def withdraw_brand(*, organisation_id: OrganisationId, brand_id: BrandId) -> None:
    """Let a partner sell a brand no longer; what it may not sell stays so."""
    row = db.session.get(BrandAuthorisation, (organisation_id, brand_id), with_for_update=True)
    if row is None:
        return
    db.session.delete(row)
    db.session.flush()
    events.record(BrandWithdrawn(organisation_id=organisation_id, brand_id=brand_id))


def change_organisation(
    *,
    organisation_id: OrganisationId,
    parent_id: OrganisationId | None,
    region_id: RegionId | None,
    model: ResellerModel | None,
) -> None:
    """Put an organisation, with all below it, under another parent, in another region, or let it sell another way.

    Invalid if it would stand below itself.
    """
    # Every move takes this lock first: of two that would close a ring together, the second sees the first.
    rows = db.session.scalars(
        select(OrganisationRow.id).order_by(OrganisationRow.id).limit(1).with_for_update()
    )
    rows.all()
    row = db.session.get(OrganisationRow, organisation_id, with_for_update=True)
    if row is None:
        raise NotFound
    wanted = {"parent_id": parent_id, "region_id": region_id, "model": model}
    changed = tuple(sorted(name for name, value in wanted.items() if getattr(row, name) != value))
    if not changed:
        return
    left_id = row.parent_id if "parent_id" in changed else None
    if "parent_id" in changed:
        _hang_below(organisation_id, parent_id)
    row.parent_id, row.region_id, row.model = parent_id, region_id, model
    db.session.flush()
    events.record(OrganisationChanged(organisation_id=organisation_id, fields=changed, left_id=left_id))


def _hang_below(organisation_id: OrganisationId, parent_id: OrganisationId | None) -> None:
    """Cut an organisation's branch of the tree off and let it hang below `parent_id`, or stand by itself."""
    branch = select(OrganisationAncestry.descendant_id).where(
        OrganisationAncestry.ancestor_id == organisation_id
    )
    if parent_id is not None and parent_id in set(db.session.scalars(branch)):
        raise Invalid(fields={"parent": _("An organisation cannot stand below itself.")})
    above = select(OrganisationAncestry.ancestor_id).where(
        OrganisationAncestry.descendant_id == organisation_id,
        OrganisationAncestry.ancestor_id != organisation_id,
    )
    db.session.execute(
        delete(OrganisationAncestry)
        .where(
            OrganisationAncestry.descendant_id.in_(branch),
            OrganisationAncestry.ancestor_id.in_(above),
        )
        .execution_options(synchronize_session=False)
    )
    if parent_id is None:
        return
    over, under = aliased(OrganisationAncestry), aliased(OrganisationAncestry)
    db.session.execute(
        insert(OrganisationAncestry).from_select(
            ["descendant_id", "ancestor_id", "depth"],
            select(under.descendant_id, over.ancestor_id, over.depth + under.depth + 1)
            .join(over, over.descendant_id == parent_id)
            .where(under.ancestor_id == organisation_id),
        )
    )


def add_position(*, name: str, code: str) -> PositionId:
    """Add a position."""
    row = PositionRow(id=new_id(), name=name, code=code)
    db.session.add(row)
    db.session.flush()
    return row.id
