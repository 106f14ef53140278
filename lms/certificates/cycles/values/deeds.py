"""Frozen pictures of practice and of what is given by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from lms.certificates.values import CertificationId, DeedKey
from lms.identity.values import PersonId


class Said(StrEnum):
    """Whose words about a deed these are."""

    EVIDENCE = "evidence"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """Practice that was logged. `is_approved` is None while nobody has said; `words` are gone with an erased person."""

    id: UUID
    certification_id: CertificationId
    key: DeedKey
    title: str
    person_id: PersonId
    person_name: str
    employer_name: str
    minutes: int
    done_on: date
    words: str
    file_id: UUID | None
    filename: str
    logged_at: datetime
    logged_by: PersonId | None
    is_approved: bool | None
    verdict: str
    decided_at: datetime | None
    decided_by: PersonId | None

    @property
    def hours(self) -> Decimal:
        """Return how long it was, in hours."""
        return Decimal(self.minutes) / 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An item that was given by hand."""

    id: UUID
    certification_id: CertificationId
    key: DeedKey
    title: str
    person_id: PersonId
    words: str
    file_id: UUID | None
    filename: str
    at: datetime
    by: PersonId | None
    taken_at: datetime | None
    """When it was taken back, None while it counts; `verdict` says why."""
    taken_by: PersonId | None
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeSheet:
    """One thing to practise and how far a person is; `approved` and `waiting` are hours."""

    key: DeedKey
    title: str
    hours: int
    approved: Decimal
    waiting: Decimal
    entries: Sequence[Practice]
