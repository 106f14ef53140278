"""What learning offers: on the home page what to go on with and what is due, and to the search who sees a course."""

from collections.abc import Sequence
from datetime import date

from flask import render_template
from sqlalchemy import ColumnElement

from lms.courses import policy
from lms.courses.learning import queries
from lms.courses.learning.values import Current
from lms.courses.values import CourseId, CourseVersionId
from lms.kernel.actor import Actor, Role, current
from lms.kernel.db import AnyColumn
from lms.web.context import days_until

DUE_AT_MOST = 6
WEEK = 7


def home_continue() -> str | None:
    """Return the card that leads back to where this person stopped.

    Who has begun nothing is led to the catalogue, unless another role gives them other work for today.
    """
    if not policy.may_learn(current()) or (not _current() and current().roles != {Role.LEARNER}):
        return None
    begun = [one for one in _current() if one.enrolment.started_at is not None]
    waiting = [one for one in _current() if one.enrolment.started_at is None]
    return render_template("learning/_home_continue.html", now_on=next(iter(begun + waiting), None))


def home_head() -> str | None:
    """Return what the day holds, in a sentence; nothing when nothing has a date."""
    days = [days_until(one.enrolment.due_on) for one in _current() if one.enrolment.due_on is not None]
    if not days or not policy.may_learn(current()):
        return None
    late, soon = sum(day < 0 for day in days), sum(0 <= day <= WEEK for day in days)
    return render_template("learning/_home_head.html", late=late, soon=soon)


def home_due() -> str | None:
    """Return what is due, the soonest first; nothing when nothing is."""
    due = sorted((one for one in _current() if one.enrolment.due_on is not None), key=_due_on)
    if not due or not policy.may_learn(current()):
        return None
    return render_template("learning/_home_due.html", due=due[:DUE_AT_MOST], count=len(due))


def affected(course_id: CourseId, version_id: CourseVersionId) -> str | None:
    """Return whom a version concerns that is about to be published."""
    return render_template("learning/_affected.html", affected=queries.count_affected(course_id, version_id))


class CourseSight:
    """Whom the search shows a course: whom the catalogue shows it."""

    kind = "course"

    def sees(self, subject_id: AnyColumn, actor: Actor) -> ColumnElement[bool]:
        """Return the filter for courses that `actor` meets."""
        return queries.is_met(subject_id, actor)


def _due_on(one: Current) -> date:
    return one.enrolment.due_on or date.max


def _current() -> Sequence[Current]:
    return queries.own_current(current())
