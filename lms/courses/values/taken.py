"""What features above read of one enrolment: who takes what, and each result as it came in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from lms.courses.values import ActivityId, CourseId, CourseSummary, CourseVersionId, EnrolmentId
from lms.identity.values import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """Who is enrolled on which version of a course; what has ended is closed."""

    enrolment_id: EnrolmentId
    person_id: PersonId
    name: str
    course_id: CourseId
    course_title: str
    version_id: CourseVersionId
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an activity stands now that somebody took: its course, and its id in the version that they take now.

    None where it can be opened no more: that version is without it, or they were withdrawn.
    """

    course: CourseSummary
    activity_id: ActivityId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenResult:
    """One result of an activity; `score` is from 0 to 1."""

    activity_id: ActivityId
    at: datetime
    completed: bool
    passed: bool | None
    score: Decimal | None
    seconds: int
    evidence: Mapping[str, Any]
