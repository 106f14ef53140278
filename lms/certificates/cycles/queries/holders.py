"""SELECTs of who holds which certification: what gates, tiers and audiences count."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from lms.certificates.cycles.models import (
    TrackRow,
)
from lms.certificates.values import (
    CertificationId,
    Holding,
)
from lms.identity.values import PersonId
from lms.kernel.db import db, fetch

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


@lru_cache(maxsize=64)
def _some(people: Select[PersonId], dialect: str) -> Any:
    """Return the query of any :at_most holders among `people`, built once for each way of choosing those.

    Joined, so that the database goes from person to person and stops when it has enough; and without an order,
    which would cost as much as holders are many.
    """
    chosen = people.subquery()
    certification_id: Any = TrackRow.certification_id
    if dialect == "sqlite":
        # Which knows no better without statistics than to begin with all who hold the certification anywhere;
        # a plus sign keeps it from that (sqlite.org/optoverview.html §2).
        certification_id = UnaryExpression(
            certification_id, operator=custom_op("+"), type_=certification_id.type
        )
    return (
        select(*_HOLDING)
        .join(chosen, next(iter(chosen.c)) == TrackRow.person_id)
        .where(
            certification_id == bindparam("certification_id"),
            TrackRow.counts_until > bindparam("at", type_=TrackRow.counts_until.type),
        )
        .limit(bindparam("at_most"))
    )


def list_some_holdings(
    people: Select[PersonId],
    given: Mapping[str, Any],
    certification_id: CertificationId,
    *,
    at: datetime,
    at_most: int,
) -> Sequence[Holding]:
    """Return any `at_most` certificates of these people that count at `at`, an instant from now on."""
    asked = {**given, "certification_id": certification_id, "at": at, "at_most": at_most}
    return [_holding(row) for row in fetch(_some(people, db.engine.dialect.name), asked)]


def count_holders(
    people: People, certification_ids: Collection[CertificationId], *, at: datetime
) -> Mapping[CertificationId, int]:
    """Return how many of these people hold each certification at `at`, from one index and nothing else."""
    rows = db.session.execute(
        select(TrackRow.certification_id, func.count())
        .where(TrackRow.certification_id.in_(certification_ids), _chosen(people), TrackRow.counts_until > at)
        .group_by(TrackRow.certification_id)
    )
    return {one: count for one, count in rows}  # noqa: C416  rows are typed so


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
