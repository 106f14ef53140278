"""What is true of people, as pairs of a person and a value.

One relation per fact: narrowed to values it filters everybody, narrowed to people it answers for each of them. What
nests (a region, the partner tree) gives a pair for every value above, so that "in DACH" is a plain comparison.
Somebody who works nowhere today has no position, region, model, brand or partner.
"""

from sqlalchemy import Select, func, select

from lms.identity.models import (
    BrandAuthorisation,
    Employment,
    OrganisationAncestry,
    OrganisationRow,
    PersonRow,
    RegionAncestry,
    RoleGrant,
)
from lms.identity.values import (
    GONE,
    BrandId,
    OrganisationId,
    OrganisationKind,
    PersonId,
    PositionId,
    RegionId,
    ResellerModel,
)
from lms.kernel.actor import Role

_TODAY = Employment.ended_at.is_(None)


def everybody() -> Select[PersonId]:
    """Return the query of everyone whose account is still one: neither erased nor joined to another."""
    return select(PersonRow.id).where(PersonRow.state.not_in(GONE))


def pairs_of_position() -> Select[PersonId, PositionId | None]:
    """Return everybody's position of today."""
    return select(Employment.person_id, Employment.position_id).where(
        _TODAY, Employment.position_id.is_not(None)
    )


def pairs_of_region() -> Select[PersonId, RegionId]:
    """Return where everybody works, and every region above: their own region, else their organisation's."""
    place = func.coalesce(Employment.region_id, OrganisationRow.region_id)
    return (
        select(Employment.person_id, RegionAncestry.ancestor_id)
        .join(OrganisationRow, OrganisationRow.id == Employment.organisation_id)
        .join(RegionAncestry, RegionAncestry.descendant_id == place)
        .where(_TODAY)
    )


def pairs_of_model() -> Select[PersonId, ResellerModel | None]:
    """Return the reseller model of everybody's partner."""
    return (
        select(Employment.person_id, OrganisationRow.model)
        .join(OrganisationRow, OrganisationRow.id == Employment.organisation_id)
        .where(_TODAY, OrganisationRow.model.is_not(None))
    )


def pairs_of_brand() -> Select[PersonId, BrandId]:
    """Return the brands that everybody's partner may sell."""
    return (
        select(Employment.person_id, BrandAuthorisation.brand_id)
        .join(BrandAuthorisation, BrandAuthorisation.organisation_id == Employment.organisation_id)
        .where(_TODAY)
    )


def pairs_of_organisation() -> Select[PersonId, OrganisationId]:
    """Return where everybody is employed, and every organisation above."""
    return (
        select(Employment.person_id, OrganisationAncestry.ancestor_id)
        .join(OrganisationAncestry, OrganisationAncestry.descendant_id == Employment.organisation_id)
        .where(_TODAY)
    )


def pairs_of_employer() -> Select[PersonId, OrganisationId]:
    """Return where everybody is employed: for facets of what features above know of organisations."""
    return select(Employment.person_id, Employment.organisation_id).where(_TODAY)


def pairs_of_kind() -> Select[PersonId, OrganisationKind]:
    """Return whether everybody works for the manufacturer or for a partner."""
    return (
        select(Employment.person_id, OrganisationRow.kind)
        .join(OrganisationRow, OrganisationRow.id == Employment.organisation_id)
        .where(_TODAY)
    )


def pairs_of_language() -> Select[PersonId, str]:
    """Return the language everybody reads."""
    return select(PersonRow.id, PersonRow.locale)


def pairs_of_role() -> Select[PersonId, Role]:
    """Return the roles that people were given, wherever they reach; nobody is given the learner's."""
    return select(RoleGrant.person_id, RoleGrant.role)


def pairs_of_admin() -> Select[PersonId, PersonId]:
    """Return who works at a partner today, with each partner admin who looks after it; admins are their own people."""
    return (
        select(Employment.person_id, RoleGrant.person_id.label("admin_id"))
        .join(OrganisationAncestry, OrganisationAncestry.descendant_id == Employment.organisation_id)
        .join(RoleGrant, RoleGrant.organisation_id == OrganisationAncestry.ancestor_id)
        .where(_TODAY, RoleGrant.role == Role.PARTNER_ADMIN)
    )
