"""What has happened to audiences and to the people in them."""

from dataclasses import dataclass
from typing import ClassVar

from lms.audiences.values import AudienceId
from lms.identity.values import PersonId
from lms.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class AudienceSaved(Event):
    """An audience was made, or means other people from now on."""

    SUBJECT: ClassVar[str] = "audience_id"
    audience_id: AudienceId
    version: int


@dataclass(frozen=True, kw_only=True)
class AudienceDeleted(Event):
    """An audience that nothing used is no more."""

    SUBJECT: ClassVar[str] = "audience_id"
    audience_id: AudienceId
    name: str


@dataclass(frozen=True, kw_only=True)
class PeopleJoinedAudience(Event):
    """Some people are in an audience from now on; at most `BATCH` in one event."""

    SUBJECT: ClassVar[str] = "audience_id"
    AUDITED: ClassVar[bool] = False
    audience_id: AudienceId
    person_ids: tuple[PersonId, ...]


@dataclass(frozen=True, kw_only=True)
class PeopleLeftAudience(Event):
    """Some people are in an audience no longer; at most `BATCH` in one event."""

    SUBJECT: ClassVar[str] = "audience_id"
    AUDITED: ClassVar[bool] = False
    audience_id: AudienceId
    person_ids: tuple[PersonId, ...]


BATCH = 1_000
