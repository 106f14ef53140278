"""What is told of renewals to who looks after people."""

from enum import StrEnum


class DigestKind(StrEnum):
    """Which digest somebody had on a day."""

    TEAM = "team"
    """A partner admin's: whose certificates came nearer their end."""
    ESCALATED = "escalated"
    """A channel manager's: what expired and nobody began to renew."""
