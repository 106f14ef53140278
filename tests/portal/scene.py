"""What tests of standing and deals play with: a gate for Halden Cold, and who may pass it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest

from lms.identity.values import BrandId, OrganisationId, PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.uow import unit_of_work
from lms.portal.standing import facade as standing
from lms.portal.standing.values import (
    AllOf,
    BrandAuthorised,
    Decision,
    Gate,
    PartnerHolders,
    SubmitterHolds,
)
from tests.certificates.scene import Scene
from tests.support.portal import Cast

TITLE = "Refrigeration Control Engineer"


@dataclass(frozen=True)
class GateScene:
    """A deal for Halden Cold asks that the submitter holds the certification and the partner has two holders."""

    scene: Scene
    cast: Cast
    requirement: AllOf

    def decide(
        self,
        person_id: PersonId,
        *,
        partner_id: OrganisationId | None = None,
        brand_id: BrandId | None = None,
        by: date | None = None,
        subject_id: UUID | None = None,
    ) -> Decision:
        """Decide the gate now, in a transaction of its own."""
        with unit_of_work(), acting_as(SYSTEM):
            return standing.decide(
                gate=Gate.REGISTER_DEAL,
                partner_id=partner_id or self.cast.brixham,
                person_id=person_id,
                brand_id=brand_id or self.cast.cold,
                at=clock.now(),
                by=by,
                subject_id=subject_id,
            )


@pytest.fixture
def gate(cast: Cast, scene: Scene) -> GateScene:
    """Return the gate, defined in the test's portal."""
    requirement = AllOf(
        of=(
            BrandAuthorised(brand_name="Halden Cold"),
            SubmitterHolds(certification_id=scene.certification_id, title=TITLE, glyph="cold"),
            PartnerHolders(certification_id=scene.certification_id, title=TITLE, glyph="cold", count=2),
        )
    )
    with unit_of_work(), acting_as(SYSTEM):
        standing.define_gate(
            gate=Gate.REGISTER_DEAL,
            brand_id=cast.cold,
            name="Refrigeration deals",
            requirement=requirement,
            actor=SYSTEM,
            now=clock.now(),
        )
    return GateScene(scene, cast, requirement)
