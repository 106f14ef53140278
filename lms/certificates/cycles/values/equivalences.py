"""What counts for what, as its page shows it."""

from dataclasses import dataclass
from datetime import date, datetime

from lms.certificates.values import CertificationId, EquivalenceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalence:
    """Who holds `from_title` is credited `to_title`; `credited` certificates were issued for it so far."""

    id: EquivalenceId
    from_id: CertificationId
    from_title: str
    to_id: CertificationId
    to_title: str
    to_glyph: str
    up_to_version: int | None
    through: date | None
    declared_at: datetime
    ended_at: datetime | None
    credited: int
