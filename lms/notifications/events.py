"""What has happened to notices."""

from dataclasses import dataclass
from typing import ClassVar

from lms.identity.values import PersonId
from lms.kernel.events import Event
from lms.notifications.values import NoticeGroup, NoticeId


@dataclass(frozen=True, kw_only=True)
class PersonNotified(Event):
    """A person was told something. Kept as the notice itself, so not audited again."""

    SUBJECT: ClassVar[str] = "person_id"
    AUDITED: ClassVar[bool] = False
    person_id: PersonId
    notice_id: NoticeId


@dataclass(frozen=True, kw_only=True)
class NoticeChoicesMade(Event):
    """A person said how they want to be told."""

    SUBJECT: ClassVar[str] = "person_id"
    person_id: PersonId


@dataclass(frozen=True, kw_only=True)
class MailStopped(Event):
    """Whoever has a person's letter stopped more of its kind, by the secret in it."""

    SUBJECT: ClassVar[str] = "person_id"
    person_id: PersonId
    groups: tuple[NoticeGroup, ...]
