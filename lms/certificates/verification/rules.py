"""What a file that claims to be a certificate is worth, in words."""

import ipaddress
import unicodedata
from collections.abc import Sequence
from typing import Final

from lms.certificates.badges.values import BadgeCheck, Flaw
from lms.certificates.values import CertificateState
from lms.certificates.verification.values import Claim, Paper, Ruling, Saying, Verdict
from lms.kernel.messages import Message

STATES: Final = {
    CertificateState.VALID: Message("Today it is valid."),
    CertificateState.IN_GRACE: Message("Today it has expired and counts for a while longer."),
    CertificateState.EXPIRED: Message("Today it has expired."),
    CertificateState.REVOKED: Message("Today it was revoked."),
    CertificateState.SUPERSEDED: Message("Today a newer one has taken its place."),
}
COUNTING: Final = (CertificateState.VALID, CertificateState.IN_GRACE)
LEAST_LETTERS: Final = 2
"""A text shorter than this is found in anything."""


def rule(paper: Paper, verdict: Verdict | None) -> Ruling:  # noqa: PLR0911  one line per ruling
    """Return what a file is, in one word; the worst that is true of it."""
    if not paper.is_pdf:
        return Ruling.OTHER_KIND
    if not paper.is_signed:
        return Ruling.UNSIGNED
    if not paper.is_intact:
        return Ruling.ALTERED
    if not paper.is_ours:
        return Ruling.STRANGE
    if paper.is_changed:
        return Ruling.ALTERED
    if verdict is None:
        return Ruling.UNKNOWN
    return Ruling.GENUINE if verdict.state in COUNTING else Ruling.WITHDRAWN


def rule_badge(found: BadgeCheck, verdict: Verdict | None) -> Ruling:
    """Return what a badge is, in one word; one whose certificate was reinstated since has a follower that counts."""
    worst = {
        Flaw.NO_BADGE: Ruling.OTHER_KIND,
        Flaw.NOT_OURS: Ruling.STRANGE,
        Flaw.ALTERED: Ruling.ALTERED,
        Flaw.UNKNOWN: Ruling.UNKNOWN,
        Flaw.REVOKED: Ruling.WITHDRAWN,
    }
    for flaw, ruling in worst.items():
        if flaw in found.flaws:
            return ruling
    return Ruling.GENUINE if verdict is not None and verdict.state in COUNTING else Ruling.WITHDRAWN


def say(paper: Paper, verdict: Verdict | None) -> Sequence[Saying]:
    """Return what is to be said of a file, and of the certificate whose number it bears, the worst first."""
    if not paper.is_pdf:
        words = Message("This is no PDF, or so damaged that it cannot be read.")
        return [Saying(words, is_well=False)]
    return [*_of_signature(paper), *_of_certificate(paper, verdict)]


def _of_signature(paper: Paper) -> Sequence[Saying]:
    if not paper.is_signed:
        words = Message("It bears no signature. Every certificate of this portal does.")
        return [Saying(words, is_well=False)]
    when = (
        f"{paper.signed_at:%Y-%m-%d %H:%M} UTC"
        if paper.signed_at
        else Message("at a time that it does not say")
    )
    if not paper.is_intact:
        words = Message("It was altered after it was signed: its content is not what the signature is for.")
        named = Message(
            "The signature in it names %(signer)s, %(when)s.",
            signer=paper.signer or Message("nobody"),
            when=when,
        )
        return [Saying(words, is_well=False), Saying(named)]
    found = []
    if paper.is_changed:
        words = Message(
            "Something was added after it was signed. What was signed is still in it, but may be covered up."
        )
        found.append(Saying(words, is_well=False))
        if not paper.added and not paper.gone:
            found.append(Saying(Message("The text of its pages is what it was.")))
    if paper.is_ours:
        words = Message("Signed by this portal (%(signer)s), %(when)s.", signer=paper.signer, when=when)
        found.append(Saying(words, is_well=True))
    else:
        words = Message(
            "Signed by “%(signer)s”, %(when)s: whole, but not by this portal. Anybody can sign with a name.",
            signer=paper.signer,
            when=when,
        )
        found.append(Saying(words, is_well=False))
    if not paper.is_changed:
        found.append(Saying(Message("Nothing was changed since."), is_well=True))
    return found


def _of_certificate(paper: Paper, verdict: Verdict | None) -> Sequence[Saying]:
    if verdict is None:
        number = (
            Message("Its number %(code)s is not in the register.", code=paper.codes[0])
            if paper.codes
            else Message("It bears no number.")
        )
        return [Saying(number, is_well=False)]
    return [Saying(STATES[verdict.state], is_well=verdict.state in COUNTING)]


def compare(claims: Sequence[Claim], lines: Sequence[str]) -> Sequence[Claim]:
    """Return for each claim whether a file shows it, wherever and however its lines are broken."""
    if not lines:
        return claims
    seen = _bare("".join(lines))
    return [
        Claim(one.what, one.text, bare in seen if len(bare := _bare(one.text)) >= LEAST_LETTERS else None)
        for one in claims
    ]


def _bare(text: str) -> str:
    """Return the letters of a text alone: what printing changes (breaks, ligatures, direction) is no change."""
    return "".join(
        sign
        for sign in unicodedata.normalize("NFKC", text).casefold()
        if not sign.isspace() and unicodedata.category(sign)[0] not in "CZ"
    )


def network_of(address: str) -> str:
    """Return the network that somebody asks from: of IPv4 the first 24 bits, of IPv6 the first 48."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    bits = 48 if isinstance(found, ipaddress.IPv6Address) else 24
    return str(ipaddress.ip_network((found, bits), strict=False))
