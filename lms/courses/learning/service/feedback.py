"""Saying how a course was, once it is completed: one row for each enrolment, changed by its author alone."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from lms.courses.errors import EditedMeanwhile
from lms.courses.events.feedback import CourseRated
from lms.courses.learning.models import EnrolmentRow, FeedbackRow
from lms.courses.learning.service.counting import watch
from lms.courses.learning.service.rows import own
from lms.courses.learning.values.feedback import COMMENT_AT_MOST, RATINGS
from lms.courses.values import EnrolmentId
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Invalid


def rate(
    *, enrolment_id: EnrolmentId, rating: int, comment: str, seen: int, actor: Actor, now: datetime
) -> None:
    """Keep how somebody rates a course that they completed, 1 to 5, and what they say of it.

    `seen` is the revision they wrote over: EditedMeanwhile if it is no longer the latest, unless it says the same, so
    that a double click is one act. Conflict before the course is completed; NotFound for another's enrolment.
    """
    comment = comment.replace("\r\n", "\n").strip()
    _check(rating, comment)
    row = _held(enrolment_id, actor, now)
    if (row.rating, row.comment) == (rating, comment):
        return
    if row.revision != seen:
        raise EditedMeanwhile(
            _("You changed your feedback elsewhere meanwhile. What you wrote here is not saved yet.")
        )
    row.rating, row.comment, row.revision, row.changed_at = rating, comment, row.revision + 1, now
    db.session.flush()
    events.record(CourseRated(enrolment_id=enrolment_id, person_id=row.person_id, course_id=row.course_id))


def pass_over(*, enrolment_id: EnrolmentId, actor: Actor, now: datetime) -> None:
    """Remember that somebody was asked and would rather not say now: nothing asks again, the way to it stays."""
    _held(enrolment_id, actor, now)


def forget_comments(person_id: PersonId) -> None:
    """Delete what an erased person wrote; how they rated stays, nobody's from now on."""
    db.session.execute(
        update(FeedbackRow)
        .where(FeedbackRow.person_id == person_id, FeedbackRow.comment != "")
        .values(comment="", revision=FeedbackRow.revision + 1)
    )


def _check(rating: int, comment: str) -> None:
    if rating not in RATINGS:
        message = _("Choose a rating from 1 to 5.")
        raise Invalid(message, fields={"rating": message})
    if len(comment) > COMMENT_AT_MOST:
        message = _("Use at most %(most)s characters.", most=COMMENT_AT_MOST)
        raise Invalid(message, fields={"comment": message})


def _held(enrolment_id: EnrolmentId, actor: Actor, now: datetime) -> FeedbackRow:
    """Return what was said of a completed course, held with its enrolment and watched; made now if it was not."""
    enrolment: EnrolmentRow = own(enrolment_id, actor)
    if enrolment.completed_at is None:
        raise Conflict(_("You can say how it was once you have completed the course."))
    row = db.session.scalars(
        select(FeedbackRow)
        .where(FeedbackRow.enrolment_id == enrolment_id)
        .execution_options(populate_existing=True)
    ).first()
    if row is not None:
        watch(row)
        return row
    row = FeedbackRow(
        enrolment_id=enrolment_id,
        person_id=enrolment.person_id,
        course_id=enrolment.course_id,
        version_id=enrolment.version_id,
        rating=None,
        comment="",
        revision=0,
        given_at=now,
        changed_at=now,
    )
    db.session.add(row)
    db.session.flush()
    watch(row, is_new=True)
    return row
