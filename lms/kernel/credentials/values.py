"""What a credential's proof says, and who signs."""

from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lms.kernel.errors import Unavailable

SUITE = "eddsa-rdfc-2022"
"""W3C Data Integrity EdDSA Cryptosuites v1.0 §3.2."""


class NoKey(Unavailable):
    """The key that signs badges cannot be read or made; the message says why."""

    code = "no-badge-key"


class Unreadable(ValueError):
    """A file or a document that is no credential that we could have signed; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key by which badges are checked: `multikey` is its Multikey form (z6Mk…), None in `until` while it signs."""

    multikey: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """The key that signs, its Multikey form, and since when it does."""

    key: Ed25519PrivateKey
    multikey: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Proven:
    """What the proof of a credential says: whose key made it, and whether the credential is as it was signed.

    `is_known` whether the key is one of ours; `is_intact` is False for a key that is not.
    """

    method: str
    multikey: str
    is_known: bool
    is_intact: bool
