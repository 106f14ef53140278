"""What can be told, one thing told, and how a person wants to be told."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

NoticeId = NewType("NoticeId", UUID)


class NoticeGroup(StrEnum):
    """What notices are about: what a person chooses for, a line each."""

    LEARNING = "learning"
    SESSIONS = "sessions"
    CERTIFICATION = "certification"
    TEAM = "team"
    DEALS = "deals"
    AUTHORING = "authoring"


class Delivery(StrEnum):
    """How a group of notices reaches a person; everything stands in the portal whatever they choose."""

    PORTAL = "portal"
    """In the portal alone."""
    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeKind:
    """A kind of thing a feature tells people.

    `subject` and `body` are lazily translated sentences with `%(name)s` places; `state` is one of the
    page style's states (valid, soon, expired, progress, danger).
    """

    key: str
    subject: str
    body: str
    icon: str
    state: str
    group: NoticeGroup
    by_mail: bool = True
    is_mandatory: bool = False
    """Goes by mail and at once, whatever its reader chose and at whatever hour."""
    newest_only: bool = False
    """Each replaces the one before: of several that wait for one letter, the newest alone is in it."""
    still: Callable[[Collection[UUID]], Collection[UUID]] | None = None
    """Asked when a letter that waited is written: which of these (what notices are about) still stand."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing told to one person, in the words of whoever reads it now."""

    id: NoticeId
    text: str
    body: str
    url: str
    when: datetime
    state: str
    icon: str
    unread: bool


@dataclass(frozen=True, slots=True)
class Quiet:
    """From when to when no letter goes out, in minutes after midnight; mostly over midnight."""

    from_minute: int
    until_minute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterHours:
    """When letters reach a person, by the clocks of their zone. Weekdays count from Monday, 0."""

    time_zone: str
    digest_minute: int
    weekday: int
    quiet: Quiet | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a person chose, or what holds until they do."""

    hours: LetterHours
    deliveries: Mapping[NoticeGroup, Delivery] = field(default_factory=dict)

    def delivery_of(self, group: NoticeGroup) -> Delivery:
        """Return how a group reaches them; at once until they say otherwise."""
        return self.deliveries.get(group, Delivery.AT_ONCE)
