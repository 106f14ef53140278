"""Certificates are earned once, at once, from facts; they are never lost, doubled, moved or changed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lms.certificates import facade as certificates
from lms.certificates import jobs
from lms.certificates.cycles.models import CycleRow, MarkRow, TrackRow
from lms.certificates.cycles.queries import ledger, places
from lms.certificates.cycles.service import definitions, issuing, revoking
from lms.certificates.errors import AlreadyHeld, CannotBeRevoked, RuleRefused
from lms.certificates.values import (
    AllOf,
    CertificationHeld,
    CertificationId,
    CycleState,
    ExpiryMode,
    MarkKind,
    Rule,
    Words,
)
from lms.kernel import clock, events, outbox, uow
from lms.kernel.actor import SYSTEM, Actor, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.uow import unit_of_work
from tests.certificates.scene import define, enrol, open_enrolment, publish_course, record

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def in_may(app):
    with clock.frozen_at(MAY) as advance:
        yield advance


def certificates_of(person_id):
    with unit_of_work(read_only=True):
        return ledger.list_of_person(person_id)


def state_of(scene, person_id):
    with unit_of_work(read_only=True):
        certification = certificates.get_certification(scene.certification_id)
        found = places.list_places([person_id], [certification], now=clock.now())
        return found[person_id, scene.certification_id].state


def test_who_completes_the_course_and_passes_holds_the_certificate_at_once(app, cast, scene):
    scene.learn(cast.amara, "0.91")
    assert scene.holds(cast.amara)
    (certificate,) = certificates_of(cast.amara)
    assert certificate.term.valid_through == date(2027, 5, 4)
    assert certificate.employer_id == cast.brixham
    assert certificate.maker == "HC"
    assert [Decimal(score["score"]) for score in certificate.evidence["scores"]] == [Decimal("0.91")]
    assert len(certificate.evidence["courses"]) == 1


def test_a_score_below_the_minimum_earns_nothing_and_a_better_try_does(app, cast, scene):
    scene.learn(cast.amara, "0.79")
    assert not scene.holds(cast.amara)
    assert state_of(scene, cast.amara) is CycleState.IN_PROGRESS
    with unit_of_work(), acting_as(SYSTEM):
        record(enrol(cast.amara, scene.course), scene.course.exam_id, "0.8")
    assert scene.holds(cast.amara)
    assert len(certificates_of(cast.amara)) == 1


def test_a_result_that_is_rolled_back_leaves_no_certificate(app, cast, scene):
    with pytest.raises(RuntimeError), unit_of_work(), acting_as(SYSTEM):
        enrolment_id = enrol(cast.amara, scene.course)
        record(enrolment_id, scene.course.lesson_id, None)
        record(enrolment_id, scene.course.exam_id, "0.9")
        raise RuntimeError
    assert certificates_of(cast.amara) == []


def test_one_second_before_expiry_it_is_valid_and_one_second_after_in_grace_then_lapsed(
    app, cast, scene, in_may
):
    scene.learn(cast.amara)
    term = certificates_of(cast.amara)[0].term
    in_may(term.expires_at - SECOND - clock.now())
    assert state_of(scene, cast.amara) is CycleState.RENEWAL_OPEN
    in_may(2 * SECOND)
    assert state_of(scene, cast.amara) is CycleState.IN_GRACE
    assert scene.holds(cast.amara)
    in_may(term.counts_until - SECOND - clock.now())
    assert scene.holds(cast.amara)
    in_may(SECOND)
    assert not scene.holds(cast.amara)
    assert state_of(scene, cast.amara) is CycleState.LAPSED
    with unit_of_work(read_only=True):
        former = certificates.former_holders(
            people=[cast.amara, cast.ruth], certification_id=scene.certification_id, at=clock.now()
        )
    assert former == [(cast.amara, term.counts_until)]


def test_two_deeds_that_complete_a_certificate_at_once_issue_it_once(app, cast, scene):
    """Each transaction sees only its own deed; the second to get the lock must see both."""
    with unit_of_work(), acting_as(SYSTEM):
        second = publish_course("Site practice")
        definitions.change_rules(
            certification_id=scene.certification_id,
            rule=Rule(AllOf((scene.course.done(), second.done())), 12, 60, 30),
            actor=SYSTEM,
            now=clock.now(),
        )
        todo = [(enrol(cast.amara, course), course) for course in (scene.course, second)]
        for enrolment_id, course in todo:
            record(enrolment_id, course.lesson_id, None)
    barrier, failed = Barrier(2), []

    def finish(enrolment_id, course):
        try:
            with app.app_context(), acting_as(SYSTEM):
                barrier.wait(10)
                uow.run(lambda: record(enrolment_id, course.exam_id, "0.9"))
        except Exception as error:  # noqa: BLE001  a thread's failure is told below
            failed.append(error)

    threads = [Thread(target=finish, args=one) for one in todo]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failed == []
    assert len(certificates_of(cast.amara)) == 1


def test_two_at_once_who_assign_open_one_cycle(app, cast, scene):
    barrier, made = Barrier(4), []

    def assign():
        with app.app_context(), acting_as(SYSTEM):
            barrier.wait(10)
            made.append(
                uow.run(
                    lambda: issuing.assign(
                        person_id=cast.dafydd,
                        certification_id=scene.certification_id,
                        due_on=date(2026, 6, 1),
                        actor=SYSTEM,
                        now=clock.now(),
                    )
                )
            )

    threads = [Thread(target=assign) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(set(made)) == 1
    with unit_of_work(read_only=True):
        assert db.session.query(CycleRow).count() == 1


def test_the_database_refuses_a_second_open_cycle_and_a_second_certificate_of_one_cycle(app, cast, scene):
    scene.assign(cast.dafydd)
    with unit_of_work(read_only=True):
        names = {index.name for index in CycleRow.__table__.indexes if index.unique}  # type: ignore[attr-defined]
    assert "uq_certification_cycles_open" in names
    again = text(
        "INSERT INTO certification_cycles (id, person_id, certification_id, source, assigned_at, reason) "
        "SELECT :id, person_id, certification_id, source, assigned_at, reason FROM certification_cycles"
    )
    with pytest.raises(DBAPIError), unit_of_work():
        db.session.execute(
            again,
            {"id": new_id().hex if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite") else new_id()},
        )


@pytest.mark.parametrize(
    "table", ["certificates", "certificate_marks", "certification_rules", "certification_rule_subjects"]
)
def test_the_database_refuses_to_change_or_delete_what_was_issued(app, cast, scene, table):
    scene.learn(cast.amara)
    with unit_of_work():
        revoking.revoke(
            certificate_id=certificates_of_now(cast.amara), reason="by mistake", actor=SYSTEM, now=clock.now()
        )
    column = {"certificates": "code", "certificate_marks": "reason", "certification_rules": "version"}.get(
        table, "version"
    )
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):  # noqa: S608
        with pytest.raises(DBAPIError, match="append-only"), unit_of_work():
            db.session.execute(text(statement))


def certificates_of_now(person_id):
    return ledger.list_of_person(person_id)[-1].id


def test_a_renewal_supersedes_the_certificate_and_counts_only_what_was_done_in_its_window(
    app, cast, scene, in_may
):
    scene.learn(cast.amara)
    first = certificates_of(cast.amara)[0]
    in_may(100 * DAY)
    scene.learn(cast.amara, "1")
    assert len(certificates_of(cast.amara)) == 1, "a certificate is not renewed before its window is open"
    in_may(first.term.renewal_opens_at - clock.now())
    assert state_of(scene, cast.amara) is CycleState.RENEWAL_OPEN
    with unit_of_work(), acting_as(SYSTEM):
        issuing.renew(
            certificate_id=first.id, actor=Actor(person_id=cast.amara, is_system=True), now=clock.now()
        )
    with unit_of_work(read_only=True):
        assert open_enrolment(cast.amara, scene.course) is not None
        assert certificates.missing([cast.amara], scene.certification_id)[cast.amara].minutes == 90
    in_may(DAY)
    scene.learn(cast.amara, "0.85")
    old, new = certificates_of(cast.amara)
    assert new.term.valid_through > old.term.valid_through
    assert new.predecessor_code == old.code
    superseded = old.mark(MarkKind.SUPERSEDED)
    assert superseded is not None
    assert superseded.successor_code == new.code
    assert state_of(scene, cast.amara) is CycleState.CERTIFIED


def test_expiry_mode_loses_no_day_to_an_early_renewal(app, cast, scene, in_may):
    with unit_of_work(), acting_as(SYSTEM):
        rule = Rule(scene.rule.requirement, 12, 60, 30, mode=ExpiryMode.EXPIRY)
        definitions.change_rules(
            certification_id=scene.certification_id, rule=rule, actor=SYSTEM, now=clock.now()
        )
    scene.learn(cast.amara)
    assert certificates_of(cast.amara)[0].term.valid_through == date(2027, 5, 4)
    in_may(330 * DAY)
    scene.learn(cast.amara)
    assert certificates_of(cast.amara)[1].term.valid_through == date(2028, 5, 4)


def test_who_earned_it_so_long_ago_that_it_is_over_starts_anew(app, cast, scene, in_may):
    with unit_of_work(), acting_as(SYSTEM):
        definitions.retire_certification(certification_id=scene.certification_id)
    scene.learn(cast.amara)
    in_may(500 * DAY)
    with unit_of_work(), acting_as(SYSTEM):
        definitions.revive_certification(certification_id=scene.certification_id)
    scene.assign(cast.amara)
    assert certificates_of(cast.amara) == []
    with unit_of_work(read_only=True):
        steps = certificates.missing([cast.amara], scene.certification_id)[cast.amara].steps
    assert len(steps) == 2


def test_what_was_done_before_it_was_assigned_counts(app, cast, scene):
    with unit_of_work(), acting_as(SYSTEM):
        definitions.retire_certification(certification_id=scene.certification_id)
    scene.learn(cast.dafydd)
    with unit_of_work(), acting_as(SYSTEM):
        definitions.revive_certification(certification_id=scene.certification_id)
    scene.assign(cast.dafydd)
    assert scene.holds(cast.dafydd)
    with unit_of_work(read_only=True):
        assert db.session.query(CycleRow).filter_by(closed_at=None).count() == 0


def test_a_revoked_certificate_counts_no_more_from_that_moment_and_says_why(app, cast, scene, in_may):
    scene.learn(cast.amara)
    (certificate,) = certificates_of(cast.amara)
    in_may(DAY)
    with unit_of_work(), acting_as(SYSTEM):
        certificates.revoke(
            certificate_id=certificate.id, reason="sat by another", actor=SYSTEM, now=clock.now()
        )
    assert not scene.holds(cast.amara)
    assert state_of(scene, cast.amara) is CycleState.REVOKED
    (entry,) = certificates_of(cast.amara)
    assert entry.term == certificate.term, "the entry itself is never changed"
    mark = entry.mark(MarkKind.REVOKED)
    assert mark is not None
    assert (mark.reason, mark.at) == ("sat by another", clock.now())
    with pytest.raises(CannotBeRevoked), unit_of_work():
        certificates.revoke(certificate_id=certificate.id, reason="again", actor=SYSTEM, now=clock.now())


def test_after_a_revocation_everything_is_done_anew(app, cast, scene, in_may):
    scene.learn(cast.amara)
    with unit_of_work(), acting_as(SYSTEM):
        certificates.revoke(
            certificate_id=certificates_of_now(cast.amara), reason="x", actor=SYSTEM, now=clock.now()
        )
    in_may(DAY)
    scene.assign(cast.amara)
    assert not scene.holds(cast.amara)
    scene.learn(cast.amara)
    assert scene.holds(cast.amara)
    old, new = certificates_of(cast.amara)
    assert old.mark(MarkKind.SUPERSEDED) is None
    assert new.predecessor_code == old.code


def test_a_certification_that_asks_for_another_is_issued_with_it(app, cast, scene):
    with unit_of_work(), acting_as(SYSTEM):
        other = publish_course("Site practice", minutes=60)
        held = CertificationHeld(scene.certification_id, "Refrigeration Control Engineer")
        expert = define(cast, "HC-EXP", "Expert", Rule(AllOf((held, other.done())), 12, 60, 0))
    scene.learn(cast.amara, course=other)
    with unit_of_work(read_only=True):
        missing = certificates.missing([cast.amara], expert)[cast.amara]
        assert [step.title for step in missing.steps] == [
            "Refrigeration Control",
            "Exam: Refrigeration Control",
        ]
        assert missing.minutes == 90
    scene.learn(cast.amara)
    assert [one.title for one in certificates_of(cast.amara)] == ["Refrigeration Control Engineer", "Expert"]


def test_a_certification_cannot_ask_for_itself_by_way_of_another(app, cast, scene):
    with unit_of_work(), acting_as(SYSTEM):
        held = CertificationHeld(scene.certification_id, "Refrigeration Control Engineer")
        expert = define(cast, "HC-EXP", "Expert", Rule(held, 12, 60, 0))
    with pytest.raises(RuleRefused) as refusal, unit_of_work():
        definitions.change_rules(
            certification_id=scene.certification_id,
            rule=Rule(CertificationHeld(expert, "Expert"), 12, 60, 0),
            actor=SYSTEM,
            now=clock.now(),
        )
    assert "requirement" in refusal.value.fields


def test_a_changed_rule_moves_no_date_and_lets_through_whoever_meets_it_now(app, cast, scene):
    scene.learn(cast.amara)
    scene.learn(cast.dafydd, "0.75")
    before = certificates_of(cast.amara)
    with unit_of_work(), acting_as(SYSTEM):
        rule = Rule(AllOf((scene.course.done(), scene.course.scored("0.7"))), 24, 60, 30)
        version = definitions.change_rules(
            certification_id=scene.certification_id, rule=rule, actor=SYSTEM, now=clock.now()
        )
        assert version == 2
        assert (
            definitions.change_rules(
                certification_id=scene.certification_id, rule=rule, actor=SYSTEM, now=clock.now()
            )
            == 2
        )
    while outbox.deliver_due(events.apply):
        pass
    jobs.weigh()
    assert certificates_of(cast.amara) == before
    (certificate,) = certificates_of(cast.dafydd)
    assert certificate.rule_version == 2
    assert certificate.term.valid_through == date(2028, 5, 4)


def test_assigning_enrols_in_what_is_missing_and_twice_is_once(app, cast, scene):
    for due_on in (date(2026, 6, 30), date(2026, 6, 1), date(2026, 7, 1)):
        scene.assign(cast.dafydd, due_on)
    with unit_of_work(read_only=True):
        (cycle,) = db.session.query(CycleRow)
        assert cycle.due_on == date(2026, 6, 1)
        assert open_enrolment(cast.dafydd, scene.course) is not None
    assert state_of(scene, cast.dafydd) is CycleState.ASSIGNED


def test_an_assigned_cycle_is_overdue_the_day_after_it_was_due(app, cast, scene, in_may):
    scene.assign(cast.dafydd, date(2026, 5, 5))
    in_may(DAY)
    assert state_of(scene, cast.dafydd) is CycleState.ASSIGNED
    in_may(DAY)
    assert state_of(scene, cast.dafydd) is CycleState.OVERDUE


def test_who_holds_it_is_not_asked_again_before_the_renewal_opens(app, cast, scene):
    scene.learn(cast.amara)
    with pytest.raises(AlreadyHeld), unit_of_work():
        issuing.assign(
            person_id=cast.amara,
            certification_id=scene.certification_id,
            due_on=None,
            actor=SYSTEM,
            now=clock.now(),
        )


def test_the_exempt_are_asked_for_nothing_until_it_is_assigned_again(app, cast, scene):
    scene.assign(cast.dafydd)
    with unit_of_work(), acting_as(SYSTEM):
        certificates.exempt(
            person_id=cast.dafydd,
            certification_id=scene.certification_id,
            reason="on leave",
            actor=SYSTEM,
            now=clock.now(),
        )
    assert state_of(scene, cast.dafydd) is CycleState.EXEMPT
    assert not scene.holds(cast.dafydd)
    scene.learn(cast.dafydd)
    assert not scene.holds(cast.dafydd)
    scene.assign(cast.dafydd)
    assert scene.holds(cast.dafydd)
    with pytest.raises(Conflict), unit_of_work():
        certificates.exempt(
            person_id=cast.dafydd,
            certification_id=scene.certification_id,
            reason="x",
            actor=SYSTEM,
            now=clock.now(),
        )


def test_a_retired_certification_is_neither_assigned_nor_issued_but_stays_with_its_holders(app, cast, scene):
    scene.learn(cast.amara)
    with unit_of_work(), acting_as(SYSTEM):
        definitions.retire_certification(certification_id=scene.certification_id)
    scene.learn(cast.dafydd)
    assert not scene.holds(cast.dafydd)
    assert scene.holds(cast.amara)
    with pytest.raises(Conflict):
        scene.assign(cast.dafydd)


def test_nobody_renews_the_certificate_of_another(app, cast, scene):
    scene.learn(cast.amara)
    with pytest.raises(NotFound), unit_of_work():
        issuing.renew(
            certificate_id=certificates_of_now(cast.amara), actor=Actor(person_id=cast.ruth), now=clock.now()
        )


def test_the_track_always_repeats_the_last_entry_of_the_ledger(app, cast, scene, in_may):
    scene.learn(cast.amara)
    scene.learn(cast.dafydd)
    in_may(320 * DAY)
    scene.learn(cast.amara)
    with unit_of_work(), acting_as(SYSTEM):
        certificates.revoke(
            certificate_id=certificates_of_now(cast.dafydd), reason="x", actor=SYSTEM, now=clock.now()
        )
    with unit_of_work(read_only=True):
        for track in db.session.query(TrackRow):
            last = ledger.list_of_person(track.person_id)[-1]
            revoked = last.mark(MarkKind.REVOKED)
            assert (track.certificate_id, track.code, track.issued_at) == (last.id, last.code, last.issued_at)
            assert (track.valid_through, track.expires_at) == (last.term.valid_through, last.term.expires_at)
            assert track.revoked_at == (revoked.at if revoked else None)
            assert track.counts_until == (revoked.at if revoked else last.term.counts_until)
        assert db.session.query(MarkRow).count() == 2


def test_a_code_that_is_taken_is_refused_beside_its_field(app, cast, scene):
    with pytest.raises(RuleRefused) as refusal, unit_of_work():
        define(cast, "hc-rce", "Another", scene.rule)
    assert list(refusal.value.fields) == ["code"]


def test_defining_twice_with_one_key_defines_once(app, cast, scene):
    key = CertificationId(new_id())
    for _ in range(2):
        with unit_of_work(), acting_as(SYSTEM):
            certificates.define_certification(
                certification_id=key,
                words=Words(code="HC-SP", title="Sales", glyph="tag", description="", brand_id=cast.cold),
                rule=scene.rule,
                actor=SYSTEM,
                now=clock.now(),
            )
    with unit_of_work(read_only=True):
        assert len(certificates.list_certifications()) == 2
