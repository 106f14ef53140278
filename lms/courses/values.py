"""Frozen values of courses: what an import found in a file tree, before anything is stored."""

from dataclasses import dataclass
from enum import StrEnum


class IssueLevel(StrEnum):
    """An error keeps the whole course out; a warning comes along and is shown."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class ImportIssue:
    """Something about one file of an import; ``line`` counts from 1, None if it is about the whole file."""

    level: IssueLevel
    file: str
    line: int | None
    message: str


@dataclass(frozen=True, slots=True)
class ImportedPicture:
    """A picture that a lesson shows: where it lies in the tree; its bytes stay there until it is stored."""

    path: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedActivity:
    """A lesson: its Markdown as written, and the pictures it shows.

    ``pictures`` pairs each address in the Markdown with the path in the tree, so that nothing is rewritten.
    """

    slug: str
    title: str
    file: str
    body: str
    minutes: int | None = None
    kind: str = "page"
    pictures: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedSection:
    """A section and its lessons, in the order of their numbers."""

    slug: str
    title: str
    file: str
    activities: tuple[ImportedActivity, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedCourse:
    """A whole course as its files say it; ``intro`` is Markdown, ``minutes`` as given or the lessons' sum."""

    title: str
    slug: str
    file: str
    brand: str = ""
    language: str = ""
    level: str = ""
    summary: str = ""
    minutes: int | None = None
    objectives: tuple[str, ...] = ()
    intro: str = ""
    intro_pictures: tuple[tuple[str, str], ...] = ()
    sections: tuple[ImportedSection, ...] = ()
    pictures: tuple[ImportedPicture, ...] = ()


@dataclass(frozen=True, slots=True)
class CourseImport:
    """What a reader found: the course whole, or None if any issue is an error; issues in reading order."""

    course: ImportedCourse | None
    issues: tuple[ImportIssue, ...] = ()
