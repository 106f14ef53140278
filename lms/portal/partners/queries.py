"""Every SELECT of partners, and the pictures of them that pages show."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from lms.identity import facade as identity
from lms.identity.values import (
    Organisation,
    OrganisationId,
    OrganisationKind,
    PersonId,
    RegionId,
    ResellerModel,
)
from lms.kernel.actor import Actor, Role
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.portal.partners.models import PartnerRecordRow
from lms.portal.partners.policy import VIEW_PARTNERS
from lms.portal.partners.values import Agreement, PartnerColumn, PartnerLine, PartnerOverview, PartnerRecord
from lms.web.pages import Page, PageRequest

AT_ONCE = 500


def list_records(ids: Collection[OrganisationId]) -> Mapping[OrganisationId, PartnerRecord]:
    """Return the record of each of these partners, an empty one where none was kept yet."""
    rows = (
        db.session.scalars(
            select(PartnerRecordRow).where(PartnerRecordRow.organisation_id.in_(ids)).limit(AT_ONCE)
        )
        if ids
        else ()
    )
    kept = {row.organisation_id: _record_of(row) for row in rows}
    return {one: kept.get(one) or _empty(one) for one in ids}


def _record_of(row: PartnerRecordRow) -> PartnerRecord:
    return PartnerRecord(
        organisation_id=row.organisation_id,
        channel_manager_id=row.channel_manager_id,
        joined_on=row.joined_on,
        agreement=row.agreement,
        note=row.note,
        version=row.version,
    )


def _empty(organisation_id: OrganisationId) -> PartnerRecord:
    return PartnerRecord(
        organisation_id=organisation_id,
        channel_manager_id=None,
        joined_on=None,
        agreement=Agreement.NONE,
        note="",
        version=0,
    )


def columns() -> Sequence[PartnerColumn]:
    """Return the columns that upper features add to the list."""
    found: Sequence[PartnerColumn] = current_app.extensions.get("lms.partners.columns", ())
    return found


def page_lines(
    actor: Actor,
    wanted: PageRequest,
    *,
    words: str = "",
    model: ResellerModel | None = None,
    region_id: RegionId | None = None,
    descending: bool = False,
) -> Page[PartnerLine]:
    """Return one page of the partners the actor may see, by name, in a fixed number of queries."""
    page = identity.page_partners(
        actor.scope_of(VIEW_PARTNERS),
        wanted,
        words=words,
        model=model,
        region_id=region_id,
        descending=descending,
    )
    lines = {line.organisation.id: line for line in _lines(page.items)}
    return page.map(lambda organisation: lines[organisation.id])


def _lines(organisations: Sequence[Organisation]) -> Sequence[PartnerLine]:
    ids = [one.id for one in organisations]
    parents = identity.list_organisations({one.parent_id for one in organisations if one.parent_id})
    regions = {region.id: region for region in identity.list_regions()}
    records = list_records(ids)
    managers = identity.list_people(
        {record.channel_manager_id for record in records.values() if record.channel_manager_id}
    )
    people = identity.count_employed(ids)
    cells = [column.cells(ids) for column in columns()] if ids else []
    return [
        PartnerLine(
            organisation=one,
            parent=parents.get(one.parent_id) if one.parent_id else None,
            region=regions.get(one.region_id) if one.region_id else None,
            record=records[one.id],
            channel_manager=managers.get(PersonId(records[one.id].channel_manager_id or UUID(int=0))),
            people=people.get(one.id, 0),
            cells=tuple(column.get(one.id) for column in cells),
        )
        for one in organisations
    ]


def get_visible(organisation_id: OrganisationId, actor: Actor) -> Organisation:
    """Return a partner; NotFound if there is none or the actor may not see it."""
    found = identity.list_organisations([organisation_id]).get(organisation_id)
    if found is None or found.kind is not OrganisationKind.PARTNER:
        raise NotFound
    if not identity.is_organisation_visible(organisation_id, actor.scope_of(VIEW_PARTNERS)):
        raise NotFound
    return found


def get_overview(organisation_id: OrganisationId, actor: Actor) -> PartnerOverview:
    """Return one partner with its branches and what lies above it that the actor may see."""
    organisation = get_visible(organisation_id, actor)
    branches = identity.list_branches(organisation_id)
    line, *below = _lines([organisation, *branches])
    scope = actor.scope_of(VIEW_PARTNERS)
    above = identity.list_ancestors(organisation_id)[1:]
    known = identity.list_organisations(above)
    return PartnerOverview(
        line=line,
        above=tuple(
            known[one]
            for one in reversed(above)
            if one in known and identity.is_organisation_visible(one, scope)
        ),
        branches=tuple(below),
        brands=tuple(brand.name for brand in identity.list_brands_of(organisation_id)),
    )


def list_channel_managers(organisation_id: OrganisationId) -> Sequence[PersonId]:
    """Return who may look after a partner: the channel managers whose scope reaches it."""
    return identity.list_role_holders(Role.CHANNEL_MANAGER, organisation_id)


def export_person(person_id: PersonId) -> Mapping[str, Any]:
    """Return which partners a person looks after, as JSON values."""
    rows = db.session.scalars(
        select(PartnerRecordRow.organisation_id)
        .where(PartnerRecordRow.channel_manager_id == person_id)
        .limit(AT_ONCE)
    )
    return {"channel_manager_of": [str(one) for one in rows]}
