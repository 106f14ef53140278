"""What happened to credentials."""

from dataclasses import dataclass
from typing import ClassVar

from lms.kernel.events import Event
from lms.lrs.values import CredentialId


@dataclass(frozen=True, kw_only=True)
class CredentialMade(Event):
    """Somebody made a key for a source of statements."""

    SUBJECT: ClassVar[str] = "credential_id"
    credential_id: CredentialId
    source: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CredentialRevoked(Event):
    """A source's key holds no longer."""

    SUBJECT: ClassVar[str] = "credential_id"
    credential_id: CredentialId
    source: str
