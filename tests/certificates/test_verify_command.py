"""`lms certificates verify`: what is wrong with a file, whose signature it bears, and what the register says today."""

import io
from datetime import UTC, datetime, timedelta

import pypdf
import pytest
from click.testing import CliRunner

from lms.certificates import facade as certificates
from lms.certificates.badges.cli import badge_keys, rotate_badge_key
from lms.certificates.cycles.queries import ledger
from lms.certificates.verification import cli
from lms.kernel import clock, credentials, signing
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.uow import unit_of_work

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_may(pango):
    with clock.frozen_at(MAY) as advance:
        yield advance


def verify(tmp_path, content):
    path = tmp_path / "certificate.pdf"
    path.write_bytes(content)
    return CliRunner().invoke(cli.certificates, ["verify", str(path)], catch_exceptions=False)


def held(person_id):
    with unit_of_work(read_only=True):
        return ledger.list_of_person(person_id)[-1]


def test_a_whole_one_is_well_and_says_what_the_register_says(sqlite_app, cast, scene, visit, tmp_path):
    scene.learn(cast.amara)
    certificate = held(cast.amara)
    content = visit(cast.amara).get(f"/certificates/{certificate.id}.pdf").data
    whole = verify(tmp_path, content)
    assert whole.exit_code == 0, whole.output
    assert "well  Signed by this portal (Guildhall certificates), 2026-05-04 10:00 UTC." in whole.output
    assert f"{certificate.code}: Amara Osei, Refrigeration Control Engineer" in whole.output
    assert "well  Today it is valid." in whole.output

    broken = verify(tmp_path, content.replace(b"/Producer", b"/Producex", 1))
    assert broken.exit_code == 1
    assert "ILL   It was altered after it was signed" in broken.output

    writer = pypdf.PdfWriter(io.BytesIO(content), incremental=True)
    writer.add_metadata({"/Title": "Another name"})
    added = io.BytesIO()
    writer.write(added)
    covered = verify(tmp_path, added.getvalue())
    assert covered.exit_code == 1
    assert "ILL   Something was added after it was signed." in covered.output

    with unit_of_work(), acting_as(SYSTEM):
        certificates.revoke(certificate_id=certificate.id, reason="Mistake.", actor=SYSTEM, now=clock.now())
    revoked = verify(tmp_path, content)
    assert revoked.exit_code == 1
    assert "ILL   Today it was revoked." in revoked.output
    assert "well  Signed by this portal" in revoked.output, "the paper is whole, what it says is no more so"


def test_what_is_none_of_ours_is_said_to_be_none(sqlite_app, tmp_path):
    assert "ILL   This is neither a PDF nor a badge" in verify(tmp_path, b"hello").output
    blank = pypdf.PdfWriter()
    blank.add_blank_page(100, 100)
    content = io.BytesIO()
    blank.write(content)
    said = verify(tmp_path, content.getvalue())
    assert "ILL   It bears no signature." in said.output
    assert "ILL   It bears no number." in said.output


def test_an_expired_signer_stops_new_documents_with_the_reason_and_no_old_one(
    sqlite_app, cast, scene, visit, in_may, tmp_path, monkeypatch
):
    # Restored at the end: other tests of this portal sign with its own.
    monkeypatch.setitem(sqlite_app.extensions, "lms.signing", None)
    signing.install(sqlite_app, tmp_path, certificate=None, key=None, password=None)
    scene.learn(cast.amara)
    address = f"/certificates/{held(cast.amara).id}.pdf"
    amara = visit(cast.amara)
    content = amara.get(address).data
    until = signing.look(clock.now()).until
    assert until is not None
    in_may(until - clock.now() + timedelta(days=1))
    scene.learn(cast.dafydd)
    assert held(cast.dafydd).code, "issuing needs no signature"
    refused = visit(cast.dafydd).get(f"/certificates/{held(cast.dafydd).id}.pdf")
    assert refused.status_code == 503
    assert "expired on" in refused.text
    state = CliRunner().invoke(cli.certificates, ["signer"])
    assert (state.exit_code, "expired on" in state.output) == (1, True)
    assert visit(cast.amara).get(address).data == content, "what was kept is as good as ever"
    anew = CliRunner().invoke(cli.certificates, ["replace-signer"], catch_exceptions=False)
    assert anew.exit_code == 0, anew.output
    assert visit(cast.dafydd).get(f"/certificates/{held(cast.dafydd).id}.pdf").status_code == 200


def test_a_badge_is_judged_as_a_file_and_as_a_picture(sqlite_app, cast, scene, visit, tmp_path):
    credentials.install(sqlite_app, tmp_path)
    scene.learn(cast.amara)
    certificate = held(cast.amara)
    picture = visit(None).get(f"/verify/{certificate.code}/badge.png").data
    content = visit(None).get(f"/verify/{certificate.code}/badge.json").data
    for brought in (picture, content):
        whole = verify(tmp_path, brought)
        assert whole.exit_code == 0, whole.output
        assert "well  Signed by this portal, and nothing was changed since." in whole.output
        assert f"The register says of {certificate.code}" in whole.output

    broken = verify(tmp_path, content.replace(b"Amara Osei", b"Amara Osey"))
    assert broken.exit_code == 1
    assert "ILL   It was altered after it was signed" in broken.output
    nothing = verify(tmp_path, b'{"type": ["OpenBadgeCredential"]}')
    assert (nothing.exit_code, "bears no proof" in nothing.output) == (1, True)

    keys = CliRunner().invoke(badge_keys, catch_exceptions=False)
    assert "signs since 2026-05-04" in keys.output
    rotated = CliRunner().invoke(rotate_badge_key, catch_exceptions=False)
    assert (rotated.exit_code, rotated.output.count("z6Mk")) == (0, 2)
    old = verify(tmp_path, content)
    assert (old.exit_code, "Its key signed until 2026-05-04" in old.output) == (0, True)
