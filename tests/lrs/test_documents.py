"""States and profiles: replaced, merged and deleted by whoever knows which one they mean; agents and activities."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.lrs.calls import ACTIVITY, Program, statement

AMARA = {"mbox": "mailto:amara@example.com"}
STATE = {"activityId": ACTIVITY, "agent": AMARA, "stateId": "bookmark"}
PROFILE = {"activityId": ACTIVITY, "profileId": "look"}
PLACES: dict[str, dict[str, Any]] = {
    "activities/state": STATE,
    "activities/profile": PROFILE,
    "agents/profile": {"agent": AMARA, "profileId": "look"},
}
NEW = {"If-None-Match": "*"}


@pytest.fixture(params=sorted(PLACES))
def place(request):
    return request.param, PLACES[request.param]


def etag(program, path, given):
    return program.send("GET", path, **given).headers["ETag"]


def test_a_document_comes_back_as_it_was_put_and_goes_when_it_is_deleted(app, place):
    (path, given), program = place, Program(app)
    content = {"Content-Type": "image/x-odd", **NEW}
    assert program.send("PUT", path, b"\x00\xff", headers=content, **given).status_code == 204
    answer = program.send("GET", path, **given)
    assert (answer.data, answer.content_type) == (b"\x00\xff", "image/x-odd")
    assert answer.headers["ETag"].startswith('"')
    assert "Last-Modified" in answer.headers
    head = program.send("HEAD", path, **given)
    assert (head.data, head.headers["ETag"]) == (b"", answer.headers["ETag"])
    assert program.send("DELETE", path, **given).status_code == 204
    assert program.send("GET", path, **given).status_code == 404


def test_json_is_merged_field_by_field_and_one_level_deep(app, place):
    (path, given), program = place, Program(app)
    program.send("POST", path, {"page": 1, "open": {"a": 1}}, **given)
    assert program.send("POST", path, {"open": {"b": 2}}, **given).status_code == 204
    assert program.send("GET", path, **given).json == {"page": 1, "open": {"b": 2}}
    text = {"Content-Type": "text/plain"}
    assert program.send("POST", path, b"page 2", headers=text, **given).status_code == 400
    assert program.send("POST", path, b"[1]", **given).status_code == 400
    assert program.send("GET", path, **given).json == {"page": 1, "open": {"b": 2}}


def test_whoever_knows_an_older_document_changes_nothing(app, place):
    (path, given), program = place, Program(app)
    program.send("PUT", path, {"page": 1}, headers=NEW, **given)
    known = etag(program, path, given)
    assert program.send("PUT", path, {"page": 2}, headers={"If-Match": known}, **given).status_code == 204
    for method in ("PUT", "POST", "DELETE"):
        answer = program.send(method, path, {"page": 9}, headers={"If-Match": known}, **given)
        assert answer.status_code == 412, method
    assert program.send("PUT", path, {"page": 9}, headers=NEW, **given).status_code == 412
    assert program.send("GET", path, **given).json == {"page": 2}


@pytest.mark.parametrize(
    "version, path, statuses",
    [
        ("1.0.3", "activities/state", (204, 204)),
        ("1.0.3", "activities/profile", (400, 409)),
        ("1.0.3", "agents/profile", (400, 409)),
        ("2.0.0", "activities/state", (204, 409)),
        ("2.0.0", "activities/profile", (204, 409)),
        ("2.0.0", "agents/profile", (204, 409)),
    ],
)
def test_a_blind_put_is_taken_where_the_version_allows_it(app, version, path, statuses):
    program, given = Program(app, version=version), PLACES[path]
    first = program.send("PUT", path, {"page": 1}, **given)
    program.send("PUT", path, {"page": 1}, headers=NEW, **given)
    again = program.send("PUT", path, {"page": 2}, **given)
    assert (first.status_code, again.status_code) == statuses


def test_states_are_listed_and_deleted_by_registration(app):
    program = Program(app)
    first, other = "5c1a4d0e-0000-4000-8000-000000000001", "5c1a4d0e-0000-4000-8000-000000000002"
    for registration, state in ((first, "a"), (other, "b")):
        program.send("PUT", "activities/state", {}, **{**STATE, "stateId": state}, registration=registration)
    program.send("PUT", "activities/state", {}, **{**STATE, "stateId": "c"})
    where = {"activityId": ACTIVITY, "agent": AMARA}
    assert sorted(program.send("GET", "activities/state", **where).json) == ["a", "b", "c"]
    assert program.send("GET", "activities/state", **where, registration=first).json == ["a"]
    assert program.send("GET", "activities/state", **where, since="2100-01-01T00:00:00Z").json == []
    assert program.send("DELETE", "activities/state", **where, registration=first).status_code == 204
    assert sorted(program.send("GET", "activities/state", **where).json) == ["b", "c"]
    boris = {**where, "agent": {"mbox": "mailto:boris@example.com"}}
    assert program.send("GET", "activities/state", **boris).json == []


@pytest.mark.parametrize(
    "path, given",
    [
        ("activities/state", {"agent": AMARA, "stateId": "x"}),
        ("activities/state", {"activityId": ACTIVITY, "stateId": "x"}),
        ("activities/state", {**STATE, "agent": "amara"}),
        ("activities/state", {**STATE, "registration": "first"}),
        ("activities/state", {**STATE, "StateId": "x"}),
        ("activities/profile", {"profileId": "x"}),
        ("activities/profile", {"activityId": "superheat", "profileId": "x"}),
        ("agents/profile", {"agent": {"objectType": "Group", "member": [AMARA]}, "profileId": "x"}),
    ],
)
def test_a_document_without_its_place_is_refused(sqlite_app, path, given):
    program = Program(sqlite_app)
    for method in ("GET", "PUT", "POST", "DELETE"):
        assert program.send(method, path, {}, headers=NEW, **given).status_code == 400, method


def test_a_document_brings_no_header_of_its_own(sqlite_app):
    program = Program(sqlite_app)
    fields = {
        "Authorization": program.authorization,
        "X-Experience-API-Version": "1.0.3",
        "Content-Type": "text/plain\r\nSet-Cookie: a=b",
        "content": "page 1",
        **{name: value if isinstance(value, str) else json.dumps(value) for name, value in STATE.items()},
    }
    form = {"Authorization": None, "Content-Type": "application/x-www-form-urlencoded"}
    answer = program.send("POST", "activities/state", urlencode(fields).encode(), headers=form, method="PUT")
    assert answer.status_code == 400
    assert program.send("GET", "activities/state", **STATE).status_code == 404


def test_what_is_known_of_people_and_activities_is_told(app):
    program = Program(app)
    program.store(statement(), statement(actor={"name": "A. Osei", **AMARA}))
    person = program.send("GET", "agents", agent=AMARA).json
    assert person == {"objectType": "Person", "name": ["Amara Osei", "A. Osei"], "mbox": [AMARA["mbox"]]}
    program.store(statement(object={"id": ACTIVITY, "definition": {"name": {"fr": "Surchauffe"}}}))
    activity = program.send("GET", "activities", activityId=ACTIVITY).json
    assert activity["definition"]["name"] == {"en-GB": "Superheat", "de": "Überhitzung", "fr": "Surchauffe"}
    unknown = program.send("GET", "activities", activityId="http://x.example/none").json
    assert unknown == {"objectType": "Activity", "id": "http://x.example/none"}
