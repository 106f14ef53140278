"""Roles: who may be given which, how far it reaches, and how it is taken back."""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import or_, select

from lms.identity.events import RoleGranted, RoleWithdrawn
from lms.identity.models import OrganisationAncestry, OrganisationRow, PersonRow, RegionRow, RoleGrant
from lms.identity.rules import REACHES
from lms.identity.values import GONE, OrganisationId, PersonId, RegionId, RoleReach
from lms.kernel import events
from lms.kernel.actor import Actor, Role, Scope
from lms.kernel.db import db, new_id
from lms.kernel.errors import Forbidden, Invalid, NotFound


def grant_role(*, person_id: PersonId, role: Role, scope: Scope, actor: Actor, now: datetime) -> None:
    """Give a person a role over everything, or over each root that `scope` names; one held already stays one."""
    places: list[tuple[OrganisationId | None, RegionId | None]] = [
        *[(OrganisationId(root), None) for root in sorted(scope.organisation_roots)],
        *[(None, RegionId(root)) for root in sorted(scope.region_roots)],
    ]
    # Two who grant the same at once grant it once.
    db.session.get_one(PersonRow, person_id, with_for_update=True)
    rows = db.session.scalars(
        select(RoleGrant).where(RoleGrant.person_id == person_id, RoleGrant.role == role)
    )
    held = {(row.organisation_id, row.region_id) for row in rows}
    for organisation_id, region_id in places or [(None, None)]:
        if (organisation_id, region_id) in held:
            continue
        db.session.add(
            RoleGrant(
                id=new_id(),
                person_id=person_id,
                role=role,
                organisation_id=organisation_id,
                region_id=region_id,
                granted_by=actor.person_id,
                granted_at=now,
            )
        )
        db.session.flush()
        events.record(
            RoleGranted(person_id=person_id, role=role, organisation_id=organisation_id, region_id=region_id)
        )


def give_role(
    *,
    person_id: PersonId,
    role: Role,
    organisation_id: OrganisationId | None,
    region_id: RegionId | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Give a person a role on an administrator's word; Invalid names what does not go together."""
    person = db.session.get(PersonRow, person_id)
    if person is None or person.state in GONE:
        raise NotFound
    if organisation_id is not None and region_id is not None:
        raise Invalid(fields={"region": _("Choose an organisation or a region, not both.")})
    if organisation_id is not None and db.session.get(OrganisationRow, organisation_id) is None:
        raise Invalid(fields={"organisation": _("There is no such organisation.")})
    if region_id is not None and db.session.get(RegionRow, region_id) is None:
        raise Invalid(fields={"region": _("There is no such region.")})
    reach = (
        RoleReach.ORGANISATION
        if organisation_id is not None
        else RoleReach.REGION
        if region_id is not None
        else RoleReach.EVERYTHING
    )
    if reach not in REACHES.get(role, ()):
        raise Invalid(fields=_misfit(role, reach))
    scope = Scope(
        everything=reach is RoleReach.EVERYTHING,
        organisation_roots=frozenset({organisation_id} if organisation_id else ()),
        region_roots=frozenset({region_id} if region_id else ()),
    )
    grant_role(person_id=person_id, role=role, scope=scope, actor=actor, now=now)


def withdraw_role(*, person_id: PersonId, grant_id: UUID, actor: Actor) -> None:
    """Take a role back; what was withdrawn already stays withdrawn."""
    row = db.session.get(RoleGrant, grant_id, with_for_update=True)
    if row is None:
        return
    if row.person_id != person_id:
        raise NotFound
    if row.role is Role.ADMINISTRATOR and person_id == actor.person_id:
        raise Forbidden(_("You cannot withdraw your own administration. Ask another administrator."))
    _withdraw(row)


def lapse_roles(*, person_id: PersonId, left_id: OrganisationId, joined_id: OrganisationId | None) -> None:
    """Take back what a person held at an organisation they leave, at its branches, and at those it belongs to.

    Who joins another part of the same partner keeps the role over a whole that both are parts of.
    """
    below = select(OrganisationAncestry.descendant_id).where(OrganisationAncestry.ancestor_id == left_id)
    above = select(OrganisationAncestry.ancestor_id).where(OrganisationAncestry.descendant_id == left_id)
    still_over = select(OrganisationAncestry.ancestor_id).where(
        OrganisationAncestry.descendant_id == joined_id, OrganisationAncestry.ancestor_id != left_id
    )
    lapsed = select(RoleGrant).where(
        RoleGrant.person_id == person_id,
        or_(RoleGrant.organisation_id.in_(below), RoleGrant.organisation_id.in_(above)),
        RoleGrant.organisation_id.not_in(still_over),
    )
    for row in db.session.scalars(lapsed.order_by(RoleGrant.id).with_for_update()).all():
        _withdraw(row)


def withdraw_all(person_id: PersonId) -> None:
    """Take back every role of a person."""
    held = select(RoleGrant).where(RoleGrant.person_id == person_id).order_by(RoleGrant.id).with_for_update()
    for row in db.session.scalars(held).all():
        _withdraw(row)


def _withdraw(row: RoleGrant) -> None:
    db.session.delete(row)
    db.session.flush()
    events.record(
        RoleWithdrawn(
            person_id=row.person_id,
            role=row.role,
            organisation_id=row.organisation_id,
            region_id=row.region_id,
        )
    )


def _misfit(role: Role, reach: RoleReach) -> dict[str, str]:
    if role is Role.PARTNER_ADMIN:
        return {"organisation": _("Choose the partner that this person looks after.")}
    field = "organisation" if reach is RoleReach.ORGANISATION else "region"
    return {field: _("This role always reaches everything. Leave organisation and region open.")}
