"""Every SELECT of cmi5: registrations, units and sessions."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from lms.courses.values import ActivityId, EnrolmentId
from lms.identity.values import PersonId
from lms.kernel.db import db
from lms.packages.models import LaunchSessionRow, PackageRevision, RegistrationRow, SatisfiedRow, UnitRow
from lms.packages.queries import revisions
from lms.packages.rules import cmi5_statements, lineage
from lms.packages.values.cmi5 import LaunchSession, LaunchSessionId, RegistrationId, UnitStanding

MOST = 5000
"""Units and launches of one registration that a page counts with."""


def hash_token(token: str) -> bytes:
    """Return what is kept of a session's token, which has 256 bits."""
    return hashlib.sha256(token.encode()).digest()


def is_token(token: str, kept: bytes) -> bool:
    """Return whether this is the token, in the same time for every wrong one."""
    return hmac.compare_digest(hash_token(token), kept)


def find_registration(
    activity_id: ActivityId, enrolment_id: EnrolmentId | None, person_id: PersonId
) -> RegistrationRow | None:
    """Return a person’s registration in the package of an activity."""
    query = select(RegistrationRow).where(
        RegistrationRow.activity_id == activity_id,
        RegistrationRow.person_id == person_id,
        RegistrationRow.enrolment_id.is_(None)
        if enrolment_id is None
        else RegistrationRow.enrolment_id == enrolment_id,
    )
    return db.session.scalars(query).one_or_none()


def hold_registration(registration_id: RegistrationId) -> RegistrationRow | None:
    """Return a registration and let nobody else change what hangs on it."""
    return db.session.get(RegistrationRow, registration_id, with_for_update=True, populate_existing=True)


def find_session(
    session_id: LaunchSessionId,
) -> tuple[LaunchSessionRow, RegistrationRow, PackageRevision] | None:
    """Return a launch, its registration and the revision that it plays, as they stand now."""
    query = (
        select(LaunchSessionRow, RegistrationRow, PackageRevision)
        .join(RegistrationRow, RegistrationRow.id == LaunchSessionRow.registration_id)
        .join(PackageRevision, PackageRevision.id == RegistrationRow.revision_id)
        .where(LaunchSessionRow.id == session_id)
        .execution_options(populate_existing=True)
    )
    row = db.session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def find_by_token(
    prefix: str, key: str, secret: str
) -> tuple[LaunchSessionRow, RegistrationRow, PackageRevision] | None:
    """Return the launch of a key, which is `prefix` and its id; None if there is none, or the secret not its token."""
    if not key.startswith(prefix):
        return None
    try:
        session_id = LaunchSessionId(UUID(key.removeprefix(prefix)))
    except ValueError:
        return None
    found = find_session(session_id)
    if found is None or found[0].token_hash is None or not is_token(secret, found[0].token_hash):
        return None
    return found


def list_open_sessions(registration_id: RegistrationId) -> Sequence[LaunchSessionRow]:
    """Return the launches of a registration that have not ended."""
    query = (
        select(LaunchSessionRow)
        .where(
            LaunchSessionRow.registration_id == registration_id,
            LaunchSessionRow.terminated_at.is_(None),
            LaunchSessionRow.abandoned_at.is_(None),
        )
        .order_by(LaunchSessionRow.id)
    )
    return list(db.session.scalars(query))


def list_tried(registration_id: RegistrationId) -> frozenset[str]:
    """Return the units of a registration that were ever launched."""
    query = (
        select(LaunchSessionRow.unit)
        .where(LaunchSessionRow.registration_id == registration_id)
        .distinct()
        .limit(MOST)
    )
    return frozenset(db.session.scalars(query))


def list_units(registration_id: RegistrationId) -> Mapping[str, UnitRow]:
    """Return what is recorded of each unit, by its publisher's id."""
    query = select(UnitRow).where(UnitRow.registration_id == registration_id).limit(MOST)
    return {row.unit: row for row in db.session.scalars(query)}


def standings_in(registration: RegistrationRow, revision: PackageRevision) -> Mapping[str, UnitStanding]:
    """Return what is recorded of a registration, by what its units are called in a revision.

    It may be another one than it was begun in: then a unit that has become another stands under that name, too.
    """
    found = {unit: standing_of(row) for unit, row in list_units(registration.id).items()}
    if registration.revision_id == revision.id:
        return found
    before = db.session.get(PackageRevision, registration.revision_id)
    if before is None or before.package_id != revision.package_id:
        return found
    steps = revisions.steps_of(revision.package_id)
    there = {one.identifier for one in revisions.items_of(revision)}
    moved = {
        now: standing
        for unit, standing in found.items()
        if (now := lineage.became(unit, steps, start=before.number, end=revision.number, there=there))
    }
    return {**found, **moved}


def list_satisfied(registration_id: RegistrationId) -> frozenset[str]:
    """Return the blocks, and the course, of which it was said that they are satisfied."""
    query = select(SatisfiedRow.node).where(SatisfiedRow.registration_id == registration_id)
    return frozenset(db.session.scalars(query))


def standing_of(row: UnitRow | None) -> UnitStanding:
    """Return a unit's value."""
    if row is None:
        return UnitStanding()
    return UnitStanding(
        completed_at=row.completed_at,
        passed_at=row.passed_at,
        failed_at=row.failed_at,
        waived_at=row.waived_at,
        score=row.score,
    )


def session_of(row: LaunchSessionRow, registration: RegistrationRow) -> LaunchSession:
    """Return a launch's value."""
    return LaunchSession(
        id=row.id,
        registration=registration.id,
        actor=cmi5_statements.actor_of(registration.person_id, home_page=row.home_page),
        activity_id=row.activity_iri,
        publisher_id=row.unit,
        mode=row.mode,
        mastery_score=row.mastery_score,
        has_read_launch_data=row.launch_data_at is not None,
        has_read_preferences=row.preferences_at is not None,
        opened_at=row.opened_at,
        initialized_at=row.initialized_at,
        last_at=row.last_at,
        terminated_at=row.terminated_at,
        abandoned_at=row.abandoned_at,
        said=row.said,
    )


def registrations_of(person_id: PersonId) -> Select[RegistrationId]:
    """Return the subquery of a person's registrations."""
    return select(RegistrationRow.id).where(RegistrationRow.person_id == person_id)


def export_person(person_id: PersonId) -> Sequence[Mapping[str, Any]]:
    """Return what is recorded of a person's units, as JSON values."""
    query = (
        select(RegistrationRow.id, RegistrationRow.activity_id, UnitRow)
        .join(UnitRow, UnitRow.registration_id == RegistrationRow.id)
        .where(RegistrationRow.person_id == person_id)
        .order_by(RegistrationRow.id, UnitRow.unit)
        .limit(MOST)
    )
    return [
        {
            "registration": str(registration),
            "activity_id": str(activity_id),
            "unit": row.unit,
            **{
                name: at.isoformat()
                for name in ("completed_at", "passed_at", "failed_at", "waived_at")
                if (at := getattr(row, name)) is not None
            },
            **({} if row.score is None else {"score": str(row.score)}),
        }
        for registration, activity_id, row in db.session.execute(query)
    ]
