"""What notifications offers below and to the shell: the bell, and a person's data."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from lms.identity.values import PersonId
from lms.kernel.actor import current
from lms.notifications import queries, service


def read_bell() -> tuple[int, list[Any]]:
    """Return how many notices the reader has not read, and the latest few."""
    person_id = current().person_id
    if person_id is None:
        return 0, []
    count, notices = queries.latest(PersonId(person_id))
    return count, list(notices)


class NoticesData:
    """What a person was told."""

    name = "notifications"

    def export(self, person_id: UUID) -> Mapping[str, Any]:
        """Return it as JSON values."""
        return {"notices": queries.export_person(PersonId(person_id))}

    def erase(self, person_id: UUID) -> None:
        """Delete it: nothing rests on it."""
        service.forget(person_id=PersonId(person_id))
