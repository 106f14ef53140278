"""A trainer gets a whole course on paper, made aside and kept until something of it changes."""

import subprocess

from lms.courses.authoring import queries
from lms.courses.authoring import service as authoring
from lms.courses.authoring.service import printing
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


def test_nobody_prints_a_version_through_another_course(sqlite_app, cast):
    course_id, other = write_course(), write_course("other", title="Other")
    version_id = version_of(other)
    tomas, amara = Visitor(sqlite_app).sign_in(cast.tomas), Visitor(sqlite_app).sign_in(cast.amara)
    assert tomas.get(f"/author/courses/{course_id}/print/{version_id}").status_code == 404
    assert amara.get(f"/author/courses/{other}/print/{version_id}").status_code in {403, 404}
    with unit_of_work(), acting_as(SYSTEM):
        assert not authoring.ask_print(course_id=other, version_id=version_id, actor=SYSTEM)
