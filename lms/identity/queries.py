"""Every SELECT of identity, and the tenant filters other features use through the facade."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true

from lms.identity.models import (
    BrandAuthorisation,
    BrandRow,
    Employment,
    OrganisationAncestry,
    OrganisationRow,
    PersonRow,
    PositionRow,
    RegionAncestry,
    RegionRow,
    RoleGrant,
    SignIn,
)
from lms.identity.values import (
    Brand,
    BrandId,
    Organisation,
    OrganisationId,
    OrganisationKind,
    Person,
    PersonId,
    PersonState,
    Position,
    PositionId,
    Region,
    RegionId,
    ResellerModel,
)
from lms.kernel.actor import Actor, Grant, Role, Scope
from lms.kernel.db import AnyColumn, db
from lms.web.pages import Page, PageRequest, keyset

AT_ONCE = 500
"""How many rows a look-up by ids gives at most; callers hold pages of 50."""


def in_scope(organisation_id: AnyColumn, scope: Scope) -> ColumnElement[bool]:
    """Return the filter for rows whose organisation `scope` reaches."""
    if scope.everything:
        return true()
    ways: list[ColumnElement[bool]] = []
    if scope.organisation_roots:
        ways.append(organisation_id.in_(below(scope.organisation_roots)))
    if scope.region_roots:
        ways.append(
            organisation_id.in_(
                select(OrganisationRow.id)
                .join(RegionAncestry, RegionAncestry.descendant_id == OrganisationRow.region_id)
                .where(RegionAncestry.ancestor_id.in_(scope.region_roots))
            )
        )
    return or_(*ways) if ways else false()


def below(roots: Collection[UUID]) -> Select[OrganisationId]:
    """Return the query of every organisation at or below `roots`."""
    return select(OrganisationAncestry.descendant_id).where(OrganisationAncestry.ancestor_id.in_(roots))


def person_in_scope(person_id: AnyColumn, scope: Scope) -> ColumnElement[bool]:
    """Return the filter for rows whose person is employed today where `scope` reaches."""
    if scope.everything:
        return true()
    return person_id.in_(
        select(Employment.person_id).where(
            Employment.ended_at.is_(None), in_scope(Employment.organisation_id, scope)
        )
    )


def employed_at(
    organisation_id: OrganisationId,
    *,
    with_branches: bool = False,
    position_id: PositionId | None = None,
    region_id: RegionId | None = None,
) -> Select[PersonId]:
    """Return the query of the people employed today at an organisation, or also below it.

    `position_id` narrows it to one position, `region_id` to one region and those below it.
    """
    where = (
        Employment.organisation_id.in_(below([organisation_id]))
        if with_branches
        else Employment.organisation_id == organisation_id
    )
    query = select(Employment.person_id).where(Employment.ended_at.is_(None), where)
    if position_id is not None:
        query = query.where(Employment.position_id == position_id)
    if region_id is not None:
        query = query.where(
            Employment.region_id.in_(
                select(RegionAncestry.descendant_id).where(RegionAncestry.ancestor_id == region_id)
            )
        )
    return query


def people() -> Select[PersonRow, Employment, OrganisationRow, PositionRow]:
    """Return the query of people with their employment of today, each None if they have none."""
    return (
        select(PersonRow, Employment, OrganisationRow, PositionRow)
        .outerjoin(Employment, (Employment.person_id == PersonRow.id) & Employment.ended_at.is_(None))
        .outerjoin(OrganisationRow, OrganisationRow.id == Employment.organisation_id)
        .outerjoin(PositionRow, PositionRow.id == Employment.position_id)
    )


def person_of(row: Any) -> Person:
    """Return the value of one row of `people()`."""
    person, employment, organisation, position = row[:4]
    return Person(
        id=person.id,
        name=person.name,
        email=person.email,
        locale=person.locale,
        time_zone=person.time_zone,
        state=person.state,
        employer_id=employment.organisation_id if employment else None,
        employer_name=organisation.name if organisation else "",
        position_id=employment.position_id if employment else None,
        position_name=position.name if position else "",
    )


def list_people(ids: Collection[PersonId]) -> Mapping[PersonId, Person]:
    """Return the people of these ids (at most `AT_ONCE`), by id."""
    if not ids:
        return {}
    rows = db.session.execute(people().where(PersonRow.id.in_(ids)).limit(AT_ONCE))
    return {person.id: person for person in map(person_of, rows)}


def find_person_by_email(email: str) -> Person | None:
    """Return the person of this address, or None."""
    row = db.session.execute(people().where(PersonRow.email == email.strip().lower())).first()
    return person_of(row) if row else None


def find_sign_in(token_sha256: str, now: datetime) -> tuple[SignIn, Person, tuple[Grant, ...]] | None:
    """Return the open sign-in of a token with its person and grants, in one query."""
    rows = db.session.execute(
        people()
        .add_columns(SignIn, RoleGrant)
        .join(SignIn, SignIn.person_id == PersonRow.id)
        .outerjoin(RoleGrant, RoleGrant.person_id == PersonRow.id)
        .where(
            SignIn.token_sha256 == token_sha256,
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now,
            PersonRow.state == PersonState.ACTIVE,
        )
    ).all()
    if not rows:
        return None
    return rows[0][4], person_of(rows[0]), grants_of([row[5] for row in rows if row[5] is not None])


def grants_of(rows: Sequence[RoleGrant]) -> tuple[Grant, ...]:
    """Return the grants that rows say, and the learner's that everyone has."""
    return (Grant(Role.LEARNER, Scope()), *[Grant(row.role, _scope_of(row)) for row in rows])


def _scope_of(row: RoleGrant) -> Scope:
    if row.organisation_id is not None:
        return Scope(organisation_roots=frozenset({row.organisation_id}))
    if row.region_id is not None:
        return Scope(region_roots=frozenset({row.region_id}))
    return Scope(everything=True)


def list_organisations(ids: Collection[OrganisationId]) -> Mapping[OrganisationId, Organisation]:
    """Return the organisations of these ids, by id."""
    if not ids:
        return {}
    rows = db.session.scalars(select(OrganisationRow).where(OrganisationRow.id.in_(ids)).limit(AT_ONCE))
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


def page_partners(
    scope: Scope,
    wanted: PageRequest,
    *,
    words: str = "",
    model: ResellerModel | None = None,
    region_id: RegionId | None = None,
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


def is_authorised(organisation_id: OrganisationId, brand_id: BrandId) -> bool:
    """Return whether a partner may sell a brand."""
    return db.session.get(BrandAuthorisation, (organisation_id, brand_id)) is not None


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


def list_role_holders(role: Role, organisation_id: OrganisationId) -> Sequence[PersonId]:
    """Return who holds `role` over an organisation: by itself, by one above, by its region, or over everything."""
    organisation = db.session.get(OrganisationRow, organisation_id)
    if organisation is None:
        return ()
    above = select(OrganisationAncestry.ancestor_id).where(
        OrganisationAncestry.descendant_id == organisation_id
    )
    regions = select(RegionAncestry.ancestor_id).where(RegionAncestry.descendant_id == organisation.region_id)
    return db.session.scalars(
        select(RoleGrant.person_id)
        .join(PersonRow, PersonRow.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == role,
            PersonRow.state == PersonState.ACTIVE,
            or_(
                RoleGrant.organisation_id.in_(above),
                RoleGrant.region_id.in_(regions),
                RoleGrant.organisation_id.is_(None) & RoleGrant.region_id.is_(None),
            ),
        )
        .distinct()
        .order_by(RoleGrant.person_id)
        .limit(AT_ONCE)
    ).all()


def is_person_visible(person_id: PersonId, scope: Scope) -> bool:
    """Return whether `scope` reaches where a person is employed today."""
    found = db.session.scalars(
        select(PersonRow.id).where(PersonRow.id == person_id, person_in_scope(PersonRow.id, scope))
    )
    return found.first() is not None


def is_organisation_visible(organisation_id: OrganisationId, scope: Scope) -> bool:
    """Return whether `scope` reaches an organisation."""
    found = db.session.scalars(
        select(OrganisationRow.id).where(
            OrganisationRow.id == organisation_id, in_scope(OrganisationRow.id, scope)
        )
    )
    return found.first() is not None


def export_person(person_id: PersonId) -> Mapping[str, Any]:
    """Return everything identity holds of a person, as JSON values."""
    person = db.session.get(PersonRow, person_id)
    if person is None:
        return {}
    employments = db.session.scalars(
        select(Employment)
        .where(Employment.person_id == person_id)
        .order_by(Employment.started_at)
        .limit(AT_ONCE)
    )
    sign_ins = db.session.scalars(
        select(SignIn).where(SignIn.person_id == person_id).order_by(SignIn.started_at.desc()).limit(AT_ONCE)
    )
    grants = db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == person_id).limit(AT_ONCE))
    return {
        "person": {
            "id": str(person.id),
            "name": person.name,
            "email": person.email,
            "locale": person.locale,
            "time_zone": person.time_zone,
            "state": person.state.value,
            "created_at": person.created_at.isoformat(),
        },
        "employments": [
            {
                "organisation_id": str(row.organisation_id),
                "started_at": row.started_at.isoformat(),
                "ended_at": row.ended_at.isoformat() if row.ended_at else None,
            }
            for row in employments
        ],
        "roles": [{"role": row.role.value, "granted_at": row.granted_at.isoformat()} for row in grants],
        "sign_ins": [
            {"started_at": row.started_at.isoformat(), "address": row.address, "browser": row.user_agent}
            for row in sign_ins
        ],
    }
