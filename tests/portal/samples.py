"""What of the portal belongs to Northway, for the walk of every route."""

from datetime import timedelta

from lms.kernel import clock
from lms.kernel.actor import SYSTEM, Actor, acting_as
from lms.kernel.db import new_id
from lms.kernel.money import Money
from lms.kernel.uow import unit_of_work
from lms.portal.deals import facade as deals
from lms.portal.deals.values import DealDraft, DealId, LineDraft, Source
from lms.portal.standing import facade as standing
from lms.portal.standing.values import Gate
from tests.architecture.samples import sample
from tests.support.portal import Cast


@sample("decision_id")
def _decision(cast: Cast) -> object:
    with unit_of_work(), acting_as(SYSTEM):
        return standing.decide(
            gate=Gate.REGISTER_DEAL,
            partner_id=cast.northway,
            person_id=cast.nils,
            brand_id=cast.cold,
            at=clock.now(),
        ).id


@sample("deals.review:deal_id", "deals.decide:deal_id")
def _submitted_deal(cast: Cast) -> object:
    """A draft is its partner's alone; what the manufacturer decides has been sent in."""
    deal_id = _draft(cast)
    nils = Actor(person_id=cast.nils, employer_id=cast.northway)
    with unit_of_work(), acting_as(SYSTEM):
        assert deals.submit(deal_id=deal_id, actor=nils, now=clock.now()).done
    return deal_id


@sample("deal_id")
def _deal(cast: Cast) -> object:
    return _draft(cast)


def _draft(cast: Cast) -> DealId:
    nils = Actor(person_id=cast.nils, employer_id=cast.northway)
    with unit_of_work(), acting_as(SYSTEM):
        code = f"HC-{new_id().hex[-6:]}"
        product_id = deals.add_product(code=code, name="Cold-room controller", brand_id=cast.cold)
        return deals.save_draft(
            deal_id=DealId(new_id()),
            draft=DealDraft(
                title="Sixteen stores",
                customer_name="Lidgate Dairies Ltd",
                customer_domain="lidgate-dairies.example",
                customer_country="GB",
                customer_postcode="HX3 8TB",
                customer_city="Halifax",
                is_existing_customer=False,
                contact_name="Joanne Lidgate",
                contact_job="Managing director",
                lines=(LineDraft(product_id=product_id, quantity=16),),
                amount=Money(4_595_000, "GBP"),
                expected_close_on=(clock.now() + timedelta(days=60)).date(),
                source=Source.PARTNER,
                competitor="",
                summary="",
            ),
            actor=nils,
            now=clock.now(),
        )
