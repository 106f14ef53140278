"""What a badge of ours can look like at all: asked first, for what is not so need not be understood.

A stranger's document may be made so that nobody can put it in order in a lifetime; one of this shape cannot.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from lms.certificates.badges.rules.credential import CONTEXTS

LARGEST_JSON: Final = 64_000
LONGEST: Final = 10_000
IDENTIFIERS: Final = 2

_PROFILE: Final = dict.fromkeys(("id", "type", "name", "url"))
_IDENTITY: Final = dict.fromkeys(("type", "identityType", "hashed", "identityHash", "salt"))
_ACHIEVEMENT: Final = {
    **dict.fromkeys(("id", "type", "achievementType", "name", "description", "inLanguage", "version")),
    "criteria": dict.fromkeys(("narrative",)),
    "image": dict.fromkeys(("id", "type", "caption")),
}
SHAPE: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("@context", "id", "type", "name", "awardedDate", "validFrom", "validUntil")),
    "issuer": _PROFILE,
    "credentialSubject": {
        **dict.fromkeys(("type", "licenseNumber")),
        "identifier": _IDENTITY,
        "achievement": _ACHIEVEMENT,
    },
    "credentialStatus": dict.fromkeys(
        ("id", "type", "statusPurpose", "statusListIndex", "statusListCredential")
    ),
    "proof": dict.fromkeys(
        ("type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue")
    ),
}


class NoBadge(ValueError):
    """Bytes that are no badge; the message says why."""


def read_document(content: bytes) -> Mapping[str, Any]:
    """Return the JSON object that bytes hold; NoBadge for anything else, and for one that claims to be no badge."""
    if len(content) > LARGEST_JSON:
        raise NoBadge("it is larger than any badge of this portal")
    try:
        found = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once)
        # Halves of letters, written as escapes, are no text that anybody could be told.
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise NoBadge("it is no JSON, or says one thing twice") from error
    if not isinstance(found, dict):
        raise NoBadge("it is no JSON object")
    types = found.get("type")
    if not isinstance(types, list) or not {"OpenBadgeCredential", "AchievementCredential"} & {
        one for one in types if isinstance(one, str)
    }:
        raise NoBadge("it is no Open Badge of version 3")
    return found


def find_misfit(document: Mapping[str, Any]) -> str:
    """Return where a document says something that no badge of ours says, or nothing."""
    if document.get("@context") != list(CONTEXTS):
        return "@context"
    return _misfit(document, SHAPE, "")


def _misfit(found: Mapping[str, Any], shape: Mapping[str, Any], at: str) -> str:
    for key, value in found.items():
        where = f"{at}{key}"[:200]
        if key not in shape:
            return where
        inner = shape[key]
        ones = value if isinstance(value, list) else [value]
        if len(ones) > IDENTIFIERS:
            return where
        for one in ones:
            if inner is not None and isinstance(one, dict):
                if deeper := _misfit(one, inner, f"{where}."):
                    return deeper
            elif inner is not None or not isinstance(one, str | bool) or len(str(one)) > LONGEST:
                return where
    return ""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found
