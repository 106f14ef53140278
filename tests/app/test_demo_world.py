"""The demo's world fits together: everything leads somewhere, and its past obeys its own rules."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
import yaml
from dateutil.relativedelta import relativedelta

from lms.app.demo import world as files
from lms.app.demo.values import (
    OEM_KEY,
    Certification,
    Deal,
    DealState,
    Enrolment,
    Model,
    Person,
    ShowcaseRole,
    World,
)

WORLD = files.load()
PARTNERS = {partner.key: partner for partner in WORLD.partners}
PEOPLE = {person.key: person for person in WORLD.people}
PRODUCTS = {product.code: product for product in WORLD.products}
CERTIFICATIONS = {certification.code: certification for certification in WORLD.certifications}
BY_COURSE = {certification.course: certification for certification in WORLD.certifications}
EXAMS = {exam.course: exam for exam in WORLD.exams}
# Days on which months are short, long, or a year longer.
TODAYS = (date(2026, 11, 23), date(2027, 2, 28), date(2028, 2, 29), date(2028, 3, 31), date(2029, 12, 31))
FOLLOWS: dict[DealState, set[DealState]] = {
    "draft": {"submitted"},
    "submitted": {"under_review", "withdrawn"},
    "under_review": {"pending_approval", "approved", "returned", "rejected", "withdrawn"},
    "pending_approval": {"approved", "returned", "rejected", "withdrawn"},
    "returned": {"submitted", "withdrawn"},
    "approved": {"extended", "won", "lost", "expired", "cancelled"},
    "extended": {"won", "lost", "expired", "cancelled"},
}
BY_THE_PARTNER: set[DealState] = {"draft", "submitted", "withdrawn", "won", "lost"}


def depth(key: str) -> int:
    parent = PARTNERS[key].parent
    return 1 if parent is None else 1 + depth(parent)


def above(region: str | None) -> Iterator[str]:
    parents = {entry.key: entry.parent for entry in WORLD.regions}
    while region is not None:
        yield region
        region = parents[region]


def passed_days_ago(enrolment: Enrolment) -> int | None:
    """Return when the exam was passed: the day the certificate is of."""
    exam = EXAMS[enrolment.course]
    return next(
        (result.days_ago for result in enrolment.attempts if result.percent >= exam.pass_percent), None
    )


def held(person: str, certification: Certification, days_ago: int, today: date) -> bool:
    """Return whether the person held it on that day, grace not counted."""
    day = today - timedelta(days=days_ago)
    for revocation in WORLD.revocations:
        same = (revocation.person, revocation.certification) == (person, certification.code)
        if same and days_ago <= revocation.days_ago:
            return False
    for enrolment in WORLD.enrolments:
        if (enrolment.person, enrolment.course) == (person, certification.course):
            passed = passed_days_ago(enrolment)
            if passed is not None and passed > days_ago:
                issued = today - timedelta(days=passed)
                if day <= issued + relativedelta(months=certification.valid_months):
                    return True
    return False


def holders(partner: str, code: str, days_ago: int, today: date) -> list[Person]:
    return [
        person
        for person in WORLD.people
        if person.employer == partner
        and person.joined_days_ago >= days_ago
        and held(person.key, CERTIFICATIONS[code], days_ago, today)
    ]


def unmet(deal: Deal, days_ago: int, today: date) -> list[str]:
    """Return what the gate would have said on that day."""
    brands = {PRODUCTS[code].brand for code in deal.lines}
    said = []
    for gate in (gate for gate in WORLD.gates if gate.brand in brands):
        asked = gate.submitter_holds
        if asked and not held(deal.submitter, CERTIFICATIONS[asked], days_ago, today):
            said.append(f"{deal.submitter} lacks {asked}")
        count = gate.partner_holders.count
        found = len(holders(deal.partner, gate.partner_holders.certification, days_ago, today))
        if found < count:
            said.append(f"{deal.partner} has {found} of {count}")
    return said


def tier_of(partner: str, today: date) -> str:
    def met(tier_holders: dict[str, int], won: int, won_days: int) -> bool:
        enough = all(len(holders(partner, code, 0, today)) >= n for code, n in tier_holders.items())
        wins = [
            deal
            for deal in WORLD.deals
            if deal.partner == partner and deal.state == "won" and deal.history[-1].days_ago <= won_days
        ]
        return enough and len(wins) >= won

    return [t.key for t in WORLD.tiers if met(t.holders, t.deals_won, t.won_days or 0)][-1]


def test_the_demo_is_as_large_as_promised() -> None:
    assert len(WORLD.brands) == 3
    assert Counter(depth(partner.key) for partner in WORLD.partners) == {1: 4, 2: 6, 3: 2}
    assert {partner.model for partner in WORLD.partners} == set(get_args(Model))
    assert len(WORLD.people) == 60
    assert len(WORLD.courses) == 7
    new = [course.slug for course in WORLD.courses if 3 <= course.published_days_ago <= 20]
    assert new == ["hc-rack-release-5"], "the catalogue has something new to show"
    assert len(WORLD.exams) == 4
    assert len(WORLD.certifications) == 3
    assert [tier.key for tier in WORLD.tiers] == ["registered", "silver", "gold", "platinum"]
    assert {gate.brand for gate in WORLD.gates} == {brand.key for brand in WORLD.brands}
    assert {deal.state for deal in WORLD.deals} == set(get_args(DealState))
    assert {deal.currency for deal in WORLD.deals} == {"EUR", "GBP", "CHF", "SEK"}


def test_a_file_that_leads_nowhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    read = yaml.safe_load

    def with_a_slip(text: str) -> dict[str, object]:
        return read(text.replace("submitter: amara.osei", "submitter: amara.ossei"))  # type: ignore[no-any-return]

    monkeypatch.setattr("lms.app.demo.world.yaml.safe_load", with_a_slip)
    with pytest.raises(files.WorldError, match=r"D-2481: no person amara\.ossei"):
        files.load()


def test_a_field_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    read = yaml.safe_load

    def with_a_slip(text: str) -> dict[str, object]:
        return read(text.replace("existing: true}", "existing: true, vip: true}"))  # type: ignore[no-any-return]

    monkeypatch.setattr("lms.app.demo.world.yaml.safe_load", with_a_slip)
    with pytest.raises(files.WorldError, match="vip"):
        files.load()


def test_every_address_is_one_persons_and_can_never_receive_mail() -> None:
    addresses = [WORLD.email_of(person) for person in WORLD.people]
    assert len(set(addresses)) == 60
    assert all(address.isascii() and address.endswith(".example") for address in addresses)
    customers = {deal.customer.domain for deal in WORLD.deals}
    assert all(domain.endswith(".example") for domain in customers)


def test_people_live_in_zones_and_hold_positions_that_exist() -> None:
    for person in WORLD.people:
        assert ZoneInfo(person.time_zone).key == person.time_zone
        assert (person.position is None) == (person.employer == OEM_KEY), person.key
        assert bool(person.title) == (person.employer == OEM_KEY), person.key
    assert {person.language for person in WORLD.people} == {"en", "de", "ar"}


def test_roles_have_one_scope_and_one_face_each() -> None:
    counted = Counter(grant.role for person in WORLD.people for grant in person.roles)
    assert counted["trainer"] == 3
    assert counted["channel_manager"] == 3
    assert counted["programme_manager"] == 2
    assert counted["administrator"] == 2
    assert counted["auditor"] == 1
    assert counted["partner_admin"] == len(WORLD.partners)
    for person in WORLD.people:
        for grant in person.roles:
            given = [bool(grant.scope), bool(grant.regions), bool(grant.partner)]
            assert given.count(True) == 1, person.key
            assert (grant.role == "partner_admin") == (grant.partner == person.employer), person.key
            assert (grant.role == "channel_manager") == bool(grant.regions), person.key
    faces = [person.showcase for person in WORLD.people if person.showcase]
    every = [role for part in get_args(ShowcaseRole) for role in (get_args(part) or [part])]
    assert sorted(face.role for face in faces) == sorted([*every, "trainer"]), "four eyes take two trainers"


def test_a_channel_manager_answers_for_the_regions_of_their_partners() -> None:
    for partner in WORLD.partners:
        grants = PEOPLE[partner.channel_manager].roles
        regions = {region for grant in grants if grant.role == "channel_manager" for region in grant.regions}
        assert regions & set(above(partner.region)), partner.key


def test_nobody_works_before_they_came_and_nothing_happens_before_it_was_there() -> None:
    published = {course.slug: course.published_days_ago for course in WORLD.courses}
    for partner in WORLD.partners:
        staff = [person for person in WORLD.people if person.employer == partner.key]
        assert staff, partner.key
        assert all(person.joined_days_ago <= partner.since_days_ago for person in staff), partner.key
    for enrolment in WORLD.enrolments:
        person = PEOPLE[enrolment.person]
        here_since = max([person.joined_days_ago, *(job.from_days_ago for job in person.earlier)])
        assert here_since >= enrolment.days_ago, enrolment
        assert published[enrolment.course] >= enrolment.days_ago, enrolment
    for deal in WORLD.deals:
        assert PEOPLE[deal.submitter].joined_days_ago >= deal.history[0].days_ago, deal.ref


def test_training_runs_forward() -> None:
    for enrolment in WORLD.enrolments:
        last = [] if enrolment.last is None else [enrolment.last]
        package = [] if enrolment.package is None else [enrolment.package.days_ago]
        days = [enrolment.days_ago, *last, *package, *(result.days_ago for result in enrolment.attempts), 1]
        assert days == sorted(days, reverse=True), enrolment
        assert (enrolment.lessons == 0) == (enrolment.last is None), enrolment
        assert (enrolment.by is None) == (enrolment.source in {"self", "renewal"}), enrolment
        if enrolment.attempts:
            assert enrolment.course in EXAMS, enrolment
            *failed, final = [result.percent for result in enrolment.attempts]
            draws = EXAMS[enrolment.course].draws
            assert all(percent * draws % 100 == 0 for percent in (*failed, final)), enrolment
            assert all(percent < EXAMS[enrolment.course].pass_percent for percent in failed), enrolment


def test_nobody_is_twice_in_one_course_at_a_time() -> None:
    together = Counter(
        (enrolment.person, enrolment.course)
        for enrolment in WORLD.enrolments
        if enrolment.course not in EXAMS or passed_days_ago(enrolment) is None
    )
    assert max(together.values()) == 1


@pytest.mark.parametrize("today", TODAYS, ids=str)
def test_certificates_are_in_the_state_the_matrix_is_to_show(today: date) -> None:
    for enrolment in WORLD.enrolments:
        certification = BY_COURSE.get(enrolment.course)
        if certification is None:
            assert enrolment.cycle is None, enrolment
            continue
        passed = passed_days_ago(enrolment)
        if passed is None:
            assert enrolment.cycle == ("in_progress" if enrolment.lessons else None), enrolment
            continue
        expires = today - timedelta(days=passed) + relativedelta(months=certification.valid_months)
        left = (expires - today).days
        later = [
            other
            for other in WORLD.enrolments
            if (other.person, other.course) == (enrolment.person, enrolment.course)
            and (passed_days_ago(other) or passed) < passed
        ]
        revoked = (enrolment.person, certification.code) in {
            (revocation.person, revocation.certification) for revocation in WORLD.revocations
        }
        if revoked:
            expected = "revoked"
        elif later:
            expected = "superseded"
        elif left < -certification.grace_days:
            expected = "lapsed"
        elif left < 0:
            expected = "in_grace"
        else:
            expected = "soon" if left <= certification.renewal_window_days else "valid"
        assert enrolment.cycle == expected, (enrolment.person, certification.code, left)


def test_the_matrix_shows_every_state() -> None:
    shown = {enrolment.cycle for enrolment in WORLD.enrolments}
    assert shown >= {"valid", "soon", "in_grace", "lapsed", "in_progress", "revoked", "superseded"}
    started = {(enrolment.person, enrolment.course) for enrolment in WORLD.enrolments}
    missing = [
        (person.key, certification.code)
        for person in WORLD.people
        for certification in WORLD.certifications
        if person.position in certification.needed_by and (person.key, certification.course) not in started
    ]
    assert missing


def test_deals_go_from_state_to_state_as_the_rules_allow() -> None:
    for deal in WORLD.deals:
        states = [step.to for step in deal.history]
        assert states[0] == "draft", deal.ref
        for before, after in pairwise(states):
            assert after in FOLLOWS[before], (deal.ref, before, after)
        moments = [
            files.instant(datetime(2026, 11, 23, 12, tzinfo=UTC), step.days_ago, step.time)
            for step in deal.history
        ]
        assert moments == sorted(moments), deal.ref
        for step in deal.history:
            if step.to in BY_THE_PARTNER:
                assert step.by == deal.submitter, deal.ref
            elif step.to == "expired":
                assert step.by is None, deal.ref
            else:
                assert step.by == PARTNERS[deal.partner].channel_manager, deal.ref
            if step.to in {"returned", "rejected", "withdrawn", "lost", "cancelled", "extended"}:
                assert step.reason, deal.ref


def test_protection_ends_when_the_rules_say() -> None:
    rules = WORLD.deal_rules
    for deal in WORLD.deals:
        days = {step.to: step.days_ago for step in deal.history}
        if "approved" not in days:
            continue
        ends = days["approved"] - rules.protection_days
        if "extended" in days:
            assert days["extended"] >= ends, deal.ref
            ends -= rules.extension_days
        if deal.state in {"approved", "extended"}:
            assert ends < 0, deal.ref
        elif deal.state == "expired":
            assert days["expired"] == ends, deal.ref
        else:
            assert days[deal.state] >= ends, deal.ref


def test_amounts_are_whole_minor_units_near_the_list_price() -> None:
    for deal in WORLD.deals:
        listed = sum(
            PRODUCTS[code].list_minor[deal.currency] * quantity for code, quantity in deal.lines.items()
        )
        assert 0.8 * listed <= deal.amount_minor <= listed, deal.ref
        large = deal.amount_minor >= WORLD.deal_rules.second_step_from_minor[deal.currency]
        assert large == (deal.state == "pending_approval"), deal.ref


def test_open_deals_close_in_the_future_and_closed_ones_near_their_end() -> None:
    for deal in WORLD.deals:
        if deal.state in {"won", "lost"}:
            assert abs(deal.history[-1].days_ago + deal.close_in_days) <= 10, deal.ref
        elif deal.state not in {"expired", "cancelled"}:
            assert deal.close_in_days > 0, deal.ref


def test_partners_sell_the_brands_they_are_authorised_for() -> None:
    for deal in WORLD.deals:
        partner = PARTNERS[deal.partner]
        assert {PRODUCTS[code].brand for code in deal.lines} <= set(partner.brands), deal.ref
        assert PEOPLE[deal.submitter].employer == partner.key, deal.ref


@pytest.mark.parametrize("today", TODAYS, ids=str)
def test_every_deal_of_the_past_passed_the_gate_of_its_day(today: date) -> None:
    for deal in WORLD.deals:
        for step in deal.history:
            if step.to in {"submitted", "approved"}:
                assert unmet(deal, step.days_ago, today) == [], deal.ref


@pytest.mark.parametrize("today", TODAYS, ids=str)
def test_amara_lacks_one_certificate_between_her_draft_and_its_submission(today: date) -> None:
    draft = next(deal for deal in WORLD.deals if deal.submitter == "amara.osei" and deal.state == "draft")
    assert unmet(draft, 0, today) == ["amara.osei lacks HC-SP"]
    course = next(
        enrolment
        for enrolment in WORLD.enrolments
        if (enrolment.person, enrolment.course) == ("amara.osei", CERTIFICATIONS["HC-SP"].course)
    )
    assert course.lessons == 4
    assert not course.attempts


@pytest.mark.parametrize("today", TODAYS, ids=str)
def test_partners_stand_on_different_tiers(today: date) -> None:
    tiers = {partner.key: tier_of(partner.key, today) for partner in WORLD.partners}
    assert tiers["brixham"] == "gold"
    assert {tiers["kestrel"], tiers["rhyner"], tiers["sundholm"]} == {"silver"}
    assert tiers["northway"] == "registered"


def test_one_customer_is_claimed_by_two_partners_at_once() -> None:
    waiting: dict[str, set[str]] = {}
    for deal in WORLD.deals:
        if deal.state in {"submitted", "under_review"}:
            waiting.setdefault(deal.customer.domain, set()).add(deal.partner)
    assert waiting["lidgate-dairies.example"] == {"northway", "albion"}


def test_no_moment_lies_after_now() -> None:
    now = datetime(2026, 11, 23, 8, 14, tzinfo=UTC)
    assert files.instant(now, 0, "16:47") == now
    assert files.instant(now, 1, "16:47") == datetime(2026, 11, 22, 16, 47, tzinfo=UTC)


def test_one_session_to_come_has_a_full_house_and_several_who_wait() -> None:
    dates = [one for live in WORLD.live_sessions for one in live.dates if one.in_days > 0 and one.seats]
    assert any(len(one.booked) >= one.seats + 3 for one in dates if one.seats and one.seats > 1)
    assert any(len(one.booked) < one.seats for one in dates if one.seats)


def test_the_world_is_read_into_values_that_do_not_change() -> None:
    assert isinstance(WORLD, World)
    with pytest.raises(AttributeError):
        WORLD.oem.name = "Somebody else"  # type: ignore[misc]


def test_audiences_are_named_once_and_after_those_they_are_made_of() -> None:
    seen: set[str] = set()
    for audience in WORLD.audiences:
        assert audience.key not in seen
        named = {*audience.any_of.get("audience", ()), *audience.none_of.get("audience", ())}
        assert named <= seen, f"{audience.key} stands before what it names"
        seen.add(audience.key)
    assert len(seen) >= 5
