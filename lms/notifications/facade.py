"""Notifications' door."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from flask import Flask

from lms.identity.values import PersonId
from lms.kernel import clock, outbox
from lms.kernel.mail import CalendarFile
from lms.notifications import service
from lms.notifications.values import NoticeKind


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
) -> None:
    """Tell people something, in the portal and by mail; `values` fills the kind's sentences, `url` is a path.

    The letter brings the `calendar` files. In a delivery of the outbox the notice carries the time of the fact, not of
    the delivery.
    """
    service.notify(
        kind,
        to=to,
        values=values,
        url=url,
        calendar=calendar,
        at=outbox.happened_at(),
        now=clock.now(),
    )
