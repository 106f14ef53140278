"""cmi5: the course structure as frozen values, and what a session and a unit stand at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from lms.packages.values import PackageStandard

RegistrationId = NewType("RegistrationId", UUID)
LaunchSessionId = NewType("LaunchSessionId", UUID)

LAUNCH_DATA: Final = "LMS.LaunchData"
PREFERENCES: Final = "cmi5LearnerPreferences"

Texts = Mapping[str, str]
"""One text in several languages, by language tag; empty for one that names none."""


class MoveOn(StrEnum):
    """When a unit is satisfied (cmi5 13.1.4)."""

    NOT_APPLICABLE = "NotApplicable"
    PASSED = "Passed"
    COMPLETED = "Completed"
    COMPLETED_AND_PASSED = "CompletedAndPassed"
    COMPLETED_OR_PASSED = "CompletedOrPassed"


class LaunchMethod(StrEnum):
    """Whether a unit wants a window of its own (cmi5 13.1.4)."""

    ANY_WINDOW = "AnyWindow"
    OWN_WINDOW = "OwnWindow"


class LaunchMode(StrEnum):
    """Whether a session counts (cmi5 10.2.2)."""

    NORMAL = "Normal"
    BROWSE = "Browse"
    REVIEW = "Review"


class Verb(StrEnum):
    """The verbs that cmi5 defines (9.3)."""

    LAUNCHED = "http://adlnet.gov/expapi/verbs/launched"
    INITIALIZED = "http://adlnet.gov/expapi/verbs/initialized"
    COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
    PASSED = "http://adlnet.gov/expapi/verbs/passed"
    FAILED = "http://adlnet.gov/expapi/verbs/failed"
    ABANDONED = "https://w3id.org/xapi/adl/verbs/abandoned"
    WAIVED = "https://w3id.org/xapi/adl/verbs/waived"
    TERMINATED = "http://adlnet.gov/expapi/verbs/terminated"
    SATISFIED = "https://w3id.org/xapi/adl/verbs/satisfied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """What is to be learned."""

    identifier: str
    title: Texts
    description: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A group of units and blocks; ``parent`` is the block around it, empty at the top."""

    identifier: str
    title: Texts
    description: Texts
    parent: str = ""
    objectives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignableUnit:
    """What can be launched. ``url`` is absolute, or percent-encoded from the root of the package, with its query."""

    identifier: str
    title: Texts
    description: Texts
    url: str
    is_elsewhere: bool
    parent: str = ""
    objectives: tuple[str, ...] = ()
    move_on: MoveOn = MoveOn.NOT_APPLICABLE
    mastery_score: Decimal | None = None
    launch_method: LaunchMethod = LaunchMethod.ANY_WINDOW
    activity_type: str = ""
    launch_parameters: str | None = None
    entitlement_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseStructure:
    """A cmi5.xml that keeps every rule; units and blocks in reading order."""

    standard: PackageStandard
    identifier: str
    title: str
    titles: Texts
    description: Texts
    units: tuple[AssignableUnit, ...]
    blocks: tuple[Block, ...] = ()
    objectives: tuple[Objective, ...] = ()
    warnings: tuple[str, ...] = ()
    root: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitStanding:
    """What is recorded of one unit in one registration, whatever session said it."""

    completed_at: datetime | None = None
    passed_at: datetime | None = None
    failed_at: datetime | None = None
    waived_at: datetime | None = None
    score: Decimal | None = None
    """The best scaled score that was judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchSession:
    """One launch of a unit, as its statements are judged by."""

    id: LaunchSessionId
    registration: RegistrationId
    actor: Mapping[str, object]
    activity_id: str
    publisher_id: str
    mode: LaunchMode
    mastery_score: Decimal | None
    has_read_launch_data: bool = False
    has_read_preferences: bool = False
    opened_at: datetime
    initialized_at: datetime | None = None
    last_at: datetime | None = None
    """The timestamp of the latest statement."""
    terminated_at: datetime | None = None
    abandoned_at: datetime | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    """The id of each cmi5 defined statement that was taken, by its verb."""
