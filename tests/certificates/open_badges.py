"""The tables of Open Badges 3.0 §B.1 that a badge of ours uses, as JSON Schema: written by us from the standard's text.

1EdTech's own schema may not be handed on; `make interop` holds badges against it where it is found.
"""

from typing import Any, Final

URI: Final = {"type": "string", "pattern": "^[a-z][a-z0-9+.-]*:"}
TEXT: Final = {"type": "string", "minLength": 1}
MOMENT: Final = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}


def _types(*names: str) -> dict[str, Any]:
    """Return what asks for a list of types with all of these in it."""
    return {"type": "array", "allOf": [{"contains": {"const": name}} for name in names]}


def _object(required: str, optional: str = "", **properties: Any) -> dict[str, Any]:
    names = {*required.split(), *optional.split()}
    return {
        "type": "object",
        "required": required.split(),
        "properties": {name: properties.get(name, TEXT) for name in names},
        "additionalProperties": False,
    }


PROFILE: Final = _object("id type", "name url", id=URI, type=_types("Profile"), url=URI)
IMAGE: Final = _object("id type", "caption", id=URI, type={"const": "Image"})
IDENTITY: Final = _object(
    "type hashed identityHash identityType",
    "salt",
    type={"const": "IdentityObject"},
    hashed={"type": "boolean"},
    identityType={"enum": ["name", "emailAddress", "systemId"]},
)
ACHIEVEMENT: Final = _object(
    "id type criteria description name",
    "achievementType image inLanguage version",
    id=URI,
    type=_types("Achievement"),
    criteria=_object("narrative"),
    image=IMAGE,
    inLanguage={"type": "string", "pattern": "^[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"},
)
CREDENTIAL: Final = _object(
    "@context id type issuer validFrom credentialSubject proof",
    "name awardedDate validUntil credentialStatus",
    **{
        "@context": {
            "type": "array",
            "prefixItems": [
                {"const": "https://www.w3.org/ns/credentials/v2"},
                {"const": "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"},
            ],
            "minItems": 2,
        },
        "id": URI,
        "type": _types("VerifiableCredential", "OpenBadgeCredential"),
        "issuer": PROFILE,
        "validFrom": MOMENT,
        "validUntil": MOMENT,
        "awardedDate": MOMENT,
        "credentialSubject": _object(
            "type identifier achievement",
            "licenseNumber",
            type=_types("AchievementSubject"),
            identifier={"type": "array", "minItems": 1, "items": IDENTITY},
            achievement=ACHIEVEMENT,
        ),
        "credentialStatus": _object(
            "id type statusPurpose statusListIndex statusListCredential",
            id=URI,
            type={"const": "BitstringStatusListEntry"},
            statusPurpose={"const": "revocation"},
            statusListIndex={"type": "string", "pattern": "^[0-9]+$"},
            statusListCredential=URI,
        ),
        "proof": {
            "type": "array",
            "minItems": 1,
            "items": _object(
                "type cryptosuite created verificationMethod proofPurpose proofValue",
                type={"const": "DataIntegrityProof"},
                created=MOMENT,
                verificationMethod=URI,
                proofPurpose={"const": "assertionMethod"},
            ),
        },
    },
)
