"""How badges follow the ledger: within the transaction that wrote it, so that public lists are true at once."""

from lms.certificates.badges.service import placing
from lms.certificates.events import CertificateIssued, CertificateReinstated, CertificateRevoked
from lms.kernel import clock


def place_badge(event: CertificateIssued | CertificateReinstated) -> None:
    """Draw the place in a public list that tells whether the badge counts."""
    placing.draw_place(certificate_id=event.certificate_id, person_id=event.person_id, now=clock.now())


def revoke_badge(event: CertificateRevoked) -> None:
    """Say in the public list that the badge counts no more."""
    placing.revoke_badge(certificate_id=event.certificate_id, now=clock.now())
