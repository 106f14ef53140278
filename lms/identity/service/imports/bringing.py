"""An import from the file that somebody brings to the word that lets it be stored, or stops it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import IO, BinaryIO, Final

from flask_babel import gettext as _
from sqlalchemy import delete, or_, select, update

from lms.identity import formats, queries
from lms.identity.events import PeopleImportCancelled, PeopleImportConfirmed
from lms.identity.models import PeopleImportLine, PeopleImportMapping, PeopleImportRow
from lms.identity.policy import MANAGE_PEOPLE
from lms.identity.rules.columns import can_tell_people_apart, fault_of_mapping, folded, guess, knows
from lms.identity.values import OrganisationId, PersonId
from lms.identity.values.imports import (
    OVER,
    ImportField,
    ImportState,
    PeopleImportId,
    Survey,
)
from lms.kernel import events, files, uow
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.jobs import courier

IMPORTS_JOB: Final = "identity.work_on_imports"
UNCONFIRMED_LASTS: Final = timedelta(days=30)


def open_upload(content: bytes) -> Survey:
    """Return what a file holds, read to its end; Invalid, with the place in words, if it is no table of people."""
    return formats.survey(formats.open_table(content, knows))


def held_name(import_id: PeopleImportId) -> str:
    """Return under which name the file of an import is held."""
    return f"people-imports/{import_id}"


def begin_import(
    *,
    import_id: PeopleImportId,
    filename: str,
    source: BinaryIO | IO[bytes],
    survey: Survey,
    actor: Actor,
    now: datetime,
) -> PeopleImportId:
    """Hold a file, read already, until its columns are named; an id that was used changes nothing."""
    _check_manager(actor)
    if db.session.get(PeopleImportRow, import_id) is not None:
        return import_id
    headings = [column.name for column in survey.columns]
    header = hashlib.sha256("\n".join(map(folded, headings)).encode()).hexdigest()
    files.hold(held_name(import_id), source)
    db.session.add(
        PeopleImportRow(
            id=import_id,
            filename=filename[:200],
            state=ImportState.MAPPING,
            columns=[{"name": one.name, "samples": list(one.samples)} for one in survey.columns],
            header_sha256=header,
            mapping=_stored(queries.find_mapping(header) or guess(headings)),
            organisation_id=None,
            invites=False,
            rows=survey.rows,
            empty_rows=survey.empty_rows,
            encoding=survey.encoding,
            separator=survey.separator,
            done_rows=0,
            done_number=0,
            counts={},
            stored_counts={},
            invitations=0,
            invited=0,
            invites_at=None,
            uploaded_at=now,
            uploaded_by=PersonId(actor.person_id) if actor.person_id else None,
            employer_id=OrganisationId(actor.employer_id) if actor.employer_id else None,
            confirmed_at=None,
            confirmed_by=None,
            finished_at=None,
            failure=[],
        )
    )
    db.session.flush()
    return import_id


def name_columns(
    *,
    import_id: PeopleImportId,
    mapping: Sequence[ImportField | None],
    organisation_id: OrganisationId | None,
    invites: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Say what the columns mean, and let the dry run begin; the same said again begins nothing.

    `organisation_id` is where new people belong whose row does not say, `invites` whether they get an invitation.
    """
    row = _locked(import_id, actor)
    _check_mapping(row, mapping)
    if organisation_id is not None and not queries.is_organisation_visible(
        organisation_id, actor.scope_of(MANAGE_PEOPLE)
    ):
        raise Invalid(fields={"organisation": _("Choose an organisation that you look after.")})
    asked = (_stored(mapping), organisation_id, invites)
    if row.state is not ImportState.MAPPING and (row.mapping, row.organisation_id, row.invites) == asked:
        return
    if row.state in OVER or row.state is ImportState.STORING:
        raise Conflict(_("This import was confirmed or stopped already."))
    row.mapping, row.organisation_id, row.invites = asked
    row.state, row.done_rows, row.done_number, row.counts = ImportState.CHECKING, 0, 0, {}
    remembered = db.session.get(PeopleImportMapping, row.header_sha256)
    if remembered is None:
        remembered = PeopleImportMapping(header_sha256=row.header_sha256)
        db.session.add(remembered)
    remembered.mapping, remembered.saved_at = _stored(mapping), now
    db.session.flush()
    uow.after_commit(courier(IMPORTS_JOB))


def _check_mapping(row: PeopleImportRow, mapping: Sequence[ImportField | None]) -> None:
    if len(mapping) != len(row.columns):
        raise Invalid(fields={"mapping": _("Say of every column what it means, or leave it out.")})
    if fault_of_mapping(mapping) is not None:
        raise Invalid(fields={"mapping": _("Two columns mean the same. Leave one of them out.")})
    if not can_tell_people_apart(mapping):
        raise Invalid(fields={"mapping": _("Say which column holds the e-mail address or the external id.")})


def confirm_import(*, import_id: PeopleImportId, actor: Actor, now: datetime) -> None:
    """Let every row that was good in the dry run be stored; a second confirmation changes nothing."""
    row = _locked(import_id, actor)
    if row.state in {ImportState.STORING, ImportState.DONE}:
        return
    if row.state is not ImportState.CHECKED:
        raise Conflict(_("This import is not ready to be stored."))
    good = sum(count for fate, count in row.counts.items() if fate != "refused")
    if not good:
        raise Conflict(_("Every row is refused: there is nothing to store."))
    row.state, row.done_rows, row.done_number = ImportState.STORING, 0, 0
    row.confirmed_at, row.confirmed_by = now, PersonId(actor.person_id) if actor.person_id else None
    events.record(PeopleImportConfirmed(import_id=import_id, rows=good))
    uow.after_commit(courier(IMPORTS_JOB))


def cancel_import(*, import_id: PeopleImportId, actor: Actor, now: datetime) -> None:
    """Stop an import: what was stored stays, and nothing more is. Of one that is done, its invitations stop."""
    row = _locked(import_id, actor)
    if row.state in OVER and row.invites_at is None:
        return
    row.invites_at = None
    if row.state is not ImportState.DONE:
        end(row, ImportState.CANCELLED, now)
    events.record(PeopleImportCancelled(import_id=import_id))


def end(row: PeopleImportRow, state: ImportState, now: datetime) -> None:
    """Let an import be over: its file goes and, if nobody confirmed it, all that it said of people."""
    row.state, row.finished_at = state, now
    row.columns = [{"name": one["name"], "samples": []} for one in row.columns]
    if row.confirmed_at is None:
        db.session.execute(delete(PeopleImportLine).where(PeopleImportLine.import_id == row.id))
    uow.after_commit(partial(files.let_go, held_name(row.id)))


def forget_imports(now: datetime) -> None:
    """End imports that nobody has confirmed for long."""
    stale = db.session.scalars(
        select(PeopleImportRow)
        .where(
            PeopleImportRow.confirmed_at.is_(None),
            PeopleImportRow.finished_at.is_(None),
            PeopleImportRow.uploaded_at < now - UNCONFIRMED_LASTS,
        )
        .limit(queries.AT_ONCE)
        .with_for_update()
    )
    for row in stale:
        end(row, ImportState.CANCELLED, now)


def forget_person(person_id: PersonId, email: str) -> None:
    """Blank what imports hold of a person: in rows about them, and in those that were refused and had their address."""
    db.session.execute(
        update(PeopleImportLine)
        .where(or_(PeopleImportLine.person_id == person_id, PeopleImportLine.email == email))
        .values(cells={}, changes={}, problems=[], email="")
    )
    # The first cells of each column stand on the page where columns are named, until an import is over.
    for row in db.session.scalars(
        select(PeopleImportRow).where(PeopleImportRow.finished_at.is_(None)).limit(queries.AT_ONCE)
    ):
        row.columns = [{"name": one["name"], "samples": []} for one in row.columns]


def _check_manager(actor: Actor) -> None:
    if not actor.may(MANAGE_PEOPLE):
        raise Forbidden


def _locked(import_id: PeopleImportId, actor: Actor) -> PeopleImportRow:
    row = queries.find_import_row(import_id, actor, lock=True)
    if row is None:
        raise NotFound
    _check_manager(actor)
    return row


def _stored(mapping: Sequence[ImportField | None]) -> list[str | None]:
    return [field.value if field else None for field in mapping]
