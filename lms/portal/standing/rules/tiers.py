"""Which tier is earned, what is missing to the next, and when a tier that is no longer earned is lost."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from lms.portal.standing.values import Gap, MeasureNeed, Rung, TierStanding

REMEDIATION = timedelta(days=30)
"""How long a tier stays in force after its requirements stopped being met."""

Measured = Mapping[tuple[str, int], int]
"""A partner's measures by key and days looked back."""


def meets(rung: Rung, holders: Mapping[UUID, int], measured: Measured) -> bool:
    """Return whether every need of a rung is met."""
    return all(holders.get(need.certification_id, 0) >= need.count for need in rung.holders) and all(
        measured.get((need.key, need.days), 0) >= need.count for need in rung.measures
    )


def tier_for(holders: Mapping[UUID, int], measured: Measured, ladder: Sequence[Rung]) -> Rung | None:
    """Return the highest rung whose every need is met, or None below the first. The ladder rises."""
    return next((rung for rung in reversed(ladder) if meets(rung, holders, measured)), None)


def gaps(
    rung: Rung, holders: Mapping[UUID, int], measured: Measured, labels: Mapping[str, str]
) -> tuple[Gap, ...]:
    """Return every need of a rung with how far it is met; `labels` names the measures."""
    return (
        *(
            Gap(label=need.title, have=holders.get(need.certification_id, 0), need=need.count)
            for need in rung.holders
        ),
        *(_measure_gap(need, measured, labels) for need in rung.measures if need.count),
    )


def _measure_gap(need: MeasureNeed, measured: Measured, labels: Mapping[str, str]) -> Gap:
    return Gap(
        label=str(labels.get(need.key, need.key)),
        have=measured.get((need.key, need.days), 0),
        need=need.count,
    )


def next_standing(
    current: TierStanding | None, earned: str | None, ladder: Sequence[str], now: datetime
) -> TierStanding | None:
    """Return the tier in force from now on: up at once, down only after the time to mend it has run out.

    `ladder` is the keys, rising. A tier that is no longer on the ladder is lost at once.
    """
    known = current if current is not None and current.tier in ladder else None
    height = ladder.index(earned) if earned is not None and earned in ladder else -1
    if known is None:
        return TierStanding(tier=ladder[height], since=now, at_risk_since=None) if height >= 0 else None
    standing = ladder.index(known.tier)
    if height == standing:
        return TierStanding(tier=known.tier, since=known.since, at_risk_since=None)
    if height > standing:
        return TierStanding(tier=ladder[height], since=now, at_risk_since=None)
    at_risk_since = known.at_risk_since or now
    if now < at_risk_since + REMEDIATION:
        return TierStanding(tier=known.tier, since=known.since, at_risk_since=at_risk_since)
    return TierStanding(tier=ladder[height], since=now, at_risk_since=None) if height >= 0 else None
