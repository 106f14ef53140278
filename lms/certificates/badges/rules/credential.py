"""A certificate as an `OpenBadgeCredential` (1EdTech Open Badges 3.0, §B.1), before it is signed."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from lms.certificates.badges.rules.addresses import achievement_of, badge_of, did_of, list_of
from lms.certificates.badges.values import Place, Said
from lms.certificates.values import Certification

CONTEXTS: Final = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
LAST_MOMENT: Final = timedelta(seconds=1)
"""`validUntil` is the last second in which it is valid; our terms end at the first in which it is not."""


def write_credential(said: Said) -> Mapping[str, Any]:
    """Return what a badge says. Names of people stand in it only where the public page shows them.

    It names no `credentialSchema`: 1EdTech's type for it stands in none of the contexts, so it could not be signed.
    """
    certificate, base = said.certificate, said.base_url
    return {
        "@context": list(CONTEXTS),
        "id": badge_of(base, certificate.code),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": certificate.title,
        "issuer": _issuer(said),
        "awardedDate": instant(certificate.issued_at),
        "validFrom": instant(said.place.since),
        "validUntil": instant(certificate.term.expires_at - LAST_MOMENT),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": _identifiers(said),
            "licenseNumber": certificate.code,
            "achievement": {
                **_achievement(
                    achievement_of(base, certificate.certification_id),
                    certificate.title,
                    said.description,
                    said.narrative,
                    certificate.rule_version,
                ),
                "inLanguage": said.language,
            },
        },
        "credentialStatus": _status(base, said.place),
    }


def write_achievement(base_url: str, certification: Certification, narrative: str) -> Mapping[str, Any]:
    """Return what badges of a certification are for, as a document of its own."""
    return {
        "@context": list(CONTEXTS),
        **_achievement(
            achievement_of(base_url, certification.id),
            certification.title,
            certification.description,
            narrative,
            certification.rule_version,
        ),
    }


def write_list(base_url: str, issuer: str, number: int, encoded: str, since: datetime) -> Mapping[str, Any]:
    """Return a public list as a `BitstringStatusListCredential` (W3C Bitstring Status List v1.0 §2.2)."""
    return {
        "@context": list(CONTEXTS),
        "id": list_of(base_url, number),
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": {"id": did_of(base_url), "type": ["Profile"], "name": issuer, "url": base_url},
        "validFrom": instant(since),
        "credentialSubject": {
            "id": f"{list_of(base_url, number)}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded,
        },
    }


def write_controller(base_url: str, multikeys: Sequence[str]) -> Mapping[str, Any]:
    """Return the DID document: every key that ever signed, each as a Multikey."""
    did = did_of(base_url)
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [_method(did, one) for one in multikeys],
        "assertionMethod": [f"{did}#{one}" for one in multikeys],
    }


def write_key(base_url: str, multikey: str) -> Mapping[str, Any]:
    """Return the document of one key, as it stands in the DID document too."""
    return {"@context": "https://w3id.org/security/multikey/v1", **_method(did_of(base_url), multikey)}


def hashed(identifier: str, salt: str) -> str:
    """Return an `IdentityHash`: SHA-256 over an identifier with the salt behind it."""
    return f"sha256${hashlib.sha256((identifier + salt).encode()).hexdigest()}"


def instant(at: datetime) -> str:
    """Return an instant to the second, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _achievement(
    address: str, title: str, description: str, narrative: str, version: int
) -> Mapping[str, Any]:
    return {
        "id": address,
        "type": ["Achievement"],
        "achievementType": "Certification",
        "name": title,
        "description": description or title,
        "criteria": {"narrative": narrative},
        "image": {"id": f"{address}.png", "type": "Image", "caption": title},
        "version": str(version),
    }


def _method(did: str, multikey: str) -> Mapping[str, str]:
    return {"id": f"{did}#{multikey}", "type": "Multikey", "controller": did, "publicKeyMultibase": multikey}


def _issuer(said: Said) -> Mapping[str, Any]:
    return {"id": did_of(said.base_url), "type": ["Profile"], "name": said.issuer, "url": said.base_url}


def _identifiers(said: Said) -> Sequence[Mapping[str, Any]]:
    """Return who it was issued to: the salted hash of their address, and their name; of an erased person neither."""
    place = said.place
    found: list[Mapping[str, Any]] = []
    if place.identity_hash:
        found.append(
            {
                "type": "IdentityObject",
                "identityType": "emailAddress",
                "hashed": True,
                "identityHash": place.identity_hash,
                "salt": place.salt,
            }
        )
    if said.holder:
        found.append(
            {"type": "IdentityObject", "identityType": "name", "hashed": False, "identityHash": said.holder}
        )
    if not found:
        # The standard wants somebody: the certificate stands for them, as it does in the register.
        found.append(
            {
                "type": "IdentityObject",
                "identityType": "systemId",
                "hashed": True,
                "identityHash": hashed(str(place.certificate_id), place.salt),
                "salt": place.salt,
            }
        )
    return found


def _status(base_url: str, place: Place) -> Mapping[str, str]:
    address = list_of(base_url, place.list_number)
    return {
        "id": f"{address}#{place.place}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(place.place),
        "statusListCredential": address,
    }
