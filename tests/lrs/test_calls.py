"""Who may call and how: keys and scopes, versions, limits, other sites, cookies, forms of 1.0.3."""

from contextvars import Context
from urllib.parse import urlencode

import pytest

from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.lrs.models import CredentialRow
from lms.lrs.service.credentials import revoke_credential
from lms.lrs.values import XapiScope
from lms.lrs.views.calls import forget_credentials
from tests.lrs.calls import ACTIVITY, Program, statement
from tests.support.portal import ORIGIN

AMARA = {"mbox": "mailto:amara@example.com"}


@pytest.mark.parametrize(
    "authorization",
    [None, "Basic", "Basic ???", "Basic YTpi", "Bearer abc", "Basic AAAA", "Basic /w=="],
)
def test_without_a_key_nothing_is_told_and_no_browser_asks_for_a_password(sqlite_app, authorization):
    answer = Program(sqlite_app).send("GET", "statements", headers={"Authorization": authorization})
    assert answer.status_code == 401
    assert "WWW-Authenticate" not in answer.headers


def test_a_revoked_key_holds_no_longer_and_a_wrong_secret_never_did(app):
    program = Program(app)
    assert program.find() == []
    program.secret, right = "wrong", program.secret
    assert program.send("GET", "statements").status_code == 401
    program.secret = right
    with unit_of_work(), acting_as(SYSTEM):
        found = db.session.query(CredentialRow).filter_by(key=program.key).one()
        assert right.encode() not in found.secret_hash
        revoke_credential(credential_id=found.id, now=clock.now())
    forget_credentials()
    assert program.send("GET", "statements").status_code == 401


@pytest.mark.parametrize(
    "scope, allowed",
    [
        (XapiScope.WRITE, {"write"}),
        (XapiScope.READ, {"read", "known"}),
        (XapiScope.READ_MINE, {"read", "known"}),
        (XapiScope.STATE, {"state", "known"}),
        (XapiScope.PROFILE, {"profile", "known"}),
        (XapiScope.ALL, {"write", "read", "state", "profile", "known"}),
    ],
)
def test_a_key_does_what_its_scopes_say_and_nothing_else(sqlite_app, scope, allowed):
    program = Program(sqlite_app, scope)
    where = {"activityId": ACTIVITY}
    answers = {
        "write": program.send("POST", "statements", statement()),
        "read": program.send("GET", "statements"),
        "state": program.send("GET", "activities/state", **where, agent=AMARA),
        "profile": program.send("GET", "activities/profile", **where),
        "known": program.send("GET", "activities", **where),
    }
    assert {name for name, answer in answers.items() if answer.status_code == 200} == allowed
    assert {answer.status_code for name, answer in answers.items() if name not in allowed} <= {403}


def test_a_source_that_reads_its_own_sees_nobody_elses(app):
    own, other = Program(app, XapiScope.WRITE, XapiScope.READ_MINE), Program(app)
    [mine], [theirs] = own.store(statement()), other.store(statement())
    assert own.find() == [mine]
    assert own.send("GET", "statements", statementId=theirs).status_code == 404
    assert set(other.find()) == {mine, theirs}


@pytest.mark.parametrize(
    "asked, status, answered",
    [
        ("1.0", 200, "1.0.3"),
        ("1.0.9", 200, "1.0.3"),
        ("2.0.0", 200, "2.0.0"),
        ("2.0.7", 200, "2.0.0"),
        ("0.95", 400, "2.0.0"),
        ("1.1.0", 400, "2.0.0"),
        (None, 400, "2.0.0"),
    ],
)
def test_both_versions_are_spoken_and_no_other(sqlite_app, asked, status, answered):
    answer = Program(sqlite_app).send("GET", "statements", headers={"X-Experience-API-Version": asked})
    assert (answer.status_code, answer.headers["X-Experience-API-Version"]) == (status, answered)


def test_a_source_that_forgets_its_version_is_answered_in_the_one_it_speaks(sqlite_app):
    program = Program(sqlite_app)
    program.find()
    answer = program.send("GET", "statements", headers={"X-Experience-API-Version": None})
    assert (answer.status_code, answer.headers["X-Experience-API-Version"]) == (400, "1.0.3")


def test_everybody_may_ask_which_versions_are_spoken(sqlite_app):
    answer = Program(sqlite_app).send("GET", "about", headers={"Authorization": None})
    assert {"1.0.3", "2.0.0"} <= set(answer.json["version"])


def test_too_much_at_once_and_too_often_are_refused(sqlite_app):
    small = Program(sqlite_app, limit_bytes=2000)
    assert small.send("POST", "statements", statement()).status_code == 200
    long = statement(result={"response": "x" * 2000})
    assert small.send("POST", "statements", long).status_code == 413
    slow = Program(sqlite_app, per_minute=2)
    answers = [slow.send("GET", "statements") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert int(answers[2].headers["Retry-After"]) > 0


def test_a_statement_of_ten_megabytes_is_taken_by_a_key_that_may(sqlite_app):
    program, large = Program(sqlite_app), statement(result={"response": "x" * 10_000_000})
    assert program.store(large) == [large["id"]]
    assert program.find() == [large["id"]]


def test_pages_of_other_sites_may_call_and_no_cookie_has_a_part_in_it(sqlite_app):
    program = Program(sqlite_app)
    elsewhere = {"Origin": "https://package.example", "Sec-Fetch-Site": "cross-site"}
    asked = program.send("OPTIONS", "statements", headers={**elsewhere, "Authorization": None})
    assert asked.status_code == 200
    assert "X-Experience-API-Version" in asked.headers["Access-Control-Allow-Headers"]
    cookies = {"Cookie": "guildhall=one; guildhall=two"}
    answer = program.send("POST", "statements", statement(), headers={**elsewhere, **cookies})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Set-Cookie" not in answer.headers


def test_who_is_signed_in_is_nobody_here(sqlite_app, cast, visit):
    assert visit(cast.ada).get("/xapi/statements").status_code == 401
    assert visit(cast.ada).post("/xapi/statements", json=statement()).status_code == 401


def form(program, method, **fields):
    db.session.remove()
    return Context().run(
        program.portal.test_client().post,
        f"/xapi/statements?method={method}",
        data=urlencode(fields).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        base_url=ORIGIN,
    )


def test_forms_of_1_0_3_carry_any_method(app):
    program, sent = Program(app), statement()
    said = {"Authorization": program.authorization, "X-Experience-API-Version": "1.0.3"}
    content = str(sent).replace("'", '"')
    assert form(program, "PUT", statementId=sent["id"], content=content, **said).status_code == 204
    found = form(program, "GET", limit="1", **said)
    assert [one["id"] for one in found.json["statements"]] == [sent["id"]]
    assert form(program, "PUT", statementId=sent["id"], **said).status_code == 400
    assert form(program, "DELETE", statementId=sent["id"], **said).status_code == 400
    assert form(program, "GET", **{**said, "X-Experience-API-Version": "2.0.0"}).status_code == 400
    assert form(program, "GET", limit="1").status_code == 401


def test_a_zero_byte_is_refused_where_no_database_keeps_it(app):
    program = Program(app)
    assert program.send("GET", "activities/profile", activityId="http://x.example/\0").status_code == 400
    sent = statement(result={"response": "zero \0 byte"})
    assert program.store(sent) == [sent["id"]]
    assert program.read(sent["id"])["result"]["response"] == "zero \0 byte"
