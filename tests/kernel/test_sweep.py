"""The sweep: what nothing needs goes after a week, and what anything needs, or nobody knows, stays."""

import hashlib
import io
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

import lms
from lms.app import cli
from lms.kernel import clock, files, sweep
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.files import StoredFile, UnheldBlob
from lms.kernel.sweep import KnownByKeys
from lms.kernel.uow import run, unit_of_work
from lms.packages.models import PackageFileRow, PackageRevision, PackageRow

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
PURPOSE = "hand-in"
"""Known by its keys alone: without one, nothing needs it."""


@pytest.fixture(params=["folder", "s3"])
def storage(request, app, tmp_path):
    """Put an empty storage of each kind under the portal."""
    before = app.extensions["lms.files"]
    url = (tmp_path / "files").as_uri()
    if request.param == "s3":
        bucket = request.getfixturevalue("bucket")
        url = (
            f"s3://{bucket.key}:{bucket.secret}@{bucket.name}/{new_id()}"
            f"?endpoint={bucket.endpoint}&region={bucket.region}"
        )
    files.install(app, url)
    clock.set_source(lambda: START)
    yield app
    app.extensions["lms.files"] = before


def kept(content, purpose=PURPOSE):
    with unit_of_work(), acting_as(SYSTEM):
        return files.store(
            io.BytesIO(content), filename="a.bin", media_type="application/octet-stream", purpose=purpose
        ).sha256


def after(**passed):
    """Sweep when so much time has passed."""
    db.session.remove()
    return sweep.run(START + timedelta(**passed))


def count_files():
    with unit_of_work(read_only=True):
        return db.session.scalar(select(func.count()).select_from(StoredFile))


def test_bytes_that_nothing_needs_go_with_their_row_when_their_time_is_over(storage):
    sha256 = kept(b"nobody needs this")
    assert after(days=0).unheld == 1
    assert after(days=6).dropped == 0
    assert files.read(sha256) == b"nobody needs this"
    found = after(days=7)
    assert (found.dropped, found.dropped_bytes) == (1, 17)
    assert not files.has_blob(sha256)
    assert count_files() == 0
    assert after(days=8) == sweep.Swept()


def test_a_dry_run_says_what_would_go_and_changes_nothing(storage):
    sha256 = kept(b"still here")
    assert sweep.run(START, dry=True).unheld == 1
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(UnheldBlob)) == 0
    after(days=0)
    assert sweep.run(START + timedelta(days=8), dry=True).dropped == 1
    assert files.has_blob(sha256)
    assert count_files() == 1


def test_bytes_of_an_upload_that_was_never_stored_go(app, storage):
    with pytest.raises(ZeroDivisionError):
        cut_off(b"cut off")
    sha256 = hashlib.sha256(b"cut off").hexdigest()
    assert files.has_blob(sha256)
    assert count_files() == 0
    after(days=0)
    assert after(days=7).dropped == 1
    assert not files.has_blob(sha256)


KILLED = """
import os, signal, sys, time
from pathlib import Path
import obstore
from obstore.store import LocalStore

def pieces():
    for _ in range(12):
        yield b"x" * 1_000_000
    # What was taken is written beside us: only once some of it is there, something is left of it.
    until = time.monotonic() + 20
    while time.monotonic() < until and not any(
        one.stat().st_size for one in Path(sys.argv[1]).rglob("*") if one.is_file()
    ):
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGKILL)

obstore.put(LocalStore(Path(sys.argv[1]), mkdir=True), sys.argv[2], pieces())
"""


def test_what_a_killed_process_left_of_a_file_goes_although_no_list_of_files_shows_it(sqlite_app, tmp_path):
    before = sqlite_app.extensions["lms.files"]
    folder = tmp_path / "files"
    key = files.blob_key(hashlib.sha256(b"cut off").hexdigest())
    killed = subprocess.run([sys.executable, "-c", KILLED, folder, key], check=False)
    assert killed.returncode == -signal.SIGKILL
    (left,) = [path for path in folder.rglob("*") if path.is_file()]
    size = left.stat().st_size
    assert size > 0
    files.install(sqlite_app, folder.as_uri())
    try:
        with sqlite_app.app_context():
            assert list(files.list_blobs(at_once=9)) in ([], [{}])
            written = datetime.fromtimestamp(left.stat().st_mtime, UTC)
            assert sweep.run(written + timedelta(hours=23)).unfinished == 0
            assert sweep.run(written + timedelta(hours=25), dry=True).unfinished == 1
            assert left.exists()
            assert sweep.run(written + timedelta(hours=25)).unfinished_bytes == size
            assert not left.exists()
            db.session.remove()
    finally:
        sqlite_app.extensions["lms.files"] = before


def cut_off(content):
    with unit_of_work(), acting_as(SYSTEM):
        files.keep_blob(io.BytesIO(content))
        _ = 1 / 0


def test_a_file_that_nobody_claims_stays_for_ever(storage):
    sha256 = kept(b"of a feature that forgot to say so", purpose="forgotten")
    after(days=0)
    assert after(days=400).dropped == 0
    assert files.has_blob(sha256)


def test_bytes_that_any_table_names_by_their_hash_stay(storage):
    """A file of a package has no row of its own among the stored ones."""
    archive, page = kept(b"zip", "package"), b"<h1>page</h1>"
    with unit_of_work(), acting_as(SYSTEM):
        sha256, size = files.keep_blob(io.BytesIO(page))
        package = PackageRow(id=new_id(), title="P", created_at=START)
        db.session.add(package)
        db.session.flush()
        revision = PackageRevision(
            id=new_id(),
            package_id=package.id,
            number=1,
            standard="scorm12",
            manifest={},
            title="P",
            file_id=db.session.scalars(select(StoredFile.id).where(StoredFile.sha256 == archive)).one(),
            size_bytes=size,
            files=1,
            stored_at=START,
            stored_by=None,
        )
        db.session.add(revision)
        db.session.flush()
        db.session.add(
            PackageFileRow(
                revision_id=revision.id,
                path="index.html",
                sha256=sha256,
                size_bytes=size,
                media_type="text/html",
            )
        )
    after(days=0)
    assert after(days=30).dropped == 0
    assert files.has_blob(sha256)
    assert files.has_blob(archive)


def test_what_is_needed_again_meanwhile_stays_and_its_time_begins_anew(storage):
    sha256 = kept(b"again")
    after(days=0)
    clock.set_source(lambda: START + timedelta(days=6))
    assert kept(b"again") == sha256
    assert after(days=7).dropped == 0
    assert after(days=13).dropped == 0
    assert after(days=14).dropped == 1


def test_who_stores_the_same_bytes_at_this_moment_never_loses_them(app, storage):
    """The upload has seen that the bytes are there; the sweep must not take them before its row is."""
    sha256 = kept(b"at one moment")
    after(days=0)
    has_seen, may_end = Event(), Event()

    def upload():
        with app.app_context(), acting_as(SYSTEM), unit_of_work():
            kept_now = files.keep_blob(io.BytesIO(b"at one moment"))
            has_seen.set()
            may_end.wait(20)
            row = files.name_blob(
                kept_now[0], size_bytes=kept_now[1], filename="b", media_type="a/b", purpose="forgotten"
            )
            return row.sha256

    def sweep_now():
        with app.app_context():
            return sweep.run(START + timedelta(days=8))

    with ThreadPoolExecutor(2) as pool:
        uploading = pool.submit(upload)
        assert has_seen.wait(20)
        sweeping = pool.submit(sweep_now)
        # On PostgreSQL the sweep passes this bucket by; on SQLite it waits for who writes.
        Event().wait(0.5)
        assert files.has_blob(sha256)
        may_end.set()
        assert uploading.result() == sha256
        assert sweeping.result().dropped == 0
    assert files.read(sha256) == b"at one moment"
    assert after(days=30).dropped == 0


def test_who_comes_while_the_sweep_deletes_the_same_bytes_stores_them_anew(app, storage, monkeypatch):
    sha256 = kept(b"just gone")
    after(days=0)
    has_dropped, may_end, drop = Event(), Event(), files.drop_blob

    def dropped(one):
        drop(one)
        has_dropped.set()
        may_end.wait(20)

    monkeypatch.setattr(files, "drop_blob", dropped)

    def upload():
        with app.app_context():
            return kept(b"just gone")

    def sweep_now():
        with app.app_context():
            return sweep.run(START + timedelta(days=8))

    with ThreadPoolExecutor(2) as pool:
        sweeping = pool.submit(sweep_now)
        assert has_dropped.wait(20)
        uploading = pool.submit(upload)
        Event().wait(0.5)
        assert not uploading.done()
        may_end.set()
        assert sweeping.result().dropped == 1
        assert uploading.result() == sha256
    assert files.read(sha256) == b"just gone"


def test_a_sweep_that_was_killed_between_bytes_and_rows_is_finished_by_the_next(storage):
    sha256 = kept(b"half gone")
    after(days=0)
    files.drop_blob(sha256)
    assert after(days=7).dropped == 1
    assert count_files() == 0
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(UnheldBlob)) == 0


def test_many_go_in_batches(storage, monkeypatch):
    monkeypatch.setattr(sweep, "LOOKED_AT_ONCE", 7)
    monkeypatch.setattr(sweep, "DROPPED_AT_ONCE", 3)
    for number in range(25):
        kept(b"many %d" % number)
    assert after(days=0).unheld == 25
    found = after(days=7)
    assert (found.blobs, found.dropped) == (25, 25)
    assert after(days=8).blobs == 0


def test_one_purpose_belongs_to_one_feature(sqlite_app):
    with pytest.raises(ValueError, match="two features"):
        sweep.install(sqlite_app, [KnownByKeys(frozenset({"a"})), KnownByKeys(frozenset({"a"}))])


def test_every_purpose_that_a_feature_stores_files_for_is_claimed(sqlite_app):
    """Whoever forgets it loses nothing, but what they store is never given back."""
    claimed = {one for owner in sqlite_app.extensions["lms.file_owners"] for one in owner.purposes}
    stored = {
        purpose
        for path in Path(lms.__path__[0]).rglob("*.py")
        for purpose in re.findall(r'\bpurpose="([^"]+)"', path.read_text())
    }
    assert stored == claimed
    assert run(lambda: sweep.held_among([]), read_only=True) == set()


@pytest.mark.usefixtures("sqlite_app")
def test_the_command_line_says_what_would_go_before_it_goes(tmp_path, monkeypatch):
    monkeypatch.setenv("LMS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LMS_LOG_LEVEL", "ERROR")
    lms_command = CliRunner()
    assert lms_command.invoke(cli.cli, ["db", "upgrade"]).exit_code == 0
    blob = tmp_path / "files" / files.blob_key(hashlib.sha256(b"left over").hexdigest())
    blob.parent.mkdir(parents=True)
    blob.write_bytes(b"left over")
    clock.set_source(lambda: START)
    said = lms_command.invoke(cli.cli, ["files", "sweep"]).output
    assert said.splitlines() == [
        "1 blobs, 1 of them needed by nothing",
        "deleted: 0 (0 bytes)",
        "not needed for less than 7 days: 1 (9 bytes)",
    ]
    clock.set_source(lambda: START + sweep.GRACE)
    assert "to be deleted: 1 (9 bytes)" in lms_command.invoke(cli.cli, ["files", "sweep", "--dry-run"]).output
    assert blob.exists()
    assert "deleted: 1 (9 bytes)" in lms_command.invoke(cli.cli, ["files", "sweep"]).output
    assert not blob.exists()
