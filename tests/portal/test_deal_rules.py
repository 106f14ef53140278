"""Deals without a database: the whole machine, one customer in many spellings, and the dates that follow."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel.money import Money
from lms.portal.deals.rules.customers import (
    SIMILAR,
    blocking_keys,
    domain_of,
    name_key,
    similarity,
    telling_domain,
)
from lms.portal.deals.rules.dates import decide_by, may_return, needs_second_step, protected_until
from lms.portal.deals.rules.transitions import TRANSITIONS, find_transition, verbs_for
from lms.portal.deals.values import CLOSED, PROTECTED, DealState, Party, Terms, Verb

S, V, P = DealState, Verb, Party
PARTNER, REVIEWER, SECOND, CLOCK = (
    {P.SUBMITTER, P.PARTNER_ADMIN},
    {P.REVIEWER},
    {P.SECOND_APPROVER},
    {P.CLOCK},
)
# The machine said once more, by hand, as the domain says it: verb → state → where it leads and for whom.
EXPECTED = {
    (V.SAVE, S.DRAFT): (S.DRAFT, PARTNER),
    (V.SAVE, S.RETURNED): (S.RETURNED, PARTNER),
    (V.ASK, S.DRAFT): (S.DRAFT, PARTNER),
    (V.ASK, S.RETURNED): (S.RETURNED, PARTNER),
    (V.SUBMIT, S.DRAFT): (S.SUBMITTED, PARTNER),
    (V.SUBMIT, S.RETURNED): (S.SUBMITTED, PARTNER),
    (V.WITHDRAW, S.DRAFT): (S.WITHDRAWN, PARTNER),
    (V.WITHDRAW, S.RETURNED): (S.WITHDRAWN, PARTNER),
    (V.WITHDRAW, S.SUBMITTED): (S.WITHDRAWN, PARTNER),
    (V.WITHDRAW, S.UNDER_REVIEW): (S.WITHDRAWN, PARTNER),
    (V.WITHDRAW, S.PENDING_APPROVAL): (S.WITHDRAWN, PARTNER),
    (V.TAKE, S.SUBMITTED): (S.UNDER_REVIEW, REVIEWER),
    (V.APPROVE, S.UNDER_REVIEW): (S.APPROVED, REVIEWER),
    (V.APPROVE, S.PENDING_APPROVAL): (S.APPROVED, SECOND),
    (V.RETURN, S.UNDER_REVIEW): (S.RETURNED, REVIEWER),
    (V.RETURN, S.PENDING_APPROVAL): (S.RETURNED, REVIEWER | SECOND),
    (V.REJECT, S.UNDER_REVIEW): (S.REJECTED, REVIEWER),
    (V.REJECT, S.PENDING_APPROVAL): (S.REJECTED, REVIEWER | SECOND),
    (V.EXTEND, S.APPROVED): (S.EXTENDED, REVIEWER),
    (V.WIN, S.APPROVED): (S.WON, PARTNER),
    (V.WIN, S.EXTENDED): (S.WON, PARTNER),
    (V.LOSE, S.APPROVED): (S.LOST, PARTNER),
    (V.LOSE, S.EXTENDED): (S.LOST, PARTNER),
    (V.CANCEL, S.APPROVED): (S.CANCELLED, REVIEWER),
    (V.CANCEL, S.EXTENDED): (S.CANCELLED, REVIEWER),
    (V.EXPIRE, S.APPROVED): (S.EXPIRED, CLOCK),
    (V.EXPIRE, S.EXTENDED): (S.EXPIRED, CLOCK),
}


@pytest.mark.parametrize("state, verb", list(product(DealState, Verb)), ids=str)
def test_each_verb_leads_from_each_state_where_the_domain_says_and_nowhere_else(state, verb):
    expected = EXPECTED.get((verb, state))
    found = find_transition(state, verb)
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert (found.to, set(found.by)) == expected
    for party in Party:
        assert (verb in verbs_for(state, frozenset({party}))) is (party in expected[1])


def test_nobody_does_anything_with_a_closed_deal():
    assert not [where for where, _verb in TRANSITIONS if where in CLOSED]


def test_what_takes_something_away_from_the_partner_needs_a_reason():
    reasons = {verb for (_state, verb), transition in TRANSITIONS.items() if transition.needs_reason}
    assert reasons == {V.RETURN, V.REJECT, V.EXTEND, V.CANCEL, V.LOSE}
    assert {to.to for (state, _verb), to in TRANSITIONS.items() if state in PROTECTED} <= CLOSED | {
        S.EXTENDED
    }


@pytest.mark.parametrize(
    "one, other",
    [
        ("Portside Cold Storage Ltd", "PORTSIDE COLD STORAGE LIMITED"),
        ("Portside Cold Storage Ltd", "The Portside Cold-Storage"),
        ("Kälte Rhyner AG", "Kalte Rhyner"),
        ("Søndergård A/S", "Sondergard AS"),
        ("Müller & Söhne GmbH & Co. KG", "Muller und Sohne"),
        ("Société Frigorifique S.A.R.L.", "Societe Frigorifique"),
        ("Strauß Kühlung e.K.", "Strauss Kuhlung"),
        ("Łódź Chłodnie Sp. z o.o.", "Lodz Chlodnie"),
    ],
)
def test_legal_forms_accents_and_punctuation_make_no_other_customer(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    "one, other",
    [
        ("Lidgate Dairies Ltd", "Lidgate Dairy Limited"),
        ("Quayside Hotel Group plc", "Quayside Hotels Group"),
        ("Storage Portside Cold", "Portside Cold Storage"),
        ("Ferndale Logistics Park", "Ferndale Logistic Park Ltd"),
    ],
)
def test_other_spellings_are_similar_and_lie_under_a_common_key(one, other):
    assert similarity(one, other) >= SIMILAR
    assert blocking_keys(one, "GB") & blocking_keys(other, "GB")


@pytest.mark.parametrize(
    "one, other",
    [
        ("Portside Cold Storage Ltd", "Harbour Lane Bakery Ltd"),
        ("Northway Controls", "Southbank Controls"),
        ("AG", "Ltd"),
    ],
)
def test_different_names_are_not_similar(one, other):
    assert name_key(one) != name_key(other)
    assert similarity(one, other) < SIMILAR


@given(st.text(max_size=40))
def test_every_name_has_a_key_that_is_its_own_key(name):
    assert name_key(name_key(name)) == name_key(name)
    assert similarity(name, name) == 100 or not name_key(name)


@pytest.mark.parametrize(
    "written, domain",
    [
        ("https://www.Portside-Cold.example/about", "portside-cold.example"),
        ("helen@portside-cold.example", "portside-cold.example"),
        ("portside-cold.example:8080", "portside-cold.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("not a domain", None),
        ("localhost", None),
        ("http://[half", None),
        ("", None),
    ],
)
def test_a_domain_is_read_out_of_what_people_paste(written, domain):
    assert domain_of(written) == domain


def test_a_mail_providers_domain_tells_no_customer_from_another():
    assert telling_domain("owner@gmail.com") is None


def test_the_last_day_to_decide_skips_the_weekend():
    terms = Terms(decide_within_business_days=3)
    assert decide_by(date(2026, 11, 20), terms) == date(2026, 11, 25)  # a Friday
    assert decide_by(date(2026, 11, 21), terms) == date(2026, 11, 25)  # a Saturday
    assert decide_by(date(2026, 11, 23), terms) == date(2026, 11, 26)  # a Monday


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 20))
def test_there_are_exactly_as_many_business_days_to_decide_as_the_terms_say(day, days):
    last = decide_by(day, Terms(decide_within_business_days=days))
    passed = [day + timedelta(days=n) for n in range(1, (last - day).days + 1)]
    assert sum(one.weekday() < 5 for one in passed) == days
    assert last.weekday() < 5


def test_a_large_deal_is_decided_by_two_from_the_very_amount_on():
    terms = Terms(second_step_from_minor={"GBP": 13_000_000})
    assert not needs_second_step(Money(12_999_999, "GBP"), terms)
    assert needs_second_step(Money(13_000_000, "GBP"), terms)
    assert not needs_second_step(Money(99_000_000, "EUR"), terms)


def test_a_deal_comes_back_as_often_as_the_terms_allow():
    assert [may_return(times, Terms(returns_allowed=2)) for times in range(4)] == [True, True, False, False]


def test_protection_lasts_the_days_of_the_terms():
    now = datetime(2026, 11, 23, 8, 14, tzinfo=UTC)
    assert protected_until(now, Terms(protection_days=90)) - now == timedelta(days=90)
