"""Statements over HTTP: stored once, found by what they are about, voided, paged, with their attachments."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from lms.kernel import clock
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.lrs.queries import statements as queries
from lms.lrs.rules import terms
from lms.lrs.values import Wanted
from tests.lrs.calls import ACTIVITY, VERB, Program, attachment, mixed, statement, voiding
from tests.support.portal import counted_queries

AMARA = {"mbox": "mailto:amara@example.com"}
BORIS = {"mbox": "mailto:boris@example.com"}


def test_a_statement_comes_back_as_it_was_sent_with_what_the_store_sets(app):
    program, sent = Program(app), statement(result={"score": {"raw": 1.10}})
    raw = json.dumps(sent).replace("1.1", "1.10").encode()
    assert program.send("PUT", "statements", raw, statementId=sent["id"]).status_code == 204
    answer = program.send("GET", "statements", statementId=sent["id"])
    assert '"raw":1.10' in answer.text.replace(" ", "")
    found = answer.json
    assert found["authority"]["account"]["name"] == program.key
    assert found["stored"] == found["timestamp"]
    assert found["version"] == "1.0.0"
    assert found["object"] == sent["object"]
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"
    assert "Last-Modified" in answer.headers


def test_an_authority_that_somebody_claims_is_not_believed(app):
    program = Program(app)
    [kept] = program.store(statement(authority={"mbox": "mailto:ada@example.com"}))
    assert "mbox" not in program.read(kept)["authority"]


def test_the_same_statement_twice_changes_nothing_and_another_of_its_id_is_a_conflict(app):
    program, sent = Program(app), statement(timestamp="2026-11-26T12:00:00+01:00")
    assert program.store(sent) == program.store(sent) == [sent["id"]]
    before = program.read(sent["id"])
    assert program.send("PUT", "statements", {**before}, statementId=sent["id"]).status_code == 204
    other = {**sent, "result": {"success": False}}
    assert program.send("POST", "statements", other).status_code == 409
    moved = {**sent, "timestamp": "2026-11-26T12:00:00Z"}
    assert program.send("PUT", "statements", moved, statementId=sent["id"]).status_code == 409
    assert program.read(sent["id"]) == before
    assert program.find() == [sent["id"]]


def test_a_batch_is_stored_whole_or_not_at_all(app):
    program, good = Program(app), statement()
    assert program.send("POST", "statements", [good, statement(verb=None)]).status_code == 400
    assert program.send("POST", "statements", [good, {**good}]).status_code == 400
    taken = statement()
    program.store(taken)
    assert program.send("POST", "statements", [good, {**taken, "result": {}}]).status_code == 409
    assert program.find() == [taken["id"]]


def test_a_batch_costs_the_same_queries_however_many_statements_it_has(app):
    program, counts = Program(app), []
    program.store(statement())
    for size in (2, 100):
        with counted_queries() as seen:
            program.store(
                *[statement(actor={"mbox": f"mailto:p{size}-{one}@example.com"}) for one in range(size)]
            )
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 20


def test_put_needs_its_id_and_no_other(app):
    program, sent = Program(app), statement()
    assert program.send("PUT", "statements", sent).status_code == 400
    assert program.send("PUT", "statements", sent, statementId=str(uuid4())).status_code == 400
    assert program.send("PUT", "statements", [sent], statementId=sent["id"]).status_code == 400
    assert program.send("PUT", "statements", sent, statementid=sent["id"]).status_code == 400


@pytest.fixture
def scene(app):
    """Return a program and statements: by Amara, about Boris, by a group with Boris, within a context."""
    program = Program(app)
    registration = str(uuid4())
    told = {
        "amara": statement(),
        "about": statement(object={"objectType": "Agent", **BORIS}),
        "group": statement(
            actor={"objectType": "Group", "member": [BORIS]}, object={"id": "http://x.example/g"}
        ),
        "context": statement(
            actor=BORIS,
            verb={"id": "http://x.example/asked"},
            object={"id": "http://x.example/q"},
            context={
                "registration": registration,
                "instructor": AMARA,
                "contextActivities": {"parent": {"id": ACTIVITY}},
            },
        ),
        "inner": statement(
            actor={"mbox": "mailto:cleo@example.com"},
            object={"objectType": "SubStatement", **statement(id=None, actor=BORIS)},
        ),
    }
    program.store(*told.values())
    ids = {one["id"]: name for name, one in told.items()}

    def find(**params):
        return [ids[found] for found in program.find(**params)]

    return find, registration


def test_filters_find_what_the_standard_says_and_nothing_else(scene):
    find, registration = scene
    assert set(find(agent=AMARA)) == {"amara", "about"}
    assert set(find(agent=BORIS)) == {"about", "group", "context"}
    assert set(find(agent=BORIS, related_agents="true")) == {"about", "group", "context", "inner"}
    assert set(find(agent=AMARA, related_agents="true")) == {"amara", "about", "context"}
    assert find(verb="http://x.example/asked") == ["context"]
    assert find(activity=ACTIVITY) == ["amara"]
    assert set(find(activity=ACTIVITY, related_activities="true")) == {"amara", "context", "inner"}
    assert find(registration=registration) == find(registration=registration.upper()) == ["context"]
    assert find(agent=BORIS, verb=VERB, activity="http://x.example/g") == ["group"]
    assert find(agent={"mbox": "mailto:nobody@example.com"}) == []


def test_latest_comes_first_unless_asked_otherwise(scene):
    find, _registration = scene
    assert find()[0] == "inner"
    assert find(ascending="true") == list(reversed(find()))


@pytest.mark.parametrize(
    "params",
    [
        {"since": "yesterday"},
        {"until": "2026-13-01T00:00:00Z"},
        {"limit": "-1"},
        {"limit": "many"},
        {"ascending": "yes"},
        {"format": "short"},
        {"agent": "amara"},
        {"agent": '{"name": "Amara"}'},
        {"verb": "completed"},
        {"registration": "first"},
        {"Agent": '{"mbox": "mailto:a@example.com"}'},
        {"cursor": "1.5"},
        {"statementId": "x"},
        {"statementId": str(uuid4()), "limit": "1"},
        {"statementId": str(uuid4()), "voidedStatementId": str(uuid4())},
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused(sqlite_app, params):
    answer = Program(sqlite_app).send("GET", "statements", **params)
    assert answer.status_code == 400, answer.text
    assert "X-Experience-API-Consistent-Through" in answer.headers


def test_more_leads_through_everything_once_whatever_comes_meanwhile(app):
    program = Program(app)
    first = program.store(*[statement() for _ in range(7)])
    seen, path = [], "statements?limit=3"
    while path:
        answer = program.send("GET", path).json
        seen += [one["id"] for one in answer["statements"]]
        path = answer["more"].removeprefix("/xapi/")
        program.store(statement())
    assert seen == list(reversed(first))


def test_a_page_is_as_long_as_was_asked_and_never_beyond_the_stores_own(app):
    program = Program(app)
    program.store(*[statement() for _ in range(510)])
    pages = {asked: len(program.find(limit=asked)) for asked in ("1", "0", "100000")}
    assert pages == {"1": 1, "0": 500, "100000": 500}
    assert len(program.find()) == 100


def test_since_and_until_are_of_storing_and_since_leaves_its_instant_out(app):
    program, begin = Program(app), datetime(2026, 11, 26, 12, tzinfo=UTC)
    ids = []
    with clock.frozen_at(begin) as advance:
        for _ in range(3):
            ids += program.store(statement())
            advance(timedelta(hours=1))
    stored = [program.read(one)["stored"] for one in ids]
    assert program.find(since=stored[0]) == [ids[2], ids[1]]
    assert program.find(until=stored[1]) == [ids[1], ids[0]]
    assert program.find(since=stored[0], until=stored[1]) == [ids[1]]
    assert program.find(since="2026-11-26T15:30:00+02:00") == [ids[2]]


def test_what_is_stored_never_goes_back_in_time_though_the_clock_does(app):
    program = Program(app)
    with clock.frozen_at(datetime(2026, 11, 26, 12, tzinfo=UTC)):
        [one] = program.store(statement())
    with clock.frozen_at(datetime(2026, 11, 26, 11, tzinfo=UTC)):
        [two] = program.store(statement())
    assert program.read(one)["stored"] < program.read(two)["stored"]


def test_a_voided_statement_is_found_by_its_voided_id_alone(app):
    program = Program(app)
    [wrong] = program.store(statement())
    [void] = program.store(voiding(wrong))
    assert program.find() == [void]
    assert program.send("GET", "statements", statementId=wrong).status_code == 404
    assert program.send("GET", "statements", voidedStatementId=wrong).status_code == 200
    program.store(voiding(void))
    assert program.read(void)["id"] == void, "what voids cannot be voided"


def test_voiding_may_come_before_what_it_voids(app):
    program, late = Program(app), statement()
    program.store(voiding(late["id"]))
    program.store(late)
    assert late["id"] not in program.find()


def test_whoever_refers_to_a_statement_is_found_with_it(app):
    program, target = Program(app), statement(actor=BORIS, object={"id": "http://x.example/target"})
    early = statement(
        object={"objectType": "StatementRef", "id": target["id"]}, verb={"id": "http://x.example/a"}
    )
    program.store(early)
    chained = statement(
        object={"objectType": "StatementRef", "id": early["id"]}, verb={"id": "http://x.example/b"}
    )
    program.store(chained)
    assert program.find(agent=BORIS) == []
    program.store(target)
    late = statement(object={"objectType": "StatementRef", "id": target["id"]})
    program.store(late)
    wanted = {early["id"], chained["id"], target["id"], late["id"]}
    assert set(program.find(agent=BORIS)) == wanted
    assert set(program.find(activity="http://x.example/target")) == wanted
    itself = statement()
    itself["object"] = {"objectType": "StatementRef", "id": itself["id"]}
    assert program.store(itself) == [itself["id"]]


def test_attachments_come_back_byte_for_byte(app):
    program, content = Program(app), b"a photo \x00\r\n--the-edge-not\xff"
    sent = statement(attachments=[attachment(content)])
    body, headers = mixed(sent, content)
    assert program.send("POST", "statements", body, headers=headers).status_code == 200
    answer = program.send("GET", "statements", attachments="true", statementId=sent["id"])
    assert answer.mimetype == "multipart/mixed"
    assert b"\r\n\r\n" + content + b"\r\n--" in answer.data
    assert attachment(content)["sha2"].encode() in answer.data
    assert program.send("GET", "statements", statementId=sent["id"]).mimetype == "application/json"


PHOTO = b"a photo"


@pytest.mark.parametrize(
    "body, headers",
    [
        mixed(statement(attachments=[attachment(PHOTO)])),
        mixed(statement(), PHOTO),
        mixed(statement(attachments=[attachment(PHOTO)]), PHOTO, Content_Transfer_Encoding="base64"),
        mixed(statement(attachments=[attachment(PHOTO)]), PHOTO, X_Experience_API_Hash=""),
        mixed(statement(attachments=[attachment(PHOTO)]), PHOTO, X_Experience_API_Hash="0" * 64),
        (mixed(statement(), PHOTO)[0], {"Content-Type": "multipart/mixed"}),
        (mixed(statement())[0][:-10], {"Content-Type": "multipart/mixed; boundary=the-edge"}),
        (b"", {"Content-Type": "multipart/mixed; boundary=the-edge"}),
        (json.dumps(statement()).encode(), {"Content-Type": "text/plain"}),
    ],
)
def test_a_body_that_does_not_hold_together_is_refused_whole(sqlite_app, body, headers):
    program = Program(sqlite_app)
    assert program.send("POST", "statements", body, headers=headers).status_code == 400
    assert program.find() == []


def test_formats_show_as_much_as_was_asked_for(app):
    program = Program(app)
    [kept] = program.store(statement(context={"contextActivities": {"parent": {"id": ACTIVITY}}}))
    short = program.read(kept, format="ids")
    assert short["actor"] == {"objectType": "Agent", **AMARA}
    assert short["verb"] == {"id": VERB}
    assert short["object"] == {"id": ACTIVITY}
    assert program.read(kept)["context"]["contextActivities"]["parent"] == [{"id": ACTIVITY}]
    program.store(statement(object={"id": ACTIVITY, "definition": {"name": {"de": "Neuer Name"}}}))
    german = program.send(
        "GET", "statements", statementId=kept, format="canonical", headers={"Accept-Language": "de"}
    ).json
    assert german["object"]["definition"]["name"] == {"de": "Neuer Name"}
    assert german["verb"]["display"] == {"de": "hat abgeschlossen"}


def test_2_0_gives_instants_in_utc(app):
    program = Program(app, version="2.0.0")
    [kept] = program.store(statement(timestamp="2026-11-26T12:00:00-05:00"))
    assert program.read(kept)["timestamp"] == "2026-11-26T17:00:00.000000Z"
    assert program.read(kept)["version"] == "2.0.0"


def test_a_stored_statement_is_changed_by_nobody(app):
    Program(app).store(statement())
    deleted = ("DELETE FROM xapi_statements", "DELETE FROM xapi_bodies", "DELETE FROM xapi_credentials")
    for change in ("UPDATE xapi_statements SET raw_bytes = 0", *deleted):
        with pytest.raises(DBAPIError, match="append-only"), unit_of_work():
            db.session.execute(text(change))


def test_no_filter_walks_the_store_or_sorts_it(sqlite_app):
    program = Program(sqlite_app)
    program.store(*[statement() for _ in range(20)])
    now = clock.now()
    wanted = [
        Wanted(),
        Wanted(since=now, until=now, cursor=5),
        Wanted(terms=[terms.digest(terms.VERB, VERB)], cursor=5),
        Wanted(terms=[terms.digest(terms.VERB, VERB)]),
        Wanted(
            terms=[terms.digest(terms.AGENT, "a"), terms.digest(terms.VERB, VERB)], ascending=True, since=now
        ),
    ]
    for one in wanted:
        plans = []
        with counted_queries() as seen, unit_of_work(read_only=True):
            queries.list_statements(one)
        for query in seen:
            rows = db.session.connection().exec_driver_sql(
                f"EXPLAIN QUERY PLAN {query}", (1,) * query.count("?")
            )
            plans += [row[3] for row in rows]
        db.session.rollback()
        # Without a term the statements themselves are read in the order of their numbers, a page and no more.
        # Recent links are few: those that wait to be filed are read until a page is full.
        faults = [
            plan
            for plan in plans
            if "TEMP" in plan or ("SCAN" in plan and "xapi_recent_links" not in plan and one.terms)
        ]
        assert faults == [], plans


def test_a_frequent_term_is_walked_and_not_sorted_once_the_database_has_counted_either(app):
    program = Program(app)
    program.store(*[statement(actor={"mbox": f"mailto:p{number}@example.com"}) for number in range(400)])
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    asked = []

    def note(_connection, _cursor, query, params, *_rest):
        asked.append((query, params))

    explain = "EXPLAIN" if db.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    frequent = [terms.digest(terms.VERB, VERB), terms.digest(terms.ACTIVITY, ACTIVITY)]
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        for wanted in (frequent[:1], frequent):
            asked.clear()
            with unit_of_work(read_only=True):
                assert len(queries.list_statements(Wanted(terms=wanted, limit=10)).statements) == 10
                query, params = next(one for one in asked if "LIMIT" in one[0] and "xapi_links" in one[0])
                plan = str(db.session.connection().exec_driver_sql(f"{explain} {query}", params).all())
            assert "Sort" not in plan
            assert "TEMP B-TREE" not in plan
            assert "xapi_links" in plan
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
