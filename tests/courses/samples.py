"""A booking and work of Northway's: Brixham's people must never learn of them."""

from sqlalchemy import select

from lms.app.portal import Portal
from lms.courses.learning.models import CourseWaitRow
from lms.courses.learning.values import ActKind
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.web.exports import this_app
from tests.architecture.samples import sample
from tests.courses.acts import admin_of, look
from tests.courses.assignments import handed_in_for, own
from tests.courses.courses import enrol, write_course
from tests.courses.enrolments import ask_for_place, give
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


@sample("wait_id")
def _wait(cast: Cast) -> object:
    course_id = write_course("full", title="Full")
    give(course_id, places=1)
    ask_for_place(cast.amara, course_id)
    ask_for_place(cast.nils, course_id)
    with unit_of_work(read_only=True):
        return db.session.scalars(select(CourseWaitRow.id).where(CourseWaitRow.course_id == course_id)).one()


@sample("act_id")
def _act(cast: Cast) -> object:
    portal = this_app()
    assert isinstance(portal, Portal)
    nils = admin_of(portal, cast.nils, cast.northway)
    course_id = write_course("for-many", title="For many")
    return look(course_id, ActKind.ENROL, "nils@example.com\nnobody@example.com", nils)
