"""kill -9 of web and worker amid package uploads: a revision is there whole and once, or not; no bytes stay behind."""

import hashlib
import io
import random
import zipfile
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from lms.kernel import clock, files, sweep
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db, new_id
from lms.kernel.files import StoredFile
from lms.kernel.uow import unit_of_work
from lms.packages.models import PackageFileRow, PackageRevision, PackageUploadRow
from tests.packages.packages import MANIFEST
from tests.support.guests import House, house
from tests.support.hands import Hand, killing_all, until_told

pytestmark = [pytest.mark.slow, pytest.mark.timeout(360)]

FILES, FILE_BYTES, FILM_BYTES = 250, 20_000, 24_000_000
REVISIONS, KILLS = 4, 9


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """Yield a Guildhall on each database."""
    named: dict[str, str] = {}
    if request.param == "postgresql":
        named["LMS_DATABASE_URL"] = request.getfixturevalue("postgres").clone()
    with house(tmp_path / "house", environment=named) as running:
        yield running


def _contents(number: int) -> Mapping[str, bytes]:
    """Return the files of one revision: most are those of all, some its own, and one is large."""
    shared, own = random.Random(0), random.Random(number + 1)  # noqa: S311  to be repeated
    found = {
        f"media/{one:03}.bin": (own if one % 10 == 0 else shared).randbytes(FILE_BYTES)
        for one in range(FILES)
    }
    return {
        "imsmanifest.xml": MANIFEST.format(title=f"Wiring {number}", mastery="").encode(),
        "index.html": b"<!doctype html><title>x</title>",
        "film.mp4": own.randbytes(FILM_BYTES),
        **found,
    }


def _zipped(contents: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_packages_brought_while_everything_dies_are_there_whole_and_once_and_nothing_else_stays(home):
    tomas, died, package_id = Hand(home, home.cast.tomas), 0, ""
    every = [_contents(number) for number in range(REVISIONS)]
    for number, contents in enumerate(every):
        with killing_all(home, number, kills=KILLS, apart=(0.05, 0.6)) as killed:
            looked = tomas.upload(
                f"/author/packages/{package_id}".removesuffix("/"),
                {"key": new_id()},
                filename="wiring.zip",
                content=_zipped(contents),
            )
            _check_stored(every[:number])
        died += len(killed)
        with killing_all(home, 100 + number, kills=KILLS, apart=(0.02, 0.4)) as killed:
            shown = tomas.send(f"{looked}/confirm", {"kept_as": "next"})
        died += len(killed)
        assert shown == f"/author/packages/{package_id or UUID(looked.rpartition('/')[2])}"
        package_id = shown.rpartition("/")[2]
        _check_stored(every[: number + 1])
    assert died > REVISIONS, "nobody was killed"
    assert len(tomas.interrupted) > 1, "no request was cut off: nothing was proved"
    until_told(home)
    _check_said_once()
    _check_nothing_else_stays(home)


def _check_stored(every: list[Mapping[str, bytes]]) -> None:
    """Check that exactly these revisions are there, each with all its files, and that all bytes are what they were."""
    with unit_of_work(read_only=True):
        revisions = db.session.scalars(select(PackageRevision).order_by(PackageRevision.number)).all()
        assert [one.number for one in revisions] == list(range(1, len(every) + 1))
        for revision, contents in zip(revisions, every, strict=True):
            rows = db.session.execute(
                select(PackageFileRow.path, PackageFileRow.sha256).where(
                    PackageFileRow.revision_id == revision.id
                )
            ).all()
            wanted = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
            assert {row.path: row.sha256 for row in rows} == wanted
            assert revision.files == len(contents)
            for sha256 in wanted.values():
                assert hashlib.sha256(files.read(sha256)).hexdigest() == sha256


def _check_said_once() -> None:
    with unit_of_work(read_only=True):
        uploads = db.session.scalar(select(func.count()).select_from(PackageUploadRow))
        confirmed = db.session.scalars(select(PackageUploadRow.revision_id)).all()
        said = db.session.scalar(
            select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "PackageStored")
        )
    assert uploads == said == REVISIONS
    assert len({one for one in confirmed if one}) == REVISIONS


def _check_nothing_else_stays(home: House) -> None:
    """Check that after a sweep the storage has what rows name, each once, and no part of anything."""
    sweep.run(clock.now())
    sweep.run(clock.now() + sweep.GRACE + timedelta(hours=1))
    with unit_of_work(read_only=True):
        named = {
            *db.session.scalars(select(PackageFileRow.sha256)),
            *db.session.scalars(select(StoredFile.sha256)),
        }
    folder = home.running.data_dir / "files"
    assert sorted(path.name for path in folder.rglob("*") if path.is_file()) == sorted(named)
