"""What is read of people: who they are, where they work, what they may, and lists of them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Select, func, or_, select

from lms.identity.models import (
    AccountMerge,
    Employment,
    OrganisationAncestry,
    OrganisationRow,
    PersonRow,
    PositionRow,
    RegionAncestry,
    RegionRow,
    RoleGrant,
)
from lms.identity.queries.organisations import AT_ONCE
from lms.identity.queries.scopes import below, in_scope, person_in_scope
from lms.identity.values import (
    GONE,
    EmploymentSpell,
    HeldRole,
    OrganisationId,
    PeopleFilter,
    Person,
    PersonEntry,
    PersonId,
    PersonState,
    PositionId,
    RoleReach,
)
from lms.kernel.actor import EVERYTHING, Grant, Role, Scope
from lms.kernel.among import among
from lms.kernel.db import db, fetch
from lms.kernel.errors import NotFound
from lms.web.pages import Order, Page, PageRequest, keyset

S = TypeVar("S", bound=Select[*tuple[Any, ...]])


def people() -> Select[PersonRow, Employment, OrganisationRow, PositionRow]:
    """Return the query of people with their employment of today, each None if they have none."""
    return (
        select(PersonRow, Employment, OrganisationRow, PositionRow)
        .outerjoin(Employment, (Employment.person_id == PersonRow.id) & Employment.ended_at.is_(None))
        .outerjoin(OrganisationRow, OrganisationRow.id == Employment.organisation_id)
        .outerjoin(PositionRow, PositionRow.id == Employment.position_id)
    )


def working_people(
    scope: Scope,
    *,
    words: str = "",
    organisation_id: OrganisationId | None = None,
    position_id: PositionId | None = None,
) -> Select[PersonId, str, str, str | None]:
    """Return the query of who is employed today where `scope` reaches: id, name, employer, position.

    An organisation takes in those below it.
    """
    query = (
        select(PersonRow.id, PersonRow.name, OrganisationRow.name, PositionRow.name)
        .join(Employment, Employment.person_id == PersonRow.id)
        # An outer join, although every employment has one: none of its rows is where a page begins.
        .outerjoin(OrganisationRow, OrganisationRow.id == Employment.organisation_id)
        .outerjoin(PositionRow, PositionRow.id == Employment.position_id)
    )
    query = _at_work(query, scope, words, organisation_id, position_id)
    if scope.everything and organisation_id is None and db.engine.dialect.name == "sqlite":
        return query.where(_is_open_in_any_order())
    return query.where(Employment.ended_at.is_(None))


def _is_open_in_any_order() -> ColumnElement[bool]:
    """Return the filter for what is open, which no index answers.

    SQLite, which knows nothing of how many rows there are, would begin with the index of open employments and sort
    all of them for a page of fifty, where the index of names has them in order.
    """
    return func.coalesce(Employment.ended_at, Employment.ended_at).is_(None)


def working_ids(
    scope: Scope,
    *,
    words: str = "",
    organisation_id: OrganisationId | None = None,
    position_id: PositionId | None = None,
) -> Select[PersonId]:
    """Return the query of the same people by their ids alone, for sums over them."""
    query = select(Employment.person_id)
    if words:
        query = query.join(PersonRow, PersonRow.id == Employment.person_id)
    query = _at_work(query, scope, words, organisation_id, position_id)
    return query.where(Employment.ended_at.is_(None))


def _at_work(
    query: S,
    scope: Scope,
    words: str,
    organisation_id: OrganisationId | None,
    position_id: PositionId | None,
) -> S:
    query = query.where(in_scope(Employment.organisation_id, scope))
    if words:
        query = query.where(PersonRow.name.icontains(words, autoescape=True))
    if organisation_id is not None:
        query = query.where(Employment.organisation_id.in_(below([organisation_id])))
    if position_id is not None:
        query = query.where(Employment.position_id == position_id)
    return query


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
        external_id=person.external_id,
    )


# Built once: whoever is issued a certificate is looked up by it, and everybody on every page.
_PEOPLE = people().where(among(PersonRow.id, "people")).limit(AT_ONCE)


def list_people(ids: Collection[PersonId], scope: Scope = EVERYTHING) -> Mapping[PersonId, Person]:
    """Return the people of these ids (at most `AT_ONCE`) whom `scope` reaches, by id."""
    if not ids:
        return {}
    query = _PEOPLE
    if not scope.everything:
        query = query.where(person_in_scope(PersonRow.id, scope))
    rows = db.session.execute(query, {"people": list(ids)})
    return {person.id: person for person in map(person_of, rows)}


class Findable(NamedTuple):
    """What the search knows of a person."""

    id: PersonId
    name: str
    employer_id: OrganisationId | None
    employer_name: str | None
    position_name: str | None


_FINDABLE = (
    select(PersonRow.id, PersonRow.name, Employment.organisation_id, OrganisationRow.name, PositionRow.name)
    .outerjoin(Employment, (Employment.person_id == PersonRow.id) & Employment.ended_at.is_(None))
    .outerjoin(OrganisationRow, OrganisationRow.id == Employment.organisation_id)
    .outerjoin(PositionRow, PositionRow.id == Employment.position_id)
    .where(among(PersonRow.id, "people"))
)


def list_findable(ids: Collection[PersonId]) -> Sequence[Findable]:
    """Return what the search knows of these people, however many."""
    return [Findable(*row) for row in fetch(_FINDABLE, {"people": list(ids)})] if ids else []


def find_person_by_email(email: str) -> Person | None:
    """Return the person of this address, or None."""
    address = PersonRow.email == email.strip().lower()
    # An account that was joined to another is that other: nobody else can have its address.
    ids = (
        select(func.coalesce(AccountMerge.leads_to_id, PersonRow.id))
        .select_from(PersonRow)
        .outerjoin(AccountMerge, AccountMerge.merged_id == PersonRow.id)
        .where(address)
    )
    row = db.session.execute(people().where(PersonRow.id.in_(ids))).first()
    return person_of(row) if row else None


def grants_of(rows: Sequence[Any]) -> tuple[Grant, ...]:
    """Return the grants that rows (or these columns of theirs) say, and the learner's that everyone has."""
    return (Grant(Role.LEARNER, Scope()), *[Grant(row.role, _scope_of(row)) for row in rows])


def _scope_of(row: Any) -> Scope:
    if row.organisation_id is not None:
        return Scope(organisation_roots=frozenset({row.organisation_id}))
    if row.region_id is not None:
        return Scope(region_roots=frozenset({row.region_id}))
    return Scope(everything=True)


def list_holders(roles: Collection[Role]) -> Mapping[PersonId, str]:
    """Return the names of active people who hold one of these roles, by id, in the order of their names."""
    rows = db.session.execute(
        select(PersonRow.id, PersonRow.name)
        .where(
            PersonRow.state == PersonState.ACTIVE,
            PersonRow.id.in_(select(RoleGrant.person_id).where(RoleGrant.role.in_(roles))),
        )
        .order_by(PersonRow.name, PersonRow.id)
        .limit(AT_ONCE)
    )
    return {person_id: name for person_id, name in rows}  # noqa: C416  rows are typed so


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


def list_entries(scope: Scope, wanted: PeopleFilter, at: PageRequest, order: Order) -> Page[PersonEntry]:
    """Return a page of the people `scope` reaches: by `name` or by when they were `added`. Two queries."""
    query = narrowed(people().where(person_in_scope(PersonRow.id, scope)), wanted)
    column = PersonRow.created_at if order.by == "added" else PersonRow.name
    page = keyset(query, by=(column, PersonRow.id), wanted=at, descending=order.descending, scalars=False)
    roles = _roles_of([row[0].id for row in page.items])
    return page.map(
        lambda row: PersonEntry(person_of(row), tuple(sorted(roles.get(row[0].id, ()))), row[0].created_at)
    )


def narrowed(query: Any, wanted: PeopleFilter) -> Any:
    """Return a query of people, with their employment of today, for those alone whom a filter leaves."""
    if wanted.words:
        query = query.where(
            or_(
                PersonRow.name.icontains(wanted.words, autoescape=True),
                PersonRow.email.contains(wanted.words.lower(), autoescape=True),
            )
        )
    if wanted.organisation_id is not None:
        query = query.where(Employment.organisation_id.in_(below([wanted.organisation_id])))
    if wanted.position_id is not None:
        query = query.where(Employment.position_id == wanted.position_id)
    if wanted.role is not None:
        query = query.where(
            PersonRow.id.in_(select(RoleGrant.person_id).where(RoleGrant.role == wanted.role))
        )
    if wanted.state is not None:
        return query.where(PersonRow.state == wanted.state)
    return query.where(PersonRow.state.not_in(GONE))


def _roles_of(ids: Collection[PersonId]) -> Mapping[PersonId, set[Role]]:
    found: dict[PersonId, set[Role]] = {}
    if ids:
        rows = db.session.execute(
            select(RoleGrant.person_id, RoleGrant.role).where(RoleGrant.person_id.in_(ids)).distinct()
        )
        for person_id, role in rows:
            found.setdefault(person_id, set()).add(role)
    return found


def get_entry(person_id: PersonId, scope: Scope) -> PersonEntry:
    """Return one person whom `scope` reaches; NotFound for anybody else."""
    row = db.session.execute(
        people().where(PersonRow.id == person_id, person_in_scope(PersonRow.id, scope))
    ).first()
    if row is None:
        raise NotFound
    return PersonEntry(person_of(row), (), row[0].created_at)


def page_people(scope: Scope, words: str, wanted: PageRequest) -> Page[Person]:
    """Return one page of the people whom `scope` reaches and who have `words` in their name or address, by name."""
    query = narrowed(people().where(person_in_scope(PersonRow.id, scope)), PeopleFilter(words=words))
    return keyset(query, by=(PersonRow.name, PersonRow.id), wanted=wanted, scalars=False).map(person_of)


def list_employments(person_id: PersonId) -> Sequence[EmploymentSpell]:
    """Return where a person has worked, latest first."""
    rows = db.session.execute(
        select(Employment, OrganisationRow.name, PositionRow.name)
        .join(OrganisationRow, OrganisationRow.id == Employment.organisation_id)
        .outerjoin(PositionRow, PositionRow.id == Employment.position_id)
        .where(Employment.person_id == person_id)
        .order_by(Employment.started_at.desc(), Employment.id.desc())
        .limit(AT_ONCE)
    )
    return [
        EmploymentSpell(row.organisation_id, where, position or "", row.started_at, row.ended_at)
        for row, where, position in rows
    ]


def list_held_roles(person_id: PersonId) -> Sequence[HeldRole]:
    """Return the roles a person was given, by role and then by age."""
    rows = db.session.execute(
        select(RoleGrant, OrganisationRow.name, RegionRow.name)
        .outerjoin(OrganisationRow, OrganisationRow.id == RoleGrant.organisation_id)
        .outerjoin(RegionRow, RegionRow.id == RoleGrant.region_id)
        .where(RoleGrant.person_id == person_id)
        .order_by(RoleGrant.role, RoleGrant.id)
        .limit(AT_ONCE)
    )
    return [
        HeldRole(row.id, row.role, _reach_of(row), organisation or region or "", row.granted_at)
        for row, organisation, region in rows
    ]


def _reach_of(row: RoleGrant) -> RoleReach:
    if row.organisation_id is not None:
        return RoleReach.ORGANISATION
    return RoleReach.REGION if row.region_id is not None else RoleReach.EVERYTHING


def list_grants(person_id: PersonId) -> tuple[Grant, ...]:
    """Return a person's roles with their scopes, the learner's that everyone has included."""
    rows = db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == person_id).limit(AT_ONCE))
    return grants_of(rows.all())
