"""Notifications' door."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from flask import Flask

from lms.identity.values import PersonId
from lms.kernel import clock, outbox
from lms.kernel.mail import CalendarFile
from lms.notifications import service
from lms.notifications.queries import waiting as queries
from lms.notifications.service.telling import Told
from lms.notifications.values import NoticeKind

# What the demo chooses for its people.
choose = service.choose
get_choices = queries.get_choices


def install_kinds(app: Flask, kinds: Iterable[NoticeKind]) -> None:
    """Give the application every kind that its features tell."""
    known: dict[str, NoticeKind] = {}
    for kind in kinds:
        if kind.key in known:
            raise ValueError(f"two kinds of notice are called {kind.key}")
        known[kind.key] = kind
    app.extensions["lms.notices.kinds"] = known


def notify(
    kind: NoticeKind,
    *,
    to: Collection[PersonId],
    values: Mapping[str, str],
    url: str,
    calendar: Sequence[CalendarFile] = (),
    by: datetime | None = None,
    about: Mapping[PersonId, UUID] | None = None,
) -> None:
    """Tell people something, in the portal and, at the hour that each of them chose, by mail.

    `values` fills the kind's sentences, `url` is a path. The letter brings the `calendar` files. It goes sooner than
    its reader's digest or quiet hours say if it would be worth nothing after `by`. `about` says what it is about, where
    its kind is asked whether that still stands. In a delivery of the outbox the notice carries the time of the fact,
    not of the delivery.
    """
    told = Told(
        kind=kind,
        values=values,
        url=url,
        calendar=calendar,
        by=by,
        about=about or {},
        at=outbox.happened_at(),
        now=clock.now(),
    )
    service.notify(told, to=to)
