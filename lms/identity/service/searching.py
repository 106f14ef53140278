"""What the search knows of a person: their name and work. Who sees it is for `plugs.PersonSight`."""

from collections.abc import Collection

from lms.identity.queries import Findable, list_findable
from lms.identity.values import PersonId
from lms.kernel import search

KIND = "person"


def make_findable(person_id: PersonId) -> None:
    """Index a person as they are now."""
    make_all_findable([person_id])


def make_all_findable(person_ids: Collection[PersonId]) -> None:
    """Index people (a batch, not a world) as they are now."""
    search.put_all([_entry(one) for one in list_findable(person_ids)])


def _entry(person: Findable) -> search.Entry:
    return search.Entry(
        kind=KIND,
        subject_id=person.id,
        title=person.name,
        detail=", ".join(part for part in (person.position_name, person.employer_name) if part),
        body="",
        url=f"/people/{person.id}",
    )


def forget(person_id: PersonId) -> None:
    """Take a person out of the search."""
    search.remove(KIND, person_id)
