"""What courses offer to the floors below: a person's data."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from lms.courses.learning import queries, service
from lms.courses.sessions.queries import bookings
from lms.identity.values import PersonId
from lms.kernel import clock


class LearningData:
    """A person's enrolments, progress, completions and bookings of live sessions."""

    name = "courses"

    def export(self, person_id: UUID) -> Mapping[str, Any]:
        """Return them as JSON values."""
        sessions = bookings.export_person(PersonId(person_id))
        return {**queries.export_person(PersonId(person_id)), "sessions": sessions}

    def erase(self, person_id: UUID) -> None:
        """End what is open, seats too, and forget where they stopped reading; what was completed stays as proof."""
        service.forget_places(PersonId(person_id))
        service.withdraw_all(PersonId(person_id), clock.now())
