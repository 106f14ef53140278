"""An authority of our own in the data folder, for an installation that has no signing certificate of its company."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lms.kernel.signing.chains import Chain, ChainRefused, check, read_chain

CERTIFICATE: Final = "certificate.pem"
KEY: Final = "key.pem"
AUTHORITY_DAYS: Final = 25 * 365
SIGNER_DAYS: Final = 10 * 365
BEGINNING: Final = datetime(2020, 1, 1, tzinfo=UTC)
"""Before any document of ours: a clock that was wrong when it was made, and is set back, must not shut it."""


def find_or_make(folder: Path, now: datetime) -> Chain:
    """Return the chain that is kept in a folder, made there the first time; ChainRefused if it cannot be."""
    if not folder.exists():
        try:
            _make(folder, now)
        except OSError as error:
            raise ChainRefused(f"{folder} cannot be written to: {error.strerror}") from error
    return read_chain(folder / CERTIFICATE, folder / KEY, None)


def replace(folder: Path, *, certificate: Path | None, key: Path | None, now: datetime) -> Chain:
    """Put another chain in the place of the one that is kept, which stays beside it; made anew if none is given.

    ChainRefused, with nothing changed, if it cannot sign.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        if certificate is not None and key is not None:
            chain = read_chain(certificate, key, None)
            check(chain, now)
            _store(staged / CERTIFICATE, certificate.read_bytes())
            _store(staged / KEY, key.read_bytes())
        else:
            _fill(staged, now)
            chain = read_chain(staged / CERTIFICATE, staged / KEY, None)
        if folder.exists():
            folder.rename(folder.with_name(f"{folder.name}-until-{now:%Y%m%dT%H%M%SZ}"))
        staged.rename(folder)
    except OSError as error:
        raise ChainRefused(f"{folder} cannot be written to: {error.strerror}") from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return chain


def former(folder: Path) -> Sequence[tuple[x509.Certificate, x509.Certificate]]:
    """Return the signer and the top of each chain that is kept in a folder, those that were replaced there too."""
    found = []
    for path in sorted(folder.parent.glob(f"{folder.name}*/{CERTIFICATE}")):
        with contextlib.suppress(OSError, ValueError):
            chain = x509.load_pem_x509_certificates(path.read_bytes())
            found.append((chain[0], chain[-1]))
    return found


def _make(folder: Path, now: datetime) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _fill(staged, now)
        # Whole or not at all, and only once: of two processes that start together the second keeps the first's.
        try:
            staged.rename(folder)
        except OSError:
            if not (folder / KEY).exists():
                raise
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _fill(folder: Path, now: datetime) -> None:
    top, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _name("Guildhall authority of this installation")
    root = (
        _begin(authority, authority, top.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_use(is_authority=True), critical=True)
        .sign(top, hashes.SHA256())
    )
    leaf = (
        _begin(_name("Guildhall certificates"), authority, own.public_key(), now, SIGNER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_use(is_authority=False), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(top.public_key()), critical=False)
        .sign(top, hashes.SHA256())
    )
    # The authority's own key is kept by nobody: it signed the one certificate it was made for.
    chain = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (leaf, root))
    _store(folder / CERTIFICATE, chain)
    secret = own.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _store(folder / KEY, secret)


def _begin(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGINNING)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _use(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _store(path: Path, content: bytes) -> None:
    """Write a file that its owner alone may read."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as new:
        new.write(content)
