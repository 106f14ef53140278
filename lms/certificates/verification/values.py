"""What the public page says of a certificate, and of a file that claims to be one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lms.certificates.documents.values import Proof
from lms.certificates.values import CertificateState, Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A certificate and what it is worth at `checked_at`; `mark` says why when something was said of it since."""

    proof: Proof
    state: CertificateState
    checked_at: datetime
    mark: Mark | None
    has_successor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What a file says of itself: see `lms.kernel.signing.values.Examined`. `codes` are the numbers in it.

    `added` and `gone` are the lines of its pages that came and went after it was signed.
    """

    is_pdf: bool
    is_signed: bool
    is_intact: bool
    is_changed: bool
    is_ours: bool
    signer: str
    signed_at: datetime | None
    codes: Sequence[str]
    added: Sequence[str] = ()
    gone: Sequence[str] = ()


class Ruling(StrEnum):
    """What a file turned out to be, in one word."""

    GENUINE = "genuine"
    """As this portal signed it, and its certificate counts."""
    WITHDRAWN = "withdrawn"
    """As this portal signed it, and its certificate counts no more."""
    ALTERED = "altered"
    STRANGE = "strange"
    """Whole, and signed by somebody else."""
    UNSIGNED = "unsigned"
    UNKNOWN = "unknown"
    """As this portal signed it, and its number is not in the register."""
    OTHER_KIND = "other_kind"
    """Nothing that we check."""
    TOO_MUCH = "too_much"
    """It takes more to read than any certificate does."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing that was found; `is_well` None where it is neither good nor bad."""

    words: str
    is_well: bool | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What the register says in one respect; `is_shown` whether the file shows it, None if it shows no text."""

    what: str
    text: str
    is_shown: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A file that was looked at: what it is, why, and the certificate whose number it bears, as it stands now."""

    ruling: Ruling
    sayings: Sequence[Saying]
    verdict: Verdict | None = None
    claims: Sequence[Claim] = ()
    added: Sequence[str] = ()
    gone: Sequence[str] = ()
