"""Reports say what is so this second, to whom it concerns alone, and every number leads to its rows."""

import csv
import io
import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from python_calamine import CalamineWorkbook

from lms.courses.learning import service
from lms.courses.values import EnrolmentSource
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.uow import unit_of_work
from lms.web.context import oem_zone
from tests.courses.courses import activities_of, complete, edit_first, enrol, publish, write_course
from tests.support.portal import counted_queries


def today():
    """Return the day where the manufacturer is, which is what a date is overdue by."""
    return clock.now().astimezone(oem_zone()).date()


@pytest.fixture
def course_id(app, cast):
    """Return a course that Amara has completed with 84 %, Dafydd begun, Ruth not, and Nils of Northway half done."""
    found = write_course(sections=(("One", "Two"), ("Three",)))
    first, second, third = activities_of(found)
    amara = enrol(cast.amara, found)
    for one in (first, second):
        complete(amara, one)
    complete(amara, third, score="0.84", passed=True)
    complete(enrol(cast.dafydd, found, due_on=today() - timedelta(days=3)), first)
    enrol(cast.ruth, found, due_on=today() + timedelta(days=5))
    nils = enrol(cast.nils, found)
    for one in (first, second):
        complete(nils, one)
    return found


def numbers(page):
    """Return the numbers of a report that lead somewhere, by where they lead."""
    found = re.findall(r'<a class="num" href="([^"]+)">([\d,]+)</a>', page)
    return {unescape(href): int(number.replace(",", "")) for href, number in found}


def rows_of(page):
    return page.count('<th scope="row"><a href="/team/people/')


def test_the_funnel_and_every_number_in_it_lead_to_as_many_rows(app, cast, visit, course_id):
    for reader, enrolled, completed in (
        (cast.tomas, 4, 1),
        (cast.odd, 4, 1),
        (cast.ruth, 3, 1),
        (cast.nils, 1, 0),
    ):
        visitor = visit(reader)
        found = numbers(visitor.get(f"/reports/courses/{course_id}").text)
        by_stage = {href.rsplit("stage=", 1)[1]: count for href, count in found.items() if "?stage=" in href}
        assert (by_stage["enrolled"], by_stage.get("completed", 0)) == (enrolled, completed)
        for href, count in found.items():
            assert rows_of(visitor.get(href).text) == count, href


def test_a_report_says_what_is_so_this_second(app, cast, visit, course_id):
    tomas, address = visit(cast.tomas), f"/reports/courses/{course_id}"
    before = numbers(tomas.get(address).text)
    complete(enrol(cast.ada, course_id), activities_of(course_id)[0])
    after = numbers(tomas.get(address).text)
    grown = {
        href.split("?")[1]: after[href] - before.get(href, 0)
        for href in after
        if after[href] != before.get(href)
    }
    assert grown["stage=enrolled"] == grown["stage=begun"] == 1
    assert "stage=completed" not in grown


def test_what_is_overdue_follows_the_clock_and_not_a_job(app, cast, visit, course_id):
    tomas, address = visit(cast.tomas), f"/reports/courses/{course_id}"

    def overdue():
        return next(
            count for href, count in numbers(tomas.get(address).text).items() if "stage=overdue" in href
        )

    assert overdue() == 1
    now = clock.now()
    clock.set_source(lambda: now + timedelta(days=6))
    assert overdue() == 2


def test_scores_times_and_drop_off_are_told_for_each_activity(app, cast, visit, course_id):
    page = visit(cast.tomas).get(f"/reports/courses/{course_id}").text
    assert "Best scores: Three" in page
    key = activities_of(course_id)[2].key
    assert numbers(page)[f"/reports/courses/{course_id}/people?activity={key}&tenth=8"] == 1
    row = re.search(r"1\. One</th>(.*?)</tr>", page, re.DOTALL)
    assert row is not None
    assert "1 min" in row[1]
    assert "75%" in row[1], "of the four enrolled three have completed it"


def test_a_version_is_looked_at_alone_and_all_together_are_their_sum(app, cast, visit, course_id):
    edit_first(course_id, "Other words.")
    publish(course_id)
    complete(enrol(cast.ada, course_id), activities_of(course_id)[0])
    tomas, address = visit(cast.tomas), f"/reports/courses/{course_id}"
    versions = re.findall(r'href="(/reports/courses/[^"]+\?version=[^"&]+)">Version', tomas.get(address).text)

    def enrolled(href):
        return next(count for at, count in numbers(tomas.get(href).text).items() if "stage=enrolled" in at)

    assert sorted({enrolled(href) for href in versions}) == [1, 4]
    assert enrolled(address) == 5
    other = write_course("other", title="Other")
    stranger = activities_of(other)[0].version_id
    assert tomas.get(f"{address}?version={stranger}").status_code == 404


def test_nobody_reads_of_people_they_do_not_look_after(app, cast, visit, course_id):
    nils = visit(cast.nils)
    for ending in ("", "/people", "/organisations", "/people.csv", "/organisations.csv"):
        answer = nils.get(f"/reports/courses/{course_id}{ending}")
        assert answer.status_code == 200
        assert [one for one in ("Amara", "Dafydd", "Brixham", "Cardiff") if one in answer.text] == []
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(nils.get(f"/reports/courses/{course_id}/people.xlsx").data)
    )
    assert [row[0] for row in book.get_sheet_by_index(0).to_python()] == ["Person", "Nils Aaberg"]
    filtered = nils.get(f"/reports/courses/{course_id}/people?organisation={cast.brixham}")
    assert rows_of(filtered.text) == 0
    for path in ("/team/progress", "/team/progress.csv", "/team/progress/records.csv"):
        assert "Amara" not in nils.get(path).text
    assert nils.get(f"/team/progress?organisation={cast.brixham}").status_code == 404
    assert nils.get(f"/team/people/{cast.amara}/progress").status_code == 404
    secret = write_course("secret", title="A secret course")
    enrol(cast.amara, secret)
    assert nils.get(f"/reports/courses/{secret}").status_code == 404
    assert "secret" not in nils.get("/reports/courses").text
    assert "secret" in visit(cast.ruth).get("/reports/courses").text
    for path in ("/reports/courses", f"/reports/courses/{course_id}", "/team/progress"):
        assert visit(cast.amara).get(path).status_code == 403


def test_of_fewer_than_five_others_no_share_is_told(app, cast, visit, course_id):
    ruth = visit(cast.ruth)
    assert "too few to tell" in ruth.get(f"/reports/courses/{course_id}").text
    assert "too few to tell" in ruth.get("/team/progress").text
    newcomers = []
    with unit_of_work(), acting_as(SYSTEM):
        for number in range(6):
            person_id = identity.add_person(
                email=f"n{number}@example.com", name=f"N {number}", now=clock.now()
            )
            identity.employ(
                person_id=person_id,
                organisation_id=cast.northway,
                position_id=None,
                region_id=None,
                now=clock.now(),
            )
            newcomers.append(person_id)
    for person_id in newcomers:
        enrol(person_id, course_id)
    page = ruth.get(f"/reports/courses/{course_id}").text
    assert "too few to tell" not in page
    assert "British Isles" in ruth.get("/team/progress").text
    assert "too few to tell" not in ruth.get("/team/progress").text


def test_a_team_is_filtered_by_who_where_and_how_it_stands_and_sums_follow(app, cast, visit, course_id):
    ruth = visit(cast.ruth)

    def shown(query=""):
        page = ruth.get(f"/team/progress{query}").text
        total = re.search(r'<th scope="row">People</th><td class="num">(\d+)', page)
        assert total is not None
        assert rows_of(page) == int(total[1])
        return set(re.findall(r'/progress" dir="auto">([^<]+)<', page))

    assert shown() == {"Amara Osei", "Dafydd Pryce", "Ruth Calloway"}
    assert shown("?state=overdue") == {"Dafydd Pryce"}
    assert shown("?state=soon") == {"Ruth Calloway"}
    assert shown("?state=open") == {"Dafydd Pryce", "Ruth Calloway"}
    assert shown("?state=nothing") == {"Amara Osei"}
    assert shown(f"?organisation={cast.cardiff}") == {"Dafydd Pryce"}
    assert shown(f"?position={cast.sales_rep}") == {"Amara Osei"}
    assert shown("?q=calloway") == {"Ruth Calloway"}
    assert "Completed in 90 days" in ruth.get("/team/progress").text
    assert ruth.get("/team/progress?state=asleep").status_code == 422
    assert ruth.get("/team/progress?organisation=brixham").status_code == 422


def test_every_number_of_a_team_leads_to_as_many_rows(app, cast, visit, course_id):
    other = write_course("pumps", title="Pumps")
    third = write_course("valves", title="Valves")
    for more in (other, third):
        enrol(cast.dafydd, more, due_on=today() - timedelta(days=2))
        enrol(cast.amara, more, due_on=today() + timedelta(days=2))
    for reader in (cast.ruth, cast.tomas, cast.odd):
        visitor = visit(reader)
        page = visitor.get("/team/progress").text
        found = numbers(page)
        assert {href.rsplit("state=", 1)[1] for href in found} == {"soon", "overdue"}
        for href, count in found.items():
            assert rows_of(visitor.get(href).text) == count, href
        several = re.findall(r'<a class="small" href="([^"]+)">All (\d+) open courses</a>', page)
        assert several
        for href, count in several:
            card = visitor.get(href).text.partition('id="courses"')[2]
            assert card.count('<tr><th scope="row">') == int(count), href
        # Of those who are overdue some have something due soon: the whole team's number would be another.
        assert numbers(visitor.get("/team/progress?state=overdue").text) == {}


def test_a_person_reads_their_own_progress_and_their_admin_reads_it_too(app, cast, visit, course_id):
    own = visit(cast.dafydd).get("/learn/progress").text
    assert "Cold loops" in own
    assert "3 days overdue" in own
    assert "Cold loops" in visit(cast.ruth).get(f"/team/people/{cast.dafydd}/progress").text
    assert "No open course" in visit(cast.amara).get("/learn/progress").text


def test_tables_hold_what_the_lists_show_with_instants_in_a_zone(app, cast, visit, course_id):
    ruth = visit(cast.ruth)
    text = ruth.get(f"/reports/courses/{course_id}/people.csv?stage=completed").text
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    assert "Completed (Europe/Vienna)" in rows[0]
    assert [row[0] for row in rows[1:]] == ["Amara Osei"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[12]:00", rows[1][9])
    workbook = CalamineWorkbook.from_filelike(
        io.BytesIO(ruth.get(f"/reports/courses/{course_id}/people.xlsx?stage=completed").data)
    )
    sheet = workbook.get_sheet_by_index(0).to_python()
    assert sheet[0] == rows[0]
    assert sheet[1][0] == "Amara Osei"
    assert sheet[1][9] == datetime.fromisoformat(rows[1][9][:19])
    assert len(list(csv.reader(io.StringIO(ruth.get("/team/progress/records.csv").text)))) == 4
    assert len(list(csv.reader(io.StringIO(ruth.get("/team/progress.csv").text)))) == 4


def _grow(cast, course_id, numbers_of_people):
    """Let so many more people be employed and enrolled, half of them at Cardiff and half at Northway."""
    with unit_of_work(), acting_as(SYSTEM):
        for number in numbers_of_people:
            person_id = identity.add_person(
                email=f"many{number}@example.com", name=f"M {number:03}", now=clock.now()
            )
            identity.employ(
                person_id=person_id,
                organisation_id=(cast.cardiff, cast.northway)[number % 2],
                position_id=None,
                region_id=None,
                now=clock.now(),
            )
            service.enrol(
                person_id=person_id,
                course_id=course_id,
                source=EnrolmentSource.TRAINER,
                due_on=today(),
                actor=SYSTEM,
                now=clock.now(),
            )


def test_a_report_asks_no_more_of_the_database_for_a_thousand_people(app, cast, visit, course_id):
    tomas, ruth = visit(cast.tomas), visit(cast.ruth)
    pages = [
        (tomas, "/reports/courses"),
        (tomas, f"/reports/courses/{course_id}"),
        (tomas, f"/reports/courses/{course_id}/people"),
        (tomas, f"/reports/courses/{course_id}/organisations"),
        (ruth, "/team/progress"),
        (ruth, f"/reports/courses/{course_id}"),
    ]

    def asked():
        counts = []
        for visitor, path in pages:
            visitor.get(path)
            with counted_queries() as seen:
                assert visitor.get(path).status_code == 200
            counts.append(len(seen))
        return counts

    _grow(cast, course_id, range(12))  # enough for every share to be told
    few = asked()
    _grow(cast, course_id, range(12, 72))
    many = asked()
    assert many == few
    page = ruth.get("/team/progress").text
    assert "39" in page
    assert "after=" in tomas.get(f"/reports/courses/{course_id}/people").text
