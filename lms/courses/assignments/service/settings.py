"""Setting an assignment up in the draft of its course; publishing freezes it with the version."""

from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _

from lms.courses.assignments import rules
from lms.courses.assignments.values import KIND, Assignment
from lms.courses.authoring import facade as authoring
from lms.courses.authoring import queries
from lms.courses.formats.render import render
from lms.courses.values import ActivityKey, CourseId
from lms.kernel.actor import Actor
from lms.kernel.errors import Invalid, NotFound


def set_up(
    *,
    course_id: CourseId,
    key: ActivityKey,
    assignment: Assignment,
    revision: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep what an assignment asks for; EditedMeanwhile if it is no longer of this revision."""
    row, course = queries.find_current_activity(course_id, key), queries.list_courses([course_id])
    if row is None or row.kind != KIND or course_id not in course:
        raise NotFound
    if assignment.due_days is not None and assignment.due_on is not None:
        message = _("Give days or a date, not both.")
        raise Invalid(message, fields={"due_on": message})
    html = render(assignment.task, language=course[course_id].language)
    authoring.set_activity_config(
        course_id=course_id,
        key=key,
        config=rules.config_of(replace(assignment, task_html=html)),
        revision=revision,
        actor=actor,
        now=now,
    )
