"""What follows from what cmi5 units said: satisfied blocks, the course's result; and letting go of it all."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete

from lms.courses import facade as courses
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import acting_as, current
from lms.kernel.db import db, new_id
from lms.lrs import facade as lrs
from lms.lrs.values import Credential, CredentialId, XapiScope
from lms.packages.events import TrackingCommitted
from lms.packages.models import LaunchSessionRow, PackageRevision, RegistrationRow, SatisfiedRow, UnitRow
from lms.packages.queries import cmi5 as queries
from lms.packages.rules import cmi5 as rules
from lms.packages.rules import cmi5_statements as statements
from lms.packages.values.cmi5 import CourseStructure, RegistrationId, UnitStanding

PER_MINUTE: Final = 1200
SOURCE: Final = Credential(
    id=CredentialId(UUID("5c0f7a54-3f1d-7c5e-9b5e-6b1f2a9d7c12")),
    key="cmi5",
    name="cmi5",
    scopes=frozenset({XapiScope.WRITE, XapiScope.READ_MINE, XapiScope.STATE, XapiScope.PROFILE}),
    per_minute=PER_MINUTE,
    limit_bytes=12_000_000,
    is_everywhere=True,
)
"""Whose authority everything has that a launched unit says, and what the platform says of it."""


def say_satisfied(
    registration: RegistrationRow,
    revision: PackageRevision,
    course: CourseStructure,
    *,
    session_id: UUID,
    home_page: str,
    now: datetime,
) -> bool:
    """Say of each block, and of the course, once that it is satisfied; return whether there was anything to say."""
    standings = _standings(registration.id)
    known = queries.list_satisfied(registration.id)
    fresh = [node for node in rules.satisfied(course, standings) if node not in known]
    actor = statements.actor_of(registration.person_id, home_page=home_page)
    said = [
        statements.satisfied(
            new_id(),
            course,
            node,
            object_id=statements.activity_id_of(revision.package_id, node, home_page=home_page),
            actor=actor,
            registration=registration.id,
            session_id=session_id,
            now=now,
        )
        for node in fresh
    ]
    lrs.record(said, source=SOURCE, now=now)
    db.session.add_all(
        SatisfiedRow(registration_id=registration.id, node=node, satisfied_at=now) for node in fresh
    )
    db.session.flush()
    return bool(fresh)


def _standings(registration_id: RegistrationId) -> Mapping[str, UnitStanding]:
    return {unit: queries.standing_of(row) for unit, row in queries.list_units(registration_id).items()}


def tell_course(
    registration: RegistrationRow,
    course: CourseStructure,
    *,
    seconds: Decimal,
    evidence: Mapping[str, Any],
    now: datetime,
) -> None:
    """Tell the course what a registration amounts to now; a preview has none to tell."""
    if registration.enrolment_id is None:
        return
    result = rules.roll_up(course, _standings(registration.id))
    # A unit's request has no session of a person: the audit names the one whose launch it was.
    doer = current() if current().person_id else replace(current(), person_id=registration.person_id)
    with acting_as(doer):
        courses.record_result(
            enrolment_id=registration.enrolment_id,
            activity_id=registration.activity_id,
            completed=result.completed,
            passed=result.passed,
            score=result.score,
            seconds=int(seconds),
            evidence={"registration": str(registration.id), **evidence},
            now=now,
        )
        events.record(
            TrackingCommitted(
                enrolment_id=registration.enrolment_id,
                activity_id=registration.activity_id,
                item=str(evidence.get("unit", "")),
            )
        )


def forget_person(person_id: PersonId) -> None:
    """Delete a person's registrations and all that hangs on them."""
    mine = queries.registrations_of(person_id)
    for table in (LaunchSessionRow, SatisfiedRow, UnitRow):
        db.session.execute(delete(table).where(table.registration_id.in_(mine)))
    db.session.execute(delete(RegistrationRow).where(RegistrationRow.person_id == person_id))
