"""The ladder, where partners stand on it, and what they have of what it asks for."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from flask import current_app
from sqlalchemy import Select, select

from lms.identity import facade as identity
from lms.identity.values import OrganisationId, PersonId
from lms.kernel.db import db
from lms.portal.standing.models import PartnerTier, TierRung
from lms.portal.standing.queries import certification
from lms.portal.standing.rules.tiers import REMEDIATION, gaps
from lms.portal.standing.values import Measure, Rung, TierOutlook, TierStanding

AT_ONCE = 500


def list_ladder() -> Sequence[Rung]:
    """Return the tiers, lowest first."""
    rows = db.session.scalars(select(TierRung.needs).order_by(TierRung.rank).limit(AT_ONCE))
    return [msgspec.convert(needs, Rung) for needs in rows]


def find_standings(partner_ids: Collection[OrganisationId]) -> Mapping[OrganisationId, TierStanding]:
    """Return the tier in force of each of these partners; those below the first are left out."""
    if not partner_ids:
        return {}
    rows = db.session.scalars(
        select(PartnerTier)
        .where(PartnerTier.partner_id.in_(partner_ids), PartnerTier.ended_at.is_(None))
        .limit(AT_ONCE)
    )
    return {
        row.partner_id: TierStanding(tier=row.tier, since=row.since, at_risk_since=row.at_risk_since)
        for row in rows
    }


def pairs_of_tier() -> Select[PersonId, str]:
    """Return everybody's partner's tier of today, as pairs of a person and the tier's key."""
    employed = identity.pairs_of_employer().subquery("employed")
    person_id, partner_id = employed.c
    return (
        select(person_id, PartnerTier.tier)
        .join(PartnerTier, PartnerTier.partner_id == partner_id)
        .where(PartnerTier.ended_at.is_(None))
    )


def list_history(partner_id: OrganisationId) -> Sequence[PartnerTier]:
    """Return a partner's times on tiers, latest first, at most 50."""
    return db.session.scalars(
        select(PartnerTier)
        .where(PartnerTier.partner_id == partner_id)
        .order_by(PartnerTier.since.desc(), PartnerTier.id.desc())
        .limit(50)
    ).all()


def measures() -> Mapping[str, Measure]:
    """Return the measures that upper features take, by key."""
    found: Sequence[Measure] = current_app.extensions.get("lms.standing.measures", ())
    return {measure.key: measure for measure in found}


def count_holders(partner_id: OrganisationId, ladder: Sequence[Rung], at: datetime) -> Mapping[UUID, int]:
    """Return how many distinct people of a partner hold each certification the ladder asks for."""
    asked = {need.certification_id for rung in ladder for need in rung.holders}
    return certification.count_holders(identity.employed_at(partner_id), asked, at) if asked else {}


def measure(
    partner_id: OrganisationId, ladder: Sequence[Rung], at: datetime
) -> Mapping[tuple[str, int], int]:
    """Return each measure the ladder asks for, by key and days looked back; 0 where nobody takes it."""
    known = measures()
    return {
        (key, days): known[key]
        .values([partner_id], since=at - timedelta(days=days), until=at)
        .get(partner_id, 0)
        if key in known
        else 0
        for key, days in {(need.key, need.days) for rung in ladder for need in rung.measures}
    }


def get_outlook(partner_id: OrganisationId, at: datetime) -> TierOutlook:
    """Return where a partner stands, what it needs to keep that, and what to rise."""
    ladder = list_ladder()
    by_key = {rung.key: rung for rung in ladder}
    standing = find_standings([partner_id]).get(partner_id)
    rung = by_key.get(standing.tier) if standing else None
    above = ladder[ladder.index(rung) + 1 :] if rung else ladder
    holders, measured = count_holders(partner_id, ladder, at), measure(partner_id, ladder, at)
    labels = {key: one.label for key, one in measures().items()}
    at_risk_since = standing.at_risk_since if standing else None
    return TierOutlook(
        rung=rung,
        standing=standing,
        falls_at=at_risk_since + REMEDIATION if at_risk_since else None,
        keep=gaps(rung, holders, measured, labels) if rung else (),
        next_rung=above[0] if above else None,
        rise=gaps(above[0], holders, measured, labels) if above else (),
    )
