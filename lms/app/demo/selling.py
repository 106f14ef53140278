"""The demo's gates, tiers and deals: registered, refused and decided as people did it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from lms.app.demo.stage import Act, Stage
from lms.app.demo.values import Deal, Partner, Step, Tier
from lms.app.demo.values import Gate as GateData
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.db import new_id
from lms.kernel.money import Money
from lms.portal.deals import facade as deals
from lms.portal.deals.values import DealDraft, DealId, DealState, LineDraft, Source, Terms
from lms.portal.partners import facade as partners
from lms.portal.partners.values import Agreement
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
    yield Act(ladder_at, partial(_open_shop, stage), stage.programme_manager)
    joined = {person.key: person.joined_days_ago for person in stage.world.people}
    for partner in stage.world.partners:
        at = max(ladder_at, stage.ago(joined[partner.channel_manager], "12:00"))
        yield Act(at, partial(_keep_record, stage, partner), stage.programme_manager)
    for deal in stage.world.deals:
        for number, step in enumerate(deal.history):
            at = stage.ago(step.days_ago, step.time)
            yield Act(at, partial(_move, stage, deal, number), step.by)


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


def _open_shop(stage: Stage) -> None:
    for product in stage.world.products:
        stage.products[product.code] = deals.add_product(
            code=product.code, name=product.name, brand_id=stage.brands[product.brand]
        )
    told = stage.world.deal_rules
    deals.set_terms(
        terms=Terms(
            protection_days=told.protection_days,
            extension_days=told.extension_days,
            returns_allowed=told.returns_allowed,
            decide_within_business_days=told.decide_within_business_days,
            second_step_from_minor={str(code): minor for code, minor in told.second_step_from_minor.items()},
        ),
        now=clock.now(),
    )


def _keep_record(stage: Stage, partner: Partner) -> None:
    partners.keep_record(
        organisation_id=stage.organisations[partner.key],
        channel_manager_id=stage.people[partner.channel_manager],
        joined_on=stage.ago(partner.since_days_ago).date(),
        agreement=Agreement.ACTIVE,
        note=partner.summary.strip(),
        now=clock.now(),
    )


def _move(stage: Stage, deal: Deal, number: int) -> None:
    step = deal.history[number]
    if DealState(step.to) is DealState.DRAFT:
        _write(stage, deal)
        return
    VERBS[DealState(step.to)](stage.deals[deal.ref], step)


def _write(stage: Stage, deal: Deal) -> None:
    customer = deal.customer
    stage.deals[deal.ref] = deals.save_draft(
        deal_id=DealId(new_id()),
        draft=DealDraft(
            title=deal.title,
            customer_name=customer.legal_name,
            customer_domain=customer.domain,
            customer_country=customer.country,
            customer_postcode=customer.postcode,
            customer_city=customer.city,
            is_existing_customer=customer.existing,
            contact_name=deal.contact.name,
            contact_job=deal.contact.job,
            lines=tuple(
                LineDraft(product_id=stage.products[code], quantity=quantity)
                for code, quantity in deal.lines.items()
            ),
            amount=Money(deal.amount_minor, deal.currency),
            expected_close_on=(stage.now + timedelta(days=deal.close_in_days)).date(),
            source=Source(deal.source),
            competitor=deal.competitor,
            summary=deal.summary.strip(),
        ),
        actor=current(),
        now=clock.now(),
        number=int(deal.ref.removeprefix("D-")),
    )


def _done(verb: Callable[..., Any], *, with_reason: bool) -> Callable[[DealId, Step], None]:
    def do(deal_id: DealId, step: Step) -> None:
        said = {"reason": step.reason} if with_reason else {}
        verb(deal_id=deal_id, actor=current(), now=clock.now(), **said)

    return do


def _expire(deal_id: DealId, _step: Step) -> None:
    deals.expire(deal_id=deal_id, now=clock.now())


VERBS: dict[DealState, Callable[[DealId, Step], None]] = {
    DealState.SUBMITTED: _done(deals.submit, with_reason=False),
    DealState.UNDER_REVIEW: _done(deals.take, with_reason=False),
    DealState.PENDING_APPROVAL: _done(deals.approve, with_reason=True),
    DealState.APPROVED: _done(deals.approve, with_reason=True),
    DealState.RETURNED: _done(deals.send_back, with_reason=True),
    DealState.REJECTED: _done(deals.reject, with_reason=True),
    DealState.EXTENDED: _done(deals.extend, with_reason=True),
    DealState.WITHDRAWN: _done(deals.withdraw, with_reason=True),
    DealState.WON: _done(deals.win, with_reason=True),
    DealState.LOST: _done(deals.lose, with_reason=True),
    DealState.CANCELLED: _done(deals.cancel, with_reason=True),
    DealState.EXPIRED: _expire,
}
"""What brought a deal into each state."""
