"""What a badge that somebody brings is worth, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lms.certificates.badges.values import BadgeCheck, Flaw
from lms.kernel.messages import Message

WORDS: Final[Mapping[Flaw, Message]] = {
    Flaw.NO_BADGE: Message("This is no badge that can be checked."),
    Flaw.NOT_OURS: Message(
        "It is signed with a key that this portal never had. Anybody can sign a badge in any name."
    ),
    Flaw.ALTERED: Message("It was altered after it was signed: what it says is not what the proof is for."),
    Flaw.UNKNOWN: Message("It was signed by this portal, but its certificate is not in the register."),
    Flaw.REVOKED: Message("The certificate that it is for was revoked."),
    Flaw.EXPIRED: Message("The certificate that it is for has expired."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was found; `is_well` None where it is neither good nor bad."""

    words: Message
    is_well: bool | None = None


def say_badge(check: BadgeCheck) -> Sequence[Line]:
    """Return what is to be said of a badge, the proof first."""
    found = []
    if check.is_genuine and check.key is not None:
        found.append(Line(Message("Signed by this portal, and nothing was changed since."), is_well=True))
    found += [Line(WORDS[flaw], is_well=False) for flaw in check.flaws]
    if check.has_newer:
        found.append(Line(Message("The certificate was reinstated since: its badge of today counts again.")))
    if check.is_genuine and check.key is not None and check.key.until is not None:
        at = f"{check.key.until:%Y-%m-%d}"
        found.append(Line(Message("Its key signed until %(at)s; another does now.", at=at)))
    return found
