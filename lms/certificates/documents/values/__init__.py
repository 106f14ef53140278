"""What a certificate says on paper and in public, ready to be set."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Literal, NewType, TypeAlias
from uuid import UUID

from lms.certificates.values import Certificate, CertificateId, CertificationId
from lms.identity.values import OrganisationId
from lms.kernel.pdf.values import Attachment

BundleId = NewType("BundleId", UUID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One thing a certificate rests on; `score` and `minimum` are from 0 to 1, None where there is no score."""

    kind: Literal["course", "score", "certificate", "attendance", "practice", "given", "recognition"]
    title: str
    score: Decimal | None = None
    minimum: Decimal | None = None
    hours: int | None = None
    """Of practice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One certificate with the names it is read with today. It holds no e-mail address and no id of a person."""

    certificate: Certificate
    holder: str
    language: str
    """The holder's language, which the document is set in."""
    issuer: str
    employer: str
    """Who employed the holder on the day of issue, or nothing."""
    url: str
    """The public page."""
    grounds: Sequence[Ground]


Attaching: TypeAlias = Callable[[Proof], Sequence[Attachment]]
"""What offers files that a certificate's PDF carries, the same while what they are made of says the same."""


@dataclass(frozen=True, slots=True)
class Written:
    """A document ready to be set: its HTML, the style sheets it is set in, and what else it is made of.

    `assets` are bytes by the names under which the HTML refers to them; what stands in the HTML itself is not among
    them. All three together are all that the PDF is made of.
    """

    html: str
    styles: tuple[Path, ...]
    assets: Mapping[str, bytes]


class BundleState(StrEnum):
    """How far a bundle is."""

    SETTING = "setting"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Documents of many certificates in one zip. `done` of `total` were looked at, `left_out` of these not set."""

    id: BundleId
    partner_id: OrganisationId | None
    partner: str
    certification_id: CertificationId | None
    certification: str
    state: BundleState
    asked_at: datetime
    total: int
    done: int
    left_out: int
    failure: str
    zip_sha256: str | None
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An issued certificate whose document waits."""

    certificate_id: CertificateId
    code: str
    title: str
    holder: str
    issued_on: date
    reason: str
    since: datetime
