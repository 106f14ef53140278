"""What a badge says, where its state stands, and what is found in one that somebody brings."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lms.certificates.values import Certificate, CertificateId
from lms.kernel.credentials.values import PublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The bit of one badge in a public list.

    It is set for good once the certificate is revoked; a certificate that is reinstated gets another, `turn` by turn.
    `since` is when it was drawn, `identity_hash` the salted hash of the holder's address then, or nothing.
    """

    certificate_id: CertificateId
    turn: int
    list_number: int
    place: int
    since: datetime
    salt: str
    identity_hash: str
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a badge says of a certificate, in its holder's language; `holder` is empty once they are erased."""

    certificate: Certificate
    place: Place
    base_url: str
    language: str
    holder: str
    issuer: str
    description: str
    narrative: str
    """What is asked of whom earns it, as the rule was that it was earned by."""


class Flaw(StrEnum):
    """What may be wrong with a badge that somebody brings; the first that is found says enough."""

    NO_BADGE = "no_badge"
    """No badge of this kind at all; `reason` says why."""
    NOT_OURS = "not_ours"
    """Signed by a key that this installation never had."""
    ALTERED = "altered"
    UNKNOWN = "unknown"
    """Signed by us, of a certificate that the register does not hold."""
    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeCheck:
    """What a file that claims to be a badge is worth at an instant.

    `flaws` are empty for one that is whole, ours and in force. `code` is the certificate's number, from the register,
    once the proof holds. `has_newer` says that the certificate was reinstated and has another badge now. `key` signed
    it; its `until` says since when it signs no more.
    """

    flaws: tuple[Flaw, ...]
    reason: str = ""
    key: PublicKey | None = None
    code: str = ""
    has_newer: bool = False
    is_picture: bool = False
    """Whether it came as a picture, of which only the data within is signed."""

    @property
    def is_genuine(self) -> bool:
        """Return whether it is as this installation signed it, whatever has become of it since."""
        return not {Flaw.NO_BADGE, Flaw.NOT_OURS, Flaw.ALTERED, Flaw.UNKNOWN} & set(self.flaws)
