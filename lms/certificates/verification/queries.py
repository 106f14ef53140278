"""What anybody who has a code may know of its certificate, at this instant."""

from datetime import datetime

from lms.certificates.cycles import rules
from lms.certificates.cycles.queries import ledger
from lms.certificates.documents import queries as documents
from lms.certificates.values import CertificateState, MarkKind
from lms.certificates.verification.values import Verdict


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
