"""What is read of sign-ins, single-use links and the people a demo lets in."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from lms.identity.models import (
    Employment,
    OrganisationRow,
    PersonRow,
    PositionRow,
    RoleGrant,
    SignIn,
    SingleUseLink,
)
from lms.identity.queries.organisations import AT_ONCE
from lms.identity.queries.people import grants_of, people, person_of
from lms.identity.values import (
    LinkKind,
    LinkOffer,
    OpenSignIn,
    Person,
    PersonId,
    PersonState,
    ShowcasePerson,
    SignInId,
)
from lms.kernel.actor import Grant, Role
from lms.kernel.db import UtcDateTime, db

IN_THE_ORDER_OF_THE_JOB = (
    Role.LEARNER,
    Role.PARTNER_ADMIN,
    Role.CHANNEL_MANAGER,
    Role.TRAINER,
    Role.PROGRAMME_MANAGER,
    Role.ADMINISTRATOR,
    Role.AUDITOR,
)


# Built once: every request of every page asks. Columns and no rows, for nothing is changed here.
_SIGN_IN = (
    select(
        SignIn.id.label("sign_in_id"),
        PersonRow.id,
        PersonRow.name,
        PersonRow.email,
        PersonRow.locale,
        PersonRow.time_zone,
        PersonRow.state,
        Employment.organisation_id.label("employer_id"),
        OrganisationRow.name.label("employer_name"),
        Employment.position_id,
        PositionRow.name.label("position_name"),
        RoleGrant.role,
        RoleGrant.organisation_id,
        RoleGrant.region_id,
    )
    .select_from(SignIn)
    .join(PersonRow, PersonRow.id == SignIn.person_id)
    .outerjoin(Employment, (Employment.person_id == PersonRow.id) & Employment.ended_at.is_(None))
    .outerjoin(OrganisationRow, OrganisationRow.id == Employment.organisation_id)
    .outerjoin(PositionRow, PositionRow.id == Employment.position_id)
    .outerjoin(RoleGrant, RoleGrant.person_id == PersonRow.id)
    .where(
        SignIn.token_sha256 == bindparam("token_sha256"),
        SignIn.ended_at.is_(None),
        SignIn.expires_at > bindparam("now", type_=UtcDateTime()),
        PersonRow.state == PersonState.ACTIVE,
    )
)


def find_sign_in(token_sha256: str, now: datetime) -> tuple[SignInId, Person, tuple[Grant, ...]] | None:
    """Return the open sign-in of a token with its person and grants, in one query."""
    rows = db.session.execute(_SIGN_IN, {"token_sha256": token_sha256, "now": now}).all()
    if not rows:
        return None
    first = rows[0]
    person = Person(
        id=first.id,
        name=first.name,
        email=first.email,
        locale=first.locale,
        time_zone=first.time_zone,
        state=first.state,
        employer_id=first.employer_id,
        employer_name=first.employer_name or "",
        position_id=first.position_id,
        position_name=first.position_name or "",
    )
    return SignInId(first.sign_in_id), person, grants_of([row for row in rows if row.role is not None])


def list_open_sign_ins(person_id: PersonId, this: SignInId, now: datetime) -> Sequence[OpenSignIn]:
    """Return where a person is signed in, latest first; `this` is the one that asks."""
    rows = db.session.scalars(
        select(SignIn)
        .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.expires_at > now)
        .order_by(SignIn.id.desc())
        .limit(AT_ONCE)
    )
    return [
        OpenSignIn(SignInId(row.id), row.started_at, row.address, row.user_agent, row.id == this)
        for row in rows
    ]


def has_password(person_id: PersonId) -> bool:
    """Return whether a person has chosen a password."""
    found = db.session.scalars(
        select(PersonRow.id).where(PersonRow.id == person_id, PersonRow.password_hash.is_not(None))
    )
    return found.first() is not None


def find_link(
    token_sha256: str, kind: LinkKind, states: frozenset[PersonState], now: datetime
) -> LinkOffer | None:
    """Return whose a link is that still works for somebody in one of `states`, or None."""
    row = db.session.execute(
        people()
        .add_columns(SingleUseLink)
        .join(SingleUseLink, SingleUseLink.person_id == PersonRow.id)
        .where(
            SingleUseLink.token_sha256 == token_sha256,
            SingleUseLink.kind == kind,
            SingleUseLink.used_at.is_(None),
            SingleUseLink.expires_at > now,
            PersonRow.state.in_(states),
        )
    ).first()
    return LinkOffer(person_of(row), row[4].expires_at) if row else None


def list_showcase() -> Sequence[ShowcasePerson]:
    """Return the people a demo's sign-in page offers, in the order of the main job. One query."""
    rows = db.session.execute(
        people()
        .add_columns(RoleGrant.role)
        .outerjoin(RoleGrant, RoleGrant.person_id == PersonRow.id)
        .where(PersonRow.is_showcase, PersonRow.state == PersonState.ACTIVE)
        .order_by(PersonRow.name)
        .limit(AT_ONCE)
    )
    found: dict[PersonId, ShowcasePerson] = {}
    for row in rows:
        found.setdefault(
            row[0].id, ShowcasePerson(person_of(row), row[4] or Role.LEARNER, row[0].showcase_line)
        )
    return sorted(found.values(), key=lambda one: IN_THE_ORDER_OF_THE_JOB.index(one.role))
