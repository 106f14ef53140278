"""People who are told things, and their letters, for tests."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from lms.app.portal import Portal
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.db import db
from lms.kernel.mail import Mail
from lms.kernel.uow import unit_of_work
from lms.notifications import facade, service
from lms.notifications.models import WaitingNotice
from lms.notifications.values import Delivery, LetterHours, NoticeGroup, NoticeKind, Quiet

NIGHT = Quiet(20 * 60, 7 * 60)


def a_kind(key: str, group: NoticeGroup = NoticeGroup.DEALS, **more: Any) -> NoticeKind:
    """Return a kind whose sentence is what it is given."""
    return NoticeKind(
        key=f"tests.{key}", subject="%(what)s", body="", icon="bell", state="none", group=group, **more
    )


DEAL = a_kind("deal")
COURSE = a_kind("course", NoticeGroup.LEARNING)
TEAM = a_kind("team", NoticeGroup.TEAM, newest_only=True)
WARNING = a_kind("warning", is_mandatory=True)


@contextmanager
def known(app: Portal, *kinds: NoticeKind) -> Iterator[None]:
    """Let the portal know these kinds too."""
    before = app.extensions["lms.notices.kinds"]
    app.extensions["lms.notices.kinds"] = {**before, **{kind.key: kind for kind in kinds}}
    try:
        yield
    finally:
        app.extensions["lms.notices.kinds"] = before


def want(
    person_id: PersonId,
    deliveries: Mapping[NoticeGroup, Delivery] | None = None,
    *,
    zone: str = "Europe/London",
    digest: int = 8,
    weekday: int = 0,
    quiet: Quiet | None = NIGHT,
) -> None:
    """Let a person choose how they are told."""
    hours = LetterHours(time_zone=zone, digest_minute=digest * 60, weekday=weekday, quiet=quiet)
    with unit_of_work():
        service.choose(person_id=person_id, deliveries=deliveries or {}, hours=hours, now=clock.now())


def tell(person_id: PersonId, what: str, kind: NoticeKind = DEAL, **more: Any) -> None:
    """Tell a person something."""
    with unit_of_work():
        facade.notify(kind, to=[person_id], values={"what": what}, url="/deals", **more)


def at(text: str, zone: str = "Europe/London") -> datetime:
    """Return the instant at which clocks of a zone show this."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def letters_to(name: str) -> list[Mail]:
    """Return the letters written to somebody of the cast, oldest first."""
    db.session.rollback()
    with unit_of_work(read_only=True):
        query = select(Mail).where(Mail.to == f"{name}@example.com").order_by(Mail.id)
        found = list(db.session.scalars(query))
        # Read once: what the session holds is read again when it is looked at, in a transaction that stays open.
        db.session.expunge_all()
        return found


def subjects(name: str) -> list[str]:
    """Return what those letters are about."""
    return [letter.subject for letter in letters_to(name)]


def count_waiting() -> int:
    """Return how many notices wait for a letter."""
    with unit_of_work(read_only=True):
        return db.session.scalar(select(func.count()).select_from(WaitingNotice)) or 0
