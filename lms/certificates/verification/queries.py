"""What anybody who has a code may know of its certificate, at this instant."""

import re
from datetime import datetime

from lms.certificates.cycles import rules
from lms.certificates.cycles.queries import ledger
from lms.certificates.documents import queries as documents
from lms.certificates.values import CertificateState, MarkKind
from lms.certificates.verification.values import Paper, Verdict
from lms.kernel import signing

WRITTEN = re.compile(r"\bGH(?:-[0-9A-Z]{4}){2,8}\b")
CODES_TRIED = 3


def read_paper(content: bytes, *, now: datetime) -> tuple[Paper, Verdict | None]:
    """Return what a file says of itself, and what the certificate whose number it bears is worth now."""
    found = signing.examine(content)
    codes = list(dict.fromkeys(code for text in found.texts for code in WRITTEN.findall(text)))[:CODES_TRIED]
    verdicts = (find_verdict(code, now=now) for code in codes)
    paper = Paper(
        is_pdf=found.is_pdf,
        is_signed=found.is_signed,
        is_intact=found.is_intact,
        is_changed=found.is_changed,
        is_ours=found.trust is signing.Trust.OURS,
        signer=found.signer,
        signed_at=found.signed_at,
        codes=codes,
    )
    return paper, next((one for one in verdicts if one is not None), None)


def find_verdict(typed: str, *, now: datetime) -> Verdict | None:
    """Return what the certificate of a code is worth now, None if there is none of this code."""
    code = rules.read_code(typed)
    certificate = ledger.find_by_code(code) if code else None
    if certificate is None:
        return None
    revoked, superseded = certificate.mark(MarkKind.REVOKED), certificate.mark(MarkKind.SUPERSEDED)
    state = rules.certificate_state(
        certificate.term,
        now=now,
        revoked_at=revoked.at if revoked else None,
        superseded_at=superseded.at if superseded else None,
    )
    return Verdict(
        proof=documents.read_proof(certificate),
        state=state,
        checked_at=now,
        mark={CertificateState.REVOKED: revoked, CertificateState.SUPERSEDED: superseded}.get(state),
        has_successor=superseded is not None,
    )
