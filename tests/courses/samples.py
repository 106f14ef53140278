"""A booking and work of Northway's: Brixham's people must never learn of them."""

from lms.app.portal import Portal
from lms.courses.learning.values import ActKind
from lms.web.exports import this_app
from tests.architecture.samples import sample
from tests.courses.acts import admin_of, look
from tests.courses.assignments import handed_in_for, own
from tests.courses.courses import enrol, write_course
from tests.courses.sessions import book, schedule, write_live_course
from tests.support.portal import Cast


@sample("booking_id")
def _booking(cast: Cast) -> object:
    portal = this_app()
    assert isinstance(portal, Portal)
    course_id, activity = write_live_course("with-a-session")
    enrol(cast.nils, course_id)
    return book(portal, schedule(activity, seats=1), cast.nils)


@sample("work_id")
def _work(cast: Cast) -> object:
    return handed_in_for(cast)[2]


@sample("handed_file_id")
def _handed_file(cast: Cast) -> object:
    activity, _hand_in_id, _work_id = handed_in_for(cast, "with-a-file")
    return own(activity, cast.nils)[0].files[0].id


@sample("enrolment_id")
def _enrolment(cast: Cast) -> object:
    return enrol(cast.nils, write_course("enrolled-on", title="Enrolled on"))


@sample("act_id")
def _act(cast: Cast) -> object:
    portal = this_app()
    assert isinstance(portal, Portal)
    nils = admin_of(portal, cast.nils, cast.northway)
    course_id = write_course("for-many", title="For many")
    return look(course_id, ActKind.ENROL, "nils@example.com\nnobody@example.com", nils)
