"""SELECTs of who holds which certification: what gates, tiers and audiences count."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    bindparam,
    cast,
    exists,
    func,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from lms.certificates.cycles.models import CertificateRow, CertificationRow, TrackRow
from lms.certificates.cycles.models.equivalences import EquivalenceRow
from lms.certificates.cycles.rules.terms import start_of
from lms.certificates.cycles.values.equivalences import Credited
from lms.certificates.values import CertificationId, Holding
from lms.identity.values import PersonId
from lms.kernel.db import db, fetch
from lms.web.context import oem_zone

People = Select[PersonId] | Collection[PersonId]


def _chosen(people: People) -> Any:
    return TrackRow.person_id.in_(people)


_HOLDING = (
    TrackRow.person_id,
    TrackRow.certification_id,
    TrackRow.certificate_id,
    TrackRow.code,
    TrackRow.valid_through,
    TrackRow.expires_at,
    TrackRow.counts_until,
)


def _holding(row: Any) -> Holding:
    person_id, certification_id, certificate_id, code, valid_through, expires_at, counts_until = row
    return Holding(
        person_id=person_id,
        certification_id=certification_id,
        certificate_id=certificate_id,
        code=code,
        valid_through=valid_through,
        expires_at=expires_at,
        counts_until=counts_until,
    )


def list_holdings(
    people: People, certification_ids: Collection[CertificationId], *, at: datetime
) -> Sequence[Holding]:
    """Return the certificates of these people that count at `at`, an instant from now on, by when they end."""
    rows = db.session.execute(
        select(*_HOLDING)
        .where(TrackRow.certification_id.in_(certification_ids), _chosen(people), TrackRow.counts_until > at)
        .order_by(TrackRow.counts_until, TrackRow.person_id)
    )
    return [_holding(row) for row in rows]


_ASKED: Any = bindparam("certification_id", type_=TrackRow.certification_id.type)
_AT: Any = bindparam("at", type_=TrackRow.counts_until.type)
_TODAY: Any = bindparam("today", type_=Date())
_AS_IT_IS = (cast(null(), Date()).label("through"), cast(null(), Text()).label("title"))


@lru_cache(maxsize=64)
def _some(people: Select[PersonId], dialect: str) -> Any:
    """Return the query of any :at_most holders among `people`, built once for each way of choosing those.

    Joined, so that the database goes from person to person and stops when it has enough; and without an order,
    which would cost as much as holders are many.
    """
    chosen = people.subquery()
    person_id = next(iter(chosen.c))
    return (
        select(*_HOLDING, *_AS_IT_IS)
        .join(chosen, person_id == TrackRow.person_id)
        .where(_kept_from(TrackRow.certification_id, dialect) == _ASKED, TrackRow.counts_until > _AT)
        .limit(bindparam("at_most"))
    )


@lru_cache(maxsize=64)
def _some_for_partners(people: Select[PersonId], dialect: str) -> Any:
    """Return the same query with those who hold what counts for it where partners are counted, each person once."""
    chosen = people.subquery()
    credited = (
        select(*_HOLDING, EquivalenceRow.through, CertificationRow.title)
        .join(chosen, next(iter(chosen.c)) == TrackRow.person_id)
        .join(EquivalenceRow, _kept_from(TrackRow.certification_id, dialect) == EquivalenceRow.from_id)
        .join(CertificationRow, CertificationRow.id == EquivalenceRow.from_id)
        .where(EquivalenceRow.to_id == _ASKED, *credits_company(EquivalenceRow, TrackRow, _AT, _TODAY))
        .where(~_holds_it(_ASKED, _AT), ~_is_counted_by_another(_AT, _TODAY))
        .limit(bindparam("at_most"))
    )
    both = union_all(*(select(*one.subquery().c) for one in (_some(people, dialect), credited)))
    return both.limit(bindparam("at_most"))


def _kept_from(certification_id: Any, dialect: str) -> Any:
    """Return the column, kept from use in an index on SQLite.

    Which knows no better without statistics than to begin with all who hold the certification anywhere; a plus sign
    keeps it from that (sqlite.org/optoverview.html §2).
    """
    if dialect != "sqlite":
        return certification_id
    return UnaryExpression(certification_id, operator=custom_op("+"), type_=certification_id.type)


def credits_company(one: Any, track: Any, at: Any, today: Any) -> tuple[ColumnElement[bool], ...]:
    """Return when an equivalence `one` lets the holder of a `track` count for their partner."""
    is_old_enough = exists(
        select(CertificateRow.id).where(
            CertificateRow.id == track.certificate_id, CertificateRow.rule_version <= one.up_to_version
        )
    )
    return (
        one.credited == Credited.COMPANY,
        one.ended_at.is_(None),
        or_(one.through.is_(None), one.through >= today),
        track.counts_until > at,
        or_(one.up_to_version.is_(None), is_old_enough),
    )


def _holds_it(certification_id: Any, at: Any) -> ColumnElement[bool]:
    """Return whether whose track it is holds what they would be counted for."""
    own = aliased(TrackRow)
    return exists(
        select(own.person_id).where(
            own.certification_id == certification_id,
            own.person_id == TrackRow.person_id,
            own.counts_until > at,
        )
    )


def _is_counted_by_another(at: Any, today: Any) -> ColumnElement[bool]:
    """Return whether the same person is counted by another equivalence that comes first."""
    other, held = aliased(EquivalenceRow), aliased(TrackRow)
    return exists(
        select(other.id)
        .join(held, held.certification_id == other.from_id)
        .where(
            other.to_id == EquivalenceRow.to_id,
            other.id < EquivalenceRow.id,
            held.person_id == TrackRow.person_id,
            *credits_company(other, held, at, today),
        )
    )


def list_some_holdings(
    people: Select[PersonId],
    given: Mapping[str, Any],
    certification_id: CertificationId,
    *,
    at: datetime,
    at_most: int,
    for_partner: bool = False,
) -> Sequence[Holding]:
    """Return any `at_most` certificates of these people that count at `at`, an instant from now on.

    `for_partner` says that people are counted for their partner: then other certificates may count for this one.
    """
    zone = oem_zone()
    asked = {
        **given,
        "certification_id": certification_id,
        "at": at,
        "at_most": at_most,
        **({"today": at.astimezone(zone).date()} if for_partner else {}),
    }
    query = (_some_for_partners if for_partner else _some)(people, db.engine.dialect.name)
    return [
        _credited(_holding(row[:-2]), certification_id, row[-2], row[-1] or "", zone)
        for row in fetch(query, asked)
    ]


def _credited(
    held: Holding, certification_id: CertificationId, through: date | None, title: str, zone: ZoneInfo
) -> Holding:
    """Return what is held as it counts for another certification, no longer than the equivalence says."""
    if not title:
        return held
    if through is not None and through < held.valid_through:
        end = start_of(through + timedelta(days=1), zone)
        held = replace(held, valid_through=through, expires_at=end, counts_until=min(end, held.counts_until))
    elif through is not None:
        end = start_of(through + timedelta(days=1), zone)
        held = replace(held, counts_until=min(end, held.counts_until))
    return replace(held, certification_id=certification_id, held_title=title)


def count_holders(
    people: People, certification_ids: Collection[CertificationId], *, at: datetime
) -> Mapping[CertificationId, int]:
    """Return for how many of these people their partner has each certification at `at`.

    They hold it, or what counts for it where partners are counted; each person is one.
    """
    today = at.astimezone(oem_zone()).date()
    own = (
        select(TrackRow.certification_id, func.count())
        .where(TrackRow.certification_id.in_(certification_ids), _chosen(people), TrackRow.counts_until > at)
        .group_by(TrackRow.certification_id)
    )
    credited = (
        select(EquivalenceRow.to_id, func.count(TrackRow.person_id.distinct()))
        .join(TrackRow, TrackRow.certification_id == EquivalenceRow.from_id)
        .where(
            EquivalenceRow.to_id.in_(certification_ids),
            *credits_company(EquivalenceRow, TrackRow, at, today),
            _chosen(people),
            ~_holds_it(EquivalenceRow.to_id, at),
        )
        .group_by(EquivalenceRow.to_id)
    )
    found: Counter[CertificationId] = Counter()
    for certification_id, count in db.session.execute(union_all(own, credited)):
        found[certification_id] += count
    return found


def people_holding(certification_id: CertificationId, *, at: datetime) -> Select[PersonId]:
    """Return the subquery of people who hold a certification at an instant from now on."""
    return select(TrackRow.person_id).where(
        TrackRow.certification_id == certification_id, TrackRow.counts_until > at
    )


def list_former(
    people: People, certification_id: CertificationId, *, at: datetime, limit: int
) -> Sequence[tuple[PersonId, datetime]]:
    """Return who of these people held a certification and holds it no more, and until when, latest first."""
    rows = db.session.execute(
        select(TrackRow.person_id, TrackRow.counts_until)
        .where(TrackRow.certification_id == certification_id, _chosen(people), TrackRow.counts_until <= at)
        .order_by(TrackRow.counts_until.desc(), TrackRow.person_id)
        .limit(limit)
    )
    return [(person_id, until) for person_id, until in rows if until is not None]
