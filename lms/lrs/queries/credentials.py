"""Credentials: whose key this is, and the list of them."""

import hashlib
import hmac
from collections.abc import Iterable

from sqlalchemy import bindparam, select

from lms.kernel.db import fetch
from lms.lrs.models import CredentialRow
from lms.lrs.values import Credential, CredentialLine, XapiScope
from lms.web.pages import Page, PageRequest, keyset

_BY_KEY = select(CredentialRow.__table__).where(
    CredentialRow.key == bindparam("key"), CredentialRow.revoked_at.is_(None)
)


def scopes_of(kept: Iterable[str]) -> frozenset[XapiScope]:
    """Return scopes as they are kept."""
    return frozenset(map(XapiScope, kept))


def hash_secret(secret: str) -> bytes:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def find_credential(key: str) -> tuple[Credential, bytes] | None:
    """Return the credential of a key that holds, and its secret's hash."""
    row = fetch(_BY_KEY, {"key": key}).one_or_none()
    if row is None:
        return None
    found = Credential(
        id=row.id,
        key=row.key,
        name=row.name,
        scopes=scopes_of(row.scopes),
        per_minute=row.per_minute,
        limit_bytes=row.limit_bytes,
    )
    return found, row.secret_hash


def is_secret(secret: str, kept: bytes) -> bool:
    """Return whether this is the secret, in the same time for every wrong one."""
    return hmac.compare_digest(hash_secret(secret), kept)


def list_credentials(at: PageRequest) -> Page[CredentialLine]:
    """Return a page of all credentials, newest first; not those of the portal itself, which have no secret."""
    return keyset(
        select(CredentialRow).where(CredentialRow.secret_hash != b""),
        by=[CredentialRow.id],
        wanted=at,
        descending=True,
    ).map(_line)


def _line(row: CredentialRow) -> CredentialLine:
    return CredentialLine(row.id, row.key, row.name, tuple(row.scopes), row.made_at, row.revoked_at)
