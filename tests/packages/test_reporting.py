"""What a package reports of somebody is readable, and a lesson is waived with its effect in sight."""

import pytest
from sqlalchemy import select

from lms.courses import facade as courses
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from lms.packages.models import RegistrationRow, UnitRow
from tests.packages.cmi5 import au, block, cmi5_package, launch
from tests.packages.packages import course_with, enrol, opening, package
from tests.packages.test_cmi5_sessions import said
from tests.packages.tincan import launch_tincan, tincan_package

ONE, TWO = "https://example.com/au/one", "https://example.com/au/two"


@pytest.fixture
def lesson(app, cast):
    with unit_of_work():
        activity = course_with(cmi5_package(block("b", au("one")), au("two")))
        enrol(cast.amara, activity)
    return activity


def enrolment_of(activity, cast):
    with unit_of_work(read_only=True):
        return next(iter(db.session.scalars(courses.enrolments_on(activity.version_id))))


@pytest.fixture
def report(lesson, cast):
    return f"/author/packages/reports/{enrolment_of(lesson, cast)}/{lesson.key}"


def test_a_trainer_reads_what_a_unit_said_the_latest_first_and_comes_there_from_the_learners_record(
    lesson, cast, visit, report
):
    unit = launch(visit(cast.amara), lesson, "one").begin()
    unit.say("passed", score={"scaled": 0.75})
    tomas = visit(cast.tomas)
    assert report in tomas.get(f"/team/enrolments/{enrolment_of(lesson, cast)}").text
    page = tomas.get(report).text
    verbs = [word for word in ("passed", "initialized", "launched") if f">{word}</td>" in page]
    assert verbs == ["passed", "initialized", "launched"]
    assert page.index(">passed<") < page.index(">initialized<") < page.index(">launched<")
    assert "75" in page
    preview = tomas.get(f"/author/courses/{lesson.course_id}/preview/{lesson.key}").text
    assert f"/team/enrolments?course={lesson.course_id}" in preview


def test_a_long_log_comes_page_by_page(lesson, cast, visit, report):
    unit = launch(visit(cast.amara), lesson, "one").begin()
    for _ in range(2):
        assert unit.post([unit.statement("experienced", defined=False) for _ in range(40)]).status_code == 200
    tomas = visit(cast.tomas)
    first = tomas.get(report).text
    assert ">launched</td>" not in first
    address = first.split('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert ">launched</td>" in tomas.get(f"{report}{address}" if address.startswith("?") else address).text
    assert tomas.get(f"{report}?after=nonsense").status_code == 422


def test_what_a_scorm_package_committed_is_readable_with_all_that_it_has_set(app, cast, visit):
    with unit_of_work():
        activity = course_with(package({"index.html": "<title>x</title>"}))
        enrol(cast.amara, activity)
    body = {
        "item": "I1",
        "session": opening(cast.amara, activity),
        "sequence": 1,
        "last": True,
        "elements": {
            "cmi.core.lesson_status": "failed",
            "cmi.core.score.raw": "40",
            "cmi.suspend_data": "<b>seven</b>",
        },
    }
    assert visit(cast.amara).post(f"/learn/packages/{activity.id}/commit", json=body).status_code == 200
    address = f"/author/packages/reports/{enrolment_of(activity, cast)}/{activity.key}"
    page = visit(cast.tomas).get(address).text
    for word in ("First", "Failed", "cmi.suspend_data", "&lt;b&gt;seven"):
        assert word in page
    assert "<b>seven" not in page


def test_what_an_xapi_package_said_is_readable_too_and_offers_no_waiving(app, cast, visit):
    with unit_of_work():
        activity = course_with(tincan_package())
        enrol(cast.amara, activity)
    launch_tincan(visit(cast.amara), activity).say("failed", score={"raw": 3, "max": 10}, response="b")
    address = f"/author/packages/reports/{enrolment_of(activity, cast)}/{activity.key}"
    tomas = visit(cast.tomas)
    page = tomas.get(address).text
    assert ">failed</td>" in page
    assert "3 / 10" in page
    assert f"{address}/waive" not in page
    assert tomas.get(f"{address}/waive?unit=x").status_code == 404


def test_a_lesson_is_waived_before_it_was_ever_opened_with_its_effect_in_sight(lesson, cast, visit, report):
    tomas = visit(cast.tomas)
    assert f"{report}/waive?unit=" in tomas.get(report).text
    asked = tomas.get(f"{report}/waive", query_string={"unit": ONE}).text
    assert "“b” is satisfied by it" in asked
    assert "other lessons are left" in asked
    unsaid = tomas.post(f"{report}/waive", {"unit": ONE, "reason": " "})
    assert unsaid.status_code == 422
    assert "Say why." in unsaid.text
    with unit_of_work(read_only=True):
        assert db.session.scalars(select(RegistrationRow)).all() == []
    assert tomas.post(f"{report}/waive", {"unit": ONE, "reason": "Did it in Graz"}).status_code == 303
    assert tomas.post(f"{report}/waive", {"unit": ONE, "reason": "Did it in Graz"}).status_code == 409
    assert "Waived" in tomas.get(report).text
    last = tomas.get(f"{report}/waive", query_string={"unit": TWO}).text
    assert "is completed by it" in last
    tomas.post(f"{report}/waive", {"unit": TWO, "reason": "Knows it"})
    with unit_of_work(read_only=True):
        assert (cast.amara, lesson.course_id) in courses.completions([cast.amara], [lesson.course_id])
        (registration,) = db.session.scalars(select(RegistrationRow.id))
    kept = said(str(registration))
    assert [verb for verb, _one in kept] == ["waived", "satisfied", "waived", "satisfied"]
    assert "Did it in Graz" in str(kept[0][1]["result"])


def test_waiving_is_for_trainers_and_reports_are_of_people_one_looks_after(lesson, cast, visit, report):
    for person, expected in ((cast.amara, 403), (cast.ruth, 403), (cast.odd, 200)):
        assert visit(person).get(report).status_code == expected
        answer = visit(person).post(f"{report}/waive", {"unit": ONE, "reason": "x"})
        assert answer.status_code in {403, 404}
    with unit_of_work(read_only=True):
        assert db.session.scalars(select(UnitRow)).all() == []
    tomas = visit(cast.tomas)
    assert tomas.get(f"/author/packages/reports/{new_id()}/{lesson.key}").status_code == 404
    assert tomas.get(f"{report.rpartition('/')[0]}/{new_id()}").status_code == 404
    assert (
        tomas.post(f"{report}/waive", {"unit": "https://example.com/none", "reason": "x"}).status_code == 404
    )


def test_a_learner_may_look_around_before_and_review_after_without_being_judged(lesson, cast, visit):
    amara = visit(cast.amara)
    address = f"/learn/packages/{lesson.id}"
    assert "mode=Browse" in amara.get(address, query_string={"item": ONE}).text
    look = launch(amara, lesson, "one", mode="Browse").begin()
    assert look.data["launchMode"] == "Browse"
    assert look.say("passed").status_code == 403
    unit = launch(amara, lesson, "one").begin()
    unit.say("completed")
    done = amara.get(address, query_string={"item": ONE}).text
    assert "mode=Review" in done
    assert "mode=Browse" not in done
    assert "mode=" not in visit(cast.tomas).get(address).text.partition("package-begin")[0]
