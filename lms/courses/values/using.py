"""Where something is used that activities name in their configuration."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from lms.courses.values import ActivityKey, CourseId


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """An activity that names it: as the author last left it, and as learners have it; None where it does not."""

    course_id: CourseId
    course_title: str
    key: ActivityKey
    title: str
    written: Mapping[str, Any] | None
    published: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What cannot do without a course or an activity: what it is ("Certification"), its title and its page."""

    kind: str
    title: str
    url: str


class CourseNeeds(Protocol):
    """A feature above whose things rest on courses and activities, and would never be met without them."""

    def list_needing(self, subject_ids: Collection[UUID]) -> Sequence[Need]:
        """Return what rests on any of these, by the ids of courses and the keys of activities."""
