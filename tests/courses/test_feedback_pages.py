"""Pages of feedback: asked once, theirs to change, read without names and by nobody who would know whose it is."""

import csv
import io
import re
from html import unescape

import pytest
from python_calamine import CalamineWorkbook

from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, Role, acting_as
from lms.kernel.uow import unit_of_work
from tests.courses.courses import activities_of, edit_first, enrol, publish, write_course
from tests.courses.sessions import actor_of
from tests.courses.test_counting import version_of
from tests.courses.test_feedback import finish, rate, rows
from tests.support.portal import counted_queries

ADDRESS = "/learn/cold-loops/feedback"


@pytest.fixture
def course_id(app, cast):
    return write_course(sections=(("One", "Two"),))


def say(visitor, rating, comment="", revision=0):
    return visitor.post(ADDRESS, {"rating": str(rating), "comment": comment, "revision": str(revision)})


def crowd(app, course_id, place, ratings, *, comment="Said by number {}"):
    """Let new people at a place complete a course and rate it so."""
    for number, rating in enumerate(ratings):
        with unit_of_work(), acting_as(SYSTEM):
            person_id = identity.add_person(
                email=f"{clock.now().timestamp()}.{number}@example.com",
                name=f"Crowd {number}",
                now=clock.now(),
            )
            identity.employ(
                person_id=person_id,
                organisation_id=place,
                position_id=None,
                region_id=None,
                now=clock.now(),
            )
        enrolment_id = finish(person_id, course_id)
        rate(actor_of(app, person_id, Role.LEARNER), enrolment_id, rating, comment.format(number))


def test_a_course_asks_once_it_is_completed_and_not_again_once_it_was_answered(app, cast, visit, course_id):
    amara = visit(cast.amara)
    enrol(cast.amara, course_id)
    assert "How was this course?" not in amara.get("/learn/cold-loops").text
    assert say(amara, 4).status_code == 409, "there is nothing to say yet"
    finish(cast.amara, course_id)
    page = amara.get("/learn/cold-loops").text
    assert "You have completed this course" in page
    assert "Not now" in page
    assert 'value="5"' in page
    assert "Very good" in page
    first, last = activities_of(course_id)
    assert "How was this course?" in amara.get(f"/learn/cold-loops/{last.id}").text
    assert "How was this course?" not in amara.get(f"/learn/cold-loops/{first.id}").text
    assert say(amara, 4, "<b>Clear</b>").status_code == 303
    page = amara.get("/learn/cold-loops").text
    assert "Thank you." in page
    assert "Not now" not in page
    assert "4 of 5" in page
    assert "&lt;b&gt;Clear&lt;/b&gt;" in page
    assert "How was this course?" not in amara.get(f"/learn/cold-loops/{last.id}").text


def test_who_would_rather_not_is_asked_no_more_and_finds_the_way_to_say_it(app, cast, visit, course_id):
    finish(cast.amara, course_id)
    amara = visit(cast.amara)
    assert amara.post(f"{ADDRESS}/later").status_code == 303
    page = amara.get("/learn/cold-loops").text
    assert "Not now" not in page
    assert "Rate this course" in page
    assert say(amara, 5).status_code == 303
    assert "5 of 5" in amara.get("/learn/cold-loops").text


def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(app, cast, visit, course_id):
    finish(cast.amara, course_id)
    amara = visit(cast.amara)
    unrated = amara.post(ADDRESS, {"comment": "Half a thought", "revision": "0"})
    assert unrated.status_code == 422
    assert "Choose a rating from 1 to 5." in unrated.text
    assert "Half a thought" in unrated.text
    assert say(amara, 6).status_code == 422
    assert say(amara, "²").status_code == 422
    assert "at most 2000" in say(amara, 3, "x" * 2001).text
    assert amara.post(ADDRESS, {"rating": "3", "comment": ""}).status_code == 422, "no revision, no save"
    assert rows() == []
    assert say(amara, 3, "First").status_code == 303
    stale = say(amara, 1, "Second")
    assert stale.status_code == 409
    assert "elsewhere meanwhile" in stale.text
    assert "Second" in stale.text
    assert 'value="1"' in stale.text
    assert say(amara, 1, "Second", revision=1).status_code == 303, "sent once more it goes over the first"
    assert [(row.rating, row.comment) for row in rows()] == [(1, "Second")]


def test_nobody_rates_a_course_that_is_not_theirs(app, cast, visit, course_id):
    assert say(visit(cast.nils), 5).status_code == 404
    assert say(visit(cast.ada), 5).status_code in {403, 404}
    assert rows() == []


def test_a_report_tells_the_mean_and_every_rating_leads_to_what_was_said(app, cast, visit, course_id):
    crowd(app, course_id, cast.brixham, [5, 5, 4, 4, 1])
    crowd(app, course_id, cast.northway, [2])
    address = f"/reports/courses/{course_id}"
    tomas = visit(cast.tomas)
    page = tomas.get(address).text
    assert "3.5 of 5 on average, from 6 of 6" in page
    found = {
        unescape(href): int(number)
        for href, number in re.findall(r'<a class="num" href="([^"]+rating=\d)">(\d+)</a>', page)
    }
    assert sorted(found.values()) == [1, 1, 2, 2]
    for href, count in found.items():
        assert tomas.get(href).text.count("Said by number") == count
    page = tomas.get(f"{address}/feedback").text
    assert "Crowd" not in page, "nobody's name goes with what they say"
    assert page.count("Said by number") == 6


def test_of_few_people_nothing_is_told_to_who_knows_them(app, cast, visit, course_id):
    crowd(app, course_id, cast.northway, [1, 2, 3, 4])
    address = f"/reports/courses/{course_id}"
    nils = visit(cast.nils)
    for path in (address, f"{address}/feedback", f"{address}/feedback?rating=1"):
        page = nils.get(path).text
        assert "Fewer than 5 of your people" in page
        assert "Said by" not in page
    assert "Said by" not in nils.get(f"{address}/feedback.csv").text
    crowd(app, course_id, cast.northway, [5])
    assert "3 of 5 on average" in nils.get(address).text
    assert nils.get(f"{address}/feedback").text.count("Said by number") == 5
    assert visit(cast.tomas).get(f"{address}/feedback").text.count("Said by number") == 5


def test_nobody_reads_what_people_say_whom_they_do_not_look_after(app, cast, visit, course_id):
    crowd(app, course_id, cast.northway, [3] * 5, comment="From the north {}")
    crowd(app, course_id, cast.brixham, [5] * 6, comment="From the coast {}")
    address = f"/reports/courses/{course_id}"
    nils, ruth = visit(cast.nils), visit(cast.ruth)
    assert nils.get(f"{address}/feedback").text.count("From the north") == 5
    assert ruth.get(f"{address}/feedback").text.count("From the coast") == 6
    for reader, other in ((nils, "coast"), (ruth, "north")):
        for ending in ("", ".csv", "?rating=5", "?rating=3"):
            assert other not in reader.get(f"{address}/feedback{ending}").text
    assert "everybody else: 5<" in nils.get(address).text
    assert "everybody else: 3<" in ruth.get(address).text
    assert visit(cast.amara).get(f"{address}/feedback").status_code == 403
    secret = write_course("secret", title="A secret course")
    finish(cast.amara, secret)
    assert nils.get(f"/reports/courses/{secret}/feedback").status_code == 404


def test_feedback_is_filtered_by_version_rating_and_comment(app, cast, visit, course_id):
    crowd(app, course_id, cast.brixham, [5, 2])
    old = version_of(course_id)
    edit_first(course_id, "Other words.")
    publish(course_id)
    crowd(app, course_id, cast.brixham, [4], comment="")
    tomas, address = visit(cast.tomas), f"/reports/courses/{course_id}/feedback"

    def shown(query):
        return re.findall(r'<tr><th scope="row">(\d), ', tomas.get(f"{address}{query}").text)

    assert shown("") == ["4", "2", "5"], "the newest first"
    assert shown(f"?version={old}") == ["2", "5"]
    assert shown(f"?version={old}&rating=5") == ["5"]
    assert shown("?comments=yes") == ["2", "5"]
    assert shown("?rating=1") == []
    assert "No feedback fits" in tomas.get(f"{address}?rating=1").text
    assert tomas.get(f"{address}?version={course_id}").status_code == 404


def test_a_table_holds_what_the_list_shows_and_no_formula(app, cast, visit, course_id):
    crowd(app, course_id, cast.brixham, [5, 3], comment="=1+{}\nnext line")
    tomas, address = visit(cast.tomas), f"/reports/courses/{course_id}/feedback"
    lines = list(csv.reader(io.StringIO(tomas.get(f"{address}.csv").text.lstrip("\ufeff"))))
    assert lines[0] == ["Rating", "In words", "Comment", "Version", "Month"]
    assert lines[1][:4] == ["3", "Fair", "'=1+1\nnext line", "1"]
    assert re.fullmatch(r"\d{4}-\d\d", lines[1][4])
    book = CalamineWorkbook.from_filelike(io.BytesIO(tomas.get(f"{address}.xlsx?rating=5").data))
    sheet = book.get_sheet_by_index(0).to_python()
    assert [row[2] for row in sheet[1:]] == ["=1+0\nnext line"]


def test_a_long_list_is_paged_and_asks_no_more_than_a_short_one(app, cast, visit, course_id):
    crowd(app, course_id, cast.brixham, [5, 4, 3, 2, 1])
    ruth, tomas, address = visit(cast.ruth), visit(cast.tomas), f"/reports/courses/{course_id}"

    def asked():
        counts = []
        for visitor, path in (
            (ruth, f"{address}/feedback"),
            (tomas, f"{address}/feedback"),
            (tomas, address),
            (ruth, address),
        ):
            visitor.get(path)
            with counted_queries() as seen:
                assert visitor.get(path).status_code == 200
            counts.append(len(seen))
        return counts

    few = asked()
    crowd(app, course_id, cast.brixham, [4] * 48)
    assert asked() == few
    page = tomas.get(f"{address}/feedback").text
    assert page.count("Said by number") == 50
    following = re.search(r'href="([^"]+after=[^"]+)"', page)
    assert following is not None
    assert tomas.get(unescape(following[1])).text.count("Said by number") == 3


def test_a_page_asks_no_query_more_for_the_feedback_that_it_offers(app, cast, visit, course_id):
    amara = visit(cast.amara)
    enrol(cast.amara, course_id)
    paths = ("/learn/cold-loops", f"/learn/cold-loops/{activities_of(course_id)[1].id}")

    def asked():
        counts = []
        for path in paths:
            amara.get(path)
            with counted_queries() as seen:
                assert amara.get(path).status_code == 200
            counts.append(len(seen))
        return counts

    before = asked()
    finish(cast.amara, course_id)
    assert "How was this course?" in amara.get(paths[1]).text
    assert asked() == before
    assert max(before) <= 5
