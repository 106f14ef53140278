"""What counts for what: who holds one certification is credited another, until a day, and no longer than it lasts."""

from datetime import UTC, date, datetime, timedelta

import pytest

from lms.certificates import facade as certificates
from lms.certificates.cycles.models import CertificateRow
from lms.certificates.cycles.models.equivalences import CreditRow, EquivalenceRow
from lms.certificates.cycles.queries import ledger
from lms.certificates.cycles.service import crediting, definitions, revoking
from lms.certificates.cycles.values.equivalences import Credited
from lms.certificates.values import CycleSource, EquivalenceId, MarkKind, Rule
from lms.kernel import clock, events, outbox
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.errors import Invalid
from lms.kernel.uow import unit_of_work
from tests.certificates.scene import define, publish_course

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
DAY = timedelta(days=1)
PAGE = "/programme/equivalences"


@pytest.fixture(autouse=True)
def in_may(app):
    with clock.frozen_at(MAY) as advance:
        yield advance


@pytest.fixture
def expert(app, cast, scene):
    with unit_of_work(), acting_as(SYSTEM):
        course = publish_course("Site practice")
        return define(cast, "HC-EXP", "Expert", Rule(course.done(), 24, 90, 10))


def declare(from_id, to_id, **values):
    with unit_of_work(), acting_as(SYSTEM):
        found = crediting.declare(
            equivalence_id=EquivalenceId(new_id()),
            from_id=from_id,
            to_id=to_id,
            **{"credited": Credited.PERSON, "up_to_version": None, "through": None, **values},
            actor=SYSTEM,
            now=clock.now(),
        )
    while outbox.deliver_due(events.apply):
        pass
    return found


def holds(person_id, certification_id):
    with unit_of_work(read_only=True):
        return bool(
            certificates.holdings(people=[person_id], certification_ids=[certification_id], at=clock.now())
        )


def of(person_id, title="Expert"):
    with unit_of_work(read_only=True):
        return [one for one in ledger.list_of_person(person_id) if one.title == title]


def test_who_holds_it_is_credited_and_who_earns_it_later_at_once(app, cast, scene, expert):
    scene.learn(cast.amara)
    declare(scene.certification_id, expert)
    assert holds(cast.amara, expert)
    (one,) = of(cast.amara)
    assert one.term.valid_through == date(2027, 5, 4), "it ends with what it rests on"
    assert [ground["title"] for ground in one.evidence["certificates"]] == ["Refrigeration Control Engineer"]
    scene.learn(cast.dafydd)
    assert holds(cast.dafydd, expert), "within the transaction that issued the other"
    with unit_of_work(read_only=True):
        history = ledger.read_history(cast.dafydd, expert)
    assert [cycle.source for cycle in history.cycles] == [CycleSource.CREDITED]


def test_it_is_credited_until_its_day_and_no_longer(app, cast, scene, expert, in_may):
    declare(scene.certification_id, expert, through=date(2026, 12, 31))
    scene.learn(cast.amara)
    assert of(cast.amara)[0].term.valid_through == date(2026, 12, 31)
    in_may(300 * DAY)
    assert not holds(cast.amara, expert)
    scene.learn(cast.dafydd)
    assert not holds(cast.dafydd, expert)


def test_only_what_was_earned_under_older_rules_counts_where_it_is_said_so(app, cast, scene, expert):
    scene.learn(cast.amara)
    with unit_of_work(), acting_as(SYSTEM):
        definitions.change_rules(
            certification_id=scene.certification_id,
            rule=Rule(scene.rule.requirement, 6, 30, 30),
            actor=SYSTEM,
            now=clock.now(),
        )
    scene.learn(cast.dafydd)
    declare(scene.certification_id, expert, up_to_version=1)
    assert holds(cast.amara, expert)
    assert not holds(cast.dafydd, expert)


def test_once_it_is_ended_nobody_is_credited_and_what_was_keeps_its_dates(app, cast, scene, expert):
    scene.learn(cast.amara)
    one = declare(scene.certification_id, expert)
    before = of(cast.amara)
    with unit_of_work(), acting_as(SYSTEM):
        crediting.end(equivalence_id=one, actor=SYSTEM, now=clock.now())
        crediting.end(equivalence_id=one, actor=SYSTEM, now=clock.now())
    scene.learn(cast.dafydd)
    assert not holds(cast.dafydd, expert)
    assert of(cast.amara) == before


def test_what_was_credited_is_revoked_and_reinstated_with_what_it_rests_on(app, cast, scene, expert):
    scene.learn(cast.amara)
    declare(scene.certification_id, expert)
    base = of(cast.amara, "Refrigeration Control Engineer")[0].id
    for turn in (False, True, False, True):
        change = revoking.reinstate if turn else revoking.revoke
        with unit_of_work(), acting_as(SYSTEM):
            change(certificate_id=base, reason="x", actor=SYSTEM, now=clock.now())
        assert holds(cast.amara, expert) is turn
    assert len(of(cast.amara)) == 1


def test_what_was_revoked_for_its_own_sake_does_not_come_back_with_the_other(app, cast, scene, expert):
    scene.learn(cast.amara)
    declare(scene.certification_id, expert)
    base, credited = of(cast.amara, "Refrigeration Control Engineer")[0].id, of(cast.amara)[0].id
    for change, one in ((revoking.revoke, credited), (revoking.revoke, base), (revoking.reinstate, base)):
        with unit_of_work(), acting_as(SYSTEM):
            change(certificate_id=one, reason="x", actor=SYSTEM, now=clock.now())
    first = next(one for one in of(cast.amara) if one.id == credited)
    assert first.mark(MarkKind.REVOKED) is not None


def test_a_renewal_is_credited_again_and_two_that_count_for_each_other_come_to_an_end(
    app, cast, scene, expert, in_may
):
    declare(scene.certification_id, expert)
    declare(expert, scene.certification_id)
    scene.learn(cast.amara)
    in_may(320 * DAY)
    scene.learn(cast.amara)
    assert [one.term.valid_through for one in of(cast.amara)] == [date(2027, 5, 4), date(2028, 3, 20)]
    with unit_of_work(read_only=True):
        assert db.session.query(CertificateRow).count() == 4
        assert db.session.query(CreditRow).count() == 2


def test_declaring_twice_and_for_itself_is_refused_by_the_field(app, cast, scene, expert):
    declare(scene.certification_id, expert)
    for from_id, to_id in ((scene.certification_id, expert), (expert, expert)):
        with pytest.raises(Invalid) as refusal:
            declare(from_id, to_id)
        assert list(refusal.value.fields) == ["to_id"]
    with pytest.raises(Invalid) as refusal:
        declare(expert, scene.certification_id, through=date(2026, 5, 3))
    assert list(refusal.value.fields) == ["through"]


def test_the_page_declares_and_ends_for_who_may_and_shows_to_who_reads(app, cast, scene, expert, visit):
    petra = visit(cast.petra)
    given = {
        "key": str(new_id()),
        "from_id": str(scene.certification_id),
        "to_id": str(expert),
        "credited": "person",
        "up_to_version": "",
        "through": "",
    }
    assert "Nothing counts for anything else yet" in petra.get(PAGE).text
    assert petra.post(PAGE, given).status_code == 303
    assert petra.post(PAGE, given).status_code == 303, "a double click"
    assert petra.post(PAGE, {**given, "key": str(new_id())}).status_code == 422
    assert petra.post(PAGE, {**given, "key": str(new_id()), "up_to_version": "x"}).status_code == 422
    assert "Refrigeration Control Engineer counts for Expert" in visit(cast.odd).get(PAGE).text
    with unit_of_work(read_only=True):
        (one,) = db.session.query(EquivalenceRow)
        address = f"{PAGE}/{one.id}/end"
    assert visit(cast.tomas).post(address).status_code == 403
    assert visit(cast.ruth).get(PAGE).status_code == 403
    assert petra.post(address).status_code == 303
    assert "Ended" in petra.get(PAGE).text
