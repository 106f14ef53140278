"""The keys of badges in a folder: one that signs, and what is left of those that did."""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lms.kernel.credentials.multibase import multikey_of
from lms.kernel.credentials.values import NoKey, PublicKey, Signer

SECRET: Final = "key.pem"  # noqa: S105  the name of a file
FORMER: Final = "former-*.pem"
SINCE: Final = b"# since "
"""The line before the key that says since when it signs: a PEM file may say something before it begins."""
STAMP: Final = "%Y%m%dT%H%M%SZ"


def find_or_make(folder: Path, now: datetime) -> Signer:
    """Return the key that signs, made the first time; NoKey if it cannot be read or made."""
    try:
        if not (folder / SECRET).exists():
            _make(folder, now, is_first=True)
        return _read(folder / SECRET)
    except OSError as error:
        raise NoKey(f"Badges cannot be signed: {folder}: {error.strerror}.") from error
    except ValueError as error:
        raise NoKey(f"Badges cannot be signed: {folder / SECRET} holds no Ed25519 key.") from error


def rotate(folder: Path, now: datetime) -> Signer:
    """Sign with a new key from now on. Of the former its public half is kept, by which it is known for ever.

    NoKey, with nothing changed, if it cannot be stored.
    """
    find_or_make(folder, now)
    with _alone(folder):
        return _rotate(folder, now)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one at a time change the keys: of two new keys at once one would sign and be known to nobody."""
    door = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield
    finally:
        os.close(door)


def _rotate(folder: Path, now: datetime) -> Signer:
    before = find_or_make(folder, now)
    public = before.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    try:
        # First what must not be lost: whoever is killed between the two has one key twice.
        _lay(folder, folder / f"former-{now.astimezone(UTC):{STAMP}}-{before.multikey[-8:]}.pem", public)
        _make(folder, now, is_first=False)
    except OSError as error:
        raise NoKey(f"The key is not changed: {folder}: {error.strerror}.") from error
    return find_or_make(folder, now)


def list_public(folder: Path) -> Sequence[PublicKey]:
    """Return the keys by which badges are checked: the one that signs first, then the former, the latest first."""
    current = _read(folder / SECRET).multikey
    found = {current: PublicKey(current)}
    for path in sorted(folder.glob(FORMER), reverse=True):
        with contextlib.suppress(OSError, ValueError, TypeError):
            key = serialization.load_pem_public_key(path.read_bytes())
            if isinstance(key, Ed25519PublicKey):
                until = datetime.strptime(path.name.split("-")[1], STAMP).replace(tzinfo=UTC)
                found.setdefault(multikey_of(key), PublicKey(multikey_of(key), until))
    return list(found.values())


def _read(path: Path) -> Signer:
    content = path.read_bytes()
    try:
        key = serialization.load_pem_private_key(content, None)
    except TypeError as error:
        raise ValueError("the key has a password") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("no Ed25519 key")  # noqa: TRY004  what a file holds, not what a caller gave
    first = content.splitlines()[0]
    since = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    if first.startswith(SINCE):
        since = datetime.fromisoformat(first[len(SINCE) :].decode())
    return Signer(key, multikey_of(key.public_key()), since)


def _make(folder: Path, now: datetime, *, is_first: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    since = now.astimezone(UTC).replace(microsecond=0).isoformat().encode()
    _lay(folder, folder / SECRET, SINCE + since + b"\n" + secret, keep=is_first)


def _lay(folder: Path, path: Path, content: bytes, *, keep: bool = False) -> None:
    """Write a file whole or not at all, that its owner alone may read; `keep` leaves one that is there."""
    handle, name = tempfile.mkstemp(prefix=".", dir=folder)
    try:
        with os.fdopen(handle, "wb") as new:
            new.write(content)
            new.flush()
            os.fsync(new.fileno())
        if keep:
            # Of two processes that start together the second keeps the first's.
            with contextlib.suppress(FileExistsError):
                os.link(name, path)
        else:
            Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
