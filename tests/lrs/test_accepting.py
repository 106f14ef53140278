"""Statements that break a rule of the standard are refused, with the place; those that keep all are taken."""

import base64
import copy
import hashlib
import json
import zlib
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

from lms.lrs.errors import Refused
from lms.lrs.formats import words
from lms.lrs.formats.dictionary import FIRST, SECOND
from lms.lrs.rules import accepting, comparing, packing, showing, signatures
from lms.lrs.values import SIGNATURE, Part, Version
from tests.lrs.calls import attachment, statement

ONE, TWO = Version.ONE, Version.TWO
CHOICE = {
    "interactionType": "choice",
    "choices": [{"id": "a"}, {"id": "b"}],
    "correctResponsesPattern": ["a"],
}


def accept(given, version=ONE):
    raw = given if isinstance(given, bytes) else json.dumps(given).encode()
    return accepting.accept(raw, version=version, new_id=uuid4)


def about(definition):
    return statement(object={"id": "http://example.com/x", "definition": definition})


def within(**context):
    return statement(context=context)


def sub(**changed):
    inner = statement(id=None, **changed)
    return statement(object={"objectType": "SubStatement", **inner})


REFUSED = {
    "a field that the standard does not know": statement(colour="blue"),
    "a field in other letters": statement(Result={}),
    "null": statement(result={"success": None}) | {"context": {"platform": None}},
    "no actor": statement(actor=None),
    "no verb": statement(verb=None),
    "no object": statement(object=None),
    "an id that is no UUID": statement(id="amara"),
    "a number for a text": statement(result={"response": 5}),
    "a text for a number": statement(result={"score": {"raw": "5"}}),
    "a text for a boolean": statement(result={"success": "true"}),
    "an agent that nobody can tell": statement(actor={"name": "Amara"}),
    "an agent with two identifiers": statement(
        actor={"mbox": "mailto:a@example.com", "openid": "http://a.example.com"}
    ),
    "an agent with members": statement(actor={"mbox": "mailto:a@example.com", "member": []}),
    "an address without mailto": statement(actor={"mbox": "amara@example.com"}),
    "a hash that is none": statement(actor={"mbox_sha1sum": "abc"}),
    "an account without its home page": statement(actor={"account": {"name": "amara"}}),
    "a home page that is no address": statement(actor={"account": {"homePage": "home", "name": "amara"}}),
    "an anonymous group of nobody": statement(actor={"objectType": "Group"}),
    "a group in a group": statement(
        actor={"objectType": "Group", "member": [{"objectType": "Group", "mbox": "mailto:a@example.com"}]}
    ),
    "an objectType in small letters": statement(actor={"objectType": "agent", "mbox": "mailto:a@b.example"}),
    "a verb that is no IRI": statement(verb={"id": "completed"}),
    "a language that is none": statement(verb={"id": "http://x.example/v", "display": {"a12345678": "x"}}),
    "an activity that is no IRI": statement(object={"id": "superheat"}),
    "an unknown kind of object": statement(object={"objectType": "Course", "id": "http://x.example/a"}),
    "a choice without interactionType": about({"choices": [{"id": "a"}]}),
    "a pattern without interactionType": about({"correctResponsesPattern": ["a"]}),
    "a scale of a choice": about({"interactionType": "choice", "scale": [{"id": "a"}]}),
    "an interaction nobody knows": about({"interactionType": "guess"}),
    "two choices of one id": about({**CHOICE, "choices": [{"id": "a"}, {"id": "a"}]}),
    "an extension whose key is no IRI": about({"extensions": {"colour": "blue"}}),
    "a scaled score above 1": statement(result={"score": {"scaled": 1.1}}),
    "a raw score above its maximum": statement(result={"score": {"raw": 11, "min": 0, "max": 10}}),
    "a minimum above the maximum": statement(result={"score": {"min": 10, "max": 0}}),
    "a duration that is none": statement(result={"duration": "90 minutes"}),
    "weeks and days in one duration": statement(result={"duration": "P4W1D"}),
    "a registration that is no UUID": within(registration="first"),
    "a team that is no group": within(team={"mbox": "mailto:a@example.com"}),
    "a platform of something done with an agent": statement(
        object={"objectType": "Agent", "mbox": "mailto:b@example.com"}, context={"platform": "x"}
    ),
    "a context language that is none": within(language="english please"),
    "a context statement that is no reference": within(statement={"id": str(uuid4())}),
    "people by part in 1.0.3": within(
        contextAgents=[{"objectType": "contextAgent", "agent": {"mbox": "mailto:a@example.com"}}]
    ),
    "a negative zero offset": statement(timestamp="2026-11-26T12:00:00-00:00"),
    "a day alone": statement(timestamp="2026-11-26"),
    "a day that no calendar has": statement(timestamp="2026-02-30T12:00:00Z"),
    "a version of tomorrow": statement(version="1.1.0"),
    "a statement in a statement's statement": sub(object={"objectType": "SubStatement"}),
    "an inner statement with an id": statement(object={"objectType": "SubStatement", **statement()}),
    "an attachment without its usage": statement(attachments=[{"contentType": "text/plain"}]),
    "an attachment with a made-up hash": statement(attachments=[attachment(b"x", sha2="abc")]),
    "an attachment whose type brings a line of its own": statement(
        attachments=[attachment(b"x", contentType="text/plain; a\r\nX-Evil: 1")]
    ),
    "an authority of three": statement(
        authority={"objectType": "Group", "member": [{"mbox": f"mailto:{one}@example.com"} for one in "abc"]}
    ),
    "voiding of an activity": statement(verb={"id": "http://adlnet.gov/expapi/verbs/voided"}),
}


@pytest.mark.parametrize("given", REFUSED.values(), ids=REFUSED.keys())
def test_a_statement_is_refused_that_has(given):
    with pytest.raises(Refused):
        accept(given)


RAW = json.dumps(statement()).encode()


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(RAW[:-1], id="half a statement"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe{}", id="another encoding"),
        pytest.param(RAW.replace(b'"name":', b'"name": "Twin", "name":', 1), id="a key twice"),
        pytest.param(RAW.replace(b"Amara Osei", b"\\ud800"), id="half a character"),
        pytest.param(RAW.replace(b"{", b'{"id":' * 100_000, 1), id="the same key nested 100,000 deep"),
        pytest.param(
            RAW[:-1]
            + b',"result":{"extensions":{"http://x.example/":'
            + b"[" * 50_000
            + b"]" * 50_000
            + b"}}}",
            id="an extension nested 50,000 deep",
        ),
        *(
            pytest.param(
                RAW[:-1] + b',"result":{"extensions":{"http://x.example/":' + value + b"}}}", id=name
            )
            for name, value in {
                "half a character that no shape looks at": b'"\\ud800"',
                "a number beyond every other that no shape looks at": b"-1e999",
                "a number of 5,000 digits": b"1" * 5000,
            }.items()
        ),
        pytest.param(RAW[:-1] + b',"result":{"score":{"raw":NaN}}}', id="a number that JSON does not know"),
        pytest.param(RAW[:-1] + b',"result":{"score":{"raw":1e999}}}', id="a number beyond every other"),
    ],
)
def test_bytes_that_are_no_good_json_are_refused_and_end_no_process(raw):
    with pytest.raises(Refused):
        accept(raw)


@pytest.mark.parametrize(
    "given",
    [
        about(CHOICE),
        about({"interactionType": "matching", "source": [{"id": "a"}], "target": [{"id": "b"}]}),
        statement(actor={"objectType": "Group", "member": [{"mbox": "mailto:a@example.com"}]}),
        statement(actor={"objectType": "Group", "mbox": "mailto:team@example.com"}),
        statement(
            result={
                "score": {"scaled": -1, "raw": 0, "min": 0, "max": 10},
                "duration": "P3Y1M29DT4H35M59.14S",
            }
        ),
        statement(result={"extensions": {"http://x.example/": None}}),
        statement(timestamp="2026-11-26T12:00:00+02:00"),
        statement(timestamp="2026-11-26T12:00:00.123456789Z"),
        within(language="zh-Hant-TW", platform="Guildhall", revision="3"),
        sub(result={"completion": True}),
        statement(result={"response": "zero \u0000 byte"}),
    ],
)
@pytest.mark.parametrize("version", [ONE, TWO])
def test_what_the_standard_allows_is_taken(given, version):
    assert accept(given, version).id == UUID(given["id"])


def test_people_who_had_a_part_are_taken_by_2_0_and_found_by_it():
    part = {
        "objectType": "contextAgent",
        "agent": {"mbox": "mailto:b@example.com"},
        "relevantTypes": ["http://x.y/z"],
    }
    found = accept(within(contextAgents=[part]), TWO)
    assert len(found.agents) == 2
    breaks: tuple[dict[str, object], ...] = (
        {"relevantTypes": []},
        {"relevantTypes": ["helper"]},
        {"objectType": "agent"},
    )
    for broken in breaks:
        with pytest.raises(Refused):
            accept(within(contextAgents=[{**part, **broken}]), TWO)


@pytest.mark.parametrize(
    "text, seconds",
    [
        ("PT4H35M59.14S", True),
        ("P4W", True),
        ("PT", False),
        ("P", False),
        ("PT1.5H3M", False),
        ("PT0,5S", True),
    ],
)
def test_durations_are_those_of_iso_8601(text, seconds):
    assert words.is_duration(text) is seconds


def test_two_copies_say_the_same_whatever_stores_set_and_however_they_are_written():
    one = statement(result={"duration": "PT0.1237S"})
    other = dict(reversed(copy.deepcopy(one).items())) | {
        "stored": "2026-01-01T00:00:00Z",
        "version": "1.0.0",
    }
    other["result"] = {"duration": "PT0.12S"}
    other["object"]["definition"] = {"name": {"en": "Another name"}}
    assert comparing.digest(one) == comparing.digest(other)
    assert comparing.digest(one) != comparing.digest({**one, "result": {"duration": "PT0.2S"}})
    members = [{"mbox": "mailto:a@example.com"}, {"mbox": "mailto:b@example.com"}]
    groups = [
        {
            **one,
            "actor": {"objectType": "Group", "member": order},
            "context": {"contextActivities": {"parent": parent}},
        }
        for order, parent in (
            (members, {"id": "http://x.example/p"}),
            (members[::-1], [{"id": "http://x.example/p"}]),
        )
    ]
    assert comparing.digest(groups[0]) == comparing.digest(groups[1])
    assert comparing.digest(groups[0]) != comparing.digest(
        {**groups[0], "actor": {**groups[0]["actor"], "name": "x"}}
    )


@pytest.mark.parametrize(
    "separators", [(",", ":"), (", ", ": ")], ids=["as browsers write", "as Python writes"]
)
def test_statements_are_kept_byte_for_byte_in_a_third_of_their_room(separators):
    raws = [
        json.dumps(told(number), separators=separators, ensure_ascii=False).encode() for number in range(50)
    ]
    packed = [packing.pack(raw) for raw in raws]
    assert [packing.unpack(one) for one in packed] == raws
    assert sum(map(len, packed)) <= 0.35 * sum(map(len, raws))


@pytest.mark.parametrize("known, digest", [(FIRST, "4226df58a0fc278e"), (SECOND, "dc299006cf203702")])
def test_a_dictionary_that_statements_were_packed_with_never_changes(known, digest):
    said = hashlib.sha256(known).hexdigest()[:16]
    assert said == digest, "add another: what is stored could not be read any more"


def test_statements_that_were_packed_by_deflate_are_read_still():
    raw = json.dumps(told(7)).encode()
    packer = zlib.compressobj(6, zlib.DEFLATED, -13, 6, zlib.Z_DEFAULT_STRATEGY, FIRST)
    assert packing.unpack(b"\x01" + packer.compress(raw) + packer.flush()) == raw


def test_what_is_packed_today_is_read_by_every_release_to_come():
    packed = bytes.fromhex(
        "02209f9d0100b07b6d6972614068616c64656e2e6e74726f6c73227d7d0afc57c150282166f4c8075fc3a59ffa08e5e14aac85d078fb2bf02f"
    )
    assert json.loads(packing.unpack(packed)) == {
        "actor": {"mbox": "mailto:mira@halden.example"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"},
        "object": {"id": "https://halden.example/courses/controls"},
    }


def test_many_threads_pack_and_unpack_at_once_and_nothing_is_mixed_up():
    raws = [json.dumps(told(number % 60)).encode() for number in range(2_000)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda raw: packing.unpack(packing.pack(raw)), raws)) == raws


def told(number):
    """Return what a course tells of an answer: no two alike in ids, people, times and numbers."""
    return statement(
        actor={
            "objectType": "Agent",
            "name": f"Person {number * 7919}",
            "mbox": f"mailto:p{number}@halden.example",
        },
        result={"score": {"scaled": number / 50}, "success": number > 25, "duration": f"PT{number}.5S"},
        context={
            "registration": str(uuid4()),
            "contextActivities": {"parent": [{"id": "https://halden.example/courses/controls"}]},
            "language": "en-GB",
        },
        timestamp=f"2026-11-26T12:{number:02}:07.{number * 19:03}Z",
    )


@pytest.mark.parametrize(
    "wanted, chosen",
    [
        (["de"], "de"),
        (["de-AT"], "de"),
        (["en"], "en-GB"),
        (["fr"], "en-GB"),
        ([], "en-GB"),
        (["fr", "de"], "de"),
    ],
)
def test_a_reader_gets_the_language_they_like_best(wanted, chosen):
    assert list(showing.best({"en-GB": "completed", "de": "abgeschlossen"}, wanted)) == [chosen]


def signed(payload, *, alg="RS256", kind="application/octet-stream", cut=None):
    """Return a statement with its signature, and the part that it came in."""
    pieces = [json.dumps({"alg": alg}).encode(), payload, b"signature"]
    content = b".".join(base64.urlsafe_b64encode(one).rstrip(b"=") for one in pieces[:cut])
    facts = attachment(content, usageType=SIGNATURE, contentType=kind)
    given = accept(statement(id=SIGNED["id"], attachments=[facts]))
    return given, {facts["sha2"]: Part(facts["sha2"], kind, content)}


SIGNED = statement()
PAYLOAD = json.dumps(SIGNED).encode()


def test_a_signature_of_this_very_statement_is_taken():
    for alg in ("RS256", "RS384", "RS512"):
        signatures.check(*signed(PAYLOAD, alg=alg))


@pytest.mark.parametrize(
    "given",
    [
        signed(json.dumps({**SIGNED, "result": {"success": True}}).encode()),
        signed(PAYLOAD, alg="HS256"),
        signed(PAYLOAD, alg=None),
        signed(PAYLOAD, kind="text/plain"),
        signed(PAYLOAD, cut=2),
        signed(b"{}"),
        signed(b'{"object": 5, "actor": []}'),
        signed(b"[" * 100_000),
        signed(b"\xff"),
        (signed(PAYLOAD)[0], {}),
    ],
)
def test_any_other_signature_is_refused(given):
    with pytest.raises(Refused):
        signatures.check(*given)
