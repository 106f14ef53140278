"""What counts only for the company: heads are counted, gates and tiers follow at once, and nobody holds more by it."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.certificates import facade as certificates
from lms.certificates.cycles.queries import certifications, holders
from lms.certificates.cycles.rules.terms import term_through
from lms.certificates.cycles.service import crediting, definitions
from lms.certificates.cycles.service.rows import enter, lock_track, open_cycle
from lms.certificates.cycles.values.equivalences import Credited
from lms.certificates.values import CycleSource, EquivalenceId, Rule
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, Actor, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from lms.portal.standing import facade as standing
from lms.portal.standing.models import PartnerTier
from lms.portal.standing.values import HoldersNeed, Rung
from lms.web.context import oem_zone
from tests.certificates.scene import define, publish_course

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
DAY = timedelta(days=1)
PAGE = "/programme/equivalences"


@pytest.fixture(autouse=True)
def in_may(app):
    with clock.frozen_at(MAY) as advance:
        yield advance


@pytest.fixture
def older(app, cast, scene):
    """What people hold from before: its course, and the certification."""
    with unit_of_work(), acting_as(SYSTEM):
        course = publish_course("Cooling of old")
        return course, define(cast, "HC-OLD", "Cooling Engineer (2020)", Rule(course.done(), 12, 60, 10))


def declare(from_id, to_id, **values):
    with unit_of_work(), acting_as(SYSTEM):
        return crediting.declare(
            equivalence_id=EquivalenceId(new_id()),
            from_id=from_id,
            to_id=to_id,
            **{"credited": Credited.COMPANY, "up_to_version": None, "through": None, **values},
            actor=SYSTEM,
            now=clock.now(),
        )


def end(equivalence_id):
    with unit_of_work(), acting_as(SYSTEM):
        crediting.end(equivalence_id=equivalence_id, actor=SYSTEM, now=clock.now())


def tier_of(partner_id):
    with unit_of_work(read_only=True):
        return db.session.scalar(db.select(PartnerTier.tier).filter_by(partner_id=partner_id, ended_at=None))


def test_the_head_count_of_a_gate_takes_it_in_and_the_submitter_holds_nothing_by_it(
    app, cast, gate, older, visit
):
    course, older_id = older
    gate.scene.learn(cast.ruth, course=course)
    declare(older_id, gate.scene.certification_id)
    decision = gate.decide(cast.ruth)
    _brand, submitter, team = decision.results
    assert (submitter.met, team.found) == (False, 1)
    assert [(one.person_id, one.held_title) for one in team.held] == [(cast.ruth, "Cooling Engineer (2020)")]
    assert not gate.scene.holds(cast.ruth)
    assert cast.ruth not in {one.person_id for one in team.cures}, "she counts already"
    gate.scene.learn(cast.amara)
    assert gate.decide(cast.amara).allowed, "the very next request"
    assert not gate.decide(cast.ruth).allowed, "she may not submit"
    page = visit(cast.jonas).get(f"/standing/decisions/{gate.decide(cast.amara).id}").text
    assert "counted for holding Cooling Engineer (2020)" in page


def test_carrying_out_the_cures_turns_the_answer_where_some_count_for_the_company_only(
    app, cast, gate, older
):
    course, older_id = older
    gate.scene.learn(cast.ruth, course=course)
    declare(older_id, gate.scene.certification_id)
    plan = gate.decide(cast.amara).verdict.plan
    assert [cure.person_id for cure in plan] == [cast.amara]
    gate.scene.learn(cast.amara)
    assert gate.decide(cast.amara).allowed


def test_tiers_of_partners_follow_the_declaration_its_end_and_each_certificate_in_the_same_transaction(
    app, cast, scene, older, in_may
):
    course, older_id = older
    need = HoldersNeed(certification_id=scene.certification_id, title="Engineer", count=1)
    with unit_of_work(), acting_as(SYSTEM):
        standing.set_ladder(rungs=[Rung(key="silver", name="Silver", holders=(need,))])
    scene.learn(cast.amara, course=course)
    assert tier_of(cast.brixham) is None
    one = declare(older_id, scene.certification_id)
    assert tier_of(cast.brixham) == "silver", "before any job has run"
    end(one)
    with unit_of_work(read_only=True):
        risk = db.session.scalar(db.select(PartnerTier.at_risk_since).filter_by(ended_at=None))
    assert risk == clock.now(), "what is lost passes the window of remediation, as ever"
    declare(older_id, scene.certification_id)
    scene.learn(cast.nils, course=course)
    assert tier_of(cast.northway) == "silver", "within the transaction that issued the other"


def test_it_counts_through_its_day_and_under_the_older_rules_it_names(app, cast, gate, older, in_may):
    course, older_id = older
    with unit_of_work(), acting_as(SYSTEM):
        definitions.change_rules(
            certification_id=older_id, rule=Rule(course.done(), 24, 60, 10), actor=SYSTEM, now=clock.now()
        )
    gate.scene.learn(cast.ruth, course=course)

    def count():
        return gate.decide(cast.amara).results[2].found

    one = declare(older_id, gate.scene.certification_id, up_to_version=1)
    assert count() == 0, "she earned it under the second"
    end(one)
    declare(older_id, gate.scene.certification_id, through=date(2026, 5, 10))
    in_may(6 * DAY)
    assert count() == 1, "on its last day"
    in_may(DAY)
    assert count() == 0


# ---- both ways of asking agree with each other and with one who counts by hand


@dataclass(frozen=True)
class Declared:
    """What is declared of three certifications, by their places."""

    source: int
    target: int
    up_to_version: int | None
    days: int | None
    is_ended: bool


DECLARED = st.builds(
    Declared,
    st.integers(0, 2),
    st.integers(0, 2),
    st.sampled_from([None, 1, 2]),
    st.sampled_from([None, 0, 20, 400]),
    st.booleans(),
)
# Person, certification, version of its rule, days from now on through which it is valid.
HELD = st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(1, 2), st.sampled_from([1, 15, 30, 200]))


class Undone(Exception):
    """What a test tried is taken back."""


@pytest.fixture
def world(app, cast, scene, older):
    """Three certifications of two versions each, and five people at one partner."""
    course, older_id = older
    with unit_of_work(), acting_as(SYSTEM):
        newest = define(cast, "HC-NEW", "Newest", Rule(course.done(), 12, 60, 0))
        ids = [scene.certification_id, older_id, newest]
        for one in ids:
            rule = certifications.get_certification(one).rule
            definitions.change_rules(certification_id=one, rule=replaced(rule), actor=SYSTEM, now=clock.now())
        people = [
            identity.add_person(
                email=f"w{at}@example.com", name=f"W {at}", now=clock.now(), showcase_line="x"
            )
            for at in range(5)
        ]
        for person_id in people:
            identity.employ(
                person_id=person_id,
                organisation_id=cast.cardiff,
                position_id=None,
                region_id=None,
                now=clock.now(),
            )
    return ids, people


def replaced(rule):
    return Rule(rule.requirement, rule.active_months, rule.renewal_window_days, rule.grace_days + 1)


def test_counting_and_naming_agree_with_a_count_by_hand_and_with_what_people_would_be_issued(world, cast):
    ids, people = world

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.lists(HELD, max_size=9, unique_by=lambda one: one[:2]),
        st.lists(DECLARED, max_size=5, unique_by=lambda one: (one.source, one.target)),
        st.sampled_from([0, 10, 16, 25, 35]),
    )
    def look(held, declared, days):
        declared = [one for one in declared if one.source != one.target]
        with suppress(Undone), unit_of_work(), acting_as(SYSTEM):
            for one in held:
                issue(ids, people, *one)
            ended = [store(ids, one) for one in declared]
            for equivalence_id, one in zip(ended, declared, strict=True):
                if one.is_ended:
                    crediting.end(equivalence_id=equivalence_id, actor=SYSTEM, now=clock.now())
            at = clock.now() + days * DAY
            expected = {at_id: by_hand(ids, people, held, declared, at_id, at) for at_id in range(len(ids))}
            counted = holders.count_holders(identity.employed_at(cast.cardiff), ids, at=at)
            assert {one: counted.get(ids[one], 0) for one in expected} == {
                one: len(found) for one, found in expected.items()
            }
            for one, found in expected.items():
                named = [held.person_id for held in name(cast, ids[one], at)]
                assert sorted(named) == sorted(found), "each person once"
                assert {held.person_id for held in name(cast, ids[one], at, for_partner=False)} <= found
            raise Undone

    look()


def issue(ids, people, person, certification, version, days):
    found = replace(certifications.get_certification(ids[certification]), rule_version=version)
    track = lock_track(people[person], ids[certification])
    cycle = open_cycle(track, CycleSource.EARNED, None, Actor(), clock.now())
    through = (clock.now() + days * DAY).date()
    enter(found, track, cycle, term_through(found.rule, through, oem_zone()), {}, clock.now())


def store(ids, one):
    return crediting.declare(
        equivalence_id=EquivalenceId(new_id()),
        from_id=ids[one.source],
        to_id=ids[one.target],
        credited=Credited.COMPANY,
        up_to_version=one.up_to_version,
        through=None if one.days is None else (clock.now() + one.days * DAY).date(),
        actor=SYSTEM,
        now=clock.now(),
    )


def by_hand(ids, people, held, declared, asked, at):
    graces = [certifications.get_certification(one).rule.grace_days for one in ids]

    def counts(certification, days):
        last = (clock.now() + days * DAY).date() + timedelta(days=graces[certification])
        return at.astimezone(oem_zone()).date() <= last

    found = set()
    for person, certification, version, days in held:
        if not counts(certification, days):
            continue
        if certification == asked:
            found.add(people[person])
        for one in declared:
            if (one.source, one.target) != (certification, asked) or one.is_ended:
                continue
            in_time = one.days is None or at.date() <= (clock.now() + one.days * DAY).date()
            if in_time and (one.up_to_version is None or version <= one.up_to_version):
                found.add(people[person])
    return found


def name(cast, certification_id, at, *, for_partner=True):
    people = identity.employed(
        with_branches=False, in_position=False, in_region=False, one=False, able_to_act=False
    )
    return certificates.some_holdings(
        people=people,
        given={"organisation_id": cast.cardiff},
        certification_id=certification_id,
        at=at,
        at_most=20,
        for_partner=for_partner,
    )


# ---- its page


def test_the_page_says_whom_it_concerns_before_it_declares(app, cast, scene, older, visit):
    course, older_id = older
    scene.learn(cast.amara, course=course)
    petra = visit(cast.petra)
    given = {
        "key": str(new_id()),
        "from_id": str(older_id),
        "to_id": str(scene.certification_id),
        "credited": "company",
        "up_to_version": "",
        "through": "2026-12-31",
        "seen": "",
    }
    shown = petra.post(PAGE, given)
    assert shown.status_code == 422
    assert "One person counts as a holder for their partner at once, and is issued nothing." in shown.text
    assert "Nothing was saved yet" in shown.text
    seen = shown.text.split('name="seen"')[1].split('value="')[1].split('"')[0]
    other = petra.post(PAGE, {**given, "credited": "person", "seen": seen})
    assert "One person is issued a certificate" in other.text, "another question is shown anew"
    assert petra.post(PAGE, {**given, "seen": seen}).status_code == 303
    assert "only for the partner" in petra.get(PAGE).text
    assert petra.post(PAGE, {**given, "credited": "both"}).status_code == 422
    assert "Cooling Engineer (2020) counts for" in petra.get(PAGE).text
