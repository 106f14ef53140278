"""What deals do by the clock: end protections whose time is up."""

from lms.kernel import clock, uow
from lms.portal.deals.queries import customers
from lms.portal.deals.service import decisions
from lms.portal.deals.values import DealId

JOB = "deals.end_protections"


def end_protections() -> None:
    """End every protection whose time is up, each in a transaction of its own."""
    while run_out := uow.run(lambda: customers.list_run_out(clock.now()), read_only=True):
        for deal_id in run_out:
            _end(DealId(deal_id))


def _end(deal_id: DealId) -> None:
    uow.run(lambda: decisions.expire(deal_id=deal_id, now=clock.now()))
