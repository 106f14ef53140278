"""Single-use links: invitations and resets, mailed in their reader's language, consumed by the form they open."""

import secrets
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select, update

from lms.identity.errors import LinkSpent
from lms.identity.events import LinkSent
from lms.identity.models import Employment, OrganisationRow, PersonRow, SingleUseLink
from lms.identity.rules import RESET_ACCOUNT_LIMIT, RESET_ADDRESS_LIMIT
from lms.identity.service import passwords, signing_in, throttle
from lms.identity.service.accounts import find_account
from lms.identity.values import LinkKind, PersonId, PersonState
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.web.letters import send_letter, write_letter

LASTS = {LinkKind.INVITATION: timedelta(days=7), LinkKind.RESET: timedelta(hours=2)}
OPENS = {
    LinkKind.INVITATION: frozenset({PersonState.INVITED}),
    LinkKind.RESET: frozenset({PersonState.INVITED, PersonState.ACTIVE}),
}
"""Whose links of each kind still open anything: a suspended or erased person's open nothing."""


def ask_reset(*, email: str, address: str, now: datetime) -> None:
    """Mail a reset link if somebody has this address; say nothing either way.

    TooMany once one place has asked too often; an account asked for too often is left in peace in silence.
    """
    place = throttle.key_of("reset-address", address)
    throttle.check([place], now)
    throttle.count(place, limit=RESET_ADDRESS_LIMIT, now=now)
    account = throttle.key_of("reset-account", email.strip().lower())
    is_quiet = bool(throttle.seconds_to_wait([account], now))
    throttle.count(account, limit=RESET_ACCOUNT_LIMIT, now=now)
    person = find_account(email)
    if person is None or is_quiet or person.state not in OPENS[LinkKind.RESET]:
        # The letter is the costly part: it is written for nobody too, so that time tells nothing.
        write_letter("identity/mail/reset", language="en", name="", link=_address(LinkKind.RESET, "nobody"))
        return
    link = _make(person, LinkKind.RESET, now)
    send_letter("identity/mail/reset", to=person.email, language=person.locale, name=person.name, link=link)
    events.record(LinkSent(person_id=person.id, kind=LinkKind.RESET))


def invite(*, person_id: PersonId, actor: Actor, now: datetime) -> None:
    """Mail an invited person the link by which they choose a password; links sent before stop working."""
    person = db.session.get_one(PersonRow, person_id)
    employer = db.session.scalars(
        select(OrganisationRow.name)
        .join(Employment, Employment.organisation_id == OrganisationRow.id)
        .where(Employment.person_id == person_id, Employment.ended_at.is_(None))
    ).first()
    db.session.execute(
        update(SingleUseLink)
        .where(
            SingleUseLink.person_id == person_id,
            SingleUseLink.kind == LinkKind.INVITATION,
            SingleUseLink.used_at.is_(None),
        )
        .values(used_at=now)
    )
    send_letter(
        "identity/mail/invitation",
        to=person.email,
        language=person.locale,
        name=person.name,
        host="" if actor.is_system else actor.name,
        employer=employer or "",
        link=_make(person, LinkKind.INVITATION, now),
    )
    events.record(LinkSent(person_id=person_id, kind=LinkKind.INVITATION))


def set_password_by_link(
    *, kind: LinkKind, token: str, password: str, address: str, user_agent: str, now: datetime
) -> str:
    """Consume a link, set its person's password and return the token of a fresh sign-in.

    LinkSpent if the link was used, ran out or is none; Invalid for a password that is not taken, which leaves
    the link as it was. Of two who use one link at once, the database lets one through.
    """
    row = db.session.scalars(
        select(SingleUseLink).where(
            SingleUseLink.token_sha256 == throttle.digest(token), SingleUseLink.kind == kind
        )
    ).first()
    person = db.session.get(PersonRow, row.person_id) if row is not None else None
    if row is None or person is None or person.state not in OPENS[kind]:
        raise LinkSpent
    passwords.check_choice(password, name=person.name, email=person.email)
    consumed = db.session.execute(
        update(SingleUseLink)
        .where(SingleUseLink.id == row.id, SingleUseLink.used_at.is_(None), SingleUseLink.expires_at > now)
        .values(used_at=now)
        .returning(SingleUseLink.id)
    ).first()
    if consumed is None:
        raise LinkSpent
    passwords.replace_password(person, password, now=now)
    return signing_in.open_sign_in(person_id=person.id, address=address, user_agent=user_agent, now=now)


def _make(person: PersonRow, kind: LinkKind, now: datetime) -> str:
    """Store a new link of a person and return its address."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        SingleUseLink(
            id=new_id(),
            kind=kind,
            token_sha256=throttle.digest(token),
            person_id=person.id,
            made_at=now,
            expires_at=now + LASTS[kind],
            used_at=None,
        )
    )
    db.session.flush()
    return _address(kind, token)


def _address(kind: LinkKind, token: str) -> str:
    return f"{current_app.config['LMS_PUBLIC_URL']}/{kind.value}/{token}"
