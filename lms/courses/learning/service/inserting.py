"""Storing the enrolments of many people at once; of two who enrol the same person at once, one does."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from lms.courses.authoring.queries import Offer
from lms.courses.events import ENROLLED_AT_ONCE, PeopleEnrolled
from lms.courses.learning import queries
from lms.courses.learning.models import EnrolmentRow
from lms.courses.learning.rules.due import due_of
from lms.courses.learning.service import places
from lms.courses.learning.service.counting import count_entered
from lms.courses.values import DueRule, EnrolmentSource
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.among import rows_among
from lms.kernel.db import new_id
from lms.kernel.inserting import insert_all
from lms.web.context import oem_zone


class Inserted(NamedTuple):
    """What came of enrolling some people: who is in the course now, and who waits for a place from now on."""

    enrolled: frozenset[PersonId]
    waiting: frozenset[PersonId]


def insert_people(
    offer: Offer,
    people: Sequence[PersonId],
    *,
    due: DueRule,
    source: EnrolmentSource,
    now: datetime,
    by: PersonId | None = None,
) -> Inserted:
    """Enrol people on a course's published version, in this order while there are places; the others wait.

    Returns whom, and who waits; who has an open enrolment keeps it as it is.
    """
    if not people:
        return Inserted(frozenset(), frozenset())
    left = places.left_of(offer.course_id)
    waiting: frozenset[PersonId] = frozenset()
    if left is not None:
        held = queries.list_in(offer.course_id, people)
        new = [one for one in people if one not in held]
        people = new[:left]
        waiting = places.wait(offer.course_id, new[left:], due=due, source=source, by=by, now=now)
        if not people:
            return Inserted(frozenset(), waiting)
    due_on = due_of(due, now.astimezone(oem_zone()).date())
    first = queries.find_first_activity(offer.version_id)
    # In one order everywhere, so that two who meet at the index wait and do not lock each other.
    rows = [
        {
            "id": new_id(),
            "person_id": person_id,
            "course_id": offer.course_id,
            "version_id": offer.version_id,
            "source": source,
            "due_on": due_on,
            "enrolled_at": now,
            "enrolled_by": by,
            "done_count": 0,
            "resume_id": first,
        }
        for person_id in sorted(people)
    ]
    insert_all(EnrolmentRow, rows, unless_there=True)
    stored = rows_among((EnrolmentRow.person_id,), EnrolmentRow.id, [row["id"] for row in rows])
    made = sorted(PersonId(row[0]) for row in stored)
    count_entered(offer.version_id, made)
    for some in _batches(made):
        events.record(
            PeopleEnrolled(
                course_id=offer.course_id,
                person_ids=tuple(some),
                source=source,
                due_on=due_on,
                enrolled_by=by,
            )
        )
    return Inserted(frozenset(made), waiting)


def _batches(people: Sequence[PersonId]) -> Iterator[Sequence[PersonId]]:
    waiting = iter(people)
    while some := list(islice(waiting, ENROLLED_AT_ONCE)):
        yield some
