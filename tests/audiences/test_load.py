"""Two hundred audiences over many people follow one change by looking at those whom it concerns, and nobody else."""

import pytest

from bench import meant
from lms.identity import facade as identity
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from tests.audiences.scene import by_sql, stored
from tests.support.portal import counted_queries

pytestmark = [pytest.mark.slow]


def test_a_move_of_many_costs_queries_by_the_batch_and_never_by_person_or_audience(app):
    world = meant.build(1_000, big=400)
    with counted_queries() as seen, unit_of_work(), acting_as(SYSTEM):
        identity.change_organisation(
            organisation_id=world.big, parent_id=None, region_id=world.regions[3], model=None
        )
    with unit_of_work(read_only=True):
        assert len(list(db.session.scalars(identity.employed_at(world.big)))) == 400
    # Those of the audiences, and five by which courses enrol and withdraw whoever joined and left, once for all; one
    # more, once for all too, by which certifications ask whether they are meant for who joined.
    assert len(seen) <= 51
    assert stored() == by_sql()


@pytest.mark.proof
@pytest.mark.timeout(3600)
def test_a_hundred_thousand_people_in_two_hundred_audiences_are_followed_within_the_goals(app):
    found = meant.take(meant.build(meant.PEOPLE))
    print({name: round(value, 2) for name, value in found.items()})  # noqa: T201  the figures of this machine
    assert found["person_ms"] <= meant.PERSON_MS
    assert found["organisation_s"] <= meant.ORGANISATION_S
    assert stored() == by_sql()
