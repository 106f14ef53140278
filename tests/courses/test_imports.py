"""Importing courses: what files bring, what they change in a course that is there, and nothing half stored."""

import base64
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from lms.courses import facade as courses
from lms.courses.authoring import queries
from lms.courses.authoring import service as authoring
from lms.courses.authoring.models import CoursePicture, CourseRow
from lms.courses.authoring.service.imports import _Held
from lms.courses.authoring.values import Fate
from lms.courses.cli import import_course as command
from lms.courses.errors import ImportRefused
from lms.courses.values import ActivityKey, CourseImportId, SectionKey
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.archives import open_zip
from lms.kernel.db import db, new_id
from lms.kernel.errors import Invalid
from lms.kernel.files import StoredFile
from lms.kernel.uow import unit_of_work
from tests.courses.courses import activities_of, complete, enrol, publish

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgAAAAAgAB5Sfe/AAAAABJRU5ErkJggg=="
)
COURSE = """---
title: Cold loops
slug: cold-loops
brand: Halden Cold
language: en
level: foundation
summary: How cold is made.
objectives:
  - Read a chart
---
For everyone who meets a **controller**.
"""
FILES: dict[str, str | bytes] = {
    "course.md": COURSE,
    "01-parts/section.md": "---\ntitle: The parts\n---\n",
    "01-parts/01-loop.md": "---\ntitle: The loop\nminutes: 8\n---\nFour parts.\n\n![The loop](../images/loop.png)\n",
    "01-parts/02-chart.md": "---\ntitle: The chart\nminutes: 9\n---\nPressure and *enthalpy*.\n",
    "02-site/01-faults.md": "---\ntitle: Faults\n---\nLook first.\n",
    "images/loop.png": PNG,
}


def zipped(files):
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    packed.seek(0)
    return packed


def _import(files=FILES, **changes):
    with (
        open_zip(zipped({**files, **changes.pop("changed", {})})) as tree,
        unit_of_work(),
        acting_as(SYSTEM),
    ):
        return courses.import_course(tree, name="upload", actor=SYSTEM, now=clock.now())


def _plan(files):
    with open_zip(zipped(files)) as tree, unit_of_work(read_only=True):
        return authoring.plan_import(tree, name="upload")


def _count(table):
    return db.session.scalar(select(func.count()).select_from(table))


def test_a_course_comes_with_its_sections_lessons_pictures_and_facts(app, cast):
    course_id = _import()
    editor = queries.get_editor(course_id)
    assert (editor.facts.title, editor.facts.brand_id, editor.facts.level) == (
        "Cold loops",
        cast.cold,
        "foundation",
    )
    assert editor.objectives == ("Read a chart",)
    assert "<strong>controller</strong>" in editor.intro_html
    assert [(section.title, [item.title for item in section.items]) for section in editor.sections] == [
        ("The parts", ["The loop", "The chart"]),
        ("Site", ["Faults"]),
    ]
    page = queries.get_page(editor.version_id, editor.items[0].key)
    assert page.pictures["../images/loop.png"] in page.html
    assert (editor.course.minutes, editor.course.activity_count) == (17, 3)


def test_an_import_over_a_course_keeps_its_lessons_and_the_progress_in_them(app, cast):
    course_id = _import()
    publish(course_id)
    before = activities_of(course_id)
    complete(enrol(cast.amara, course_id), before[0])
    changed = {
        **FILES,
        "01-parts/02-chart.md": "---\ntitle: The chart, redrawn\n---\nQuite new.\n",
        "01-parts/03-more.md": "---\ntitle: More\n---\nMore.\n",
    }
    del changed["02-site/01-faults.md"]
    plan = _plan(changed)
    assert [(lesson.title, lesson.fate) for section in plan.sections for lesson in section.lessons] == [
        ("The loop", Fate.SAME),
        ("The chart, redrawn", Fate.CHANGED),
        ("More", Fate.NEW),
        ("Faults", Fate.LEAVES),
    ]
    assert _import(changed) == course_id
    assert activities_of(course_id) == before
    publish(course_id)
    after = activities_of(course_id)
    assert [one.title for one in after] == ["The loop", "The chart, redrawn", "More"]
    assert [one.key for one in after[:2]] == [one.key for one in before[:2]]
    assert courses.progress([cast.amara], [course_id])[cast.amara, course_id].done == 1
    assert _count(CoursePicture) == 1


def test_what_an_author_added_by_hand_stays_when_files_come_again(app, cast):
    course_id = _import()
    section = queries.get_editor(course_id).sections[0]
    with unit_of_work(), acting_as(SYSTEM):
        courses.add_activity(
            course_id=course_id,
            section_key=SectionKey(section.key),
            key=ActivityKey(new_id()),
            kind="page",
            title="By hand",
            actor=SYSTEM,
            now=clock.now(),
        )
    _import()
    assert [item.title for item in queries.get_editor(course_id).sections[0].items] == [
        "The loop",
        "The chart",
        "By hand",
    ]


@pytest.mark.parametrize(
    "changed, named",
    [
        ({"02-site/01-faults.md": "---\ntitle: Faults\n---\n"}, "02-site/01-faults.md"),
        ({"01-parts/01-loop.md": "![x](../images/none.png)"}, "none.png"),
        ({"images/loop.png": b"no picture at all"}, "loop.png"),
    ],
)
def test_a_course_with_one_bad_file_is_kept_out_whole_and_the_file_is_named(app, cast, changed, named):
    with pytest.raises(ImportRefused) as refused:
        _import(changed=changed)
    assert any(named in problem for problem in refused.value.problems)
    assert (_count(CourseRow), _count(CoursePicture), _count(StoredFile)) == (0, 0, 0)


def test_an_unknown_brand_is_said_and_left_out(app, cast):
    files = {**FILES, "course.md": COURSE.replace("Halden Cold", "Nordwind")}
    assert any("Nordwind" in issue.message for issue in _plan(files).issues)
    assert queries.get_editor(_import(files)).facts.brand_id is None


def _upload(content, import_id):
    with unit_of_work(), acting_as(SYSTEM):
        return authoring.begin_import(
            import_id=import_id, upload=content, filename="loops.zip", actor=SYSTEM, now=clock.now()
        )


def test_an_upload_is_looked_at_first_and_stored_once_however_often_it_is_confirmed(app, cast):
    import_id = CourseImportId(new_id())
    for _click in range(2):
        _upload(zipped(FILES), import_id)
    with unit_of_work(read_only=True):
        plan, _row = authoring.plan_upload(import_id)
    assert plan.facts is not None
    assert plan.facts.title == "Cold loops"
    assert _count(CourseRow) == 0
    confirmed = set()
    for _click in range(2):
        with unit_of_work(), acting_as(SYSTEM):
            confirmed.add(
                authoring.confirm_import(import_id=import_id, laid={}, actor=SYSTEM, now=clock.now())
            )
    assert len(confirmed) == _count(CourseRow) == 1


def test_an_upload_that_is_no_zip_is_refused_beside_its_field(app, cast):
    with pytest.raises(Invalid) as refused:
        _upload(BytesIO(b"%PDF-1.7 not a zip"), CourseImportId(new_id()))
    assert "file" in refused.value.fields
    assert _count(StoredFile) == 0


def test_the_command_imports_a_folder_and_publishes_it(app, cast, tmp_path):
    for name, content in FILES.items():
        path = tmp_path / "loops" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    dry = CliRunner().invoke(command, [str(tmp_path / "loops"), "--dry-run"])
    assert (dry.exit_code, _count(CourseRow)) == (0, 0)
    ran = CliRunner().invoke(command, [str(tmp_path / "loops"), "--publish"])
    assert ran.exit_code == 0, ran.output
    assert courses.list_published()[0].title == "Cold loops"
    (tmp_path / "loops" / "01-parts" / "02-chart.md").write_text("")
    broken = CliRunner().invoke(command, [str(tmp_path / "loops")])
    assert broken.exit_code == 1
    assert "02-chart.md" in broken.output


class _Lesson:
    """A lesson that counts how often its name is read."""

    reads = 0

    def __init__(self, number):
        self.id, self.section_id, self.kind, self.pictures = new_id(), SECTION, "page", {}
        self._slug = self.title = f"lesson-{number}"

    @property
    def slug(self):
        _Lesson.reads += 1
        return self._slug


SECTION = new_id()


def test_thousands_of_lessons_find_those_they_replace_without_looking_through_all_of_them(app):
    lessons: Any = [_Lesson(number) for number in range(2000)]
    with unit_of_work(read_only=True):
        held = _Held({SECTION: "parts"}, lessons)
        found = [held.match("parts", f"lesson-{number}", "page") for number in reversed(range(2000))]
    assert found == lessons[::-1]
    assert not held.unmatched()
    assert _Lesson.reads <= 3 * len(lessons), "while it looks, the whole portal waits"
