"""Frozen pictures of courses as their authors meet them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from lms.audiences.values import AudienceId
from lms.courses.values import (
    PAGE,
    ActivityId,
    ActivityKey,
    CompletionRule,
    CourseId,
    CourseVersionId,
    DueRule,
    ImportedCourse,
    ImportIssue,
    Level,
    Lock,
    ReviewId,
    RuleKind,
    SectionKey,
)
from lms.identity.values import BrandId, PersonId, PositionId
from lms.web.words import lazy as _l

Outline = tuple[tuple[SectionKey, tuple[ActivityKey, ...]], ...]
"""Sections in order, each with its activities in order."""


WHOLE: Final = 200
"""Up to so many activities an outline is shown as it is, in a longer one the part that one is in."""


class Direction(StrEnum):
    """Which way something moves in an outline."""

    UP = "up"
    DOWN = "down"


class CourseState(StrEnum):
    """How a course stands for its authors."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CHANGED = "changed"
    """Published, with a draft that differs."""


STATE_WORDS: Mapping[CourseState, str] = {
    CourseState.DRAFT: _l("Draft"),
    CourseState.PUBLISHED: _l("Published"),
    CourseState.CHANGED: _l("Changed since"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFacts:
    """What a course says of itself; edited at once, also while it is published."""

    title: str
    slug: str
    summary: str = ""
    brand_id: BrandId | None = None
    language: str = "en"
    level: Level | None = None
    positions: frozenset[PositionId] = frozenset()
    """Whom it is meant for; none: every position."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseAccess:
    """Who takes a course: the audiences that see it (none: everybody), and those that are enrolled on it.

    `due` is for whom an audience enrols from now on; `withdraws_leavers` ends what was not begun of who leaves.
    """

    sees: frozenset[AudienceId] = frozenset()
    enrolled: frozenset[AudienceId] = frozenset()
    due: DueRule = DueRule()  # noqa: RUF009  frozen
    withdraws_leavers: bool = False
    places: int | None = None
    """How many may be in it at once; None without limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileUse:
    """Where a file is shown: an activity, or the introduction (`key` None), in the newest version that does."""

    key: ActivityKey | None
    title: str
    number: int
    is_draft: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFile:
    """A file that was given to a course. `width` and `height` are a picture's, in pixels."""

    id: UUID
    filename: str
    media_type: str
    size_bytes: int
    stored_at: datetime
    width: int | None
    height: int | None
    uses: tuple[FileUse, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedLesson:
    """An activity as it stands on paper; `noun` says what it is where it is no page, `html` is its text."""

    number: int
    title: str
    minutes: int
    is_required: bool
    noun: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedSection:
    """A section as it stands on paper."""

    title: str
    lessons: tuple[PrintedLesson, ...]


class Verdict(StrEnum):
    """What became of a request for review."""

    APPROVED = "approved"
    RETURNED = "returned"
    TAKEN_BACK = "taken_back"


class ReviewState(StrEnum):
    """How a draft stands with the second trainer."""

    NOT_ASKED = "not_asked"
    WAITING = "waiting"
    APPROVED = "approved"
    RETURNED = "returned"
    CHANGED_SINCE = "changed_since"
    """It was approved and edited afterwards: what would be published is not what was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A request that a second trainer reads a draft, and the answer. `changes` is the draft's count it is about."""

    id: ReviewId
    number: int
    changes: int
    asked_at: datetime
    asked_by: PersonId | None
    reviewer_id: PersonId | None
    """Who is asked; None means any other trainer."""
    note: str
    decided_at: datetime | None
    decided_by: PersonId | None
    verdict: Verdict | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDesk:
    """What a review is decided by: whether the course asks for one, the latest, and who wrote the draft."""

    is_needed: bool
    changes: int
    writers: frozenset[PersonId]
    review: Review | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthoredCourse:
    """A course in the authors' list."""

    id: CourseId
    title: str
    slug: str
    brand_id: BrandId | None
    language: str
    state: CourseState
    number: int
    """The newest published version, 0 before the first."""
    activity_count: int
    minutes: int
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorItem:
    """An activity in the editor's outline."""

    id: ActivityId
    key: ActivityKey
    number: int
    kind: str
    title: str
    minutes: int
    is_required: bool
    is_empty: bool
    config: Mapping[str, Any]
    rule: CompletionRule
    locks: tuple[Lock, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorSection:
    """A section in the editor's outline."""

    key: SectionKey
    title: str
    items: Sequence[EditorItem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """A course as its editor shows it: the draft, or what is published until somebody changes it."""

    course: AuthoredCourse
    facts: CourseFacts
    version_id: CourseVersionId
    is_draft: bool
    intro_html: str
    objectives: Sequence[str]
    published_at: datetime | None
    sections: Sequence[EditorSection]

    @property
    def items(self) -> Sequence[EditorItem]:
        """Return every activity in order."""
        return [item for section in self.sections for item in section.items]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSource:
    """What an author edits of one activity. `pictures` maps addresses in the Markdown to where they are served."""

    item: EditorItem
    body: str
    html: str
    pictures: Mapping[str, str]
    revision: int


class Fate(StrEnum):
    """What an import does with one lesson."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    LEAVES = "leaves"
    STAYS = "stays"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLesson:
    """One lesson of an import, and what happens to it."""

    title: str
    file: str
    minutes: int | None
    pictures: int
    fate: Fate
    kind: str = PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSection:
    """One section of an import."""

    title: str
    lessons: Sequence[PlannedLesson]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """What an import will bring and what not, before anything of it is stored.

    `course` is None when an issue keeps all of it out; `existing` is the course whose draft it would change.
    """

    course: ImportedCourse | None
    issues: Sequence[ImportIssue]
    facts: CourseFacts | None
    existing: AuthoredCourse | None
    sections: Sequence[PlannedSection]
    picture_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivitySnapshot:
    """An activity as one version has it."""

    key: ActivityKey
    kind: str
    title: str
    minutes: int
    is_required: bool
    body: str
    config: Mapping[str, Any]
    rule: CompletionRule = CompletionRule(RuleKind.VIEWED)  # noqa: RUF009  frozen
    locks: tuple[Lock, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionSnapshot:
    """A section as one version has it, with its activities in order."""

    key: SectionKey
    title: str
    activities: tuple[ActivitySnapshot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionSnapshot:
    """All that one version says."""

    number: int
    intro: str
    objectives: tuple[str, ...]
    sections: tuple[SectionSnapshot, ...]

    @property
    def names(self) -> Mapping[ActivityKey, str]:
        """Return the titles of its activities by key."""
        return {one.key: one.title for section in self.sections for one in section.activities}


class Mark(StrEnum):
    """What became of a piece between two versions."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a text, the same in both or only in one."""

    mark: Mark
    text: str


Paragraph = tuple[Piece, ...]
"""A paragraph of a text: one piece if it stands whole in either, several if words of it changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityChange:
    """What became of one activity. `title` is the newer one; what did not change is None or empty."""

    key: ActivityKey
    kind: str
    title: str
    mark: Mark
    section_title: str
    is_moved: bool = False
    title_before: str | None = None
    minutes: tuple[int, int] | None = None
    is_required: bool | None = None
    """What it is now, if it was the other before."""
    is_set_up_anew: bool = False
    """Its kind's own settings changed: another exam, another package."""
    rule: tuple[CompletionRule, CompletionRule] | None = None
    """What completed it before, and what does now."""
    locked: tuple[Lock, ...] = ()
    unlocked: tuple[Lock, ...] = ()
    """The locks that came, and those that went."""
    text: tuple[Paragraph, ...] = ()
    """Its text with what changed and a paragraph around it; None stands where unchanged ones were left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionChange:
    """What became of one section."""

    title: str
    mark: Mark
    is_moved: bool = False
    title_before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Everything that differs between two versions, in the newer one's order, what is gone at its old place."""

    sections: tuple[SectionChange, ...]
    activities: tuple[ActivityChange, ...]
    intro: tuple[Paragraph, ...]
    objectives: tuple[Piece, ...]

    @property
    def is_empty(self) -> bool:
        """Return whether the versions say the same."""
        return not (self.sections or self.activities or self.intro or self.objectives)
