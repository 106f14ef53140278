"""Anybody with a code learns what its certificate is worth now, and nobody learns anything else."""

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lms.certificates import facade as certificates
from lms.certificates.cycles.queries import ledger
from lms.certificates.cycles.rules import CODE_BITS, write_code
from lms.certificates.verification import queries
from lms.certificates.verification.rules import network_of
from lms.certificates.verification.service import looking_up
from lms.certificates.verification.service.looking_up import MISSES_ALL, MISSES_EACH
from lms.identity import facade as identity
from lms.kernel import clock, privacy
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.buckets import Buckets
from lms.kernel.errors import TooMany
from lms.kernel.uow import unit_of_work
from tests.support.portal import counted_queries

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def in_may(app):
    with clock.frozen_at(MAY) as advance:
        yield advance


@pytest.fixture(autouse=True)
def full_buckets(monkeypatch):
    """Let no guess of another test count, and no time pass between those of one."""
    for name in ("_misses", "_of_all"):
        monkeypatch.setattr(looking_up, name, Buckets(seconds=lambda: 0.0))


@pytest.fixture
def certificate(scene, cast):
    scene.learn(cast.amara, "0.91")
    with unit_of_work(read_only=True):
        return ledger.list_of_person(cast.amara)[-1]


def test_a_valid_certificate_shows_exactly_what_it_claims(app, cast, scene, visit, certificate):
    page = visit().get(f"/verify/{certificate.code}")
    assert page.status_code == 200
    for said in (
        "This certificate is valid",
        "Amara Osei",
        "Refrigeration Control Engineer",
        "Halden Controls",
        "91%",
        "Brixham Automation",
        certificate.code,
    ):
        assert said in page.text
    assert "@" not in page.text, "no e-mail address"
    assert page.headers["X-Robots-Tag"] == "noindex, noarchive"


def test_the_verdict_follows_the_clock_to_the_second(app, cast, scene, visit, certificate, in_may):
    def state():
        return visit().get(f"/verify/{certificate.code}.json").get_json()["state"]

    in_may(certificate.term.expires_at - SECOND - clock.now())
    assert state() == "valid"
    in_may(SECOND)
    assert state() == "in_grace"
    assert "still counts" in visit().get(f"/verify/{certificate.code}").text
    in_may(certificate.term.counts_until - SECOND - clock.now())
    assert state() == "in_grace"
    in_may(SECOND)
    assert state() == "expired"
    assert "has expired" in visit().get(f"/verify/{certificate.code}").text


def test_a_revoked_certificate_says_since_when_and_why(app, cast, scene, visit, certificate):
    with unit_of_work(), acting_as(SYSTEM):
        certificates.revoke(
            certificate_id=certificate.id,
            reason="The exam was sat by another person.",
            actor=SYSTEM,
            now=clock.now(),
        )
    page = visit().get(f"/verify/{certificate.code}")
    assert "This certificate is revoked" in page.text
    assert "The exam was sat by another person." in page.text
    assert "held the certification" in page.text
    assert "seal-cut" in page.text


def test_a_replaced_certificate_leads_to_the_newer_one(app, cast, scene, visit, certificate, in_may):
    in_may(330 * DAY)
    scene.learn(cast.amara, "0.95")
    with unit_of_work(read_only=True):
        newer = ledger.list_of_person(cast.amara)[-1]
    page = visit().get(f"/verify/{certificate.code}")
    assert "replaced by a newer one" in page.text
    assert f"/verify/{newer.code}" in page.text
    assert f'replaces <a href="/verify/{certificate.code}">' in visit().get(f"/verify/{newer.code}").text


def test_a_code_is_found_however_it_is_typed(app, cast, scene, visit, certificate):
    typed = certificate.code.lower().replace("-", " ")
    answer = visit().get("/verify", query_string={"code": typed})
    assert (answer.status_code, answer.location) == (303, f"/verify/{certificate.code}")
    answer = visit().get(f"/verify/{certificate.code.lower()}")
    assert (answer.status_code, answer.location) == (303, f"/verify/{certificate.code}")


@pytest.mark.parametrize("code", ["GH-0000-0000-0000", "nonsense", "GH-7F3K", "x" * 300, "<script>"])
def test_a_wrong_code_gets_a_calm_answer_and_a_form(app, cast, visit, code):
    answer = visit().get(f"/verify/{code}")
    assert answer.status_code == 404
    assert "There is no certificate of this code" in answer.text
    assert 'name="code"' in answer.text
    assert "<script>alert" not in answer.text
    assert visit().get(f"/verify/{code}.json").status_code == 404


def test_who_guesses_waits_and_who_has_a_code_elsewhere_does_not(app, scene, visit, certificate):
    from_here, elsewhere = {"REMOTE_ADDR": "192.0.2.7"}, {"REMOTE_ADDR": "198.51.100.4"}
    guesses = [write_code(number) for number in range(MISSES_EACH)]
    assert {visit().get(f"/verify/{one}", environ_base=from_here).status_code for one in guesses} == {404}
    refused = visit().get(
        f"/verify/{certificate.code}", environ_base=from_here | {"REMOTE_ADDR": "192.0.2.200"}
    )
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert "Wait a minute" in refused.text
    assert visit().get(f"/verify/{guesses[0]}.json", environ_base=from_here).status_code == 429
    assert visit().get(f"/verify/{certificate.code}", environ_base=elsewhere).status_code == 200
    assert visit().get(f"/verify/{guesses[0]}", environ_base=elsewhere).status_code == 404


def test_a_guess_from_everywhere_at_once_leaves_the_rest_of_the_world_alone(app, scene, visit, certificate):
    guess = write_code(1)
    networks = [f"10.{number // 250}.{number % 250}.1" for number in range(MISSES_ALL)]
    with unit_of_work(read_only=True):
        for network in (*networks, "192.0.2.7", "192.0.2.7"):
            assert looking_up.look_up(guess, address=network, now=clock.now()) is None
    for address, status in (("192.0.2.9", 429), ("10.0.0.1", 200), ("198.51.100.4", 200)):
        answer = visit().get(f"/verify/{certificate.code}", environ_base={"REMOTE_ADDR": address})
        assert answer.status_code == status, address


@pytest.mark.parametrize(
    "address, network",
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_guesses_are_counted_by_the_network_they_come_from(address, network):
    assert network_of(address) == network


def test_an_empty_form_says_what_is_needed_and_the_first_visit_complains_of_nothing(app, cast, visit):
    assert "Enter the code" not in visit().get("/verify").text
    answer = visit().get("/verify?code=")
    assert answer.status_code == 422
    assert "Enter the code" in answer.text


def test_programs_of_any_site_may_read_the_claim(app, cast, scene, visit, certificate):
    answer = visit().get(
        f"/verify/{certificate.code}.json",
        headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
    )
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    said = answer.get_json()
    assert said["holder"] == "Amara Osei"
    assert said["valid_through"] == "2027-05-04"
    assert {"email", "person_id"}.isdisjoint(said)
    assert "@" not in answer.text


SAID = {
    "code": str, "url": str, "picture": str, "state": str, "checked_at": str, "holder": str, "certification": str,
    "brand": str, "issuer": str, "issued_on": str, "valid_through": str, "expires_at": str, "counts_until": str,
    "employer_when_issued": str | None, "rests_on": list, "replaces": str | None, "replaced_by": str | None,
    "marks": list,
}  # fmt: skip
"""What programs may rely on. A field more is a field more; none is taken away or means something else."""
RESTS_ON = {"kind": str, "title": str, "score": str | None, "minimum": str | None, "hours": int | None}
MARK = {"kind": str, "at": str, "reason": str | None, "replaced_by": str | None}


def test_the_machine_answer_keeps_its_fields_in_every_state_and_the_reference_names_each(
    app, cast, scene, visit, certificate, in_may
):
    def said(code):
        found = visit().get(f"/verify/{code}.json").get_json()
        for fields, values in ((SAID, [found]), (RESTS_ON, found["rests_on"]), (MARK, found["marks"])):
            for each in values:
                assert each.keys() == fields.keys()
                assert all(isinstance(each[name], kind) for name, kind in fields.items()), each
        return found

    seen = [said(certificate.code)["state"]]
    with unit_of_work(), acting_as(SYSTEM):
        certificates.revoke(certificate_id=certificate.id, reason="x", actor=SYSTEM, now=clock.now())
    seen.append(said(certificate.code)["state"])
    with unit_of_work(), acting_as(SYSTEM):
        certificates.reinstate(certificate_id=certificate.id, reason="y", actor=SYSTEM, now=clock.now())
    assert [one["kind"] for one in said(certificate.code)["marks"]] == ["revoked", "reinstated"]
    in_may(certificate.term.expires_at - clock.now())
    seen.append(said(certificate.code)["state"])
    scene.learn(cast.amara, "0.95")
    old = said(certificate.code)
    new = said(old["replaced_by"])
    assert new["replaces"] == certificate.code
    seen.append(old["state"])
    in_may(366 * DAY)
    in_may(40 * DAY)
    seen.append(said(new["code"])["state"])
    assert seen == ["valid", "revoked", "in_grace", "superseded", "expired"]
    reference = Path("docs/reference/verification.md").read_text(encoding="utf-8")
    for name in (*SAID, *RESTS_ON, *MARK, *seen):
        assert f"`{name}`" in reference, name


def test_a_reinstated_certificate_shows_every_turn_with_its_day(app, cast, scene, visit, certificate, in_may):
    for act, reason in ((certificates.revoke, "Sat by another."), (certificates.reinstate, "It was not.")):
        in_may(DAY)
        with unit_of_work(), acting_as(SYSTEM):
            act(certificate_id=certificate.id, reason=reason, actor=SYSTEM, now=clock.now())
    page = visit().get(f"/verify/{certificate.code}").text
    assert "This certificate is valid" in page
    assert "Revoked: <bdi>Sat by another.</bdi>" in page
    assert "Reinstated: <bdi>It was not.</bdi>" in page
    assert "5 May 2026" in page
    assert "6 May 2026" in page


def test_a_clock_that_is_set_back_says_what_it_says_and_nothing_is_written(
    app, cast, scene, visit, certificate, in_may
):
    in_may(certificate.term.counts_until - clock.now())
    assert visit().get(f"/verify/{certificate.code}.json").get_json()["state"] == "expired"
    in_may(MAY - clock.now() - 3 * DAY)
    before = visit().get(f"/verify/{certificate.code}.json").get_json()
    assert (before["state"], before["marks"]) == ("valid", [])
    in_may(certificate.term.expires_at - clock.now())
    assert visit().get(f"/verify/{certificate.code}.json").get_json()["state"] == "in_grace"


def test_a_million_guesses_from_one_network_try_a_few_and_nobody_else_waits(
    app, scene, certificate, monkeypatch
):
    """The first of a million tries, in two minutes: what the limit lets through is all that is ever looked up."""
    looked, passed, since = [], 0, [0.0]
    for name in ("_misses", "_of_all"):
        monkeypatch.setattr(looking_up, name, Buckets(seconds=lambda: since[0]))
    monkeypatch.setattr(queries, "find_verdict", lambda code, **_more: looked.append(code))
    with unit_of_work(read_only=True):
        for number in range(5_000):
            since[0] = number * 0.024  # two minutes for all of them
            with contextlib.suppress(TooMany):
                looking_up.look_up(write_code(number), address=f"192.0.2.{number % 256}", now=MAY)
                passed += 1
    assert passed == len(looked) <= MISSES_EACH * 3
    monkeypatch.undo()
    with unit_of_work(read_only=True):
        assert looking_up.look_up(certificate.code, address="198.51.100.4", now=MAY) is not None
    # At the most that all networks together may be wrong, what there is to find and how many there are of it.
    years = 2**CODE_BITS / 1_000_000 / (MISSES_ALL * 60 * 24 * 365)
    assert years > 3_000_000_000, "docs/reference/verification.md says so"


def test_an_erased_persons_certificate_stays_and_names_nobody(app, cast, scene, visit, certificate):
    with unit_of_work(), acting_as(SYSTEM):
        assert privacy.export(cast.amara)["certificates"]["certificates"][0]["code"] == certificate.code
        privacy.erase(cast.amara)
    page = visit().get(f"/verify/{certificate.code}")
    assert "Amara" not in page.text
    assert "This certificate is valid" in page.text


def test_the_public_page_costs_few_queries(app, cast, scene, visit, certificate):
    visitor = visit()
    with counted_queries() as seen:
        assert visitor.get(f"/verify/{certificate.code}").status_code == 200
    assert len(seen) <= 4


def test_a_moved_holder_keeps_the_employer_of_the_day_of_issue(app, cast, scene, visit, certificate):
    with unit_of_work(), acting_as(SYSTEM):
        identity.employ(
            person_id=cast.amara,
            organisation_id=cast.northway,
            position_id=None,
            region_id=None,
            now=clock.now() + DAY,
        )
    text = visit().get(f"/verify/{certificate.code}").text
    assert "Brixham Automation" in text
    assert "Northway" not in text
