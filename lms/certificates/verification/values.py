"""What the public page says of a certificate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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
    """What a file says of itself: see `lms.kernel.signing.values.Examined`. `codes` are the numbers in it."""

    is_pdf: bool
    is_signed: bool
    is_intact: bool
    is_changed: bool
    is_ours: bool
    signer: str
    signed_at: datetime | None
    codes: Sequence[str]
