"""A trainer gets a whole course on paper, made aside and kept until something of it changes."""

import io
import subprocess
import zipfile
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from lms.courses.authoring import queries
from lms.courses.authoring import service as authoring
from lms.courses.authoring.rules.printing import LESSON_CHARACTERS, bind
from lms.courses.authoring.service import printing
from lms.courses.authoring.values import PrintedLesson, PrintedSection
from lms.kernel import events, outbox, pdf
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.errors import Unavailable
from lms.kernel.uow import unit_of_work
from tests.courses.courses import edit_first, write_course
from tests.courses.test_files import add, picture, show
from tests.support.needs import need_program
from tests.support.portal import Visitor

TEXT = """## Why it matters

See [the table](#what-to-read). A valve of 5 °C, in Grad, Καλημέρα, مرحبا.

> [!WARNING]
> Close the valve first.

## What to read

| Sensor | Reading |
|---|---|
| Low side | 3 bar |
"""


def deliver():
    while outbox.deliver_due(events.apply):
        pass


def version_of(course_id):
    with unit_of_work(read_only=True):
        return queries.get_editor(course_id).version_id


def test_a_course_is_printed_whole_and_again_only_when_it_changes(
    sqlite_app, cast, pango, tmp_path, monkeypatch
):
    made, render = [], pdf.render

    def counting(html, **given):
        made.append(html)
        return render(html, **given)

    monkeypatch.setattr(pdf, "render", counting)
    course_id = write_course(language="de")
    edit_first(course_id, TEXT)
    show(course_id, add(course_id, picture(), at=1), at=1)
    tomas = Visitor(sqlite_app).sign_in(cast.tomas)
    versions = f"/author/courses/{course_id}/versions"
    asked = tomas.post(f"/author/courses/{course_id}/print", {})
    assert asked.headers["Location"].endswith(versions)
    assert "The PDF is being made" in tomas.get(versions).text
    deliver()
    address = f"/author/courses/{course_id}/print/{version_of(course_id)}"
    assert address in tomas.get("/notifications").text
    printed = tomas.get(address)
    assert printed.mimetype == "application/pdf"
    text = read(printed.data, tmp_path)
    for expected in (
        "Cold loops",
        "Part 1",
        "Superheat",
        "Alarms",
        "Close the valve first",
        "Low side",
        "Entwurf",
        "Warnung",
    ):
        assert expected in text
    assert 'href="#s-1-what-to-read"' in made[0]
    assert 'id="s-1-what-to-read"' in made[0]
    again = tomas.post(f"/author/courses/{course_id}/print", {})
    assert again.headers["Location"].endswith(address)
    edit_first(course_id, "Other words.")
    assert tomas.get(address).status_code == 303
    tomas.post(f"/author/courses/{course_id}/print", {})
    deliver()
    assert "Other words." in read(tomas.get(address).data, tmp_path)
    assert len(made) == 2


def read(content, folder):
    file = folder / "course.pdf"
    file.write_bytes(content)
    found = subprocess.run(
        [need_program("pdftotext", package="poppler-utils"), str(file), "-"], check=True, capture_output=True
    )
    return found.stdout.decode()


def test_a_machine_without_pango_says_so_to_whoever_asked(sqlite_app, cast, monkeypatch):
    def unavailable(_html, **_given):
        raise Unavailable("PDFs need the system library Pango")

    monkeypatch.setattr(pdf, "render", unavailable)
    course_id = write_course()
    tomas = Visitor(sqlite_app).sign_in(cast.tomas)
    tomas.post(f"/author/courses/{course_id}/print", {"version": "1"})
    deliver()
    assert "could not be made" in tomas.get("/notifications").text


def test_a_course_too_long_for_one_pdf_is_refused_with_its_length(sqlite_app, cast, monkeypatch):
    monkeypatch.setattr(printing, "LESSONS_AT_MOST", 2)
    course_id = write_course()
    tomas = Visitor(sqlite_app).sign_in(cast.tomas)
    refused = tomas.post(f"/author/courses/{course_id}/print", {})
    assert refused.status_code == 422
    assert "3 lessons" in refused.text


def section(title, lengths):
    lessons = [
        PrintedLesson(number=number, title="", minutes=1, is_required=True, noun="", html="x" * length)
        for number, length in enumerate(lengths)
    ]
    return PrintedSection(title=title, lessons=tuple(lessons))


@given(st.lists(st.lists(st.integers(0, 3000), max_size=8), max_size=8), st.integers(LESSON_CHARACTERS, 8000))
def test_bound_in_volumes_every_lesson_stands_once_in_its_order_and_no_volume_is_too_thick(shape, most):
    sections = [section(f"Part {number}", lengths) for number, lengths in enumerate(shape)]
    volumes = bind(sections, most)
    bound = [(one.title, lesson) for volume in volumes for one in volume for lesson in one.lessons]
    assert bound == [(one.title, lesson) for one in sections for lesson in one.lessons]
    titles = list(dict.fromkeys(one.title for volume in volumes for one in volume))
    assert titles == [one.title for one in sections]
    for volume in volumes:
        lengths = [len(lesson.html) + LESSON_CHARACTERS for one in volume for lesson in one.lessons]
        assert sum(lengths) <= most or len(lengths) == 1
    if len(volumes) > 1:
        assert all(any(one.lessons for one in volume) for volume in volumes)


def test_a_long_course_comes_in_volumes_none_of_which_lacks_a_lesson(
    sqlite_app, cast, pango, tmp_path, monkeypatch
):
    monkeypatch.setattr(printing, "bind", partial(bind, most=LESSON_CHARACTERS + 1))
    course_id = write_course()
    tomas = Visitor(sqlite_app).sign_in(cast.tomas)
    tomas.post(f"/author/courses/{course_id}/print", {})
    deliver()
    printed = tomas.get(f"/author/courses/{course_id}/print/{version_of(course_id)}")
    assert printed.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(printed.data)) as archive:
        texts = [read(archive.read(name), tmp_path) for name in archive.namelist()]
    assert len(texts) == 3
    for number, (title, text) in enumerate(
        zip(("Parts of a loop", "Superheat", "Alarms"), texts, strict=True), 1
    ):
        assert title in text
        assert f"Volume {number} of 3" in text


def test_nobody_prints_a_version_through_another_course(sqlite_app, cast):
    course_id, other = write_course(), write_course("other", title="Other")
    version_id = version_of(other)
    tomas, amara = Visitor(sqlite_app).sign_in(cast.tomas), Visitor(sqlite_app).sign_in(cast.amara)
    assert tomas.get(f"/author/courses/{course_id}/print/{version_id}").status_code == 404
    assert amara.get(f"/author/courses/{other}/print/{version_id}").status_code in {403, 404}
    with unit_of_work(), acting_as(SYSTEM):
        assert not authoring.ask_print(course_id=other, version_id=version_id, actor=SYSTEM)
