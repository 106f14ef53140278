"""Files: what people gave us comes back byte for byte, from a folder and from S3-compatible storage alike."""

import hashlib
import io

import pytest
from sqlalchemy import func, select

from lms.kernel import files
from lms.kernel.db import db
from lms.kernel.errors import NotFound, TooLarge
from lms.kernel.files import StoredFile
from lms.kernel.uow import unit_of_work


@pytest.fixture(params=["folder", "s3"])
def storage(request, sqlite_app, tmp_path):
    before = sqlite_app.extensions["lms.files"]
    if request.param == "folder":
        files.install(sqlite_app, (tmp_path / "files").as_uri())
        yield lambda: [str(path) for path in (tmp_path / "files").rglob("*") if path.is_file()]
    else:
        bucket = request.getfixturevalue("bucket")
        host = bucket.endpoint
        files.install(
            sqlite_app,
            f"s3://{bucket.key}:{bucket.secret}@{bucket.name}/portal?endpoint={host}&region={bucket.region}",
        )
        yield bucket.keys
    sqlite_app.extensions["lms.files"] = before


def _store(content, **options):
    with unit_of_work():
        return files.store(
            io.BytesIO(content),
            filename="a.bin",
            media_type="application/octet-stream",
            purpose="test",
            **options,
        )


def test_a_file_comes_back_byte_for_byte_and_in_parts(storage):
    content = bytes(range(256)) * 20_000
    kept = _store(content)
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert b"".join(files.chunks(kept.sha256)) == content
    assert b"".join(files.chunks(kept.sha256, start=1_000_000, end=3_000_001)) == content[1_000_000:3_000_001]
    assert files.read(kept.sha256) == content
    with files.open_blob(kept.sha256) as reader:
        reader.seek(4_000_000)
        piece = reader.read(1000)
    assert type(piece) is bytes
    assert piece == content[4_000_000:4_001_000]


def test_the_same_bytes_are_kept_once_under_two_rows(storage):
    _store(b"same")
    _store(b"same")
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 2
    assert len(storage()) == 1


def test_a_file_that_is_too_large_leaves_neither_row_nor_bytes(storage):
    with pytest.raises(TooLarge):
        _store(b"x" * 1001, limit_bytes=1000)
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 0
    assert storage() == []


def test_an_empty_file_is_a_file(storage):
    assert files.read(_store(b"").sha256) == b""


def test_a_blob_that_is_not_there_is_not_found(storage):
    with pytest.raises(NotFound):
        files.read("0" * 64)
    assert files.find_derived("nothing") is None


def test_a_derived_file_is_made_once_and_found_again(storage):
    files.keep_derived("certificate-abc.pdf", b"%PDF")
    assert files.find_derived("certificate-abc.pdf") == b"%PDF"


@pytest.mark.parametrize("url", ["ftp://host/x", "s3://", "folder"])
def test_a_storage_url_that_cannot_work_is_refused_at_the_start(url):
    with pytest.raises(ValueError, match="LMS_STORAGE_URL"):
        files.open_store(url)


def test_bytes_laid_ahead_are_named_without_being_read_again_unless_a_sweep_has_taken_them(storage):
    laid = files.lay_blob(io.BytesIO(b"cold store"))
    with unit_of_work():
        unread = io.BytesIO(b"")
        row = files.store(unread, filename="a.txt", media_type="text/plain", purpose="test", laid=laid)
        assert (row.sha256, row.size_bytes) == laid
        assert files.read(row.sha256) == b"cold store"
    files.drop_blob(laid[0])
    with unit_of_work():
        row = files.store(
            io.BytesIO(b"cold store"), filename="b.txt", media_type="text/plain", purpose="test", laid=laid
        )
        assert files.read(row.sha256) == b"cold store", "what was swept meanwhile is kept again"
