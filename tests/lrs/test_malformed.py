"""What no good program sends: each is told clearly what is wrong, stores nothing, and leaves the store answering."""

import json

import pytest

from tests.lrs.calls import Program, statement

RAW = json.dumps(statement()).encode()
DEEP = 50_000


def within_extension(value):
    return RAW[:-1] + b',"result":{"extensions":{"http://x.example/":' + value + b"}}}"


def nul_in(**changed):
    return json.dumps(statement(**changed)).encode()


MALFORMED = {
    "lists nested 50,000 deep": (within_extension(b"[" * DEEP + b"]" * DEEP), "nested too deep"),
    "objects nested 50,000 deep": (within_extension(b'{"a":' * DEEP + b"1" + b"}" * DEEP), "nested too deep"),
    "lists nested where a statement should be": (b"[" * DEEP + b"]" * DEEP, "no JSON|nested too deep"),
    "a substatement in a substatement": (
        nul_in(
            object={
                "objectType": "SubStatement",
                "actor": {"mbox": "mailto:a@example.com"},
                "verb": {"id": "http://x.example/v"},
                "object": {
                    "objectType": "SubStatement",
                    "actor": {"mbox": "mailto:a@example.com"},
                    "verb": {"id": "http://x.example/v"},
                    "object": {"id": "http://x.example/a"},
                },
            }
        ),
        "cannot stand here",
    ),
    "a zero byte between two words": (RAW.replace(b'"verb"', b'\0"verb"', 1), "malformed|invalid|JSON"),
    "a zero byte within a text": (
        RAW.replace(b"Amara Osei", b"Amara\0Osei"),
        "malformed|invalid|JSON|control",
    ),
    "a zero character in an address": (nul_in(actor={"mbox": "mailto:a\0b@example.com"}), "no mailto|mbox"),
    "a zero character in a verb": (nul_in(verb={"id": "http://x.example/\0"}), "no IRI"),
    "a zero character in an activity": (nul_in(object={"id": "http://x.example/\0"}), "no IRI"),
    "a zero character in an id": (nul_in(id="00000000-0000-4000-8000-00000000000\0"), "no UUID"),
    "a zero character in an extension's key": (
        nul_in(result={"extensions": {"http://x.example/\0": 1}}),
        "no IRI",
    ),
    "half a character": (RAW.replace(b"Amara Osei", b"Amara \\ud83d"), "half a character, \\ud83d"),
    "the other half of a character": (RAW.replace(b"Amara Osei", b"\\ude00 Amara"), 'in the value of "name"'),
    "a verb without a scheme": (nul_in(verb={"id": "completed"}), "'completed' is no IRI: it has no scheme"),
    "a verb of nothing": (nul_in(verb={"id": ""}), "is no IRI: it is empty - at `$.verb.id`"),
    "zero bytes and nothing else": (b"\0" * 1000, "malformed|invalid|JSON"),
}


@pytest.mark.parametrize("body, told", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_statement_is_answered_with_what_is_wrong_and_nothing_is_stored(sqlite_app, body, told):
    program = Program(sqlite_app)
    answer = program.send("POST", "statements", body)
    assert answer.status_code == 400, answer.text[:500]
    assert len(answer.text) < 2000, "the answer does not repeat what was sent"
    assert any(one.lower() in answer.json["message"].lower() for one in told.split("|")), answer.json
    assert program.find() == []
    assert program.store(statement())


def test_one_malformed_statement_keeps_its_whole_batch_out(app):
    program = Program(app)
    batch = b"[" + b",".join([RAW, within_extension(b"[" * DEEP + b"]" * DEEP)]) + b"]"
    assert program.send("POST", "statements", batch).status_code == 400
    assert program.find() == []


def test_a_statement_of_ten_megabytes_comes_back_byte_for_byte_where_its_key_may_and_is_refused_where_not(
    app,
):
    large = statement(
        result={"response": "x\0" * 2_500_000, "extensions": {"http://x.example/": "y" * 5_000_000}}
    )
    small = Program(app, limit_bytes=1_000_000)
    refused = small.send("POST", "statements", large)
    assert (refused.status_code, refused.json["message"]) == (413, "At most 1000000 bytes at once.")
    program = Program(app, limit_bytes=40_000_000)
    assert program.store(large) == [large["id"]]
    assert program.read(large["id"])["result"] == large["result"]


def test_the_same_large_statement_again_changes_nothing_and_another_of_its_id_is_a_conflict(sqlite_app):
    program, large = Program(sqlite_app), statement(result={"response": "x" * 10_000_000})
    assert program.store(large) == program.store(large) == [large["id"]]
    assert program.send("POST", "statements", {**large, "result": {"response": "y"}}).status_code == 409
    assert program.find() == [large["id"]]
