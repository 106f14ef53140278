"""What has happened to certifications and to the people who hold them."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from lms.certificates.values import CertificateId, CertificationId, CycleId, EquivalenceId, RequestId
from lms.identity.values import PersonId
from lms.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CertificationDefined(Event):
    """A certification was defined."""

    SUBJECT: ClassVar[str] = "certification_id"
    certification_id: CertificationId


@dataclass(frozen=True, kw_only=True)
class CertificationDescribed(Event):
    """A certification's words, glyph, brand, state or positions changed; its rule did not."""

    SUBJECT: ClassVar[str] = "certification_id"
    certification_id: CertificationId


@dataclass(frozen=True, kw_only=True)
class RulesChanged(Event):
    """A certification follows version `version` of its rule from now on."""

    SUBJECT: ClassVar[str] = "certification_id"
    certification_id: CertificationId
    version: int


@dataclass(frozen=True, kw_only=True)
class CycleAssigned(Event):
    """A person is to earn a certification, or to renew it."""

    SUBJECT: ClassVar[str] = "person_id"
    person_id: PersonId
    certification_id: CertificationId
    cycle_id: CycleId
    due_on: date | None


@dataclass(frozen=True, kw_only=True)
class CertificateIssued(Event):
    """A certificate entered the ledger."""

    SUBJECT: ClassVar[str] = "certificate_id"
    certificate_id: CertificateId
    person_id: PersonId
    certification_id: CertificationId
    code: str
    valid_through: date


@dataclass(frozen=True, kw_only=True)
class CertificateRevoked(Event):
    """A certificate was taken back."""

    SUBJECT: ClassVar[str] = "certificate_id"
    certificate_id: CertificateId
    person_id: PersonId
    certification_id: CertificationId
    reason: str


@dataclass(frozen=True, kw_only=True)
class CertificateReinstated(Event):
    """A certificate that was taken back counts again."""

    SUBJECT: ClassVar[str] = "certificate_id"
    certificate_id: CertificateId
    person_id: PersonId
    certification_id: CertificationId
    code: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PersonExempted(Event):
    """A person need not hold a certification."""

    SUBJECT: ClassVar[str] = "person_id"
    person_id: PersonId
    certification_id: CertificationId
    reason: str


@dataclass(frozen=True, kw_only=True)
class PracticeLogged(Event):
    """Practice was logged and waits for a trainer's word."""

    SUBJECT: ClassVar[str] = "practice_id"
    practice_id: UUID
    person_id: PersonId
    certification_id: CertificationId
    minutes: int


@dataclass(frozen=True, kw_only=True)
class PracticeDecided(Event):
    """A trainer approved practice or turned it down."""

    SUBJECT: ClassVar[str] = "practice_id"
    practice_id: UUID
    person_id: PersonId
    is_approved: bool


@dataclass(frozen=True, kw_only=True)
class ExemptionAsked(Event):
    """An exemption, or the recognition of prior learning, was asked for a person."""

    SUBJECT: ClassVar[str] = "request_id"
    request_id: RequestId
    person_id: PersonId
    certification_id: CertificationId


@dataclass(frozen=True, kw_only=True)
class ExemptionDecided(Event):
    """Such a request was approved or refused."""

    SUBJECT: ClassVar[str] = "request_id"
    request_id: RequestId
    person_id: PersonId
    certification_id: CertificationId
    is_approved: bool


@dataclass(frozen=True, kw_only=True)
class ItemTakenBack(Event):
    """A trainer took back what a person was given by hand."""

    SUBJECT: ClassVar[str] = "given_id"
    given_id: UUID
    person_id: PersonId
    certification_id: CertificationId
    title: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ItemWasGiven(Event):
    """A trainer gave a person something by hand."""

    SUBJECT: ClassVar[str] = "given_id"
    given_id: UUID
    person_id: PersonId
    certification_id: CertificationId
    title: str


@dataclass(frozen=True, kw_only=True)
class ExemptionWithdrawn(Event):
    """Who asked took such a request back before it was decided."""

    SUBJECT: ClassVar[str] = "request_id"
    request_id: RequestId
    person_id: PersonId
    certification_id: CertificationId


@dataclass(frozen=True, kw_only=True)
class EquivalenceDeclared(Event):
    """Holding one certification counts for another from now on."""

    SUBJECT: ClassVar[str] = "equivalence_id"
    equivalence_id: EquivalenceId
    from_id: CertificationId
    to_id: CertificationId
    is_for_company: bool = False
    """Whether it counts for partners only."""


@dataclass(frozen=True, kw_only=True)
class EquivalenceEnded(Event):
    """Holding one certification is credited for another no more."""

    SUBJECT: ClassVar[str] = "equivalence_id"
    equivalence_id: EquivalenceId
    from_id: CertificationId
    to_id: CertificationId
    is_for_company: bool = False


@dataclass(frozen=True, kw_only=True)
class DesignPublished(Event):
    """New certificates of its brand and language get version `number` of a design from now on."""

    SUBJECT: ClassVar[str] = "design_id"
    design_id: UUID
    number: int


UNHEARD: frozenset[type[Event]] = frozenset(
    {DesignPublished, ExemptionWithdrawn, ItemWasGiven, PracticeLogged}
)
"""Facts to which nobody reacts: what follows from them is done by who records them."""
