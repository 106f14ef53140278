"""Pages of who learns: what they see, what they may do, and how little the database is asked."""

from contextvars import Context
from datetime import date, timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from lms.courses import facade as courses
from lms.courses import policy
from lms.courses.authoring import queries
from lms.courses.authoring import service as authoring
from lms.courses.learning import plugs
from lms.courses.learning.models import ActivityResultRow, ActivityStateRow, EnrolmentRow
from lms.courses.values import ActivityKey, EnrolmentSource
from lms.identity import facade as identity
from lms.kernel import clock, events, outbox
from lms.kernel.actor import EVERYTHING, NOTHING, SYSTEM, Actor, Grant, Role, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from tests.courses.courses import activities_of, complete, edit_first, enrol, publish, write_course
from tests.support.portal import counted_queries

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9v9"/></svg>'


def _count(table):
    return db.session.scalar(select(func.count()).select_from(table))


def _lesson_url(activity, slug="cold-loops"):
    return f"/learn/{slug}/{activity.id}"


def test_a_learner_starts_reads_and_completes_a_course_with_forms_alone(app, cast, visit):
    course_id = write_course()
    amara = visit(cast.amara)
    assert "Start the course" in amara.get("/learn/cold-loops").text
    answer = amara.post("/learn/cold-loops/enrol")
    first, second, third = activities_of(course_id)
    assert (answer.status_code, answer.location) == (303, _lesson_url(first))
    assert "All about <strong>Parts of a loop</strong>" in amara.get(answer.location).text
    answer = amara.post(f"{_lesson_url(first)}/done")
    assert (answer.status_code, answer.location) == (303, _lesson_url(second))
    amara.post(f"{_lesson_url(second)}/done")
    answer = amara.post(f"{_lesson_url(third)}/done")
    assert answer.location == "/learn/cold-loops"
    page = amara.get("/learn/cold-loops").text
    assert "You have completed Cold loops." in page
    assert "Take it again" in page


def test_a_double_click_on_start_and_done_does_each_once(app, cast, visit):
    course_id = write_course()
    amara = visit(cast.amara)
    first = activities_of(course_id)[0]
    for _click in range(2):
        amara.post("/learn/cold-loops/enrol")
        assert amara.post(f"{_lesson_url(first)}/done").status_code == 303
    assert (_count(EnrolmentRow), _count(ActivityResultRow)) == (1, 1)


def test_a_page_tells_that_it_is_read_and_the_home_page_leads_back_to_it(app, cast, visit):
    course_id = write_course()
    enrol(cast.amara, course_id)
    second = activities_of(course_id)[1]
    amara = visit(cast.amara)
    answer = amara.post(f"{_lesson_url(second)}/seen", {"seconds": "20", "y": "0.5"})
    assert answer.status_code == 204
    assert 'data-place="0.5"' in amara.get(_lesson_url(second)).text
    assert _lesson_url(second) in amara.get("/learn/cold-loops").text


@pytest.mark.parametrize("told", [{}, {"seconds": "-1"}, {"seconds": "5", "y": "7"}, {"seconds": "x"}])
def test_a_page_that_tells_nonsense_is_refused(app, cast, visit, told):
    course_id = write_course()
    enrol(cast.amara, course_id)
    first = activities_of(course_id)[0]
    assert visit(cast.amara).post(f"{_lesson_url(first)}/seen", told).status_code == 422
    assert _count(ActivityStateRow) == 0


def test_a_course_that_is_not_published_is_nowhere(app, cast, visit):
    write_course(publish=False)
    amara = visit(cast.amara)
    assert amara.get("/learn/cold-loops").status_code == 404
    assert amara.post("/learn/cold-loops/enrol").status_code == 404
    assert "Cold loops" not in amara.get("/learn").text


def test_who_is_not_in_a_course_is_led_to_its_page_and_can_record_nothing(app, cast, visit):
    course_id = write_course()
    enrol(cast.amara, course_id)
    first = activities_of(course_id)[0]
    nils = visit(cast.nils)
    answer = nils.get(_lesson_url(first))
    assert (answer.status_code, answer.location) == (302, "/learn/cold-loops")
    for act in ("seen", "done"):
        assert nils.post(f"{_lesson_url(first)}/{act}", {"seconds": "5"}).status_code == 404
    assert _count(ActivityResultRow) == 0


def test_an_auditor_reads_the_catalogue_and_changes_nothing(app, cast, visit):
    write_course()
    odd = visit(cast.odd)
    page = odd.get("/learn/cold-loops")
    assert page.status_code == 200
    assert "Start the course" not in page.text
    assert odd.post("/learn/cold-loops/enrol").status_code == 403
    assert _count(EnrolmentRow) == 0


def test_a_learner_keeps_reading_the_version_they_began(app, cast, visit):
    course_id = write_course()
    enrol(cast.amara, course_id)
    old = activities_of(course_id)[0]
    edit_first(course_id, "A quite different text.")
    publish(course_id)
    assert "All about" in visit(cast.amara).get(_lesson_url(old)).text
    nils = visit(cast.nils)
    nils.post("/learn/cold-loops/enrol")
    assert "A quite different text." in nils.get(_lesson_url(activities_of(course_id)[0])).text


def test_the_catalogue_finds_by_words_of_a_lesson_and_by_brand(app, cast, visit):
    write_course("cold", brand_id=cast.cold)
    write_course("selling", (("Asking well",),), title="Selling", brand_id=cast.air)
    amara = visit(cast.amara)
    found = amara.get("/learn?q=superh").text
    assert "Cold loops" in found
    assert "/learn/selling" not in found
    assert "Cold loops" not in amara.get(f"/learn?brand={cast.air}").text
    assert "No course fits" in amara.get("/learn?q=nothing").text
    assert amara.get("/learn?brand=x").status_code == 422


def test_the_catalogue_shows_what_was_begun_first_and_pages(app, cast, visit):
    long_ago = clock.now() - timedelta(days=60)
    clock.set_source(lambda: long_ago)  # nothing of it is new, which would stand above
    for number in range(30):
        last = write_course(f"course-{number:02}", (("Only",),), title=f"Course {number:02}")
    clock.set_source(None)
    enrol(cast.amara, last)
    amara = visit(cast.amara)
    page = amara.get("/learn").text
    assert page.index("Course 29") < page.index("Course 00")
    assert "Course 27" not in page
    following = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    assert "Course 27" in amara.get(following.replace("&amp;", "&")).text


def _add_picture(course_id):
    editor = queries.get_editor(course_id)
    with unit_of_work(), acting_as(SYSTEM):
        address = authoring.add_media(
            course_id=course_id,
            key=ActivityKey(editor.items[0].key),
            filename="Loop drawing.svg",
            upload=BytesIO(SVG),
            actor=SYSTEM,
            now=clock.now(),
        )
    page = queries.get_page(queries.get_editor(course_id).version_id, editor.items[0].key)
    return page.pictures[address]


def test_a_picture_is_shown_to_who_may_see_its_course_and_can_run_nothing(app, cast, visit):
    course_id = write_course(publish=False)
    url = _add_picture(course_id)
    assert visit(cast.amara).get(url).status_code == 404
    assert visit(cast.tomas).get(url).status_code == 200
    publish(course_id)
    answer = visit(cast.amara).get(url)
    assert answer.data == SVG
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    again = visit(cast.amara).get(url, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert visit().get(url).status_code in {303, 401}


def test_pages_ask_the_database_five_times_at_most_however_much_there_is(app, cast, visit):
    course_id = write_course()
    enrol(cast.amara, course_id, due_on=date(2030, 1, 1))
    first = activities_of(course_id)[0]

    def asked(path):
        amara = visit(cast.amara)
        amara.get(path)
        with counted_queries() as seen:
            assert amara.get(path).status_code == 200
        return len(seen)

    paths = ("/learn", "/learn/cold-loops", _lesson_url(first))
    small = [asked(path) for path in paths]
    with unit_of_work(), acting_as(SYSTEM):
        people = [
            identity.add_person(email=f"p{number}@example.com", name=f"P {number}", now=clock.now())
            for number in range(40)
        ]
    for number in range(8):
        other = write_course(f"more-{number}", [[f"Lesson {n}" for n in range(12)]], title=f"More {number}")
        enrol(cast.amara, other)
    for person in people:
        complete(enrol(person, course_id), first)
    large = [asked(path) for path in paths]
    big = activities_of(other)[0]
    assert large == small
    assert asked(_lesson_url(big, "more-7")) == small[2]
    assert max(small) <= 5


def test_the_home_page_leads_on_and_says_what_is_due_with_one_query(app, cast):
    learner = (Grant(Role.LEARNER, NOTHING),)
    amara = Actor(person_id=cast.amara, grants=learner, scopes={policy.LEARN: NOTHING})

    def shown():
        with app.test_request_context("/"), acting_as(amara), counted_queries() as seen:
            return f"{plugs.home_continue()}{plugs.home_due() or ''}", len(seen)

    def fragments():
        db.session.remove()
        return Context().run(shown)

    text, count = fragments()
    assert ("Nothing begun" in text, count) == (True, 1)
    course_id = write_course()
    complete(enrol(cast.amara, course_id, due_on=date(2020, 1, 1)), activities_of(course_id)[0])
    for number in range(5):
        enrol(cast.amara, write_course(f"more-{number}", title=f"More {number}"))
    text, count = fragments()
    assert count == 1
    assert "Lesson 2 of 3: Superheat." in text
    assert "days overdue" in text
    assert _lesson_url(activities_of(course_id)[1]) in text


def test_who_is_put_into_a_course_by_another_is_told_and_who_starts_one_is_not(app, cast, visit):
    course_id = write_course()
    visit(cast.nils).post("/learn/cold-loops/enrol")
    ruth = Actor(person_id=cast.ruth, scopes={policy.ENROL_PEOPLE: EVERYTHING})
    with unit_of_work(), acting_as(ruth):
        courses.enrol(
            person_id=cast.amara,
            course_id=course_id,
            source=EnrolmentSource.PARTNER_ADMIN,
            due_on=date(2030, 1, 1),
            actor=ruth,
            now=clock.now(),
        )
    db.session.remove()
    while outbox.deliver_due(events.apply):
        pass
    told = "You are to take the course Cold loops"
    assert told in visit(cast.amara).get("/learn").text
    assert told not in visit(cast.nils).get("/learn").text
