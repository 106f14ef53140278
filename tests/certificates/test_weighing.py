"""Everybody is weighed anew after a rule changed: in batches that are kept, with progress, and nobody twice."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.certificates import jobs
from lms.certificates.cycles.models import CertificateRow
from lms.certificates.cycles.queries import weighing as weighings
from lms.certificates.cycles.service import definitions, issuing, weighing
from lms.certificates.values import AllOf, Rule
from lms.kernel import clock, events, outbox
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from tests.certificates.test_histories import hire
from tests.certificates.test_pages import PROGRAMME
from tests.support.portal import counted_queries

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def in_may(app, monkeypatch):
    monkeypatch.setattr(issuing, "AT_ONCE", 2)
    with clock.frozen_at(MAY) as advance:
        yield advance


@pytest.fixture
def people(app, scene):
    """Five people who reached 75 % where 80 are asked for."""
    found = [hire() for _one in range(5)]
    for person_id in found:
        scene.learn(person_id, "0.75")
    return found


def ask_for(scene, minimum):
    with unit_of_work(), acting_as(SYSTEM):
        definitions.change_rules(
            certification_id=scene.certification_id,
            rule=Rule(AllOf((scene.course.done(), scene.course.scored(minimum))), 24, 60, 30),
            actor=SYSTEM,
            now=clock.now(),
        )
    while outbox.deliver_due(events.apply):
        pass


def weigh_once(scene):
    with unit_of_work(), acting_as(SYSTEM):
        return weighing.weigh_some(scene.certification_id, clock.now())


def how_far(scene):
    with unit_of_work(read_only=True):
        return weighings.find_weighing(scene.certification_id)


def issued():
    with unit_of_work(read_only=True):
        return sorted(db.session.scalars(db.select(CertificateRow.rule_version)))


def test_each_batch_is_kept_with_how_far_it_is_and_the_page_says_so(app, cast, scene, people, visit):
    ask_for(scene, "0.7")
    assert (how_far(scene).done, how_far(scene).total) == (0, 5)
    weigh_once(scene)
    page = visit(cast.petra).get(f"{PROGRAMME}/{scene.certification_id}").text
    assert "Everybody on the way is weighed by version 2" in page
    assert "2 of 5" in page
    assert issued() == [2, 2]
    jobs.weigh()
    assert issued() == [2] * 5
    found = how_far(scene)
    assert (found.done, found.total, found.ended_at, found.next_at) == (5, 5, MAY, None)
    assert (
        "5 people were weighed by version 2"
        in visit(cast.odd).get(f"{PROGRAMME}/{scene.certification_id}").text
    )
    jobs.weigh()
    assert issued() == [2] * 5


def test_a_second_change_overtakes_the_first_and_begins_from_the_start(app, scene, people):
    ask_for(scene, "0.9")
    weigh_once(scene)
    ask_for(scene, "0.7")
    assert (how_far(scene).version, how_far(scene).done) == (3, 0)
    jobs.weigh()
    assert issued() == [3] * 5, "those weighed by the second version, too"


def test_a_version_that_is_delivered_late_or_twice_begins_nothing(app, scene, people):
    ask_for(scene, "0.9")
    ask_for(scene, "0.7")
    jobs.weigh()
    for version in (2, 3):
        with unit_of_work(), acting_as(SYSTEM):
            weighing.begin(certification_id=scene.certification_id, version=version, now=clock.now())
    assert how_far(scene).next_at is None


def test_what_goes_wrong_is_said_with_what_to_do_and_goes_on_where_it_stopped(
    app, cast, scene, people, visit, in_may, monkeypatch
):
    ask_for(scene, "0.7")
    weigh_once(scene)
    with monkeypatch.context() as broken:
        broken.setattr(issuing, "reconsider_all", _fail)
        jobs.weigh()
        in_may(MINUTE)
        jobs.weigh()
        jobs.weigh()
    found = how_far(scene)
    assert (found.done, found.trouble) == (2, "OSError: The disk is full")
    assert found.next_at == clock.now() + timedelta(seconds=20), "it waits longer each time"
    petra = visit(cast.petra)
    address = f"{PROGRAMME}/{scene.certification_id}"
    page = petra.get(address).text
    assert "Weighing everybody by version 2 stopped" in page
    assert "The disk is full" in page
    assert "What was weighed is kept" in page
    jobs.weigh()
    assert how_far(scene).done == 2, "it is not due yet"
    assert visit(cast.ruth).post(f"{address}/weigh").status_code == 403
    for _click in range(2):
        assert petra.post(f"{address}/weigh").status_code == 303
    jobs.weigh()
    assert issued() == [2] * 5
    assert how_far(scene).trouble == ""


def _fail(**_asked):
    raise OSError("The disk is full")


def test_a_batch_takes_as_many_queries_however_many_people_it_weighs(sqlite_app, scene, people, monkeypatch):
    def queries(at_once):
        monkeypatch.setattr(issuing, "AT_ONCE", at_once)
        ask_for(scene, f"0.{80 + at_once}")
        with counted_queries() as asked:
            weigh_once(scene)
        return len(asked)

    assert queries(5) == queries(2)
