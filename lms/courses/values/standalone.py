"""A course as it is handed to another system: its lessons as HTML, the files that they show, and what stays behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms.courses.values import ActivityKey


@dataclass(frozen=True, slots=True, kw_only=True)
class StandaloneLesson:
    """A lesson. `html` is safe and names files as `files` of its course does; knowledge checks are marked by `note`."""

    key: ActivityKey
    title: str
    html: str
    minutes: int
    checks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StandaloneSection:
    """Lessons that belong together; none is empty."""

    title: str
    lessons: Sequence[StandaloneLesson]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """An activity that no other system could take, and what it is."""

    title: str
    noun: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandaloneCourse:
    """A version of a course. `files` has the hash of each file by its path beside the lessons' folder."""

    slug: str
    title: str
    summary: str
    language: str
    number: int | None
    sections: Sequence[StandaloneSection]
    files: Mapping[str, str]
    left_behind: Sequence[LeftBehind]
