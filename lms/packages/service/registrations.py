"""Registrations: a person's way through what speaks to the record store, and what is recorded of its units."""

from datetime import datetime

from lms.courses.values import ActivityId, EnrolmentId, Launch
from lms.identity.values import PersonId
from lms.kernel.db import db, new_id
from lms.kernel.errors import Forbidden
from lms.packages.models import PackageRevision, RegistrationRow, UnitRow
from lms.packages.queries import cmi5 as queries
from lms.packages.values.cmi5 import RegistrationId, UnitStanding


def held_by(launch: Launch, revision: PackageRevision, now: datetime) -> tuple[RegistrationRow, bool]:
    """Return the registration of who launches, locked, and whether it has just begun."""
    if launch.person_id is None:
        raise Forbidden
    return held(
        enrolment_id=launch.enrolment_id,
        person_id=PersonId(launch.person_id),
        activity_id=launch.activity.id,
        revision=revision,
        now=now,
    )


def held(
    *,
    enrolment_id: EnrolmentId | None,
    person_id: PersonId,
    activity_id: ActivityId,
    revision: PackageRevision,
    now: datetime,
) -> tuple[RegistrationRow, bool]:
    """Return a person's registration, locked, and whether it has just begun."""
    found = queries.find_registration(activity_id, enrolment_id, person_id)
    if found is not None:
        queries.hold_registration(found.id)
        return found, False
    row = RegistrationRow(
        id=RegistrationId(new_id()),
        enrolment_id=enrolment_id,
        activity_id=activity_id,
        revision_id=revision.id,
        person_id=person_id,
        made_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row, True


def follow(registration: RegistrationRow, revision: PackageRevision) -> bool:
    """Go on in another revision, with what is recorded of units under what they are called there; False if it is this.

    A draft that is looked at plays the revision that was chosen last, a learner may be moved to another version.
    """
    if registration.revision_id == revision.id:
        return False
    known = queries.list_units(registration.id)
    for unit_id, standing in queries.standings_in(registration, revision).items():
        if unit_id not in known:
            put(unit_row(registration.id, unit_id), standing)
    registration.revision_id = revision.id
    db.session.flush()
    return True


def unit_row(registration_id: RegistrationId, unit_id: str) -> UnitRow:
    """Return what is recorded of a unit, a new row if there is nothing yet."""
    row = db.session.get(UnitRow, (registration_id, unit_id))
    if row is None:
        row = UnitRow(registration_id=registration_id, unit=unit_id)
        db.session.add(row)
    return row


def put(row: UnitRow, standing: UnitStanding) -> None:
    """Record what a unit stands at."""
    row.completed_at, row.passed_at = standing.completed_at, standing.passed_at
    row.failed_at, row.waived_at = standing.failed_at, standing.waived_at
    row.score = standing.score
