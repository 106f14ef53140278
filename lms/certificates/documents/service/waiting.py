"""What an issued certificate's document waits for: kept until it can be set, and tried again."""

from datetime import datetime

from sqlalchemy import delete

from lms.certificates.documents.models import WaitRow
from lms.certificates.values import CertificateId
from lms.kernel.db import db


def note(certificate_id: CertificateId, reason: str, now: datetime) -> None:
    """Say why a certificate's document cannot be set; since when stays."""
    row = db.session.get(WaitRow, certificate_id)
    if row is None:
        db.session.add(WaitRow(certificate_id=certificate_id, reason=reason, since=now))
    else:
        row.reason = reason


def end(certificate_id: CertificateId) -> None:
    """Say that it waits no more, if it did."""
    db.session.execute(delete(WaitRow).where(WaitRow.certificate_id == certificate_id))
