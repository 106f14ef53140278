"""What somebody who means ill sends: files that are not what they say, and sessions and launches of others."""

import io
import zipfile
from uuid import UUID

import pytest
from sqlalchemy import select

from lms.app.content import create_content_app
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from lms.packages.models import LaunchSessionRow, PackageFileRow, PackageRevision, SequencingRow, TrackingRow
from lms.web.content_links import sign_link
from tests.kernel.zips import Entry, zip_of
from tests.packages.cmi5 import au, cmi5_package
from tests.packages.packages import MANIFEST, course_with, enrol, opening, package
from tests.packages.scorm2004 import item, manifest, sequenced_package

PAGE = b"<!doctype html><script>alert(document.domain)</script>"


def bring(visitor, content, *, name="x.zip", says="application/zip"):
    form = {"key": str(new_id()), "file": (io.BytesIO(content), name, says)}
    return visitor.post("/author/packages", form, content_type="multipart/form-data")


def stored():
    db.session.rollback()
    return db.session.scalars(select(PackageRevision)).all()


@pytest.mark.parametrize(
    "name, says", [("film.mp4", "video/mp4"), ("page.html", "text/html"), ("x.zip", "image/png"), ("x", "")]
)
def test_a_package_is_known_by_its_bytes_whatever_its_upload_says_it_is(app, cast, visit, name, says):
    tomas = visit(cast.tomas)
    sent = bring(tomas, package({"index.html": PAGE}).getvalue(), name=name, says=says)
    assert sent.status_code == 303
    assert tomas.post(f"{sent.location}/confirm", {"kept_as": "own"}).status_code == 303
    assert [one.title for one in stored()] == ["Wiring"]


@pytest.mark.parametrize("content", [PAGE, b"\x89PNG\r\n\x1a\n" + PAGE, b"MZ" + bytes(64), b"PK\x03\x04"])
def test_what_only_says_that_it_is_a_zip_is_refused(app, cast, visit, content):
    assert bring(visit(cast.tomas), content).status_code == 422
    assert stored() == []


@pytest.mark.parametrize(
    "name, kind",
    [
        ("a.png", "image/png"),
        ("a.css", "text/css"),
        ("a.txt", "text/plain"),
        ("a.bin", "application/octet-stream"),
        ("a.html.unknown", "application/octet-stream"),
        ("a", "application/octet-stream"),
    ],
)
def test_a_page_under_another_name_is_given_out_as_what_its_name_says_and_no_browser_guesses(
    sqlite_app, cast, name, kind
):
    with unit_of_work():
        activity = course_with(package({"index.html": "x", name: PAGE}))
    with sqlite_app.test_request_context():
        link = sign_link(revision_id=UUID(activity.config["revision_id"]), opening_id=new_id())
    app = create_content_app(sqlite_app.extensions["lms.settings"])
    app.extensions["lms.files"] = sqlite_app.extensions["lms.files"]
    try:
        given = app.test_client().get(f"/{link}/{name}")
        assert (given.mimetype, given.data) == (kind, PAGE)
        assert given.headers["X-Content-Type-Options"] == "nosniff"
    finally:
        with app.app_context():
            db.engine.dispose()


def test_a_zip_whose_whole_directory_counts_in_64_bits_is_taken(app, cast, visit, monkeypatch):
    target = io.BytesIO()
    with monkeypatch.context() as patched:
        patched.setattr(zipfile, "ZIP64_LIMIT", 8)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("imsmanifest.xml", MANIFEST.format(title="Sixty-four", mastery=""))
            archive.writestr("index.html", PAGE)
    assert b"PK\x06\x06" in target.getvalue(), "it is no archive of 64 bits"
    tomas = visit(cast.tomas)
    sent = bring(tomas, target.getvalue())
    assert sent.status_code == 303
    assert tomas.post(f"{sent.location}/confirm", {"kept_as": "own"}).status_code == 303
    (revision,) = stored()
    with unit_of_work(read_only=True):
        paths = select(PackageFileRow.path).where(PackageFileRow.revision_id == revision.id)
        assert set(db.session.scalars(paths)) == {"imsmanifest.xml", "index.html"}


@pytest.mark.parametrize(
    "names",
    [
        ("img/Plan.svg", "img/plan.svg"),
        ("Img/a.svg", "img/A.svg"),
        ("img/\u00e9.svg", "img/e\u0301.svg"),
        ("stra\u00dfe.html", "STRASSE.html"),
    ],
)
def test_names_that_are_one_on_many_computers_are_refused_and_both_are_named(app, cast, visit, names):
    text = MANIFEST.format(title="Wiring", mastery="").encode()
    content = zip_of(
        Entry(name="imsmanifest.xml", content=text),
        Entry(name="index.html", content=PAGE),
        *(Entry(name=name, content=b"x", flags=0x800) for name in names),
    )
    answer = bring(visit(cast.tomas), content)
    assert answer.status_code == 422
    assert names[1] in answer.text
    assert stored() == []


@pytest.fixture
def both(app, cast, visit):
    """Enrol two learners on a package of SCORM 1.2, of SCORM 2004 and of cmi5, and return the three activities."""
    with unit_of_work():
        activities = [
            course_with(package({"index.html": "x"}), slug="plain"),
            course_with(sequenced_package(manifest(item("only"))), slug="sequenced"),
            course_with(cmi5_package(au("one")), slug="units"),
        ]
        for person_id in (cast.amara, cast.jonas):
            for activity in activities:
                enrol(person_id, activity)
    return activities


def test_who_takes_another_learners_scorm_session_writes_nothing_at_all(both, cast, visit):
    plain, sequenced, _units = both
    hers, hers_too = opening(cast.amara, plain), opening(cast.amara, sequenced)

    def commit(person_id, sequence, place):
        sent = {"item": "I1", "session": hers, "sequence": sequence, "last": False}
        elements = {"cmi.core.lesson_location": place}
        path = f"/learn/packages/{plain.id}/commit"
        return visit(person_id).post(path, json={**sent, "elements": elements}).status_code

    def take(person_id, sequence, navigation, elements):
        sent = {"session": hers_too, "sequence": sequence, "last": False, "mode": "normal"}
        sent |= {"item": "only" if elements else "", "elements": elements, "navigation": navigation}
        return visit(person_id).post(f"/learn/packages/{sequenced.id}/sequence", json=sent).status_code

    assert (commit(cast.amara, 1, "mine"), commit(cast.jonas, 2, "theirs")) == (200, 422)
    assert (take(cast.amara, 1, "open", {}), take(cast.jonas, 2, "open", {})) == (200, 422)
    assert take(cast.amara, 2, "", {"cmi.location": "mine"}) == 200
    assert take(cast.jonas, 9, "", {"cmi.location": "theirs"}) == 422
    with unit_of_work(read_only=True):
        places = [
            row.elements.get("cmi.core.lesson_location") or row.elements["cmi.location"]
            for row in db.session.scalars(select(TrackingRow).order_by(TrackingRow.enrolment_id))
        ]
        sequences = select(SequencingRow.sequence).order_by(SequencingRow.enrolment_id)
        assert list(db.session.scalars(sequences)) == [2]
    assert places == ["mine", "mine"]


def test_who_launches_with_another_learners_session_gets_neither_their_launch_nor_their_token(
    both, cast, visit
):
    units = both[2]
    sent = {"unit": "https://example.com/au/one", "session": str(new_id()), "mode": ""}
    path = f"/learn/packages/{units.id}/launch"
    mine = visit(cast.amara).post(path, json=sent)
    assert mine.status_code == 200
    stolen = visit(cast.jonas).post(path, json=sent)
    assert stolen.status_code == 404
    with unit_of_work(read_only=True):
        assert len(db.session.scalars(select(LaunchSessionRow)).all()) == 1
