"""The figure of people import: new people tried and stored by the job that does it, on a copy of the data."""

import io
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import URL, make_url

from lms.app.portal import Portal
from lms.identity import jobs, queries, service
from lms.identity.models import OrganisationRow, PositionRow
from lms.identity.values.imports import ImportState, PeopleImport, PeopleImportId
from lms.kernel import clock
from lms.kernel.actor import EVERYTHING, SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work

ROWS = 10_000
PARTNERS = 200
PATIENCE_SECONDS = 600.0


def rates(portal: Portal, reopen: Callable[[str], Portal]) -> dict[str, float]:
    """Return how many rows a second are tried, and how many stored: commits, facts, search and standing included."""
    with copied(portal, reopen) as copy, copy.app_context(), acting_as(SYSTEM):
        import_id = brought(table())
        tried = _timed(import_id, ImportState.CHECKED)
        with unit_of_work():
            service.confirm_import(import_id=import_id, actor=SYSTEM, now=clock.now())
        stored = _timed(import_id, ImportState.DONE)
    return {"people_import.rows_per_s": ROWS / stored, "people_import.tried_rows_per_s": ROWS / tried}


def _timed(import_id: PeopleImportId, wanted: ImportState) -> float:
    began = time.perf_counter()
    jobs.work_on_import(import_id, until=time.monotonic() + PATIENCE_SECONDS)
    seconds = time.perf_counter() - began
    db.session.remove()
    found = _found(import_id)
    if found.state is not wanted or found.good_rows != ROWS:
        raise AssertionError(f"the import did not come to its end: {found}")
    return seconds


def _found(import_id: PeopleImportId) -> PeopleImport:
    with unit_of_work(read_only=True):
        return queries.get_import(import_id, SYSTEM)


def brought(content: bytes) -> PeopleImportId:
    """Bring a table whose columns are named as ours are, and let its dry run begin."""
    import_id = PeopleImportId(new_id())
    with unit_of_work():
        service.begin_import(
            import_id=import_id,
            filename="people.csv",
            source=io.BytesIO(content),
            survey=service.open_upload(content),
            actor=SYSTEM,
            now=clock.now(),
        )
        service.name_columns(
            import_id=import_id,
            mapping=queries.get_import(import_id, SYSTEM).mapping,
            organisation_id=None,
            invites=False,
            actor=SYSTEM,
            now=clock.now(),
        )
    return import_id


def table(rows: int = ROWS) -> bytes:
    """Return people at many partners, in many positions, none of them here yet."""
    with unit_of_work(read_only=True):
        names = db.session.scalars(select(OrganisationRow.name).distinct().limit(PARTNERS)).all()
        directory = queries.directory_of_organisations(EVERYTHING)
        partners = [name for name in names if len(directory.find(name)) == 1]
        positions = db.session.scalars(select(PositionRow.code)).all()
    lines = (
        f"X{number};joiner.{number}@joiners.example;Joiner Number {number};"
        f"{partners[number % len(partners)]};{positions[number % len(positions)]};de\n"
        for number in range(rows)
    )
    return ("Personnel no;E-mail;Name;Organisation;Position;Language\n" + "".join(lines)).encode()


@contextmanager
def copied(portal: Portal, reopen: Callable[[str], Portal]) -> Iterator[Portal]:
    """Yield a portal on a copy of the data, so that the next figure is measured on what it was."""
    with portal.app_context():
        url = db.engine.url
        db.session.remove()
        db.engine.dispose()
    copy_url = _copy(url)
    copy = reopen(copy_url.render_as_string(hide_password=False))
    try:
        yield copy
    finally:
        with copy.app_context():
            db.session.remove()
            db.engine.dispose()
        _drop(copy_url)


def _copy(url: URL) -> URL:
    copy = url.set(database=f"{url.database}_copy")
    _drop(copy)
    if url.get_backend_name() == "sqlite":
        shutil.copy(str(url.database), str(copy.database))
    else:
        _on_server(url, f'CREATE DATABASE "{copy.database}" TEMPLATE "{url.database}"')
    return copy


def _drop(copy: URL) -> None:
    if copy.get_backend_name() == "sqlite":
        for stale in Path(str(copy.database)).parent.glob(f"{Path(str(copy.database)).name}*"):
            stale.unlink()
    else:
        _on_server(copy, f'DROP DATABASE IF EXISTS "{copy.database}"')


def _on_server(url: URL, statement: str) -> None:
    server = create_engine(make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(statement))
    server.dispose()
