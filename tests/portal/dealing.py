"""What tests of deals play with: products, a deal as a rep types it, and people who act."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from flask import current_app

from lms.identity.queries import grants_of
from lms.identity.values import OrganisationId, PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, Actor, Grant, Role, Scope, acting_as, scopes_of
from lms.kernel.db import new_id
from lms.kernel.money import Money
from lms.kernel.uow import unit_of_work
from lms.portal.deals import facade as deals
from lms.portal.deals.queries.deals import get_deal
from lms.portal.deals.values import Deal, DealDraft, DealId, LineDraft, ProductId, Source
from tests.portal.scene import GateScene
from tests.support.portal import Cast


@dataclass(frozen=True)
class Dealing:
    """Products to sell, and short ways to do what people do with deals."""

    cast: Cast
    gate: GateScene
    controller: ProductId
    valve: ProductId
    heat_pump: ProductId

    def actor(
        self,
        person_id: PersonId,
        employer: OrganisationId,
        role: Role | None = None,
        scope: Scope | None = None,
    ) -> Actor:
        """Return somebody as who they are when signed in."""
        grants = grants_of([]) + ((Grant(role, scope or Scope(everything=True)),) if role else ())
        table = current_app.extensions["lms.policy"]
        return Actor(
            person_id=person_id, employer_id=employer, grants=grants, scopes=scopes_of(grants, table)
        )

    @property
    def amara(self) -> Actor:
        """Return the rep."""
        return self.actor(self.cast.amara, self.cast.brixham)

    @property
    def jonas(self) -> Actor:
        """Return the channel manager."""
        return self.actor(self.cast.jonas, self.cast.halden, Role.CHANNEL_MANAGER)

    @property
    def petra(self) -> Actor:
        """Return the programme manager."""
        return self.actor(self.cast.petra, self.cast.halden, Role.PROGRAMME_MANAGER)

    def draft(self, **changed: Any) -> DealDraft:
        """Return a deal as it is typed in."""
        return replace(
            DealDraft(
                title="Eleven cold rooms, Cardiff Bay",
                customer_name="Portside Cold Storage Ltd",
                customer_domain="portside-cold.example",
                customer_country="GB",
                customer_postcode="CF10 4UW",
                customer_city="Cardiff",
                is_existing_customer=False,
                contact_name="Helen Marsh",
                contact_job="Facilities director",
                lines=(LineDraft(product_id=self.controller, quantity=11),),
                amount=Money(3_600_000, "GBP"),
                expected_close_on=(clock.now() + timedelta(days=60)).date(),
                source=Source.PARTNER,
                competitor="Tarn Instruments",
                summary="Room by room, so that the store never closes.",
            ),
            **changed,
        )

    def write(self, actor: Actor | None = None, **changed: Any) -> DealId:
        """Store a draft."""
        with unit_of_work(), acting_as(actor or self.amara):
            return deals.save_draft(
                deal_id=DealId(new_id()),
                draft=self.draft(**changed),
                actor=actor or self.amara,
                now=clock.now(),
            )

    def do(self, verb: str, deal_id: DealId, actor: Actor, **given: Any) -> Any:
        """Do something with a deal, in a transaction of its own."""
        with unit_of_work(), acting_as(actor):
            return getattr(deals, verb)(deal_id=deal_id, actor=actor, now=clock.now(), **given)

    def review(self, deal_id: DealId, actor: Actor | None = None) -> None:
        """Submit a deal and take it into review."""
        assert self.do("submit", deal_id, actor or self.amara).done
        self.do("take", deal_id, self.jonas)

    def approved(self, actor: Actor | None = None, **changed: Any) -> DealId:
        """Return a deal that is approved."""
        deal_id = self.write(actor, **changed)
        self.review(deal_id, actor)
        assert self.do("approve", deal_id, self.jonas).done
        return deal_id

    def get(self, deal_id: DealId) -> Deal:
        """Return a deal as it stands."""
        with unit_of_work(read_only=True):
            return get_deal(deal_id)

    def form(self, **changed: str) -> dict[str, str]:
        """Return what the form of a new deal sends."""
        return {
            "key": str(new_id()),
            "customer_name": "Portside Cold Storage Ltd",
            "customer_domain": "portside-cold.example",
            "customer_country": "GB",
            "title": "Eleven cold rooms",
            "lines-0-product_id": str(self.controller),
            "lines-0-quantity": "11",
            "amount": "36,000.00",
            "currency": "GBP",
            "expected_close_on": (clock.now() + timedelta(days=60)).date().isoformat(),
            "source": "partner",
            **changed,
        }


@pytest.fixture
def dealing(gate: GateScene, cast: Cast) -> Dealing:
    """Return products of two brands; Amara and Ruth hold what the gate for Halden Cold asks for."""
    with unit_of_work(), acting_as(SYSTEM):
        products = [
            deals.add_product(code=code, name=name, brand_id=brand)
            for code, name, brand in (
                ("HC-400", "Cold-room controller HC-400", cast.cold),
                ("HC-EXV25", "Expansion valve kit", cast.cold),
                ("HA-220", "Heat-pump controller HA-220", cast.air),
            )
        ]
    for person_id in (cast.amara, cast.ruth):
        gate.scene.learn(person_id)
    return Dealing(cast, gate, *products)
