"""A person's data: the audiences they are in."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from lms.audiences import service
from lms.audiences.queries import audiences
from lms.identity.values import PersonId


class AudiencesData:
    """Which audiences a person is in. Rules that name a person hold an id, which names nobody once they are erased."""

    name = "audiences"

    def export(self, person_id: UUID) -> Mapping[str, Any]:
        """Return them as JSON values."""
        return {
            "audiences": [
                {"name": one.name, "since": one.since.isoformat()}
                for one in audiences.list_memberships(PersonId(person_id))
            ]
        }

    def erase(self, person_id: UUID) -> None:
        """Take the person out of every audience."""
        service.forget_person(PersonId(person_id))
