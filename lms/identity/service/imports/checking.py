"""The dry run: every row is held against what is here, and only the report of that is written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import delete

from lms.identity import formats, queries
from lms.identity.models import PeopleImportLine, PeopleImportRow
from lms.identity.policy import MANAGE_PEOPLE
from lms.identity.rules.columns import knows
from lms.identity.rules.judging import email_of
from lms.identity.service.acting import actor_of
from lms.identity.service.imports.bringing import end, held_name
from lms.identity.service.imports.judging import judge_all
from lms.identity.service.imports.records import (
    added,
    changes_in,
    problems_in,
    stored_message,
    world_of,
)
from lms.identity.values import PersonId
from lms.identity.values.imports import (
    Cells,
    ImportField,
    ImportState,
    PeopleImportId,
    Problem,
    RowFate,
    Verdict,
)
from lms.kernel import files, uow
from lms.kernel.db import db
from lms.kernel.inserting import insert_all
from lms.kernel.messages import Message
from lms.kernel.tables import Line

NAMED_AT_MOST: Final = 8

Doubles = Mapping[str, Sequence[int]]


@dataclass(slots=True)
class Check:
    """A dry run on its way. `done_number` is the last row that is looked at; it moves when its batch is committed."""

    import_id: PeopleImportId
    mapping: Sequence[ImportField | None]
    lines: Iterator[Line]
    emails: Doubles
    external_ids: Doubles
    done_number: int
    targets: dict[PersonId, int] = field(default_factory=dict)
    """In which row each person is met first who is here already."""


def open_check(import_id: PeopleImportId) -> Check | None:
    """Open an import's file where its dry run goes on; None if there is none to go on with."""
    row = db.session.get(PeopleImportRow, import_id)
    if row is None or row.state is not ImportState.CHECKING:
        return None
    table = formats.open_table(files.held(held_name(import_id)), knows)
    mapping = queries.mapping_of(row.mapping)
    emails, external_ids = _doubles(_body(table), mapping)
    done = row.done_number
    return Check(
        import_id=import_id,
        mapping=mapping,
        lines=(line for line in _body(table) if line.number > done),
        emails=emails,
        external_ids=external_ids,
        done_number=done,
        targets=dict(queries.list_targets(import_id)) if done else {},
    )


def _body(table: formats.Table) -> Iterator[Line]:
    lines = formats.read(table)
    next(lines, None)
    return lines


def _doubles(lines: Iterator[Line], mapping: Sequence[ImportField | None]) -> tuple[Doubles, Doubles]:
    """Return the rows of each address and of each external id that stand in more than one."""
    first: tuple[dict[str, int], dict[str, int]] = ({}, {})
    several: tuple[dict[str, list[int]], dict[str, list[int]]] = ({}, {})
    for line in lines:
        cells = _cells(line, mapping)
        for kind, said in enumerate((email_of(cells), cells.get(ImportField.EXTERNAL_ID, ""))):
            if not said:
                continue
            met = first[kind].setdefault(said, line.number)
            if met != line.number:
                several[kind].setdefault(said, [met]).append(line.number)
    return several


def _cells(line: Line, mapping: Sequence[ImportField | None]) -> Cells:
    return {at: cell for at, cell in zip(mapping, line.cells, strict=False) if at is not None and cell}


def check_batch(check: Check, lines: Sequence[Line]) -> bool:
    """Look at the next rows and write down what they would do; False if somebody else is further, or it was stopped."""
    row = db.session.get(PeopleImportRow, check.import_id, with_for_update=True, populate_existing=True)
    if row is None or row.state is not ImportState.CHECKING or row.done_number != check.done_number:
        return False
    if not row.done_rows:
        db.session.execute(delete(PeopleImportLine).where(PeopleImportLine.import_id == row.id))
    actor = actor_of(row.uploaded_by)
    world, scope = world_of(row, actor), actor.scope_of(MANAGE_PEOPLE)
    cells = [_cells(line, check.mapping) for line in lines]
    met = dict(check.targets)
    judged = judge_all(cells, queries.match_people(cells, scope), world, actor)
    verdicts = [
        _with_others(verdict, line, said, check, met)
        for verdict, line, said in zip(judged, lines, cells, strict=True)
    ]
    insert_all(
        PeopleImportLine,
        [
            {
                "import_id": row.id,
                "number": line.number,
                "fate": verdict.fate,
                "cells": {at.value: cell for at, cell in said.items()},
                "changes": changes_in(verdict),
                "problems": problems_in(verdict.problems),
                "email": email_of(said),
                "person_id": verdict.person.id if verdict.person else None,
                "is_stored": False,
                "is_invited": False,
            }
            for line, said, verdict in zip(lines, cells, verdicts, strict=True)
        ],
    )
    row.counts = added(row.counts, verdicts)
    row.done_rows += len(lines)
    row.done_number = lines[-1].number
    number = lines[-1].number

    def move_on() -> None:
        check.done_number = number
        check.targets.update(met)

    uow.after_commit(move_on)
    return True


def _with_others(
    verdict: Verdict, line: Line, cells: Cells, check: Check, met: dict[PersonId, int]
) -> Verdict:
    """Return a verdict with what the other rows have to do with it: nobody is changed twice, nothing dropped unsaid."""
    problems = list(verdict.problems)
    if len(line.cells) > len(check.mapping):
        problems.append(
            Problem(
                None,
                Message(
                    "The row has %(count)s cells, the header %(most)s: is a quote missing around a separator?",
                    count=len(line.cells),
                    most=len(check.mapping),
                ),
            )
        )
    if rows := check.emails.get(email_of(cells)):
        problems.append(
            Problem(
                ImportField.EMAIL, Message("The same address stands in the rows %(rows)s.", rows=_named(rows))
            )
        )
    if rows := check.external_ids.get(cells.get(ImportField.EXTERNAL_ID, "")):
        problems.append(
            Problem(
                ImportField.EXTERNAL_ID,
                Message("The same external id stands in the rows %(rows)s.", rows=_named(rows)),
            )
        )
    if verdict.person is not None and not problems:
        first = met.setdefault(verdict.person.id, line.number)
        if first != line.number:
            problems.append(
                Problem(None, Message("Row %(row)s speaks of the same person already.", row=first))
            )
    if not problems:
        return verdict
    return Verdict(RowFate.REFUSED, verdict.person, problems=tuple(problems))


def _named(rows: Sequence[int]) -> str:
    shown = ", ".join(map(str, rows[:NAMED_AT_MOST]))
    return f"{shown} …" if len(rows) > NAMED_AT_MOST else shown


def end_check(check: Check) -> None:
    """Say that every row was looked at."""
    row = db.session.get(PeopleImportRow, check.import_id, with_for_update=True, populate_existing=True)
    if row is None or row.state is not ImportState.CHECKING or row.done_number != check.done_number:
        return
    row.state = ImportState.CHECKED


def give_up(import_id: PeopleImportId, reason: Message, now: datetime) -> None:
    """End an import whose file cannot be read after all."""
    row = db.session.get(PeopleImportRow, import_id, with_for_update=True)
    if row is not None and row.state is ImportState.CHECKING:
        row.failure = stored_message(reason)
        end(row, ImportState.CANCELLED, now)
