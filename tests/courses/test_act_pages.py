"""The pages of acts on many people: what each shows to whom, and how little a second click does."""

import csv
import io
import re

from sqlalchemy import func, select

from lms.courses.learning import jobs
from lms.courses.learning.models import EnrolmentActRow
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from tests.audiences.scene import rule, save
from tests.courses.courses import enrol, write_course
from tests.courses.enrolments import give, open_people
from tests.support.portal import counted_queries

TABLE = (
    "Name;E-Mail\nAmara;amara@example.com\nNils;nils@example.com\n"
    "Amara;Amara@example.com\nDafydd;dafydd@example.com\n"
)


def many(course_id, kind="enrol"):
    return f"/team/enrolments/courses/{course_id}/many/{kind}"


def dropped(visitor, course_id, content, kind="enrol", *, key=None, **fields):
    raw = content.encode() if isinstance(content, str) else content
    given = {"key": key or str(new_id()), "file": (io.BytesIO(raw), "people.csv"), **fields}
    return visitor.post(many(course_id, kind), given)


def worked():
    db.session.remove()
    jobs.act()
    db.session.remove()


def badges(page):
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return re.findall(r'class="badge"[^>]*>.*?</svg>([^<]+)<', body)


def add_people(organisation_id, count, domain):
    with unit_of_work(), acting_as(SYSTEM):
        for number in range(count):
            person_id = identity.add_person(
                email=f"p{number}@{domain}", name=f"Person {number:03}", now=clock.now()
            )
            identity.employ(
                person_id=person_id,
                organisation_id=organisation_id,
                position_id=None,
                region_id=None,
                now=clock.now(),
            )


def test_a_table_is_looked_at_begun_followed_and_reported_row_by_row(app, cast, visit):
    course_id, ruth = write_course(), visit(cast.ruth)
    assert "Enrol many" in ruth.get(f"/team/enrolments?course={course_id}").text
    assert "Drop a table here" in ruth.get(many(course_id)).text
    at = dropped(ruth, course_id, TABLE, due_days="30").location
    page = ruth.get(at).text
    assert "Nothing is done yet" in page
    assert "2 rows are left out" in page
    assert badges(page) == ["To be enrolled", "Not found among your people", "Repeated", "To be enrolled"]
    assert "Row 2 names the same already." in page
    assert "Nils Aaberg" not in page
    assert open_people(course_id) == set()
    assert ruth.post(f"{at}/do").status_code == 303
    page = ruth.get(at).text
    assert "0 of 2 people" in page
    assert 'data-progress="running"' in page
    worked()
    page = ruth.get(at).text
    assert "2 people were enrolled." in page
    assert badges(page) == ["Enrolled", "Not found among your people", "Repeated", "Enrolled"]
    assert open_people(course_id) == {cast.amara, cast.dafydd}
    assert "nils@example.com" in ruth.get(f"{at}?outcome=beyond_reach").text
    assert "Dafydd" not in ruth.get(f"{at}?outcome=beyond_reach").text
    answer = ruth.get(f"{at}.csv")
    assert answer.mimetype == "text/csv"
    header, *rows = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert header == ["Row", "Result", "Name", "E-mail", "Organisation", "In the list", "Repeats row"]
    assert rows == [
        ["2", "Enrolled", "Amara Osei", "amara@example.com", "Brixham Automation", "", ""],
        ["3", "Not found among your people", "", "", "", "nils@example.com", ""],
        ["4", "Repeated", "Amara Osei", "amara@example.com", "Brixham Automation", "", "2"],
        ["5", "Enrolled", "Dafydd Pryce", "dafydd@example.com", "Cardiff branch of Brixham", "", ""],
    ]
    only = list(csv.reader(io.StringIO(ruth.get(f"{at}.csv?outcome=repeated").text)))
    assert len(only) == 2


def test_who_is_beyond_reach_reads_letter_by_letter_as_who_is_unknown(app, cast, visit):
    course_id, ruth = write_course(), visit(cast.ruth)
    pages = []
    for named in ("nils@example.com", "zzzz@example.com"):
        at = ruth.post(many(course_id), {"key": str(new_id()), "pasted": named}).location
        page, table = ruth.get(at).text.partition("<main")[2], ruth.get(f"{at}.csv").text
        changing = r"[0-9a-f-]{36}|nonce=\S+|(value|datetime)=\"[^\"]+\""
        pages.append([re.sub(changing, "", one).replace(named, "") for one in (page, table)])
    assert pages[0] == pages[1]


def test_double_clicks_reloads_and_the_back_button_begin_it_once(app, cast, visit):
    course_id, ruth, key = write_course(), visit(cast.ruth), str(new_id())
    first, again = (dropped(ruth, course_id, TABLE, key=key).location for _press in range(2))
    assert first == again
    for _press in range(2):
        assert ruth.post(f"{first}/do").status_code == 303
    worked()
    assert dropped(ruth, course_id, TABLE, key=key).location == first
    assert ruth.post(f"{first}/do").status_code == 303
    for _press in range(2):
        assert ruth.post(f"{first}/stop").status_code == 303
    worked()
    assert "2 people were enrolled." in ruth.get(first).text
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(EnrolmentActRow)) == 1


def test_what_is_discarded_is_forgotten_and_leaves_the_list(app, cast, visit):
    course_id, ruth = write_course(), visit(cast.ruth)
    at = dropped(ruth, course_id, TABLE).location
    listing = f"/team/enrolments/courses/{course_id}/acts"
    assert "Not begun" in ruth.get(listing).text
    for _press in range(2):
        assert ruth.post(f"{at}/stop").status_code == 303
    assert "Nothing was done to many yet" in ruth.get(listing).text
    page = ruth.get(at).text
    assert "It was discarded" in page
    assert "nils@example.com" not in page
    assert ruth.post(f"{at}/do").status_code == 409


def test_people_are_ticked_or_all_who_match_are_taken(app, cast, visit):
    course_id, ruth = write_course(), visit(cast.ruth)
    address = f"{many(course_id)}?by=people"
    page = ruth.get(address).text
    assert "Amara Osei" in page
    assert "Nils Aaberg" not in page
    refused = ruth.post(address, {"key": str(new_id())})
    assert refused.status_code == 422
    assert "Tick somebody" in refused.text
    at = ruth.post(address, {"key": str(new_id()), "person": [str(cast.amara), str(cast.nils)]}).location
    assert badges(ruth.get(at).text) == ["To be enrolled", "Not found among your people"]
    assert ruth.post(address, {"key": str(new_id()), "person": "somebody"}).status_code == 404
    add_people(cast.cardiff, 60, "cardiff.example")
    narrowed = f"{address}&q=person"
    page = ruth.get(narrowed).text
    assert "All 60 who match" in page
    assert "Amara Osei" not in page
    at = ruth.post(narrowed, {"key": str(new_id()), "everybody": "y"}).location
    page = ruth.get(at).text
    assert "Enrol 60 people" in page
    assert "All who match “person”" in page
    ruth.post(f"{at}/do")
    worked()
    assert len(open_people(course_id)) == 60
    page = ruth.get(f"{many(course_id, 'withdraw')}?by=people").text
    assert "All 60 who match" in page, "only who is in the course can be withdrawn from it"


def test_an_audience_is_a_trainers_to_choose(app, cast, visit):
    course_id, tomas = write_course(), visit(cast.tomas)
    address = f"{many(course_id)}?by=audience"
    assert "There is no audience yet." in tomas.get(address).text
    technicians = save("Technicians", rule(position=[cast.technician]))
    assert "Technicians" in tomas.get(address).text
    assert tomas.post(address, {"key": str(new_id()), "audience": ""}).status_code == 422
    at = tomas.post(address, {"key": str(new_id()), "audience": str(technicians)}).location
    assert "Audience “Technicians”" in tomas.get(at).text
    tomas.post(f"{at}/do")
    worked()
    assert open_people(course_id) == {cast.dafydd}
    ruth = visit(cast.ruth)
    assert "By audience" not in ruth.get(many(course_id)).text
    assert ruth.get(address).status_code == 404
    posted = ruth.post(address, {"key": str(new_id()), "audience": str(technicians)})
    assert posted.status_code == 404


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_kept(app, cast, visit):
    course_id, ruth = write_course(), visit(cast.ruth)
    wrong = [
        ("enrol", {}, "Choose a table, or paste whom you mean."),
        ("enrol", {"pasted": "a@example.com", "due_days": "0"}, "due_days"),
        ("enrol", {"pasted": "a@example.com", "due_on": "2020-01-01"}, "This day is past."),
        ("extend", {"pasted": "a@example.com", "reason": "Why not"}, "Say until when"),
        ("withdraw", {"pasted": "a@example.com", "reason": " "}, "Say why"),
    ]
    for kind, fields, words in wrong:
        answer = ruth.post(many(course_id, kind), {"key": str(new_id()), **fields})
        assert answer.status_code == 422, (kind, fields)
        assert words in answer.text
    broken = dropped(ruth, course_id, 'E-mail\n"never closed')
    assert broken.status_code == 422
    assert "never closed" in broken.text
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(EnrolmentActRow)) == 0


def test_an_act_is_its_askers_and_the_manufacturers_and_nobody_elses(app, cast, visit):
    course_id = write_course()
    at = dropped(visit(cast.ruth), course_id, TABLE).location
    for other in (cast.nils, cast.amara, cast.jonas):
        stranger = visit(other)
        for path in (at, f"{at}.csv"):
            assert stranger.get(path).status_code in {403, 404}
        for word in ("do", "stop"):
            assert stranger.post(f"{at}/{word}").status_code in {403, 404}
    assert "Enrol many" not in visit(cast.amara).get("/learn/cold-loops").text
    listing = f"/team/enrolments/courses/{course_id}/acts"
    assert at not in visit(cast.nils).get(listing).text
    assert at in visit(cast.tomas).get(listing).text
    assert visit(cast.amara).get(listing).status_code == 403


def test_a_course_for_others_is_no_course_to_a_partners_admin(app, cast, visit):
    course_id = write_course()
    give(course_id, sees=[save("Northway", rule(organisation=[cast.northway]))])
    ruth = visit(cast.ruth)
    for path in (many(course_id), f"/team/enrolments/courses/{course_id}/acts"):
        assert ruth.get(path).status_code == 404
        assert visit(cast.nils).get(path).status_code == 200
    enrol(cast.amara, course_id)
    assert ruth.get(many(course_id, "extend")).status_code == 200, "one of her people is in it"


def test_pages_cost_the_same_however_many_people_there_are(app, cast, visit):
    course_id, ruth = write_course(), visit(cast.ruth)
    counts = []
    for size in (3, 120):
        add_people(cast.cardiff, size, f"{size}.example")
        names = "\n".join(f"p{number}@{size}.example" for number in range(size))
        at = ruth.post(many(course_id), {"key": str(new_id()), "pasted": names}).location
        pages = [
            at, f"/team/enrolments/courses/{course_id}/acts", f"{many(course_id)}?by=people", many(course_id)
        ]  # fmt: skip
        seen = []
        for page in pages:
            ruth.get(page)
            with counted_queries() as asked:
                assert ruth.get(page).status_code == 200
            seen.append(len(asked))
        counts.append(seen)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 8, counts
    assert 'rel="next"' in ruth.get(at).text


def test_looking_at_many_asks_no_more_often_than_at_few(app, cast, visit):
    course_id, ruth = write_course(), visit(cast.ruth)
    asked = []
    for size in (2, 900):
        names = "\n".join(f"p{number}@nowhere.example" for number in range(size))
        with counted_queries() as seen:
            ruth.post(many(course_id), {"key": str(new_id()), "pasted": names})
        asked.append(len(seen))
    assert asked[0] == asked[1]


def test_an_auditor_reads_what_is_done_to_many_and_is_offered_nothing_to_change(app, cast, visit):
    course_id, ruth, odd = write_course(), visit(cast.ruth), visit(cast.odd)
    at = dropped(ruth, course_id, TABLE).location
    listing = f"/team/enrolments/courses/{course_id}/acts"
    for state in ("Not begun", "Under way", "Done"):
        pages = {where: odd.get(where) for where in (listing, at)}
        assert {where: page.status_code for where, page in pages.items()} == dict.fromkeys(pages, 200), state
        for page in pages.values():
            body = page.text.partition("<main")[2].partition("</main>")[0]
            assert state in body
            assert "<form" not in body
            assert "<button" not in body
            assert "/many/" not in body
        if state == "Not begun":
            assert ruth.post(f"{at}/do").status_code == 303
        elif state == "Under way":
            worked()
    assert "Dafydd Pryce" in odd.get(at).text
    assert "Dafydd Pryce" in odd.get(f"{at}.csv").text
    for what in (f"{at}/do", f"{at}/stop", many(course_id)):
        assert odd.post(what).status_code == 403, what
    assert odd.get(many(course_id)).status_code == 403


def test_an_auditor_reads_who_is_in_a_course_and_who_waits_without_a_form(app, cast, visit):
    course_id = write_course()
    enrolment_id = enrol(cast.amara, course_id)
    odd = visit(cast.odd)
    places = (
        "/team/enrolments",
        f"/team/enrolments?course={course_id}",
        f"/team/enrolments/{enrolment_id}",
        f"/team/enrolments/courses/{course_id}/waiting",
    )
    for where in places:
        page = odd.get(where)
        assert page.status_code == 200, where
        body = page.text.partition("<main")[2].partition("</main>")[0]
        assert "<form" not in body, where
        assert "/many/" not in body, where
    assert "Amara Osei" in odd.get(places[2]).text
    assert odd.post(f"/team/enrolments/{enrolment_id}/withdraw", {"why": "No"}).status_code == 403
    assert 'href="/team/enrolments"' in odd.get("/team/enrolments").text
