"""A course as a folder of Markdown, written: what `lms.courses.formats.markdown` reads back as it was.

The same course gives the same bytes, wherever and whenever it is written, so that two exports can be compared.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final
from urllib.parse import quote, unquote
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import yaml

from lms.courses.formats.markdown import COURSE, EXTENSION, SECTION, slug_of
from lms.courses.values import PAGE
from lms.courses.values.written import Entries

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
PACKED: Final = frozenset(
    {".avif", ".gif", ".jpeg", ".jpg", ".m4v", ".mov", ".mp4", ".png", ".webm", ".webp", ".zip"}
)
"""What is small already: packing it once more takes time and saves nothing."""
FILE_MODE: Final = 0o644 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenLesson:
    """A page to be written. `media` maps each address in the text to the hash of the file it shows.

    `after` are keys of other lessons, or titles of activities that have no file; `complete` is empty where the kind's
    own rule holds.
    """

    key: str
    slug: str
    title: str
    minutes: int
    is_required: bool
    body: str
    media: Mapping[str, str]
    kind: str = PAGE
    complete: str = ""
    after: Sequence[str] = ()
    opens: str = ""
    locks: Sequence[str] = ()
    entries: Entries = field(default_factory=dict)
    """What the kind of activity itself says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenSection:
    """A section and its pages, in order."""

    slug: str
    title: str
    lessons: Sequence[WrittenLesson]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenCourse:
    """A version of a course as files say it; `brand` and `positions` are names."""

    slug: str
    title: str
    summary: str
    brand: str
    language: str
    level: str
    positions: Sequence[str]
    objectives: Sequence[str]
    intro: str
    intro_media: Mapping[str, str]
    sections: Sequence[WrittenSection]


@dataclass(frozen=True, slots=True)
class CourseFile:
    """One file of an export: its text, or the hash of the stored file it is."""

    path: str
    text: str | None = None
    sha256: str = ""


def files_of(course: WrittenCourse) -> Sequence[CourseFile]:
    """Return every file of a course by path: texts first as the reader meets them, then what they show."""
    places = _Places()
    texts = [
        CourseFile(
            COURSE, _document(_course_keys(course), places.settle("", course.intro, course.intro_media))
        )
    ]
    folders, paths = _names(course.sections)
    for section, folder in zip(course.sections, folders, strict=True):
        texts.append(CourseFile(f"{folder}/{SECTION}", _document({"title": section.title}, "")))
        for lesson in section.lessons:
            body = places.settle(folder, lesson.body, lesson.media)
            texts.append(CourseFile(paths[lesson.key], _document(_lesson_keys(lesson, paths), body)))
    return [*texts, *(CourseFile(path, sha256=sha256) for path, sha256 in sorted(places.found.items()))]


def _names(sections: Sequence[WrittenSection]) -> tuple[Sequence[str], Mapping[str, str]]:
    """Return each section's folder, and each lesson's file by its key."""
    folders: list[str] = []
    paths: dict[str, str] = {}
    taken: set[str] = set()
    for number, section in enumerate(sections, 1):
        folder = f"{number:02}-{_free(name_of(section.slug, section.title), taken)}"
        folders.append(folder)
        names: set[str] = set()
        for at, lesson in enumerate(section.lessons, 1):
            name = _free(name_of(lesson.slug, lesson.title), names)
            paths[lesson.key] = f"{folder}/{at:02}-{name}{EXTENSION}"
    return folders, paths


def write_zip(files: Iterable[tuple[CourseFile, Iterator[bytes]]], target: BinaryIO) -> None:
    """Write files with their bytes into one zip in which only they count: no time, no owner."""
    with ZipFile(target, "w") as archive:
        for file, chunks in files:
            entry = ZipInfo(file.path, EPOCH)
            entry.external_attr = FILE_MODE
            entry.create_system = 3
            packed = posixpath.splitext(file.path)[1].lower() in PACKED
            entry.compress_type = ZIP_STORED if packed else ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=file.text is None) as place:
                for chunk in chunks:
                    place.write(chunk)


def _course_keys(course: WrittenCourse) -> dict[str, Any]:
    return {
        "title": course.title,
        "slug": course.slug,
        "brand": course.brand,
        "language": course.language,
        "level": course.level,
        "positions": list(course.positions),
        "summary": course.summary,
        "objectives": list(course.objectives),
    }


def _lesson_keys(lesson: WrittenLesson, paths: Mapping[str, str]) -> dict[str, Any]:
    return {
        "title": lesson.title,
        "kind": "" if lesson.kind == PAGE else lesson.kind,
        "minutes": lesson.minutes,
        "required": "" if lesson.is_required else "no",
        "complete": lesson.complete,
        "after": sorted(paths.get(one, one) for one in lesson.after),
        "opens": lesson.opens,
        "locks": list(lesson.locks),
        **{key: value if isinstance(value, str) else list(value) for key, value in lesson.entries.items()},
    }


def _document(keys: Mapping[str, Any], body: str) -> str:
    said = {key: value for key, value in keys.items() if value}
    front = yaml.dump(said, allow_unicode=True, sort_keys=False, width=10_000, Dumper=_Plain)
    text = body.strip("\n")
    return f"---\n{front}---\n" + (f"{text}\n" if text else "")


class _Plain(yaml.SafeDumper):
    """YAML as people write it: lists stand below their key, indented, and nothing refers to anything."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def name_of(slug: str, title: str) -> str:
    """Return the name, without number, of the file or folder that something is written to; its own if it had one."""
    return slug or slug_of(title) or "lesson"


def _free(name: str, taken: set[str]) -> str:
    free, count = name, 1
    while free in taken:
        count += 1
        free = f"{name}-{count}"
    taken.add(free)
    return free


class _Places:
    """Where each file lies. Texts keep their addresses; only two files for one place, or a place outside, move one."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def settle(self, folder: str, text: str, media: Mapping[str, str]) -> str:
        """Give every file of a text its place and return the text, changed only where an address had to."""
        for address, sha256 in sorted(media.items()):
            path = posixpath.normpath(posixpath.join(folder, unquote(address)))
            if path.startswith(("..", "/")) or self.found.get(path, sha256) != sha256:
                path = f"media/{sha256[:12]}{posixpath.splitext(path)[1].lower()}"
                moved = quote(posixpath.relpath(path, folder or "."), safe="/._-~")
                text = re.sub(rf"(?<=[(<\s\"']){re.escape(address)}(?=[)>\s\"'])", moved, text)
            self.found[path] = sha256
        return text
