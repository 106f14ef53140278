"""What the reader of a page is at, asked once for all that stands on it."""

from collections.abc import Collection, Mapping, Sequence

from flask import g

from lms.courses.learning.queries.pages import CURRENT_AT_MOST, list_current
from lms.courses.learning.queries.records import progress
from lms.courses.learning.values import Current
from lms.courses.values import CourseId, Progress
from lms.identity.values import PersonId
from lms.kernel.actor import Actor


def own_current(actor: Actor) -> Sequence[Current]:
    """Return the open enrolments of who reads a page, the one last worked on first; for pages, which write nothing."""
    if "courses_current" not in g:
        g.courses_current = list_current(PersonId(actor.person_id)) if actor.person_id else ()
    found: Sequence[Current] = g.courses_current
    return found


def own_progress(actor: Actor, course_ids: Collection[CourseId]) -> Mapping[CourseId, Progress]:
    """Return how far the reader is in those of these courses that are open for them."""
    if actor.person_id is None:
        return {}
    current = own_current(actor)
    if len(current) == CURRENT_AT_MOST:  # there may be more than the page shows
        found = progress([PersonId(actor.person_id)], course_ids)
        return {course_id: one for (_who, course_id), one in found.items() if one.completed_at is None}
    return {
        one.course.id: Progress(
            enrolment_id=one.enrolment.id,
            done=one.enrolment.done,
            total=one.enrolment.total,
            due_on=one.enrolment.due_on,
            completed_at=None,
        )
        for one in current
        if one.course.id in course_ids
    }
