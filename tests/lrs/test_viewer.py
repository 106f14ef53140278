"""The statement viewer keeps its word: it exports what it shows, says what is unclear, and opens whatever came."""

import json
import re

from sqlalchemy import select, text

from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.lrs.jobs import learn_names
from lms.lrs.models import NameRow, NamesThroughRow
from lms.lrs.values import NamedKind
from tests.lrs.calls import ACTIVITY, Program, statement


def test_what_is_exported_is_what_the_live_list_shows(app, cast, visit):
    # The list is replaced as one types; what stands outside of it still says what it said before.
    program = Program(app)
    [wanted] = program.store(statement(object={"id": "http://x.example/wanted"}))
    program.store(statement())
    page = visit(cast.ada).get("/admin/statements?activity=http://x.example/wanted").text
    region = page[page.index('id="statements"') :]
    [address] = re.findall(r'href="(/admin/statements\.jsonl[^"]*)"', region)
    assert address not in page[: page.index('id="statements"')]
    lines = visit(cast.ada).get(address.replace("&amp;", "&"), buffered=True).data.splitlines()
    assert [json.loads(one)["id"] for one in lines] == [wanted]


def test_an_export_for_somebody_unclear_or_unknown_says_so_on_the_page_where_it_was_asked_for(
    app, cast, visit
):
    Program(app).store(statement())
    unclear = visit(cast.ada).get("/admin/statements.jsonl?actor=a&verb=http://x.example/v")
    assert unclear.status_code == 422
    assert "Nothing was exported" in unclear.text
    assert "Who is meant?" in unclear.text
    assert 'value="http://x.example/v"' in unclear.text, "what was typed is gone"
    unknown = visit(cast.ada).get("/admin/statements.jsonl?actor=Nobody+At+All")
    assert unknown.status_code == 422
    assert "Nobody of that name or address is known here." in unknown.text


def test_a_statement_of_megabytes_is_shown_in_part_and_handed_out_whole(app, cast, visit):
    long = "x" * 3_000_000
    program = Program(app)
    [kept] = program.store(
        statement(
            object={"id": ACTIVITY, "definition": {"name": {"en": long}}},
            result={"response": long},
        )
    )
    page = visit(cast.ada).get(f"/admin/statements/{kept}")
    assert len(page.data) < 400_000
    assert "Only its beginning is shown" in page.text
    address = f"/admin/statements/{kept}.json"
    assert address in page.text
    whole = visit(cast.ada).get(address)
    assert whole.json["result"]["response"] == long
    assert whole.headers["Content-Disposition"] == f"attachment; filename={kept}.json"
    assert len(visit(cast.ada).get("/admin/statements").data) < 100_000
    short = visit(cast.ada).get(f"/admin/statements/{program.store(statement())[0]}").text
    assert "Only its beginning is shown" not in short


def test_verbs_and_activities_are_found_by_the_names_that_are_shown_and_by_how_they_begin(app, cast, visit):
    verb = {"id": "http://x.example/verbs/mended", "display": {"en": "mended it"}}
    program, ada = Program(app), visit(cast.ada)
    [mended] = program.store(
        statement(
            verb=verb,
            object={"id": "http://x.example/a1", "definition": {"name": {"en": "Séq one"}}},
            context={
                "contextActivities": {
                    "parent": [{"id": "http://x.example/a2", "definition": {"name": {"en": "The whole"}}}]
                }
            },
        )
    )
    [other] = program.store(statement(object={"id": "http://x.example/a3"}))
    learn_names()

    def found(**asked):
        page = ada.get("/admin/statements", query_string=asked).text
        return {one for one in (mended, other) if f"/admin/statements/{one}" in page}

    assert found(verb="mended it") == found(verb="Mended") == found(verb="men") == {mended}
    assert found(verb="completed") == {other}
    assert found(activity="seq ONE") == found(activity="The wh") == {mended}
    assert found(activity="http://x.example/a3") == {other}
    assert found(activity="Seq one", verb="completed") == set()
    assert found(verb="nothing like it") == set()
    lines = ada.get("/admin/statements.jsonl?verb=mended it", buffered=True).data.splitlines()
    assert [json.loads(one)["id"] for one in lines] == [mended]


def test_suggestions_are_few_and_begin_as_what_is_typed(app, cast, visit):
    Program(app).store(
        *[
            statement(
                object={"id": f"http://x.example/{one}", "definition": {"name": {"en": f"Test {one:02}"}}}
            )
            for one in range(60)
        ]
    )
    learn_names()
    page = visit(cast.ada).get("/admin/statements?activity=Test").text
    offered = re.findall(r'<option value="(Test \d\d)">', page)
    assert offered == [f"Test {one:02}" for one in range(20)]
    assert '<option value="completed">' in page


def test_names_are_learnt_once_each_and_from_where_the_last_run_ended(app, monkeypatch):
    monkeypatch.setattr("lms.lrs.service.naming.MOST", 10)
    program = Program(app)
    program.store(*[statement() for _ in range(25)])
    learn_names()
    with unit_of_work(read_only=True):
        before = sorted((row.kind, row.name) for row in db.session.scalars(select(NameRow)))
        through = db.session.scalar(select(NamesThroughRow.seq))
    assert ("verb", "completed") in before
    assert through == 25
    program.store(statement(verb={"id": "http://x.example/late"}))
    learn_names()
    with unit_of_work(read_only=True):
        after = sorted((row.kind, row.name) for row in db.session.scalars(select(NameRow)))
    assert after == sorted([*before, ("verb", "late")])


def test_a_name_is_looked_up_by_an_index(app):
    query = select(NameRow.iri).where(
        NameRow.kind == NamedKind.VERB, NameRow.compared >= b"a", NameRow.compared < b"b"
    )
    with unit_of_work(read_only=True):
        bind = db.session.get_bind()
        written = query.compile(bind, compile_kwargs={"literal_binds": True})
        if bind.dialect.name == "postgresql":
            # An empty table is read whole, whatever there is.
            db.session.execute(text("SET LOCAL enable_seqscan = off"))
        how = "EXPLAIN" if bind.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        told = str(db.session.connection().exec_driver_sql(f"{how} {written}").all())
    assert "ix_xapi_names_compared" in told
