"""Whom a rule means, decided without a database: for one rule, for all at once, and for audiences in audiences."""

from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.audiences.rules.matching import Index, matches
from lms.audiences.rules.nesting import in_order, resting_on, ring_through
from lms.audiences.values import NESTED, AudienceId, Rule, tidied
from lms.identity.values import PersonId

AMARA, BASIL = PersonId(UUID(int=1)), PersonId(UUID(int=2))
A, B, C, D = (AudienceId(UUID(int=number)) for number in (101, 102, 103, 104))
REP_IN_AUSTRIA = {"position": frozenset({"rep"}), "region": frozenset({"at", "dach", "emea"})}


def some(*values: str) -> frozenset[str]:
    return frozenset(values)


def nested(*audiences: AudienceId) -> Rule:
    return Rule(any_of={NESTED: frozenset(str(one) for one in audiences)})


@pytest.mark.parametrize(
    "rule, is_meant",
    [
        (Rule(any_of={"position": some("rep", "tech")}), True),
        (Rule(any_of={"position": some("tech")}), False),
        (Rule(any_of={"position": some("rep"), "region": some("dach")}), True),
        (Rule(any_of={"position": some("rep"), "region": some("nordics")}), False),
        (Rule(any_of={"brand": some("cold")}), False),
        (Rule(none_of={"position": some("tech")}), True),
        (Rule(none_of={"region": some("emea")}), False),
        (Rule(any_of={"position": some("rep")}, none_of={"region": some("at")}), False),
        (Rule(people=frozenset({AMARA})), True),
        (Rule(people=frozenset({BASIL})), False),
        (Rule(any_of={"position": some("tech")}, people=frozenset({AMARA})), True),
        (Rule(any_of={"position": some("rep")}, people=frozenset({BASIL})), True),
        (Rule(any_of={"position": some("rep")}, not_people=frozenset({AMARA})), False),
        (Rule(people=frozenset({AMARA}), none_of={"region": some("dach")}), False),
        (Rule(people=frozenset({BASIL}), none_of={"position": some("tech")}), False),
    ],
)
def test_a_rule_means_any_of_a_facet_and_all_facets_or_by_name_and_never_an_exception(rule, is_meant):
    assert matches(rule, AMARA, REP_IN_AUSTRIA) is is_meant
    assert Index({A: rule}).audiences_of(AMARA, REP_IN_AUSTRIA) == ({A} if is_meant else set())


def test_an_audience_is_decided_after_those_that_it_names():
    rules = {A: nested(B, C), B: nested(C), C: Rule(any_of={"position": some("rep")}), D: nested(A)}
    order = in_order(rules)
    assert sorted(order) == [A, B, C, D]
    assert [order.index(one) for one in (C, B, A, D)] == sorted(order.index(one) for one in rules)
    assert resting_on(C, rules) == (B, A, D)
    assert resting_on(D, rules) == ()
    assert Index(rules).audiences_of(AMARA, REP_IN_AUSTRIA) == {A, B, C, D}
    assert Index(rules).audiences_of(AMARA, {}) == set()


def test_who_is_in_an_audience_is_left_out_of_one_that_excludes_it():
    rules = {
        A: Rule(none_of={NESTED: frozenset({str(B)})}),
        B: Rule(any_of={"position": some("rep")}),
        C: Rule(any_of={NESTED: frozenset({str(A)})}, people=frozenset({AMARA})),
    }
    assert Index(rules).audiences_of(AMARA, REP_IN_AUSTRIA) == {B, C}
    assert Index(rules).audiences_of(BASIL, {}) == {A, C}


def test_a_ring_of_audiences_is_found_with_everyone_in_it():
    rules = {A: nested(B), B: nested(C), C: nested(A), D: nested(A)}
    assert ring_through(A, rules) == (A, B, C, A)
    assert ring_through(D, rules) == ()
    assert ring_through(A, {A: nested(A)}) == (A, A)
    assert ring_through(A, {A: nested(B), B: Rule(none_of={NESTED: frozenset({str(A)})})}) == (A, B, A)


def test_a_rule_that_says_nothing_is_known_as_such_also_with_facets_that_ask_nothing():
    assert tidied(Rule(any_of={"position": frozenset()}, none_of={"brand": frozenset()})).is_empty
    assert not Rule(none_of={"brand": some("cold")}).is_empty


def test_a_rule_is_stored_the_same_however_its_parts_were_chosen():
    first = Rule(any_of={"region": some("a", "b", "c"), "brand": some("x")}, people=frozenset({BASIL, AMARA}))
    second = Rule(
        any_of={"brand": some("x"), "region": some("c", "b", "a")}, people=frozenset({AMARA, BASIL})
    )
    stored = [msgspec.json.encode(msgspec.to_builtins(rule, order="sorted")) for rule in (first, second)]
    assert stored[0] == stored[1]
    assert msgspec.json.decode(stored[0], type=Rule) == first


FACETS = ("position", "region", "brand")
VALUES = ("a", "b", "c")
IDS = (A, B, C, D)
chosen = st.dictionaries(st.sampled_from(FACETS), st.frozensets(st.sampled_from(VALUES)), max_size=3)
people = st.frozensets(st.sampled_from([AMARA, BASIL]), max_size=2)


@st.composite
def many_rules(draw):
    """Return rules of which each may name those before it."""
    rules = {}
    for place, one in enumerate(IDS):
        below = (
            st.frozensets(st.sampled_from([str(name) for name in IDS[:place]]))
            if place
            else st.just(frozenset())
        )
        rule = Rule(
            any_of=draw(chosen) | {NESTED: draw(below)},
            none_of=draw(chosen) | {NESTED: draw(below)},
            people=draw(people),
            not_people=draw(people),
        )
        rules[one] = tidied(rule)
    return dict(draw(st.permutations(list(rules.items()))))


@given(rules=many_rules(), values=chosen, person_id=st.sampled_from([AMARA, BASIL]))
def test_all_rules_at_once_answer_as_each_of_them_does(rules, values, person_id):
    expected: set[AudienceId] = set()
    for one in IDS:
        with_audiences = values | {NESTED: frozenset(str(name) for name in expected)}
        if matches(rules[one], person_id, with_audiences):
            expected.add(one)
    assert Index(rules).audiences_of(person_id, values) == expected
