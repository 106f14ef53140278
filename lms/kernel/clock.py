"""What time it is: the one place that asks the machine, and that a test may move."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

Source = Callable[[], datetime]


def _machine() -> datetime:
    return datetime.now(UTC)


_source: Source = _machine


def now() -> datetime:
    """Return this instant as an aware UTC datetime."""
    return _source()


def today(zone: ZoneInfo) -> date:
    """Return the calendar day it is in `zone`."""
    return now().astimezone(zone).date()


def set_source(source: Source | None) -> None:
    """Take the time from `source` from now on; None goes back to the machine."""
    global _source  # noqa: PLW0603  the clock is one per process, like the machine's own
    _source = source or _machine


def is_set() -> bool:
    """Return whether the time comes from elsewhere than the machine."""
    return _source is not _machine


def shifted_by_file(path: Path) -> Source:
    """Return a source that adds the seconds written in `path` to the machine's time.

    Several processes (web, worker, scheduler) share one moved clock by sharing the file; a missing
    or empty file means no shift. `@` and an instant (`@2027-11-27T00:00:00+00:00`) stops the clock there.
    """

    def read() -> datetime:
        try:
            text = path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            text = ""
        if text.startswith("@"):
            return datetime.fromisoformat(text[1:]).astimezone(UTC)
        return _machine() + timedelta(seconds=float(text or 0))

    return read


@contextmanager
def frozen_at(instant: datetime) -> Iterator[Callable[[timedelta], None]]:
    """Hold the clock at `instant`; the yielded function moves it on."""
    if instant.tzinfo is None:
        raise ValueError("a frozen clock needs an aware datetime")
    held = [instant.astimezone(UTC)]
    before = _source

    def advance(by: timedelta) -> None:
        held[0] += by

    set_source(lambda: held[0])
    try:
        yield advance
    finally:
        set_source(before)
