"""What is known of people for their paths: what they completed and began, what counts for what, how long it takes."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select, union_all

from lms.courses.authoring import queries as authoring
from lms.courses.authoring.models import CourseRow
from lms.courses.curricula import rules
from lms.courses.curricula.models import EquivalenceRow
from lms.courses.curricula.values import Done, Equivalence, Place, Stage
from lms.courses.learning import queries as learning
from lms.courses.values import CourseId, CourseSummary, Deeds
from lms.identity.values import PersonId
from lms.kernel.db import fetch


def reached(ids: Any) -> Select[Any]:
    """Return the subquery of courses whose completions count for any of `ids`, these among them, days aside."""
    ways = union_all(
        select(EquivalenceRow.counts_for_id.label("there"), EquivalenceRow.course_id.label("here")),
        select(EquivalenceRow.course_id, EquivalenceRow.counts_for_id).where(EquivalenceRow.is_mutual),
    ).cte("ways")
    found = select(CourseRow.id.label("course_id")).where(CourseRow.id.in_(ids)).cte("found", recursive=True)
    # A union, not all: a ring of equivalences ends where it began.
    found = found.union(select(ways.c.here).join(found, ways.c.there == found.c.course_id))
    return select(found.c.course_id)


_IDS: Any = bindparam("ids", expanding=True)
_REACHED = reached(_IDS)
_EQUIVALENCES = select(
    EquivalenceRow.id,
    EquivalenceRow.course_id,
    EquivalenceRow.counts_for_id,
    EquivalenceRow.is_mutual,
    EquivalenceRow.from_on,
    EquivalenceRow.until_on,
    EquivalenceRow.note,
).where(
    or_(
        EquivalenceRow.counts_for_id.in_(_REACHED),
        and_(EquivalenceRow.is_mutual, EquivalenceRow.course_id.in_(_REACHED)),
    )
)


def equivalence_of(row: Any) -> Equivalence:
    """Return a row's value."""
    return Equivalence(
        id=row.id,
        course_id=row.course_id,
        counts_for_id=row.counts_for_id,
        is_mutual=row.is_mutual,
        from_on=row.from_on,
        until_on=row.until_on,
        note=row.note,
    )


def list_equivalences_for(course_ids: Collection[CourseId]) -> Sequence[Equivalence]:
    """Return what counts for any of these courses, at once or over others."""
    if not course_ids:
        return ()
    return [equivalence_of(row) for row in fetch(_EQUIVALENCES, {"ids": list(course_ids)})]


@dataclass(frozen=True, slots=True)
class Known:
    """What places on paths are decided from."""

    courses: Mapping[CourseId, CourseSummary]
    equivalences: Sequence[Equivalence]
    deeds: Deeds
    done: Mapping[PersonId, Sequence[Done]]

    def counted(self, person_id: PersonId) -> Mapping[CourseId, Done]:
        """Return the courses that a person's completions count for."""
        return rules.counted(self.done.get(person_id, ()), self.equivalences)

    def place_of(self, person_id: PersonId, stages: Sequence[Stage]) -> Place:
        """Return where a person is on a path."""
        left = self.deeds.minutes_left.get(person_id, {})
        minutes = {one.id: one.minutes for one in self.courses.values()} | dict(left)
        return rules.place_on(stages, self.counted(person_id), minutes, left)


def know(person_ids: Collection[PersonId], course_ids: Collection[CourseId]) -> Known:
    """Return what is known of these people in these courses and in all that counts for them: three queries."""
    equivalences = list_equivalences_for(course_ids)
    wider = set(course_ids)
    for one in equivalences:
        wider |= {one.course_id, one.counts_for_id}
    deeds = learning.list_deeds(person_ids, wider)
    done: dict[PersonId, list[Done]] = defaultdict(list)
    for (person_id, course_id), found in deeds.completions.items():
        done[person_id] += [Done(one.id, course_id, one.completed_at) for one in found]
    return Known(authoring.list_courses(course_ids), equivalences, deeds, done)
