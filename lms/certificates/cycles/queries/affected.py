"""Whom a change of a rule concerns, before it is saved: counted by the database, weighed for so many as a page can."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select

from lms.audiences import facade as audiences
from lms.audiences.values import AudienceId
from lms.certificates.cycles import rules
from lms.certificates.cycles.models import CycleRow, TrackRow
from lms.certificates.cycles.queries import places, tracks
from lms.certificates.cycles.rules import requirements
from lms.certificates.cycles.rules.requirements import Facts
from lms.certificates.cycles.values.defining import Affected, Loser
from lms.certificates.values import Certification, CertificationId, Rule, subject_of
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.db import db
from lms.web.context import oem_zone

WEIGHED_AT_MOST = 2_000
AT_ONCE = 500
NAMES = 12
PARTNERS = 8


@dataclass(slots=True)
class _Count:
    gains: list[PersonId] = field(default_factory=list)
    loses: list[PersonId] = field(default_factory=list)
    weighed: int = 0


def read_affected(certification: Certification, rule: Rule, *, now: datetime) -> Affected:
    """Return whom it concerns if a certification follows `rule` from now on; nothing is changed.

    Who is on the way, who holds it and where they work is counted for everybody. Who gains and who loses is judged for
    at most `WEIGHED_AT_MOST` of them, spread evenly, and for more it is an estimate.
    """
    way = _on_their_way(certification.id, now)
    on_their_way, holders = db.session.execute(
        select(
            select(func.count()).select_from(way.subquery()).scalar_subquery(),
            select(func.count())
            .select_from(TrackRow)
            .where(TrackRow.certification_id == certification.id, TrackRow.counts_until > now)
            .scalar_subquery(),
        )
    ).one()
    count = _Count(weighed=on_their_way)
    if not requirements.is_same(certification.rule, rule):
        count = _weigh(certification, rule, way, on_their_way, now)
    partners, others = by_partner(way)
    first = db.session.scalars(way.order_by(TrackRow.person_id).limit(NAMES)).all()
    shown = identity.list_people({*first, *count.gains[:NAMES], *count.loses[:NAMES]})

    def people(found: Sequence[PersonId]) -> Sequence[Loser]:
        named = [shown[one] for one in found[:NAMES] if one in shown]
        return [Loser(one.id, one.name, one.employer_name) for one in sorted(named, key=lambda one: one.name)]

    scale = on_their_way / count.weighed if count.weighed else 1
    return Affected(
        on_their_way=on_their_way,
        holders=holders,
        partners=partners,
        other_partners=others,
        names=[one.name for one in people(first)],
        weighed=count.weighed,
        gains=round(len(count.gains) * scale),
        loses=round(len(count.loses) * scale),
        gaining=people(count.gains),
        losing=people(count.loses),
    )


def _on_their_way(certification_id: CertificationId, now: datetime) -> Select[PersonId]:
    """Return the query of people who have done something for it or were asked, and do not hold it or renew it."""
    is_open = exists(
        select(CycleRow.id).where(
            CycleRow.person_id == TrackRow.person_id,
            CycleRow.certification_id == TrackRow.certification_id,
            CycleRow.closed_at.is_(None),
        )
    )
    return select(TrackRow.person_id).where(
        TrackRow.certification_id == certification_id,
        TrackRow.exempt_at.is_(None),
        or_(TrackRow.counts_until.is_(None), TrackRow.counts_until <= now, is_open),
    )


def by_partner(way: Select[PersonId]) -> tuple[Sequence[tuple[str, int]], int]:
    """Return the employers of most of these people with how many work there, and how many employers are left out."""
    query = identity.columns_of_people()
    person, _employment, organisation, _position = (one["entity"] for one in query.column_descriptions)
    grouped = (
        query.where(person.id.in_(way))
        .with_only_columns(organisation.id, organisation.name, func.count(), maintain_column_froms=True)
        .where(organisation.id.is_not(None))
        .group_by(organisation.id, organisation.name)
    )
    rows = db.session.execute(
        grouped.order_by(func.count().desc(), organisation.name, organisation.id).limit(PARTNERS)
    ).all()
    total = db.session.scalar(select(func.count()).select_from(grouped.subquery())) or 0
    return [(name, people) for _id, name, people in rows], total - len(rows)


def _weigh(
    certification: Certification, rule: Rule, way: Select[PersonId], on_their_way: int, now: datetime
) -> _Count:
    count = _Count()
    people = _sample(way, on_their_way)
    for start in range(0, len(people), AT_ONCE):
        _weigh_some(certification, rule, people[start : start + AT_ONCE], now, count)
    return count


def _sample(way: Select[PersonId], on_their_way: int) -> Sequence[PersonId]:
    if on_their_way <= WEIGHED_AT_MOST:
        return db.session.scalars(way.order_by(TrackRow.person_id).limit(WEIGHED_AT_MOST)).all()
    numbered = way.add_columns(func.row_number().over(order_by=TrackRow.person_id).label("number")).subquery()
    step = -(-on_their_way // WEIGHED_AT_MOST)
    return db.session.scalars(
        select(numbered.c.person_id)
        .where(numbered.c.number % step == 0)
        .order_by(numbered.c.person_id)
        .limit(WEIGHED_AT_MOST)
    ).all()


def _weigh_some(
    certification: Certification, rule: Rule, people: Sequence[PersonId], now: datetime, count: _Count
) -> None:
    before = certification.rule
    leaves = dict.fromkeys((*requirements.all_leaves(before), *requirements.all_leaves(rule)))
    facts, _left = places.read_facts(people, leaves, now=now)
    since = tracks.list_evidence_since(people, certification.id, now=now)
    renewing = tracks.list_renewing(people, certification.id, now=now)
    meant = {one: _meant(one, certification.id, people) for one in {before.audience_id, rule.audience_id}}
    zone = oem_zone()

    def weigh(one: Rule, person_id: PersonId) -> tuple[bool, set[UUID]]:
        renews = person_id in renewing
        weighed = rules.weigh(
            one, facts[person_id], since=since.get(person_id), now=now, zone=zone, renews=renews
        )
        may_hold = person_id in meant[one.audience_id]
        met = _met(one, facts[person_id], weighed.since, renews=renews) if may_hold else set()
        return weighed.term is not None and may_hold, met

    for person_id in people:
        (had, done), (has, counts) = weigh(before, person_id), weigh(rule, person_id)
        count.weighed += 1
        if has and not had:
            count.gains.append(person_id)
        elif not has and done - counts:
            count.loses.append(person_id)


def _met(rule: Rule, facts: Facts, since: datetime | None, *, renews: bool) -> set[UUID]:
    return {
        subject_of(leaf)
        for leaf in requirements.leaves(requirements.path_of(rule, renews=renews))
        if facts.find(leaf, since) is not None
    }


def _meant(
    audience_id: AudienceId | None, certification_id: CertificationId, people: Sequence[PersonId]
) -> frozenset[PersonId]:
    if audience_id is None:
        return frozenset(people)
    return frozenset(
        db.session.scalars(
            select(TrackRow.person_id).where(
                and_(
                    TrackRow.certification_id == certification_id,
                    TrackRow.person_id.in_(people),
                    TrackRow.person_id.in_(audiences.people_in(audience_id)),
                )
            )
        )
    )
