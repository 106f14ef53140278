"""People: how they come, work, change, get roles, are suspended and go."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from lms.identity.events import (
    AccountChanged,
    EmploymentEnded,
    PersonAdded,
    PersonEmployed,
    PersonErased,
    PersonExported,
    PersonReactivated,
    PersonSuspended,
)
from lms.identity.models import AccountMerge, Employment, PersonRow, RoleGrant, SignIn, SingleUseLink
from lms.identity.policy import ERASE_PERSON, MANAGE_PEOPLE, RENAME_PERSON
from lms.identity.queries.people import grants_of
from lms.identity.queries.scopes import is_organisation_visible, person_in_scope
from lms.identity.rules import outranks_partner
from lms.identity.service import imports, links, names, passwords, roles, searching
from lms.identity.values import GONE, OrganisationId, PersonId, PersonState, PositionId, RegionId
from lms.kernel import events, mail, privacy
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.lines import fault_of_name, tidied
from lms.web.context import oem_zone


def add_person(  # noqa: PLR0913  what an account is
    *,
    email: str,
    name: str,
    now: datetime,
    password: str | None = None,
    locale: str = "en",
    time_zone: str | None = None,
    showcase_line: str = "",
    state: PersonState | None = None,
    person_id: PersonId | None = None,
) -> PersonId:
    """Give a person an account; without a password they are invited and set one themselves, unless `state` says else.

    Until they say where they are, the manufacturer's clocks are theirs.

    With a `person_id` that exists already, that person is returned: a form sent twice makes one.
    """
    if person_id is not None and db.session.get(PersonRow, person_id) is not None:
        return person_id
    row = PersonRow(
        id=person_id or new_id(),
        email=email.strip().lower(),
        name=_checked_name(name),
        password_hash=passwords.hash_password(password) if password else None,
        locale=locale,
        time_zone=time_zone or oem_zone().key,
        state=state or (PersonState.ACTIVE if password or showcase_line else PersonState.INVITED),
        is_showcase=bool(showcase_line),
        showcase_line=showcase_line,
        created_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        if person_id is not None and db.session.get(PersonRow, person_id) is not None:
            return person_id
        raise Invalid(fields={"email": _("Somebody with this address has an account already.")}) from None
    events.record(PersonAdded(person_id=row.id))
    return row.id


def invite_person(
    *,
    person_id: PersonId,
    email: str,
    name: str,
    locale: str,
    organisation_id: OrganisationId,
    position_id: PositionId | None,
    actor: Actor,
    now: datetime,
) -> PersonId:
    """Add a person at an organisation within the actor's reach and mail them an invitation.

    Called again with the same `person_id` it changes nothing.
    """
    if not is_organisation_visible(organisation_id, actor.scope_of(MANAGE_PEOPLE)):
        raise Invalid(fields={"organisation": _("Choose an organisation that you look after.")})
    if db.session.get(PersonRow, person_id) is not None:
        return person_id
    add_person(email=email, name=name, locale=locale, person_id=person_id, now=now)
    employ(
        person_id=person_id, organisation_id=organisation_id, position_id=position_id, region_id=None, now=now
    )
    links.invite(person_id=person_id, actor=actor, now=now)
    return person_id


def invite_again(*, person_id: PersonId, actor: Actor, now: datetime) -> None:
    """Mail a fresh invitation to somebody who has not answered theirs."""
    person = _managed(person_id, actor)
    if person.state is not PersonState.INVITED:
        raise Conflict(_("%(name)s has accepted the invitation already.", name=person.name))
    links.invite(person_id=person_id, actor=actor, now=now)


def employ(
    *,
    person_id: PersonId,
    organisation_id: OrganisationId,
    position_id: PositionId | None,
    region_id: RegionId | None,
    now: datetime,
) -> None:
    """Begin a person's employment; the one that was open ends at the same instant, and the roles it carried."""
    # One who is hired twice at once is hired in some order.
    db.session.get_one(PersonRow, person_id, with_for_update=True)
    left = _open_employment(person_id)
    if left is not None:
        left.ended_at = now
        db.session.flush()
        if left.organisation_id != organisation_id:
            roles.lapse_roles(person_id=person_id, left_id=left.organisation_id, joined_id=organisation_id)
    db.session.add(
        Employment(
            id=new_id(),
            person_id=person_id,
            organisation_id=organisation_id,
            position_id=position_id,
            region_id=region_id,
            started_at=now,
            ended_at=None,
        )
    )
    db.session.flush()
    searching.make_findable(person_id)
    events.record(
        PersonEmployed(
            person_id=person_id,
            organisation_id=organisation_id,
            position_id=position_id,
            left_id=left.organisation_id if left else None,
        )
    )


def move(
    *,
    person_id: PersonId,
    organisation_id: OrganisationId,
    position_id: PositionId | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Give a person another position or organisation, both within the actor's reach, from now on."""
    _managed(person_id, actor)
    if not is_organisation_visible(organisation_id, actor.scope_of(MANAGE_PEOPLE)):
        raise Invalid(fields={"organisation": _("Choose an organisation that you look after.")})
    present = _open_employment(person_id)
    if (
        present is not None
        and present.organisation_id == organisation_id
        and present.position_id == position_id
    ):
        return
    if person_id == actor.person_id and present is not None and present.organisation_id != organisation_id:
        raise Forbidden(_("You cannot move yourself to another organisation. Ask another administrator."))
    employ(
        person_id=person_id,
        organisation_id=organisation_id,
        position_id=position_id,
        region_id=present.region_id if present else None,
        now=now,
    )


def end_employment(*, person_id: PersonId, actor: Actor, now: datetime) -> None:
    """Let a person leave their organisation, and the roles held there; the account and all it proves stay theirs."""
    person = _managed(person_id, actor)
    if person.id == actor.person_id:
        raise Forbidden(_("You cannot end your own employment. Ask another administrator."))
    leave(person_id, now)


def suspend(*, person_id: PersonId, actor: Actor, now: datetime) -> None:
    """Keep a person from signing in, from their next request on."""
    person = _managed(person_id, actor)
    if person.id == actor.person_id:
        raise Forbidden(_("You cannot suspend yourself. Ask another administrator."))
    if person.state is PersonState.SUSPENDED:
        return
    person.state = PersonState.SUSPENDED
    end_sign_ins(person_id, now)
    events.record(PersonSuspended(person_id=person_id))


def reactivate(*, person_id: PersonId, actor: Actor) -> None:
    """Let a suspended person sign in again; who never chose a password is invited again."""
    person = _managed(person_id, actor)
    if person.state is not PersonState.SUSPENDED:
        return
    has_way_in = person.password_hash is not None or person.is_showcase
    person.state = PersonState.ACTIVE if has_way_in else PersonState.INVITED
    events.record(PersonReactivated(person_id=person_id))


def change_account(
    *,
    person_id: PersonId,
    name: str | None = None,
    locale: str | None = None,
    time_zone: str | None = None,
) -> None:
    """Change one's own name, language or time zone; None leaves it as it is.

    Invalid for a new name where the old one proves something: a certificate would soon be anybody's.
    """
    person = db.session.get_one(PersonRow, person_id, with_for_update=True)
    wanted = {"name": _checked_name(name) if name else None, "locale": locale, "time_zone": time_zone}
    changed = {field: value for field, value in wanted.items() if value and getattr(person, field) != value}
    if "name" in changed and names.is_name_held(person_id):
        raise Invalid(
            fields={"name": _("Your name stands on a certificate. An administrator can change it.")}
        )
    for field, value in changed.items():
        setattr(person, field, value)
    if changed:
        db.session.flush()
        searching.make_findable(person_id)
        events.record(AccountChanged(person_id=person_id, fields=tuple(sorted(changed))))


def rename(*, person_id: PersonId, name: str, actor: Actor) -> None:
    """Give a person another name, on whatever carries it too; Invalid for no name, NotFound without the right."""
    if not actor.may(RENAME_PERSON):
        raise NotFound
    person = _managed(person_id, actor)
    wanted = _checked_name(name)
    if person.name == wanted:
        return
    person.name = wanted
    db.session.flush()
    searching.make_findable(person_id)
    events.record(AccountChanged(person_id=person_id, fields=("name",)))


def record_export(*, person_id: PersonId) -> None:
    """Write down that a person's data was handed out."""
    events.record(PersonExported(person_id=person_id))


def erase_everywhere(*, person_id: PersonId, typed_email: str, actor: Actor) -> None:
    """Erase a person in every feature, in this transaction: all of it or nothing.

    `typed_email` must be the person's address: what cannot be taken back is asked for twice.
    """
    person = db.session.get(PersonRow, person_id, with_for_update=True)
    if person is None or not actor.may(ERASE_PERSON) or person.state in GONE:
        raise NotFound
    if person.id == actor.person_id:
        raise Forbidden(_("You cannot erase yourself. Ask another administrator."))
    if typed_email.strip().lower() != person.email:
        raise Invalid(fields={"email": _("This is not the person’s address. Nothing was erased.")})
    privacy.erase(person_id)


def erase_person(*, person_id: PersonId, now: datetime) -> None:
    """Blank what names a person. The row and its id stay: certificates and deals prove what was true."""
    person = db.session.get_one(PersonRow, person_id, with_for_update=True)
    for former in _former(person_id):
        _blank(former)
    db.session.execute(update(AccountMerge).where(AccountMerge.leads_to_id == person_id).values(reason=""))
    _blank(person)
    end_sign_ins(person_id, now)
    leave(person_id, now)
    db.session.execute(delete(RoleGrant).where(RoleGrant.person_id == person_id))
    searching.forget(person_id)
    events.record(PersonErased(person_id=person_id))


def _former(person_id: PersonId) -> Sequence[PersonRow]:
    """Return the accounts that were joined to a person's, held."""
    return db.session.scalars(
        select(PersonRow)
        .join(AccountMerge, AccountMerge.merged_id == PersonRow.id)
        .where(AccountMerge.leads_to_id == person_id)
        .order_by(PersonRow.id)
        .with_for_update(of=PersonRow)
    ).all()


def _blank(person: PersonRow) -> None:
    """Blank what one account says of whoever it was."""
    person_id = person.id
    mail.forget(person.email)
    imports.forget_person(person_id, person.email)
    person.name, person.email = _("Erased person"), f"{person_id.hex}@erased.invalid"
    person.password_hash, person.state = None, PersonState.ERASED
    person.is_showcase, person.showcase_line, person.external_id = False, "", None
    db.session.execute(update(SignIn).where(SignIn.person_id == person_id).values(address="", user_agent=""))
    db.session.execute(delete(SingleUseLink).where(SingleUseLink.person_id == person_id))


def _checked_name(name: str) -> str:
    kept = tidied(name)
    if fault := fault_of_name(kept):
        raise Invalid(fields={"name": fault})
    return kept


def _managed(person_id: PersonId, actor: Actor) -> PersonRow:
    """Return a person, locked, whom the actor may manage; NotFound beyond their reach."""
    scope = actor.scope_of(MANAGE_PEOPLE)
    person = db.session.scalars(
        select(PersonRow)
        .where(PersonRow.id == person_id, person_in_scope(PersonRow.id, scope))
        .with_for_update()
    ).first()
    if person is None or person.state in GONE:
        raise NotFound
    grants = grants_of(db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == person_id)).all())
    if not scope.everything and outranks_partner(grants):
        raise Forbidden(_("This person works for the manufacturer too. Ask an administrator."))
    return person


def _open_employment(person_id: PersonId) -> Employment | None:
    return db.session.scalars(
        select(Employment).where(Employment.person_id == person_id, Employment.ended_at.is_(None))
    ).first()


def leave(person_id: PersonId, now: datetime) -> None:
    """End where a person is employed, and the roles held there; nothing for who works nowhere."""
    present = _open_employment(person_id)
    if present is None:
        return
    present.ended_at = now
    db.session.flush()
    roles.lapse_roles(person_id=person_id, left_id=present.organisation_id, joined_id=None)
    searching.make_findable(person_id)
    events.record(EmploymentEnded(person_id=person_id, organisation_id=present.organisation_id))


def end_sign_ins(person_id: PersonId, now: datetime) -> None:
    """End every open sign-in of a person, from the next request on."""
    db.session.execute(
        update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None)).values(ended_at=now)
    )
