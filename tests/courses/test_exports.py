"""A course that was exported comes back as it was: the same bytes, whoever imported and exported it again."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner

from lms.courses.authoring import queries
from lms.courses.authoring import service as authoring
from lms.courses.cli import export_course as command
from lms.courses.values import ActivityKey
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.archives import folder_source, open_zip
from lms.kernel.uow import unit_of_work
from lms.web.exports import this_app
from tests.courses.courses import write_course

COURSES = Path(__file__).resolve().parents[2] / "lms" / "app" / "demo" / "courses"
NAMES = sorted(folder.name for folder in COURSES.iterdir() if folder.is_dir())


def bring(tree):
    with unit_of_work(), acting_as(SYSTEM):
        return authoring.import_course(tree, actor=SYSTEM, now=clock.now())


def export(course_id):
    with unit_of_work(read_only=True):
        _name, content = authoring.export_course(course_id, queries.get_editor(course_id).version_id)
        return b"".join(authoring.zip_chunks(this_app(), content))


def renamed(archive, slug):
    """Return an export under another address, as another installation would take it."""
    packed = BytesIO()
    with ZipFile(BytesIO(archive)) as source, ZipFile(packed, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "course.md":
                content = content.replace(f"slug: {slug}\n".encode(), f"slug: {slug}-again\n".encode())
            target.writestr(entry, content)
    return packed


@pytest.mark.parametrize("name", NAMES)
def test_an_export_that_is_imported_and_exported_again_is_the_same_to_the_byte(app, cast, name):
    first = export(bring(folder_source(COURSES / name)))
    with ZipFile(BytesIO(first)) as archive:
        slug = next(
            line[6:] for line in archive.read("course.md").decode().split("\n") if line.startswith("slug: ")
        )
        names = archive.namelist()
        assert archive.testzip() is None
    with open_zip(renamed(first, slug)) as tree:
        again = export(bring(tree))
    with ZipFile(BytesIO(first)) as one, ZipFile(BytesIO(again)) as two:
        assert two.namelist() == names
        assert [name for name in names if one.read(name) != two.read(name)] == ["course.md"]
    with open_zip(BytesIO(first)) as tree:
        assert export(bring(tree)) == first


def test_lessons_written_here_get_files_of_their_own_and_keep_what_they_are(app, cast):
    course_id = write_course(publish=False, optional=("Alarms",))
    with unit_of_work(), acting_as(SYSTEM):
        items = queries.get_editor(course_id).items
        for item in items[:2]:
            address = authoring.add_media(
                course_id=course_id,
                key=ActivityKey(item.key),
                filename="Plan.pdf",
                upload=BytesIO(b"%PDF-1.7 " + item.title.encode()),
                actor=SYSTEM,
                now=clock.now(),
            )
            authoring.edit_activity(
                course_id=course_id,
                key=ActivityKey(item.key),
                title=item.title,
                minutes=5,
                is_required=True,
                body=f"::: file {address} The plan\n:::\n",
                revision=2,
                actor=SYSTEM,
                now=clock.now(),
            )
    archive = export(course_id)
    with ZipFile(BytesIO(archive)) as found:
        optional = found.read("02-part-2/01-alarms.md").decode()
        assert optional.startswith("---\ntitle: Alarms\nminutes: 5\nrequired: 'no'\n")
        plans = [name for name in found.namelist() if name.endswith(".pdf")]
        assert len(plans) == 2
        assert len({found.read(name) for name in plans}) == 2
    with open_zip(BytesIO(archive)) as tree:
        assert export(bring(tree)) == archive
    with unit_of_work(read_only=True):
        assert [item.is_required for item in queries.get_editor(course_id).items] == [True, True, False]


def test_the_command_line_and_the_page_hand_out_the_same_file(app, cast, visit, tmp_path):
    course_id = write_course()
    path = tmp_path / "cold.zip"
    told = CliRunner().invoke(command, ["cold-loops", str(path)])
    assert told.exit_code == 0, told.output
    page = visit(cast.tomas).get(f"/author/courses/{course_id}/export.zip?version=1")
    assert page.data == path.read_bytes()
    assert "cold-loops-1.zip" in page.headers["Content-Disposition"]
    assert visit(cast.amara).get(f"/author/courses/{course_id}/export.zip").status_code == 403
    assert "no version 9" in CliRunner().invoke(command, ["cold-loops", str(path), "--version", "9"]).output
