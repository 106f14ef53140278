"""A signing key with its chain of certificates: read, and checked before anything is signed with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

LEAST_RSA_BITS = 2048

Key: TypeAlias = EllipticCurvePrivateKey | RSAPrivateKey


class ChainRefused(ValueError):
    """A chain that cannot sign; the message says which part of it and why."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The key, the certificate that it belongs to, and those above it, the nearest first."""

    key: Key
    certificate: x509.Certificate
    above: Sequence[x509.Certificate]

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the certificate in hexadecimal."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def subject(self) -> str:
        """Return whose certificate it is."""
        return self.certificate.subject.rfc4514_string()

    @property
    def issuer(self) -> str:
        """Return who certifies that."""
        return self.certificate.issuer.rfc4514_string()

    @property
    def until(self) -> datetime:
        """Return when the first certificate of the chain ends."""
        return min(one.not_valid_after_utc for one in (self.certificate, *self.above))

    @property
    def roots(self) -> Sequence[x509.Certificate]:
        """Return what is trusted: the top of the chain."""
        return (self.above[-1] if self.above else self.certificate,)


def read_chain(certificate: Path, key: Path, password: str | None) -> Chain:
    """Return the chain of two PEM files: certificates, the signer's own first, and its key; ChainRefused."""
    try:
        found = x509.load_pem_x509_certificates(certificate.read_bytes())
    except (OSError, ValueError) as error:
        raise ChainRefused(f"the certificate file {certificate} cannot be read: {_first(error)}") from error
    try:
        secret = serialization.load_pem_private_key(key.read_bytes(), password.encode() if password else None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ChainRefused(f"the key file {key} cannot be read: {_first(error)}") from error
    if not isinstance(secret, EllipticCurvePrivateKey | RSAPrivateKey):
        raise ChainRefused(f"the key of {key} is neither RSA nor of an elliptic curve (ECDSA)")
    if isinstance(secret, RSAPrivateKey) and secret.key_size < LEAST_RSA_BITS:
        raise ChainRefused(f"the RSA key of {key} has {secret.key_size} bits; it needs {LEAST_RSA_BITS}")
    return Chain(secret, found[0], found[1:])


def _first(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def check(chain: Chain, now: datetime) -> None:
    """Refuse a chain that cannot sign at `now`: ChainRefused."""
    own = chain.certificate
    if own.public_key() != chain.key.public_key():
        raise ChainRefused(f"the key is not the one of the certificate {chain.subject}")
    for one in (own, *chain.above):
        name = one.subject.rfc4514_string()
        if now > one.not_valid_after_utc:
            raise ChainRefused(f"the certificate {name} expired on {one.not_valid_after_utc:%Y-%m-%d}")
        if now < one.not_valid_before_utc:
            raise ChainRefused(f"the certificate {name} begins on {one.not_valid_before_utc:%Y-%m-%d} only")
    _check_use(own)
    for lower, upper in zip((own, *chain.above), chain.above, strict=False):
        try:
            lower.verify_directly_issued_by(upper)
        except (ValueError, TypeError, InvalidSignature) as error:
            raise ChainRefused(
                f"the certificate {lower.subject.rfc4514_string()} was not issued by the next one of the file, "
                f"{upper.subject.rfc4514_string()}"
            ) from error


def _check_use(certificate: x509.Certificate) -> None:
    try:
        use = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (use.digital_signature or use.content_commitment):
        raise ChainRefused(
            f"the certificate {certificate.subject.rfc4514_string()} is not meant for signatures (its key usage)"
        )
