"""What a certificate says on paper and in public, ready to be set."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from lms.certificates.values import Certificate


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
