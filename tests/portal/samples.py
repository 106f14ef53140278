"""What of the portal belongs to Northway, for the walk of every route."""

from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.uow import unit_of_work
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
