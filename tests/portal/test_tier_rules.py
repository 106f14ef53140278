"""Tiers without a database: the highest rung that is earned, what is missing, and how a tier is lost."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from lms.portal.standing.rules.tiers import REMEDIATION, gaps, meets, next_standing, tier_for
from lms.portal.standing.values import HoldersNeed, MeasureNeed, Rung, TierStanding

NOW = datetime(2026, 11, 23, 8, 14, tzinfo=UTC)
SALES, SAFETY = UUID(int=101), UUID(int=102)


def rung(key: str, sales: int, safety: int, won: int) -> Rung:
    return Rung(
        key=key,
        name=key.title(),
        holders=(
            HoldersNeed(certification_id=SALES, title="Sales Professional", count=sales),
            HoldersNeed(certification_id=SAFETY, title="Safety Systems Specialist", count=safety),
        ),
        measures=(MeasureNeed(key="deals_won", count=won, days=365),),
    )


RUNGS = (rung("registered", 0, 0, 0), rung("silver", 2, 0, 1), rung("gold", 3, 3, 2))
KEYS = tuple(one.key for one in RUNGS)
COUNTS = st.fixed_dictionaries({SALES: st.integers(0, 6), SAFETY: st.integers(0, 6)})
WON = st.integers(0, 4).map(lambda won: {("deals_won", 365): won})


@given(COUNTS, WON)
def test_the_tier_is_the_highest_whose_every_need_is_met(holders, won):
    earned = tier_for(holders, won, RUNGS)
    assert earned is not None
    assert meets(earned, holders, won)
    assert not any(meets(above, holders, won) for above in RUNGS[RUNGS.index(earned) + 1 :])


@given(COUNTS, WON)
def test_no_gap_is_open_exactly_when_the_rung_is_met(holders, won):
    for one in RUNGS:
        assert all(gap.is_met for gap in gaps(one, holders, won, {})) == meets(one, holders, won)


@given(COUNTS, WON, st.sampled_from([SALES, SAFETY]))
def test_one_more_holder_never_lowers_a_tier(holders, won, certification):
    before = tier_for(holders, won, RUNGS)
    after = tier_for({**holders, certification: holders[certification] + 1}, won, RUNGS)
    assert before is not None
    assert after is not None
    assert RUNGS.index(after) >= RUNGS.index(before)


def test_a_partner_rises_at_once():
    standing = next_standing(TierStanding(tier="silver", since=NOW, at_risk_since=None), "gold", KEYS, NOW)
    assert standing == TierStanding(tier="gold", since=NOW, at_risk_since=None)


def test_a_partner_falls_only_after_the_time_to_mend_it():
    gold = TierStanding(tier="gold", since=NOW - timedelta(days=400), at_risk_since=None)
    warned = next_standing(gold, "silver", KEYS, NOW)
    assert warned == TierStanding(tier="gold", since=gold.since, at_risk_since=NOW)
    last_second = NOW + REMEDIATION - timedelta(seconds=1)
    assert next_standing(warned, "silver", KEYS, last_second) == warned
    assert next_standing(warned, "silver", KEYS, NOW + REMEDIATION) == TierStanding(
        tier="silver", since=NOW + REMEDIATION, at_risk_since=None
    )


def test_mending_it_in_time_ends_the_warning_and_keeps_the_date():
    since = NOW - timedelta(days=400)
    warned = TierStanding(tier="gold", since=since, at_risk_since=NOW)
    assert next_standing(warned, "gold", KEYS, NOW + timedelta(days=29)) == TierStanding(
        tier="gold", since=since, at_risk_since=None
    )
