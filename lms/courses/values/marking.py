"""What others may hold of the marking queue: work, its rubric, what was decided, and who puts work there."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, NewType, Protocol
from uuid import UUID

from lms.courses.values import ActivityId, CourseId, EnrolmentId
from lms.identity.values import PersonId
from lms.kernel.messages import Message

CRITERIA_AT_MOST: Final = 20
LEVELS_AT_MOST: Final = 10
POINTS_AT_MOST: Final = 1000
_LEVEL: Final = re.compile(r"\s*(\d{1,4})(?:\s*[:.)–=-]\s*|\s+)(\S.*?)\s*")

HandInId = NewType("HandInId", UUID)
WorkId = NewType("WorkId", UUID)
"""A piece of work in the marking queue, whichever feature put it there."""


class Outcome(StrEnum):
    """What a marker decided about a piece of work."""

    PASSED = "passed"
    FAILED = "failed"
    RETURNED = "returned"
    """It is to be handed in again; nothing is decided yet."""
    MARKED = "marked"
    """It has its points, and passes or fails by them alone no more than one answer of an exam does."""


class FileKind(StrEnum):
    """Which files may be handed in, as people call them."""

    PICTURES = "pictures"
    PDF = "pdf"
    DOCUMENTS = "documents"
    TABLES = "tables"
    SLIDES = "slides"
    FILMS = "films"
    ARCHIVES = "archives"


EXTENSIONS: Final[Mapping[FileKind, tuple[str, ...]]] = {
    FileKind.PICTURES: ("jpg", "jpeg", "png", "webp", "gif", "avif"),
    FileKind.PDF: ("pdf",),
    FileKind.DOCUMENTS: ("docx", "odt", "txt"),
    FileKind.TABLES: ("xlsx", "ods", "csv"),
    FileKind.SLIDES: ("pptx", "odp"),
    FileKind.FILMS: ("mp4", "m4v", "webm"),
    FileKind.ARCHIVES: ("zip",),
}
FILE_WORDS: Final[Mapping[FileKind, Message]] = {
    FileKind.PICTURES: Message("Pictures (JPG, PNG, WebP, GIF, AVIF)"),
    FileKind.PDF: Message("PDF"),
    FileKind.DOCUMENTS: Message("Documents (DOCX, ODT, TXT)"),
    FileKind.TABLES: Message("Spreadsheets (XLSX, ODS, CSV)"),
    FileKind.SLIDES: Message("Slides (PPTX, ODP)"),
    FileKind.FILMS: Message("Films (MP4, WebM)"),
    FileKind.ARCHIVES: Message("ZIP archives"),
}


def endings(kinds: Collection[FileKind]) -> tuple[str, ...]:
    """Return the endings of the files that these kinds are, without their dot."""
    return tuple(ending for kind in FileKind if kind in kinds for ending in EXTENSIONS[kind])


@dataclass(frozen=True, slots=True)
class Level:
    """How well a criterion can be met, in words and points."""

    points: int
    words: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that work is judged by, with its levels."""

    title: str
    levels: tuple[Level, ...]

    @property
    def most(self) -> int:
        """Return the points of its best level."""
        return max((level.points for level in self.levels), default=0)


@dataclass(frozen=True, slots=True)
class Rubric:
    """What work is judged by, and the share of all points that passes, in per cent; None where nothing passes by it."""

    criteria: tuple[Criterion, ...]
    pass_percent: int | None

    @property
    def most(self) -> int:
        """Return how many points there are together."""
        return sum(criterion.most for criterion in self.criteria)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A piece of work that waits for a person to mark it. `ref` is its id in the feature that `source` names.

    Without `markers` anybody may mark it who may mark. `is_blind`: who marks it reads no name until it is marked.
    """

    source: str
    ref: UUID
    title: str
    course_id: CourseId
    activity_id: ActivityId
    enrolment_id: EnrolmentId
    person_id: PersonId
    waiting_since: datetime
    is_late: bool = False
    markers: Collection[PersonId] = ()
    is_blind: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One decision about a piece of work with its words; `reason` says why it was marked anew."""

    number: int
    outcome: Outcome
    levels: tuple[int | None, ...]
    points: int
    score: Decimal
    comments: tuple[str, ...]
    comment: str
    reason: str
    marked_by: PersonId | None
    marked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What was decided: `levels` by criterion (None where nothing was chosen), `score` from 0 to 1.

    `number` counts from 1; what is later than the first is work marked anew.
    """

    work_id: WorkId
    number: int
    outcome: Outcome
    levels: tuple[int | None, ...]
    points: int
    score: Decimal
    marked_by: PersonId | None
    marked_at: datetime


class MarkingSource(Protocol):
    """What puts work into the marking queue; features offer theirs, as they do kinds of activity."""

    key: str
    """Stored with each piece of work."""
    label: str
    """What a marker reads: "Assignment"."""
    icon: str

    def show(self, work: Work) -> str:
        """Return the work as safe HTML for whoever marks or reads it."""

    def rubric(self, work: Work) -> Rubric:
        """Return what it is judged by, as it was when the work was handed in."""

    def may_return(self, work: Work) -> bool:
        """Return whether the person could hand it in again."""

    def record(self, work: Work, judgement: Judgement) -> None:
        """Take what was decided, in the same transaction."""

    def url(self, work: Work) -> str:
        """Return the path of the page where the person reads what was decided."""

    def shows(self, work: Work) -> bool:
        """Return whether that page shows them now what was said of it, and what it earned."""


def read_levels(text: str) -> tuple[Level, ...] | None:
    """Return the levels that lines such as `3: Complete and correct` say; None if a line is none."""
    found = [_LEVEL.fullmatch(line) for line in text.splitlines() if line.strip()]
    if len(found) > LEVELS_AT_MOST or any(one is None for one in found):
        return None
    levels = tuple(Level(int(one[1]), one[2]) for one in found if one is not None)
    return levels if all(level.points <= POINTS_AT_MOST for level in levels) else None


def write_levels(levels: Sequence[Level]) -> str:
    """Return levels as lines that `read_levels` reads."""
    return "\n".join(f"{level.points}: {level.words}" for level in levels)


def fault_of_criterion(title: str, levels: str) -> tuple[str, Message] | None:
    """Return which of the two fields of a criterion is wrong, `title` or `levels`, and why; None if it can judge."""
    read = read_levels(levels)
    if read is None:
        return "levels", Message(
            "Write each level on a line of its own, points first: 3: Complete and correct"
        )
    if bool(title.strip()) != bool(read):
        return "title" if read else "levels", Message("A criterion needs a title and its levels.")
    if read and max(level.points for level in read) == 0:
        return "levels", Message("One level of each criterion needs points.")
    return None
