"""A course with places: never more people than that, nobody lost, and who has waited longest moves up at once."""

from datetime import date

import pytest
from sqlalchemy import select

from lms.courses.learning import service
from lms.courses.learning.models import CourseWaitRow
from lms.courses.learning.values import ActKind, Outcome, WaitEnd
from lms.courses.values import DueRule, EnrolmentSource
from lms.identity import facade as identity
from lms.identity import service as identity_service
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import run, unit_of_work
from tests.audiences.scene import rule, save
from tests.courses.acts import act_of, admin_of, begin, finish, look, outcomes
from tests.courses.courses import activities_of, complete, write_course
from tests.courses.enrolments import ask_for_place, give, open_people, rows_of
from tests.courses.sessions import actor_of
from tests.courses.test_bulk_enrolment import at_once
from tests.courses.test_changing_enrolments import told
from tests.support.portal import counted_queries

PEOPLE, PLACES = 20, 3
PAGE = "/learn/cold-loops"


def waiting(course_id):
    """Return who waits, in order."""
    with unit_of_work(read_only=True):
        return db.session.scalars(
            select(CourseWaitRow.person_id)
            .where(CourseWaitRow.course_id == course_id, CourseWaitRow.ended_at.is_(None))
            .order_by(CourseWaitRow.id)
        ).all()


def add_people(cast, count=PEOPLE):
    found = []
    with unit_of_work(), acting_as(SYSTEM):
        for number in range(count):
            person_id = identity.add_person(
                email=f"p{number}@example.com", name=f"P {number}", now=clock.now()
            )
            identity.employ(
                person_id=person_id,
                organisation_id=cast.cardiff,
                position_id=None,
                region_id=None,
                now=clock.now(),
            )
            found.append(person_id)
    return found


def enrol_oneself(app, person_id, course_id):
    """Enrol as a request does: again if a neighbour's transaction got in its way."""
    actor = actor_of(app, person_id)
    with acting_as(actor):
        return run(
            lambda: service.enrol(
                person_id=person_id,
                course_id=course_id,
                source=EnrolmentSource.SELF,
                due_on=None,
                actor=actor,
                now=clock.now(),
            )
        )


def leave(app, person_id, course_id):
    actor = actor_of(app, person_id)
    (row,) = [one for one in rows_of(course_id, person_id) if one.ended_at is None]
    with acting_as(actor):
        run(lambda: service.leave(enrolment_id=row.id, actor=actor, now=clock.now()))


def test_twenty_who_want_three_places_at_once_get_three_and_seventeen_wait(app, cast):
    course_id, people = write_course(), add_people(cast)
    give(course_id, places=PLACES)
    failed = at_once(app, *[lambda one=one: enrol_oneself(app, one, course_id) for one in people])
    assert failed == []
    assert len(open_people(course_id)) == PLACES
    assert len(waiting(course_id)) == PEOPLE - PLACES
    assert open_people(course_id) | set(waiting(course_id)) == set(people)
    # Who has a place leaves while others come again: still never more, and nobody is lost.
    leaving, behind = sorted(open_people(course_id)), list(waiting(course_id))
    failed = at_once(
        app,
        *[lambda one=one: leave(app, one, course_id) for one in leaving],
        *[lambda one=one: enrol_oneself(app, one, course_id) for one in behind[:6]],
    )
    assert failed == []
    assert open_people(course_id) == set(behind[:PLACES]), "who waited longest moved up"
    assert list(waiting(course_id)) == behind[PLACES:]


def test_a_place_that_is_left_or_completed_goes_to_the_first_in_the_same_transaction(app, cast):
    course_id = write_course()
    give(course_id, places=1)
    first = ask_for_place(cast.amara, course_id)
    assert first is not None
    assert ask_for_place(cast.dafydd, course_id, due_on=date(2027, 3, 1)) is None
    assert ask_for_place(cast.ruth, course_id) is None
    assert list(waiting(course_id)) == [cast.dafydd, cast.ruth]
    for activity in activities_of(course_id):
        complete(first, activity)
    assert open_people(course_id) == {cast.dafydd}
    assert rows_of(course_id, cast.dafydd)[0].due_on == date(2027, 3, 1)
    leave(app, cast.dafydd, course_id)
    assert open_people(course_id) == {cast.ruth}
    assert list(waiting(course_id)) == []
    assert ("courses.place_found", "") in told(cast.ruth)


def test_more_places_are_filled_at_once_fewer_throw_nobody_out_and_none_end_the_waiting(app, cast):
    course_id, people = write_course(), add_people(cast, 6)
    give(course_id, places=1)
    for person_id in people:
        ask_for_place(person_id, course_id)
    give(course_id, places=3)
    assert open_people(course_id) == set(people[:3])
    give(course_id, places=1)
    assert open_people(course_id) == set(people[:3])
    leave(app, people[0], course_id)
    assert open_people(course_id) == set(people[1:3]), "two are still more than one"
    give(course_id)
    assert open_people(course_id) == set(people[1:])
    assert list(waiting(course_id)) == []


def test_an_act_fills_the_places_in_the_order_of_its_list_and_says_who_waits(app, cast, visit):
    course_id = write_course()
    ruth = admin_of(app, cast.ruth, cast.brixham)
    give(course_id, places=2)
    names = "ruth@example.com\namara@example.com\ndafydd@example.com"
    act_id = look(course_id, ActKind.ENROL, names, ruth, due=DueRule(days=10))
    assert "2 places are free" in visit(cast.ruth).get(f"/team/enrolments/acts/{act_id}").text
    begin(act_id, ruth)
    finish()
    assert outcomes(act_id) == [Outcome.ENROLLED, Outcome.ENROLLED, Outcome.WAITING]
    assert list(waiting(course_id)) == [cast.dafydd]
    assert ("courses.waiting", "") in told(cast.dafydd)
    again = look(course_id, ActKind.ENROL, names, ruth)
    assert outcomes(again) == [Outcome.ALREADY, Outcome.ALREADY, Outcome.WAITING]
    withdrawn = look(course_id, ActKind.WITHDRAW, names.replace("amara", "nils"), ruth)
    begin(withdrawn, ruth)
    finish()
    assert act_of(withdrawn).counts == {Outcome.WITHDRAWN: 2, Outcome.BEYOND_REACH: 1}
    assert open_people(course_id) == {cast.amara}
    assert list(waiting(course_id)) == [], "who waits can be withdrawn from the list"


def test_an_audience_waits_too_and_who_leaves_it_leaves_the_list_where_the_course_says_so(app, cast):
    course_id = write_course()
    sales = save("Sales", rule(position=[cast.sales_rep, cast.technician]))
    give(course_id, enrolled=[sales], places=1, withdraws_leavers=True, days=30)
    (first,), (second,) = open_people(course_id), waiting(course_id)
    assert {first, second} == {cast.amara, cast.dafydd}
    with unit_of_work(), acting_as(SYSTEM):
        identity.employ(
            person_id=second,
            organisation_id=cast.cardiff,
            position_id=None,
            region_id=None,
            now=clock.now(),
        )
    assert list(waiting(course_id)) == []


def test_who_is_erased_waits_no_longer_and_their_place_goes_on(app, cast):
    course_id = write_course()
    give(course_id, places=1)
    for person_id in (cast.amara, cast.dafydd, cast.ruth):
        ask_for_place(person_id, course_id)
    for person_id, email in ((cast.dafydd, "dafydd@example.com"), (cast.amara, "amara@example.com")):
        with unit_of_work(), acting_as(SYSTEM):
            identity_service.erase_everywhere(person_id=person_id, typed_email=email, actor=SYSTEM)
    assert open_people(course_id) == {cast.ruth}
    with unit_of_work(read_only=True):
        ends = db.session.scalars(select(CourseWaitRow.ended_why).order_by(CourseWaitRow.id)).all()
    assert ends == [WaitEnd.LEFT_FOR_GOOD, WaitEnd.PLACED]


def test_the_course_says_that_it_is_full_and_ones_number_and_one_may_leave_the_list(app, cast, visit):
    course_id = write_course()
    give(course_id, places=1)
    amara, dafydd, ruth = visit(cast.amara), visit(cast.dafydd), visit(cast.ruth)
    assert "Start the course" in amara.get(PAGE).text
    amara.post(f"{PAGE}/enrol")
    assert "Join the waiting list" in dafydd.get(PAGE).text
    for _click in range(2):
        assert dafydd.post(f"{PAGE}/enrol").location.endswith(PAGE)
    ruth.post(f"{PAGE}/enrol")
    assert "You are number 1 on the waiting list" in dafydd.get(PAGE).text
    assert "You are number 2 on the waiting list" in ruth.get(PAGE).text
    listing = f"/team/enrolments/courses/{course_id}/waiting"
    page = ruth.get(listing).text.partition("<tbody>")[2].partition("</tbody>")[0]
    assert page.index("Dafydd Pryce") < page.index("Ruth Calloway")
    assert dafydd.post(f"{PAGE}/leave").status_code == 303
    assert "You are number 1 on the waiting list" in ruth.get(PAGE).text
    (off,) = [part.split('"')[0] for part in ruth.get(listing).text.split('action="')[1:] if "waits" in part]
    assert visit(cast.nils).post(off).status_code == 404
    assert "Ruth" not in visit(cast.nils).get(listing).text
    for _click in range(2):
        assert visit(cast.tomas).post(off).status_code == 303
    assert "Nobody waits" in ruth.get(listing).text
    assert ("courses.taken_off", "") in told(cast.ruth)


def test_a_waiting_list_costs_the_same_however_long_it_is_and_so_does_the_course(app, cast, visit):
    course_id, ruth = write_course(), visit(cast.ruth)
    give(course_id, places=1)
    asked = []
    for people in (add_people(cast, 2), None):
        for person_id in people or [cast.amara, cast.dafydd, cast.ruth, cast.nils]:
            ask_for_place(person_id, course_id)
        seen = []
        for page in (f"/team/enrolments/courses/{course_id}/waiting", PAGE):
            ruth.get(page)
            with counted_queries() as counted:
                assert ruth.get(page).status_code == 200
            seen.append(len(counted))
        asked.append(seen)
    assert asked[0] == asked[1]
    assert asked[0][0] <= 6


@pytest.mark.parametrize("places", ["0", "-1", "1.5", "²", "99999999999"])
def test_places_are_a_whole_number_that_somebody_means(sqlite_app, cast, visit, places):
    course_id = write_course()
    tomas = visit(cast.tomas)
    page = f"/author/courses/{course_id}/access"
    assert tomas.post(page, {"places": places}).status_code == 422
    assert tomas.post(page, {"places": "12"}).status_code == 303
    assert 'value="12"' in tomas.get(page).text
