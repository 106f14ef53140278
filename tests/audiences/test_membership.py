"""Who is in an audience follows every fact in the transaction that changes it, and all ways of asking agree."""

from collections.abc import Callable

import pytest

from lms.audiences import events, service
from lms.audiences import facade as audiences
from lms.audiences.service import filling
from lms.audiences.values import AudienceId
from lms.identity import facade as identity
from lms.identity import service as identity_service
from lms.identity.values import OrganisationId, PersonId, RegionId, ResellerModel
from lms.kernel import clock, privacy
from lms.kernel import events as kernel_events
from lms.kernel.actor import SYSTEM, Actor, Role, Scope, acting_as
from lms.kernel.db import db
from lms.kernel.errors import Forbidden, Invalid
from lms.kernel.events import Event
from lms.kernel.uow import unit_of_work
from tests.audiences.scene import agree, members, rule, save
from tests.support.portal import Cast, counted_queries


def do(act: Callable[[], object]) -> None:
    """Do something in a transaction of its own."""
    with unit_of_work(), acting_as(SYSTEM):
        act()


def employ(person_id: PersonId, organisation_id: OrganisationId, **changed) -> None:
    do(
        lambda: identity.employ(
            **{
                "person_id": person_id,
                "organisation_id": organisation_id,
                "position_id": None,
                "region_id": None,
                "now": clock.now(),
                **changed,
            }
        )
    )


def test_a_person_is_in_an_audience_from_the_change_that_lets_them_fit(app, cast: Cast):
    reps = save("Reps who sell Halden Cold", rule(position=[cast.sales_rep], brand=[cast.cold]))
    assert members(reps) == {cast.amara}
    employ(cast.dafydd, cast.cardiff, position_id=cast.sales_rep)
    assert members(reps) == {cast.amara, cast.dafydd}
    do(lambda: identity.withdraw_brand(organisation_id=cast.cardiff, brand_id=cast.cold))
    assert members(reps) == {cast.amara}
    do(lambda: identity.authorise_brand(organisation_id=cast.cardiff, brand_id=cast.cold))
    assert members(reps) == {cast.amara, cast.dafydd}
    do(lambda: identity_service.end_employment(person_id=cast.amara, actor=SYSTEM, now=clock.now()))
    assert members(reps) == {cast.dafydd}
    agree()


def test_a_partner_means_its_branches_too_and_an_exception_holds_against_everything(app, cast: Cast):
    ours = save("Brixham", rule(organisation=[cast.brixham]))
    without_cardiff = save(
        "Brixham but Cardiff", rule(organisation=[cast.brixham], without={"organisation": [cast.cardiff]})
    )
    named = save(
        "By name",
        rule(people=[cast.amara, cast.nils], not_people=[], without={"organisation": [cast.northway]}),
    )
    assert members(ours) == {cast.amara, cast.dafydd, cast.ruth}
    assert members(without_cardiff) == {cast.amara, cast.ruth}
    assert members(named) == {cast.amara}


def test_a_branch_that_moves_takes_its_people_along_and_a_region_means_what_lies_in_it(app, cast: Cast):
    with unit_of_work(), acting_as(SYSTEM):
        emea = identity.add_region(name="EMEA", code="EMEA", parent_id=None)
        nordics = identity.add_region(name="Nordics", code="NO", parent_id=emea)
    in_emea, at_northway = (
        save("EMEA", rule(region=[emea])),
        save("Northway", rule(organisation=[cast.northway])),
    )
    employ(cast.dafydd, cast.cardiff)
    assert members(in_emea) == set()

    def move(parent_id: OrganisationId | None, region_id: RegionId | None) -> None:
        do(
            lambda: identity.change_organisation(
                organisation_id=cast.cardiff,
                parent_id=parent_id,
                region_id=region_id,
                model=ResellerModel.DEALER,
            )
        )

    move(cast.northway, nordics)
    assert members(in_emea) == {cast.dafydd}
    assert members(at_northway) == {cast.nils, cast.dafydd}
    dealers = save("Dealers", rule(model=["dealer"]))
    assert members(dealers) == {cast.dafydd}
    move(None, None)
    assert members(in_emea) == set()
    assert members(at_northway) == {cast.nils}
    agree()


def test_an_organisation_cannot_stand_below_itself(app, cast: Cast):
    with pytest.raises(Invalid):
        do(
            lambda: identity.change_organisation(
                organisation_id=cast.brixham, parent_id=cast.cardiff, region_id=None, model=None
            )
        )


def test_language_and_roles_count_from_the_moment_they_change(app, cast: Cast):
    german, admins = (
        save("Readers of German", rule(language=["de"])),
        save("Admins", rule(role=["partner_admin"])),
    )
    assert (members(german), members(admins)) == (set(), {cast.ruth, cast.nils})
    do(lambda: identity_service.change_account(person_id=cast.amara, locale="de"))
    scope = Scope(organisation_roots=frozenset({cast.brixham}))
    do(
        lambda: identity.grant_role(
            person_id=cast.amara, role=Role.PARTNER_ADMIN, scope=scope, actor=SYSTEM, now=clock.now()
        )
    )
    assert (members(german), members(admins)) == ({cast.amara}, {cast.ruth, cast.nils, cast.amara})
    employ(cast.amara, cast.northway)
    assert members(admins) == {cast.ruth, cast.nils}


def test_who_is_erased_is_in_no_audience_and_who_is_exported_reads_which(app, cast: Cast):
    everyone = save("All but Northway", rule(without={"organisation": [cast.northway]}))
    by_name = save("Amara", rule(people=[cast.amara]))
    with unit_of_work(read_only=True):
        told = privacy.export(cast.amara)["audiences"]["audiences"]
    assert [one["name"] for one in told] == ["All but Northway", "Amara"]
    do(lambda: privacy.erase(cast.amara))
    assert cast.amara not in members(everyone) | members(by_name)
    agree()


def test_an_audience_in_an_audience_follows_it_at_once(app, cast: Cast):
    reps = save("Reps", rule(position=[cast.sales_rep]))
    rest = save("Brixham without reps", rule(organisation=[cast.brixham], without={"audience": [reps]}))
    both = save("Reps and the rest", rule(audience=[reps, rest]))
    assert members(rest) == {cast.dafydd, cast.ruth}
    employ(cast.ruth, cast.brixham, position_id=cast.sales_rep)
    assert members(rest) == {cast.dafydd}
    assert members(both) == {cast.amara, cast.dafydd, cast.ruth}
    save("Reps", rule(position=[cast.technician]), reps, seen=1)
    assert members(reps) == {cast.dafydd}
    assert members(rest) == {cast.amara, cast.ruth}
    agree()


def test_what_joins_and_leaves_is_said_in_batches_of_people(app, cast: Cast, monkeypatch):
    told: list[Event] = []
    monkeypatch.setattr(kernel_events, "record", told.append)
    reps = save("Reps", rule(position=[cast.sales_rep, cast.technician]))
    moved = [one for one in told if isinstance(one, events.PeopleJoinedAudience | events.PeopleLeftAudience)]
    assert moved == [
        events.PeopleJoinedAudience(audience_id=reps, person_ids=tuple(sorted([cast.amara, cast.dafydd])))
    ]


def test_one_person_in_many_audiences_costs_no_query_more_than_in_one(app, cast: Cast):
    def cost() -> int:
        with counted_queries() as seen, unit_of_work():
            service.follow_people([cast.amara])
        return len(seen)

    save("First", rule(position=[cast.sales_rep], region=[]))
    one = cost()
    for number in range(30):
        save(f"Reps {number}", rule(position=[cast.sales_rep, cast.technician], people=[cast.ada]))
    assert cost() == one


def test_the_door_answers_for_a_person_and_for_a_query(app, cast: Cast):
    reps = save("Reps", rule(position=[cast.sales_rep]))
    with unit_of_work(read_only=True):
        assert audiences.is_in(cast.amara, reps)
        assert not audiences.is_in(cast.nils, reps)
        assert audiences.audiences_of(cast.amara) == {reps}
        assert set(db.session.scalars(audiences.people_in(reps))) == {cast.amara}


def test_a_large_audience_is_filled_piece_by_piece_and_a_change_meanwhile_counts(
    app, cast: Cast, monkeypatch
):
    monkeypatch.setattr(filling, "AT_ONCE", 1)
    everyone = save("All but Northway", rule(without={"organisation": [cast.northway]}))
    nested = save("Those who are not in it", rule(without={"audience": [everyone]}))
    assert members(everyone) == set()
    with unit_of_work(read_only=True):
        waiting = audiences.get_audience(everyone)
    assert (waiting.is_settled, waiting.filled) == (False, 0)
    do(lambda: service.fill_next(size=3))
    with unit_of_work(read_only=True):
        assert audiences.get_audience(everyone).filled == 3
    assert len(members(everyone)) <= 3
    employ(cast.amara, cast.northway)
    while _filled():
        pass
    with unit_of_work(read_only=True):
        assert audiences.get_audience(everyone).is_settled
        assert audiences.get_audience(nested).is_settled
    assert cast.nils not in members(everyone)
    assert members(nested) == {cast.nils, cast.amara}
    agree()


def _filled() -> bool:
    with unit_of_work(), acting_as(SYSTEM):
        return service.fill_next(size=4)


def test_nobody_may_act_on_audiences_but_over_everything(app, cast: Cast):
    scoped = Actor(person_id=cast.tomas)
    with pytest.raises(Forbidden), unit_of_work():
        service.delete_audience(audience_id=AudienceId(cast.tomas), actor=scoped)
