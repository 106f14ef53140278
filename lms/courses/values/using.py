"""Where something is used that activities name in their configuration."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
