"""Signing: documents are signed with the key of this installation, which is loaded once and kept (PAdES B-B).

The chain and its key come from the settings, else from an authority of our own in the data folder. A chain that cannot
sign (expired, of another key, not readable) stops nothing but signing: the reason is kept and said.
"""

import importlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import structlog
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate
from flask import Flask, current_app

from lms.kernel import clock
from lms.kernel.confined import Confined, GaveUp, TooBusy
from lms.kernel.messages import Message
from lms.kernel.signing.authority import find_or_make, former, replace
from lms.kernel.signing.chains import Chain, ChainRefused, check, read_chain
from lms.kernel.signing.values import (
    CannotExamine,
    CannotSign,
    Examined,
    Given,
    Origin,
    SignerState,
    TooMuch,
    Trust,
)

__all__ = [
    "CannotExamine",
    "CannotSign",
    "ChainRefused",
    "Examined",
    "Origin",
    "SignerState",
    "TooMuch",
    "Trust",
    "examine",
    "fingerprint",
    "install",
    "look",
    "replace_own",
    "sign",
    "warn_if_refused",
]

log = structlog.get_logger(__name__)
FOLDER = "signing"
_examiners = Confined("lms.kernel.signing.examining")
_KEY = "lms.signing"


class _Office:
    """Where the chain of one installation comes from, and the chain itself once it is loaded."""

    def __init__(
        self, data_dir: Path, certificate: Path | None, key: Path | None, password: str | None
    ) -> None:
        self.folder = data_dir / FOLDER
        self.certificate, self.key, self.password = certificate, key, password
        self.chain: Chain | None = None
        self.refused = ""

    @property
    def origin(self) -> Origin:
        return Origin.OWN if self.certificate is None else Origin.SETTINGS

    def open(self, now: datetime) -> Chain:
        """Return the chain; CannotSign if there is none that may sign at `now`."""
        chain = self.load()
        try:
            check(chain, now)
        except ChainRefused as refusal:
            raise _refusal(str(refusal)) from refusal
        return chain

    def load(self) -> Chain:
        """Return the chain, read once, whether or not it may sign now; CannotSign if it cannot be read."""
        if self.chain is None and not self.refused:
            try:
                self.chain = self._read()
            except ChainRefused as refusal:
                self.refused = str(refusal)
        if self.chain is None:
            raise _refusal(self.refused)
        return self.chain

    def _read(self) -> Chain:
        if self.certificate is not None and self.key is not None:
            return read_chain(self.certificate, self.key, self.password)
        return find_or_make(self.folder, clock.now())

    def known(self) -> Sequence[tuple[Certificate, Certificate]]:
        """Return who signs, or did, for this installation, each with the top of the chain that certifies it."""
        own = former(self.folder)
        try:
            chain = self.load()
        except CannotSign:
            return own
        return [(chain.certificate, chain.roots[0]), *own]


def _refusal(reason: str) -> CannotSign:
    return CannotSign(f"Documents cannot be signed: {reason}.")


def install(
    app: Flask, data_dir: Path, *, certificate: Path | None, key: Path | None, password: str | None
) -> None:
    """Give the application its signer. Nothing is read or made before the first signature or look."""
    app.extensions[_KEY] = _Office(data_dir, certificate, key, password)


def _office() -> _Office:
    found: _Office = current_app.extensions[_KEY]
    return found


def look(now: datetime) -> SignerState:
    """Return who signs and until when, or why nobody can."""
    office = _office()
    try:
        chain = office.open(now)
    except CannotSign as refusal:
        return SignerState(office.origin, reason=refusal.message)
    return SignerState(office.origin, subject=chain.subject, issuer=chain.issuer, until=chain.until)


def fingerprint() -> str:
    """Return the SHA-256 of the certificate that signs, or did until it ended; CannotSign if none can be read."""
    return _office().load().fingerprint


def replace_own(now: datetime, *, certificate: Path | None = None, key: Path | None = None) -> SignerState:
    """Put a chain in the place of the data folder's own, or a new one of its own; ChainRefused changes nothing.

    The former stays beside it: what it signed is known as ours for ever.
    """
    office = _office()
    replace(office.folder, certificate=certificate, key=key, now=now)
    office.chain, office.refused = None, ""
    return look(now)


def sign(pdf: bytes, *, field: str, reason: str, now: datetime) -> bytes:
    """Return a PDF with its empty signature field `field` signed; CannotSign.

    The signature certifies: nothing may be changed after it.
    """
    return bytes(_sealing().seal(pdf, chain=_office().open(now), field=field, reason=reason, now=now))


def examine(pdf: bytes) -> Examined:
    """Return what a PDF says and shows, whoever made it; none but this installation is trusted.

    It is read in a process of its own. TooMuch if that takes more than any document of ours, CannotExamine if there
    is no room for it now.
    """
    known = _office().known()
    given = Given(
        pdf=pdf,
        roots=tuple(top.public_bytes(Encoding.DER) for _signer, top in known),
        signers=tuple(signer.subject.public_bytes() for signer, _top in known),
    )
    try:
        said = _examiners.run(msgspec.msgpack.encode(given))
    except GaveUp as end:
        raise TooMuch from end
    except TooBusy as busy:
        raise CannotExamine(
            Message("Other files are being looked at just now. Try again in a few seconds.")
        ) from busy
    return msgspec.msgpack.decode(said, type=Examined)


def _sealing() -> Any:
    # Two seconds: paid by the first signature, not by every process's start.
    return importlib.import_module("lms.kernel.signing.sealing")


def warn_if_refused(now: datetime) -> None:
    """Say in the log, at start, that nothing can be signed and why. Never raises."""
    state = look(now)
    if not state.is_well:
        log.error("signing.refused", reason=state.reason)
