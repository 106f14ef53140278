"""SELECTs of what is required of a team and not in force, and the shortest way to each."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select, union

from lms.certificates.cycles.models import CertificationPosition, CertificationRow, CycleRow, TrackRow
from lms.certificates.cycles.queries import certifications, missing, places, team
from lms.certificates.cycles.values import TeamFilter
from lms.certificates.cycles.values.team import Gap, GapTotals
from lms.certificates.policy import VIEW_TEAM
from lms.certificates.values import CertificationId, CertificationState
from lms.identity import facade as identity
from lms.identity.values import Person, PersonId
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.web.context import oem_zone
from lms.web.pages import Page, PageRequest, sliced

WEIGHED_AT_MOST: Final = 500
"""Of how many gaps the shortest way is looked for: the nearest deadlines."""


def list_gaps(actor: Actor, wanted: TeamFilter, *, now: datetime) -> Sequence[Gap]:
    """Return a team's gaps, what pays most first: the nearest deadline, then the fewest minutes.

    Those with the nearest deadlines, at most `WEIGHED_AT_MOST`. A constant number of queries.
    """
    return _read(*_gaps(actor, wanted, now), now)


def list_of_person(actor: Actor, person: Person, *, now: datetime) -> Sequence[Gap]:
    """Return what one person needs or was asked for and does not hold, what pays most first."""
    if person.employer_id is None:
        return ()
    wanted = TeamFilter(partner_id=person.employer_id)
    found = _read(*_gaps(actor, wanted, now, person_id=person.id), now)
    return page_gaps(found, PageRequest(size=len(found)), now=now).items


def _read(query: Any, total: Sequence[Any], now: datetime) -> Sequence[Gap]:
    rows = db.session.execute(
        query.order_by(CycleRow.due_on.is_(None), CycleRow.due_on, *total).limit(WEIGHED_AT_MOST)
    ).all()
    known = (
        {one.id: one for one in certifications.list_certifications({row[1] for row in rows})} if rows else {}
    )
    people = identity.list_people({row[0] for row in rows})
    asked: dict[CertificationId, list[PersonId]] = {}
    for person_id, certification_id, _due_on in rows:
        asked.setdefault(certification_id, []).append(person_id)
    lacking = missing.list_missing_of([(known[one], some) for one, some in asked.items()], now=now)
    gaps = [
        Gap(
            person=people[person_id],
            certification=known[certification_id],
            due_on=due_on,
            missing=lacking[person_id, certification_id],
        )
        for person_id, certification_id, due_on in rows
    ]
    return sorted(gaps, key=_pays)


def _pays(gap: Gap) -> tuple[str, int, str, str, str]:
    due_on = gap.due_on or date.max
    person: Person = gap.person
    return due_on.isoformat(), gap.missing.minutes, person.name, str(person.id), str(gap.certification.id)


def page_gaps(gaps: Sequence[Gap], wanted: PageRequest, *, now: datetime) -> Page[Gap]:
    """Return one page of gaps, each with where the person is."""
    page = sliced(gaps, key=_pays, wanted=wanted)
    shown = {one.certification.id: one.certification for one in page.items}
    at = places.list_places({one.person.id for one in page.items}, list(shown.values()), now=now)
    return page.map(lambda one: replace(one, place=at[one.person.id, one.certification.id]))


def count_gaps(actor: Actor, wanted: TeamFilter, *, now: datetime) -> GapTotals:
    """Return how many gaps a team has, in one query; none is left out."""
    found = _gaps(actor, wanted, now)[0].subquery()
    row = db.session.execute(select(func.count(), func.count(found.c.person_id.distinct()))).one()
    return GapTotals(gaps=row[0], people=row[1])


def _gaps(
    actor: Actor, wanted: TeamFilter, now: datetime, *, person_id: PersonId | None = None
) -> tuple[Any, Sequence[Any]]:
    """Return the query of person, certification and due day of each gap, and columns that order it."""
    people, columns = team.people_of(actor.scope_of(VIEW_TEAM), wanted, now)
    if person_id is not None:
        people = people.where(columns.person_id == person_id)
    crew = people.with_only_columns(
        columns.person_id.label("person_id"),
        columns.name.label("name"),
        columns.position_id.label("position_id"),
    ).cte("crew")
    needed = select(crew.c.person_id, CertificationPosition.certification_id).join(
        CertificationPosition, CertificationPosition.position_id == crew.c.position_id
    )
    asked = (
        select(crew.c.person_id, CycleRow.certification_id)
        .join(CycleRow, CycleRow.person_id == crew.c.person_id)
        .where(CycleRow.closed_at.is_(None))
    )
    # What both say is one gap.
    required = union(needed, asked).subquery()
    today = now.astimezone(oem_zone()).date()
    query = (
        select(required.c.person_id.label("person_id"), required.c.certification_id, CycleRow.due_on)
        .join(crew, crew.c.person_id == required.c.person_id)
        .join(CertificationRow, CertificationRow.id == required.c.certification_id)
        .outerjoin(
            TrackRow,
            (TrackRow.person_id == required.c.person_id)
            & (TrackRow.certification_id == required.c.certification_id),
        )
        .outerjoin(
            CycleRow,
            (CycleRow.person_id == required.c.person_id)
            & (CycleRow.certification_id == required.c.certification_id)
            & CycleRow.closed_at.is_(None),
        )
        .where(
            CertificationRow.state == CertificationState.ACTIVE,
            TrackRow.counts_until.is_(None) | (TrackRow.counts_until <= now),
            TrackRow.exempt_at.is_(None) | ~team.is_let_off(today),
        )
    )
    if wanted.certification_id is not None:
        query = query.where(CertificationRow.id == wanted.certification_id)
    return query, (crew.c.name, required.c.person_id, required.c.certification_id)
