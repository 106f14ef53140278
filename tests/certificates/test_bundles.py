"""Certificates as files: a team's or a certification's in one zip, by whom policy lets, whole or not at all."""

import errno
import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from lms.certificates.documents import jobs
from lms.certificates.documents.models import BundleItemRow, BundleRow
from lms.certificates.documents.service import bundling
from lms.certificates.documents.values import BundleState
from lms.identity.models import PersonRow
from lms.kernel import clock, events, files, outbox, pdf, privacy, signing
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from tests.support.portal import counted_queries

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
PAGE = "/team/certificates"


@pytest.fixture(autouse=True)
def in_may(app, pango):
    with clock.frozen_at(MAY) as advance:
        yield advance


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Set papers that are none: what a bundle does with them is asked here."""
    monkeypatch.setattr(pdf, "render", lambda html, **_given: b"%PDF " + html.encode())
    monkeypatch.setattr(signing, "sign", lambda plain, **_given: plain)


def rename(person_id, name):
    with unit_of_work():
        db.session.execute(update(PersonRow).where(PersonRow.id == person_id).values(name=name))


def ask(visitor, *, partner="", certification="", key=None):
    given = {"key": str(key or new_id()), "partner_id": str(partner), "certification_id": str(certification)}
    return visitor.post(PAGE, given)


def rows(model):
    with unit_of_work(read_only=True):
        found = db.session.query(model).all()
        db.session.expunge_all()
        return found


def work():
    with acting_as(SYSTEM):
        jobs.set_bundles()


def unpacked(answer):
    assert answer.status_code == 200
    return {
        one.filename: archive.read(one)
        for archive in [zipfile.ZipFile(io.BytesIO(answer.data))]
        for one in archive.infolist()
    }


def test_a_teams_certificates_come_in_one_zip_for_its_admin_alone(cast, scene, visit):
    rename(cast.amara, "../Łukasz / Żółć:*")
    for person_id in (cast.amara, cast.dafydd, cast.nils):
        scene.learn(person_id)
    ruth = visit(cast.ruth)
    key = new_id()
    assert ask(ruth, partner=cast.brixham, key=key).status_code == 303
    assert ask(ruth, partner=cast.brixham, key=key).status_code == 303, "a double click is one bundle"
    (bundle,) = rows(BundleRow)
    assert (bundle.state, bundle.total) == (BundleState.SETTING, 2)
    assert "0 of 2 are set" in ruth.get(PAGE).text
    address = f"{PAGE}/{bundle.id}.zip"
    assert ruth.get(address).status_code == 404
    work()
    names = sorted(unpacked(ruth.get(address)))
    assert names[1].partition(" GH-")[0] == "Łukasz Żółć", names
    assert all(name.endswith(".pdf") and "/" not in name for name in names)
    assert "Download" in ruth.get(PAGE).text
    for stranger in (cast.nils, cast.petra, cast.ada):
        assert visit(stranger).get(address).status_code == 404
    assert ask(visit(cast.nils), partner=cast.brixham).status_code in {404, 422}
    assert ask(visit(cast.nils)).status_code == 422, "everybody's are for who runs the programme"
    assert visit(cast.amara).get(PAGE).status_code == 403


def test_a_certifications_holders_come_for_the_programme_and_nobody_where_nobody_holds_it(cast, scene, visit):
    petra = visit(cast.petra)
    assert ask(petra, certification=scene.certification_id).status_code == 422
    for person_id in (cast.amara, cast.nils):
        scene.learn(person_id)
    assert ask(petra, certification=scene.certification_id).status_code == 303
    work()
    (bundle,) = rows(BundleRow)
    assert len(unpacked(petra.get(f"{PAGE}/{bundle.id}.zip"))) == 2


def test_what_cannot_be_set_is_left_out_with_its_reason_and_waits_where_an_administrator_sees_it(
    cast, scene, visit, monkeypatch
):
    rename(cast.amara, "Amara 🎓 Osei")

    def render(html, **_given):
        if "🎓" in html:
            raise pdf.MissingSigns([pdf.Missed("Amara 🎓 Osei", ("🎓",))])
        return b"%PDF " + html.encode()

    monkeypatch.setattr(pdf, "render", render)
    for person_id in (cast.amara, cast.dafydd):
        scene.learn(person_id)
    assert scene.holds(cast.amara), "it is issued all the same"
    while outbox.deliver_due(events.apply):
        pass
    assert outbox.list_failed() == []
    petra = visit(cast.petra)
    page = petra.get("/programme/documents").text
    assert "Amara 🎓 Osei" in page
    assert "Holder “Amara 🎓 Osei” has 🎓 (U+1F393)" in page
    assert visit(cast.ruth).get("/programme/documents").status_code == 403
    answer = visit(cast.amara).get("/certificates")
    assert answer.status_code == 200
    ask(petra, partner=cast.brixham)
    work()
    (bundle,) = rows(BundleRow)
    found = unpacked(petra.get(f"{PAGE}/{bundle.id}.zip"))
    assert len(found) == 2
    assert "U+1F393" in found["LEFT-OUT.txt"].decode()
    assert "1 certificate could not be set" in petra.get(PAGE).text
    rename(cast.amara, "Amara Osei")
    with acting_as(SYSTEM):
        jobs.set_waiting()
    assert "Nothing waits" in petra.get("/programme/documents").text


def test_a_worker_killed_in_the_middle_costs_its_claim_and_nothing_else(cast, scene, visit, in_may):
    for person_id in (cast.amara, cast.dafydd):
        scene.learn(person_id)
    ask(visit(cast.petra))
    with unit_of_work():
        taken = bundling.claim_batch(clock.now())  # and its worker dies
    assert len(taken) == 2
    work()
    assert {one.done_at for one in rows(BundleItemRow)} == {None}, "it is still another's"
    in_may(bundling.CLAIM + timedelta(seconds=1))
    with unit_of_work():
        again = bundling.claim_batch(clock.now())
    assert again == taken
    with unit_of_work():
        bundling.settle(dict.fromkeys(again, ""), clock.now())
    with unit_of_work():
        packing = bundling.claim_packing(clock.now())  # and its worker dies
    with unit_of_work():
        assert bundling.claim_packing(clock.now()) is None
    in_may(bundling.PACKING + timedelta(seconds=1))
    work()
    (bundle,) = rows(BundleRow)
    assert (bundle.id, bundle.state) == (packing, BundleState.READY)
    assert len(unpacked(visit(cast.petra).get(f"{PAGE}/{bundle.id}.zip"))) == 2


def test_a_full_disk_ends_a_bundle_with_words(cast, scene, visit, monkeypatch):
    scene.learn(cast.amara)
    petra = visit(cast.petra)
    ask(petra)

    def full(source, **_given):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "lay_blob", full)
    work()
    (bundle,) = rows(BundleRow)
    assert (bundle.state, bundle.zip_sha256) == (BundleState.FAILED, None)
    assert "The storage is full" in petra.get(PAGE).text


def test_bundles_are_forgotten_after_a_week_and_with_a_person_in_them(cast, scene, visit, in_may):
    scene.learn(cast.amara)
    petra = visit(cast.petra)
    ask(petra)
    in_may(timedelta(days=8))
    work()
    assert rows(BundleRow) == []
    ask(petra)
    work()
    with unit_of_work(), acting_as(SYSTEM):
        privacy.erase(cast.amara)
    assert rows(BundleRow) == []


def test_the_list_asks_the_database_the_same_few_questions_however_many_bundles_there_are(cast, scene, visit):
    scene.learn(cast.amara)
    petra = visit(cast.petra)
    ask(petra, partner=cast.brixham)
    with counted_queries() as of_one:
        petra.get(PAGE)
    for partner in (cast.cardiff, cast.brixham, cast.brixham):
        ask(petra, partner=partner)
    with counted_queries() as of_more:
        petra.get(PAGE)
    assert len(of_more) == len(of_one)
