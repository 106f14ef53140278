"""Who takes a course: which audiences see it, which are enrolled on it, and when those are due."""

from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import delete, insert

from lms.audiences import facade as audiences
from lms.courses.authoring import queries
from lms.courses.authoring.models import CourseAudience
from lms.courses.authoring.service.drafts import held_course
from lms.courses.authoring.service.shelving import shelve_again
from lms.courses.authoring.values import CourseAccess
from lms.courses.events import CourseAccessChanged
from lms.courses.values import AudienceUse, CourseId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Invalid
from lms.web.context import oem_zone

DAYS_MOST = 3650
PLACES_MOST = 1_000_000


def set_access(*, course_id: CourseId, access: CourseAccess, actor: Actor, now: datetime) -> None:
    """Say who takes a course, at once; whoever is enrolled already stays, whatever it says.

    Dates hold for who is enrolled from now on. Invalid names what cannot be.
    """
    course = held_course(course_id, actor)
    # Held until the commit: who joins an audience meanwhile waits, and then finds that it is enrolled here.
    audiences.hold_memberships()
    before = queries.get_access(course_id)
    _check(access)
    _check_day(access.due.on, before.due.on, now)
    if access == before:
        return
    course.due_on, course.due_days = access.due.on, access.due.days
    course.withdraws_leavers = access.withdraws_leavers
    course.places = access.places
    course.changed_at = now
    db.session.execute(delete(CourseAudience).where(CourseAudience.course_id == course_id))
    named = [
        {"course_id": course_id, "use": use, "audience_id": audience_id}
        for use, ids in ((AudienceUse.SEES, access.sees), (AudienceUse.ENROLLED, access.enrolled))
        for audience_id in sorted(ids)
    ]
    if named:
        db.session.execute(insert(CourseAudience), named)
    db.session.flush()
    shelve_again([course_id])
    events.record(
        CourseAccessChanged(
            course_id=course_id,
            sees=tuple(sorted(access.sees)),
            enrolled=tuple(sorted(access.enrolled)),
            due_on=access.due.on,
            due_days=access.due.days,
            withdraws_leavers=access.withdraws_leavers,
            places=access.places,
        )
    )


def _check_day(wanted: date | None, before: date | None, now: datetime) -> None:
    """Raise Invalid for a day that is past when it is chosen; one that has passed since stays."""
    zone = oem_zone()
    if wanted is not None and wanted != before and wanted < now.astimezone(zone).date():
        message = _("This day is past. Choose today or later.")
        raise Invalid(message, fields={"due_on": message})


def _check(access: CourseAccess) -> None:
    named = access.sees | access.enrolled
    if len(audiences.list_audiences(named)) < len(named):
        message = _("An audience that was chosen is no more. Look at your choices again.")
        raise Invalid(message, fields={"enrolled": message})
    if access.places is not None and not 1 <= access.places <= PLACES_MOST:
        message = _("Give a whole number of places from 1 to %(most)s.", most=PLACES_MOST)
        raise Invalid(message, fields={"places": message})
    if access.due.on is not None and access.due.days is not None:
        message = _("Give a day or a number of days, not both.")
        raise Invalid(message, fields={"due_days": message})
    if access.due.days is not None and not 1 <= access.due.days <= DAYS_MOST:
        message = _("Give a whole number of days from 1 to %(most)s.", most=DAYS_MOST)
        raise Invalid(message, fields={"due_days": message})
