"""Signed statements: the JSON web signature must hold the statement that it signs (xAPI 1.0.3, Data 2.6)."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from lms.lrs.errors import Refused
from lms.lrs.rules import accepting
from lms.lrs.values import SIGNATURE, Accepted, Part, Version

ALGORITHMS: Final = frozenset({"RS256", "RS384", "RS512"})
JWS_PARTS: Final = 3


def check(statement: Accepted, parts: Mapping[str, Part]) -> None:
    """Refuse a signature that is no JWS, uses another algorithm, or signs another statement.

    Whose certificate signed it is not looked at: the standard leaves that to whoever relies on it.
    """
    for one in statement.attachments:
        if one.usage_type != SIGNATURE:
            continue
        part = parts.get(one.sha2)
        if part is None:
            raise Refused("a signature's bytes come with its statement")
        if one.content_type.partition(";")[0].strip().lower() != "application/octet-stream":
            raise Refused("a signature is application/octet-stream")
        _check_signed(part.content, statement)


def _check_signed(signature: bytes, statement: Accepted) -> None:
    pieces = signature.strip().split(b".")
    if len(pieces) != JWS_PARTS or not all(pieces):
        raise Refused("a signature is a JSON web signature in its compact form")
    if _header(pieces[0]).get("alg") not in ALGORITHMS:
        raise Refused("a signature uses RS256, RS384 or RS512")
    # 2.0 takes all that 1.0.3 takes.
    signed = accepting.accept(_opened(pieces[1]), version=Version.TWO, new_id=lambda: statement.id)
    if signed.content != statement.content:
        raise Refused("the signature is not of this statement")


def _header(piece: bytes) -> Mapping[str, Any]:
    try:
        return msgspec.json.decode(_opened(piece), type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise Refused("a signature's header is a JSON object") from error


def _opened(piece: bytes) -> bytes:
    try:
        return base64.urlsafe_b64decode(piece + b"=" * (-len(piece) % 4))
    except (binascii.Error, ValueError) as error:
        raise Refused("a signature's header and payload are in base64url") from error
