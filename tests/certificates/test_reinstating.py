"""Certificates are taken back and count again in turn, and the ledger tells every turn of it."""

import functools
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from lms.certificates.cycles.models import CycleRow, MarkRow, TrackRow
from lms.certificates.cycles.queries import certifications, ledger, places
from lms.certificates.cycles.service import revoking
from lms.certificates.errors import CannotBeReinstated, CannotBeRevoked
from lms.certificates.values import AllOf, CertificationHeld, CycleEnd, CycleState, MarkKind, Rule
from lms.kernel import clock, events, outbox, uow
from lms.kernel.actor import SYSTEM, Actor, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.notifications.models import NoticeRow
from tests.certificates.gates import gate_for
from tests.certificates.scene import define, publish_course

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
DAY = timedelta(days=1)
TEAM = "/team/certifications"


@pytest.fixture(autouse=True)
def in_may(app):
    with clock.frozen_at(MAY) as advance:
        yield advance


def of(person_id):
    with unit_of_work(read_only=True):
        return ledger.list_of_person(person_id)


def last(person_id):
    return of(person_id)[-1].id


def revoke(certificate_id, reason="by mistake"):
    with unit_of_work(), acting_as(SYSTEM):
        revoking.revoke(certificate_id=certificate_id, reason=reason, actor=SYSTEM, now=clock.now())


def reinstate(certificate_id, reason="it was not so"):
    with unit_of_work(), acting_as(SYSTEM):
        revoking.reinstate(certificate_id=certificate_id, reason=reason, actor=SYSTEM, now=clock.now())


def state_of(scene, person_id):
    with unit_of_work(read_only=True):
        certification = certifications.get_certification(scene.certification_id)
        found = places.list_places([person_id], [certification], now=clock.now())
        return found[person_id, scene.certification_id].state


def test_a_reinstated_certificate_counts_again_with_the_dates_it_always_had(app, cast, scene, in_may):
    scene.learn(cast.amara)
    (before,) = of(cast.amara)
    revoke(before.id)
    in_may(3 * DAY)
    assert not scene.holds(cast.amara)
    reinstate(before.id)
    assert scene.holds(cast.amara)
    assert state_of(scene, cast.amara) is CycleState.CERTIFIED
    (after,) = of(cast.amara)
    assert after.term == before.term
    assert [mark.kind for mark in after.marks] == [MarkKind.REVOKED, MarkKind.REINSTATED]
    assert after.mark(MarkKind.REVOKED) is None
    with unit_of_work(read_only=True):
        track = db.session.query(TrackRow).filter_by(person_id=cast.amara).one()
        assert (track.counts_until, track.revoked_at) == (before.term.counts_until, None)


def test_what_is_not_revoked_cannot_be_reinstated_and_each_turn_is_told_once(app, cast, scene):
    scene.learn(cast.amara)
    one = last(cast.amara)
    with pytest.raises(CannotBeReinstated):
        reinstate(one)
    for _turn in range(3):
        revoke(one)
        with pytest.raises(CannotBeRevoked):
            revoke(one)
        reinstate(one)
        with pytest.raises(CannotBeReinstated):
            reinstate(one)
    (certificate,) = of(cast.amara)
    assert len(certificate.marks) == 6
    assert scene.holds(cast.amara)


def test_what_was_issued_meanwhile_supersedes_what_is_reinstated(app, cast, scene, in_may):
    scene.learn(cast.amara)
    first = last(cast.amara)
    revoke(first)
    in_may(DAY)
    scene.learn(cast.amara)
    reinstate(first)
    old, new = of(cast.amara)
    superseded = old.mark(MarkKind.SUPERSEDED)
    assert superseded is not None
    assert superseded.successor_code == new.code
    assert new.mark(MarkKind.SUPERSEDED) is None
    assert state_of(scene, cast.amara) is CycleState.CERTIFIED
    with unit_of_work(read_only=True):
        assert db.session.query(TrackRow).filter_by(person_id=cast.amara).one().certificate_id == new.id


def test_who_has_the_older_one_reinstated_goes_by_it_while_the_newer_is_revoked(app, cast, scene, in_may):
    scene.learn(cast.amara)
    first = last(cast.amara)
    revoke(first)
    in_may(DAY)
    scene.learn(cast.amara)
    second = last(cast.amara)
    revoke(second)
    reinstate(first)
    assert scene.holds(cast.amara)
    reinstate(second)
    old, new = of(cast.amara)
    assert old.mark(MarkKind.SUPERSEDED) is not None
    with unit_of_work(read_only=True):
        assert db.session.query(TrackRow).filter_by(person_id=cast.amara).one().certificate_id == new.id


def test_a_cycle_that_asked_for_it_anew_ends_when_it_counts_again(app, cast, scene):
    scene.learn(cast.amara)
    one = last(cast.amara)
    revoke(one)
    scene.assign(cast.amara)
    reinstate(one)
    with unit_of_work(read_only=True):
        ends = [cycle.ended_as for cycle in db.session.query(CycleRow).order_by(CycleRow.id)]
    assert ends == [CycleEnd.CERTIFIED, CycleEnd.WITHDRAWN]


def test_two_administrators_who_revoke_and_reinstate_at_once_come_out_in_some_order(app, cast, scene):
    """Eight threads: whatever their order, the marks alternate and the track says what the last of them said."""
    scene.learn(cast.amara)
    one = last(cast.amara)
    barrier, said = Barrier(8), []

    def act(what):
        with app.app_context(), acting_as(SYSTEM):
            barrier.wait(10)
            for _again in range(5):
                try:
                    uow.run(
                        functools.partial(what, certificate_id=one, reason="x", actor=SYSTEM, now=clock.now())
                    )
                except (CannotBeRevoked, CannotBeReinstated) as refusal:
                    said.append(type(refusal))

    threads = [
        Thread(target=act, args=(what,)) for what in (revoking.revoke, revoking.reinstate) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    (certificate,) = of(cast.amara)
    kinds = [mark.kind for mark in certificate.marks]
    assert len(kinds) + len(said) == 40, "each act was done or refused"
    assert kinds == [MarkKind.REVOKED, MarkKind.REINSTATED] * (len(kinds) // 2) + [MarkKind.REVOKED] * (
        len(kinds) % 2
    )
    assert scene.holds(cast.amara) is (len(kinds) % 2 == 0)


def test_certifications_that_rest_on_it_are_weighed_anew_each_turn(app, cast, scene):
    with unit_of_work(), acting_as(SYSTEM):
        held = CertificationHeld(scene.certification_id, "Refrigeration Control Engineer")
        expert = define(cast, "HC-EXP", "Expert", Rule(held, 12, 60, 0))
    scene.learn(cast.amara)
    assert [one.title for one in of(cast.amara)] == ["Refrigeration Control Engineer", "Expert"]
    revoke(of(cast.amara)[1].id)
    revoke(of(cast.amara)[0].id)
    with unit_of_work(read_only=True):
        assert db.session.get_one(TrackRow, (expert, cast.amara)).met == []
    reinstate(of(cast.amara)[0].id)
    with unit_of_work(read_only=True):
        track = db.session.get_one(TrackRow, (expert, cast.amara))
        assert track.met == [str(scene.certification_id)] or track.revoked_at is None


def test_what_is_asked_for_and_has_expired_since_is_met_no_more_without_any_job(
    app, cast, scene, visit, in_may
):
    """State is a function of the ledger and the clock: the track was written while the other counted."""
    with unit_of_work(), acting_as(SYSTEM):
        other = publish_course("Site practice")
        held = CertificationHeld(scene.certification_id, "Refrigeration Control Engineer")
        expert = define(cast, "HC-EXP", "Expert", Rule(AllOf((held, other.done())), 12, 60, 0))
    scene.learn(cast.amara)
    with unit_of_work(read_only=True):
        certification = certifications.get_certification(expert)

    def met():
        with unit_of_work(read_only=True):
            place = places.list_places([cast.amara], [certification], now=clock.now())[cast.amara, expert]
            (own,) = [one for one in places.list_own(cast.amara, now=clock.now()) if one[0].id == expert]
            assert own[1].state is place.state
            assert own[1].met == place.met
            return place.state, len(place.met)

    assert met() == (CycleState.IN_PROGRESS, 1)
    term = of(cast.amara)[0].term
    in_may(term.counts_until - clock.now() - timedelta(seconds=1))
    assert met() == (CycleState.IN_PROGRESS, 1)
    in_may(timedelta(seconds=1))
    assert met() == (CycleState.NOT_ASSIGNED, 0)


def test_the_gate_sees_a_revocation_and_a_reinstatement_in_the_very_next_request(app, cast, scene):
    is_open = gate_for(cast, scene)

    scene.learn(cast.amara)
    assert is_open()
    revoke(last(cast.amara))
    assert not is_open()
    reinstate(last(cast.amara))
    assert is_open()


def test_the_page_reinstates_with_a_reason_tells_the_holder_and_shows_every_turn(app, cast, scene, visit):
    scene.learn(cast.amara)
    one = of(cast.amara)[0]
    petra, cell = visit(cast.petra), f"{TEAM}/{cast.amara}/{scene.certification_id}"
    assert (
        petra.post(f"{TEAM}/certificates/{one.id}/revoke", {"reason": "Sat by another."}).status_code == 303
    )
    assert "Let it count again" in petra.get(cell).text
    again = f"{TEAM}/certificates/{one.id}/reinstate"
    assert petra.post(again, {"reason": ""}).status_code == 422
    assert petra.post(again, {"reason": "The camera proved it was her."}).status_code == 303
    assert petra.post(again, {"reason": "Twice."}).status_code == 409
    page = petra.get(cell).text
    assert "Sat by another." in page
    assert "The camera proved it was her." in page
    while outbox.deliver_due(events.apply):
        pass
    with unit_of_work(read_only=True):
        kinds = [row.kind for row in db.session.query(NoticeRow).filter_by(person_id=cast.amara)]
    assert "certificates.revoked" in kinds
    assert "certificates.reinstated" in kinds
    assert "This certificate is valid" in visit().get(f"/verify/{one.code}").text
    assert visit(cast.ruth).post(again, {"reason": "x"}).status_code == 403


def test_a_clock_that_is_set_back_neither_loses_nor_doubles_nor_reorders(app, cast, scene, in_may):
    scene.learn(cast.amara)
    revoke(last(cast.amara))
    in_may(-2 * DAY)
    reinstate(last(cast.amara))
    assert scene.holds(cast.amara)
    in_may(366 * DAY)
    scene.learn(cast.amara)
    in_may(-20 * DAY)
    old, new = of(cast.amara)
    assert new.predecessor_code == old.code
    assert old.mark(MarkKind.SUPERSEDED) is not None
    assert scene.holds(cast.amara)
    with unit_of_work(read_only=True):
        assert db.session.query(TrackRow).filter_by(person_id=cast.amara).one().certificate_id == new.id


def test_who_acted_is_written_with_every_mark(app, cast, scene):
    scene.learn(cast.amara)
    one, by = last(cast.amara), Actor(person_id=cast.petra, is_system=True)
    with unit_of_work(), acting_as(by):
        revoking.revoke(certificate_id=one, reason="x", actor=by, now=clock.now())
    with unit_of_work(read_only=True):
        assert {row.by for row in db.session.query(MarkRow)} == {cast.petra}
