"""What counts for what, as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from lms.certificates.values import CertificationId, EquivalenceId


class Credited(StrEnum):
    """Who is credited."""

    PERSON = "person"
    """They are issued a certificate of the other."""
    COMPANY = "company"
    """They count as holders of the other for their partner, and hold nothing more themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """Whom an equivalence would concern: `counted` people who hold the one and not the other, and their partners.

    `holders` hold the one, those who hold both included.
    """

    holders: int
    counted: int
    partners: Sequence[tuple[str, int]]
    other_partners: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalence:
    """Who holds `from_title` is credited `to_title`; `certificates` were issued for it so far."""

    id: EquivalenceId
    from_id: CertificationId
    from_title: str
    to_id: CertificationId
    to_title: str
    to_glyph: str
    credited: Credited
    up_to_version: int | None
    through: date | None
    declared_at: datetime
    ended_at: datetime | None
    certificates: int
