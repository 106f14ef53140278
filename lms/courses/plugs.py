"""What courses offer to the floors below: a person's data."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from lms.courses.learning import queries, service
from lms.identity.values import PersonId
from lms.kernel import clock


class LearningData:
    """A person's enrolments, progress and completions."""

    name = "courses"

    def export(self, person_id: UUID) -> Mapping[str, Any]:
        """Return them as JSON values."""
        return queries.export_person(PersonId(person_id))

    def erase(self, person_id: UUID) -> None:
        """End what is open and forget where they stopped reading; what was completed is proof and stays."""
        service.forget_places(PersonId(person_id))
        service.withdraw_all(PersonId(person_id), clock.now())
