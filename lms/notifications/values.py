"""What can be told, and one thing told."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType
from uuid import UUID

NoticeId = NewType("NoticeId", UUID)


@dataclass(frozen=True, slots=True)
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
    by_mail: bool = True


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
