"""Who attended, told to the record store after its commit."""

from collections.abc import Mapping, Sequence
from typing import TypedDict
from uuid import UUID

from lms.courses.events import AttendanceCorrected, SheetClosed
from lms.courses.learning.queries.things import things_of
from lms.courses.sessions import rules
from lms.courses.sessions.queries import bookings
from lms.courses.values import ActivityId, BookingId, Mark
from lms.kernel import clock
from lms.kernel.events import Past
from lms.lrs import facade as lrs
from lms.lrs.values import Fact, Thing, Verb

_THERE = frozenset({Mark.PRESENT, Mark.PARTLY})


class _About(TypedDict):
    thing: Thing
    within: tuple[Thing, ...]


class _Marked(TypedDict):
    completion: bool
    seconds: int


def state_attendance(past: Sequence[Past]) -> None:
    """Say of everybody who was there, wholly or partly, that they attended."""
    facts: list[SheetClosed] = [one.fact for one in past]
    closed_at = {fact.session_id: one.at for one, fact in zip(past, facts, strict=True)}
    rows = [row for row in bookings.list_stated(closed_at) if row.mark in _THERE]
    things = things_of({row.activity_id for row in rows})
    lrs.tell(
        [
            Fact(
                id=_first(row.id),
                at=closed_at[row.session_id],
                person_id=row.person_id,
                registration=row.enrolment_id,
                verb=Verb.ATTENDED,
                **_about(row, things),
                **_marked(row.mark, row.minutes),
            )
            for row in rows
        ],
        now=clock.now(),
    )


def state_corrections(past: Sequence[Past]) -> None:
    """Say what holds now of each corrected mark, and which statement said otherwise."""
    facts: list[AttendanceCorrected] = [one.fact for one in past]
    rows = {row.id: row for row in bookings.list_stated({fact.session_id for fact in facts})}
    things = things_of({row.activity_id for row in rows.values()})
    lrs.tell(
        [
            Fact(
                id=one.id,
                at=one.at,
                person_id=fact.person_id,
                registration=rows[fact.booking_id].enrolment_id,
                verb=Verb.ATTENDED,
                corrects=_first(fact.booking_id) if fact.was in _THERE else None,
                **_about(rows[fact.booking_id], things),
                **_marked(fact.now, fact.now_minutes),
            )
            for one, fact in zip(past, facts, strict=True)
        ],
        now=clock.now(),
    )


def _first(booking_id: BookingId) -> UUID:
    return lrs.statement_id_of("attended", booking_id)


def _about(row: bookings.Stated, things: Mapping[ActivityId, tuple[Thing, Thing]]) -> _About:
    activity = things[row.activity_id][0]
    session = Thing("session", row.session_id, row.title, activity.type, row.language or activity.language)
    return {"thing": session, "within": things[row.activity_id]}


def _marked(mark: Mark, minutes: int) -> _Marked:
    return {"completion": rules.completes(mark), "seconds": minutes * 60 if mark in _THERE else 0}
