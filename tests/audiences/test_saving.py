"""Saving and deleting audiences: what is refused and why, also when two do it at once."""

from threading import Barrier, Thread

import pytest

from lms.audiences import facade as audiences
from lms.audiences import service
from lms.audiences.errors import InUse
from lms.audiences.values import AudienceId
from lms.identity import facade as identity
from lms.identity import service as identity_service
from lms.kernel import clock, uow
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.uow import unit_of_work
from tests.audiences.scene import agree, members, rule, save
from tests.support.portal import Cast


def refused(name, wanted, audience_id=None, seen=None) -> dict[str, str]:
    """Return what a save was refused for, by field."""
    with pytest.raises(Invalid) as refusal:
        save(name, wanted, audience_id, seen)
    return dict(refusal.value.fields)


def test_a_rule_that_says_nothing_is_refused(app, cast: Cast):
    assert refused("Nobody", rule(position=[])) == {"rule": "Say who is meant: choose at least one thing."}


def test_what_is_no_more_and_what_is_none_is_refused(app, cast: Cast):
    for gone in (
        rule(position=[new_id()]),
        rule(position=["no id"]),
        rule(model=["pirate"]),
        rule(shoe_size=["43"]),
        rule(people=[new_id()]),
    ):
        assert "is no more" in refused("Gone", gone)["rule"]


def test_a_person_cannot_be_both_meant_and_left_out(app, cast: Cast):
    both = rule(people=[cast.amara], not_people=[cast.amara])
    assert refused("Both", both) == {"rule": "Amara Osei cannot be both meant and left out."}


def test_two_audiences_have_two_names_however_they_are_written(app, cast: Cast):
    save("Technicians", rule(position=[cast.technician]))
    assert "name" in refused("  TECHNICIANS ", rule(position=[cast.sales_rep]))


def test_a_ring_of_audiences_is_refused_with_the_names_in_it(app, cast: Cast):
    reps = save("Reps", rule(position=[cast.sales_rep]))
    field = save("Field", rule(audience=[reps]))
    everyone = save("Everyone", rule(without={"audience": [field]}))
    told = refused("Reps", rule(audience=[everyone]), reps, seen=1)
    assert told == {"rule": "An audience cannot be made of itself: Reps → Everyone → Field → Reps."}
    assert "Reps → Reps" in refused("Reps", rule(audience=[reps]), reps, seen=1)["rule"]
    assert members(reps) == {cast.amara}


def test_made_twice_it_is_made_once_and_saved_over_a_newer_version_it_is_refused(app, cast: Cast):
    one = AudienceId(new_id())
    assert (
        save("Reps", rule(position=[cast.sales_rep]), one) == save("Else", rule(brand=[cast.air]), one) == one
    )
    save("Reps", rule(position=[cast.technician]), one, seen=1)
    with pytest.raises(Conflict):
        save("Reps", rule(brand=[cast.cold]), one, seen=1)
    with pytest.raises(NotFound):
        save("Reps", rule(brand=[cast.cold]), AudienceId(new_id()), seen=1)
    assert members(one) == {cast.dafydd}


def test_what_is_in_use_is_not_deleted_and_the_refusal_says_where(app, cast: Cast):
    reps = save("Reps", rule(position=[cast.sales_rep]))
    field = save("Field", rule(audience=[reps]))
    with pytest.raises(InUse, match="Reps is used, so it stays: Audience “Field”"):
        delete(reps)
    assert members(reps) == {cast.amara}
    delete(field)
    delete(reps)
    delete(reps)
    with unit_of_work(read_only=True):
        assert audiences.find_audience(reps) is None


def delete(audience_id: AudienceId) -> None:
    """Delete an audience in a transaction of its own."""
    with unit_of_work(), acting_as(SYSTEM):
        service.delete_audience(audience_id=audience_id, actor=SYSTEM)


def at_once(app, *works) -> list[Invalid | None]:
    """Do things at once, each in a context and a transaction of its own; return what each was refused with."""
    together, ended = Barrier(len(works)), list[Invalid | None]([None] * len(works))

    def run(place: int) -> None:
        with app.app_context(), acting_as(SYSTEM):
            together.wait()
            try:
                uow.run(works[place])
            except Invalid as refusal:
                ended[place] = refusal
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return ended


def test_two_saves_at_once_that_would_close_a_ring_together_do_not(app, cast: Cast):
    for turn in range(5):
        one = save(f"One {turn}", rule(position=[cast.sales_rep]))
        other = save(f"Other {turn}", rule(position=[cast.technician]))

        def saving(audience_id, name, named):
            return lambda: service.save_audience(
                audience_id=audience_id,
                name=name,
                note="",
                rule=rule(audience=[named]),
                actor=SYSTEM,
                now=clock.now(),
                seen=1,
            )

        ended = at_once(app, saving(one, f"One {turn}", other), saving(other, f"Other {turn}", one))
        refusals = [refusal for refusal in ended if refusal is not None]
        assert len(refusals) == 1
        assert "cannot be made of itself" in str(refusals[0].fields)
    agree()


def test_two_facts_of_one_person_that_change_at_once_both_count(app, cast: Cast):
    reps_of_air = save("Reps of Air", rule(position=[cast.technician], brand=[cast.air]))
    german = save("German technicians", rule(position=[cast.technician], language=["de"]))
    for turn in range(6):
        there = turn % 2 == 0

        def authorise(there=there):
            change = identity.authorise_brand if there else identity.withdraw_brand
            change(organisation_id=cast.northway, brand_id=cast.air)

        def employ(there=there):
            identity.employ(
                person_id=cast.dafydd,
                organisation_id=cast.northway if there else cast.cardiff,
                position_id=cast.technician,
                region_id=None,
                now=clock.now(),
            )

        def speak(there=there):
            identity_service.change_account(person_id=cast.dafydd, locale="de" if there else "en")

        at_once(app, authorise, employ, speak)
        assert members(reps_of_air) == ({cast.dafydd} if there else set())
        assert members(german) == ({cast.dafydd} if there else set())
    agree()


def test_a_rule_that_is_saved_while_its_people_change_takes_in_the_change(app, cast: Cast):
    reps = save("Reps", rule(position=[cast.sales_rep]))
    for turn in range(6):
        position = [cast.technician, cast.sales_rep][turn % 2]

        def employ(position=position):
            identity.employ(
                person_id=cast.ruth,
                organisation_id=cast.brixham,
                position_id=position,
                region_id=None,
                now=clock.now(),
            )

        def change(position=position, turn=turn):
            service.save_audience(
                audience_id=reps,
                name="Reps",
                note="",
                rule=rule(position=[position]),
                actor=SYSTEM,
                now=clock.now(),
                seen=turn + 1,
            )

        at_once(app, employ, change)
        assert cast.ruth in members(reps)
        agree()
