"""What the record store offers below: a person's data in statements and documents."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import current_app

from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.lrs.queries.personal_data import export_agent
from lms.lrs.rules.people import identifiers_of
from lms.lrs.service.personal_data import pseudonymise


class StatementsData:
    """What statements tell of a person: whoever has their address, or an account that this portal gave them."""

    name = "lrs"

    def export(self, person_id: UUID) -> Mapping[str, Any]:
        """Return the statements and documents that name them, as JSON values."""
        return export_agent(_identifiers(person_id))

    def erase(self, person_id: UUID) -> None:
        """Put a pseudonym in their place: statements keep their ids, and tell of nobody."""
        pseudonymise(_identifiers(person_id))


def _identifiers(person_id: UUID) -> list[Mapping[str, Any]]:
    person = identity.find_person(PersonId(person_id))
    home_page = str(current_app.config["LMS_PUBLIC_URL"])
    found = identifiers_of(person.email if person else "", person_id, home_page=home_page)
    for former in identity.list_former_accounts(PersonId(person_id)):
        found += identifiers_of(former.email, former.id, home_page=home_page)
    return found
