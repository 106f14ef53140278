"""SELECTs of what ends in the months to come, if nobody renews."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from lms.certificates.cycles.models import TrackRow
from lms.certificates.cycles.queries import team
from lms.certificates.cycles.values import TeamFilter
from lms.certificates.cycles.values.team import Ending, Forecast, Month
from lms.certificates.policy import VIEW_TEAM
from lms.certificates.values import CertificationId
from lms.identity import facade as identity
from lms.kernel.actor import Actor
from lms.kernel.db import AnyColumn, db
from lms.web.pages import Page, PageRequest, keyset


def forecast_team(actor: Actor, wanted: TeamFilter, months: Sequence[Month], *, now: datetime) -> Forecast:
    """Return how many of a team's certificates lapse in each month, grace included, in one query."""
    return count_ends(TrackRow.counts_until, months, *_of_team(actor, wanted, now))


def count_ends(ends_at: Any, months: Sequence[Month], *which: AnyColumn) -> Forecast:
    """Return how many of `which` tracks end in each month, by certification, in one query."""
    sums = [func.count().filter(ends_at > one.begins_at, ends_at <= one.ends_at) for one in months]
    rows = db.session.execute(
        select(TrackRow.certification_id, *sums)
        .where(
            ends_at > months[0].begins_at,
            ends_at <= months[-1].ends_at,
            TrackRow.revoked_at.is_(None),
            *which,
        )
        .group_by(TrackRow.certification_id)
    )
    return Forecast(months=months, counts={row[0]: list(row[1:]) for row in rows})


def page_ending(
    actor: Actor, wanted: TeamFilter, month: Month, page: PageRequest, *, now: datetime
) -> Page[Ending]:
    """Return one page of the certificates that lapse in a month, the first to lapse first."""
    query = select(
        TrackRow.person_id,
        TrackRow.certification_id,
        TrackRow.code,
        TrackRow.valid_through,
        TrackRow.expires_at,
        TrackRow.counts_until,
    ).where(
        TrackRow.counts_until > month.begins_at,
        TrackRow.counts_until <= month.ends_at,
        TrackRow.revoked_at.is_(None),
        *_of_team(actor, wanted, now),
    )
    found = keyset(
        query,
        by=[TrackRow.counts_until, TrackRow.person_id, TrackRow.certification_id],
        wanted=page,
        scalars=False,
    )
    people = identity.list_people({row[0] for row in found.items})
    return found.map(
        lambda row: Ending(
            person=people[row[0]],
            certification_id=CertificationId(row[1]),
            code=row[2],
            valid_through=row[3],
            expires_at=row[4],
            counts_until=row[5],
        )
    )


def _of_team(actor: Actor, wanted: TeamFilter, now: datetime) -> Sequence[AnyColumn]:
    people, columns = team.people_of(actor.scope_of(VIEW_TEAM), wanted, now)
    which: list[AnyColumn] = [TrackRow.person_id.in_(people.with_only_columns(columns.person_id))]
    if wanted.certification_id is not None:
        which.append(TrackRow.certification_id == wanted.certification_id)
    return which
