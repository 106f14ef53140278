"""What the public page says of a certificate."""

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
