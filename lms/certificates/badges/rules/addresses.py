"""Where everything of a badge is found, under the public address of this installation."""

from datetime import date
from typing import Final
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

from lms.certificates.values import Certificate

LINKEDIN: Final = "https://www.linkedin.com/profile/add"


def did_of(base_url: str) -> str:
    """Return the DID of an installation: its host, and its port with the colon written as %3A (did:web §3.2)."""
    return f"did:web:{quote(urlsplit(base_url).netloc.lower(), safe='')}"


def badge_of(base_url: str, code: str) -> str:
    """Return the address of a badge, which is its id too."""
    return f"{base_url}/verify/{code}/badge.json"


def list_of(base_url: str, number: int) -> str:
    """Return the address of a public list."""
    return f"{base_url}/badges/status/{number}"


def achievement_of(base_url: str, certification_id: UUID) -> str:
    """Return the address of what badges of a certification are for."""
    return f"{base_url}/badges/achievements/{certification_id}"


def linkedin_of(certificate: Certificate, *, issuer: str, url: str, valid_through: date) -> str:
    """Return the link that fills in LinkedIn's form for a certification; nothing is sent before somebody follows it."""
    given = {
        "startTask": "CERTIFICATION_NAME",
        "name": certificate.title,
        "organizationName": issuer,
        "issueYear": certificate.issued_on.year,
        "issueMonth": certificate.issued_on.month,
        "expirationYear": valid_through.year,
        "expirationMonth": valid_through.month,
        "certUrl": url,
        "certId": certificate.code,
    }
    return f"{LINKEDIN}?{urlencode(given, quote_via=quote)}"
