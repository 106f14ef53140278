"""The tracking log is what an author looks for a fault by: each item's own standing, what was set, which attempt."""

import re

import pytest
from sqlalchemy import func, select

from lms.kernel import privacy
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.packages.models import PackageCommitRow
from tests.packages.cmi5 import au, cmi5_package, launch
from tests.packages.packages import course_with, enrol, opening, package
from tests.packages.scorm2004 import FLOW, item, manifest, sequenced_package, sequencing
from tests.packages.test_reporting import enrolment_of
from tests.packages.test_scorm2004_tracking import Page


def taken(source, cast):
    with unit_of_work():
        activity = course_with(source)
        enrol(cast.amara, activity)
    return activity


def log_of(activity, cast, visit):
    page = visit(cast.tomas).get(f"/author/packages/reports/{enrolment_of(activity, cast)}/{activity.key}")
    assert page.status_code == 200
    commits = page.text[page.text.index("Commits, the latest first") :]
    rows = re.findall(r"<tr><td.*?</tr>", commits, re.DOTALL)
    return page.text, [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in rows]


def test_an_item_s_row_says_how_that_item_stands_and_not_the_package(app, cast, visit):
    activity = taken(sequenced_package(manifest(item("alpha"), item("beta"), sequencing(FLOW))), cast)
    page = Page(visit(cast.amara), activity)
    page.open()
    page.post(item="alpha", success_status="passed", **{"score.scaled": "1"})
    page.post("continue", item="alpha", last=True)
    page.post(item="beta", success_status="failed", **{"score.scaled": "0.1"})
    _text, rows = log_of(activity, cast, visit)
    assert "Beta" in rows[0]
    assert "Failed" in rows[0]
    assert "10" in rows[0]
    assert "cmi.score.scaled = 0.1" in rows[0]
    assert re.search(r"\d\d:\d\d:\d\d", rows[0]), "no seconds"
    assert "Opened" in rows[-1]
    assert "The package as a whole" in rows[-1]
    assert "Next" in rows[1]


def test_what_was_set_before_taking_it_again_is_still_there_to_be_compared(app, cast, visit):
    activity = taken(sequenced_package(manifest(item("only"))), cast)
    page = Page(visit(cast.amara), activity)
    page.open()
    page.post(item="only", last=True, completion_status="completed", success_status="failed", location="7")
    again = Page(visit(cast.amara), activity)
    again.post("anew")
    again.post(item="only", location="2")
    text, rows = log_of(activity, cast, visit)
    past = text[text.index("Attempts that are over") : text.index("Commits, the latest first")]
    assert "cmi.location" in past
    assert ">7</bdi>" in past
    assert "Failed" in past
    first, second = rows[-1], rows[0]
    assert re.match(r".*\d\d:\d\d:\d\d 2 Only", second), second
    assert "cmi.location = 2" in second
    assert any(re.match(r".*\d\d:\d\d:\d\d 1 Only", one) for one in rows), first


def test_a_commit_of_scorm_1_2_names_all_that_changed_since_the_log_last_heard(app, cast, visit):
    activity = taken(package({"index.html": "<title>x</title>"}), cast)
    amara, session = visit(cast.amara), opening(cast.amara, activity)

    def commit(sequence, *, last=False, **elements):
        body = {
            "item": "I1",
            "session": session,
            "sequence": sequence,
            "last": last,
            "elements": {f"cmi.core.{name}": value for name, value in elements.items()},
        }
        assert amara.post(f"/learn/packages/{activity.id}/commit", json=body).status_code == 200

    commit(1, lesson_location="1", lesson_status="incomplete")
    commit(2, lesson_location="2")
    commit(3, lesson_location="3", lesson_status="incomplete")
    commit(4, lesson_status="failed", **{"score.raw": "40"})
    _text, rows = log_of(activity, cast, visit)
    assert "cmi.core.lesson_location = 3" in rows[0]
    assert "cmi.core.lesson_status = failed" in rows[0]
    assert "cmi.core.lesson_location = 1" in rows[1]
    assert "cmi.core.lesson_status = incomplete" not in rows[0]


def test_a_cmi5_lesson_is_called_by_its_title_and_not_by_our_id_of_it(app, cast, visit):
    activity = taken(cmi5_package(au("one")), cast)
    unit = launch(visit(cast.amara), activity, "one").begin()
    address = f"/author/packages/reports/{enrolment_of(activity, cast)}/{activity.key}"
    page = visit(cast.tomas).get(address).text
    rows = re.findall(r"<tr><td.*?</tr>", page, re.DOTALL)
    initialized = next(one for one in rows if ">initialized<" in one)
    assert unit.activity_id not in initialized
    assert "one</td>" in initialized


@pytest.mark.parametrize("kind", ["1.2", "2004"])
def test_what_packages_set_goes_with_the_person(app, cast, visit, kind):
    source = package({"index.html": "x"}) if kind == "1.2" else sequenced_package(manifest(item("only")))
    activity = taken(source, cast)
    if kind == "2004":
        page = Page(visit(cast.amara), activity)
        page.open()
        page.post(item="only", location="secret")
    else:
        body = {
            "item": "I1",
            "session": opening(cast.amara, activity),
            "sequence": 1,
            "last": True,
            "elements": {"cmi.suspend_data": "secret"},
        }
        visit(cast.amara).post(f"/learn/packages/{activity.id}/commit", json=body)
    with unit_of_work(), acting_as(SYSTEM):
        assert db.session.scalar(select(func.count()).select_from(PackageCommitRow)) == 1
        (kept,) = privacy.export(cast.amara)["packages"]["commits"]
        assert "secret" in kept["set"].values(), "what is kept of somebody is theirs to see"
        privacy.erase(cast.amara)
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(PackageCommitRow)) == 0
