"""What has happened to notices."""

from dataclasses import dataclass
from typing import ClassVar

from lms.identity.values import PersonId
from lms.kernel.events import Event
from lms.notifications.values import NoticeId


@dataclass(frozen=True, kw_only=True)
class PersonNotified(Event):
    """A person was told something. Kept as the notice itself, so not audited again."""

    SUBJECT: ClassVar[str] = "person_id"
    AUDITED: ClassVar[bool] = False
    person_id: PersonId
    notice_id: NoticeId
