"""The tenant filters: which organisations and people a scope reaches."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select, true

from lms.identity.models import Employment, OrganisationAncestry, OrganisationRow, PersonRow, RegionAncestry
from lms.identity.values import OrganisationId, PersonId, PersonState, PositionId, RegionId
from lms.kernel.actor import Scope
from lms.kernel.db import AnyColumn, db


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
    able_to_act: bool = False,
) -> Select[PersonId]:
    """Return the query of the people employed today at an organisation, or also below it.

    `position_id` narrows it to one position, `region_id` to one region and those below it. A suspended person is
    employed all the same, and left out only where the question is who is `able_to_act`.
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
    if able_to_act:
        query = query.where(
            Employment.person_id.in_(select(PersonRow.id).where(PersonRow.state != PersonState.SUSPENDED))
        )
    return query


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
