"""A SCORM package as a course: by the command line and by the page, one recognition, whole or not at all."""

import io
import zipfile

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from lms.courses import facade as courses
from lms.courses.authoring import queries as authoring
from lms.courses.authoring.models import CourseRow
from lms.courses.cli import import_course as command
from lms.kernel.db import db, new_id
from lms.kernel.files import StoredFile
from lms.packages.models import PackageFileRow, PackageRevision, PackageRow
from tests.courses.courses import write_course
from tests.packages.packages import MANIFEST, package

PAGES: dict[str, str | bytes] = {"index.html": "<!doctype html><title>Wiring</title>"}
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]><manifest>&c;</manifest>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]><manifest>&a;</manifest>'
)
TABLES = (CourseRow, PackageRow, PackageRevision, PackageFileRow, StoredFile)


def _zip(files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def _counts():
    db.session.rollback()
    return [db.session.scalar(select(func.count()).select_from(table)) for table in TABLES]


@pytest.fixture
def bring(tmp_path):
    """Return a way to run `lms courses import` on these bytes."""

    def run(content, *options, name="wiring.zip"):
        path = tmp_path / name
        path.write_bytes(content)
        return CliRunner().invoke(command, [str(path), *options])

    return run


def _playing(slug):
    """Return the course of this address and what its draft or version plays."""
    course = courses.find_course_by_slug(slug)
    assert course is not None
    return course, [one for one in authoring.get_editor(course.id).items if one.kind == "package"]


def test_the_command_makes_a_package_a_course_that_plays_it_and_publishes_it_when_asked(app, cast, bring):
    dry = bring(package(PAGES).getvalue(), "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "new: /learn/wiring" in dry.output
    assert "(package)" in dry.output
    assert _counts() == [0, 0, 0, 0, 0]
    ran = bring(package(PAGES).getvalue(), "--publish")
    assert ran.exit_code == 0, ran.output
    (course,) = courses.list_published()
    (activity,) = courses.list_activities(course.id)
    assert (course.title, course.slug, activity.kind) == ("Wiring", "wiring", "package")
    revision = db.session.scalars(select(PackageRevision)).one()
    assert activity.config == {"package_id": str(revision.package_id), "revision_id": str(revision.id)}


def test_a_package_that_comes_again_is_its_next_revision_where_its_author_put_it(app, cast, bring):
    sound = package(PAGES).getvalue()
    bring(sound, "--publish")
    course, (before,) = _playing("wiring")
    same = bring(sound, "--dry-run")
    assert "same" in same.output
    changed = package({**PAGES, "more.html": "more"}).getvalue()
    assert "changed" in bring(changed, "--dry-run").output
    assert bring(changed).exit_code == 0
    course, (after,) = _playing("wiring")
    assert after.key == before.key
    assert after.config["package_id"] == before.config["package_id"]
    assert after.config["revision_id"] != before.config["revision_id"]
    # Whoever learns goes on with what is published.
    (published,) = courses.list_activities(course.id)
    assert published.config == before.config
    assert _counts()[:3] == [1, 1, 2]


def test_a_package_named_as_a_written_course_comes_beside_its_lessons_and_takes_none(app, cast, bring):
    course_id = write_course("wiring", title="Wiring")
    lessons = [item.key for item in authoring.get_editor(course_id).items]
    told = bring(package(PAGES).getvalue())
    assert told.exit_code == 0, told.output
    assert "into the draft of /learn/wiring" in told.output
    items = authoring.get_editor(course_id).items
    assert [item.key for item in items[:-1]] == lessons
    assert items[-1].kind == "package"


@pytest.mark.parametrize(
    "files, named",
    [
        ({"course.crs": "x", "course.au": "x", "index.html": "x"}, "AICC"),
        ({"readme.txt": "x"}, "imsmanifest.xml"),
        ({"imsmanifest.xml": "<manifest>", **PAGES}, "imsmanifest.xml:1"),
        ({"imsmanifest.xml": BOMB, **PAGES}, "imsmanifest.xml:1"),
        ({"imsmanifest.xml": OUTSIDE, **PAGES}, "imsmanifest.xml:1"),
        ({"imsmanifest.xml": MANIFEST.format(title="W", mastery="")}, "index.html"),
        ({"a/imsmanifest.xml": MANIFEST.format(title="W", mastery=""), "b/index.html": "x"}, "a/imsmanifest"),
        ({"cmi5.xml": "<courseStructure/>", **PAGES}, "cmi5.xml"),
        ({"imsmanifest.xml": MANIFEST.format(title="W", mastery=""), **PAGES, "../x.html": "x"}, "../x.html"),
    ],
)
def test_a_package_that_cannot_come_is_named_with_its_file_and_nothing_of_it_stays(
    app, cast, bring, visit, files, named
):
    content = _zip(files)
    for options in ((), ("--dry-run",), ("--publish",)):
        told = bring(content, *options)
        assert told.exit_code == 1
        assert named in told.output
        assert _counts() == [0, 0, 0, 0, 0]
    key = str(new_id())
    answer = visit(cast.tomas).post(
        "/author/import", {"key": key, "file": (io.BytesIO(content), "wiring.zip")}
    )
    if answer.status_code == 303:
        answer = visit(cast.tomas).get(answer.location)
        assert "Import the course" not in answer.text
        assert visit(cast.tomas).post(f"/author/imports/{key}/confirm").status_code == 422
    file, _colon, line = named.partition(":")
    assert file in answer.text
    assert f"{file}:{line}" in answer.text if line else True
    assert _counts()[:4] == [0, 0, 0, 0]


def test_a_package_with_broken_bytes_is_found_while_it_is_stored_and_leaves_nothing(app, cast, bring, visit):
    pages = {**PAGES, "film.bin": bytes(range(256)) * 64}
    sound = package(pages).getvalue()
    at = sound.index(b"film.bin") + 40
    broken = sound[:at] + bytes([sound[at] ^ 0xFF]) + sound[at + 1 :]
    told = bring(broken)
    assert told.exit_code == 1
    assert "film.bin" in told.output
    assert _counts() == [0, 0, 0, 0, 0]
    key = str(new_id())
    tomas = visit(cast.tomas)
    tomas.post("/author/import", {"key": key, "file": (io.BytesIO(broken), "wiring.zip")})
    refused = tomas.post(f"/author/imports/{key}/confirm")
    assert refused.status_code == 422
    assert "film.bin" in refused.text
    assert _counts()[:4] == [0, 0, 0, 0]


def test_a_folder_that_is_a_package_is_not_taken_for_markdown_but_led_on(app, cast, tmp_path):
    folder = tmp_path / "wiring"
    folder.mkdir()
    (folder / "imsmanifest.xml").write_text(MANIFEST.format(title="Wiring", mastery=""))
    (folder / "index.html").write_text("x")
    told = CliRunner().invoke(command, [str(folder)])
    assert told.exit_code == 1
    assert "one zip" in told.output


def test_a_trainer_drops_a_package_where_courses_are_imported_and_it_becomes_one(app, cast, visit):
    tomas, key = visit(cast.tomas), str(new_id())
    sent = tomas.post("/author/import", {"key": key, "file": (package(PAGES), "wiring.zip")})
    assert sent.status_code == 303
    shown = tomas.get(sent.location).text
    assert "imsmanifest.xml" in shown
    assert "Nothing is stored yet." in shown
    confirmed = {tomas.post(f"/author/imports/{key}/confirm").location for _click in range(2)}
    course, (activity,) = _playing("wiring")
    assert confirmed == {f"/author/courses/{course.id}"}
    assert activity.config["revision_id"]
    assert _counts()[:3] == [1, 1, 1]
    assert tomas.post(f"/author/courses/{course.id}/publish").status_code == 303


def test_an_upload_named_as_a_course_that_is_here_may_become_a_course_of_its_own(app, cast, visit):
    tomas, keys = visit(cast.tomas), [str(new_id()) for _upload in range(2)]
    for key in keys:
        tomas.post("/author/import", {"key": key, "file": (package(PAGES), "wiring.zip")})
    tomas.post(f"/author/imports/{keys[0]}/confirm")
    first, (before,) = _playing("wiring")
    assert "A new course" in tomas.get(f"/author/imports/{keys[1]}").text
    made = {tomas.post(f"/author/imports/{keys[1]}/confirm", {"apart": "1"}).location for _click in range(2)}
    second, (apart,) = _playing("wiring-2")
    assert made == {f"/author/courses/{second.id}"}
    assert second.id != first.id
    assert apart.config["package_id"] != before.config["package_id"], "both play one package"
    assert _playing("wiring")[1][0].config == before.config


def test_a_partners_learner_imports_nothing(app, cast, visit):
    sent = visit(cast.amara).post(
        "/author/import", {"key": str(new_id()), "file": (package(PAGES), "wiring.zip")}
    )
    assert sent.status_code == 403
    assert _counts() == [0, 0, 0, 0, 0]
