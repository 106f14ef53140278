"""How certifications go: passed how often, how fast, ending when, and who is stuck where, within a reader's reach."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from lms.certificates.cycles.queries import certifications, reports
from lms.certificates.cycles.values.reports import ReportFilter
from lms.certificates.policy import VIEW_REPORTS
from lms.certificates.values import AllOf, AnyOf, Rule
from lms.kernel import clock
from lms.kernel.actor import EVERYTHING, SYSTEM, Actor, Scope, acting_as
from lms.kernel.uow import unit_of_work
from tests.certificates.scene import define, enrol, open_enrolment, publish_course, record
from tests.certificates.test_team import hire
from tests.support.portal import counted_queries

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
DAY = timedelta(days=1)
REPORTS = "/reports/certifications"
ALL = Actor(scopes={VIEW_REPORTS: EVERYTHING})


@pytest.fixture(autouse=True)
def in_may(app):
    with clock.frozen_at(MAY) as advance:
        yield advance


def of(cast):
    return Actor(scopes={VIEW_REPORTS: Scope(organisation_roots=frozenset({cast.brixham}))})


def asked(actor, read, *given, wanted=None):
    with unit_of_work(read_only=True):
        return read(actor, wanted or ReportFilter(), *given, now=clock.now())


def certification_of(scene):
    with unit_of_work(read_only=True):
        return certifications.get_certification(scene.certification_id)


def test_passes_count_people_at_their_first_try_and_in_the_end_month_by_month(app, cast, scene, in_may):
    def sit(person_id, *scores):
        with unit_of_work(), acting_as(SYSTEM):
            enrolment = enrol(person_id, scene.course)
            for score in scores:
                record(enrolment, scene.course.exam_id, score)

    sit(cast.amara, "0.6", "0.9")
    in_may(30 * DAY)
    sit(cast.dafydd, "0.85")
    sit(cast.nils, "0.79", "0.5")
    certification = certification_of(scene)
    ((exam, passes),) = asked(ALL, reports.count_passes, certification)
    assert exam.activity_key == scene.course.exam_key
    assert (passes.people, passes.passed_first, passes.passed) == (3, 1, 2), (
        "80 % is asked, not the exam's own"
    )
    months = {one.month: (one.people, one.passed) for one in passes.months if one.people}
    assert months == {date(2026, 5, 1): (1, 0), date(2026, 6, 1): (2, 1)}
    ((_exam, own),) = asked(of(cast), reports.count_passes, certification)
    assert (own.people, own.passed_first, own.passed) == (2, 1, 2), "another partner's people are not counted"
    ((_exam, other),) = asked(
        ALL, reports.count_passes, certification, wanted=ReportFilter(partner_id=cast.northway)
    )
    assert other.people == 1
    assert (
        asked(of(cast), reports.count_passes, certification, wanted=ReportFilter(partner_id=cast.northway))
        == []
    )


def test_time_to_certify_runs_from_being_asked_and_knows_its_quartiles(app, cast, scene, in_may):
    people = [cast.amara, cast.dafydd, cast.ruth, cast.nils]
    for person_id in people:
        scene.assign(person_id)
    for person_id in people:
        in_may(10 * DAY)
        scene.learn(person_id)
    scene.learn(cast.jonas)
    times = asked(ALL, reports.read_times, scene.certification_id)
    days = [round(one / DAY.total_seconds(), 3) for one in (times.lower, times.median, times.upper)]
    assert (times.count, days) == (4, [10, 20, 30]), "who earned it unasked took no time"
    assert asked(of(cast), reports.read_times, scene.certification_id).count == 3
    in_may(400 * DAY)
    assert asked(ALL, reports.read_times, scene.certification_id).count == 0


def test_who_is_stuck_stands_before_the_first_part_that_is_not_met(app, cast, scene, visit, in_may):
    with unit_of_work(), acting_as(SYSTEM):
        course, other = publish_course("Heat pumps"), publish_course("Chillers")
        rule = Rule(
            AllOf((scene.course.scored(), AnyOf((course.done(), other.done())), scene.course.done())),
            12,
            60,
            30,
        )
        wanted = define(cast, "HC-3", "Three parts", rule)
    certification = scene.__class__(scene.course, wanted, rule)
    for person_id in (cast.amara, cast.dafydd, cast.nils):
        certification.assign(person_id, date(2026, 5, 10))
        in_may(DAY)
    with unit_of_work(), acting_as(SYSTEM):
        for person_id in (cast.dafydd, cast.nils):
            enrolment_id = open_enrolment(person_id, scene.course)
            assert enrolment_id is not None
            record(enrolment_id, scene.course.exam_id, "0.9")
    scene.learn(cast.nils, course=other)
    in_may(30 * DAY)
    stuck = asked(ALL, reports.list_stuck, certification_of(certification))
    told = [
        (one.requirement, one.people, one.overdue, [who.person.name for who in one.names]) for one in stuck
    ]
    assert isinstance(rule.requirement, AllOf)
    exam, choice, whole = rule.requirement.parts
    assert told == [
        (exam, 1, 1, ["Amara Osei"]),
        (choice, 1, 1, ["Dafydd Pryce"]),
        (whole, 1, 1, ["Nils Aaberg"]),
    ]
    assert [one.people for one in asked(of(cast), reports.list_stuck, certification_of(certification))] == [
        1,
        1,
    ]
    page = visit(cast.tomas).get(f"{REPORTS}/{wanted}").text
    assert "Nils Aaberg" in page
    assert f"/team/certifications/{cast.nils}/" not in page, "a trainer sees no cells"
    assert f"/team/certifications/{cast.nils}/{wanted}" in visit(cast.petra).get(f"{REPORTS}/{wanted}").text


def test_pages_are_for_who_trains_and_who_runs_the_programme_and_say_what_their_table_says(
    app, cast, scene, visit, in_may
):
    assert visit(cast.ruth).get(REPORTS).status_code == 403
    assert visit(cast.amara).get(f"{REPORTS}/{scene.certification_id}").status_code == 403
    trainer = visit(cast.tomas)
    assert "Nothing expires" in trainer.get(REPORTS).text
    scene.learn(cast.amara)
    scene.learn(cast.nils)
    in_may(30 * DAY)
    page = visit(cast.tomas).get(REPORTS).text
    assert "2 holders" in page
    names = re.findall(r"<span><b>(\d+)</b><span class=\"soft\">\w+</span></span>", page)
    foot = re.findall(r"<td class=\"num\">(?:<[^>]*>)?(\d+)", page.partition("<tfoot>")[2])
    assert foot == [*names, "2"] == ["0"] * 11 + ["2", "2"]
    assert "1 holder<" in visit(cast.petra).get(f"{REPORTS}?partner={cast.northway}").text
    assert visit(cast.jonas).get(f"{REPORTS}?partner={cast.halden}").status_code == 404


@pytest.mark.parametrize("page", ["", "/of"])
def test_reports_cost_the_same_number_of_queries_for_few_and_for_many(app, cast, scene, visit, page):
    address = f"{REPORTS}/{scene.certification_id}" if page else REPORTS
    scene.assign(cast.amara)
    reader = visit(cast.petra)
    reader.get(address)
    with counted_queries() as few:
        reader.get(address)
    hire(cast, 30)
    scene.assign(cast.dafydd)
    scene.learn(cast.nils)
    with counted_queries() as many:
        assert reader.get(address).status_code == 200
    assert len(many) <= len(few)
