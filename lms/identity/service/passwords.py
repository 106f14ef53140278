"""Passwords: hashed with argon2id, compared at the same cost whoever is asked for, changed by their owner."""

import secrets
from base64 import b64encode
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from argon2.low_level import ARGON2_VERSION
from flask_babel import gettext as _
from sqlalchemy import update

from lms.identity.events import PasswordSet
from lms.identity.models import PersonRow, SignIn, SingleUseLink
from lms.identity.rules import ACCOUNT_LIMIT, PASSWORD_MAX, PASSWORD_MIN, password_fault
from lms.identity.service import throttle
from lms.identity.values import PasswordFault, PersonId, PersonState
from lms.kernel import events
from lms.kernel.db import db
from lms.kernel.errors import Invalid

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """Return the argon2id hash that is kept of a password."""
    return _hasher.hash(password)


def no_ones_hash() -> str:
    """Return a hash that no password fits, and whose comparison costs what any costs.

    It is written, not reckoned: that would take 64 MB of every process that loads this, at once and for nothing.
    """
    salt, digest = (
        b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (_hasher.salt_len, _hasher.hash_len)
    )
    costs = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${digest}"


_NO_ONES_HASH = no_ones_hash()


def fits(password_hash: str | None, password: str) -> bool:
    """Return whether a password fits; without a hash to compare with, after the same work, that it does not."""
    try:
        _hasher.verify(password_hash or _NO_ONES_HASH, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Return whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def check_choice(password: str, *, name: str, email: str) -> None:
    """Raise Invalid, with `password` as the field, unless a person may choose this password."""
    fault = password_fault(password, name=name, email=email)
    if fault is None:
        return
    said = {
        PasswordFault.SHORT: _("Take at least %(count)s characters.", count=PASSWORD_MIN),
        PasswordFault.LONG: _("Take at most %(count)s characters.", count=PASSWORD_MAX),
        PasswordFault.COMMON: _(
            "This is among the first that guessers try. Take a few words that do not belong together."
        ),
        PasswordFault.REPEATED: _("This repeats itself. Take a few words that do not belong together."),
        PasswordFault.PERSONAL: _(
            "This is little more than your name or address. Take words that nobody links with you."
        ),
    }
    raise Invalid(fields={"password": said[fault]})


def replace_password(person: PersonRow, password: str, *, now: datetime) -> None:
    """Set a person's password; every sign-in and every link of theirs ends, and they can sign in from now on."""
    person.password_hash, person.state = hash_password(password), PersonState.ACTIVE
    db.session.execute(
        update(SignIn).where(SignIn.person_id == person.id, SignIn.ended_at.is_(None)).values(ended_at=now)
    )
    db.session.execute(
        update(SingleUseLink)
        .where(SingleUseLink.person_id == person.id, SingleUseLink.used_at.is_(None))
        .values(used_at=now)
    )
    throttle.clear(throttle.key_of("account", person.email))
    db.session.flush()
    events.record(PasswordSet(person_id=person.id))


def change_password(*, person_id: PersonId, current: str, new: str, now: datetime) -> None:
    """Change one's own password; Invalid names the field, TooMany when the present one was guessed at too often.

    Every sign-in ends: the caller begins this browser's anew.
    """
    person = db.session.get_one(PersonRow, person_id, with_for_update=True)
    key = throttle.key_of("account", person.email)
    throttle.check([key], now)
    if not fits(person.password_hash, current):
        throttle.count(key, limit=ACCOUNT_LIMIT, now=now)
        raise Invalid(fields={"current": _("This is not your present password.")})
    check_choice(new, name=person.name, email=person.email)
    replace_password(person, new, now=now)
