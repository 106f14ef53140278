"""A course of ours as a package for another system: the same bytes each time, and nothing given away."""

import io
import zipfile

import pytest

from lms.courses import facade as courses
from lms.courses.authoring import queries as authoring
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.archives import open_zip
from lms.kernel.uow import unit_of_work
from lms.kernel.xmltree import parse_xml
from lms.packages.formats import read_package
from lms.packages.formats.inspecting import inspect
from lms.packages.values.findings import Weight
from tests.courses.courses import write_course
from tests.courses.test_imports import FILES, zipped

CHECK = "---\ntitle: Ask & answer <now>\n---\nRead *this*.\n\n::: check 0197e6c0-1111-7000-8000-000000000001\n:::\n"


@pytest.fixture
def course_id(app, cast):
    with open_zip(zipped(FILES)) as tree, unit_of_work(), acting_as(SYSTEM):
        return courses.import_course(tree, name="loops", actor=SYSTEM, now=clock.now())


def packed(visitor, course_id, form) -> io.BytesIO:
    answer = visitor.get(f"/author/courses/{course_id}/packed.zip?format={form}")
    assert answer.status_code == 200, answer.text
    return io.BytesIO(answer.data)


def export(visitor, course_id, form) -> zipfile.ZipFile:
    return zipfile.ZipFile(packed(visitor, course_id, form))


@pytest.mark.parametrize("form", ["scorm12", "scorm2004", "cmi5"])
def test_a_package_holds_every_lesson_with_its_pictures_and_needs_nothing_from_elsewhere(
    course_id, cast, visit, form
):
    archive = export(visit(cast.tomas), course_id, form)
    names = set(archive.namelist())
    manifest = "cmi5.xml" if form == "cmi5" else "imsmanifest.xml"
    lessons = {f"lessons/{number:03}.html" for number in (1, 2, 3)}
    assert {manifest, "lesson.css", "report.js", *lessons} <= names
    (picture,) = names - {manifest, "lesson.css", "report.js", *lessons}
    first = archive.read("lessons/001.html").decode()
    assert f'src="../{picture}"' in first
    assert archive.read(picture) == FILES["images/loop.png"]
    parse_xml(archive.read(manifest))
    assert "{{" not in first + archive.read("report.js").decode()


@pytest.mark.parametrize("form", ["scorm12", "cmi5"])
def test_our_own_door_takes_it_and_finds_nothing_against_it(course_id, cast, visit, form):
    with open_zip(packed(visit(cast.tomas), course_id, form)) as tree:
        report = inspect(tree)
    assert [one.message for one in report.findings if one.weight is not Weight.NOTE] == []
    assert [item.title for item in report.items] == ["The loop", "The chart", "Faults"]


@pytest.mark.parametrize("form", ["scorm12", "scorm2004", "cmi5"])
def test_the_same_version_is_the_same_bytes_and_a_further_one_keeps_the_names_of_its_lessons(
    course_id, cast, visit, form
):
    tomas = visit(cast.tomas)
    address = f"/author/courses/{course_id}/packed.zip?format={form}"
    assert tomas.get(address).data == tomas.get(address).data
    if form == "scorm2004":
        return
    before = read_package(open_zip(packed(tomas, course_id, form)))
    with unit_of_work(), acting_as(SYSTEM):
        item = authoring.get_editor(course_id).items[0]
        assert item.title == "The loop"
    more = zipped({**FILES, "01-parts/00-first.md": "---\ntitle: First\n---\nNew.\n"})
    with open_zip(more) as tree, unit_of_work(), acting_as(SYSTEM):
        courses.import_course(tree, name="loops", actor=SYSTEM, now=clock.now())
    after = read_package(open_zip(packed(tomas, course_id, form)))

    def names(package):
        return {
            one.identifier: getattr(one, "title", "")
            for one in getattr(package, "launchables", None) or package.units
        }

    assert names(before).items() <= names(after).items()


def test_what_stays_behind_is_said_before_and_answers_do_not_travel(app, cast, visit):
    files = {**FILES, "01-parts/01-loop.md": CHECK}
    with open_zip(zipped(files)) as tree, unit_of_work(), acting_as(SYSTEM):
        course_id = courses.import_course(tree, name="loops", actor=SYSTEM, now=clock.now())
    tomas = visit(cast.tomas)
    page = tomas.get(f"/author/courses/{course_id}/packed").text
    assert "The chart" in page
    assert "Exams, packages, assignments and live sessions do not travel, nor do knowledge checks." in page
    assert (
        page.index('value="cmi5" checked') < page.index('value="scorm2004"') < page.index('value="scorm12"')
    )
    archive = export(tomas, course_id, "scorm12")
    whole = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".html"))
    assert "data-check" not in whole
    assert whole.count("A knowledge check stands here") == 1
    assert "1 knowledge check: its answers" in page
    assert "Ask &amp; answer &lt;now&gt;" in whole
    read_package(open_zip(packed(tomas, course_id, "scorm12")))


def test_exporting_is_for_authors_and_refuses_what_is_no_format(course_id, cast, visit):
    tomas = visit(cast.tomas)
    assert f"/author/courses/{course_id}/packed" in tomas.get(f"/author/courses/{course_id}/versions").text
    assert tomas.get(f"/author/courses/{course_id}/packed.zip?format=aicc").status_code == 422
    for person in (cast.amara, cast.odd):
        assert visit(person).get(f"/author/courses/{course_id}/packed").status_code == 403
        assert visit(person).get(f"/author/courses/{course_id}/packed.zip?format=cmi5").status_code == 403


def test_a_course_without_lessons_says_that_nothing_can_travel(app, cast, visit):
    course_id = write_course("empty", sections=(), publish=False)
    tomas = visit(cast.tomas)
    assert "Nothing can travel" in tomas.get(f"/author/courses/{course_id}/packed").text
    assert tomas.get(f"/author/courses/{course_id}/packed.zip?format=cmi5").status_code == 422
