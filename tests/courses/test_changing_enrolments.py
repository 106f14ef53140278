"""Dates are moved and enrolments ended with a reason that is kept and told; what was done is never lost."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from lms.courses.learning.models import ActivityStateRow, EnrolmentChangeRow
from lms.kernel import clock
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.notifications.models import NoticeRow
from tests.audiences.scene import rule, save
from tests.courses.courses import activities_of, complete, edit_first, enrol, publish, write_course
from tests.courses.enrolments import deliver, give, open_people, rows_of
from tests.courses.sessions import book, schedule, write_live_course
from tests.support.portal import counted_queries

LIST = "/team/enrolments"


def told(person_id):
    deliver()
    with unit_of_work(read_only=True):
        query = select(NoticeRow).where(NoticeRow.person_id == person_id).order_by(NoticeRow.id)
        return [(row.kind, row.given.get("reason", "")) for row in db.session.scalars(query)]


def test_a_later_date_comes_with_a_reason_that_is_kept_and_told(app, cast, visit):
    course_id = write_course()
    page = f"{LIST}/{enrol(cast.amara, course_id, due_on=date(2027, 1, 15))}"
    ruth = visit(cast.ruth)
    later = {"seen": "2027-01-15", "due_on": "2027-02-15", "reason": "On sick leave"}
    assert ruth.post(f"{page}/due", later | {"reason": " "}).status_code == 422
    for said in ("Saved. Amara Osei is told.", "Nothing changed: it is due on"):
        assert ruth.post(f"{page}/due", later).status_code == 303
        assert said in ruth.get(page).text
    assert rows_of(course_id)[0].due_on == date(2027, 2, 15)
    shown = ruth.get(page).text
    assert "On sick leave" in shown
    assert "Ruth" in shown
    assert told(cast.amara) == [("courses.due_moved", "On sick leave")]


@pytest.mark.parametrize("reason", ["Sick\u202e leave", "Sick\x07 leave", "Sick\n\u2066leave"])
def test_a_reason_that_would_turn_around_is_refused_beside_its_field_and_moves_nothing(
    app, cast, visit, reason
):
    course_id = write_course()
    page = f"{LIST}/{enrol(cast.amara, course_id, due_on=date(2027, 1, 15))}/due"
    answer = visit(cast.ruth).post(page, {"seen": "2027-01-15", "due_on": "2027-02-15", "reason": reason})
    assert answer.status_code == 422
    assert "cannot be seen or that turn the text around" in answer.text
    assert rows_of(course_id)[0].due_on == date(2027, 1, 15)


def test_an_earlier_date_must_be_meant(app, cast, visit):
    course_id = write_course()
    page = f"{LIST}/{enrol(cast.amara, course_id, due_on=date(2027, 1, 15))}/due"
    earlier = {"seen": "2027-01-15", "due_on": "2027-01-02", "reason": "The plant starts sooner"}
    ruth = visit(cast.ruth)
    refused = ruth.post(page, earlier)
    assert refused.status_code == 422
    assert "earlier than it was" in refused.text
    assert rows_of(course_id)[0].due_on == date(2027, 1, 15)
    assert ruth.post(page, earlier | {"may_be_earlier": "y"}).status_code == 303
    assert rows_of(course_id)[0].due_on == date(2027, 1, 2)


def test_a_first_date_is_not_called_earlier_and_one_that_is_past_must_be_meant(app, cast, visit):
    course_id = write_course()
    page = f"{LIST}/{enrol(cast.amara, course_id)}"
    ruth = visit(cast.ruth)
    past = {
        "seen": "",
        "due_on": (clock.now() - timedelta(days=3)).date().isoformat(),
        "reason": "By contract",
    }
    refused = ruth.post(f"{page}/due", past)
    assert refused.status_code == 422
    assert "That day is past" in refused.text
    assert "earlier than it was. Tick" not in refused.text
    assert rows_of(course_id)[0].due_on is None
    first = past | {"due_on": (clock.now() + timedelta(days=30)).date().isoformat()}
    assert ruth.post(f"{page}/due", first).status_code == 303
    assert rows_of(course_id)[0].due_on is not None
    assert (
        ruth.post(f"{page}/due", past | {"seen": first["due_on"], "may_be_earlier": "y"}).status_code == 303
    )


def test_a_stale_tab_overwrites_no_newer_date_and_keeps_what_was_typed(app, cast, visit):
    course_id = write_course()
    page = f"{LIST}/{enrol(cast.amara, course_id, due_on=date(2027, 1, 15))}"
    ruth, ada = visit(cast.ruth), visit(cast.ada)
    assert 'name="seen" type="hidden" value="2027-01-15"' in ruth.get(page).text
    newer = {"seen": "2027-01-15", "due_on": "2027-03-01", "reason": "The plant opens later"}
    assert ada.post(f"{page}/due", newer).status_code == 303
    stale = {"seen": "2027-01-15", "due_on": "2027-02-15", "reason": "On sick leave"}
    answer = ruth.post(f"{page}/due", stale)
    assert answer.status_code == 409
    assert "it is due on" in answer.text
    assert "On sick leave" in answer.text
    assert rows_of(course_id)[0].due_on == date(2027, 3, 1)
    del stale["seen"]
    assert ruth.post(f"{page}/due", stale).status_code == 422
    assert 'name="seen" type="hidden" value="2027-03-01"' in answer.text
    assert ruth.post(f"{page}/due", stale | {"seen": "2027-03-01", "may_be_earlier": "y"}).status_code == 303


def test_withdrawing_keeps_what_was_done_frees_the_seat_and_tells_why(app, cast, visit):
    course_id, live = write_live_course(lessons=("Before",))
    enrolment_id = enrol(cast.amara, course_id)
    complete(enrolment_id, activities_of(course_id)[0])
    session_id = schedule(live, seats=1)
    book(app, session_id, cast.amara)
    ruth = visit(cast.ruth)
    for said in ("Saved. Amara Osei is told.", "Nothing changed: this enrolment had ended already."):
        answer = ruth.post(f"{LIST}/{enrolment_id}/withdraw", {"why": "Works elsewhere now"})
        assert answer.status_code == 303
        assert said in ruth.get(f"{LIST}/{enrolment_id}").text
    assert open_people(course_id) == set()
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(ActivityStateRow)) == 1
        assert db.session.scalar(select(func.count()).select_from(EnrolmentChangeRow)) == 1
    enrol(cast.dafydd, course_id)
    book(app, session_id, cast.dafydd)
    assert ("courses.withdrawn", "Works elsewhere now") in told(cast.amara)
    assert "Works elsewhere now" in ruth.get(f"{LIST}/{enrolment_id}").text


def test_enrolled_again_they_begin_anew_on_the_version_of_that_day(app, cast, visit):
    course_id = write_course()
    first = enrol(cast.amara, course_id)
    complete(first, activities_of(course_id)[0])
    visit(cast.ruth).post(f"{LIST}/{first}/withdraw", {"why": "Another course fits"})
    edit_first(course_id, "Newer.")
    publish(course_id)
    enrol(cast.amara, course_id)
    old, new = rows_of(course_id)
    assert (old.done_count, new.done_count) == (1, 0)
    assert old.version_id != new.version_id


def test_who_chose_a_course_may_leave_it_and_who_was_put_into_it_may_not(app, cast, visit):
    course_id = write_course()
    amara, dafydd = visit(cast.amara), visit(cast.dafydd)
    amara.post("/learn/cold-loops/enrol")
    assert "Leave the course" in amara.get("/learn/cold-loops").text
    assert amara.post("/learn/cold-loops/leave").status_code == 303
    assert open_people(course_id) == set()
    everybody = save("Technicians", rule(position=[cast.technician]))
    give(course_id, enrolled=[everybody])
    assert "Leave the course" not in dafydd.get("/learn/cold-loops").text
    assert dafydd.post("/learn/cold-loops/leave").status_code == 403
    assert open_people(course_id) == {cast.dafydd}


def test_another_partners_admin_learns_of_nobody_and_changes_nothing(app, cast, visit):
    course_id = write_course()
    enrolment_id = enrol(cast.amara, course_id, due_on=date(2027, 1, 15))
    nils = visit(cast.nils)
    assert "Amara" not in nils.get(LIST).text
    assert "Amara" in visit(cast.ruth).get(LIST).text
    page = f"{LIST}/{enrolment_id}"
    assert nils.get(page).status_code == 404
    assert (
        nils.post(f"{page}/due", {"seen": "2027-01-15", "due_on": "2027-02-15", "reason": "No"}).status_code
        == 404
    )
    assert nils.post(f"{page}/withdraw", {"why": "No"}).status_code == 404
    assert rows_of(course_id)[0].due_on == date(2027, 1, 15)
    assert visit(cast.amara).get(LIST).status_code == 403


def test_a_list_of_many_asks_as_much_as_one_of_few(app, cast, visit):
    ruth = visit(cast.ruth)
    enrol(cast.amara, write_course())
    ruth.get(LIST)
    with counted_queries() as few:
        ruth.get(LIST)
    for number in range(6):
        course_id = write_course(f"course-{number}", title=f"Course {number}")
        enrol(cast.amara, course_id)
        enrol(cast.dafydd, course_id)
    with counted_queries() as many:
        assert "Course 5" in ruth.get(LIST).text
    assert len(many) == len(few)
