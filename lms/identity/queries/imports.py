"""What is read of imports of people: the imports somebody may see, their rows, and whom rows speak of."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true, type_coerce
from sqlalchemy.types import NullType

from lms.identity.models import (
    Employment,
    OrganisationRow,
    PeopleImportLine,
    PeopleImportMapping,
    PeopleImportRow,
    PersonRow,
    PositionRow,
    RegionRow,
    RoleGrant,
)
from lms.identity.policy import VIEW_IMPORTS
from lms.identity.queries.people import grants_of
from lms.identity.queries.scopes import in_scope
from lms.identity.rules import outranks_partner
from lms.identity.rules.judging import Directory, Matches, Named
from lms.identity.values import OrganisationId, PersonId, PositionId, RegionId
from lms.identity.values.imports import (
    UNDER_WAY,
    Cells,
    Column,
    ImportField,
    ImportRow,
    Known,
    PeopleImport,
    PeopleImportId,
    Problem,
    RowFate,
)
from lms.kernel.actor import Actor, Scope
from lms.kernel.db import db, fetch
from lms.kernel.errors import NotFound
from lms.kernel.messages import Message
from lms.web.pages import Page, PageRequest, keyset

NEAR_ENOUGH = 60
AT_MOST = 500

Rows = tuple[tuple[Any, str, str], ...]


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the filter for imports an actor may see: all, or those they brought where they work today."""
    scope = actor.scope_of(VIEW_IMPORTS)
    if scope.everything:
        return true()
    if actor.person_id is None or not actor.may(VIEW_IMPORTS) or actor.employer_id is None:
        return false()
    return and_(
        PeopleImportRow.uploaded_by == actor.person_id, PeopleImportRow.employer_id == actor.employer_id
    )


def find_import_row(import_id: PeopleImportId, actor: Actor, *, lock: bool = False) -> PeopleImportRow | None:
    """Return the row of an import that an actor may see, or None."""
    query = select(PeopleImportRow).where(PeopleImportRow.id == import_id, visible_to(actor))
    return db.session.scalars(query.with_for_update() if lock else query).first()


def get_import(import_id: PeopleImportId, actor: Actor) -> PeopleImport:
    """Return an import that an actor may see; NotFound for any other."""
    row = find_import_row(import_id, actor)
    if row is None:
        raise NotFound
    return import_of(row, actor)


def page_imports(actor: Actor, at: PageRequest) -> Page[PeopleImport]:
    """Return a page of the imports an actor may see, newest first."""
    query = select(PeopleImportRow).where(visible_to(actor))
    return keyset(query, by=[PeopleImportRow.id], wanted=at, descending=True).map(
        lambda row: import_of(row, actor)
    )


def import_of(row: PeopleImportRow, actor: Actor) -> PeopleImport:
    """Return a row's value."""
    return PeopleImport(
        id=row.id,
        filename=row.filename,
        state=row.state,
        columns=tuple(Column(one["name"], tuple(one["samples"])) for one in row.columns),
        mapping=mapping_of(row.mapping),
        organisation_id=row.organisation_id,
        invites=row.invites,
        rows=row.rows,
        empty_rows=row.empty_rows,
        encoding=row.encoding,
        separator=row.separator,
        done_rows=row.done_rows,
        counts=_counts(row.counts),
        stored_counts=_counts(row.stored_counts),
        invitations=row.invitations,
        invited=row.invited,
        uploaded_at=row.uploaded_at,
        uploaded_by=row.uploaded_by,
        confirmed_at=row.confirmed_at,
        finished_at=row.finished_at,
        failure=message_of(row.failure) if row.failure else None,
        is_own=row.uploaded_by == actor.person_id,
    )


def mapping_of(stored: Sequence[Any]) -> tuple[ImportField | None, ...]:
    """Return what columns mean, as it is stored."""
    return tuple(ImportField(one) if one else None for one in stored)


def _counts(stored: Mapping[str, int]) -> Mapping[RowFate, int]:
    return {fate: stored[fate.value] for fate in RowFate if stored.get(fate.value)}


def message_of(stored: Sequence[Any]) -> Message:
    """Return a sentence that was stored as its template and its values."""
    template, values = stored
    return Message(template, **values)


def find_mapping(header_sha256: str) -> tuple[ImportField | None, ...] | None:
    """Return what the columns of a header meant the last time, None for one that nobody brought yet."""
    row = db.session.get(PeopleImportMapping, header_sha256)
    return mapping_of(row.mapping) if row else None


def list_open_imports() -> Sequence[PeopleImportId]:
    """Return the imports that have work to do, oldest first."""
    return db.session.scalars(
        select(PeopleImportRow.id)
        .where(or_(PeopleImportRow.state.in_(UNDER_WAY), PeopleImportRow.invites_at.is_not(None)))
        .order_by(PeopleImportRow.id)
        .limit(AT_MOST)
    ).all()


def page_rows(import_id: PeopleImportId, at: PageRequest, *, fate: RowFate | None = None) -> Page[ImportRow]:
    """Return a page of an import's rows in the order of the file: all, or those of one fate."""
    query = select(PeopleImportLine).where(PeopleImportLine.import_id == import_id)
    if fate is not None:
        query = query.where(PeopleImportLine.fate == fate)
    return keyset(query, by=[PeopleImportLine.number], wanted=at).map(row_of)


def row_of(row: PeopleImportLine) -> ImportRow:
    """Return a row's value."""
    return ImportRow(
        number=row.number,
        fate=row.fate,
        cells=cells_of(row.cells),
        changes={ImportField(one): (was, now) for one, (was, now) in row.changes.items()},
        problems=tuple(
            Problem(ImportField(one["field"]) if one["field"] else None, message_of(one["reason"]))
            for one in row.problems
        ),
        person_id=row.person_id,
        is_stored=row.is_stored,
    )


def cells_of(stored: Mapping[str, str]) -> Cells:
    """Return what a row of the file says, by field, as it is stored."""
    return {_FIELDS[one]: said for one, said in stored.items()}


_FIELDS = {field.value: field for field in ImportField}


def directory_of_organisations(scope: Scope) -> Directory[OrganisationId]:
    """Return the organisations that `scope` reaches, by name and domain."""
    query = select(OrganisationRow.id, OrganisationRow.name, OrganisationRow.domain)
    return _directory(_rows(query.where(in_scope(OrganisationRow.id, scope)).order_by(OrganisationRow.id)))


def directory_of_positions() -> Directory[PositionId]:
    """Return every position, by name and code."""
    return _directory(_rows(select(PositionRow.id, PositionRow.name, PositionRow.code)))


def directory_of_regions() -> Directory[RegionId]:
    """Return every region, by name and code."""
    return _directory(_rows(select(RegionRow.id, RegionRow.name, RegionRow.code)))


def _rows(query: Select[*tuple[Any, ...]]) -> Rows:
    """Return ids, names and codes, the ids as the driver gives them: most of these rows are only compared."""
    one, name, code = query.selected_columns
    return tuple(
        tuple(row) for row in fetch(query.with_only_columns(type_coerce(one, NullType), name, code), {})
    )


@lru_cache(maxsize=8)
def _directory(rows: Rows) -> Directory[Any]:
    """Return the directory of these rows: made once while they are the same, for every batch asks for it anew."""
    return Directory([(Named(UUID(str(one)), name), (code,)) for one, name, code in rows], _nearest)


def _nearest(text: str, names: Sequence[str]) -> str | None:
    found = process.extractOne(
        text, names, scorer=fuzz.WRatio, processor=str.casefold, score_cutoff=NEAR_ENOUGH
    )
    return found[0] if found else None


def match_people(rows: Sequence[Cells], scope: Scope, *, lock: bool = False) -> Sequence[Matches]:
    """Return whom each row speaks of, by its external id and by its address: two queries for all of them."""
    ids = {cells[ImportField.EXTERNAL_ID] for cells in rows if ImportField.EXTERNAL_ID in cells}
    emails = {cells[ImportField.EMAIL].lower() for cells in rows if ImportField.EMAIL in cells}
    known = _known(ids, emails, scope, lock=lock)
    by_id = {one.external_id: one for one in known if one.external_id}
    by_email = {one.email: one for one in known}
    return [
        Matches(
            by_id.get(cells.get(ImportField.EXTERNAL_ID, "")),
            by_email.get(cells.get(ImportField.EMAIL, "").lower()),
        )
        for cells in rows
    ]


def _known(ids: Collection[str], emails: Collection[str], scope: Scope, *, lock: bool) -> Sequence[Known]:
    is_within = in_scope(Employment.organisation_id, scope)
    query = (
        select(
            PersonRow.id,
            PersonRow.external_id,
            PersonRow.email,
            PersonRow.name,
            PersonRow.locale,
            PersonRow.time_zone,
            PersonRow.state,
            Employment.organisation_id,
            OrganisationRow.name,
            Employment.position_id,
            PositionRow.name,
            Employment.region_id,
            RegionRow.name,
            is_within,
        )
        .outerjoin(Employment, (Employment.person_id == PersonRow.id) & Employment.ended_at.is_(None))
        .outerjoin(OrganisationRow, OrganisationRow.id == Employment.organisation_id)
        .outerjoin(PositionRow, PositionRow.id == Employment.position_id)
        .outerjoin(RegionRow, RegionRow.id == Employment.region_id)
        .where(or_(PersonRow.external_id.in_(ids), PersonRow.email.in_(emails)))
        .order_by(PersonRow.id)
    )
    rows = db.session.execute(query.with_for_update(of=PersonRow) if lock else query).all()
    outranking = set() if scope.everything else _outranking([row[0] for row in rows])
    return [
        Known(
            id=row[0],
            external_id=row[1],
            email=row[2],
            name=row[3],
            locale=row[4],
            time_zone=row[5],
            state=row[6],
            organisation_id=row[7],
            organisation_name=row[8] or "",
            position_id=row[9],
            position_name=row[10] or "",
            region_id=row[11],
            region_name=row[12] or "",
            is_within_reach=scope.everything or bool(row[13]),
            outranks=row[0] in outranking,
        )
        for row in rows
    ]


def _outranking(ids: Collection[PersonId]) -> set[PersonId]:
    if not ids:
        return set()
    held: dict[PersonId, list[RoleGrant]] = {}
    for grant in db.session.scalars(select(RoleGrant).where(RoleGrant.person_id.in_(ids))):
        held.setdefault(grant.person_id, []).append(grant)
    return {one for one, grants in held.items() if outranks_partner(grants_of(grants))}


def list_targets(import_id: PeopleImportId) -> Mapping[PersonId, int]:
    """Return the number of the first row that speaks of each person who is here already."""
    rows = db.session.execute(
        select(PeopleImportLine.person_id, PeopleImportLine.number)
        .where(PeopleImportLine.import_id == import_id, PeopleImportLine.person_id.is_not(None))
        .order_by(PeopleImportLine.number.desc())
    )
    return {person_id: number for person_id, number in rows if person_id is not None}


class GoodLine(NamedTuple):
    """A row that was good in the dry run: its number and what it says, as it is stored."""

    number: int
    cells: Mapping[str, str]


def list_good_lines(import_id: PeopleImportId, *, after: int, limit: int) -> Sequence[GoodLine]:
    """Return the next rows that the dry run found good."""
    rows = db.session.execute(
        select(PeopleImportLine.number, PeopleImportLine.cells)
        .where(
            PeopleImportLine.import_id == import_id,
            PeopleImportLine.number > after,
            PeopleImportLine.fate != RowFate.REFUSED,
        )
        .order_by(PeopleImportLine.number)
        .limit(limit)
    )
    return [GoodLine(number, cells) for number, cells in rows]


def list_uninvited(import_id: PeopleImportId, *, limit: int) -> Sequence[PeopleImportLine]:
    """Return the next rows whose people are to be invited."""
    return db.session.scalars(
        select(PeopleImportLine)
        .where(
            PeopleImportLine.import_id == import_id,
            PeopleImportLine.fate == RowFate.NEW,
            PeopleImportLine.is_invited.is_(True),
        )
        .order_by(PeopleImportLine.number)
        .limit(limit)
    ).all()
