"""What a package is once read, and what its tracking says: frozen values, whatever the standard."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

KIND: Final = "package"
"""The kind of activity that plays them."""
TIMESPAN: Final = re.compile(r"(\d{1,5}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,6}))?")
HOURS_MAX: Final = 9999


class PackageStandard(StrEnum):
    """The rules a package was made by."""

    SCORM_12 = "scorm12"
    SCORM_2004 = "scorm2004"
    CMI5 = "cmi5"
    TIN_CAN = "tincan"
    HTML = "html"
    AICC = "aicc"
    """Recognised, and never played."""


class ScormType(StrEnum):
    """A SCO talks to the player; an asset is only shown."""

    SCO = "sco"
    ASSET = "asset"


class TimeLimitAction(StrEnum):
    """What a SCO is to do when its time is up (SCORM 1.2 CAM 2.3.2.5.1)."""

    EXIT_MESSAGE = "exit,message"
    EXIT_SILENT = "exit,no message"
    CONTINUE_MESSAGE = "continue,message"
    CONTINUE_SILENT = "continue,no message"


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of the manifest; paths lie in the package, every xml:base applied, percent-decoded.

    ``href`` is a path or empty; ``query`` is what followed it (``?a=1#b``).
    """

    identifier: str
    scorm_type: ScormType
    href: str = ""
    query: str = ""
    files: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A node of an organization: a folder of items, or one that launches a resource."""

    identifier: str
    title: str
    resource_id: str = ""
    visible: bool = True
    parameters: str = ""
    prerequisites: str = ""
    mastery_score: Decimal | None = None
    max_time_allowed_seconds: Decimal | None = None
    time_limit_action: TimeLimitAction | None = None
    data_from_lms: str = ""
    children: tuple["Item", ...] = ()

    def walk(self) -> Iterator["Item"]:
        """Yield this item and everything below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Organization:
    """One way to go through the package."""

    identifier: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchableItem:
    """An item that can be opened. ``launch`` is path, query and parameters together, percent-encoded."""

    identifier: str
    title: str
    launch: str
    scorm_type: ScormType
    visible: bool = True
    prerequisites: str = ""
    mastery_score: Decimal | None = None
    max_time_allowed_seconds: Decimal | None = None
    time_limit_action: TimeLimitAction | None = None
    data_from_lms: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageManifest:
    """A package that was read and found whole: every launch file is there and inside it.

    ``root`` is the folder of the archive that is the package (empty, or ending in ``/``): paths start there.
    ``launchables`` are the items of the default organization in reading order (one or more); ``warnings`` are
    sentences about what was tolerated.
    """

    standard: PackageStandard
    root: str
    identifier: str
    title: str
    organizations: tuple[Organization, ...]
    default_organization: Organization
    resources: tuple[Resource, ...]
    launchables: tuple[LaunchableItem, ...]
    warnings: tuple[str, ...] = ()


class ScormStatus(StrEnum):
    """cmi.core.lesson_status (SCORM 1.2 RTE 3.4.4)."""

    PASSED = "passed"
    COMPLETED = "completed"
    FAILED = "failed"
    INCOMPLETE = "incomplete"
    BROWSED = "browsed"
    NOT_ATTEMPTED = "not attempted"


class ScormEntry(StrEnum):
    """cmi.core.entry: how the learner comes in."""

    FROM_START = "ab-initio"
    RESUME = "resume"
    NEITHER = ""


class ScormExit(StrEnum):
    """cmi.core.exit: how the learner left."""

    TIME_OUT = "time-out"
    SUSPEND = "suspend"
    LOGOUT = "logout"
    NORMAL = ""


@dataclass(frozen=True, slots=True)
class ScoTracking:
    """What is kept of one SCO for one person.

    ``elements`` are those last committed; ``total_seconds`` is the time of the sessions that ended, and
    ``finished`` whether the last one did (LMSFinish), in which case its time is in the total.
    """

    elements: Mapping[str, str]
    total_seconds: Decimal = Decimal(0)
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What tracking amounts to; ``score`` is 0 to 1, or None while there is none.

    ``passed`` is None while nothing says so. What was failed is not ``completed``.
    """

    completed: bool
    passed: bool | None
    score: Decimal | None
    seconds: Decimal


def parse_timespan(text: str) -> Decimal | None:
    """Return the seconds of HHHH:MM:SS.SS (SCORM 1.2 RTE 3.4.2, CMITimespan), None if it is none.

    Content writes fewer digits, too.
    """
    found = TIMESPAN.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, seconds, fraction = found.groups()
    return Decimal(int(hours) * 3600 + int(minutes) * 60 + int(seconds)) + Decimal(f"0.{fraction or 0}")


def format_timespan(seconds: Decimal) -> str:
    """Return seconds as HHHH:MM:SS.SS, cut to hundredths; 9999 hours are the most it can say."""
    hundredths = min(int(seconds * 100), (HOURS_MAX * 3600 + 59 * 60 + 59) * 100 + 99)
    whole, rest = divmod(hundredths, 100)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:04}:{minute:02}:{second:02}.{rest:02}"


PackageId = NewType("PackageId", UUID)
RevisionId = NewType("RevisionId", UUID)
UploadId = NewType("UploadId", UUID)
SessionId = NewType("SessionId", UUID)
"""One opening of a SCO; ids rise with time, so that the newest of two tabs is known."""


class Opened(StrEnum):
    """How an item was opened: to be taken, from the beginning again, or only to be looked at."""

    NORMAL = "normal"
    ANEW = "anew"
    REVIEW = "review"
    BROWSE = "browse"

    @property
    def counts(self) -> bool:
        """Return whether what is done in it is kept."""
        return self in {Opened.NORMAL, Opened.ANEW}


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening of an item by one learner."""

    session_id: SessionId
    opened: Opened = Opened.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSummary:
    """A package as lists show it: what its latest revision says of itself."""

    id: PackageId
    revision_id: RevisionId
    title: str
    number: int
    standard: PackageStandard
    size_bytes: int
    files: int
    stored_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFile:
    """One file of a revision, as the content origin gives it out."""

    sha256: str
    size_bytes: int
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What became of a commit: whether it was kept, and when.

    ``standing`` is what is kept of every item, by identifier, where the commit changed how one stands.
    """

    is_kept: bool
    at: datetime
    is_completed: bool
    standing: Mapping[str, ScoTracking] | None = None
