"""Facets come from features above: the tier from standing, and one of a test, both as if audiences had known them."""

from collections.abc import Collection, Mapping
from typing import Any

import pytest
from sqlalchemy import select, union_all

from lms.app import wiring
from lms.audiences import facade as audiences
from lms.audiences import service
from lms.audiences.errors import InUse
from lms.audiences.queries import registry
from lms.audiences.queries.matching import meant, values_of
from lms.audiences.values import Option, Options, Use
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import EVERYTHING, SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.portal.standing import facade as standing
from lms.portal.standing.models import PartnerTier
from lms.portal.standing.values import MeasureNeed, Rung
from tests.audiences.scene import members, rule, save
from tests.audiences.test_saving import delete
from tests.support.portal import Cast

LADDER = [
    Rung(key="registered", name="Registered"),
    Rung(key="silver", name="Silver", measures=(MeasureNeed(key="deals_won", count=1, days=365),)),
]


def stand(cast: Cast, rungs) -> None:
    """Let the partners stand on a ladder."""
    with unit_of_work(), acting_as(SYSTEM):
        standing.set_ladder(rungs=rungs)
        standing.restand(partner_ids=[cast.brixham, cast.cardiff, cast.northway], now=clock.now())


def test_people_are_in_an_audience_of_a_tier_while_their_partner_stands_on_it(app, cast: Cast):
    stand(cast, LADDER)
    registered = save("Registered", rule(tier=["registered"], organisation=[cast.brixham]))
    assert members(registered) == {cast.amara, cast.ruth, cast.dafydd}
    with unit_of_work(), acting_as(SYSTEM):
        identity.employ(
            person_id=cast.nils,
            organisation_id=cast.cardiff,
            position_id=None,
            region_id=None,
            now=clock.now(),
        )
    assert members(registered) == {cast.amara, cast.ruth, cast.dafydd, cast.nils}
    # Everyone reaches the ladder's only rung, another one; those who stood on the old have risen.
    silver = save("None yet", rule(people=[cast.ada], tier=["silver"]))
    assert members(silver) == {cast.ada}
    stand(cast, [LADDER[0], Rung(key="silver", name="Silver")])
    assert members(registered) == set()
    assert members(silver) == {cast.ada, cast.amara, cast.ruth, cast.dafydd, cast.nils}
    with unit_of_work(read_only=True):
        tiers = set(db.session.scalars(select(PartnerTier.tier).where(PartnerTier.ended_at.is_(None))))
    assert tiers == {"silver"}


class Lunch:
    """Who eats what, a fact that a feature of the test knows of everybody."""

    key = "lunch"
    label = "Lunch"
    phrase = "eating %(names)s"
    leads = False
    is_long = False
    soup: frozenset[Any] = frozenset()

    def pairs(self) -> Any:
        """Return soup for those who eat it, and bread for all."""
        people = identity.everybody()
        (person_id,) = people.selected_columns
        eaten = union_all(
            people.where(person_id.in_(self.soup)).add_columns(db.literal("soup").label("food")),
            people.add_columns(db.literal("bread")),
        ).subquery()
        return select(*eaten.c)

    def read(self, value: str) -> str:
        """Return a food."""
        return value

    def options(self, _scope: Any, words: str, _after: str | None) -> Options:
        """Return what there is."""
        return Options([Option(one, one.title()) for one in ("soup", "bread") if words in one])

    def names(self, values: Collection[str], _scope: Any) -> Mapping[str, str]:
        """Return what these are called."""
        return {one: one.title() for one in ("soup", "bread") if one in values}


@pytest.fixture
def lunch(app):
    """Plug lunch in, and take it out again."""
    plug = Lunch()
    audiences.install_facets(app, [*wiring.AUDIENCE_FACETS, plug])
    yield plug
    audiences.install_facets(app, wiring.AUDIENCE_FACETS)


def test_a_facet_of_a_feature_above_filters_answers_and_is_followed_as_any_other(
    app, cast: Cast, lunch: Lunch
):
    lunch.soup = frozenset({cast.amara, cast.nils})
    soup = save("Soup", rule(lunch=["soup"], organisation=[cast.brixham]))
    assert members(soup) == {cast.amara}
    with unit_of_work(read_only=True):
        values = values_of([cast.amara, cast.ruth], ["lunch"])
        assert {one: values[one]["lunch"] for one in values} == {
            cast.amara: {"soup", "bread"},
            cast.ruth: {"bread"},
        }
    lunch.soup = frozenset({cast.ruth})
    with unit_of_work():
        audiences.follow_people([cast.amara, cast.ruth])
    assert members(soup) == {cast.ruth}


def test_a_facet_that_is_plugged_out_means_nobody_and_bars_nobody(app, cast: Cast, lunch: Lunch):
    lunch.soup = frozenset({cast.amara})
    soup = save("Soup", rule(lunch=["soup"]))
    others = save("No soup", rule(organisation=[cast.brixham], without={"lunch": ["soup"]}))
    audiences.install_facets(app, wiring.AUDIENCE_FACETS)
    with unit_of_work():
        service.follow_people([cast.amara, cast.ruth, cast.dafydd])
    assert members(soup) == set()
    assert members(others) == {cast.amara, cast.ruth, cast.dafydd}
    with unit_of_work(read_only=True):
        assert set(db.session.scalars(meant(audiences.get_audience(others).rule, EVERYTHING))) == members_now(
            others
        )


def members_now(audience_id):
    """Return who is in an audience, within the transaction that asks."""
    return set(db.session.scalars(audiences.people_in(audience_id)))


class Courses:
    """A feature above that uses an audience."""

    def uses(self, audience_id):
        """Return one course."""
        return [Use("Course", f"For {len(str(audience_id))} signs", "/author/courses")]


def test_what_a_feature_above_uses_is_not_deleted(app, cast: Cast):
    reps = save("Reps", rule(position=[cast.sales_rep]))
    audiences.install_uses(app, [*wiring.AUDIENCE_USES, Courses()])
    try:
        with pytest.raises(InUse, match="Course “For 36 signs”"):
            delete(reps)
        with unit_of_work(read_only=True):
            assert [use.kind for use in registry.uses(reps)] == ["Course"]
    finally:
        audiences.install_uses(app, wiring.AUDIENCE_USES)
    delete(reps)
