"""A gate that asks for the scene's certification, and whether it is open to Amara."""

from collections.abc import Callable

from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.uow import unit_of_work
from lms.portal.standing import facade as standing
from lms.portal.standing.values import Gate, SubmitterHolds
from tests.certificates.scene import Scene
from tests.support.portal import Cast


def gate_for(cast: Cast, scene: Scene) -> Callable[[], bool]:
    """Let deals of the cold brand be registered by who holds the certification; return what asks it of Amara now."""
    with unit_of_work(), acting_as(SYSTEM):
        standing.define_gate(
            gate=Gate.REGISTER_DEAL,
            brand_id=cast.cold,
            name="Refrigeration deals",
            requirement=SubmitterHolds(scene.certification_id, "Refrigeration Control Engineer"),
            actor=SYSTEM,
            now=clock.now(),
        )

    def is_open() -> bool:
        with unit_of_work(), acting_as(SYSTEM):
            return standing.decide(
                gate=Gate.REGISTER_DEAL,
                partner_id=cast.brixham,
                person_id=cast.amara,
                brand_id=cast.cold,
                at=clock.now(),
            ).allowed

    return is_open
