"""SELECTs of how certifications go, over everybody whom a reader reaches: sets, never person by person."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Float, Text, and_, case, cast, extract, func, not_, or_, select, true

from lms.certificates.cycles.models import CycleRow, TrackRow
from lms.certificates.cycles.queries import forecast
from lms.certificates.cycles.rules import months as calendar
from lms.certificates.cycles.rules import requirements
from lms.certificates.cycles.values.reports import ReportFilter, Stuck, StuckOne, Times
from lms.certificates.cycles.values.team import Forecast, Month
from lms.certificates.policy import VIEW_REPORTS
from lms.certificates.values import (
    AllOf,
    AnyOf,
    AtLeast,
    Certification,
    CertificationId,
    CycleEnd,
    CycleSource,
    Requirement,
    ScoreReached,
    subject_of,
)
from lms.courses import facade as courses
from lms.courses.values import ActivityKey
from lms.courses.values.passing import Passes
from lms.identity import facade as identity
from lms.kernel.actor import Actor, Scope
from lms.kernel.db import AnyColumn, db
from lms.web.context import oem_zone

NAMES: Final = 10
"""How many of those who are stuck at one place are named: who waits longest."""
YEAR: Final = timedelta(days=365)


def scopes_of(actor: Actor, wanted: ReportFilter) -> Sequence[Scope]:
    """Return the reaches that all hold: the actor's, and what the report is narrowed to."""
    found = [actor.scope_of(VIEW_REPORTS)]
    if wanted.partner_id is not None:
        found.append(Scope(organisation_roots=frozenset({wanted.partner_id})))
    if wanted.region_id is not None:
        found.append(Scope(region_roots=frozenset({wanted.region_id})))
    return found


def _within(person_id: AnyColumn, actor: Actor, wanted: ReportFilter) -> Sequence[AnyColumn]:
    return [identity.person_in_scope(person_id, scope) for scope in scopes_of(actor, wanted)]


def forecast_wave(
    actor: Actor,
    wanted: ReportFilter,
    months: Sequence[Month],
    certification_id: CertificationId | None = None,
) -> Forecast:
    """Return how many certificates expire in each month, of one certification or of each, in one query."""
    which = list(_within(TrackRow.person_id, actor, wanted))
    if certification_id is not None:
        which.append(TrackRow.certification_id == certification_id)
    return forecast.count_ends(TrackRow.expires_at, months, *which)


def count_holders(actor: Actor, wanted: ReportFilter, *, now: datetime) -> Mapping[CertificationId, int]:
    """Return how many hold each certification now, grace included, in one query."""
    rows = db.session.execute(
        select(TrackRow.certification_id, func.count())
        .where(TrackRow.counts_until > now, *_within(TrackRow.person_id, actor, wanted))
        .group_by(TrackRow.certification_id)
    )
    return dict(rows.all())


def count_passes(
    actor: Actor, wanted: ReportFilter, certification: Certification, *, now: datetime
) -> Sequence[tuple[ScoreReached, Passes]]:
    """Return how often each exam that a rule names is passed with the score that it asks for, in one query."""
    exams: dict[ActivityKey, ScoreReached] = {}
    for leaf in requirements.all_leaves(certification.rule):
        if isinstance(leaf, ScoreReached):
            # What the whole way asks for stands first; its renewal may ask for less.
            exams.setdefault(ActivityKey(leaf.activity_key), leaf)
    minimums = {key: leaf.minimum for key, leaf in exams.items()}
    zone = oem_zone()
    firsts = calendar.last_months(now.astimezone(zone).date())
    ends = [*firsts[1:], calendar.next_months(now, zone, 1)[0].ends_at.astimezone(zone).date()]
    spans = [(one, _midnight(one), _midnight(end)) for one, end in zip(firsts, ends, strict=True)]
    found = courses.count_passes(minimums, scopes_of(actor, wanted), spans)
    return [(leaf, found[key]) for key, leaf in exams.items() if key in found]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=oem_zone())


def read_times(
    actor: Actor, wanted: ReportFilter, certification_id: CertificationId, *, now: datetime
) -> Times:
    """Return how long it took those who were certified within a year, from being asked; in one query.

    Who was asked by nobody (earned, credited, recognised) took no time and is left out.
    """
    took = (
        select(_seconds(CycleRow.assigned_at, CycleRow.closed_at).label("seconds"))
        .where(
            CycleRow.certification_id == certification_id,
            CycleRow.closed_at > now - YEAR,
            CycleRow.ended_as == CycleEnd.CERTIFIED,
            CycleRow.source.in_([CycleSource.ASSIGNED, CycleSource.RENEWAL]),
            *_within(CycleRow.person_id, actor, wanted),
        )
        .subquery()
    )
    placed = select(
        took.c.seconds,
        func.row_number().over(order_by=took.c.seconds).label("place"),
        func.count().over().label("n"),
    ).subquery()
    # The nearest ranks: of four, the first, the second and the third.
    ranks = [(placed.c.n * quarter + 3) // 4 for quarter in (1, 2, 3)]
    rows = db.session.execute(
        select(placed.c.place, placed.c.seconds, placed.c.n, *ranks)
        .where(or_(*[placed.c.place == rank for rank in ranks]))
        .order_by(placed.c.place)
    ).all()
    if not rows:
        return Times(count=0)
    by_place = {row[0]: float(row[1]) for row in rows}
    lower, median, upper = (by_place[rank] for rank in rows[0][3:])
    return Times(count=rows[0][2], lower=lower, median=median, upper=upper)


def _seconds(begins_at: Any, ends_at: Any) -> ColumnElement[float]:
    if db.engine.dialect.name == "sqlite":
        return (func.julianday(ends_at) - func.julianday(begins_at)) * 86_400.0
    return cast(extract("epoch", ends_at - begins_at), Float)


# ---- who is stuck where


def list_stuck(
    actor: Actor, wanted: ReportFilter, certification: Certification, *, now: datetime
) -> Sequence[Stuck]:
    """Return how many of those who were asked stand before which part of the rule, in the order of the rule.

    That is the first part in the author's order that they have not met. Three queries.
    """
    rule = certification.rule
    steps = [(False, part) for part in _parts(rule.requirement)]
    if rule.renewal is not None:
        steps += [(True, part) for part in _parts(rule.renewal)]
    renews = and_(TrackRow.counts_until > now, TrackRow.revoked_at.is_(None))
    goes = {True: renews, False: or_(renews.is_(None), not_(renews)) if rule.renewal else true()}
    where = case(
        *[(and_(goes[renewing], not_(_is_met(part))), place) for place, (renewing, part) in enumerate(steps)],
        else_=-1,
    )
    today = now.astimezone(oem_zone()).date()
    waiting = (
        select(
            CycleRow.person_id.label("person_id"),
            CycleRow.assigned_at.label("since"),
            CycleRow.due_on.label("due_on"),
            where.label("step"),
        )
        .join(
            TrackRow,
            and_(
                TrackRow.person_id == CycleRow.person_id,
                TrackRow.certification_id == CycleRow.certification_id,
            ),
        )
        .where(
            CycleRow.certification_id == certification.id,
            CycleRow.closed_at.is_(None),
            *_within(CycleRow.person_id, actor, wanted),
        )
        .cte("waiting")
    )
    sums = db.session.execute(
        select(
            waiting.c.step,
            func.count(),
            func.count().filter(waiting.c.due_on < today),
            func.min(waiting.c.since),
        )
        .where(waiting.c.step >= 0)
        .group_by(waiting.c.step)
        .order_by(waiting.c.step)
    ).all()
    named = _longest(waiting)
    return [
        Stuck(
            requirement=steps[step][1],
            renews=steps[step][0],
            people=people,
            overdue=overdue,
            since=since,
            names=named.get(step, ()),
        )
        for step, people, overdue, since in sums
    ]


def _longest(waiting: Any) -> Mapping[int, Sequence[StuckOne]]:
    placed = select(
        waiting.c.step,
        waiting.c.person_id,
        waiting.c.since,
        func.row_number()
        .over(partition_by=waiting.c.step, order_by=(waiting.c.since, waiting.c.person_id))
        .label("place"),
    ).subquery()
    rows = db.session.execute(
        select(placed.c.step, placed.c.person_id, placed.c.since)
        .where(placed.c.place <= NAMES, placed.c.step >= 0)
        .order_by(placed.c.step, placed.c.place)
    ).all()
    people = identity.list_people({row[1] for row in rows})
    found: dict[int, list[StuckOne]] = {}
    for step, person_id, since in rows:
        if person_id in people:
            found.setdefault(step, []).append(StuckOne(person=people[person_id], since=since))
    return found


def _parts(requirement: Requirement) -> Sequence[Requirement]:
    return requirement.parts if isinstance(requirement, AllOf) else (requirement,)


def _is_met(requirement: Requirement) -> ColumnElement[bool]:
    """Return the filter for tracks on which a part of a rule is met, as they were last weighed."""
    if isinstance(requirement, AllOf):
        return and_(*map(_is_met, requirement.parts))
    if isinstance(requirement, AnyOf):
        return or_(*map(_is_met, requirement.parts))
    if isinstance(requirement, AtLeast):
        done = [case((_is_met(part), 1), else_=0) for part in requirement.parts]
        return sum(done[1:], start=done[0]) >= requirement.count
    return _names(subject_of(requirement))


def _names(subject_id: UUID) -> ColumnElement[bool]:
    # Ids as text are in no other text: what is looked for is the whole of one.
    return cast(TrackRow.met, Text).contains(str(subject_id))
