"""Statements whose parts came before are taken as if each were the first, and in doubt as a whole."""

import copy
import json
from uuid import uuid4

import pytest

from bench.statements import made
from lms.lrs.errors import Refused
from lms.lrs.rules import accepting, parts
from lms.lrs.values import Accepted, Version
from tests.lrs.calls import statement, voiding

ONE, TWO = Version.ONE, Version.TWO
ACCOUNT = {"account": {"homePage": "https://halden.example", "name": "amara"}, "name": "Amara"}
AROUND = {
    "parent": {"id": "http://x.example/p", "definition": {"name": {"en": "Parent"}}},
    "grouping": [
        {"id": "http://x.example/g"},
        {"id": "http://x.example/p", "definition": {"type": "http://t.example"}},
    ],
}
USUAL = {
    "the plainest": statement(),
    "an account": statement(actor=ACCOUNT),
    "a group": statement(
        actor={"objectType": "Group", "member": [ACCOUNT, {"mbox": "mailto:b@example.com"}]}
    ),
    "a named group": statement(actor={"objectType": "Group", "mbox": "mailto:g@example.com", "member": []}),
    "a result": statement(
        result={"score": {"scaled": 0.5, "raw": 5}, "duration": "PT0.129S", "success": True}
    ),
    "extensions": statement(
        result={"extensions": {"http://x.example/e": [1, {"a": None}]}},
        context={"extensions": {"http://x.example/c": "“quoted” \\ \n"}},
    ),
    "a context": statement(
        context={
            "registration": str(uuid4()).upper(),
            "contextActivities": AROUND,
            "language": "de-AT",
            "platform": 'a "browser"',
            "revision": "3",
        }
    ),
    "no id and no time": statement(id=None),
    "an instant of that very second": statement(timestamp="2026-11-26T12:00:00Z"),
    "a definition": statement(
        object={"id": "http://x.example/a", "definition": {"name": {"en": "A"}, "extensions": {}}}
    ),
    "a version": statement(version="1.0.3"),
}
UNUSUAL = {
    "a voiding one": voiding(str(uuid4())),
    "an attachment": statement(
        attachments=[
            {
                "usageType": "http://x.example/u",
                "display": {"en": "A file"},
                "contentType": "text/plain",
                "length": 1,
                "sha2": "a" * 64,
                "fileUrl": "http://x.example/f",
            }
        ]
    ),
    "an instructor": statement(context={"instructor": ACCOUNT}),
    "an agent as its object": statement(object={"objectType": "Agent", **ACCOUNT}),
    "a time with an offset": statement(timestamp="2026-11-26T12:00:00+02:00"),
    "a part that is long": statement(result={"response": "x" * parts.LONGEST}),
}


def raw_of(given, **how):
    return json.dumps(given, **how).encode()


def told(found: Accepted):
    """Return all that is said of a statement, but its id and in no order."""
    kept = {
        name: getattr(found, name) for name in found.__struct_fields__ if name not in {"id", "attachments"}
    }
    return kept | {"agents": list(found.agents), "activities": list(found.activities)}


@pytest.mark.parametrize("version", [ONE, TWO])
@pytest.mark.parametrize(
    "separators", [(",", ":"), (", ", ": ")], ids=["as browsers write", "as Python writes"]
)
@pytest.mark.parametrize("given", USUAL.values(), ids=USUAL)
def test_what_is_made_of_parts_is_what_is_made_of_the_whole(given, separators, version):
    raw = raw_of(given, separators=separators, ensure_ascii=False)
    for _time in range(2):  # new, and known
        quick = parts.accept(raw, version=version, new_id=uuid4)
        assert quick is not None
        whole = accepting.accept_whole(raw, version=version, new_id=uuid4)
        assert told(quick) == told(whole)
        if "id" in given:
            assert quick.id == whole.id


def test_the_statements_of_the_bench_are_usual_and_the_same_either_way():
    for raw in made.ready(200, 1, seed=7):
        quick = parts.accept(raw, version=ONE, new_id=uuid4)
        assert quick is not None
        assert told(quick) == told(accepting.accept_whole(raw, version=ONE, new_id=uuid4))


@pytest.mark.parametrize("given", UNUSUAL.values(), ids=UNUSUAL)
def test_what_is_out_of_the_ordinary_is_looked_at_as_a_whole(given):
    raw = raw_of(given)
    assert parts.accept(raw, version=ONE, new_id=uuid4) is None
    assert accepting.accept(raw, version=ONE, new_id=uuid4).raw == raw


def doubled(raw: bytes, key: str) -> list[bytes]:
    """Return a statement in which one of its keys stands twice, written in every way that may hide it."""
    name = f'"{key}"'.encode()
    at = raw.index(name + b":")
    return [
        raw[:at] + name + between + b"5," + raw[at:]
        for between in (b":", b": ", b" :", b"\t:", b"\n :", b"\r:", b"  : ")
    ]


@pytest.mark.parametrize(
    "key",
    [
        "id",
        "actor",
        "mbox",
        "verb",
        "display",
        "result",
        "scaled",
        "context",
        "registration",
        "parent",
        "language",
    ],
)
def test_a_key_that_stands_twice_is_refused_in_every_part_though_that_part_came_before(key):
    given = statement(
        result={"score": {"scaled": 1}, "response": 'x":'},
        context={"registration": str(uuid4()), "contextActivities": AROUND, "language": "en"},
    )
    raw = raw_of(given, separators=(",", ":"))
    assert accepting.accept(raw, version=ONE, new_id=uuid4).raw == raw
    for twins in doubled(raw, key):
        with pytest.raises(Refused):
            accepting.accept(twins, version=ONE, new_id=uuid4)


def test_a_version_is_checked_though_every_part_came_before():
    given = {**statement(), "version": "2.0.0"}
    assert accepting.accept(raw_of(given), version=TWO, new_id=uuid4).raw == raw_of(given)
    with pytest.raises(Refused, match="not a version"):
        accepting.accept(raw_of(given), version=ONE, new_id=uuid4)


def test_known_parts_do_not_make_a_broken_statement_good():
    good = statement(result={"success": True}, context={"language": "en"})
    assert accepting.accept(raw_of(good), version=ONE, new_id=uuid4).raw == raw_of(good)
    for where, wrong in (
        ("verb", good["actor"]),
        ("actor", good["verb"]),
        ("object", good["verb"]),
        ("id", "x"),
    ):
        broken = {**copy.deepcopy(good), where: wrong}
        with pytest.raises(Refused):
            accepting.accept(raw_of(broken), version=ONE, new_id=uuid4)
