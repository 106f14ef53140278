"""Verifiable credentials: signed with the key of this installation, and known by it for ever.

The keys lie in the data folder and are read again when they change there. What canonicalises is loaded at first use.
"""

import importlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from flask import Flask, current_app

from lms.kernel import clock
from lms.kernel.credentials import keys
from lms.kernel.credentials.values import NoKey, Proven, PublicKey, Signer, Unreadable

__all__ = [
    "NoKey",
    "Proven",
    "PublicKey",
    "Signer",
    "Unreadable",
    "install",
    "list_keys",
    "prove",
    "rotate_key",
    "sign",
    "signer",
]

FOLDER: Final = "badge-keys"
_KEY: Final = "lms.credentials"


class _Office:
    """The keys of one installation, read when they were changed."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / FOLDER
        self._seen: tuple[int, int] | None = None
        self._signer: Signer | None = None
        self._public: Sequence[PublicKey] = ()

    def open(self) -> Signer:
        seen = self._look()
        if self._signer is None or seen != self._seen:
            self._signer = keys.find_or_make(self.folder, clock.now())
            self._public = keys.list_public(self.folder)
            # As it was before: what was changed while we read is read again the next time.
            self._seen = seen
        return self._signer

    def public(self) -> Sequence[PublicKey]:
        self.open()
        return self._public

    def _look(self) -> tuple[int, int] | None:
        try:
            return self.folder.stat().st_mtime_ns, (self.folder / keys.SECRET).stat().st_mtime_ns
        except OSError:
            return None


def install(app: Flask, data_dir: Path) -> None:
    """Give the application its keys of badges. Nothing is read or made before the first signature or look."""
    app.extensions[_KEY] = _Office(data_dir)


def _office() -> _Office:
    found: _Office = current_app.extensions[_KEY]
    return found


def signer() -> Signer:
    """Return the key that signs; NoKey."""
    return _office().open()


def list_keys() -> Sequence[PublicKey]:
    """Return the keys by which badges of this installation are checked, the one that signs first; NoKey."""
    return _office().public()


def rotate_key(now: datetime) -> Signer:
    """Sign with a new key from now on; NoKey, with nothing changed. What was signed before stays known as ours."""
    return keys.rotate(_office().folder, now)


def sign(document: Mapping[str, Any], *, controller: str, created: str) -> Mapping[str, Any]:
    """Return a credential with its proof; `controller` is the DID whose document names our keys. NoKey."""
    one = signer()
    signed: Mapping[str, Any] = _proofs().sign(
        document, one, method=f"{controller}#{one.multikey}", created=created
    )
    return signed


def prove(document: Mapping[str, Any], *, is_readable: bool = True) -> Proven:
    """Return what the proof of a credential says, by our keys alone; Unreadable for what has none of our kind.

    `is_readable` False says that the document cannot be one of ours, whatever its proof: it is not read further.
    """
    known = {one.multikey for one in list_keys()}
    found: Proven = _proofs().prove(document, is_ours=known.__contains__, is_readable=is_readable)
    return found


def _proofs() -> Any:
    # A tenth of a second: paid by the first badge, not by every process's start.
    return importlib.import_module("lms.kernel.credentials.proofs")
