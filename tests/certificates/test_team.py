"""A partner admin sees where their people are, asks them for what is missing, and never sees another's people."""

import csv
import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from lms.audiences.values import AudienceId
from lms.certificates import facade as certificates
from lms.certificates.cycles.models import CycleRow
from lms.certificates.cycles.service import assigning
from lms.certificates.values import Rule
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from tests.certificates.scene import define, mean, open_enrolment, publish_course
from tests.support.portal import counted_queries

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
DAY = timedelta(days=1)
TEAM = "/team/certifications"


@pytest.fixture(autouse=True)
def in_may(app):
    with clock.frozen_at(MAY) as advance:
        yield advance


def hire(cast, count):
    with unit_of_work(), acting_as(SYSTEM):
        for number in range(count):
            person_id = identity.add_person(
                email=f"p{number}@example.com", name=f"Person {number:03}", now=clock.now(), showcase_line="x"
            )
            identity.employ(
                person_id=person_id,
                organisation_id=cast.brixham,
                position_id=cast.technician,
                region_id=None,
                now=clock.now(),
            )


def names_in(text):
    return re.findall(r'<span class="row-title"><bdi>(.*?)</bdi>|<span><bdi>(.*?)</bdi>', text)


def test_the_matrix_shows_each_person_of_the_partner_and_its_branch_with_their_state(app, cast, scene, visit):
    scene.learn(cast.amara)
    page = visit(cast.ruth).get(TEAM)
    assert page.status_code == 200
    for name in ("Amara Osei", "Dafydd Pryce", "Ruth Calloway"):
        assert name in page.text
    assert "Nils Aaberg" not in page.text
    assert "4 May 2027" in page.text
    assert "data-gap" in page.text, "a technician lacks it: the cell asks to assign"
    assert "Not required" in page.text
    assert "1 valid, 1 need it" in page.text


@pytest.mark.parametrize(
    "filters, shown, hidden",
    [
        ({"q": "amara"}, "Amara Osei", "Dafydd Pryce"),
        ({"state": "missing"}, "Dafydd Pryce", "Amara Osei"),
        ({"state": "soon"}, "Amara Osei", "Dafydd Pryce"),
        ({"position": "technician"}, "Dafydd Pryce", "Amara Osei"),
        ({"branch": "cardiff"}, "Dafydd Pryce", "Amara Osei"),
    ],
)
def test_the_matrix_is_narrowed_by_name_state_position_and_branch(
    app, cast, scene, visit, in_may, filters, shown, hidden
):
    scene.learn(cast.amara)
    in_may(300 * DAY)
    values = {"technician": cast.technician, "cardiff": cast.cardiff}
    page = visit(cast.ruth).get(
        TEAM, query_string={name: values.get(value, value) for name, value in filters.items()}
    )
    body = page.text.partition('<div class="matrix"')[2]
    assert shown in body
    assert hidden not in body


def test_states_that_need_somebody_are_found(app, cast, scene, visit, in_may):
    scene.assign(cast.dafydd, date(2026, 5, 5))
    scene.learn(cast.amara)
    in_may(3 * DAY)
    admin = visit(cast.ruth)
    assert "Dafydd Pryce" in admin.get(f"{TEAM}?state=overdue").text
    assert "Nobody fits" in admin.get(f"{TEAM}?state=revoked").text
    in_may(400 * DAY)
    admin.sign_in(cast.ruth)
    assert "Amara Osei" in admin.get(f"{TEAM}?state=expired").text


def test_filters_of_one_certification_ask_about_that_one_alone(app, cast, scene, visit, in_may):
    with unit_of_work(), acting_as(SYSTEM):
        course = publish_course("Heat pumps")
        other = define(cast, "HC-HP", "Heat Pump Engineer", Rule(course.done(), 36, 60, 30))
    scene.learn(cast.amara)
    scene.learn(cast.dafydd, course=course)
    in_may(310 * DAY)
    admin = visit(cast.ruth)

    def shown(**asked):
        page = admin.get(TEAM, query_string=asked).text
        return re.findall(r'aria-label="Select ([A-Z][^"]+)"', page.partition('<div class="matrix"')[2])

    assert shown(state="within_60") == ["Amara Osei"]
    assert shown(state="within_60", certification=other) == []
    assert shown(state="held", certification=other) == ["Dafydd Pryce"]
    assert shown(state="missing", certification=other) == []
    assert shown(state="missing", certification=scene.certification_id) == ["Dafydd Pryce"]
    assert shown(sort="end")[:2] == ["Amara Osei", "Dafydd Pryce"], "the first to end first"
    assert shown(sort="-name") == sorted(shown(), reverse=True)
    page = admin.get(TEAM, query_string={"certification": other}).text.partition('<div class="matrix"')[2]
    assert "Refrigeration Control Engineer" not in page
    assert admin.get(TEAM, query_string={"certification": cast.brixham}).status_code == 404


def test_sums_are_of_everybody_whom_the_filter_leaves(app, cast, scene, visit, in_may):
    hire(cast, 60)
    scene.learn(cast.amara)
    admin = visit(cast.ruth)
    page = admin.get(TEAM).text
    assert "1 valid, 61 need it" in page
    assert "61 miss it" in page
    assert "50 people of 63" in page
    few = admin.get(TEAM, query_string={"q": "Person 00"}).text
    assert "0 valid, 10 need it" in few
    assert "10 people of 10" in few
    with unit_of_work(), acting_as(SYSTEM):
        certificates.exempt(
            person_id=cast.dafydd,
            certification_id=scene.certification_id,
            reason="On leave.",
            through=None,
            actor=SYSTEM,
            now=clock.now(),
        )
    assert "60 miss it" in admin.get(TEAM).text, "who is exempt misses nothing"
    assert (
        "Dafydd" not in admin.get(f"{TEAM}?state=missing&q=Dafydd").text.partition('<div class="matrix"')[2]
    )


def test_the_matrix_costs_the_same_number_of_queries_for_three_people_and_for_fifty(app, cast, scene, visit):
    admin = visit(cast.ruth)
    admin.get(TEAM)
    with counted_queries() as few:
        admin.get(TEAM)
    hire(cast, 60)
    with counted_queries() as many:
        page = admin.get(TEAM)
    assert page.text.count("Select Person") == 50 - 2
    assert len(many) == len(few)
    assert len(many) <= 10


def test_the_pages_of_the_matrix_hold_everybody_once(app, cast, scene, visit):
    hire(cast, 60)
    admin = visit(cast.ruth)
    seen: list[str] = []
    address: str | None = TEAM
    while address:
        text = admin.get(address).text
        seen += re.findall(r"Select ([^\"]+)\"", text.replace("Select everyone on this page", ""))
        following = re.search(r'href="([^"]+)" rel="next"', text)
        address = following[1].replace("&amp;", "&") if following else None
    assert len(seen) == len(set(seen)) == 63
    assert seen == sorted(seen)


def test_an_empty_cell_is_assigned_and_enrols_and_a_double_click_changes_nothing(app, cast, scene, visit):
    admin = visit(cast.ruth)
    cell = f"{TEAM}/{cast.dafydd}/{scene.certification_id}"
    assert "What is missing" in admin.get(cell).text
    for _ in range(2):
        answer = admin.post(f"{cell}/assign", {"due_on": "2026-06-30"})
        assert (answer.status_code, answer.location) == (303, cell)
    with unit_of_work(read_only=True):
        (cycle,) = db.session.query(CycleRow)
        assert (cycle.due_on, cycle.assigned_by) == (date(2026, 6, 30), cast.ruth)
        assert open_enrolment(cast.dafydd, scene.course) is not None
    text = admin.get(cell).text
    assert "Assigned by Ruth Calloway" in text
    assert "Assigned" in admin.get(TEAM).text


def test_a_due_day_in_the_past_is_refused_beside_its_field(app, cast, scene, visit):
    answer = visit(cast.ruth).post(
        f"{TEAM}/{cast.dafydd}/{scene.certification_id}/assign", {"due_on": "2026-05-03"}
    )
    assert answer.status_code == 422
    assert "This day is past" in answer.text
    with unit_of_work(read_only=True):
        assert db.session.query(CycleRow).count() == 0


def test_several_people_are_asked_for_several_certificates_once_what_comes_of_it_was_seen(
    app, cast, scene, visit
):
    scene.learn(cast.amara)
    scene.assign(cast.ruth, date(2026, 8, 1))
    closed = AudienceId(new_id())
    mean(closed, cast.amara)
    with unit_of_work(), acting_as(SYSTEM):
        course = publish_course("Heat pumps")
        rule = Rule(course.done(), 12, 60, 30, audience_id=closed)
        other = define(cast, "HC-HP", "Heat Pump Engineer", rule)
    admin = visit(cast.ruth)
    people = [str(cast.amara), str(cast.dafydd), str(cast.ruth)]
    answer = admin.post(f"{TEAM}/chosen", {"person": people})
    assert answer.status_code == 303
    assert "Amara Osei" in admin.get(answer.location).text
    sent = {
        "person": people,
        "certification": [str(scene.certification_id), str(other)],
        "due_on": "2026-06-30",
    }
    looked = admin.post(f"{TEAM}/assign", sent)
    assert looked.status_code == 200
    for said in (
        "Is asked, and enrolled in what is missing: 2",
        "Was asked already; the earlier day holds: 1",
        "Holds it; stays as it is: 1",
        "It is not meant for this person: 2",
        "Assign 3",
    ):
        assert said in looked.text
    assert _open_cycles() == {(cast.ruth, scene.certification_id, date(2026, 8, 1))}, "nothing is done yet"
    seen = seen_in(looked.text)
    other_day = admin.post(f"{TEAM}/assign", {**sent, "due_on": "2026-07-01", "seen": seen})
    assert other_day.status_code == 200, "what was shown is not what is asked now: it is shown anew"
    for _press in range(2):
        assert admin.post(f"{TEAM}/assign", {**sent, "seen": seen}).status_code == 303
        assert _open_cycles() == {
            (cast.ruth, scene.certification_id, date(2026, 6, 30)),
            (cast.dafydd, scene.certification_id, date(2026, 6, 30)),
            (cast.amara, other, date(2026, 6, 30)),
        }


def seen_in(text):
    """Return the mark of what a page showed before it is done."""
    (found,) = re.findall(r'name="seen"[^>]*value="(\w+)"', text)
    return found


def _open_cycles():
    with unit_of_work(read_only=True):
        return {
            (one.person_id, one.certification_id, one.due_on)
            for one in db.session.query(CycleRow).filter_by(closed_at=None)
        }


def test_people_who_are_asked_twice_at_once_are_asked_once(app, cast, scene):
    pairs = [(one, scene.certification_id) for one in (cast.dafydd, cast.ruth)]

    def ask(_turn):
        with app.app_context(), unit_of_work(), acting_as(SYSTEM):
            known = {one.id: one for one in certificates.list_certifications()}
            return assigning.assign_many(pairs, known, due_on=None, actor=SYSTEM, now=clock.now())

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(ask, range(4)))
    assert sum(one.total() for one in counts) == 8
    assert _open_cycles() == {(*pair, None) for pair in pairs}


def test_choosing_nobody_says_so(app, cast, scene, visit):
    assert visit(cast.ruth).post(f"{TEAM}/chosen", {}).location == TEAM


def test_another_partners_people_are_not_found_by_any_address(app, cast, scene, visit):
    scene.learn(cast.amara)
    with unit_of_work(read_only=True):
        (holding,) = certificates.holdings(
            people=[cast.amara], certification_ids=[scene.certification_id], at=clock.now()
        )
    stranger = visit(cast.nils)
    cell = f"{TEAM}/{cast.amara}/{scene.certification_id}"
    assert stranger.get(cell).status_code == 404
    assert stranger.get(f"{TEAM}?partner={cast.brixham}").status_code == 404
    assert stranger.get(f"{TEAM}?branch={cast.cardiff}").status_code == 404
    assert stranger.get(f"{TEAM}.csv?partner={cast.brixham}").status_code == 404
    assert stranger.get(f"{TEAM}/assign?person={cast.amara}").status_code == 404
    pair = f"{cast.amara}.{scene.certification_id}"
    assert stranger.get(f"{TEAM}/assign?pair={pair}").status_code == 404
    assert stranger.post(f"{TEAM}/assign", {"pair": pair, "due_on": ""}).status_code == 404
    assert stranger.get(f"{TEAM}/{cast.amara}").status_code == 404
    for page in ("gaps", "forecast", "gaps.csv"):
        assert stranger.get(f"{TEAM}/{page}?partner={cast.brixham}").status_code == 404
    assert stranger.post(f"{cell}/assign", {"due_on": ""}).status_code == 404
    sent = {"person": [str(cast.amara)], "certification": [str(scene.certification_id)], "due_on": ""}
    assert stranger.post(f"{TEAM}/assign", sent).status_code == 404
    revoke = f"{TEAM}/certificates/{holding.certificate_id}/revoke"
    assert stranger.post(revoke, {"reason": "x"}).status_code == 403


def test_who_may_look_may_not_always_change(app, cast, scene, visit):
    cell = f"{TEAM}/{cast.dafydd}/{scene.certification_id}"
    for watcher in (cast.jonas, cast.odd):
        visitor = visit(watcher)
        page = visitor.get(f"{TEAM}?partner={cast.brixham}")
        assert "Dafydd Pryce" in page.text
        assert "Assign a certification" not in page.text
        assert visitor.get(cell).status_code == 200
        assert visitor.post(f"{cell}/assign", {"due_on": ""}).status_code == 403
    for outsider in (cast.amara, cast.tomas):
        assert visit(outsider).get(TEAM).status_code == 403


def test_a_channel_manager_chooses_among_the_partners_of_their_region(app, cast, scene, visit):
    page = visit(cast.jonas).get(TEAM)
    assert "Brixham Automation" in page.text
    assert "Northway Controls" in page.text
    assert "Nils Aaberg" in visit(cast.jonas).get(f"{TEAM}?partner={cast.northway}").text


def test_a_programme_manager_revokes_with_a_reason_and_exempts(app, cast, scene, visit):
    scene.learn(cast.amara)
    with unit_of_work(read_only=True):
        (holding,) = certificates.holdings(
            people=[cast.amara], certification_ids=[scene.certification_id], at=clock.now()
        )
    petra = visit(cast.petra)
    address = f"{TEAM}/certificates/{holding.certificate_id}/revoke"
    assert petra.post(address, {"reason": ""}).status_code == 422
    assert scene.holds(cast.amara)
    assert petra.post(address, {"reason": "Sat by another."}).status_code == 303
    assert not scene.holds(cast.amara)
    assert petra.post(address, {"reason": "Sat by another."}).status_code == 409
    cell = f"{TEAM}/{cast.dafydd}/{scene.certification_id}"
    assert petra.post(f"{cell}/exempt", {"reason": "On leave."}).status_code == 303
    assert "Exempt: On leave." in petra.get(cell).text
    assert "Sat by another." in petra.get(f"{TEAM}/{cast.amara}/{scene.certification_id}").text


def test_the_export_holds_the_whole_team_and_runs_no_formula(app, cast, scene, visit):
    hire(cast, 60)
    scene.learn(cast.amara)
    with unit_of_work(), acting_as(SYSTEM):
        person_id = identity.add_person(
            email="f@example.com", name="=HYPERLINK(1)", now=clock.now(), showcase_line="x"
        )
        identity.employ(
            person_id=person_id,
            organisation_id=cast.brixham,
            position_id=None,
            region_id=None,
            now=clock.now(),
        )
    answer = visit(cast.ruth).get(f"{TEAM}.csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 1 + 64
    some = visit(cast.ruth).get(f"{TEAM}.csv?q=Person 00").text.splitlines()
    assert len(some) == 1 + 10, "as it is filtered"
    workbook = visit(cast.ruth).get(f"{TEAM}.xlsx")
    assert workbook.data.startswith(b"PK")
    assert ["Amara Osei", "Sales rep", "Brixham Automation", "HC-RCE", "certified", "2027-05-04"] in [
        row[:6] for row in rows
    ]
    assert "'=HYPERLINK(1)" in {row[0] for row in rows}
