"""Files: content-addressed blobs on a local folder or S3-compatible storage, and the rows that name them."""

import contextlib
import gzip
import hashlib
import io
import re
import tempfile
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, Final
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import obstore
from flask import Flask, current_app
from obstore.store import LocalStore, S3Store
from sqlalchemy import Index, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.db import Model, db, new_id
from lms.kernel.errors import NotFound, TooLarge

CHUNK_BYTES = 1 << 20
HELD_AT_ONCE = 500
Laid = Mapping[str, tuple[str, int]]
"""What is kept of files ahead of the transaction that names them: hash and number of bytes by their names."""
NOTHING_LAID: Final[Laid] = {}
_HASH = re.compile("[0-9a-f]{64}")
_UNFINISHED = re.compile(r".+#[0-9]+")
"""What a local folder calls a file until it is whole; no key may end so."""
SPOOL_BYTES = 4 << 20
PARTS_AT_ONCE = 3
BUCKET_PART_BYTES = 5 << 20
"""The least that S3 takes as a part of a file."""
DEFAULT_LIMIT_BYTES = 500 << 20
SWEEP_LOCK = 0x626C6F62
"""The class of PostgreSQL's advisory locks between who keeps a blob and who sweeps it."""


class StoredFile(Model):
    """One file somebody gave us; several rows may share a blob, a blob is never changed."""

    __tablename__ = "stored_files"
    __table_args__ = (Index("ix_stored_files_sha256", "sha256"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sha256: Mapped[str]
    size_bytes: Mapped[int]
    media_type: Mapped[str]
    filename: Mapped[str]
    purpose: Mapped[str]
    stored_at: Mapped[datetime]
    stored_by: Mapped[UUID | None]


class UnheldBlob(Model):
    """A blob that a sweep found needed by nothing, and since when."""

    __tablename__ = "unheld_blobs"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size_bytes: Mapped[int]
    since: Mapped[datetime]


Store = LocalStore | S3Store


def open_store(url: str) -> Store:
    """Return the storage that `url` names.

    `file:///path`, or `s3://KEY:SECRET@bucket/prefix?endpoint=http://host:9000&region=eu-central-1`; without
    key and secret the usual AWS environment counts.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalStore(Path(unquote(parts.path)), mkdir=True)
    if parts.scheme != "s3" or not parts.hostname:
        raise ValueError("LMS_STORAGE_URL must be file:///folder or s3://bucket/prefix")
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    endpoint = query.get("endpoint")
    config: dict[str, Any] = {"region": query.get("region", "us-east-1")}
    if endpoint:
        config |= {"endpoint": endpoint, "virtual_hosted_style_request": False}
    if parts.username:
        config |= {
            "access_key_id": unquote(parts.username),
            "secret_access_key": unquote(parts.password or ""),
        }
    return S3Store(
        parts.hostname,
        prefix=parts.path.strip("/") or None,
        config=config,  # type: ignore[arg-type]  # the typed dict has every key, we fill a few
        client_options={"allow_http": bool(endpoint and endpoint.startswith("http://"))},
    )


def install(app: Flask, url: str) -> None:
    """Give the application its storage."""
    app.extensions["lms.files"] = open_store(url)


def storage() -> Store:
    """Return the current application's storage."""
    found: Store = current_app.extensions["lms.files"]
    return found


def store(
    source: BinaryIO | IO[bytes],
    *,
    filename: str,
    media_type: str,
    purpose: str,
    limit_bytes: int = DEFAULT_LIMIT_BYTES,
    laid: tuple[str, int] | None = None,
) -> StoredFile:
    """Keep what `source` holds and return its row; TooLarge past `limit_bytes`, with nothing kept.

    `laid` is what `lay_blob` gave for it: it is not read again then.
    """
    if laid is None or hold_blobs([laid[0]]):
        laid = keep_blob(source, named=filename, limit_bytes=limit_bytes)
    sha256, size = laid
    return name_blob(sha256, size_bytes=size, filename=filename, media_type=media_type, purpose=purpose)


def name_blob(sha256: str, *, size_bytes: int, filename: str, media_type: str, purpose: str) -> StoredFile:
    """Return a new row for a blob that `keep_blob` has kept."""
    row = StoredFile(
        id=new_id(),
        sha256=sha256,
        size_bytes=size_bytes,
        media_type=media_type,
        filename=filename,
        purpose=purpose,
        stored_at=clock.now(),
        stored_by=current().person_id,
    )
    db.session.add(row)
    db.session.flush()
    return row


def keep_blob(
    source: BinaryIO | IO[bytes], *, named: str = "", limit_bytes: int = DEFAULT_LIMIT_BYTES
) -> tuple[str, int]:
    """Keep bytes for a row of the caller's and return their hash and number.

    A blob whose row never commits is an orphan at worst; a row without its blob cannot come about: it is called in
    the transaction that stores the row. The row keeps the hash in a column whose name ends in `sha256`, by which
    `lms.kernel.sweep` knows that the blob is needed.
    """
    with _hashed(source, named, limit_bytes) as (sha256, size, spool):
        if hold_blobs([sha256]):
            _put(blob_key(sha256), spool)
    return sha256, size


def lay_blob(
    source: BinaryIO | IO[bytes], *, named: str = "", limit_bytes: int = DEFAULT_LIMIT_BYTES
) -> tuple[str, int]:
    """Keep bytes ahead of the transaction that will name them, and return their hash and number.

    What is large is laid first, so that nobody waits for it. The transaction holds it by `hold_blobs`, which says
    what a sweep has taken meanwhile; without one it is an orphan that the sweep finds.
    """
    with _hashed(source, named, limit_bytes) as (sha256, size, spool):
        if not has_blob(sha256):
            _put(blob_key(sha256), spool)
    return sha256, size


@contextlib.contextmanager
def _hashed(
    source: BinaryIO | IO[bytes], named: str, limit_bytes: int
) -> Iterator[tuple[str, int, IO[bytes]]]:
    digest, size = hashlib.sha256(), 0
    with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as spool:
        while chunk := source.read(CHUNK_BYTES):
            size += len(chunk)
            if size > limit_bytes:
                raise TooLarge(f"{named}: more than {limit_bytes} bytes")
            digest.update(chunk)
            spool.write(chunk)
        spool.seek(0)
        yield digest.hexdigest(), size, spool


def _put(key: str, source: IO[bytes]) -> None:
    """Store what `source` has from here on, with a few parts on the way at once and so in memory."""
    place = storage()
    obstore.put(
        place,
        key,
        iter(lambda: source.read(CHUNK_BYTES), b""),
        chunk_size=CHUNK_BYTES if isinstance(place, LocalStore) else BUCKET_PART_BYTES,
        max_concurrency=PARTS_AT_ONCE,
    )


def hold_blobs(hashes: Collection[str]) -> frozenset[str]:
    """Keep `lms.kernel.sweep` from these blobs until the transaction ends, by when rows name them or never will.

    Returns those that the storage does not have: never laid, or swept before they were held.
    """
    connection = db.session.connection()  # On SQLite this is enough: whoever writes is alone.
    if connection.dialect.name == "postgresql":
        for bucket in sorted({bucket_of(one) for one in hashes}):
            connection.execute(select(func.pg_advisory_xact_lock_shared(SWEEP_LOCK, bucket)))
    # They are needed again: their time begins anew.
    listed = sorted(hashes)
    for start in range(0, len(listed), HELD_AT_ONCE):
        some = listed[start : start + HELD_AT_ONCE]
        db.session.execute(delete(UnheldBlob).where(UnheldBlob.sha256.in_(some)))
    return frozenset(one for one in listed if not has_blob(one))


def bucket_of(sha256: str) -> int:
    """Return which of 256 locks stands for a blob: one for each would be more than a database has."""
    return int(sha256[:2], 16)


def get(file_id: UUID) -> StoredFile:
    """Return the row of one file; NotFound if there is none."""
    row = db.session.get(StoredFile, file_id)
    if row is None:
        raise NotFound
    return row


def blob_key(sha256: str) -> str:
    """Return where a blob of this hash lies in the storage."""
    return f"blobs/{sha256[:2]}/{sha256}"


def local_path(key: str) -> Path | None:
    """Return where what the storage keeps under `key` lies on this machine, None if it lies elsewhere."""
    place = storage()
    return Path(place.prefix) / key if isinstance(place, LocalStore) and place.prefix else None


def _packed_key(sha256: str) -> str:
    return f"packed/{sha256[:2]}/{sha256}.gz"


def pack(sha256: str) -> tuple[str, int]:
    """Return under which key a blob of text lies packed (gzip), and its size; made on first need, gone with the blob.

    NotFound if the storage lacks the blob.
    """
    key = _packed_key(sha256)
    try:
        return key, int(obstore.head(storage(), key)["size"])
    except FileNotFoundError:
        packed = gzip.compress(read(sha256), mtime=0)
        obstore.put(storage(), key, packed)
        return key, len(packed)


def has_blob(sha256: str) -> bool:
    """Return whether the storage holds a blob of this hash."""
    try:
        obstore.head(storage(), blob_key(sha256))
    except FileNotFoundError:
        return False
    return True


def drop_blob(sha256: str) -> None:
    """Delete a blob that no row names any more; one that is gone is no error. Only `lms.kernel.sweep` knows which."""
    for key in (blob_key(sha256), _packed_key(sha256)):
        with contextlib.suppress(FileNotFoundError):
            obstore.delete(storage(), key)


def list_blobs(*, at_once: int) -> Iterator[Mapping[str, int]]:
    """Yield every blob of the storage, some at a time: hash to number of bytes."""
    for listed in obstore.list(storage(), "blobs", chunk_size=at_once):
        named = ((PurePosixPath(one["path"]).name, int(one["size"])) for one in listed)
        yield {name: size for name, size in named if _HASH.fullmatch(name)}


def list_unfinished(before: datetime) -> Iterator[tuple[Path, int]]:
    """Yield what processes that were killed left of files they wrote, untouched since `before`, with their bytes.

    Only a folder of this machine keeps such; a bucket keeps parts of uploads, which its own rules let go.
    """
    place = storage()
    if not isinstance(place, LocalStore) or not place.prefix:
        return
    for path in Path(place.prefix).rglob("*#*"):
        with contextlib.suppress(FileNotFoundError):  # it has become whole
            found = path.stat()
            if _UNFINISHED.fullmatch(path.name) and found.st_mtime < before.timestamp():
                yield path, found.st_size


def read(sha256: str) -> bytes:
    """Return a small blob whole; NotFound if the storage lacks it."""
    try:
        return bytes(obstore.get(storage(), blob_key(sha256)).bytes())
    except FileNotFoundError as error:
        raise NotFound from error


def chunks(sha256: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """Yield a blob's bytes from `start` up to but not including `end`, a chunk at a time."""
    place, key = storage(), blob_key(sha256)
    stop = int(obstore.head(place, key)["size"]) if end is None else end
    while start < stop:
        upto = min(start + CHUNK_BYTES, stop)
        yield bytes(obstore.get_range(place, key, start=start, end=upto))
        start = upto


class _Blob(io.RawIOBase):
    """A blob as a raw file of Python's own: the storage library reads into buffers that WSGI servers do not take."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = bytes(self._reader.read(len(buffer)))
        buffer[: len(piece)] = piece
        return len(piece)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._reader.seek(offset, whence))

    def tell(self) -> int:
        return int(self._reader.tell())


def open_blob(sha256: str) -> BinaryIO:
    """Return a blob as a file that can be read and sought; NotFound if the storage lacks it."""
    return open_key(blob_key(sha256))


def open_key(key: str) -> BinaryIO:
    """Return what the storage keeps under `key` as a file that can be read and sought; NotFound if there is nothing."""
    try:
        return io.BufferedReader(_Blob(obstore.open_reader(storage(), key)), CHUNK_BYTES)
    except FileNotFoundError as error:
        raise NotFound from error


def keep_derived(name: str, content: bytes) -> None:
    """Keep a file that can be made again, under a name that is the hash of all it was made from.

    It is no row and no truth, so a GET may store one on first need.
    """
    obstore.put(storage(), f"derived/{name}", content)


def forget_derived(name: str) -> None:
    """Delete a derived file; one that is gone is no error."""
    with contextlib.suppress(FileNotFoundError):
        obstore.delete(storage(), f"derived/{name}")


def find_derived(name: str) -> bytes | None:
    """Return a derived file, or None if it has not been made yet."""
    try:
        return bytes(obstore.get(storage(), f"derived/{name}").bytes())
    except FileNotFoundError:
        return None


def hold(name: str, source: BinaryIO | IO[bytes]) -> None:
    """Keep a file under a name of the caller's own until `let_go`: what is only on its way, and must be forgettable.

    A blob may be shared and so is never deleted; this is nobody else's.
    """
    _put(f"held/{name}", source)


def held(name: str) -> bytes:
    """Return a file that is held; NotFound once it was let go."""
    try:
        return bytes(obstore.get(storage(), f"held/{name}").bytes())
    except FileNotFoundError as error:
        raise NotFound from error


def let_go(name: str) -> None:
    """Delete a file that is held; one that is gone stays gone."""
    with contextlib.suppress(FileNotFoundError):
        obstore.delete(storage(), f"held/{name}")
