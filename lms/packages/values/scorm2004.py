"""SCORM 2004 packages as frozen values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from lms.packages.values import PackageStandard, SessionId
from lms.packages.values.sequencing import DataStore, Node, Scope, Ways

DURATION: Final = re.compile(
    r"P(?:(?P<years>\d{1,6})Y)?(?:(?P<months>\d{1,6})M)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,12}(?:\.\d{1,9})?)S)?)?"
)
UNITS: Final = {
    "years": 365 * 86_400,
    "months": 30 * 86_400,
    "days": 86_400,
    "hours": 3_600,
    "minutes": 60,
    "seconds": 1,
}


class Edition(StrEnum):
    """The edition that a manifest names."""

    SECOND = "2nd"
    THIRD = "3rd"
    FOURTH = "4th"


class Mode(StrEnum):
    """Whether what a learner does counts (cmi.mode, RTE 4.2.14)."""

    NORMAL = "normal"
    REVIEW = "review"
    BROWSE = "browse"


@dataclass(frozen=True, slots=True, kw_only=True)
class SequencedManifest:
    """A package that was read and found whole: the tree of its default organization.

    ``root`` is the folder of the archive that is the package (empty, or ending in ``/``): paths start there.
    """

    standard: PackageStandard
    edition: Edition
    root: str
    identifier: str
    title: str
    tree: Node
    scope: Scope = field(default_factory=Scope)
    warnings: tuple[str, ...] = ()


def parse_duration(text: str) -> Decimal | None:
    """Return the seconds of an ISO 8601 duration as SCORM writes them (RTE 4.1.1.6), None if it is none.

    A year counts 365 days and a month 30: the standard leaves it open, and content measures in seconds.
    """
    text = text.strip()
    found = DURATION.fullmatch(text)
    if found is None or not any(found.groupdict().values()) or text.endswith("T"):
        return None
    return sum(
        (Decimal(value) * UNITS[unit] for unit, value in found.groupdict().items() if value), Decimal(0)
    )


def format_duration(seconds: Decimal) -> str:
    """Return seconds as PT…S, cut to hundredths."""
    whole = seconds.quantize(Decimal("0.01")).normalize()
    return f"PT{whole:f}S"


OPEN: Final = "open"
"""What the player's page asks for as it opens: to resume, to start, or to look at what is done."""
ANEW: Final = "anew"
"""What it asks for when somebody wants to take what is done once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the player's page posts: what an item committed, and where its content or the learner wants to go.

    ``navigation`` is in the words of adl.nav.request, or ``OPEN`` or ``ANEW``; empty for a commit alone. ``mode`` is
    the one in which the page plays: what is looked at counts for nothing.
    """

    item: str
    session_id: SessionId
    sequence: int
    is_last: bool
    elements: Mapping[str, object]
    navigation: str
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An item that is opened now, with the data model that its content finds and the data it shares."""

    item: str
    title: str
    launch: str
    is_sco: bool
    elements: Mapping[str, str]
    stores: tuple[DataStore, ...]
    kept: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of what was posted: ``moved`` says that a navigation was made, to ``delivery`` or to nothing."""

    is_kept: bool
    at: datetime
    is_completed: bool
    mode: Mode
    ways: Ways
    moved: bool = False
    ended: bool = False
    refusal: str = ""
    delivery: Delivery | None = None
