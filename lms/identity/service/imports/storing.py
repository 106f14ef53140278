"""Storing what the dry run found good, batch by batch: each in a transaction that moves the import's own place too."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import select

from lms.identity import queries
from lms.identity.events import PeopleImported
from lms.identity.models import PeopleImportLine, PeopleImportRow, PersonRow
from lms.identity.policy import MANAGE_PEOPLE
from lms.identity.service import crowds, links
from lms.identity.service.acting import actor_of
from lms.identity.service.imports.bringing import end
from lms.identity.service.imports.judging import judge_all
from lms.identity.service.imports.records import added, changes_in, problems_in, world_of
from lms.identity.values import PersonId, PersonState
from lms.identity.values.imports import (
    ImportField,
    ImportState,
    Known,
    PeopleImportId,
    RowFate,
    Verdict,
    Wanted,
)
from lms.kernel import events
from lms.kernel.actor import acting_as
from lms.kernel.db import db, new_id
from lms.kernel.inserting import update_all
from lms.web.context import oem_zone

BATCH: Final = 1000
"""A third of a second's worth, in which others wait on SQLite."""
INVITED_AT_ONCE: Final = 20
INVITED_EVERY: Final = timedelta(seconds=10)
"""So paced, ten thousand invitations take an hour and a half, and no mail server takes us for somebody else."""
ACCOUNT: Final[Mapping[ImportField, str]] = {
    ImportField.EXTERNAL_ID: "external_id",
    ImportField.EMAIL: "email",
    ImportField.NAME: "name",
    ImportField.LANGUAGE: "locale",
    ImportField.TIME_ZONE: "time_zone",
}
WORK: Final = frozenset({ImportField.ORGANISATION, ImportField.POSITION, ImportField.REGION})
_LINES = PeopleImportLine.__table__


class _Done(NamedTuple):
    """One row with what came of it."""

    number: int
    verdict: Verdict
    person_id: PersonId | None


def store_batch(import_id: PeopleImportId, now: datetime) -> bool:
    """Store the next good rows as they are found now; return whether there may be more.

    The rows are judged anew: what became bad since the dry run is reported and not forced. Whoever is killed
    here has stored nothing of the batch, and whoever goes on begins with it.
    """
    row = db.session.get(PeopleImportRow, import_id, with_for_update=True, populate_existing=True)
    if row is None or row.state is not ImportState.STORING:
        return False
    lines = queries.list_good_lines(import_id, after=row.done_number, limit=BATCH)
    actor = actor_of(row.confirmed_by)
    with acting_as(actor):
        if not lines:
            _finish(row, now)
            return False
        cells = [queries.cells_of(line.cells) for line in lines]
        matched = queries.match_people(cells, actor.scope_of(MANAGE_PEOPLE), lock=True)
        world = world_of(row, actor)
        verdicts = judge_all(cells, matched, world, actor)
        done = [_done(line.number, verdict) for line, verdict in zip(lines, verdicts, strict=True)]
        _apply(done, now)
    _write(row, done, now)
    return True


def _done(number: int, verdict: Verdict) -> _Done:
    if verdict.fate is RowFate.NEW:
        return _Done(number, verdict, PersonId(new_id()))
    return _Done(number, verdict, verdict.person.id if verdict.person else None)


def _apply(done: Sequence[_Done], now: datetime) -> None:
    """Do what the verdicts say, all of a kind at once."""
    newcomers, starts, leaving = [], [], []
    changes: dict[PersonId, dict[str, Any]] = {}
    for one in done:
        verdict, person, wanted = one.verdict, one.verdict.person, one.verdict.wanted
        if one.person_id is None or verdict.fate in {RowFate.SAME, RowFate.REFUSED}:
            continue
        if person is None:
            newcomers.append(_newcomer(one.person_id, wanted))
            starts.append(_start(one.person_id, wanted, None))
            continue
        account = {column: getattr(wanted, column) for at, column in ACCOUNT.items() if at in verdict.changes}
        if account:
            changes[person.id] = account
        if verdict.fate is RowFate.LEAVING:
            leaving.append(person.id)
        elif WORK & verdict.changes.keys():
            starts.append(_start(person.id, wanted, person))
    crowds.add_people(newcomers, now=now)
    crowds.change_people(changes, now=now)
    crowds.end_employments(leaving, now=now)
    crowds.employ_all(starts, now=now)


def _newcomer(person_id: PersonId, wanted: Wanted) -> crowds.Newcomer:
    return crowds.Newcomer(
        id=person_id,
        email=wanted.email or "",
        name=wanted.name or "",
        external_id=wanted.external_id,
        locale=wanted.locale or "en",
        time_zone=wanted.time_zone or oem_zone().key,
    )


def _start(person_id: PersonId, wanted: Wanted, person: Known | None) -> crowds.Start:
    """Return where somebody works from now on: what the row does not say stays as it was."""
    organisation_id = wanted.organisation_id or (person.organisation_id if person else None)
    if organisation_id is None:
        raise ValueError("a verdict without an organisation begins no employment")
    return crowds.Start(
        person_id=person_id,
        organisation_id=organisation_id,
        position_id=wanted.position_id or (person.position_id if person else None),
        region_id=wanted.region_id or (person.region_id if person else None),
    )


def _write(row: PeopleImportRow, done: Sequence[_Done], now: datetime) -> None:
    """Write down what came of these rows, and how far the import has come."""
    invited = {one.number for one in done if one.verdict.fate is RowFate.NEW and one.verdict.wanted.invite}
    update_all(
        PeopleImportLine,
        ["import_id", "number"],
        [
            {
                "import_id": row.id,
                "number": one.number,
                "fate": one.verdict.fate,
                "changes": changes_in(one.verdict),
                "problems": problems_in(one.verdict.problems),
                "person_id": one.person_id,
                "is_stored": one.verdict.fate is not RowFate.REFUSED,
                "is_invited": one.number in invited,
            }
            for one in done
        ],
    )
    row.stored_counts = added(row.stored_counts, [one.verdict for one in done])
    row.done_rows += len(done)
    row.done_number = done[-1].number
    row.invitations += len(invited)
    if invited and row.invites_at is None:
        row.invites_at = now


def _finish(row: PeopleImportRow, now: datetime) -> None:
    end(row, ImportState.DONE, now)
    stored = sum(
        count for fate, count in row.stored_counts.items() if fate not in {RowFate.SAME, RowFate.REFUSED}
    )
    events.record(PeopleImported(import_id=row.id, done=stored))


def invite_batch(import_id: PeopleImportId, now: datetime) -> None:
    """Write the next invitations of an import, if they are due: a few at a time."""
    row = db.session.get(PeopleImportRow, import_id, with_for_update=True, populate_existing=True)
    if row is None or row.invites_at is None or row.invites_at > now:
        return
    lines = queries.list_uninvited(import_id, limit=INVITED_AT_ONCE)
    people = {
        person.id: person
        for person in db.session.scalars(
            select(PersonRow).where(PersonRow.id.in_([line.person_id for line in lines]))
        )
    }
    actor = actor_of(row.confirmed_by)
    with acting_as(actor):
        for line in lines:
            person = people.get(line.person_id) if line.person_id else None
            # Who was invited by hand, suspended or erased in the meantime gets no second letter.
            if person is not None and person.state is PersonState.INVITED:
                links.invite(person_id=person.id, actor=actor, now=now)
            line.is_invited = False
    row.invited += len(lines)
    more = row.state is ImportState.STORING or len(lines) == INVITED_AT_ONCE
    row.invites_at = now + INVITED_EVERY if more else None
