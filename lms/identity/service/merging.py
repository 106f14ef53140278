"""Joining two accounts of one person: everything comes together in the one that is kept, in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from flask import Flask, current_app
from flask_babel import gettext as _
from sqlalchemy import select, update

from lms.identity.events import AccountsMerged
from lms.identity.models import AccountMerge, Employment, PersonRow, RoleGrant
from lms.identity.policy import MERGE_ACCOUNTS
from lms.identity.service import people, roles, searching
from lms.identity.values import OrganisationId, PersonId, PersonState
from lms.identity.values.merging import AccountPart
from lms.kernel import events
from lms.kernel.actor import Actor, Role, Scope
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.handing import Owned, hand_over
from lms.kernel.lines import is_blank
from lms.web.letters import send_letter

ACCOUNT_ROWS = (Owned("employments"), Owned("people_import_rows"))
ACCOUNT_LEFT = {
    **dict.fromkeys(
        (
            *("people_imports.confirmed_by", "people_imports.uploaded_by", "role_grants.granted_by"),
            *(
                "account_merges.by",
                "audit_entries.actor_id",
                "stored_files.stored_by",
                "xapi_credentials.made_by",
            ),
        ),
        "it says by which account it was done",
    ),
    "role_grants.person_id": "roles are withdrawn, and given to the account that is kept if that was chosen",
    "sign_ins.person_id": "it says into which account somebody signed in; the open ones end",
    "single_use_links.person_id": "links to an account that is joined open nothing",
    "account_merges.kept_id": "it says what was joined to what",
    "account_merges.merged_id": "it says what was joined to what",
    "account_merges.leads_to_id": "it is led on to the account that is kept",
}


def install_account_parts(app: Flask, parts: Sequence[AccountPart]) -> None:
    """Give the application what says what comes together."""
    app.extensions["lms.account_parts"] = tuple(parts)


def fault_of(kept: PersonRow, merged: PersonRow, actor: Actor) -> str:
    """Return why two accounts cannot be joined, empty if they can."""
    if kept.id == merged.id:
        return _("This is the same account. Choose the other one.")
    if actor.person_id in {kept.id, merged.id}:
        return _("You cannot join your own account. Ask another administrator.")
    for one in (kept, merged):
        if one.state is PersonState.MERGED:
            return _("%(email)s was joined to another account before.", email=one.email)
        if one.state is PersonState.ERASED:
            return _("An account that was erased cannot be joined.")
    return ""


def fault_between(kept_id: PersonId, merged_id: PersonId, actor: Actor) -> str:
    """Return why two accounts cannot be joined, empty if they can: for who looks before."""
    return fault_of(db.session.get_one(PersonRow, kept_id), db.session.get_one(PersonRow, merged_id), actor)


def merge_accounts(
    *, kept_id: PersonId, merged_id: PersonId, reason: str, takes_roles: bool, actor: Actor, now: datetime
) -> None:
    """Join an account to another of the same person, and tell both addresses.

    Roles of the account that goes are not taken over unless `takes_roles`. Whoever is employed by both stays employed
    where the kept account is. Invalid without a reason; Conflict if either was joined or erased meanwhile; Forbidden
    for one's own account: nobody gives themselves rights this way.
    """
    if not actor.may(MERGE_ACCOUNTS):
        raise NotFound
    if is_blank(reason):
        message = _("Say how you know that both are the same person.")
        raise Invalid(message, fields={"reason": message})
    kept, merged = _hold(kept_id, merged_id)
    if fault := fault_of(kept, merged, actor):
        raise Forbidden(fault) if actor.person_id in {kept_id, merged_id} else Conflict(fault)
    db.session.add(
        AccountMerge(
            merged_id=merged_id,
            kept_id=kept_id,
            leads_to_id=kept_id,
            at=now,
            by=PersonId(actor.person_id) if actor.person_id else None,
            reason=reason.strip(),
            takes_roles=takes_roles,
        )
    )
    db.session.flush()
    held = _grants(merged_id)
    _join_employments(kept_id, merged_id, now)
    _join_roles(kept_id, merged_id, held if takes_roles else (), actor, now)
    _close_account(kept, merged, now)
    hand_over(ACCOUNT_ROWS, kept=kept_id, merged=merged_id, now=now)
    events.record(AccountsMerged(kept_id=kept_id, merged_id=merged_id, takes_roles=takes_roles))
    searching.forget(merged_id)
    searching.make_findable(kept_id)
    _tell(kept_id, merged_id)


def _hold(kept_id: PersonId, merged_id: PersonId) -> tuple[PersonRow, PersonRow]:
    """Return both accounts, held in one order whichever is kept: of two who join them at once one waits."""
    rows = {
        row.id: row
        for row in db.session.scalars(
            select(PersonRow)
            .where(PersonRow.id.in_([kept_id, merged_id]))
            .order_by(PersonRow.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    if kept_id not in rows or merged_id not in rows:
        raise NotFound
    return rows[kept_id], rows[merged_id]


def _grants(person_id: PersonId) -> Sequence[tuple[Role, Scope]]:
    rows = db.session.scalars(
        select(RoleGrant).where(RoleGrant.person_id == person_id).order_by(RoleGrant.id)
    )
    return [
        (
            row.role,
            Scope(
                everything=row.organisation_id is None and row.region_id is None,
                organisation_roots=frozenset({row.organisation_id} if row.organisation_id else ()),
                region_roots=frozenset({row.region_id} if row.region_id else ()),
            ),
        )
        for row in rows
    ]


def _join_employments(kept_id: PersonId, merged_id: PersonId, now: datetime) -> None:
    """End where the account that goes is employed; the kept one is employed there, if it is nowhere."""
    open_ones = {
        row.person_id: row
        for row in db.session.scalars(
            select(Employment).where(
                Employment.person_id.in_([kept_id, merged_id]), Employment.ended_at.is_(None)
            )
        )
    }
    theirs = open_ones.get(merged_id)
    if theirs is None:
        return
    at, position_id, region_id = OrganisationId(theirs.organisation_id), theirs.position_id, theirs.region_id
    people.leave(merged_id, now)
    if kept_id not in open_ones:
        people.employ(
            person_id=kept_id, organisation_id=at, position_id=position_id, region_id=region_id, now=now
        )


def _join_roles(
    kept_id: PersonId, merged_id: PersonId, taken: Sequence[tuple[Role, Scope]], actor: Actor, now: datetime
) -> None:
    roles.withdraw_all(merged_id)
    for role, scope in taken:
        roles.grant_role(person_id=kept_id, role=role, scope=scope, actor=actor, now=now)


def _close_account(kept: PersonRow, merged: PersonRow, now: datetime) -> None:
    """End every way into the account that goes; its address leads to the kept one, with that one's password.

    One that nobody could sign in to yet takes over the password of the other, and one without external id that.
    """
    if (
        kept.password_hash is None
        and kept.state is PersonState.INVITED
        and merged.state is PersonState.ACTIVE
    ):
        kept.password_hash, kept.state = merged.password_hash, PersonState.ACTIVE
    external_id, merged.external_id = merged.external_id, None
    merged.state, merged.password_hash = PersonState.MERGED, None
    merged.is_showcase, merged.showcase_line = False, ""
    db.session.flush()
    kept.external_id = kept.external_id or external_id
    db.session.execute(
        update(AccountMerge).where(AccountMerge.leads_to_id == merged.id).values(leads_to_id=kept.id)
    )
    people.end_sign_ins(merged.id, now)
    db.session.flush()


def _tell(kept_id: PersonId, merged_id: PersonId) -> None:
    kept, merged = db.session.get_one(PersonRow, kept_id), db.session.get_one(PersonRow, merged_id)
    for address in dict.fromkeys((kept.email, merged.email)):
        send_letter(
            "identity/mail/merged",
            to=address,
            language=kept.locale,
            name=kept.name,
            kept_email=kept.email,
            merged_email=merged.email,
            link=f"{current_app.config['LMS_PUBLIC_URL']}/sign-in",
        )
