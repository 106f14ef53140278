"""The tenant filters: which organisations and people a scope reaches."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, false, or_, select, true

from lms.identity.models import Employment, OrganisationAncestry, OrganisationRow, PersonRow, RegionAncestry
from lms.identity.values import OrganisationId, PersonId, PersonState, RegionId
from lms.kernel.actor import Scope
from lms.kernel.among import among
from lms.kernel.db import AnyColumn, db, fetch

HELD_AT_ONCE = 10_000
"""How many ids one statement is given."""


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


def below(roots: Collection[Any]) -> Select[OrganisationId]:
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


def is_one_in_scope(person_id: AnyColumn, scope: Scope) -> ColumnElement[bool]:
    """Return the same filter as `person_in_scope`, for a few rows that other filters leave: asked one by one."""
    if scope.everything:
        return true()
    employed = select(Employment.id).where(
        Employment.person_id == person_id,
        Employment.ended_at.is_(None),
        in_scope(Employment.organisation_id, scope),
    )
    return employed.exists()


def employed_at(organisation_id: OrganisationId, *, with_branches: bool = False) -> Select[PersonId]:
    """Return the query of the people employed today at an organisation, or also below it."""
    where = (
        Employment.organisation_id.in_(below([organisation_id]))
        if with_branches
        else Employment.organisation_id == organisation_id
    )
    return select(Employment.person_id).where(Employment.ended_at.is_(None), where)


@cache
def employed(
    *, with_branches: bool, in_position: bool, in_region: bool, one: bool, able_to_act: bool
) -> Select[PersonId]:
    """Return the query of people employed today at :organisation_id, built once for each of its shapes.

    It takes :position_id, :region_id (and those below it) and :person_id where it is narrowed by them. A suspended
    person is employed all the same, and left out only where the question is who is `able_to_act`.
    """
    organisation_id = bindparam("organisation_id", type_=Employment.organisation_id.type)
    at = below([organisation_id]) if with_branches else None
    query = select(Employment.person_id).where(
        Employment.ended_at.is_(None),
        Employment.organisation_id == organisation_id if at is None else Employment.organisation_id.in_(at),
    )
    if in_position:
        query = query.where(Employment.position_id == bindparam("position_id"))
    if in_region:
        regions = select(RegionAncestry.descendant_id).where(
            RegionAncestry.ancestor_id == bindparam("region_id")
        )
        query = query.where(Employment.region_id.in_(regions))
    if able_to_act:
        # Asked of each employee; as a list of everybody it would be walked through whole.
        able = PersonRow.id == Employment.person_id, PersonRow.state != PersonState.SUSPENDED
        query = query.where(exists().where(*able))
    return query.where(Employment.person_id == bindparam("person_id")) if one else query


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


def hold_people(ids: Collection[PersonId], *, alone: Collection[PersonId] = ()) -> None:
    """Hold people until the transaction ends: those of `alone` by nobody else, the others from who would change them.

    Who holds a person so reads where they are employed with the next statement, and it stays so. SQLite has one writer
    at a time anyway.
    """
    if db.engine.dialect.name == "sqlite":
        return
    for some, shared in ((sorted(set(ids) - set(alone)), True), (sorted(alone), False)):
        for batch in _batches(some, HELD_AT_ONCE):
            db.session.execute(
                select(PersonRow.id)
                .where(among(PersonRow.id, "people"))
                .order_by(PersonRow.id)
                .with_for_update(read=shared, key_share=shared),
                {"people": batch},
            )


def _batches(ids: Sequence[PersonId], size: int) -> Iterator[list[PersonId]]:
    waiting = iter(ids)
    while batch := list(islice(waiting, size)):
        yield batch


_EMPLOYERS = select(Employment.person_id, Employment.organisation_id).where(
    among(Employment.person_id, "people"), Employment.ended_at.is_(None)
)


def list_employers(ids: Collection[PersonId]) -> Mapping[PersonId, OrganisationId]:
    """Return where these people are employed today; who works nowhere is left out."""
    found: dict[PersonId, OrganisationId] = {}
    for batch in _batches(sorted(ids), HELD_AT_ONCE):
        found.update((row[0], row[1]) for row in fetch(_EMPLOYERS, {"people": batch}))
    return found


def pairs_of_organisation_and_region() -> Select[OrganisationId, RegionId | None]:
    """Return the query of every organisation with its own region, those without one left out."""
    return select(OrganisationRow.id, OrganisationRow.region_id).where(OrganisationRow.region_id.is_not(None))


def names_of_organisations(scope: Scope) -> Select[OrganisationId, str]:
    """Return the query of every organisation that `scope` reaches, with its name."""
    return select(OrganisationRow.id, OrganisationRow.name).where(in_scope(OrganisationRow.id, scope))


def employ_beside(wider: Scope, scope: Scope, *, at_least: int) -> bool:
    """Return whether at least so many people are employed where `wider` reaches and `scope` does not."""
    found = db.session.scalars(
        select(Employment.person_id)
        .where(
            Employment.ended_at.is_(None),
            in_scope(Employment.organisation_id, wider),
            ~in_scope(Employment.organisation_id, scope),
        )
        .limit(at_least)
    )
    return len(found.all()) >= at_least
