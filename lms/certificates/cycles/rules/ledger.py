"""Which of a person's certificates they go by: what the ledger says, replayed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lms.certificates.values import CertificateId, Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One certificate of a person's history with a certification, and what holds of it now."""

    id: CertificateId
    code: str
    issued_at: datetime
    term: Term
    revoked_at: datetime | None = None
    is_superseded: bool = False

    @property
    def is_in_force(self) -> bool:
        """Return whether nothing was said of it since that ends it."""
        return self.revoked_at is None and not self.is_superseded


def find_gone_by(entries: Sequence[Entry]) -> Entry | None:
    """Return the certificate a person goes by: the last in force, else the last that was issued.

    `entries` are in the order of their issue.
    """
    return next((one for one in reversed(entries) if one.is_in_force), entries[-1] if entries else None)


def find_superseding(entries: Sequence[Entry], reinstated: CertificateId) -> tuple[Entry, Entry] | None:
    """Return (which, by which) is superseded once an entry counts again, None if nothing is.

    Of two in force the later one stands: what was issued while the other was revoked, or the reinstated one itself.
    """
    standing = [one for one in entries if one.is_in_force]
    if len(standing) == 1 or reinstated not in {one.id for one in standing}:
        return None
    return standing[-2], standing[-1]
