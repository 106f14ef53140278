"""Every write of identity, named as the domain names it."""

import hashlib
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from flask_babel import gettext as _
from sqlalchemy import delete, insert, literal, select, update

from lms.identity.events import (
    OrganisationAdded,
    PersonAdded,
    PersonEmployed,
    PersonErased,
    RoleGranted,
    SignedIn,
    SignedOut,
    SignInRefused,
)
from lms.identity.models import (
    BrandAuthorisation,
    BrandRow,
    Employment,
    OrganisationAncestry,
    OrganisationRow,
    PersonRow,
    PositionRow,
    RegionAncestry,
    RegionRow,
    RoleGrant,
    SignIn,
    SingleUseLink,
    Throttle,
)
from lms.identity.rules import ACCOUNT_LIMIT, ADDRESS_LIMIT, Tries, after_failure, wait_seconds
from lms.identity.values import (
    BrandId,
    OrganisationId,
    OrganisationKind,
    PersonId,
    PersonState,
    PositionId,
    RegionId,
    ResellerModel,
    SignInId,
)
from lms.kernel import events
from lms.kernel.actor import Actor, Role, Scope
from lms.kernel.db import db, new_id
from lms.kernel.errors import Invalid, TooMany

SIGN_IN_LASTS = timedelta(days=14)
_hasher = PasswordHasher()


def add_region(*, name: str, code: str, parent_id: RegionId | None) -> RegionId:
    """Add a region below `parent_id`."""
    region = RegionRow(id=new_id(), name=name, code=code, parent_id=parent_id)
    db.session.add(region)
    db.session.flush()
    db.session.add(RegionAncestry(descendant_id=region.id, ancestor_id=region.id, depth=0))
    if parent_id is not None:
        db.session.execute(
            insert(RegionAncestry).from_select(
                ["descendant_id", "ancestor_id", "depth"],
                select(
                    literal(region.id, RegionRow.id.type),
                    RegionAncestry.ancestor_id,
                    RegionAncestry.depth + 1,
                ).where(RegionAncestry.descendant_id == parent_id),
            )
        )
    return region.id


def add_organisation(
    *,
    name: str,
    kind: OrganisationKind,
    model: ResellerModel | None,
    parent_id: OrganisationId | None,
    region_id: RegionId | None,
    country: str,
    domain: str,
    now: datetime,
) -> OrganisationId:
    """Add an organisation below `parent_id`."""
    row = OrganisationRow(
        id=new_id(),
        name=name,
        kind=kind,
        model=model,
        parent_id=parent_id,
        region_id=region_id,
        country=country,
        domain=domain,
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    db.session.add(OrganisationAncestry(descendant_id=row.id, ancestor_id=row.id, depth=0))
    if parent_id is not None:
        db.session.execute(
            insert(OrganisationAncestry).from_select(
                ["descendant_id", "ancestor_id", "depth"],
                select(
                    literal(row.id, OrganisationRow.id.type),
                    OrganisationAncestry.ancestor_id,
                    OrganisationAncestry.depth + 1,
                ).where(OrganisationAncestry.descendant_id == parent_id),
            )
        )
    db.session.flush()
    events.record(OrganisationAdded(organisation_id=row.id, parent_id=parent_id))
    return row.id


def add_brand(*, name: str, code: str) -> BrandId:
    """Add a product brand."""
    row = BrandRow(id=new_id(), name=name, code=code)
    db.session.add(row)
    db.session.flush()
    return row.id


def authorise_brand(*, organisation_id: OrganisationId, brand_id: BrandId) -> None:
    """Let a partner sell a brand."""
    db.session.add(BrandAuthorisation(organisation_id=organisation_id, brand_id=brand_id))


def add_position(*, name: str, code: str) -> PositionId:
    """Add a position."""
    row = PositionRow(id=new_id(), name=name, code=code)
    db.session.add(row)
    db.session.flush()
    return row.id


def add_person(
    *,
    email: str,
    name: str,
    now: datetime,
    password: str | None = None,
    locale: str = "en",
    time_zone: str = "UTC",
    showcase_line: str = "",
) -> PersonId:
    """Give a person an account; without a password they are invited and set one themselves."""
    address = email.strip().lower()
    if db.session.scalar(select(PersonRow.id).where(PersonRow.email == address)) is not None:
        raise Invalid(fields={"email": _("Somebody with this address has an account already.")})
    row = PersonRow(
        id=new_id(),
        email=address,
        name=name.strip(),
        password_hash=hash_password(password) if password else None,
        locale=locale,
        time_zone=time_zone,
        state=PersonState.ACTIVE if password or showcase_line else PersonState.INVITED,
        is_showcase=bool(showcase_line),
        showcase_line=showcase_line,
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    events.record(PersonAdded(person_id=row.id))
    return row.id


def employ(
    *,
    person_id: PersonId,
    organisation_id: OrganisationId,
    position_id: PositionId | None,
    region_id: RegionId | None,
    now: datetime,
) -> None:
    """Begin a person's employment; the one that was open ends at the same instant."""
    left = db.session.scalars(
        select(Employment).where(Employment.person_id == person_id, Employment.ended_at.is_(None))
    ).first()
    if left is not None:
        left.ended_at = now
        db.session.flush()
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
    events.record(
        PersonEmployed(
            person_id=person_id,
            organisation_id=organisation_id,
            position_id=position_id,
            left_id=left.organisation_id if left else None,
        )
    )


def grant_role(*, person_id: PersonId, role: Role, scope: Scope, actor: Actor, now: datetime) -> None:
    """Give a person a role over everything, or over each root that `scope` names."""
    places: list[tuple[OrganisationId | None, RegionId | None]] = [
        *[(OrganisationId(root), None) for root in scope.organisation_roots],
        *[(None, RegionId(root)) for root in scope.region_roots],
    ]
    for organisation_id, region_id in places or [(None, None)]:
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
    events.record(RoleGranted(person_id=person_id, role=role))


def hash_password(password: str) -> str:
    """Return the argon2id hash that is kept of a password."""
    return _hasher.hash(password)


_NO_ONES_HASH = _hasher.hash(secrets.token_hex(16))


def sign_in(*, email: str, password: str, address: str, user_agent: str, now: datetime) -> str:
    """Sign a person in and return the token for their cookie.

    TooMany while the account or the address has failed too often; Invalid for a wrong address or password
    alike, after the same work, so that neither time nor words tell which accounts exist.
    """
    account_key, address_key = _key("account", email.strip().lower()), _key("address", address)
    _check_throttle([account_key, address_key], now)
    person = db.session.scalars(select(PersonRow).where(PersonRow.email == email.strip().lower())).first()
    fits = _verify(person.password_hash if person and person.password_hash else _NO_ONES_HASH, password)
    if person is None or not fits or not person.password_hash or person.state is not PersonState.ACTIVE:
        _count_failure(account_key, ACCOUNT_LIMIT, now)
        _count_failure(address_key, ADDRESS_LIMIT, now)
        if person is not None:
            events.record(SignInRefused(person_id=person.id))
        raise Invalid(_("The address or the password is wrong."))
    if _hasher.check_needs_rehash(person.password_hash):
        person.password_hash = hash_password(password)
    _clear_failures(account_key)
    return open_sign_in(person_id=person.id, address=address, user_agent=user_agent, now=now)


def open_sign_in(*, person_id: PersonId, address: str, user_agent: str, now: datetime) -> str:
    """Begin a sign-in that something else has proved and return the token for its cookie."""
    token = secrets.token_urlsafe(32)
    row = SignIn(
        id=new_id(),
        token_sha256=digest(token),
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
    row = db.session.scalars(select(SignIn).where(SignIn.token_sha256 == digest(token))).first()
    if row is not None and row.ended_at is None:
        row.ended_at = now
        events.record(SignedOut(person_id=row.person_id, everywhere=False))


def sign_out_everywhere(*, person_id: PersonId, now: datetime) -> None:
    """End every sign-in of a person."""
    db.session.execute(
        update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None)).values(ended_at=now)
    )
    events.record(SignedOut(person_id=person_id, everywhere=True))


def digest(token: str) -> str:
    """Return what is kept of a token: enough to know it again, useless to whoever reads the table."""
    return hashlib.sha256(token.encode()).hexdigest()


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


def _key(kind: str, value: str) -> str:
    return f"{kind}:{digest(value)}"


def _check_throttle(keys: list[str], now: datetime) -> None:
    rows = db.session.scalars(select(Throttle).where(Throttle.key.in_(keys)))
    seconds = max((wait_seconds(row.blocked_until, now) for row in rows), default=0)
    if seconds:
        raise TooMany(
            _("Too many tries. Wait %(minutes)s minutes and try again.", minutes=-(-seconds // 60)),
            retry_after_seconds=seconds,
        )


def _count_failure(key: str, limit: int, now: datetime) -> None:
    row = db.session.scalars(select(Throttle).where(Throttle.key == key).with_for_update()).first()
    if row is None:
        row = Throttle(id=new_id(), key=key, failures=0, window_from=now, blocked_until=None)
        db.session.add(row)
    tries = after_failure(Tries(row.failures, row.window_from, row.blocked_until), limit=limit, now=now)
    row.failures, row.window_from, row.blocked_until = tries.failures, tries.window_from, tries.blocked_until
    db.session.flush()


def _clear_failures(key: str) -> None:
    row = db.session.scalars(select(Throttle).where(Throttle.key == key)).first()
    if row is not None:
        db.session.delete(row)


def erase_person(*, person_id: PersonId, now: datetime) -> None:
    """Blank what names a person. The row and its id stay: certificates and deals prove what was true."""
    person = db.session.get_one(PersonRow, person_id, with_for_update=True)
    person.name, person.email = _("Erased person"), f"{person_id.hex}@erased.invalid"
    person.password_hash, person.state = None, PersonState.ERASED
    person.is_showcase, person.showcase_line = False, ""
    db.session.execute(
        update(SignIn).where(SignIn.person_id == person_id).values(address="", user_agent="", ended_at=now)
    )
    db.session.execute(
        update(Employment)
        .where(Employment.person_id == person_id, Employment.ended_at.is_(None))
        .values(ended_at=now)
    )
    db.session.execute(delete(RoleGrant).where(RoleGrant.person_id == person_id))
    db.session.execute(delete(SingleUseLink).where(SingleUseLink.person_id == person_id))
    events.record(PersonErased(person_id=person_id))
