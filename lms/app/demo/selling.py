"""The demo's gates, tiers and deals: registered, refused and decided as people did it."""

from collections.abc import Iterator
from functools import partial

from lms.app.demo.stage import Act, Stage
from lms.app.demo.values import Gate as GateData
from lms.app.demo.values import Tier
from lms.kernel import clock
from lms.kernel.actor import current
from lms.portal.standing import facade as standing
from lms.portal.standing.values import (
    AllOf,
    BrandAuthorised,
    Gate,
    HoldersNeed,
    MeasureNeed,
    PartnerHolders,
    Requirement,
    Rung,
    SubmitterHolds,
)

DEALS_WON = "deals_won"


def history(stage: Stage) -> Iterator[Act]:
    """Yield every act of selling, in no order."""
    for gate in stage.world.gates:
        yield Act(
            stage.ago(gate.in_force_days_ago, "14:00"),
            partial(_define_gate, stage, gate),
            stage.programme_manager,
        )
    ladder_at = min(stage.ago(gate.in_force_days_ago, "13:00") for gate in stage.world.gates)
    yield Act(ladder_at, partial(_set_ladder, stage), stage.programme_manager)


def _title(stage: Stage, code: str) -> str:
    return next(one.title for one in stage.world.certifications if one.code == code)


def _glyph(stage: Stage, code: str) -> str:
    return next(one.glyph for one in stage.world.certifications if one.code == code)


def _define_gate(stage: Stage, one: GateData) -> None:
    brand = next(brand for brand in stage.world.brands if brand.key == one.brand)
    asked: list[Requirement] = [BrandAuthorised(brand_name=brand.name)]
    if one.submitter_holds:
        code = one.submitter_holds
        asked.append(
            SubmitterHolds(
                certification_id=stage.certifications[code],
                title=_title(stage, code),
                glyph=_glyph(stage, code),
            )
        )
    code = one.partner_holders.certification
    asked.append(
        PartnerHolders(
            certification_id=stage.certifications[code],
            title=_title(stage, code),
            glyph=_glyph(stage, code),
            count=one.partner_holders.count,
        )
    )
    standing.define_gate(
        gate=Gate.REGISTER_DEAL,
        brand_id=stage.brands[one.brand],
        name=one.name,
        requirement=AllOf(of=tuple(asked)),
        actor=current(),
        now=clock.now(),
    )


def _set_ladder(stage: Stage) -> None:
    standing.set_ladder(rungs=[_rung(stage, tier) for tier in stage.world.tiers])


def _rung(stage: Stage, tier: Tier) -> Rung:
    return Rung(
        key=tier.key,
        name=tier.name,
        holders=tuple(
            HoldersNeed(certification_id=stage.certifications[code], title=_title(stage, code), count=count)
            for code, count in tier.holders.items()
        ),
        measures=(MeasureNeed(key=DEALS_WON, count=tier.deals_won, days=tier.won_days),)
        if tier.deals_won and tier.won_days
        else (),
    )
