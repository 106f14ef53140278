"""Who is in which audience, as the facts of people change: all audiences of some people at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar
from uuid import UUID

from sqlalchemy import bindparam, delete

from lms.audiences.events import BATCH, PeopleJoinedAudience, PeopleLeftAudience
from lms.audiences.models import AudienceMember
from lms.audiences.queries import audiences as queries
from lms.audiences.queries.matching import values_of
from lms.audiences.service import locks
from lms.audiences.values import AudienceId
from lms.identity.values import PersonId
from lms.kernel import clock, events, uow
from lms.kernel.db import db
from lms.kernel.inserting import insert_all

T = TypeVar("T")
Place = tuple[PersonId, AudienceId]

_LEAVE = (
    delete(AudienceMember)
    .where(
        AudienceMember.audience_id == bindparam("audience"), AudienceMember.person_id == bindparam("person")
    )
    .execution_options(synchronize_session=False)
)


def _number(one: UUID) -> int:
    """Return what an id is sorted by: as numbers they compare many times as fast."""
    return one.int


def _numbers(place: Place) -> tuple[int, int]:
    return place[0].int, place[1].int


def follow_people(people: Iterable[PersonId]) -> None:
    """Let these people's audiences be what their facts say when this transaction commits.

    They are gathered until then: a person who is added, employed and given a role is looked at once, and a
    thousand people who are imported together are looked at together.
    """
    uow.gather(_work_out, people)


def _work_out(people: set[PersonId]) -> None:
    """Work out every audience of these people: a few queries for each `BATCH`, however many audiences there are."""
    if not people:
        return
    locks.hold_people(people)
    index = queries.load_index()
    if index is None:
        return
    for batch in _batches(sorted(people, key=_number)):
        values = values_of(batch, index.facets)
        have = queries.bits_of_members(batch, index)
        joined: list[Place] = []
        left: list[Place] = []
        for one in batch:
            wanted, had = index.bits_of(one, values[one]) if one in values else 0, have.get(one, 0)
            if wanted != had:
                joined += [(one, audience) for audience in index.audiences_in(wanted & ~had)]
                left += [(one, audience) for audience in index.audiences_in(had & ~wanted)]
        write(joined=joined, left=left)


def write(*, joined: Collection[Place], left: Collection[Place]) -> None:
    """Store who joined and who left, and say so, audience by audience."""
    now = clock.now()
    if left:
        gone = [{"person": person, "audience": one} for person, one in sorted(left, key=_numbers)]
        db.session.connection().execute(_LEAVE, gone)
    if joined:
        insert_all(
            AudienceMember,
            [
                {"person_id": person, "audience_id": one, "since": now}
                for person, one in sorted(joined, key=_numbers)
            ],
        )
    for audience_id, people in _by_audience(left):
        events.record(PeopleLeftAudience(audience_id=audience_id, person_ids=tuple(people)))
    for audience_id, people in _by_audience(joined):
        events.record(PeopleJoinedAudience(audience_id=audience_id, person_ids=tuple(people)))


def _by_audience(places: Collection[Place]) -> Iterator[tuple[AudienceId, Sequence[PersonId]]]:
    people: dict[AudienceId, list[PersonId]] = defaultdict(list)
    for person_id, audience_id in sorted(places, key=_numbers):
        people[audience_id].append(person_id)
    for audience_id in sorted(people):
        for batch in _batches(people[audience_id]):
            yield audience_id, batch


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    waiting = iter(items)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def forget_person(person_id: PersonId) -> None:
    """Take a person out of every audience."""
    have = queries.list_members([person_id])
    write(joined=(), left=have)
