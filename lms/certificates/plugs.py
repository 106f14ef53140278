"""What certificates offer below: fragments of the home page, and a person's data."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from lms.certificates.cycles.queries import ledger
from lms.certificates.cycles.service import issuing
from lms.identity.values import PersonId


class CertificatesData:
    """What a person was asked for and was issued."""

    name = "certificates"

    def export(self, person_id: UUID) -> Mapping[str, Any]:
        """Return it as JSON values."""
        return ledger.export_person(PersonId(person_id))

    def erase(self, person_id: UUID) -> None:
        """Blank what people wrote about them; certificates stay under the bare id, as proof."""
        issuing.forget_reasons(PersonId(person_id))
