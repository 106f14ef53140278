"""Frozen pictures of curricula: stages, what counts for what, and where a person is on a path."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from lms.courses.values import (
    CompletionId,
    CourseId,
    CourseSummary,
    CurriculumId,
    EquivalenceId,
    FollowingId,
    StageKey,
)
from lms.identity.values import BrandId


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A part of a path: one course, all of several, or `needed` of several.

    `after` names the stages that come first: None is the one before, none at all leaves the stage free.
    """

    key: StageKey
    title: str
    courses: tuple[CourseId, ...] = ()
    needed: int | None = None
    after: tuple[StageKey, ...] | None = None

    @property
    def least(self) -> int:
        """Return how many of its courses make it done."""
        return len(self.courses) if self.needed is None else self.needed


def stages_to_json(stages: Sequence[Stage]) -> list[dict[str, Any]]:
    """Return stages as a column keeps them."""
    return [
        {
            "key": str(one.key),
            "title": one.title,
            "courses": [str(course_id) for course_id in one.courses],
            "needed": one.needed,
            "after": None if one.after is None else [str(key) for key in one.after],
        }
        for one in stages
    ]


def stages_from_json(kept: Sequence[Mapping[str, Any]]) -> tuple[Stage, ...]:
    """Return stages from what a column keeps."""
    return tuple(
        Stage(
            key=StageKey(UUID(one["key"])),
            title=one["title"],
            courses=tuple(CourseId(UUID(course_id)) for course_id in one["courses"]),
            needed=one["needed"],
            after=None if one["after"] is None else tuple(StageKey(UUID(key)) for key in one["after"]),
        )
        for one in kept
    )


@dataclass(frozen=True, slots=True)
class Done:
    """A completion that may count: of which course, and when."""

    id: CompletionId
    course_id: CourseId
    completed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalence:
    """Completions of `course_id`, in any version, count for `counts_for_id`; and the other way if `is_mutual`.

    Only those between the two days (both included, UTC) count, where a day is given.
    """

    id: EquivalenceId
    course_id: CourseId
    counts_for_id: CourseId
    is_mutual: bool = False
    from_on: date | None = None
    until_on: date | None = None
    note: str = ""

    def holds_on(self, day: date) -> bool:
        """Return whether a completion of that day counts."""
        return (self.from_on is None or self.from_on <= day) and (
            self.until_on is None or day <= self.until_on
        )


class StageState(StrEnum):
    """How a stage stands for a person."""

    DONE = "done"
    OPEN = "open"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePlace:
    """A stage as one person meets it; `number` counts from 1, `waits_for` is what is not done before a locked one."""

    stage: Stage
    number: int
    column: int
    state: StageState
    done: frozenset[CourseId]
    waits_for: tuple[Stage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What to do next on a path, and how long it takes."""

    stage: Stage
    course_id: CourseId
    is_begun: bool
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a person is on a path."""

    stages: tuple[StagePlace, ...]
    next: Step | None
    minutes_left: int

    @property
    def done(self) -> int:
        """Return how many stages are done."""
        return sum(one.state is StageState.DONE for one in self.stages)

    @property
    def is_done(self) -> bool:
        """Return whether the whole path is."""
        return bool(self.stages) and self.done == len(self.stages)

    @property
    def here(self) -> StagePlace | None:
        """Return the stage where the next step is."""
        return next((one for one in self.stages if self.next and one.stage.key == self.next.stage.key), None)

    def stage_of(self, course_id: CourseId) -> StagePlace | None:
        """Return the stage that has a course."""
        return next((one for one in self.stages if course_id in one.stage.courses), None)


class Fault(StrEnum):
    """What keeps a curriculum from being published."""

    NOTHING = "nothing"
    NO_COURSE = "no_course"
    TOO_MANY_NEEDED = "too_many_needed"
    TWICE = "twice"
    NOT_PUBLISHED = "not_published"


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault, the stage that has it, and the course that it is about."""

    fault: Fault
    stage: Stage | None = None
    course_id: CourseId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CurriculumFacts:
    """What a curriculum says of itself. `is_strict`: its locked courses cannot be begun from the catalogue either."""

    title: str
    slug: str
    summary: str = ""
    brand_id: BrandId | None = None
    language: str = "en"
    is_strict: bool = False


class DraftState(StrEnum):
    """Where a curriculum is in its life."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Curriculum:
    """A curriculum as its author has it: the draft's stages, or the published ones while there is no draft."""

    id: CurriculumId
    facts: CurriculumFacts
    state: DraftState
    number: int
    revision: int
    stages: tuple[Stage, ...]
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A curriculum as a learner meets it: their version of it, and where they are."""

    curriculum_id: CurriculumId
    slug: str
    title: str
    summary: str
    language: str
    brand_name: str
    is_strict: bool
    number: int
    following_id: FollowingId | None
    started_at: datetime | None
    completed_at: datetime | None
    place: Place
    courses: Mapping[CourseId, CourseSummary] = field(default_factory=dict)

    @property
    def next_course(self) -> CourseSummary | None:
        """Return the course of the next step."""
        return self.courses.get(self.place.next.course_id) if self.place.next else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLine:
    """Where one person of a team is."""

    name: str
    employer_name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Followers:
    """How many people follow a curriculum, on older versions than the newest among them, and completed it."""

    on_the_way: int
    on_older: int
    completed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A curriculum that names a course."""

    curriculum_id: CurriculumId
    title: str
