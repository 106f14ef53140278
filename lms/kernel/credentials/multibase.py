"""Bytes as text in base58 (Bitcoin's letters), and Ed25519 keys as Multikeys (W3C Controlled Identifiers §2.2.2)."""

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LETTERS: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BASE58: Final = "z"
"""The sign that stands before base58 text."""
ED25519: Final = bytes((0xED, 0x01))
KEY_BYTES: Final = 32
LONGEST: Final = 200
_PLACES: Final = {letter: place for place, letter in enumerate(LETTERS)}


def encode(content: bytes) -> str:
    """Return bytes as multibase text in base58."""
    number, letters = int.from_bytes(content), list[str]()
    while number:
        number, rest = divmod(number, 58)
        letters.append(LETTERS[rest])
    zeros = len(content) - len(content.lstrip(b"\0"))
    return BASE58 + LETTERS[0] * zeros + "".join(reversed(letters))


def decode(text: str) -> bytes:
    """Return the bytes of multibase text in base58; ValueError for anything else."""
    if not text.startswith(BASE58) or len(text) > LONGEST:
        raise ValueError("no multibase text in base58")
    number = 0
    for letter in text[1:]:
        if letter not in _PLACES:
            raise ValueError("no multibase text in base58")
        number = number * 58 + _PLACES[letter]
    body = text[1:]
    zeros = len(body) - len(body.lstrip(LETTERS[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)


def multikey_of(key: Ed25519PublicKey) -> str:
    """Return a public key as a Multikey."""
    return encode(ED25519 + key.public_bytes_raw())


def key_of(multikey: str) -> Ed25519PublicKey:
    """Return the public key of a Multikey; ValueError if it is none of Ed25519."""
    content = decode(multikey)
    if not content.startswith(ED25519) or len(content) != len(ED25519) + KEY_BYTES:
        raise ValueError("no Ed25519 key")
    return Ed25519PublicKey.from_public_bytes(content[len(ED25519) :])
