"""What the search knows of a person: their name and work, for those whose lists they stand in."""

from collections.abc import Collection

from lms.identity.policy import VIEW_EVERYONE, VIEW_TEAM
from lms.identity.queries import Findable, list_above, list_all_regions_over, list_findable
from lms.identity.values import PersonId
from lms.kernel import search

KIND = "person"


def make_findable(person_id: PersonId) -> None:
    """Index a person as they are now."""
    make_all_findable([person_id])


def make_all_findable(person_ids: Collection[PersonId]) -> None:
    """Index people (a batch, not a world) as they are now."""
    people = list_findable(person_ids)
    employers = {one.employer_id for one in people if one.employer_id}
    above, regions = list_above(employers), list_all_regions_over(employers)
    everyone, nowhere = search.granted_tokens(VIEW_EVERYONE), search.granted_tokens(VIEW_TEAM)
    teams = {
        one: search.granted_tokens(VIEW_TEAM, organisations=above.get(one, ()), regions=regions.get(one, ()))
        for one in employers
    }
    search.put_all(
        [_entry(one, (teams[one.employer_id] if one.employer_id else nowhere) | everyone) for one in people]
    )


def _entry(person: Findable, readers: frozenset[str]) -> search.Entry:
    return search.Entry(
        kind=KIND,
        subject_id=person.id,
        title=person.name,
        detail=", ".join(part for part in (person.position_name, person.employer_name) if part),
        body="",
        url=f"/people/{person.id}",
        readers=readers,
    )


def forget(person_id: PersonId) -> None:
    """Take a person out of the search."""
    search.remove(KIND, person_id)
