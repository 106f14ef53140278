"""Which kinds of lock this installation has: after other activities, from a date, and what features above offer."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from flask import Flask, current_app
from flask_babel import gettext as _

from lms.courses.values import ActivityKey, Lock, LockContext, LockKind, Shut
from lms.web.context import write_datetime
from lms.web.words import lazy as _l

AFTER: Final = "after"
FROM: Final = "from"


class After:
    """Shut until another activity of the course is completed; its value is that activity's key."""

    key = AFTER
    label = _l("After")

    def shut(self, values: Collection[str], context: LockContext) -> Mapping[str, Shut]:
        """Return those whose activity is not completed; one that the version does not have holds nobody up."""
        found = {}
        for value in values:
            key = ActivityKey(UUID(value))
            if key in context.names and key not in context.done:
                found[value] = Shut(reason=_("First: %(title)s", title=context.names[key]), first=key)
        return found

    def choices(self) -> Sequence[tuple[str, str]]:
        """Return nothing: the course's own activities are the choice."""
        return ()

    def said(self, value: str, names: Mapping[ActivityKey, str]) -> str:
        """Return which activity comes before."""
        return _("after “%(title)s”", title=names.get(ActivityKey(UUID(value)), "?"))

    def read(self, written: str) -> str | None:
        """Return nothing: files name lessons, which the import finds."""
        del written
        return None

    def written(self, value: str) -> str:
        """Return the key; the export writes the lesson's file in its place."""
        return value


class From:
    """Shut until an instant; its value is that instant in ISO 8601, UTC."""

    key = FROM
    label = _l("Not before")

    def shut(self, values: Collection[str], context: LockContext) -> Mapping[str, Shut]:
        """Return those whose instant has not come."""
        instants = {value: datetime.fromisoformat(value) for value in values}
        return {
            value: Shut(reason=_("Opens %(when)s", when=write_datetime(at)), opens_at=at)
            for value, at in instants.items()
            if at > context.now
        }

    def choices(self) -> Sequence[tuple[str, str]]:
        """Return nothing: any instant may be."""
        return ()

    def said(self, value: str, names: Mapping[ActivityKey, str]) -> str:
        """Return the instant, in the reader's zone."""
        del names
        return _("from %(when)s", when=write_datetime(datetime.fromisoformat(value)))

    def read(self, written: str) -> str | None:
        """Return the value of an instant that has an offset."""
        return value_of(datetime.fromisoformat(written))

    def written(self, value: str) -> str:
        """Return the instant as files say it."""
        return value


def value_of(instant: datetime) -> str:
    """Return an instant as a lock's value, to the minute."""
    return instant.astimezone(UTC).replace(second=0, microsecond=0).strftime("%Y-%m-%dT%H:%MZ")


def install(app: Flask, offered: Sequence[LockKind]) -> None:
    """Give the application its kinds of lock: those above, and what the features above offer."""
    every_kind: tuple[LockKind, ...] = (After(), From(), *offered)
    known = {kind.key: kind for kind in every_kind}
    if len(known) != len(every_kind):
        raise ValueError("two kinds of lock have the same key")
    app.extensions["lms.courses.locks"] = known


def _known() -> Mapping[str, LockKind]:
    known: Mapping[str, LockKind] = current_app.extensions["lms.courses.locks"]
    return known


def offered() -> Sequence[LockKind]:
    """Return the kinds that features above offer."""
    return [kind for kind in _known().values() if kind.key not in {AFTER, FROM}]


def find_kind(key: str) -> LockKind | None:
    """Return the kind of this key, None where its feature is not installed."""
    return _known().get(key)


def from_json(kept: Iterable[Sequence[str]]) -> tuple[Lock, ...]:
    """Return locks as an activity's row keeps them."""
    return tuple(Lock(kind, value) for kind, value in kept)


def to_json(locks: Iterable[Lock]) -> list[list[str]]:
    """Return locks as an activity's row keeps them: each once, in one order."""
    return [[lock.kind, lock.value] for lock in sorted(set(locks))]


def list_shut(locks: Collection[Lock], context: LockContext) -> Mapping[Lock, Shut]:
    """Return those of these locks that are shut, each kind asked once; one whose feature is gone stays shut."""
    by_kind: dict[str, set[str]] = defaultdict(set)
    for lock in locks:
        by_kind[lock.kind].add(lock.value)
    found: dict[Lock, Shut] = {}
    for key, values in by_kind.items():
        kind = find_kind(key)
        shut = (
            kind.shut(values, context)
            if kind is not None
            else dict.fromkeys(values, Shut(reason=_("What this waits for is not installed here.")))
        )
        found |= {Lock(key, value): why for value, why in shut.items()}
    return found


def said(lock: Lock, names: Mapping[ActivityKey, str]) -> str:
    """Return what a lock asks, in words."""
    kind = find_kind(lock.kind)
    return (
        kind.said(lock.value, names) if kind else _("what is not installed here (%(kind)s)", kind=lock.kind)
    )
