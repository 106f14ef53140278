"""Our badges before two independent verifiers of the npm registry: what is whole is accepted, what was altered refused.

Needs Node and npm. The verifiers are put into a folder of LMS_SUITES, once, from the lock in
tests/interop/badge_verifiers; they fetch nothing that the test does not hand them. If LMS_SUITES holds 1EdTech's own
JSON schema, which may not be handed on (`ob_v3p0_achievementcredential_schema.json`), badges are held against it too.
"""

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lms.certificates import facade as certificates
from lms.certificates.cycles.queries import ledger
from lms.kernel import clock, credentials
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.uow import unit_of_work

pytestmark = [pytest.mark.interop, pytest.mark.slow, pytest.mark.timeout(600)]

SHIPPED = Path(__file__).with_name("badge_verifiers")
SCHEMA = "ob_v3p0_achievementcredential_schema.json"
SCHEMAS = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json"
MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
PORTAL = "https://portal.example"


@pytest.fixture(scope="module")
def suites():
    named = os.environ.get("LMS_SUITES")  # noqa: TID251  said to `make interop`, no setting of the product
    if not named:
        pytest.skip("LMS_SUITES names no folder")
    return Path(named)


@pytest.fixture(scope="module")
def verifiers(suites):
    """Return the folder of the verifiers, installed as locked."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("the verifiers run on Node, which is not here")
    folder = suites / "badge-verifiers"
    folder.mkdir(exist_ok=True)
    lock = (SHIPPED / "package-lock.json").read_bytes()
    kept = folder / "package-lock.json"
    is_fresh = kept.exists() and kept.read_bytes() == lock and (folder / "node_modules").is_dir()
    for path in SHIPPED.iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    if not is_fresh:
        subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True)
    return folder


@pytest.fixture
def portal(sqlite_app):
    sqlite_app.config["LMS_PUBLIC_URL"] = PORTAL
    with clock.frozen_at(MAY) as advance:
        yield advance


@pytest.fixture
def judge(verifiers, suites, visit):
    def judge(*badges):
        schema = next(suites.rglob(SCHEMA), None)
        documents = {
            f"{PORTAL}{path}": json.loads(visit(None).get(path).data)
            for path in ("/.well-known/did.json", "/badges/status/0")
        } | ({f"{SCHEMAS}/{SCHEMA}": json.loads(schema.read_text("utf-8"))} if schema else {})
        ran = subprocess.run(
            [shutil.which("node") or "node", "check.mjs"],
            cwd=verifiers,
            input=json.dumps({"documents": documents, "badges": badges}),
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        said = json.loads(ran.stdout[ran.stdout.index('{"answers"') :])
        if schema:
            assert said["answers"][0]["core"]["schema"][0]["result"] == {"valid": True}
        return said["answers"]

    return judge


def badge_of(visitor, person_id):
    with unit_of_work(read_only=True):
        certificate = ledger.list_of_person(person_id)[-1]
    answer = visitor.get(f"/verify/{certificate.code}/badge.json")
    assert answer.status_code == 200
    return certificate, json.loads(answer.data)


def is_refused(answer):
    core = answer["core"]
    return not answer["vc"]["verified"] and (core["errors"] or core["log"].get("valid_signature") is not True)


def test_whole_badges_are_accepted_before_and_after_the_key_rotates(portal, cast, scene, visit, judge):
    scene.learn(cast.amara)
    _certificate, before = badge_of(visit(None), cast.amara)
    credentials.rotate_key(clock.now() + timedelta(days=1))
    _certificate, after = badge_of(visit(None), cast.amara)
    assert before["proof"] != after["proof"]
    for answer in judge(before, after):
        assert (answer["vc"]["verified"], answer["vc"]["revoked"]) == (True, False), answer
        assert answer["core"]["errors"] == [], answer
        assert answer["core"]["log"]["valid_signature"] is True
        assert answer["core"]["log"]["revocation_status"] is True


def test_each_alteration_is_refused_by_both(portal, cast, scene, visit, judge):
    scene.learn(cast.amara)
    _certificate, badge = badge_of(visit(None), cast.amara)
    text = json.dumps(badge)
    subject, proof = badge["credentialSubject"], badge["proof"][0]
    altered = [
        json.loads(text.replace("Amara Osei", "Somebody Else")),
        badge | {"validUntil": "2037-05-04T21:59:59Z"},
        badge | {"credentialStatus": badge["credentialStatus"] | {"statusListIndex": "1"}},
        badge | {"credentialSubject": subject | {"licenseNumber": "GH-AAAA"}},
        badge | {"proof": [proof | {"created": "2026-05-04T10:00:01Z"}]},
        badge | {"proof": [proof | {"proofValue": proof["proofValue"][:-1] + "1"}]},
        badge | {"nickname": "said in no context"},
    ]
    assert altered[0] != badge
    for number, answer in enumerate(judge(badge, *altered)[1:]):
        assert is_refused(answer), (number, answer)


def test_a_revoked_badge_is_refused_and_the_one_after_reinstatement_accepted(
    portal, cast, scene, visit, judge
):
    scene.learn(cast.amara)
    certificate, badge = badge_of(visit(None), cast.amara)
    with unit_of_work(), acting_as(SYSTEM):
        certificates.revoke(certificate_id=certificate.id, reason="Mistake.", actor=SYSTEM, now=clock.now())
    (answer,) = judge(badge)
    # This one leaves it to who asks what a set bit of a list that verifies means.
    assert answer["vc"]["revoked"] is True
    assert answer["core"]["log"]["revocation_status"] is False
    portal(timedelta(days=1))
    with unit_of_work(), acting_as(SYSTEM):
        certificates.reinstate(certificate_id=certificate.id, reason="None.", actor=SYSTEM, now=clock.now())
    _certificate, again = badge_of(visit(None), cast.amara)
    new, old = judge(again, badge)
    assert (new["vc"]["verified"], new["vc"]["revoked"], old["vc"]["revoked"]) == (True, False, True)
    assert new["core"]["log"]["revocation_status"] is True
    assert old["core"]["log"]["revocation_status"] is False
