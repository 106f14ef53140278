"""What a file that claims to be a certificate is worth, in words."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from lms.certificates.values import CertificateState
from lms.certificates.verification.values import Paper, Verdict

STATES = {
    CertificateState.VALID: "it is valid",
    CertificateState.IN_GRACE: "it has expired and counts for a while longer",
    CertificateState.EXPIRED: "it has expired",
    CertificateState.REVOKED: "it was revoked",
    CertificateState.SUPERSEDED: "a newer one has taken its place",
}


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing that was found; `is_well` None where it is neither good nor bad."""

    words: str
    is_well: bool | None = None


def say(paper: Paper, verdict: Verdict | None) -> Sequence[Saying]:
    """Return what is to be said of a file, and of the certificate whose number it bears, the worst first."""
    if not paper.is_pdf:
        return [Saying("This is no PDF, or so damaged that it cannot be read.", is_well=False)]
    return [*_of_signature(paper), *_of_certificate(paper, verdict)]


def _of_signature(paper: Paper) -> Sequence[Saying]:
    if not paper.is_signed:
        return [Saying("It bears no signature. Every certificate of this portal does.", is_well=False)]
    when = f"{paper.signed_at:%Y-%m-%d %H:%M} UTC" if paper.signed_at else "at a time that it does not say"
    if not paper.is_intact:
        words = "It was altered after it was signed: its content is not what the signature is for."
        return [
            Saying(words, is_well=False),
            Saying(f"The signature in it names {paper.signer or 'nobody'}, {when}."),
        ]
    found = []
    if paper.is_changed:
        words = (
            "Something was added after it was signed. What was signed is still in it, but may be covered up."
        )
        found.append(Saying(words, is_well=False))
    if paper.is_ours:
        found.append(Saying(f"Signed by this portal ({paper.signer}), {when}.", is_well=True))
    else:
        words = f"Signed by “{paper.signer}”, {when}: whole, but not by this portal. Anybody can sign with a name."
        found.append(Saying(words, is_well=False))
    if not paper.is_changed:
        found.append(Saying("Nothing was changed since.", is_well=True))
    return found


def _of_certificate(paper: Paper, verdict: Verdict | None) -> Sequence[Saying]:
    if verdict is None:
        number = (
            f"Its number {paper.codes[0]} is not in the register." if paper.codes else "It bears no number."
        )
        return [Saying(number, is_well=False)]
    certificate = verdict.proof.certificate
    issued, through = certificate.issued_on, certificate.term.valid_through
    return [
        Saying(
            f"The register says of {certificate.code}: {verdict.proof.holder}, {certificate.title}, "
            f"issued {issued.isoformat()}, valid through {through.isoformat()}. Compare it with what the paper says."
        ),
        Saying(
            f"Today {STATES[verdict.state]}.",
            is_well=verdict.state in {CertificateState.VALID, CertificateState.IN_GRACE},
        ),
    ]


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
