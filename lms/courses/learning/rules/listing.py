"""The lines of an act from a list that people wrote: each person once, and what names nobody kept as it was written."""

from collections.abc import Sequence

from lms.courses.learning.values import Listed
from lms.identity.values import PersonId
from lms.identity.values.lists import Mention


def listed(mentions: Sequence[Mention], people: Sequence[PersonId | None]) -> list[Listed]:
    """Return a line for each entry of a list, given whom each names; what comes again says which it repeats."""
    first: dict[object, int] = {}
    lines = []
    for mention, person_id in zip(mentions, people, strict=True):
        before = first.setdefault(person_id or mention.said, mention.number)
        lines.append(
            Listed(
                number=mention.number,
                person_id=person_id,
                given="" if person_id else mention.said,
                same_as=before if before != mention.number else None,
            )
        )
    return lines
