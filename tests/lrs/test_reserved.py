"""The portal's own activities: nobody outside speaks of them, however the address is written, or renames them."""

import json

import pytest

from lms.kernel.uow import unit_of_work
from lms.lrs.values import XapiScope
from tests.lrs.calls import ACTIVITY, Program, statement
from tests.packages.cmi5 import au, cmi5_package, launch
from tests.packages.packages import course_with, enrol
from tests.packages.tincan import launch_tincan, tincan_package

OURS = "http://localhost:8000/xapi/activities/certification/0197c1de-6d55-7d2c-a4f1-000000000001"
EARNED = {"id": "http://id.tincanapi.com/verb/earned"}
NAMED = {"id": OURS, "definition": {"name": {"en": "HACKED NAME"}}}
ABOUT = {"id": ACTIVITY}


@pytest.fixture(autouse=True)
def address(app, monkeypatch):
    monkeypatch.setitem(app.config, "LMS_PUBLIC_URL", "http://localhost:8000")


def name_of(portal, iri):
    answer = Program(portal, XapiScope.READ).send("GET", "activities", activityId=iri)
    return answer.json.get("definition", {}).get("name")


@pytest.mark.parametrize(
    "said",
    [
        {"object": NAMED},
        {"object": ABOUT, "context": {"contextActivities": {"parent": [NAMED]}}},
        {"object": ABOUT, "context": {"contextActivities": {"grouping": NAMED}}},
        {
            "object": {
                "objectType": "SubStatement",
                "actor": {"mbox": "mailto:amara@example.com"},
                "verb": EARNED,
                "object": NAMED,
            }
        },
    ],
)
def test_a_key_says_nothing_in_the_portal_s_name(app, said):
    program = Program(app, XapiScope.ALL)
    said = statement(verb=EARNED, **said)
    for body in (
        json.dumps(said),
        json.dumps(said).replace("/", "\\/"),
        json.dumps(said).replace("xapi/activities", "\\u0078api/activities"),
    ):
        answer = program.send("POST", "statements", body.encode())
        assert (answer.status_code, OURS in answer.text) == (403, True), body
    assert program.send("PUT", "statements", said, statementId=said["id"]).status_code == 403
    assert program.find() == []
    assert name_of(app, OURS) is None


def test_a_launched_xapi_package_earns_nobody_a_certificate_and_has_an_authority_of_its_own(app, cast, visit):
    with unit_of_work():
        activity = course_with(tincan_package())
        enrol(cast.amara, activity)
    unit = launch_tincan(visit(cast.amara), activity)
    said = {**unit.statement("completed"), "verb": EARNED, "object": NAMED}
    assert unit.post([said]).status_code == 403
    assert name_of(app, OURS) is None
    assert unit.say("completed").status_code == 204
    [kept] = Program(app, XapiScope.READ).send("GET", "statements").json["statements"]
    assert kept["authority"]["account"]["name"] == "tincan"


def test_a_cmi5_lesson_speaks_of_itself_but_gives_itself_no_other_name(app, cast, visit):
    with unit_of_work():
        activity = course_with(cmi5_package(au("one")))
        enrol(cast.amara, activity)
    unit = launch(visit(cast.amara), activity, "one").begin()
    before = name_of(app, unit.activity_id)
    assert before
    said = unit.statement("completed", completion=True, duration="PT1S")
    said["object"]["definition"] = {"name": {"en": "HACKED NAME"}}
    assert unit.post([said]).status_code == 200
    assert name_of(app, unit.activity_id) == before
    other = unit.statement("experienced", defined=False)
    assert unit.post([{**other, "object": NAMED}]).status_code == 403
