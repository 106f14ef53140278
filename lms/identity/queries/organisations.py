"""What is read of organisations, regions, brands and positions."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, func, or_, select

from lms.identity.models import (
    BrandAuthorisation,
    BrandRow,
    Employment,
    OrganisationAncestry,
    OrganisationRow,
    PositionRow,
    RegionAncestry,
    RegionRow,
)
from lms.identity.queries.scopes import in_scope
from lms.identity.values import (
    Brand,
    BrandId,
    Organisation,
    OrganisationId,
    OrganisationKind,
    Position,
    Region,
    RegionId,
    ResellerModel,
)
from lms.kernel.actor import EVERYTHING, Actor, Scope
from lms.kernel.db import AnyColumn, db, fetch
from lms.web.pages import Page, PageRequest, keyset

AT_ONCE = 500
"""How many rows a look-up by ids gives at most; callers hold pages of 50."""


def list_organisations(
    ids: Collection[OrganisationId], scope: Scope = EVERYTHING
) -> Mapping[OrganisationId, Organisation]:
    """Return the organisations of these ids that `scope` reaches, by id."""
    if not ids:
        return {}
    rows = db.session.scalars(
        select(OrganisationRow)
        .where(OrganisationRow.id.in_(ids), in_scope(OrganisationRow.id, scope))
        .limit(AT_ONCE)
    )
    return {row.id: organisation_of(row) for row in rows}


def list_visible_organisations(actor: Actor, scope: Scope) -> Sequence[Organisation]:
    """Return the partners that `scope` reaches, by name: for choice lists, at most `AT_ONCE`."""
    rows = db.session.scalars(
        select(OrganisationRow)
        .where(or_(in_scope(OrganisationRow.id, scope), OrganisationRow.id == actor.employer_id))
        .order_by(OrganisationRow.name)
        .limit(AT_ONCE)
    )
    return [organisation_of(row) for row in rows]


def list_organisations_in(scope: Scope) -> Sequence[Organisation]:
    """Return the organisations that `scope` reaches, by name: for choice lists, at most `AT_ONCE`."""
    rows = db.session.scalars(
        select(OrganisationRow)
        .where(in_scope(OrganisationRow.id, scope))
        .order_by(OrganisationRow.name)
        .limit(AT_ONCE)
    )
    return [organisation_of(row) for row in rows]


def organisation_of(row: OrganisationRow) -> Organisation:
    """Return a row's value."""
    return Organisation(row.id, row.name, row.kind, row.model, row.parent_id, row.region_id, row.country)


def list_ancestors(organisation_id: OrganisationId) -> Sequence[OrganisationId]:
    """Return an organisation and all above it, nearest first."""
    return db.session.scalars(
        select(OrganisationAncestry.ancestor_id)
        .where(OrganisationAncestry.descendant_id == organisation_id)
        .order_by(OrganisationAncestry.depth)
    ).all()


def list_all_above(ids: Collection[OrganisationId]) -> Collection[OrganisationId]:
    """Return these organisations and all above any of them, each once."""
    if not ids:
        return set()
    return set(
        db.session.scalars(
            select(OrganisationAncestry.ancestor_id).where(OrganisationAncestry.descendant_id.in_(ids))
        )
    )


def is_named(column: AnyColumn, words: str) -> ColumnElement[bool]:
    """Return the filter for rows whose organisation has `words` in its name."""
    return column.in_(
        select(OrganisationRow.id).where(OrganisationRow.name.icontains(words, autoescape=True))
    )


def page_partners(
    scope: Scope,
    wanted: PageRequest,
    *,
    words: str = "",
    model: ResellerModel | None = None,
    region_id: RegionId | None = None,
    descending: bool = False,
) -> Page[Organisation]:
    """Return one page of the partners that `scope` reaches, by name; a region takes in those below it."""
    query = select(OrganisationRow).where(
        OrganisationRow.kind == OrganisationKind.PARTNER, in_scope(OrganisationRow.id, scope)
    )
    if words:
        query = query.where(OrganisationRow.name.icontains(words, autoescape=True))
    if model is not None:
        query = query.where(OrganisationRow.model == model)
    if region_id is not None:
        query = query.where(
            OrganisationRow.region_id.in_(
                select(RegionAncestry.descendant_id).where(RegionAncestry.ancestor_id == region_id)
            )
        )
    page = keyset(query, by=[OrganisationRow.name, OrganisationRow.id], wanted=wanted, descending=descending)
    return page.map(organisation_of)


def page_organisations(scope: Scope, words: str, wanted: PageRequest) -> Page[Organisation]:
    """Return one page of the organisations that `scope` reaches and that have `words` in their name, by name."""
    query = select(OrganisationRow).where(
        OrganisationRow.name.icontains(words, autoescape=True), in_scope(OrganisationRow.id, scope)
    )
    page = keyset(query, by=[OrganisationRow.name, OrganisationRow.id], wanted=wanted)
    return page.map(organisation_of)


def find_oem() -> Organisation | None:
    """Return the manufacturer that runs this installation, None before it is set up."""
    row = db.session.scalars(
        select(OrganisationRow)
        .where(OrganisationRow.kind == OrganisationKind.OEM)
        .order_by(OrganisationRow.id)
    ).first()
    return organisation_of(row) if row else None


def list_branches(organisation_id: OrganisationId) -> Sequence[Organisation]:
    """Return the organisations right below one, by name, at most `AT_ONCE`."""
    rows = db.session.scalars(
        select(OrganisationRow)
        .where(OrganisationRow.parent_id == organisation_id)
        .order_by(OrganisationRow.name)
        .limit(AT_ONCE)
    )
    return [organisation_of(row) for row in rows]


def count_employed(ids: Collection[OrganisationId]) -> Mapping[OrganisationId, int]:
    """Return how many people each organisation employs today, those without anyone left out."""
    if not ids:
        return {}
    rows = db.session.execute(
        select(Employment.organisation_id, func.count())
        .where(Employment.ended_at.is_(None), Employment.organisation_id.in_(ids))
        .group_by(Employment.organisation_id)
    )
    return {organisation_id: count for organisation_id, count in rows}  # noqa: C416  rows are typed so


def list_regions_over(organisation_id: OrganisationId) -> Sequence[RegionId]:
    """Return an organisation's region and all above it, nearest first; none without a region."""
    return db.session.scalars(
        select(RegionAncestry.ancestor_id)
        .join(OrganisationRow, OrganisationRow.region_id == RegionAncestry.descendant_id)
        .where(OrganisationRow.id == organisation_id)
        .order_by(RegionAncestry.depth)
    ).all()


_REGION_OF = (
    select(RegionRow.id, RegionRow.name, RegionRow.code, RegionRow.parent_id)
    .join(OrganisationRow, OrganisationRow.region_id == RegionRow.id)
    .where(OrganisationRow.id == bindparam("organisation_id"))
)


def find_region_of(organisation_id: OrganisationId) -> Region | None:
    """Return the region that an organisation lies in, None without one."""
    row = fetch(_REGION_OF, {"organisation_id": organisation_id}).first()
    return Region(*row) if row else None


def list_brands() -> Sequence[Brand]:
    """Return every brand, by name."""
    return [
        Brand(row.id, row.name, row.code)
        for row in db.session.scalars(select(BrandRow).order_by(BrandRow.name).limit(AT_ONCE))
    ]


def list_brands_of(organisation_id: OrganisationId) -> Sequence[Brand]:
    """Return the brands a partner may sell, by name."""
    rows = db.session.scalars(
        select(BrandRow)
        .join(BrandAuthorisation, BrandAuthorisation.brand_id == BrandRow.id)
        .where(BrandAuthorisation.organisation_id == organisation_id)
        .order_by(BrandRow.name)
        .limit(AT_ONCE)
    )
    return [Brand(row.id, row.name, row.code) for row in rows]


def brand_name_of(brand_id: AnyColumn) -> ScalarSelect[str]:
    """Return the subquery of a brand's name, for a row that holds its id."""
    return select(BrandRow.name).where(BrandRow.id == brand_id).scalar_subquery()


# Built once: every decision of a gate asks.
_AUTHORISED = select(BrandAuthorisation.brand_id).where(
    BrandAuthorisation.organisation_id == bindparam("organisation_id"),
    BrandAuthorisation.brand_id == bindparam("brand_id"),
)


def is_authorised(organisation_id: OrganisationId, brand_id: BrandId) -> bool:
    """Return whether a partner may sell a brand."""
    given = {"organisation_id": organisation_id, "brand_id": brand_id}
    return fetch(_AUTHORISED, given).first() is not None


def list_positions() -> Sequence[Position]:
    """Return every position, by name."""
    return [
        Position(row.id, row.name, row.code)
        for row in db.session.scalars(select(PositionRow).order_by(PositionRow.name).limit(AT_ONCE))
    ]


def list_regions() -> Sequence[Region]:
    """Return every region, by name."""
    return [
        Region(row.id, row.name, row.code, row.parent_id)
        for row in db.session.scalars(select(RegionRow).order_by(RegionRow.name).limit(AT_ONCE))
    ]
