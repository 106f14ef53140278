"""What partners offer to the floors below: a person's data."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from lms.identity.values import PersonId
from lms.portal.partners import queries, service


class PartnersData:
    """Which partners a person looks after."""

    name = "partners"

    def export(self, person_id: UUID) -> Mapping[str, Any]:
        """Return them as JSON values."""
        return queries.export_person(PersonId(person_id))

    def erase(self, person_id: UUID) -> None:
        """Leave those partners without a channel manager."""
        service.forget_person(person_id=PersonId(person_id))
