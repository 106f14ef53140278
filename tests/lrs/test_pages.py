"""Pages of the record store: keys made and revoked, statements read and exported, people let go."""

import json
import re
from uuid import UUID

from lms.app import wiring
from lms.identity import facade as identity
from lms.kernel import privacy
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from lms.lrs.cli import tokens
from lms.lrs.values import XapiScope
from lms.lrs.views.calls import forget_credentials
from tests.lrs.calls import ACTIVITY, Program, statement, voiding
from tests.support.portal import counted_queries

AMARA = {"mbox": "mailto:amara@example.com"}


def email_of(person_id):
    with unit_of_work(read_only=True):
        return identity.get_person(person_id).email


FIELDS = {"name": "Simulator", "scopes": ["all"], "per_minute": "600", "megabytes": "5"}


def test_a_secret_is_shown_once_and_the_key_works_until_it_is_revoked(app, cast, visit):
    ada, key = visit(cast.ada), str(new_id())
    made = ada.post("/admin/keys/new", {**FIELDS, "key": key})
    found = re.findall(r"<code dir=\"ltr\">([^<]+)</code>", made.text)
    program = Program(app)
    program.key, program.secret = found[1], found[2]
    assert program.send("GET", "statements").status_code == 200
    again = ada.post("/admin/keys/new", {**FIELDS, "key": key})
    assert found[2] not in again.text
    listed = ada.get("/admin/keys").text
    assert "Simulator" in listed
    assert found[2] not in listed
    assert ada.post(f"/admin/keys/{key}/revoke").status_code == 303
    assert program.send("GET", "statements").status_code == 401


def test_keys_are_read_by_auditors_and_made_by_administrators_alone(sqlite_app, cast, visit):
    odd, petra = visit(cast.odd), visit(cast.petra)
    assert odd.get("/admin/keys").status_code == odd.get("/admin/statements").status_code == 200
    assert odd.get("/admin/keys/new").status_code == 403
    assert petra.get("/admin/keys").status_code == petra.get("/admin/statements.jsonl").status_code == 403


def test_a_key_without_a_name_or_a_scope_is_not_made(sqlite_app, cast, visit):
    ada = visit(cast.ada)
    cases: tuple[dict[str, object], ...] = (
        {"name": ""},
        {"scopes": []},
        {"scopes": ["world"]},
        {"per_minute": "0"},
        {"megabytes": "x"},
    )
    for lacking in cases:
        answer = ada.post("/admin/keys/new", {**FIELDS, "key": str(new_id()), **lacking})
        assert answer.status_code == 422, lacking
    assert "No keys yet" in ada.get("/admin/keys").text


def test_statements_are_found_by_who_what_and_when(app, cast, visit):
    program, ada = Program(app, name="Simulator"), visit(cast.ada)
    program.store(
        statement(),
        statement(actor={"mbox": "mailto:boris@example.com"}, object={"id": "http://x.example/y"}),
    )
    assert ada.get("/admin/statements").text.count("Simulator") == 2
    assert "boris@" not in ada.get("/admin/statements?actor=amara@example.com").text
    assert "Amara Osei" not in ada.get("/admin/statements?activity=http://x.example/y").text
    assert "Nothing fits" in ada.get("/admin/statements?verb=http://x.example/none").text
    assert "Nothing fits" in ada.get("/admin/statements?since=2100-01-01").text
    assert "boris@" in ada.get("/admin/statements?until=2100-01-01").text
    assert ada.get("/admin/statements?since=soon").status_code == 422
    assert ada.get("/admin/statements?after=x").status_code == 422


def test_a_person_of_this_portal_is_found_by_name_or_address_whatever_a_source_calls_them(app, cast, visit):
    program, ada = Program(app, name="Simulator"), visit(cast.ada)
    account = {"homePage": app.config["LMS_PUBLIC_URL"], "name": str(cast.amara)}
    program.store(
        statement(actor={"account": account}, object={"id": "http://x.example/by-account"}),
        statement(
            actor={"mbox": f"mailto:{email_of(cast.amara)}"}, object={"id": "http://x.example/by-mail"}
        ),
        statement(actor={"mbox": "mailto:boris@example.com"}, object={"id": "http://x.example/other"}),
    )
    for asked in ("Amara", email_of(cast.amara)):
        found = ada.get(f"/admin/statements?actor={asked}").text
        assert set(re.findall(r"x\.example/[a-z-]+", found)) == {"x.example/by-account", "x.example/by-mail"}
        assert "Amara" in found
        assert str(cast.amara) not in re.sub(r'href="[^"]*"', "", found)
    lines = ada.get("/admin/statements.jsonl?actor=Amara", buffered=True)
    assert len(lines.data.splitlines()) == 2


def test_a_name_that_several_people_bear_asks_who_is_meant_and_finds_nobody_s_facts_meanwhile(
    app, cast, visit
):
    program, ada = Program(app, name="Simulator"), visit(cast.ada)
    program.store(statement())
    found = ada.get("/admin/statements?actor=a")
    assert "Who is meant?" in found.text
    assert "Simulator" not in found.text
    assert ada.get("/admin/statements.jsonl?actor=a").status_code == 422
    assert "Nothing fits" in ada.get("/admin/statements?actor=Nobody+At+All").text


def test_nothing_that_a_program_sends_is_markup_here(app, cast, visit):
    evil = "<script>alert(1)</script>"
    [kept] = Program(app, name=evil).store(
        statement(
            actor={"name": evil, **AMARA},
            verb={"id": "http://x.example/v", "display": {"en": evil}},
            result={"response": evil},
        )
    )
    for path in ("/admin/statements", f"/admin/statements/{kept}", "/admin/keys"):
        page = visit(cast.ada).get(path)
        assert page.status_code == 200
        assert evil not in page.text
        assert "&lt;script&gt;alert" in page.text


def link_to(way, page):
    [found] = re.findall(rf'href="([^"]*)" rel="{way}"', page)
    return found.replace("&amp;", "&")


def test_a_list_of_many_pages_leads_forth_and_back_in_the_same_queries(app, cast, visit):
    program, ada = Program(app), visit(cast.ada)
    program.store(*[statement(object={"id": f"http://x.example/{one:03}"}) for one in range(120)])
    ada.get("/admin/statements")
    with counted_queries() as seen:
        first = ada.get("/admin/statements")
    assert len(seen) <= 8
    second = ada.get(link_to("next", first.text))
    third = ada.get(link_to("next", second.text))
    assert "http://x.example/119" in first.text
    assert "http://x.example/000" in third.text
    assert 'rel="next"' not in third.text
    back = ada.get(link_to("prev", third.text))
    assert re.findall(r"x.example/\d+", back.text) == re.findall(r"x.example/\d+", second.text)


def test_a_voided_statement_is_shown_and_says_so(app, cast, visit):
    program, ada = Program(app), visit(cast.ada)
    [wrong] = program.store(statement())
    program.store(voiding(wrong))
    assert "Voided" in ada.get(f"/admin/statements/{wrong}").text
    assert ada.get(f"/admin/statements/{new_id()}").status_code == 404


def test_the_export_is_one_statement_a_line_oldest_first(app, cast, visit):
    program = Program(app)
    ids = program.store(*[statement() for _ in range(3)])
    answer = visit(cast.ada).get("/admin/statements.jsonl", buffered=True)
    lines = [json.loads(line) for line in answer.data.splitlines()]
    assert [one["id"] for one in lines] == ids
    assert visit(cast.ada).get("/admin/statements.jsonl?actor=none@example.com", buffered=True).data == b""


def test_an_erased_person_leaves_statements_that_hold_and_name_nobody(app, cast):
    program = Program(app)
    account = {"homePage": app.config["LMS_PUBLIC_URL"], "name": str(cast.amara)}
    told = [
        statement(actor={"name": "Amara Osei", **AMARA}),
        statement(actor={"account": account, "name": "Amara Osei"}),
        statement(actor={"objectType": "Group", "member": [AMARA, {"mbox": "mailto:boris@example.com"}]}),
    ]
    ids = program.store(*told)
    state = {"activityId": ACTIVITY, "agent": AMARA, "stateId": "bookmark"}
    program.send("PUT", "activities/state", {"page": 3}, **state)
    with unit_of_work(read_only=True):
        exported = privacy.export(cast.amara)["lrs"]
    assert len(exported["statements"]) == 3
    assert exported["documents"][0]["content"] == '{"page": 3}'
    with unit_of_work(), acting_as(SYSTEM):
        privacy.erase(cast.amara)
    assert program.find() == list(reversed(ids))
    whole = program.send("GET", "statements").text
    assert "Amara" not in whole
    assert "amara@" not in whole
    assert str(cast.amara) not in whole
    assert "boris@example.com" in whole
    assert program.find(agent=AMARA) == []
    assert program.send("GET", "activities/state", **state).status_code == 404
    assert "name" not in program.send("GET", "agents", agent=AMARA).json
    instead = program.read(ids[0])["actor"]
    assert ids[0] in program.find(agent=instead)


def test_the_record_store_lets_go_of_people_before_identity_forgets_their_address():
    names = [holder.name for holder in wiring.PERSONAL_DATA]
    assert names.index("lrs") < names.index("identity")


def test_a_key_is_made_on_the_command_line(app):
    told = app.test_cli_runner().invoke(
        tokens, ["create", "--name", "Simulator", "--scope", XapiScope.WRITE.value]
    )
    assert told.exit_code == 0, told.output
    program = Program(app)
    program.key, program.secret = re.findall(r"(?:key|secret)\s+(\S+)", told.output)
    forget_credentials()
    [kept] = program.store(statement())
    assert UUID(kept).version
    assert program.send("GET", "statements").status_code == 403
