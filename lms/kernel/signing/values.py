"""Who signs, and what is found in a signed document."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What a file says of itself.

    `is_pdf` whether it can be read as one; `is_signed`; `is_intact` whether the signed bytes are as they were signed;
    `is_changed` whether something was added after; `signed_at` as the signer says; `texts` what may hold a number.
    """

    is_pdf: bool
    is_signed: bool = False
    is_intact: bool = False
    is_changed: bool = False
    trust: Trust = Trust.UNKNOWN
    signer: str = ""
    signed_at: datetime | None = None
    texts: tuple[str, ...] = ()

    @property
    def is_genuine(self) -> bool:
        """Return whether it is as this installation signed it."""
        return self.is_intact and not self.is_changed and self.trust is Trust.OURS
