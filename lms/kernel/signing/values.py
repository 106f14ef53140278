"""Who signs, and what is found in a signed document."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec

from lms.kernel.errors import Unavailable


class CannotSign(Unavailable):
    """No certificate of ours may sign now; the message says why."""

    code = "cannot-sign"


class Origin(StrEnum):
    """Where the signing certificate comes from."""

    SETTINGS = "settings"
    OWN = "own"
    """An authority made in the data folder."""


@dataclass(frozen=True, slots=True)
class SignerState:
    """Who signs, or the reason why nobody does."""

    origin: Origin
    subject: str = ""
    issuer: str = ""
    until: datetime | None = None
    reason: str = ""

    @property
    def is_well(self) -> bool:
        """Return whether documents can be signed."""
        return not self.reason


class Trust(StrEnum):
    """Whether a signer is believed."""

    OURS = "ours"
    STRANGE = "strange"
    """Whole, but by somebody whom this installation does not know."""
    UNKNOWN = "unknown"
    """Not looked at, for there is no signature or it is broken."""


class Given(msgspec.Struct, frozen=True):
    """A file to examine, whom to believe, and the names of who signs for this installation (both DER)."""

    pdf: bytes
    roots: tuple[bytes, ...]
    signers: tuple[bytes, ...]


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """The text of a file's first pages by lines; of one that something was added to also what came and what went."""

    lines: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says of itself.

    `is_pdf` whether it can be read as one; `is_signed`; `is_intact` whether the signed bytes are as they were signed;
    `is_changed` whether something was added after; `signed_at` as the signer says; `signed_bytes` how far the
    signature reaches; `texts` what may hold a number; `language` the document's own.
    """

    is_pdf: bool
    is_signed: bool = False
    is_intact: bool = False
    is_changed: bool = False
    trust: Trust = Trust.UNKNOWN
    signer: str = ""
    signed_at: datetime | None = None
    signed_bytes: int = 0
    texts: tuple[str, ...] = ()
    language: str = ""
    shown: Shown = Shown()

    @property
    def is_genuine(self) -> bool:
        """Return whether it is as this installation signed it."""
        return self.is_intact and not self.is_changed and self.trust is Trust.OURS


class CannotExamine(Unavailable):
    """So many files are looked at already that this one has to wait; the message says so."""

    code = "cannot-examine"


class TooMuch(Exception):
    """A file that takes more memory or time to read than any document of ours."""
