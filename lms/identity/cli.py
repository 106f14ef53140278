"""People on the command line: the first administrator of an installation, and people imported from tables."""

import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import click

from lms.identity import jobs, queries, service
from lms.identity.service import passwords
from lms.identity.values import OrganisationId, OrganisationKind
from lms.identity.values.imports import (
    UNDER_WAY,
    ImportField,
    ImportState,
    PeopleImport,
    PeopleImportId,
    RowFate,
    Survey,
)
from lms.kernel import clock, uow
from lms.kernel.actor import EVERYTHING, SYSTEM, Role, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.errors import DomainError, Invalid
from lms.web.pages import walk

PATIENCE_SECONDS = 0.2


@click.group("people")
def people() -> None:
    """Look after people."""


@people.command("add-administrator")
@click.option("--email", prompt=True)
@click.option("--name", prompt=True)
@click.option(
    "--organisation", prompt="Manufacturer", default="", help="Needed once, to name the manufacturer."
)
@click.password_option()
def add_administrator(email: str, name: str, organisation: str, password: str) -> None:
    """Add an administrator, and the manufacturer they work for if there is none yet."""
    with acting_as(SYSTEM):
        try:
            uow.run(lambda: _add(email, name, organisation, password))
        except DomainError as refusal:
            raise click.ClickException(
                "; ".join([refusal.message, *refusal.fields.values()]).strip("; ")
            ) from refusal
    click.echo(f"{name} may sign in as {email}.")


def _add(email: str, name: str, organisation: str, password: str) -> None:
    now = clock.now()
    oem = queries.find_oem()
    employer_id = OrganisationId(oem.id) if oem else _found(organisation)
    passwords.check_choice(password, email=email, name=name)
    person_id = service.add_person(email=email, name=name, password=password, now=now)
    service.employ(
        person_id=person_id, organisation_id=employer_id, position_id=None, region_id=None, now=now
    )
    service.grant_role(person_id=person_id, role=Role.ADMINISTRATOR, scope=EVERYTHING, actor=SYSTEM, now=now)


def _found(name: str) -> OrganisationId:
    if not name.strip():
        raise click.ClickException("name the manufacturer with --organisation")
    return service.add_organisation(
        name=name.strip(),
        kind=OrganisationKind.OEM,
        model=None,
        parent_id=None,
        region_id=None,
        country="",
        domain="",
        now=clock.now(),
    )


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--map",
    "named",
    multiple=True,
    metavar="COLUMN=FIELD",
    help="What a column means, by its heading or number; an empty FIELD leaves it out.",
)
@click.option("--organisation", default="", help="Where new people belong whose row does not say.")
@click.option("--invite", is_flag=True, help="Invite new people whose row does not say.")
@click.option(
    "--confirm/--dry-run",
    default=False,
    help="Store what is good, or only say what would come (the default).",
)
def import_people(
    file: Path, named: tuple[str, ...], organisation: str, *, invite: bool, confirm: bool
) -> None:
    """Import people from FILE (CSV or XLSX): every row is tried first, and each refused one is named.

    The refused rows never keep the others from being stored. Ends with 1 if a row was refused.
    """
    with acting_as(SYSTEM):
        try:
            refused = _import(file, named, organisation, invite=invite, confirm=confirm)
        except DomainError as refusal:
            said = [str(refusal), *refusal.fields.values()]
            raise click.ClickException("; ".join(dict.fromkeys(one for one in said if one))) from refusal
    if refused:
        raise SystemExit(1)


def _import(file: Path, named: Sequence[str], organisation: str, *, invite: bool, confirm: bool) -> int:
    import_id = PeopleImportId(new_id())
    survey = service.open_upload(file.read_bytes())
    uow.run(partial(_bring, import_id, file, survey, named, organisation, invite=invite))
    looked_at = _followed(import_id)
    if looked_at.failure:
        raise click.ClickException(looked_at.failure)
    _tell("dry run", looked_at.counts)
    refused = _tell_refused(import_id)
    if not confirm or not looked_at.good_rows:
        click.echo(f"nothing was stored: /team/people/imports/{import_id} shows every row")
        return refused
    uow.run(lambda: service.confirm_import(import_id=import_id, actor=SYSTEM, now=clock.now()))
    done = _followed(import_id)
    _tell("stored" if done.state is ImportState.DONE else "stopped", done.stored_counts)
    return refused if not done.stored_counts.get(RowFate.REFUSED) else _tell_refused(import_id)


def _bring(
    import_id: PeopleImportId,
    file: Path,
    survey: Survey,
    named: Sequence[str],
    organisation: str,
    *,
    invite: bool,
) -> None:
    now = clock.now()
    with file.open("rb") as source:
        service.begin_import(
            import_id=import_id, filename=file.name, source=source, survey=survey, actor=SYSTEM, now=now
        )
    found = queries.get_import(import_id, SYSTEM)
    service.name_columns(
        import_id=import_id,
        mapping=_mapping(found, named),
        organisation_id=_organisation(organisation),
        invites=invite,
        actor=SYSTEM,
        now=now,
    )


def _mapping(found: PeopleImport, named: Sequence[str]) -> Sequence[ImportField | None]:
    mapping = list(found.mapping)
    headings = [column.name for column in found.columns]
    for one in named:
        heading, _equals, field = one.rpartition("=")
        at = [number for number, name in enumerate(headings) if name == heading]
        if not at and heading.isdecimal() and 0 < int(heading) <= len(headings):
            at = [int(heading) - 1]
        if len(at) != 1:
            raise click.ClickException(f"--map {one}: the file has {len(at)} columns called {heading!r}")
        if field and field not in set(ImportField):
            raise click.ClickException(f"--map {one}: a field is one of {', '.join(ImportField)}")
        wanted = ImportField(field) if field else None
        # What was guessed elsewhere gives way to what is said.
        mapping = [None if wanted is not None and held is wanted else held for held in mapping]
        mapping[at[0]] = wanted
    return mapping


def _organisation(name: str) -> OrganisationId | None:
    if not name:
        return None
    directory = queries.directory_of_organisations(EVERYTHING)
    found = directory.find(name)
    if len(found) != 1:
        nearest = directory.nearest(name)
        raise Invalid(
            f"--organisation: {len(found)} are called {name!r}"
            + (f"; the nearest is {nearest!r}" if nearest else "")
        )
    return next(iter(found)).id


def _followed(import_id: PeopleImportId) -> PeopleImport:
    """Work on an import until its step is done: by ourselves, and beside a worker that has begun with it."""
    while True:
        jobs.work_on_import(import_id, until=time.monotonic() + jobs.WORK_SECONDS)
        db.session.remove()
        found = uow.run(lambda: queries.get_import(import_id, SYSTEM), read_only=True)
        db.session.remove()
        if found.state not in UNDER_WAY:
            return found
        time.sleep(PATIENCE_SECONDS)


def _tell(what: str, counts: Mapping[RowFate, int]) -> None:
    said = ", ".join(f"{count} {fate.value}" for fate, count in counts.items())
    click.echo(f"{what}: {said or 'nothing'}")


def _tell_refused(import_id: PeopleImportId) -> int:
    """Name every refused row with its reasons; return how many there are."""
    count = 0
    for batch in walk(lambda at: queries.page_rows(import_id, at, fate=RowFate.REFUSED)):
        for row in batch:
            count += 1
            for problem in row.problems:
                column = f"{problem.field.value}: " if problem.field else ""
                click.echo(f"row {row.number}: {column}{problem.reason}", err=True)
    return count
