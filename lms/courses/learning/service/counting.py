"""Keeping what reports count, in the transaction that changes it: what was, what is, and the difference at its end.

Rows are watched from when they are held; as the last thing before the commit what has changed of them is added to
the counts of their subject, once for where the person is employed today and once for everybody. So the rows of counts
are held for an instant only, always in one order, and who finishes at the same moment as others hardly waits.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete
from sqlalchemy.dialects import postgresql, sqlite

from lms.courses.learning.models import ActivityStateRow, CountRow, EnrolmentRow, FeedbackRow
from lms.courses.learning.queries import counts
from lms.courses.learning.rules.counting import (
    ALL_COURSES,
    EVERYBODY,
    MEASURES,
    SHARDS,
    Deed,
    Rated,
    Stage,
    count_deed,
    count_rated,
    count_stage,
    difference,
)
from lms.courses.values import CourseVersionId, EnrolmentId
from lms.identity import facade as identity
from lms.identity.values import OrganisationId, PersonId
from lms.kernel import uow
from lms.kernel.db import db

_serials = itertools.count()
_Row = EnrolmentRow | ActivityStateRow | FeedbackRow
_Seen = Stage | Deed | Rated
Sums = defaultdict[tuple[UUID, UUID], Counter[str]]


@dataclass(frozen=True, eq=False, slots=True)
class _Watched:
    """A row that may change, as it was when it was held; `before` None is one that was not there."""

    row: _Row
    before: _Seen | None
    serial: int = field(default_factory=_serials.__next__)


@dataclass(frozen=True, eq=False, slots=True)
class _Change:
    """Something that is counted more or less of a person."""

    person_id: PersonId
    subject_id: UUID
    counts: Counter[str]


@dataclass(frozen=True, eq=False, slots=True)
class _Move:
    """A person who was employed somewhere before, or nowhere."""

    person_id: PersonId
    left_id: OrganisationId | None
    serial: int = field(default_factory=_serials.__next__)


def watch(row: _Row, *, is_new: bool = False) -> None:
    """Count what becomes of a held row until the transaction ends."""
    uow.gather(_settle, [_Watched(row, None if is_new else _seen(row))])


def count_entered(version_id: CourseVersionId, people: Iterable[PersonId]) -> None:
    """Count people who were enrolled on a version just now."""
    one = Counter(enrolled=1)
    uow.gather(
        _settle,
        [
            _Change(person_id, subject_id, one)
            for person_id in people
            for subject_id in (version_id, ALL_COURSES)
        ],
    )


def count_enrolments(enrolment_ids: Collection[EnrolmentId], *, sign: int) -> None:
    """Count enrolments as they stand now once more, or (`sign` -1) no more: around a change of many at once."""
    db.session.flush()
    uow.gather(_settle, _as_changes(counts.list_counted_of_enrolments(enrolment_ids), sign))


def count_handed_over(from_id: PersonId, to_id: PersonId) -> None:
    """Count all that is counted of one person for another from now on: before their rows are."""
    db.session.flush()
    found = counts.list_counted_of_people([from_id])
    theirs = [(to_id, what, counted) for _who, what, counted in found]
    uow.gather(_settle, [*_as_changes(found, -1), *_as_changes(theirs, 1)])


def count_forgotten(*conditions: ColumnElement[bool]) -> None:
    """Count the states of activities no more that are about to be deleted."""
    db.session.flush()
    uow.gather(_settle, _as_changes(counts.list_counted_of_states(*conditions), -1))


def count_elsewhere(moves: Iterable[tuple[PersonId, OrganisationId | None]]) -> None:
    """Count all that people have done where they work from now on, and no more where they worked before."""
    uow.gather(_settle, [_Move(person_id, left_id) for person_id, left_id in moves])


def count_anew() -> None:
    """Throw every count away and tell it from the rows: for who wrote rows past the service."""
    db.session.flush()
    db.session.execute(delete(CountRow), execution_options={"synchronize_session": False})
    for query in counts.recounted():
        # What is counted of one subject at one place may come from two of them.
        told = _insert().from_select(["subject_id", "place_id", *MEASURES], query)
        db.session.execute(_adding(told), execution_options={"synchronize_session": False})


def _seen(row: _Row) -> _Seen:
    if isinstance(row, FeedbackRow):
        return Rated(row.version_id, row.rating)
    if isinstance(row, EnrolmentRow):
        return Stage(row.version_id, row.started_at, row.done_count, row.completed_at, row.ended_at)
    return Deed(row.activity_id, row.completed_at, row.took_seconds, row.passed, row.score)


def _as_changes(found: Iterable[counts.Counted], sign: int) -> list[_Change]:
    return [
        _Change(person_id, subject_id, Counter({one: sign * count for one, count in counted.items()}))
        for person_id, what, counted in found
        for subject_id in _subjects(what, counted)
    ]


def _subjects(subject_id: UUID, counted: Counter[str]) -> tuple[UUID, ...]:
    """Return where this counts: what is counted of a version is counted of all courses too."""
    return (subject_id, ALL_COURSES) if counted["enrolled"] else (subject_id,)


def _settle(given: set[Any]) -> None:
    changes = [one for one in given if isinstance(one, _Change)]
    changes += _changes_of([one for one in given if isinstance(one, _Watched)])
    left: dict[PersonId, OrganisationId | None] = {}
    for move in sorted((one for one in given if isinstance(one, _Move)), key=lambda one: one.serial):
        left.setdefault(move.person_id, move.left_id)
    if not changes and not left:
        return
    db.session.flush()
    people = {one.person_id for one in changes} | left.keys()
    # Whoever changes employer waits for this transaction or this for them: nobody is counted in two places.
    identity.hold_people(people, alone=left.keys())
    _store(_sums(changes, left, identity.list_employers(people)))


def _changes_of(watched: Collection[_Watched]) -> list[_Change]:
    """Return what has changed of rows since each was first held."""
    first: dict[int, _Watched] = {}
    for one in sorted(watched, key=lambda one: one.serial):
        first.setdefault(id(one.row), one)
    changed = [(one.row, one.before, _seen(one.row)) for one in first.values()]
    changed = [(row, before, after) for row, before, after in changed if before != after]
    versions = {stage.version_id for pair in changed for stage in pair[1:] if isinstance(stage, Stage)}
    required = counts.list_required(versions) if versions else {}
    found: list[_Change] = []
    for row, before, after in changed:
        more = difference(_count(after, required), _count(before, required))
        if more and isinstance(after, Stage):
            found.append(_Change(row.person_id, after.version_id, more))
            found.append(_Change(row.person_id, ALL_COURSES, more))
        elif more:
            subject_id = after.activity_id if isinstance(after, Deed) else after.version_id
            found.append(_Change(row.person_id, subject_id, more))
    return found


def _count(seen: _Seen | None, required: Mapping[UUID, int]) -> Counter[str]:
    if isinstance(seen, Stage):
        return count_stage(seen, required[seen.version_id])
    if isinstance(seen, Rated):
        return count_rated(seen)
    return Counter() if seen is None else count_deed(seen)


def _sums(
    changes: Iterable[_Change],
    left: Mapping[PersonId, OrganisationId | None],
    employers: Mapping[PersonId, OrganisationId],
) -> Sums:
    """Return what is added to which row; what somebody has done is counted first where they were, then moved whole."""
    sums: Sums = defaultdict(Counter)
    shard: UUID | None = None
    for one in changes:
        # All of a transaction goes into one share of everybody: whichever, for it is their sum that is read.
        shard = shard or EVERYBODY[hash(one.person_id) % SHARDS]
        sums[one.subject_id, shard].update(one.counts)
        place = left[one.person_id] if one.person_id in left else employers.get(one.person_id)
        if place is not None:
            sums[one.subject_id, place].update(one.counts)
    moved = [one for one, place in left.items() if place != employers.get(one)]
    for person_id, what, counted in counts.list_counted_of_people(moved) if moved else ():
        old, new = left[person_id], employers.get(person_id)
        for subject_id in _subjects(what, counted):
            if old is not None:
                sums[subject_id, old].subtract(counted)
            if new is not None:
                sums[subject_id, new].update(counted)
    return sums


_TABLE: Any = CountRow.__table__


def _adding(statement: Any) -> Any:
    return statement.on_conflict_do_update(
        index_elements=[_TABLE.c.subject_id, _TABLE.c.place_id],
        set_={one: _TABLE.c[one] + statement.excluded[one] for one in MEASURES},
    )


def _insert() -> Any:
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    return insert(_TABLE)


_ADD = {"sqlite": _adding(sqlite.insert(_TABLE)), "postgresql": _adding(postgresql.insert(_TABLE))}


def _store(sums: Sums) -> None:
    rows = [
        {"subject_id": subject_id, "place_id": place_id, **{one: counted[one] for one in MEASURES}}
        # In one order everywhere, so that two who meet at a row wait and do not lock each other.
        for (subject_id, place_id), counted in sorted(sums.items(), key=lambda item: item[0])
        if any(counted.values())
    ]
    if rows:
        db.session.connection().execute(_ADD[db.engine.dialect.name], rows)
