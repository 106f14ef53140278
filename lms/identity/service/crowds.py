"""People in sets: what `people` does for one, done for a batch in a few statements, with the same facts said."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from lms.identity import queries
from lms.identity.events import AccountChanged, EmploymentEnded, PersonAdded, PersonEmployed
from lms.identity.models import Employment, PersonRow, RoleGrant, SingleUseLink
from lms.identity.service import roles, searching
from lms.identity.values import OrganisationId, PersonId, PersonState, PositionId, RegionId
from lms.kernel import events
from lms.kernel.db import db, new_id
from lms.kernel.inserting import insert_all


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who gets an account and is invited, or not yet."""

    id: PersonId
    email: str
    name: str
    external_id: str | None
    locale: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Start:
    """Where somebody works from now on."""

    person_id: PersonId
    organisation_id: OrganisationId
    position_id: PositionId | None
    region_id: RegionId | None


def add_people(newcomers: Sequence[Newcomer], *, now: datetime) -> None:
    """Give people accounts, checked already: an address or external id in use is an IntegrityError."""
    if not newcomers:
        return
    insert_all(
        PersonRow,
        [
            {
                "id": one.id,
                "email": one.email,
                "name": one.name,
                "password_hash": None,
                "locale": one.locale,
                "time_zone": one.time_zone,
                "state": PersonState.INVITED,
                "is_showcase": False,
                "showcase_line": "",
                "created_at": now,
                "external_id": one.external_id,
            }
            for one in newcomers
        ],
    )
    events.record_all([PersonAdded(person_id=one.id) for one in newcomers])


def employ_all(starts: Sequence[Start], *, now: datetime) -> None:
    """Begin people's employments; those that were open end at the same instant, with the roles they carried."""
    if not starts:
        return
    left = _end({one.person_id for one in starts}, now)
    joined = {one.person_id: one.organisation_id for one in starts}
    _lapse({one: at for one, at in left.items() if joined[one] != at}, joined)
    insert_all(
        Employment,
        [
            {
                "id": new_id(),
                "person_id": one.person_id,
                "organisation_id": one.organisation_id,
                "position_id": one.position_id,
                "region_id": one.region_id,
                "started_at": now,
                "ended_at": None,
            }
            for one in starts
        ],
    )
    searching.make_all_findable(list(joined))
    events.record_all(
        [
            PersonEmployed(
                person_id=one.person_id,
                organisation_id=one.organisation_id,
                position_id=one.position_id,
                left_id=left.get(one.person_id),
            )
            for one in starts
        ]
    )


def end_employments(person_ids: Collection[PersonId], *, now: datetime) -> None:
    """Let people leave their organisations, and the roles held there."""
    left = _end(person_ids, now)
    if not left:
        return
    _lapse(left, {})
    searching.make_all_findable(list(left))
    events.record_all(
        [
            EmploymentEnded(person_id=one, organisation_id=organisation_id)
            for one, organisation_id in left.items()
        ]
    )


def change_people(changes: Mapping[PersonId, Mapping[str, Any]], *, now: datetime) -> None:
    """Change columns of people's accounts; links mailed to an address that is no longer theirs stop working."""
    for columns in {frozenset(changed) for changed in changes.values()}:
        alike = [one for one, changed in changes.items() if frozenset(changed) == columns]
        db.session.execute(update(PersonRow), [{"id": one, **changes[one]} for one in alike])
    readdressed = [one for one, changed in changes.items() if "email" in changed]
    if readdressed:
        db.session.execute(
            update(SingleUseLink)
            .where(SingleUseLink.person_id.in_(readdressed), SingleUseLink.used_at.is_(None))
            .values(used_at=now)
        )
    if changes:
        searching.make_all_findable(list(changes))
        events.record_all(
            [AccountChanged(person_id=one, fields=tuple(sorted(changed))) for one, changed in changes.items()]
        )


def _end(person_ids: Collection[PersonId], now: datetime) -> Mapping[PersonId, OrganisationId]:
    """End what is open of these people's employments; return where each of them was."""
    left = queries.list_employers(person_ids)
    if left:
        db.session.execute(
            update(Employment)
            .where(Employment.person_id.in_(left), Employment.ended_at.is_(None))
            .values(ended_at=now),
            execution_options=_UNSEEN,
        )
    return left


_UNSEEN: Mapping[str, Any] = {"synchronize_session": False}


def _lapse(left: Mapping[PersonId, OrganisationId], joined: Mapping[PersonId, OrganisationId]) -> None:
    """Take back what those hold where they leave; few of a crowd hold anything, so only they are looked at."""
    if not left:
        return
    holding = db.session.scalars(
        select(RoleGrant.person_id)
        .where(RoleGrant.person_id.in_(left), RoleGrant.organisation_id.is_not(None))
        .distinct()
    )
    for person_id in sorted(holding):
        roles.lapse_roles(person_id=person_id, left_id=left[person_id], joined_id=joined.get(person_id))
