"""kill -9 of the worker in the middle of an import: every good row is stored once, and nothing is half stored."""

import contextlib
import time
from collections.abc import Callable

import psutil
import pytest
from sqlalchemy import func, select

from lms.identity import service
from lms.identity.models import Employment, PeopleImportLine, PersonRow
from lms.identity.values.imports import ImportState, PeopleImportId
from lms.kernel import clock
from lms.kernel.actor import acting_as
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db
from lms.kernel.search import SearchDocument
from lms.kernel.uow import unit_of_work
from tests.identity.importing import HEADER, admin_of, bring, state_of
from tests.support.guests import House, house

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

ROWS = 12_000
KILLS = [2, pytest.param(3, marks=pytest.mark.proof)]


def kill_workers(home: House) -> int:
    """Kill every worker of a house; return how many processes that were."""
    killed = 0
    for process in psutil.Process(home.running.process.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if "lms worker" in " ".join(process.cmdline()):
                process.kill()
                killed += 1
    return killed


def wait_until(condition: Callable[[], object], *, seconds: float = 120.0) -> None:
    """Wait until something has come about in the database."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)
        db.session.remove()


def _kill_while(home: House, import_id: PeopleImportId, state: ImportState, kills: int) -> int:
    """Kill the worker a few times while an import moves on in a state; return how often that was in the middle."""
    in_the_middle, seen = 0, 0
    for _kill in range(kills):
        before = seen
        wait_until(lambda: (now := state_of(import_id)).state is not state or now.done_rows > before)  # noqa: B023
        if state_of(import_id).state is not state:
            break
        assert kill_workers(home)
        seen = state_of(import_id).done_rows
        in_the_middle += 0 < seen < ROWS
    return in_the_middle


def _count(model: type, *where: object) -> int:
    with unit_of_work(read_only=True):
        return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0  # type: ignore[arg-type]


@pytest.mark.parametrize("kills", KILLS)
def test_an_import_whose_worker_is_killed_again_and_again_stores_each_row_once(tmp_path, kills):
    table = HEADER + "".join(
        f"{n};p{n}@joiners.example;Joiner {n};{'Northway Controls' if n % 100 else 'Nowhere'};\n"
        for n in range(ROWS)
    )
    good = ROWS - ROWS // 100
    with house(tmp_path / "house") as home:
        admin = admin_of(home.cast)
        import_id = bring(table, admin)
        assert _kill_while(home, import_id, ImportState.CHECKING, kills) > 0, (
            "nobody was killed in the dry run"
        )
        wait_until(lambda: state_of(import_id).state is ImportState.CHECKED)
        assert state_of(import_id).counts == {"new": good, "refused": ROWS // 100}
        assert _count(PersonRow, PersonRow.external_id.is_not(None)) == 0
        with unit_of_work(), acting_as(admin):
            service.confirm_import(import_id=import_id, actor=admin, now=clock.now())
        assert _kill_while(home, import_id, ImportState.STORING, kills) > 0, (
            "nobody was killed while rows were stored"
        )
        wait_until(lambda: state_of(import_id).state is ImportState.DONE)
        assert state_of(import_id).stored_counts == {"new": good}
        joined = select(PersonRow.id).where(PersonRow.external_id.is_not(None))
        assert _count(PersonRow, PersonRow.id.in_(joined)) == good
        assert _count(Employment, Employment.person_id.in_(joined)) == good
        assert _count(SearchDocument, SearchDocument.subject_id.in_(joined)) == good
        for fact in ("PersonAdded", "PersonEmployed"):
            said = AuditEntry.action == fact, AuditEntry.subject_id.in_(joined)
            assert _count(AuditEntry, *said) == good, fact
        assert _count(PeopleImportLine, PeopleImportLine.is_stored.is_(True)) == good
        assert _count(AuditEntry, AuditEntry.action == "PeopleImported") == 1
