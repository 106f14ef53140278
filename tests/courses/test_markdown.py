"""A trainer's folder of Markdown becomes a course whole, or every reason why not is named by file and line."""

import base64
import io
from pathlib import Path

import pytest

from lms.courses.formats.front_matter import BadFrontMatter, take_apart
from lms.courses.formats.markdown import read_course, slug_of
from lms.courses.values import CourseImport, ImportedPicture, IssueLevel
from lms.kernel.archives import folder_source, open_zip
from tests.kernel.zips import Entry, zip_of

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgAAAAAgAB5Sfe/AAAAABJRU5ErkJggg=="
)
COURSE = """---
title: Valves
slug: valve-basics
brand: Halden Cold
language: de-AT
level: foundation
summary: |
  All about
  valves.
minutes: 90
objectives:
  - Name one
  - Close it
---

Welcome.
"""
LESSON = "---\ntitle: First\nminutes: 5\n---\n\nText with ![A valve](../images/valve.png).\n"
WHOLE: dict[str, str | bytes] = {
    "course.md": COURSE,
    "01-parts/section.md": "---\ntitle: The parts\n---\n",
    "01-parts/02-second.md": "# Second lesson\n\nMore.\n",
    "01-parts/01-first.md": LESSON,
    "02-use/10-ten.md": "---\nminutes: 7\n---\nTen.",
    "02-use/9-nine.md": "Nine.",
    "images/valve.png": PNG,
}


def read(files: dict[str, str | bytes], name: str = "") -> CourseImport:
    entries = [
        Entry(name=path, content=content.encode() if isinstance(content, str) else content)
        for path, content in files.items()
    ]
    return read_course(open_zip(io.BytesIO(zip_of(*entries))), name=name)


def errors(files: dict[str, str | bytes]) -> list[tuple[str, int | None, str]]:
    found = read(files)
    assert found.course is None, "a course with errors must not be offered"
    return [
        (issue.file, issue.line, issue.message) for issue in found.issues if issue.level is IssueLevel.ERROR
    ]


def warnings(files: dict[str, str | bytes]) -> list[tuple[str, int | None, str]]:
    found = read(files)
    assert found.course is not None
    return [(issue.file, issue.line, issue.message) for issue in found.issues]


def test_a_whole_course_is_read_in_the_order_of_its_numbers() -> None:
    found = read(WHOLE)
    assert found.issues == ()
    course = found.course
    assert course is not None
    assert (course.title, course.slug, course.brand, course.language) == (
        "Valves",
        "valve-basics",
        "Halden Cold",
        "de-AT",
    )
    assert (course.level, course.summary, course.minutes) == ("foundation", "All about valves.", 90)
    assert (course.objectives, course.intro, course.file) == (
        ("Name one", "Close it"),
        "Welcome.",
        "course.md",
    )
    assert [(section.slug, section.title) for section in course.sections] == [
        ("parts", "The parts"),
        ("use", "Use"),
    ]
    first, second = course.sections[0].activities
    assert (first.slug, first.title, first.minutes, first.kind) == ("first", "First", 5, "page")
    assert first.body == "Text with ![A valve](../images/valve.png)."
    assert first.pictures == (("../images/valve.png", "images/valve.png"),)
    assert (second.title, second.body, second.minutes) == ("Second lesson", "More.", None)
    assert [activity.slug for activity in course.sections[1].activities] == ["nine", "ten"]
    assert course.pictures == (ImportedPicture("images/valve.png", "image/png", len(PNG)),)


def test_one_folder_around_everything_and_clutter_are_looked_through() -> None:
    wrapped: dict[str, str | bytes] = {f"My course/{path}": content for path, content in WHOLE.items()}
    found = read({**wrapped, "__MACOSX/My course/._course.md": b"\x00\x05", "My course/.DS_Store": b"x"})
    assert found.issues == ()
    assert found.course is not None
    assert found.course.sections[0].activities[0].pictures[0][1] == "My course/images/valve.png"
    assert found.course.sections[0].activities[0].file == "01-parts/01-first.md"


def test_a_flat_folder_of_lessons_is_a_course_of_one_section() -> None:
    found = read({"valve basics/01-a.md": "A.", "valve basics/02-b.md": "# Bee\n\nB."})
    course = found.course
    assert course is not None
    assert (course.title, course.slug, course.file) == ("Valve basics", "valve-basics", "")
    (section,) = course.sections
    assert (section.slug, section.title) == ("lessons", "Valve basics")
    assert [activity.title for activity in section.activities] == ["A", "Bee"]
    assert [issue.level for issue in found.issues] == [IssueLevel.WARNING]
    again = read({"01-a.md": "A."}, name="pump_basics")
    assert again.course is not None
    assert again.course.title == "Pump basics"


def test_a_single_section_is_not_taken_for_a_wrapping_folder() -> None:
    found = read({"01-parts/01-a.md": "A.", "01-parts/02-b.md": "B."}, name="x")
    assert found.course is not None
    assert [section.slug for section in found.course.sections] == ["parts"]


def test_minutes_are_added_up_when_every_lesson_says_its_own() -> None:
    def minutes(first: str, second: str) -> int | None:
        found = read({"course.md": "---\ntitle: T\n---\n", "1-a.md": f"{first}A.", "2-b.md": f"{second}B."})
        assert found.course is not None
        return found.course.minutes

    said = "---\nminutes: 5\n---\n"
    assert minutes(said, said) == 10
    assert minutes(said, "") is None


@pytest.mark.parametrize(
    "change, file, line, says",
    [
        (
            {"01-parts/01-first.md": "---\ntitle: x\n---\n\na\n![p](../images/no.png)"},
            "01-parts/01-first.md",
            6,
            "not there",
        ),
        (
            {"01-parts/01-first.md": "# T\n\n\na\n\n![p](../images/no.png)"},
            "01-parts/01-first.md",
            6,
            "no.png is not there",
        ),
        (
            {"01-parts/01-first.md": "a <img src='../images/no.png' alt='b'>"},
            "01-parts/01-first.md",
            1,
            "not there",
        ),
        (
            {"01-parts/01-first.md": "![p](../images/Valve.PNG)"},
            "01-parts/01-first.md",
            1,
            "spelled images/valve.png",
        ),
        (
            {"01-parts/01-first.md": "::: video ../images/no.mp4 Start\n:::"},
            "01-parts/01-first.md",
            1,
            "The film or sound images/no.mp4 is not there",
        ),
        (
            {"01-parts/01-first.md": "a\n\n::: file ../images/no.pdf Plan\n:::"},
            "01-parts/01-first.md",
            3,
            "The file images/no.pdf is not there",
        ),
        ({"01-parts/01-first.md": "![p](../../../etc/passwd)"}, "01-parts/01-first.md", 1, "not there"),
        ({"01-parts/01-first.md": "![p](/etc/passwd)"}, "01-parts/01-first.md", 1, "not there"),
        ({"01-parts/01-first.md": "![p](https://x.org/a.png)"}, "01-parts/01-first.md", 1, "bring it along"),
        (
            {"01-parts/01-first.md": "![p](data:image/png;base64,AA)"},
            "01-parts/01-first.md",
            1,
            "bring it along",
        ),
        (
            {"01-parts/01-first.md": "![p](../course.md)"},
            "01-parts/01-first.md",
            1,
            "no kind of file that lessons bring",
        ),
        ({"images/valve.png": b"<html>"}, "01-parts/01-first.md", 6, "not what its name says"),
        ({"01-parts/01-first.md": ""}, "01-parts/01-first.md", None, "empty"),
        (
            {"01-parts/01-first.md": "---\ntitle: x\n---\n\n<!-- later -->\n"},
            "01-parts/01-first.md",
            None,
            "empty",
        ),
        ({"01-parts/01-first.md": "---\ntitle: x\n"}, "01-parts/01-first.md", 1, "does not end"),
        (
            {"01-parts/01-first.md": "---\ntitle: x\nminutes: [5\n---\na"},
            "01-parts/01-first.md",
            3,
            "YAML is broken",
        ),
        (
            {"01-parts/01-first.md": "---\ntitle: x\n\tminutes: 5\n---\na"},
            "01-parts/01-first.md",
            3,
            "YAML is broken",
        ),
        ({"01-parts/01-first.md": "---\ntitle: x\ntitle: y\n---\na"}, "01-parts/01-first.md", 3, "twice"),
        ({"01-parts/01-first.md": "---\n- title\n---\na"}, "01-parts/01-first.md", 2, "keys with values"),
        (
            {"01-parts/01-first.md": "---\ntitle: {a: b}\n---\na"},
            "01-parts/01-first.md",
            2,
            "neither text nor",
        ),
        ({"01-parts/01-first.md": "---\ntitle: [a]\n---\na"}, "01-parts/01-first.md", 2, "is a list"),
        (
            {"01-parts/01-first.md": "---\nminutes: soon\n---\na"},
            "01-parts/01-first.md",
            2,
            "no number of minutes",
        ),
        (
            {"01-parts/01-first.md": "---\nminutes: 0\n---\na"},
            "01-parts/01-first.md",
            2,
            "no number of minutes",
        ),
        (
            {"01-parts/01-first.md": "---\ntitle: x\ncomplete: watched 200\n---\na"},
            "01-parts/01-first.md",
            3,
            "watched 200 can never be met: watched goes from 1 to 100",
        ),
        (
            {"01-parts/01-first.md": "---\ntitle: x\ncomplete: time 0\n---\na"},
            "01-parts/01-first.md",
            3,
            "time goes from 1 to 600",
        ),
        ({"01-parts/01-first.md": "---\nkind: quiz\n---\na"}, "01-parts/01-first.md", 2, "“quiz”"),
        (
            {"01-parts/01-first.md": f"---\ntitle: {'x' * 201}\n---\na"},
            "01-parts/01-first.md",
            2,
            "200 characters",
        ),
        ({"01-parts/01-first.md": b"a\nb\n\x81\xff\xfe"}, "01-parts/01-first.md", 3, "not UTF-8"),
        ({"01-parts/01-first.md": b"a\x00b"}, "01-parts/01-first.md", 1, "not a text file"),
        ({"01-parts/01-first.md": "x" * (2 << 20) + "x"}, "01-parts/01-first.md", None, "larger than"),
        ({"01-parts/deep/01-a.md": "a"}, "01-parts/deep/01-a.md", None, "too deep"),
        ({"01-parts/03-first.md": "a"}, "01-parts/01-first.md", None, "called first"),
        ({"03-parts/01-a.md": "a"}, "01-parts/section.md", None, "called parts"),
        ({"03-empty/section.md": "# Empty"}, "03-empty/section.md", None, "no lesson"),
        ({"course.md": COURSE.replace("foundation", "expert")}, "course.md", 6, "no level"),
        ({"course.md": COURSE.replace("de-AT", "German!")}, "course.md", 5, "no language"),
        ({"course.md": COURSE.replace("valve-basics", "Valve Basics")}, "course.md", 3, "no slug"),
        (
            {"course.md": COURSE.replace("objectives:\n  - Name one\n  - Close it", "objectives: x")},
            "course.md",
            11,
            "a list",
        ),
        ({"course.md": "Just text."}, "course.md", 1, "no title"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_line_and_nothing_is_half_taken(
    change: dict[str, str | bytes], file: str, line: int | None, says: str
) -> None:
    found = errors({**WHOLE, **change})
    assert [(issue[0], issue[1]) for issue in found if says in issue[2]][:1] == [(file, line)], found


@pytest.mark.parametrize(
    "change, file, line, says",
    [
        (
            {"01-parts/01-first.md": "---\ntitle: x\ncolour: red\n---\na ![v](../images/valve.png)"},
            "01-parts/01-first.md",
            3,
            "colour",
        ),
        (
            {"01-parts/01-first.md": "a\n![](../images/valve.png)"},
            "01-parts/01-first.md",
            2,
            "no text that says what it shows: publishing waits for it",
        ),
        (
            {"01-parts/02-second.md": "a\n\nSee [next](03-third.md)."},
            "01-parts/02-second.md",
            3,
            "leads nowhere",
        ),
        (
            {"01-parts/02-second.md": "a\n\n::: check\n0197e6c0\n:::\n"},
            "01-parts/02-second.md",
            3,
            "write ::: check and the id",
        ),
        ({"01-parts/02-second.md": "a\n\n::: check x y\n:::\n"}, "01-parts/02-second.md", 3, "will not come"),
        (
            {"01-parts/02-second.md": "a\n::: unknown Title\nb\n:::"},
            "01-parts/02-second.md",
            2,
            "no block called unknown",
        ),
        (
            {"01-parts/02-second.md": "a\n\nSee\n[more](javascript:alert(1))."},
            "01-parts/02-second.md",
            4,
            "A link to javascript:alert(1) could act",
        ),
        ({"01-parts/02-second.md": b"Gr\xfc\xdfe"}, "01-parts/02-second.md", 1, "Windows-1252"),
        ({"01-parts/01-other.md": "a"}, "01-parts/01-first.md", None, "same number"),
        (
            {"01-parts/section.md": "---\ntitle: P\n---\nSome text."},
            "01-parts/section.md",
            4,
            "text of a section",
        ),
        ({"images/unused.gif": b"GIF89a"}, "images/unused.gif", None, "No lesson shows"),
        ({"handout.pdf": b"%PDF"}, "handout.pdf", None, "left out"),
        ({"00-before.md": "a"}, "", None, "section of their own"),
    ],
)
def test_what_is_odd_is_said_and_comes_along(
    change: dict[str, str | bytes], file: str, line: int | None, says: str
) -> None:
    found = warnings({**WHOLE, **change})
    assert [(issue[0], issue[1]) for issue in found if says in issue[2]][:1] == [(file, line)], found


def test_blocks_as_they_are_meant_and_colons_in_code_are_no_oddity() -> None:
    code = "```\n::: unknown\n[a](javascript:b)\n```\n\n`::: unknown`\n"
    body = f"a\n\n::: check 0197e6c0\n:::\n\n{code}\n::: details More\nb\n:::\n"
    assert warnings({**WHOLE, "01-parts/02-second.md": body}) == []


def test_nothing_at_all_is_no_course() -> None:
    assert "no lesson" in errors({"course.md": COURSE})[0][2]
    assert "no lesson" in errors({"images/a.png": PNG})[0][2]
    assert read_course(open_zip(io.BytesIO(zip_of()))).course is None


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'


@pytest.mark.parametrize(
    "inner, is_taken",
    [
        ('<style>.a{fill:url(#g)}</style><g class="a" style="fill:red"><use xlink:href="#b"/></g>', True),
        ('<image href="data:image/png;base64,AA=="/>', True),
        ("<script>alert(1)</script>", False),
        ("<SCRIPT/>", False),
        ('<g onload="alert(1)"/>', False),
        ('<a href="javascript:alert(1)"><text>x</text></a>', False),
        ('<a xlink:href="https://evil.example/"/>', False),
        ('<image href="data:image/svg+xml,x"/>', False),
        ("<style>@import 'https://evil.example/x.css'</style>", False),
        ('<rect style="fill:url(https://evil.example/x)"/>', False),
        ("<foreignObject/>", False),
        ("<a><set attributeName='href' to='javascript:alert(1)'/></a>", False),
    ],
)
def test_a_drawing_that_could_act_is_refused(inner: str, is_taken: bool) -> None:
    files: dict[str, str | bytes] = {"course.md": COURSE, "1-a.md": "![a](a.svg)", "a.svg": SVG.format(inner)}
    assert (read(files).course is not None) is is_taken


@pytest.mark.parametrize(
    "content, is_taken",
    [
        (
            '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://x/svg11.dtd">'
            + SVG.format(""),
            True,
        ),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("&a;"), False),
        ('<?xml-stylesheet href="https://evil.example/x.css"?>' + SVG.format(""), False),
        ("<html/>", False),
        ("<svg", False),
    ],
)
def test_a_drawing_is_taken_as_programs_write_it_and_without_entities(content: str, is_taken: bool) -> None:
    files: dict[str, str | bytes] = {"course.md": COURSE, "1-a.md": "![a](a.svg)", "a.svg": content}
    assert (read(files).course is not None) is is_taken


@pytest.mark.parametrize(
    "text, slug",
    [
        ("Über Größe & Maß", "ueber-groesse-mass"),
        ("  Crème brûlée!  ", "creme-brulee"),
        ("نص عربي", ""),
        ("A" * 100, "a" * 80),
        ("a/b", "b"),
    ],
)
def test_titles_become_addresses(text: str, slug: str) -> None:
    assert slug_of(text) == slug


def test_a_front_matter_bomb_is_refused() -> None:
    with pytest.raises(BadFrontMatter):
        take_apart(f"---\na: {'[' * 9000}\n---\n")
    with pytest.raises(BadFrontMatter):
        take_apart(f"---\n{'a: b' * 6000}\n---\n")
    aliases = "".join(f"k{n}: &a{n} [{', '.join(f'*a{n - 1}' for _ in range(9))}]\n" for n in range(1, 9))
    with pytest.raises(BadFrontMatter):
        take_apart(f"---\nk0: &a0 x\n{aliases}---\n")


def test_values_stay_as_they_were_written() -> None:
    document = take_apart("---\ntitle: 1.10\nsummary: no\nbrand: 2026-01-01\nlevel:\n---\nbody")
    assert {key: entry.value for key, entry in document.entries.items()} == {
        "title": "1.10",
        "summary": "no",
        "brand": "2026-01-01",
        "level": "",
    }
    assert (document.body, document.body_line) == ("body", 7)


DEMO = sorted((Path(__file__).parents[2] / "lms" / "app" / "demo" / "courses").glob("*/course.md"))


@pytest.mark.parametrize("course", DEMO, ids=lambda path: path.parent.name)
def test_the_courses_of_the_demo_are_read_without_a_word(course: Path) -> None:
    found = read_course(folder_source(course.parent))
    assert found.issues == ()
    assert found.course is not None
    assert found.course.slug == course.parent.name


def test_a_zero_byte_that_yaml_writes_as_an_escape_is_refused_with_its_line() -> None:
    for front in ('title: "A\\0b"', 'objectives: ["One", "T\\0wo"]', '"ti\\0tle": One'):
        with pytest.raises(BadFrontMatter) as refused:
            take_apart(f"---\nlevel: foundation\n{front}\n---\n")
        assert refused.value.line == 3
