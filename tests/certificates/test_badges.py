"""Badges: what each says and does not say, its state in public at once, and what is wrong with one that is brought."""

import io
import json
from datetime import UTC, datetime, timedelta
from random import SystemRandom

import pytest
from jsonschema import Draft202012Validator
from PIL import Image
from sqlalchemy import select

from lms.certificates import facade as certificates
from lms.certificates.badges.facade import check_badge
from lms.certificates.badges.models import BadgeRow
from lms.certificates.badges.rules import credential
from lms.certificates.badges.service import placing
from lms.certificates.badges.values import Flaw
from lms.certificates.cycles.queries import ledger
from lms.kernel import clock, credentials, privacy
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.credentials import baking, bitstrings
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from tests.certificates.open_badges import CREDENTIAL

MAY = datetime(2026, 5, 4, 10, 0, 0, 250_000, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_may():
    with clock.frozen_at(MAY) as advance:
        yield advance


def held(person_id):
    with unit_of_work(read_only=True):
        return ledger.list_of_person(person_id)[-1]


def revoke(certificate):
    with unit_of_work(), acting_as(SYSTEM):
        certificates.revoke(certificate_id=certificate.id, reason="Mistake.", actor=SYSTEM, now=clock.now())


def reinstate(certificate):
    with unit_of_work(), acting_as(SYSTEM):
        certificates.reinstate(certificate_id=certificate.id, reason="None.", actor=SYSTEM, now=clock.now())


def fetch(visitor, certificate, kind="json"):
    answer = visitor.get(f"/verify/{certificate.code}/badge.{kind}")
    assert answer.status_code == 200, answer.data
    return answer.data


def check(content):
    with unit_of_work(read_only=True):
        return check_badge(content, now=clock.now())


def bit_of(visitor, badge):
    status = badge["credentialStatus"]
    answer = visitor.get(status["statusListCredential"].removeprefix("http://localhost:8000"))
    assert answer.status_code == 200, answer.data
    subject = json.loads(answer.data)["credentialSubject"]
    return bitstrings.is_set(subject["encodedList"], int(status["statusListIndex"]))


def test_a_badge_says_what_the_page_says_and_hides_the_address(app, cast, scene, visit):
    scene.learn(cast.amara, "0.91")
    certificate = held(cast.amara)
    content = fetch(visit(None), certificate)
    assert fetch(visit(None), certificate) == content
    badge = json.loads(content)
    base = app.config["LMS_PUBLIC_URL"]
    assert [one.message for one in Draft202012Validator(CREDENTIAL).iter_errors(badge)] == []
    assert badge["id"] == f"{base}/verify/{certificate.code}/badge.json"
    assert (badge["validFrom"], badge["validUntil"]) == ("2026-05-04T10:00:00Z", "2027-05-04T21:59:59Z")
    subject = badge["credentialSubject"]
    assert subject["achievement"]["achievementType"] == "Certification"
    assert subject["achievement"]["criteria"]["narrative"] == (
        "Finish “Refrigeration Control” and pass “Exam: Refrigeration Control” with 80%."
    )
    address, name = subject["identifier"]
    assert (name["identityType"], name["identityHash"]) == ("name", "Amara Osei")
    known = credential.hashed("amara@example.com", address["salt"])
    assert address["hashed"] is True
    assert b"@" not in content.replace(b'"@context"', b"")
    assert address["identityHash"] == known
    (proof,) = badge["proof"]
    assert (proof["type"], proof["cryptosuite"], proof["proofPurpose"]) == (
        "DataIntegrityProof",
        "eddsa-rdfc-2022",
        "assertionMethod",
    )
    document = visit(None).get("/.well-known/did.json")
    assert document.json["assertionMethod"][0] == proof["verificationMethod"]
    assert document.json["id"] == badge["issuer"]["id"]
    multikey = proof["verificationMethod"].split("#")[1]
    assert visit(None).get(f"/badges/keys/{multikey}").json["publicKeyMultibase"] == multikey
    assert check(content).flaws == ()
    assert check(content).code == certificate.code


def test_revoked_and_reinstated_are_true_at_once_and_the_old_bit_stays_set(app, cast, scene, visit, in_may):
    scene.learn(cast.amara)
    certificate, visitor = held(cast.amara), visit(None)
    first = fetch(visitor, certificate)
    assert bit_of(visitor, json.loads(first)) is False
    status = visitor.get("/badges/status/0")
    kept = visitor.get("/badges/status/0", headers={"If-None-Match": status.headers["ETag"]})
    assert (kept.status_code, status.headers["Cache-Control"]) == (304, "public, no-cache")

    in_may(timedelta(days=1))
    revoke(certificate)
    changed = visitor.get("/badges/status/0", headers={"If-None-Match": status.headers["ETag"]})
    assert changed.status_code == 200
    assert bit_of(visitor, json.loads(first)) is True
    assert check(first).flaws == (Flaw.REVOKED,)

    in_may(timedelta(days=1))
    reinstate(certificate)
    second = fetch(visitor, certificate)
    assert json.loads(second)["validFrom"] == "2026-05-06T10:00:00Z"
    assert json.loads(second)["awardedDate"] == "2026-05-04T10:00:00Z"
    assert bit_of(visitor, json.loads(second)) is False
    assert bit_of(visitor, json.loads(first)) is True
    assert check(second).flaws == ()
    assert (check(first).flaws, check(first).has_newer) == ((Flaw.REVOKED,), True)
    assert visitor.get("/badges/status/1").status_code == 404


def altered(badge, *path, to):
    found = json.loads(badge)
    inner = found
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return json.dumps(found).encode()


def test_whatever_is_altered_is_found(app, cast, scene, visit):
    scene.learn(cast.amara)
    content = fetch(visit(None), held(cast.amara))
    badge = json.loads(content)
    for path, to in (
        (("validUntil",), "2037-05-04T21:59:59Z"),
        (("credentialSubject", "identifier", 1, "identityHash"), "Somebody Else"),
        (("credentialSubject", "achievement", "name"), "Another"),
        (("credentialStatus", "statusListIndex"), "1"),
        (("credentialSubject", "achievement", "tag"), "x"),
        (("type",), ["VerifiableCredential", "OpenBadgeCredential", "Diploma"]),
        (("nickname",), "said nowhere"),
        (("@context",), [*badge["@context"], "https://elsewhere.example/"]),
        (("proof", 0, "created"), "2026-05-04T10:00:01Z"),
        (("proof", 0, "proofValue"), "z" + "1" * 64),
    ):
        assert check(altered(content, *path, to=to)).flaws == (Flaw.ALTERED,), path
    own = badge["issuer"]["id"]
    strange = f"{own}#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
    assert check(altered(content, "proof", 0, "verificationMethod", to=strange)).flaws == (Flaw.NOT_OURS,)
    for nothing in (
        b"", b"{}", b"[]", b"\xff\xfe", b'{"a":1,"a":2}', b"[" * 50_000, b"\x89PNG\r\n\x1a\n", b" " * 70_000,
        altered(content, "proof", to=[]), altered(content, "issuer", "id", to="did:web:elsewhere.example"),
        altered(content, "proof", to=badge["proof"] * 2), altered(content, "type", to=["VerifiableCredential"]),
        altered(content, "proof", 0, "cryptosuite", to="eddsa-jcs-2022"),
    ):  # fmt: skip
        assert check(nothing).flaws == (Flaw.NO_BADGE,), nothing[:60]
        assert check(nothing).reason


def test_it_expires_with_the_second_in_which_the_certificate_does(app, cast, scene, visit, in_may):
    scene.learn(cast.amara)
    certificate = held(cast.amara)
    content = fetch(visit(None), certificate)
    with unit_of_work(read_only=True):
        last = certificate.term.expires_at - timedelta(seconds=1)
        assert check_badge(content, now=last).flaws == ()
        assert check_badge(content, now=certificate.term.expires_at).flaws == (Flaw.EXPIRED,)


def test_a_rotated_key_signs_what_comes_and_the_former_still_proves(
    sqlite_app, cast, scene, visit, in_may, tmp_path
):
    credentials.install(sqlite_app, tmp_path)
    scene.learn(cast.amara)
    certificate, visitor = held(cast.amara), visit(None)
    before = fetch(visitor, certificate)
    in_may(timedelta(days=1))
    credentials.rotate_key(clock.now())
    after = fetch(visitor, certificate)
    old, new = (json.loads(one)["proof"][0]["verificationMethod"] for one in (before, after))
    assert old != new
    document = visitor.get("/.well-known/did.json")
    assert document.json["assertionMethod"] == [new, old]
    assert document.headers["Cache-Control"] == "public, max-age=60"
    assert (check(before).flaws, check(after).flaws) == ((), ())
    assert check(before).key.until == MAY.replace(microsecond=0) + timedelta(days=1)
    assert json.loads(after)["proof"][0]["created"] == "2026-05-05T10:00:00Z"


def test_the_picture_carries_the_same_badge_and_one_picture_serves_all_holders(
    sqlite_app, cast, scene, visit, pango
):
    scene.learn(cast.amara)
    certificate, visitor = held(cast.amara), visit(None)
    picture = fetch(visitor, certificate, "png")
    assert baking.unbake(picture) == fetch(visitor, certificate)
    assert check(picture).flaws == ()
    with Image.open(io.BytesIO(picture)) as opened:
        assert opened.size == (800, 800)
        assert len(opened.getcolors(100_000) or []) > 50
    plain = visitor.get(f"/badges/achievements/{certificate.certification_id}.png")
    assert baking.bake(plain.data, fetch(visitor, certificate)) == picture
    assert plain.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert visitor.get(f"/badges/achievements/{certificate.certification_id}").json["type"] == ["Achievement"]


def test_an_erased_person_is_named_by_no_badge_and_the_proof_stays(app, cast, scene, visit):
    scene.learn(cast.amara)
    certificate, visitor = held(cast.amara), visit(None)
    before = fetch(visitor, certificate)
    with unit_of_work(), acting_as(SYSTEM):
        privacy.erase(cast.amara)
    after = fetch(visitor, certificate)
    badge = json.loads(after)
    assert [one.message for one in Draft202012Validator(CREDENTIAL).iter_errors(badge)] == []
    (one,) = badge["credentialSubject"]["identifier"]
    assert (one["identityType"], one["hashed"]) == ("systemId", True)
    assert json.loads(before)["credentialSubject"]["identifier"][0]["identityHash"].encode() not in after
    assert badge["credentialStatus"] == json.loads(before)["credentialStatus"]
    assert (check(before).flaws, check(after).flaws) == ((), ())


def test_places_are_drawn_by_chance_and_a_full_list_gives_way_to_the_next(app, cast, scene, monkeypatch):
    scene.learn(cast.amara)
    first = held(cast.amara)
    with unit_of_work(read_only=True):
        taken = db.session.scalars(select(BadgeRow)).one()
        assert 0 <= taken.place < bitstrings.BITS >= 131_072
        place = taken.place
    draws = iter([place] * 16 + [7] * 16)
    monkeypatch.setattr(SystemRandom, "randrange", lambda _self, _most: next(draws))
    scene.learn(cast.dafydd)
    with unit_of_work(read_only=True):
        found = db.session.scalars(select(BadgeRow).order_by(BadgeRow.list_number)).all()
        assert [(one.list_number, one.place) for one in found] == [(0, place), (1, 7)]
        assert found[0].certificate_id == first.id


def test_twice_is_one_place_and_of_a_person_none_knows_another_s_salt(app, cast, scene):
    scene.learn(cast.amara)
    certificate = held(cast.amara)
    with unit_of_work():
        placing.draw_place(certificate_id=certificate.id, person_id=cast.amara, now=clock.now())
    with unit_of_work(read_only=True):
        assert len(db.session.scalars(select(BadgeRow)).all()) == 1


def test_a_holder_shares_their_own_and_nobody_else_s(sqlite_app, cast, scene, visit):
    scene.learn(cast.amara)
    certificate = held(cast.amara)
    page = visit(cast.amara).get(f"/certificates/{certificate.id}/share")
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert (
        "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME"
        "&amp;name=Refrigeration%20Control%20Engineer&amp;organizationName=Halden%20Controls"
    ) in text
    assert (
        "&amp;issueYear=2026&amp;issueMonth=5&amp;expirationYear=2027&amp;expirationMonth=5&amp;certUrl="
        in text
    )
    assert f"&amp;certId={certificate.code}" in text
    assert visit(cast.dafydd).get(f"/certificates/{certificate.id}/share").status_code == 404
    assert f"/certificates/{certificate.id}/share" in visit(cast.amara).get("/certificates").get_data(
        as_text=True
    )
    assert visit(None).get("/verify/GH-AAAA-AAAA-AAAA-AAAA/badge.json").status_code == 404
