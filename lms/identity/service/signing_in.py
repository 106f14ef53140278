"""Sign-ins: how they begin, are proved, and end."""

import secrets
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from lms.identity.events import SignedIn, SignedOut, SignInRefused
from lms.identity.models import PersonRow, SignIn, SingleUseLink
from lms.identity.rules import ACCOUNT_LIMIT, ADDRESS_LIMIT
from lms.identity.service import passwords, throttle
from lms.identity.service.accounts import find_account
from lms.identity.values import PersonId, PersonState, SignInId
from lms.kernel import events
from lms.kernel.db import db, new_id
from lms.kernel.errors import Invalid, NotFound

SIGN_IN_LASTS = timedelta(days=14)
SIGN_INS_KEPT = timedelta(days=180)
LINKS_KEPT = timedelta(days=30)


def sign_in(*, email: str, password: str, address: str, user_agent: str, now: datetime) -> str:
    """Sign a person in and return the token for their cookie.

    TooMany while the account or the address has failed too often; Invalid for a wrong address or password
    alike, after the same work, so that neither time nor words tell which accounts exist.
    """
    account = throttle.key_of("account", email.strip().lower())
    place = throttle.key_of("address", address)
    throttle.check([account, place], now)
    person = find_account(email)
    fits = passwords.fits(person.password_hash if person else None, password)
    if person is None or not fits or person.state is not PersonState.ACTIVE:
        throttle.count(account, limit=ACCOUNT_LIMIT, now=now)
        throttle.count(place, limit=ADDRESS_LIMIT, now=now)
        if person is not None:
            events.record(SignInRefused(person_id=person.id))
        raise Invalid(_("The address or the password is wrong."))
    if person.password_hash and passwords.is_outdated(person.password_hash):
        person.password_hash = passwords.hash_password(password)
    throttle.clear(account)
    return open_sign_in(person_id=person.id, address=address, user_agent=user_agent, now=now)


def sign_in_showcase(*, person_id: PersonId, address: str, user_agent: str, now: datetime) -> str:
    """Sign in as one of the demo's people and return the token; NotFound for anybody else.

    Whether this installation is a demo at all is the caller's to know.
    """
    person = db.session.get(PersonRow, person_id)
    if person is None or not person.is_showcase or person.state is not PersonState.ACTIVE:
        raise NotFound
    return open_sign_in(person_id=person_id, address=address, user_agent=user_agent, now=now)


def open_sign_in(*, person_id: PersonId, address: str, user_agent: str, now: datetime) -> str:
    """Begin a sign-in that something else has proved and return the token for its cookie."""
    token = secrets.token_urlsafe(32)
    row = SignIn(
        id=new_id(),
        token_sha256=throttle.digest(token),
        person_id=person_id,
        started_at=now,
        expires_at=now + SIGN_IN_LASTS,
        ended_at=None,
        address=address,
        user_agent=user_agent[:300],
    )
    db.session.add(row)
    db.session.flush()
    events.record(SignedIn(person_id=person_id, sign_in_id=SignInId(row.id)))
    return token


def sign_out(*, token: str, now: datetime) -> None:
    """End the sign-in of one cookie."""
    row = db.session.scalars(select(SignIn).where(SignIn.token_sha256 == throttle.digest(token))).first()
    if row is not None and row.ended_at is None:
        row.ended_at = now
        events.record(SignedOut(person_id=row.person_id, everywhere=False))


def end_sign_in(*, sign_in_id: SignInId, person_id: PersonId, now: datetime) -> None:
    """End one of a person's own sign-ins, wherever it is; NotFound for another's."""
    row = db.session.get(SignIn, sign_in_id)
    if row is None or row.person_id != person_id:
        raise NotFound
    if row.ended_at is None:
        row.ended_at = now
        events.record(SignedOut(person_id=person_id, everywhere=False))


def forget_traces(now: datetime) -> None:
    """Delete what is over: throttles at once, links after a month, sign-ins after half a year."""
    throttle.forget_old(now)
    db.session.execute(delete(SingleUseLink).where(SingleUseLink.expires_at < now - LINKS_KEPT))
    db.session.execute(delete(SignIn).where(SignIn.expires_at < now - SIGN_INS_KEPT))


def sign_out_everywhere(*, person_id: PersonId, now: datetime) -> None:
    """End every sign-in of a person."""
    db.session.execute(
        update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None)).values(ended_at=now)
    )
    events.record(SignedOut(person_id=person_id, everywhere=True))
