"""After any history of changes the table of members, the filter of the database and the rule say the same."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.audiences import facade as audiences
from lms.audiences import service
from lms.audiences.values import AudienceId, Rule, tidied
from lms.identity import facade as identity
from lms.identity import service as identity_service
from lms.identity.values import OrganisationKind, PersonId, RegionId, ResellerModel
from lms.kernel import clock, privacy
from lms.kernel.actor import SYSTEM, Role, Scope, acting_as
from lms.kernel.uow import unit_of_work
from tests.audiences.scene import agree, rule, save
from tests.support.portal import Cast

MODELS = list(ResellerModel)[:3]
_numbers = itertools.count()


@dataclass
class History:
    """A portal in which things happen as hypothesis says."""

    cast: Cast
    draw: Callable[[Any], Any]
    regions: tuple[RegionId, ...]
    saved: list[AudienceId] = field(default_factory=list)

    def one_of(self, choices: Sequence[Any]) -> Any:
        """Return one of some things."""
        return self.draw(st.sampled_from(choices))

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Return whom it is about."""
        return (self.cast.amara, self.cast.dafydd, self.cast.nils, self.cast.ruth)

    @property
    def partners(self) -> tuple[Any, ...]:
        """Return the organisations that move."""
        return (self.cast.brixham, self.cast.cardiff, self.cast.northway)

    def any_rule(self, below: Sequence[AudienceId]) -> Rule:
        """Return a rule over everything there is; it may name the audiences `below`."""
        some: dict[str, Sequence[Any]] = {
            "position": [self.cast.sales_rep, self.cast.technician],
            "region": self.regions,
            "brand": [self.cast.cold, self.cast.air],
            "model": MODELS,
            "organisation": self.partners,
            "kind": list(OrganisationKind),
            "language": ["en", "de"],
            "role": [Role.PARTNER_ADMIN, Role.TRAINER],
            **({"audience": below} if below else {}),
        }
        keys = st.lists(st.sampled_from(sorted(some)), max_size=3, unique=True)

        def side() -> dict[str, Any]:
            return {
                key: self.draw(st.lists(st.sampled_from(some[key]), max_size=2)) for key in self.draw(keys)
            }

        people = st.lists(st.sampled_from(self.people), max_size=2, unique=True)
        named = self.draw(people)
        barred = [one for one in self.draw(people) if one not in named]
        found = tidied(rule(without=side(), people=named, not_people=barred, **side()))
        return rule(position=[self.cast.sales_rep]) if found.is_empty else found

    # ---- what may happen, each in a transaction of its own

    def employ(self) -> None:
        """Let somebody work anywhere, as anything."""
        self._hire(self.one_of(self.people))

    def _hire(self, person_id: PersonId) -> None:
        identity.employ(
            person_id=person_id,
            organisation_id=self.one_of(self.partners),
            position_id=self.one_of([None, self.cast.sales_rep, self.cast.technician]),
            region_id=self.one_of([None, *self.regions]),
            now=clock.now(),
        )

    def leave(self) -> None:
        """Let somebody go, if they work anywhere."""
        person = identity.find_person(self.one_of(self.people))
        if person is not None and person.employer_id is not None:
            identity_service.end_employment(person_id=person.id, actor=SYSTEM, now=clock.now())

    def brand(self) -> None:
        """Let a partner sell a brand, or no longer."""
        partner, brand = self.one_of(self.partners), self.one_of([self.cast.cold, self.cast.air])
        if identity.is_authorised(partner, brand):
            identity.withdraw_brand(organisation_id=partner, brand_id=brand)
        else:
            identity.authorise_brand(organisation_id=partner, brand_id=brand)

    def organisation(self) -> None:
        """Put a partner elsewhere in the tree and on the map."""
        partner, parent = self.one_of(self.partners), self.one_of([None, *self.partners])
        below = parent is not None and partner in identity.list_ancestors(parent)
        identity.change_organisation(
            organisation_id=partner,
            parent_id=None if below else parent,
            region_id=self.one_of([None, *self.regions]),
            model=self.one_of(MODELS),
        )

    def language(self) -> None:
        """Let somebody read another language."""
        identity_service.change_account(person_id=self.one_of(self.people), locale=self.one_of(["en", "de"]))

    def role(self) -> None:
        """Let somebody look after a partner."""
        identity.grant_role(
            person_id=self.one_of(self.people),
            role=Role.PARTNER_ADMIN,
            scope=Scope(organisation_roots=frozenset({self.one_of(self.partners)})),
            actor=SYSTEM,
            now=clock.now(),
        )

    def come_and_go(self) -> None:
        """Let somebody new begin, and perhaps be erased."""
        email = f"somebody-{next(_numbers)}@example.com"
        person_id = identity.add_person(email=email, name="Somebody New", now=clock.now())
        self._hire(person_id)
        if self.draw(st.booleans()):
            privacy.erase(person_id)

    def change_rule(self) -> None:
        """Let an audience mean others."""
        one = self.one_of(self.saved)
        seen = audiences.get_audience(one)
        service.save_audience(
            audience_id=one,
            name=seen.name,
            note="",
            rule=self.any_rule(self.saved[: self.saved.index(one)]),
            actor=SYSTEM,
            now=clock.now(),
            seen=seen.version,
        )


ACTS = (
    History.employ,
    History.leave,
    History.brand,
    History.organisation,
    History.language,
    History.role,
    History.come_and_go,
    History.change_rule,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_the_table_says_what_the_filter_and_the_rule_say(app, cast: Cast, data):
    with unit_of_work(), acting_as(SYSTEM):
        top = identity.add_region(name="EMEA", code=f"E{next(_numbers)}", parent_id=None)
        dach = identity.add_region(name="DACH", code=f"D{next(_numbers)}", parent_id=top)
    history = History(cast, data.draw, (top, dach))
    for _number in range(data.draw(st.integers(1, 4))):
        history.saved.append(save(f"Audience {next(_numbers)}", history.any_rule(history.saved)))
    for acts in data.draw(
        st.lists(st.lists(st.sampled_from(ACTS), min_size=1, max_size=3), min_size=1, max_size=5)
    ):
        with unit_of_work(), acting_as(SYSTEM):
            for act in acts:
                act(history)
    agree()
    for one in reversed(history.saved):  # the next example begins without
        with unit_of_work(), acting_as(SYSTEM):
            service.delete_audience(audience_id=one, actor=SYSTEM)
