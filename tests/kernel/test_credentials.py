"""Proofs of credentials: as the W3C's test vectors say, with keys that rotate, in pictures and in lists."""

import base64
import hashlib
import io
import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lms.kernel.credentials import baking, bitstrings, canonical, keys, multibase, proofs
from lms.kernel.credentials.values import NoKey, Signer, Unreadable

VECTORS = Path(__file__).with_name("credentials_vectors")
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)


def vector(name):
    text = (VECTORS / name).read_text("utf-8")
    return json.loads(text) if name.endswith(".json") else text


@pytest.fixture
def with_examples(monkeypatch):
    monkeypatch.setitem(canonical.FILES, EXAMPLES, str(VECTORS / "examples-v2.json"))


def test_the_vectors_of_the_standard_come_out_step_by_step_and_to_the_same_signature(with_examples):
    signed, document = vector("signedDataInt.json"), vector("unsigned.json")
    options = {key: value for key, value in signed["proof"].items() if key != "proofValue"}
    assert canonical.canonical(document).decode() == vector("canonDocDataInt.txt")
    config = canonical.canonical({"@context": document["@context"], **options})
    assert config.decode() == vector("proofCanonDataInt.txt")
    assert hashlib.sha256(config).hexdigest() == vector("proofHashDataInt.txt").strip()
    assert proofs.hash_data(document, options).hex() == vector("combinedHashDataInt.txt").strip()

    pair = vector("keyPair.json")
    secret = Ed25519PrivateKey.from_private_bytes(multibase.decode(pair["privateKeyMultibase"])[2:])
    assert multibase.multikey_of(secret.public_key()) == pair["publicKeyMultibase"]
    ours = proofs.sign(
        document,
        Signer(secret, pair["publicKeyMultibase"], NOW),
        method=options["verificationMethod"],
        created=options["created"],
    )
    assert ours["proof"] == [signed["proof"]]


def test_the_contexts_are_those_that_were_published():
    said = (canonical.FOLDER / "README.md").read_text("utf-8")
    for name in canonical.FILES.values():
        assert hashlib.sha256((canonical.FOLDER / name).read_bytes()).hexdigest() in said


@pytest.mark.parametrize(
    "change",
    [
        {"nickname": "said in no context"},
        {"type": ["VerifiableCredential", "Invented"]},
        {"@context": ["https://www.w3.org/ns/credentials/v2", "https://elsewhere.example/context.json"]},
        {"@context": ["https://www.w3.org/ns/credentials/v2", {"issuer": "https://elsewhere.example/#x"}]},
        {"credentialSubject": {"@context": {"@vocab": "https://elsewhere.example/"}, "id": "did:example:1"}},
        {"validFrom": {"@value": "2026-01-01", "@type": "xsd"}},
    ],
)
def test_what_has_no_meaning_is_refused_and_not_left_unsigned(change):
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential"],
        "issuer": "did:web:portal.example",
        "credentialSubject": {"id": "did:example:1"},
    }
    assert canonical.canonical(document)
    with pytest.raises(Unreadable):
        canonical.canonical(document | change)


@given(st.binary(max_size=60))
def test_base58_reads_what_it_wrote(content):
    assert multibase.decode(multibase.encode(content)) == content


@given(st.sets(st.integers(0, bitstrings.BITS - 1), max_size=30), st.integers(0, bitstrings.BITS - 1))
def test_a_list_is_set_where_it_was_set_and_nowhere_else(places, other):
    encoded = bitstrings.encode(places)
    assert all(bitstrings.is_set(encoded, place) for place in places)
    assert bitstrings.is_set(encoded, other) is (other in places)


def test_the_empty_list_is_the_one_of_the_standard():
    said = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
    assert not bitstrings.is_set(said, 94567)
    packed = bitstrings.encode([])[1:]
    assert len(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))) < 100


def test_a_picture_carries_one_credential_unpacked_and_stays_a_picture():
    plain = io.BytesIO()
    Image.new("RGB", (40, 40), "#63265f").save(plain, "PNG")
    baked = baking.bake(baking.bake(plain.getvalue(), b"{}"), '{"name":"Siân Llŵyd"}'.encode())
    assert baking.unbake(baked).decode() == '{"name":"Siân Llŵyd"}'
    assert baked.count(b"openbadgecredential") == 1
    with Image.open(io.BytesIO(baked)) as opened:
        assert opened.getpixel((3, 3)) == (0x63, 0x26, 0x5F)
        # Pillow reads it as a text that is not compressed.
        assert opened.info["openbadgecredential"] == '{"name":"Siân Llŵyd"}'
    with pytest.raises(Unreadable, match="carries no credential"):
        baking.unbake(plain.getvalue())
    with pytest.raises(Unreadable, match="cut off"):
        baking.unbake(baked[: len(baked) // 2])


def test_keys_rotate_and_the_former_are_known_by_their_public_half_alone(tmp_path):
    folder = tmp_path / "badge-keys"
    first = keys.find_or_make(folder, NOW)
    assert keys.find_or_make(folder, NOW + timedelta(days=1)).multikey == first.multikey
    assert first.since == NOW
    second = keys.rotate(folder, NOW + timedelta(days=9))
    third = keys.rotate(folder, NOW + timedelta(days=19))
    found = keys.list_public(folder)
    assert [one.multikey for one in found] == [third.multikey, second.multikey, first.multikey]
    assert [one.until for one in found] == [None, NOW + timedelta(days=19), NOW + timedelta(days=9)]
    secrets = [path.name for path in folder.iterdir() if b"PRIVATE" in path.read_bytes()]
    assert secrets == ["key.pem"]
    assert (folder / "key.pem").stat().st_mode & 0o077 == 0

    (folder / "key.pem").write_bytes(b"no key")
    with pytest.raises(NoKey, match="holds no Ed25519 key"):
        keys.find_or_make(folder, NOW)


def test_of_those_that_start_together_all_have_the_same_key(tmp_path):
    start, found = threading.Barrier(8), []

    def begin():
        start.wait()
        found.append(keys.find_or_make(tmp_path / "badge-keys", NOW).multikey)

    threads = [threading.Thread(target=begin) for _one in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
