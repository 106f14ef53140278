"""What notifications offers below and to the shell: the bell, the way to one's choices, and a person's data."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from markupsafe import Markup

from lms.identity.values import PersonId
from lms.kernel.actor import current
from lms.notifications import queries, service
from lms.notifications.queries import waiting
from lms.web.context import part


def read_bell() -> tuple[int, list[Any]]:
    """Return how many notices the reader has not read, and the latest few."""
    person_id = current().person_id
    if person_id is None:
        return 0, []
    count, notices = queries.latest(PersonId(person_id))
    return count, list(notices)


def account_links() -> Markup:
    """Return the link by which an account leads to how its person is told."""
    return part("notifications/_account_links.html")


class NoticesData:
    """What a person was told, and how they want to be told."""

    name = "notifications"

    def export(self, person_id: UUID) -> Mapping[str, Any]:
        """Return it as JSON values."""
        return {
            "notices": queries.export_person(PersonId(person_id)),
            "choices": waiting.export_choices(PersonId(person_id)),
        }

    def erase(self, person_id: UUID) -> None:
        """Delete it: nothing rests on it."""
        service.forget(person_id=PersonId(person_id))
