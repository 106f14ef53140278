"""The demo's courses are worth reading: long enough, in their language, with pictures that exist and are told."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from defusedxml import ElementTree

from lms.app.demo import world as files
from lms.courses.formats.markdown import read_course
from lms.courses.formats.render import render
from lms.kernel.archives import folder_source

WORLD = files.load()
FOLDERS = [files.COURSES / course.slug for course in WORLD.courses]
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
NUMBERED = re.compile(r"\d\d-[a-z0-9-]+")
PLACEHOLDERS = re.compile(r"lorem|ipsum|\bTBD\b|\bfoo\b|\bbar baz\b", re.IGNORECASE)
GERMAN = re.compile(r"\b(der|die|das|und|nicht|ist|mit|ein|eine|auf|werden)\b", re.IGNORECASE)
ENGLISH = re.compile(r"\b(the|and|is|of|to|with|that|for|not|are)\b", re.IGNORECASE)
SVG = "{http://www.w3.org/2000/svg}"


def named(folder: Path) -> str:
    return folder.name


def page(path: Path) -> tuple[dict[str, Any], str]:
    """Return the front matter and the body."""
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(head), body


def sections(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob("*/section.md"))


def lessons(folder: Path) -> list[Path]:
    return [path for section in sections(folder) for path in sorted(section.glob("*-*.md"))]


def written() -> Iterator[Path]:
    return files.COURSES.rglob("*.md")


def test_every_published_course_has_a_folder_and_every_folder_a_course() -> None:
    assert sorted(path.name for path in files.COURSES.iterdir()) == sorted(map(named, FOLDERS))


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_a_course_says_what_it_is(folder: Path) -> None:
    head, intro = page(folder / "course.md")
    assert set(head) == {
        "title",
        "slug",
        "brand",
        "language",
        "level",
        "positions",
        "summary",
        "minutes",
        "objectives",
    }
    assert head["slug"] == folder.name
    assert head["brand"] in {brand.name for brand in WORLD.brands}
    assert 4 <= len(head["objectives"]) <= 6
    assert len(intro.split()) >= 60
    assert sum(page(path)[0]["minutes"] for path in lessons(folder)) <= head["minutes"]


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_a_course_has_lessons_one_can_learn_from(folder: Path) -> None:
    assert 3 <= len(sections(folder)) <= 4
    assert 8 <= len(lessons(folder)) <= 12
    for path in lessons(folder):
        head, body = page(path)
        assert NUMBERED.fullmatch(path.stem), path
        assert NUMBERED.fullmatch(path.parent.name), path
        assert set(head) <= {"title", "minutes", "kind", "after", "complete"}, path
        assert len(re.findall(r"[^\W\d_]{2,}", body)) >= 200, path
        assert len(body.split()) <= 600, path
        assert "\n## " in body, path
        assert "\n# " not in body, path
    assert any("> [!" in page(path)[1] for path in lessons(folder))
    assert any("\n|---" in page(path)[1] for path in lessons(folder))


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_a_course_is_in_the_language_it_names(folder: Path) -> None:
    text = "".join(page(path)[1] for path in lessons(folder))
    german, english = len(GERMAN.findall(text)), len(ENGLISH.findall(text))
    assert page(folder / "course.md")[0]["language"] == ("de" if german > english else "en")
    assert max(german, english) > 10 * min(german, english)


def test_one_course_is_german_and_has_a_german_exam() -> None:
    german = [folder.name for folder in FOLDERS if page(folder / "course.md")[0]["language"] == "de"]
    assert german == ["inbetriebnahme-in-der-praxis"]
    assert [exam.course for exam in WORLD.exams if exam.language == "de"] == german


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_every_picture_exists_is_told_and_is_shown(folder: Path) -> None:
    shown = set()
    for path in lessons(folder):
        for told, address in PICTURE.findall(page(path)[1]):
            picture = (path.parent / address).resolve()
            assert picture.is_file(), (path, address)
            assert picture.is_relative_to(folder), (path, address)
            assert len(told.split()) >= 8, (path, address)
            shown.add(picture)
    assert len(shown) >= 2
    assert set((folder / "images").iterdir()) == shown


def test_drawings_are_plain_and_stand_on_a_ground_of_their_own() -> None:
    drawings = list(files.COURSES.rglob("*.svg"))
    assert len(drawings) >= 12
    assert len(list(files.COURSES.rglob("*.png"))) >= 2
    for path in drawings:
        root = ElementTree.parse(path).getroot()
        assert root is not None
        title, ground, *_ = root
        assert title.tag == f"{SVG}title", path
        assert title.text, path
        assert (ground.get("width"), ground.get("height")) == (root.get("width"), root.get("height")), path
        for element in root.iter():
            assert element.tag.removeprefix(SVG) in {
                "svg",
                "title",
                "rect",
                "circle",
                "polyline",
                "polygon",
                "text",
            }, path
            assert not [name for name in element.attrib if name in {"style", "href"} or name.startswith("on")]
            assert "url(" not in "".join(element.attrib.values()), path


def test_nothing_reads_like_a_placeholder() -> None:
    for path in written():
        assert not PLACEHOLDERS.search(path.read_text(encoding="utf-8")), path


def test_exams_and_packages_stand_in_sections_that_exist() -> None:
    placed = [(exam.course, exam.section) for exam in WORLD.exams]
    placed += [(package.course, package.section) for package in WORLD.packages]
    for course, section in placed:
        assert (files.COURSES / course / section).is_dir(), (course, section)


def test_nobody_finished_more_lessons_than_there_are() -> None:
    count = {folder.name: len(lessons(folder)) for folder in FOLDERS}
    for enrolment in WORLD.enrolments:
        assert enrolment.lessons <= count[enrolment.course], enrolment
        if enrolment.attempts or enrolment.package:
            assert enrolment.lessons == count[enrolment.course], enrolment
    amara = next(e for e in WORLD.enrolments if (e.person, e.course) == ("amara.osei", "selling-halden"))
    assert 2 * amara.lessons == count["selling-halden"]


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_the_product_reads_a_course_whole_and_without_a_word_of_complaint(folder: Path) -> None:
    read = read_course(folder_source(folder))
    assert read.issues == ()
    assert read.course is not None
    assert read.course.slug == folder.name
    assert [section.slug for section in read.course.sections] == [
        section.name.partition("-")[2] for section in sections(folder)
    ]
    assert len(read.course.pictures) == len(list((folder / "images").iterdir()))


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_a_lesson_is_shown_as_it_was_written(folder: Path) -> None:
    for path in lessons(folder):
        _, body = page(path)
        shown = render(body, media=lambda address: f"/files/{address.rpartition('/')[2]}")
        assert shown.count("<h2") == body.count("\n## "), path
        assert shown.count("<table") == len(re.findall(r"\n\n\|", body)), path
        assert shown.count('class="callout ') == body.count("> [!"), path
        assert shown.count("<img") == len(PICTURE.findall(body)), path
        assert "[!" not in shown, path
