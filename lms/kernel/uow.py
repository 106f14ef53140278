"""The unit of work: one transaction per request and per job, committed once at the edge."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError

from lms.kernel.db import READ_ONLY, db

T = TypeVar("T")

log = structlog.get_logger(__name__)

RETRIES = 3
# serialization_failure, deadlock_detected; and unique_violation: of two who add the same row at once the second
# runs again and finds it.
RETRIED_SQLSTATES = frozenset({"40001", "40P01", "23505"})


@dataclass(slots=True)
class _Unit:
    kept: bool = False
    committed: list[Callable[[], None]] = field(default_factory=list)
    gathered: dict[Callable[[set[Any]], None], set[Any]] = field(default_factory=dict)


_unit: ContextVar[_Unit | None] = ContextVar("unit", default=None)


def keep() -> None:
    """Commit this unit even though its answer is an error (a failed sign-in is counted all the same)."""
    _current().kept = True


def is_kept() -> bool:
    """Return whether `keep` was called in this unit."""
    return _current().kept


def after_commit(callback: Callable[[], None]) -> None:
    """Call `callback` once this unit has committed; never if it rolls back. It must not raise."""
    _current().committed.append(callback)


def gather(work: Callable[[set[T]], None], items: Iterable[T]) -> None:
    """Let `work` have `items`, once and with all that was gathered for it, as the last thing before this unit commits.

    For what follows from many small changes and costs the same for one as for a thousand. It is part of the
    transaction: what it raises undoes everything.
    """
    _current().gathered.setdefault(work, set()).update(items)


def _close(unit: _Unit) -> None:
    # What is done last may itself give more to do.
    while unit.gathered:
        work = next(iter(unit.gathered))
        work(unit.gathered.pop(work))


def _current() -> _Unit:
    unit = _unit.get()
    if unit is None:
        raise RuntimeError("no unit of work is open here")
    return unit


@contextmanager
def unit_of_work(*, read_only: bool = False, commits: Callable[[], bool] | None = None) -> Iterator[None]:
    """Open one transaction; commit it when the block ends well, roll it back when it raises.

    `read_only` makes the database itself refuse writes and always rolls back. `commits`, asked at the
    end, may still decide for a rollback.
    """
    if _unit.get() is not None:
        raise RuntimeError("units of work do not nest")
    unit = _Unit()
    token, mode = _unit.set(unit), READ_ONLY.set(read_only)
    try:
        yield
        if read_only or (commits is not None and not commits()):
            db.session.rollback()
        else:
            _close(unit)
            db.session.commit()
            for callback in unit.committed:
                callback()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        READ_ONLY.reset(mode)
        _unit.reset(token)


def is_worth_retrying(error: DBAPIError) -> bool:
    """Return whether the database gave up on this transaction only because of its neighbours."""
    if getattr(error.orig, "sqlstate", None) in RETRIED_SQLSTATES:
        return True
    return isinstance(error, OperationalError) and "database is locked" in str(error.orig)


def run(work: Callable[[], T], *, read_only: bool = False, commits: Callable[[T], bool] | None = None) -> T:
    """Run `work` in a unit of its own, again from the start if a neighbour's transaction got in its way."""
    for attempt in range(RETRIES + 1):
        try:
            return _run_once(work, read_only=read_only, commits=commits)
        except DBAPIError as error:
            if attempt == RETRIES or not is_worth_retrying(error):
                raise
            log.warning("unit_of_work.retried", attempt=attempt + 1, reason=str(error.orig))
    raise AssertionError("unreachable")


def _run_once(work: Callable[[], T], *, read_only: bool, commits: Callable[[T], bool] | None) -> T:
    answers: list[T] = []
    decides = None if commits is None else lambda: commits(answers[0])
    with unit_of_work(read_only=read_only, commits=decides):
        answers.append(work())
    return answers[0]
