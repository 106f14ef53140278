"""Every write of cmi5: launches, what their units say, and what follows from it."""

import base64
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final

import msgspec

from lms.courses import facade as courses
from lms.courses.values import Launch
from lms.kernel.db import db, new_id
from lms.kernel.errors import Conflict, Forbidden, NotFound
from lms.kernel.messages import Message
from lms.lrs import facade as lrs
from lms.lrs.values import Accepted
from lms.packages import queries as packages
from lms.packages.errors import StatementRefused
from lms.packages.models import LaunchSessionRow, PackageRevision, RegistrationRow, UnitRow
from lms.packages.queries import cmi5 as queries
from lms.packages.queries import revisions
from lms.packages.rules import cmi5 as rules
from lms.packages.rules import cmi5_statements as statements
from lms.packages.rules import lineage
from lms.packages.rules.cmi5_words import read_instant, seconds_of
from lms.packages.service import registrations
from lms.packages.service.cmi5_standing import SOURCE, say_satisfied, tell_course
from lms.packages.values.cmi5 import (
    LAUNCH_DATA,
    AssignableUnit,
    CourseStructure,
    LaunchMethod,
    LaunchMode,
    LaunchSession,
    LaunchSessionId,
    UnitStanding,
    Verb,
)

KEY: Final = "cmi5-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where things are in this request: our accounts, the package's files, the record store, the way back."""

    home_page: str
    files: str
    endpoint: str
    fetch: str
    return_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Launched:
    """A launch that stands: where the browser goes, and whether to a window of its own."""

    url: str
    mode: LaunchMode
    in_own_window: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a batch of statements changed, until what follows is done."""

    session_id: LaunchSessionId
    counts: bool
    seconds: Decimal


def launch_unit(
    *,
    launch: Launch,
    revision: PackageRevision,
    unit_id: str,
    wanted: LaunchMode | None,
    session_id: LaunchSessionId,
    places: Places,
    now: datetime,
) -> Launched:
    """Open a session of a unit; whatever session of the registration is open is abandoned first (9.3.6).

    The same `session_id` again is the same launch. NotFound for a unit that the course does not have; Conflict for
    a session that has ended.
    """
    if launch.person_id is None:
        raise Forbidden
    course = packages.course_of(revision)
    unit = unit_of(course, unit_id)
    lrs.hold_source(SOURCE, now=now)
    registration = _registered(launch, revision, course, places, now)
    known = queries.find_session(session_id)
    if known is not None:
        return _again(known[0], registration, unit, places)
    _end_open(registration, now)
    _follow(registration, revision, course, places, now)
    if launch.enrolment_id is not None:
        courses.note_opened(enrolment_id=launch.enrolment_id, activity_id=launch.activity.id, now=now)
    standing = queries.standing_of(queries.list_units(registration.id).get(unit.identifier))
    row = LaunchSessionRow(
        id=session_id,
        registration_id=registration.id,
        unit=unit.identifier,
        activity_iri=activity_id_of(revision, unit.identifier, home_page=places.home_page),
        home_page=places.home_page,
        mode=rules.mode_for(standing, is_preview=launch.is_preview, wanted=wanted),
        mastery_score=unit.mastery_score,
        token_hash=None,
        opened_at=now,
        said={},
    )
    db.session.add(row)
    db.session.flush()
    session = queries.session_of(row, registration)
    lrs.put_state(
        activity_id=session.activity_id,
        agent=session.actor,
        registration=registration.id,
        state_id=LAUNCH_DATA,
        content=statements.launch_data(session, unit, return_url=places.return_url),
        now=now,
    )
    url = statements.launch_url(places.files, unit)
    said = statements.launched(new_id(), session, unit, url=url, now=now)
    lrs.record([said], source=SOURCE, now=now)
    return _launched(session, unit, places)


def activity_id_of(revision: PackageRevision, unit_id: str, *, home_page: str) -> str:
    """Return our id of a unit: that of what it was called when it first came, under which its documents lie."""
    return activity_ids_of(revision, [unit_id], home_page=home_page)[unit_id]


def activity_ids_of(
    revision: PackageRevision, names: Collection[str], *, home_page: str
) -> Mapping[str, str]:
    """Return our ids of what a course calls so."""
    steps = revisions.steps_of(revision.package_id) if revision.number > 1 else {}
    return {
        name: statements.activity_id_of(
            revision.package_id, lineage.origin(name, steps, number=revision.number), home_page=home_page
        )
        for name in names
    }


def unit_of(course: CourseStructure, unit_id: str) -> AssignableUnit:
    """Return the unit of that id; NotFound if the course has none."""
    found = next((unit for unit in course.units if unit.identifier == unit_id), None)
    if found is None:
        raise NotFound
    return found


def _again(
    row: LaunchSessionRow, registration: RegistrationRow, unit: AssignableUnit, places: Places
) -> Launched:
    if row.registration_id != registration.id or row.unit != unit.identifier:
        raise NotFound
    if row.terminated_at is not None or row.abandoned_at is not None:
        raise Conflict(Message("This lesson was opened anew since. Reload the page."))
    return _launched(queries.session_of(row, registration), unit, places)


def _launched(session: LaunchSession, unit: AssignableUnit, places: Places) -> Launched:
    parameters = {
        "endpoint": places.endpoint,
        "fetch": places.fetch,
        "actor": msgspec.json.encode(session.actor).decode(),
        "registration": str(session.registration),
        "activityId": session.activity_id,
    }
    return Launched(
        url=statements.with_parameters(statements.launch_url(places.files, unit), parameters),
        mode=session.mode,
        in_own_window=in_own_window(unit),
    )


def in_own_window(unit: AssignableUnit) -> bool:
    """Return whether a unit takes the window: it asks for it, or lies where no frame of ours may lead."""
    return unit.is_elsewhere or unit.launch_method is LaunchMethod.OWN_WINDOW


def _registered(
    launch: Launch, revision: PackageRevision, course: CourseStructure, places: Places, now: datetime
) -> RegistrationRow:
    """Return the registration, locked; a new one is told at once what is satisfied without doing anything (9.6.1)."""
    row, is_new = registrations.held_by(launch, revision, now)
    if is_new and say_satisfied(
        row, revision, course, session_id=new_id(), home_page=places.home_page, now=now
    ):
        tell_course(row, course, seconds=Decimal(0), evidence={}, now=now)
    return row


def _end_open(registration: RegistrationRow, now: datetime) -> None:
    open_rows = queries.list_open_sessions(registration.id)
    if not open_rows:
        return
    course = packages.course_of(packages.get_revision(registration.revision_id))
    for row in open_rows:
        _abandon(row, registration, course, now)


def _follow(
    registration: RegistrationRow,
    revision: PackageRevision,
    course: CourseStructure,
    places: Places,
    now: datetime,
) -> None:
    """Go on in another revision, and say what is satisfied by what was done in the one before."""
    if not registrations.follow(registration, revision):
        return
    said = say_satisfied(
        registration, revision, course, session_id=new_id(), home_page=places.home_page, now=now
    )
    if said:
        tell_course(registration, course, seconds=Decimal(0), evidence={}, now=now)


def redeem(session_id: LaunchSessionId, *, now: datetime) -> Mapping[str, str]:
    """Return the answer of the fetch URL: the token once, then the error object (8.2)."""
    found = _held(session_id)
    if found is None:
        return {"error-code": "2", "error-text": "There is no such session."}
    row, registration, _revision = found
    if row.token_hash is not None:
        return {"error-code": "1", "error-text": "The authorization token has already been returned."}
    if rules.is_over(queries.session_of(row, registration), now):
        return {"error-code": "1", "error-text": "The session has ended."}
    token = secrets.token_urlsafe(32)
    row.token_hash = queries.hash_token(token)
    db.session.flush()
    return {"auth-token": base64.b64encode(f"{KEY}{session_id}:{token}".encode()).decode()}


def _held(
    session_id: LaunchSessionId,
) -> tuple[LaunchSessionRow, RegistrationRow, PackageRevision] | None:
    """Return a session as it stands, its registration locked."""
    found = queries.find_session(session_id)
    if found is None or queries.hold_registration(found[1].id) is None:
        return None
    return queries.find_session(session_id)


def note_read(session_id: LaunchSessionId, *, launch_data: bool, now: datetime) -> None:
    """Keep that a unit has read its launch data, or the learner's preferences: else it may not initialize."""
    found = _held(session_id)
    if found is None:
        return
    if launch_data:
        found[0].launch_data_at = found[0].launch_data_at or now
    else:
        found[0].preferences_at = found[0].preferences_at or now
    db.session.flush()


def admit(session_id: LaunchSessionId, given: Sequence[Accepted], *, is_named: bool, now: datetime) -> Taken:
    """Take statements that are about to be stored; StatementRefused names the first that breaks a rule.

    `is_named` says that the id stood in the address. They are judged in the order of their timestamps (9.3).
    """
    found = _held(session_id)
    if found is None:
        raise StatementRefused("8.2", "there is no such session")
    row, registration, _revision = found
    session, unit_row = (
        queries.session_of(row, registration),
        registrations.unit_row(registration.id, row.unit),
    )
    standing = queries.standing_of(unit_row)
    before = session
    seconds = Decimal(0)
    for said in sorted((_read(one, is_named=is_named) for one in given), key=partial(_at, now=now)):
        ended = session.terminated_at
        session, standing = rules.judge(session, standing, said, now=now)
        if ended is None and session.terminated_at is not None:
            seconds = _spent(session, seconds_of(said["result"]["duration"]), now)
    _keep(row, unit_row, session, standing)
    fresh = session.said.keys() - before.said.keys()
    counts = session.mode is LaunchMode.NORMAL and bool(fresh - {Verb.INITIALIZED})
    return Taken(session_id=session_id, counts=counts, seconds=seconds)


def _read(one: Accepted, *, is_named: bool) -> Mapping[str, Any]:
    said: dict[str, Any] = msgspec.json.decode(one.raw)
    return {**said, "id": str(one.id)} if is_named else said


def _at(said: Mapping[str, Any], *, now: datetime) -> datetime:
    """Return when a statement says that it was; one that does not say is refused, wherever it stands."""
    return read_instant(str(said.get("timestamp", ""))) or now


def _spent(session: LaunchSession, said: Decimal, now: datetime) -> Decimal:
    """Return the seconds of a session: what the unit says, but no more than there were."""
    return min(said, Decimal(str((now - session.opened_at).total_seconds())))


def _keep(row: LaunchSessionRow, unit_row: UnitRow, session: LaunchSession, standing: UnitStanding) -> None:
    row.said, row.last_at = dict(session.said), session.last_at
    row.initialized_at, row.terminated_at = session.initialized_at, session.terminated_at
    registrations.put(unit_row, standing)
    db.session.flush()


def settle(taken: Taken, *, now: datetime) -> None:
    """Do what follows from statements that were taken and stored: satisfied blocks, and the course's result."""
    found = queries.find_session(taken.session_id) if taken.counts else None
    if found is None:
        return
    row, registration, revision = found
    course = packages.course_of(revision)
    say_satisfied(registration, revision, course, session_id=row.id, home_page=row.home_page, now=now)
    evidence = {"session_id": str(row.id), "unit": row.unit}
    tell_course(registration, course, seconds=taken.seconds, evidence=evidence, now=now)


def abandon_session(session_id: LaunchSessionId, *, now: datetime) -> None:
    """End a session that has ended without a word; one that has ended stays as it is. NotFound without it."""
    found = _held(session_id)
    if found is None:
        raise NotFound
    row, registration, revision = found
    if row.terminated_at is None and row.abandoned_at is None:
        _abandon(row, registration, packages.course_of(revision), now)


def _abandon(
    row: LaunchSessionRow, registration: RegistrationRow, course: CourseStructure, now: datetime
) -> None:
    session = queries.session_of(row, registration)
    row.abandoned_at = now
    db.session.flush()
    unit = unit_of(course, row.unit)
    lrs.record([statements.abandoned(new_id(), session, unit, now=now)], source=SOURCE, now=now)
    if session.mode is LaunchMode.NORMAL and session.last_at is not None:
        said = Decimal(str(max((session.last_at - session.opened_at).total_seconds(), 0)))
        evidence = {"session_id": str(row.id), "unit": row.unit, "abandoned": True}
        tell_course(registration, course, seconds=_spent(session, said, now), evidence=evidence, now=now)
