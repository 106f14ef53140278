"""What is read of sign-ins, single-use links and the people a demo lets in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select

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
from lms.kernel.db import UtcDateTime, db, fetch

IN_THE_ORDER_OF_THE_JOB = (
    Role.LEARNER,
    Role.PARTNER_ADMIN,
    Role.CHANNEL_MANAGER,
    Role.TRAINER,
    Role.PROGRAMME_MANAGER,
    Role.ADMINISTRATOR,
    Role.AUDITOR,
)


def _sign_in() -> Select[*tuple[Any, ...]]:
    """Return the query of an open sign-in with its person and grants: of columns alone, for every page asks it."""
    sign_in, person, employment = SignIn.__table__.c, PersonRow.__table__.c, Employment.__table__.c
    organisation, position, grant = (
        OrganisationRow.__table__.c,
        PositionRow.__table__.c,
        RoleGrant.__table__.c,
    )
    return (
        select(
            sign_in.id.label("sign_in_id"),
            person.id,
            person.name,
            person.email,
            person.locale,
            person.time_zone,
            person.state,
            employment.organisation_id.label("employer_id"),
            organisation.name.label("employer_name"),
            employment.position_id,
            position.name.label("position_name"),
            grant.role,
            grant.organisation_id,
            grant.region_id,
        )
        .select_from(SignIn.__table__)
        .join(PersonRow.__table__, person.id == sign_in.person_id)
        .outerjoin(Employment.__table__, (employment.person_id == person.id) & employment.ended_at.is_(None))
        .outerjoin(OrganisationRow.__table__, organisation.id == employment.organisation_id)
        .outerjoin(PositionRow.__table__, position.id == employment.position_id)
        .outerjoin(RoleGrant.__table__, grant.person_id == person.id)
        .where(
            sign_in.token_sha256 == bindparam("token_sha256"),
            sign_in.ended_at.is_(None),
            sign_in.expires_at > bindparam("now", type_=UtcDateTime()),
            person.state == PersonState.ACTIVE,
        )
    )


_SIGN_IN = _sign_in()


def find_sign_in(token_sha256: str, now: datetime) -> tuple[SignInId, Person, tuple[Grant, ...]] | None:
    """Return the open sign-in of a token with its person and grants, in one query."""
    rows = fetch(_SIGN_IN, {"token_sha256": token_sha256, "now": now}).all()
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
