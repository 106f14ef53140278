"""Frozen pictures of what is asked for a person instead of what a certification asks of them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from lms.certificates.values import CertificationId, RequestId, RequestKind, RequestState
from lms.identity.values import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An exemption or a recognition of prior learning that was asked for; `through` is its last day, if it ends."""

    id: RequestId
    kind: RequestKind
    state: RequestState
    person_id: PersonId
    person_name: str
    certification_id: CertificationId
    title: str
    glyph: str
    words: str
    file_id: UUID | None
    filename: str
    through: date | None
    asked_at: datetime
    asked_by: PersonId | None
    asker_name: str
    decided_at: datetime | None
    decided_by: PersonId | None
    decider_name: str
    answer: str
