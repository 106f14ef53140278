"""What the search knows of a person: their name and work, for those whose lists they stand in."""

from lms.identity.policy import VIEW_EVERYONE, VIEW_TEAM
from lms.identity.queries import list_ancestors, list_people, list_regions_over
from lms.identity.values import PersonId
from lms.kernel import search

KIND = "person"


def make_findable(person_id: PersonId) -> None:
    """Index a person as they are now."""
    person = list_people([person_id])[person_id]
    team = (
        search.granted_tokens(
            VIEW_TEAM,
            organisations=list_ancestors(person.employer_id),
            regions=list_regions_over(person.employer_id),
        )
        if person.employer_id
        else search.granted_tokens(VIEW_TEAM)
    )
    search.put(
        search.Entry(
            kind=KIND,
            subject_id=person_id,
            title=person.name,
            detail=", ".join(part for part in (person.position_name, person.employer_name) if part),
            body="",
            url=f"/people/{person_id}",
            readers=team | search.granted_tokens(VIEW_EVERYONE),
        )
    )


def forget(person_id: PersonId) -> None:
    """Take a person out of the search."""
    search.remove(KIND, person_id)
