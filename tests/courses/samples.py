"""A booking of Northway's: Brixham's people must never learn of it."""

from lms.app.portal import Portal
from lms.web.exports import this_app
from tests.architecture.samples import sample
from tests.courses.courses import enrol
from tests.courses.sessions import book, schedule, write_live_course
from tests.support.portal import Cast


@sample("booking_id")
def _booking(cast: Cast) -> object:
    portal = this_app()
    assert isinstance(portal, Portal)
    course_id, activity = write_live_course("with-a-session")
    enrol(cast.nils, course_id)
    return book(portal, schedule(activity, seats=1), cast.nils)
