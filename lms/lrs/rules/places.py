"""What names a document, as digests: of everything, and of the place that it shares with others."""

import hashlib

import msgspec

from lms.lrs.values import DocumentKey


def digest_of(key: DocumentKey) -> bytes:
    """Return the digest of all that names one document."""
    return _digest(place_of(key), key.registration, key.id)


def place_of(key: DocumentKey) -> bytes:
    """Return the digest of what its neighbours share with it."""
    return _digest(key.kind, key.activity, key.agent)


def _digest(*parts: object) -> bytes:
    return hashlib.blake2b(msgspec.json.encode(parts), digest_size=16).digest()
