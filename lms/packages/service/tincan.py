"""Every write of xAPI packages: launches, what they say, and what follows from it."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

import msgspec

from lms.courses import facade as courses
from lms.courses.values import Launch
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Forbidden, NotFound
from lms.kernel.messages import Message
from lms.lrs import facade as lrs
from lms.lrs.values import Accepted, CredentialId
from lms.packages import queries as packages
from lms.packages.errors import ReachRefused
from lms.packages.models import LaunchSessionRow, PackageRevision, RegistrationRow
from lms.packages.queries import cmi5 as queries
from lms.packages.rules import cmi5 as cmi5_rules
from lms.packages.rules import cmi5_statements as statements
from lms.packages.rules import tincan as rules
from lms.packages.service import registrations
from lms.packages.service.cmi5 import Launched, Places, Taken
from lms.packages.service.cmi5_standing import SOURCE as CMI5
from lms.packages.service.cmi5_standing import tell_course
from lms.packages.values import PackageStandard
from lms.packages.values.cmi5 import LaunchMode, LaunchSessionId
from lms.packages.values.tincan import TinCanPackage

KEY: Final = "tincan-"
PLATFORM: Final = "Guildhall"
SOURCE: Final = replace(
    CMI5, id=CredentialId(UUID("d1b6c3d8-7a53-7e0f-8c6e-2f9f3f4a6b70")), key="tincan", name="xAPI packages"
)
"""Whose authority everything has that a launched xAPI package says: its own word, and never the portal's."""


def launch_package(
    *,
    launch: Launch,
    revision: PackageRevision,
    language: str,
    session_id: LaunchSessionId,
    places: Places,
    now: datetime,
) -> Launched:
    """Open a session of an xAPI package, with a token of its own in the address.

    The same `session_id` again is the same session with a new token: the answer to the first was lost. Conflict for one
    that has ended.
    """
    if launch.person_id is None or revision.standard is not PackageStandard.TIN_CAN:
        raise Forbidden
    package = msgspec.convert(revision.manifest, TinCanPackage)
    lrs.hold_source(SOURCE, now=now)
    registration, _is_new = registrations.held_by(launch, revision, now)
    _follow(registration, revision, package, places, now)
    row = _session(launch, registration, package, session_id, places, now)
    token = secrets.token_urlsafe(32)
    row.token_hash = queries.hash_token(token)
    db.session.flush()
    session = queries.session_of(row, registration)
    url = cmi5_rules.said_in(package.launches, language)
    parameters = {
        "endpoint": f"{places.endpoint}/",
        "auth": f"Basic {base64.b64encode(f'{KEY}{session_id}:{token}'.encode()).decode()}",
        "actor": msgspec.json.encode(session.actor).decode(),
        "registration": str(registration.id),
        "activity_id": package.identifier,
        "activity_platform": PLATFORM,
        "Accept-Language": language.replace("_", "-"),
    }
    where = url if package.is_elsewhere else f"{places.files}/{url}"
    return Launched(
        url=rules.with_parameters(where, parameters), mode=row.mode, in_own_window=package.is_elsewhere
    )


def _session(
    launch: Launch,
    registration: RegistrationRow,
    package: TinCanPackage,
    session_id: LaunchSessionId,
    places: Places,
    now: datetime,
) -> LaunchSessionRow:
    known = queries.find_session(session_id)
    if known is not None:
        if known[1].id != registration.id:
            raise NotFound
        if cmi5_rules.is_over(queries.session_of(known[0], known[1]), now):
            raise Conflict(Message("This lesson was opened anew since. Reload the page."))
        return known[0]
    if launch.enrolment_id is not None:
        courses.note_opened(enrolment_id=launch.enrolment_id, activity_id=launch.activity.id, now=now)
    row = LaunchSessionRow(
        id=session_id,
        registration_id=registration.id,
        unit=package.identifier,
        activity_iri=package.identifier,
        home_page=places.home_page,
        mode=LaunchMode.BROWSE if launch.is_preview else LaunchMode.NORMAL,
        opened_at=now,
        said={},
    )
    db.session.add(row)
    return row


def _follow(
    registration: RegistrationRow,
    revision: PackageRevision,
    package: TinCanPackage,
    places: Places,
    now: datetime,
) -> None:
    """Go on in another revision: under another id, the package finds what it noted under the old one."""
    before = packages.course_of(packages.get_revision(registration.revision_id)).identifier
    if not registrations.follow(registration, revision) or before == package.identifier:
        return
    lrs.copy_states(
        agent=statements.actor_of(registration.person_id, home_page=places.home_page),
        registration=registration.id,
        source=before,
        target=package.identifier,
        now=now,
    )


def admit(session_id: LaunchSessionId, given: Sequence[Accepted], *, now: datetime) -> Taken:
    """Take statements that are about to be stored; ReachRefused names what one of them reaches beyond."""
    found = queries.find_session(session_id)
    if found is None or queries.hold_registration(found[1].id) is None:
        raise ReachRefused("There is no such session.")
    row, registration, _revision = found
    session = queries.session_of(row, registration)
    if cmi5_rules.is_over(session, now):
        raise ReachRefused("The session has ended.")
    unit_row = registrations.unit_row(registration.id, row.unit)
    standing, counts = queries.standing_of(unit_row), False
    for one in given:
        said = msgspec.json.decode(one.raw)
        rules.check(session, said)
        standing, speaks = rules.judge(session, standing, said, now=now)
        counts = counts or speaks
    registrations.put(unit_row, standing)
    seconds = Decimal(0)
    if counts:
        # It says nothing of when it is left: what counts is the time until it says how it stands.
        seconds = Decimal(str((now - (row.last_at or row.opened_at)).total_seconds()))
        row.last_at = now
    db.session.flush()
    counted = counts and session.mode is LaunchMode.NORMAL
    return Taken(session_id=session_id, counts=counted, seconds=max(seconds, Decimal(0)))


def settle(taken: Taken, *, now: datetime) -> None:
    """Tell the course what it amounts to, if anything was said of it."""
    found = queries.find_session(taken.session_id) if taken.counts else None
    if found is None:
        return
    row, registration, revision = found
    evidence = {"session_id": str(row.id), "unit": row.unit}
    tell_course(registration, packages.course_of(revision), seconds=taken.seconds, evidence=evidence, now=now)
