"""The formulas of drawn questions: what they come to, what is refused and why, and that none goes on for ever."""

import time
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.syntax.arithmetic import (
    LISTED_AT_MOST,
    Computing,
    FormulaFault,
    Value,
    is_by_chance,
    names_in,
    quoted,
    read,
    shown,
)

A_MOMENT = 1.0


def computed(formula: str, **values: Value) -> Value:
    return Computing(values, Random(1)).value(read(formula))  # noqa: S311  the same in every run


@pytest.mark.parametrize(
    "formula, value",
    [
        ("1 + 2 * 3 ^ 2", "19"),
        ("-2 ^ 2", "-4"),
        ("2 ^ -1", "0.5"),
        ("10 - 4 - 3", "3"),
        ("0.1 + 0.2", "0.3"),
        ("(a + 1) / 4", "2"),
        ('if(a > 5 and not (a = 8), "many", "few")', "many"),
        ("if(true, 1, 1 / 0)", "1"),
        ("item(list(3, 5, 8), 2)", "5"),
        ("several(3, 2)", "2; 2; 2"),
        ("max(list(1, 4), 3)", "4"),
        ("round(2.345, 2)", "2.35"),
        ("figures(12345, 2)", "12000"),
        ("sd(2, 4)", "1"),
        ("round(sin(pi / 6), 6)", "0.5"),
        ("mod(-7, 3)", "2"),
        ("'it is \"so\"'", 'it is "so"'),
        ("1 / 3", "0.333333333333333"),
    ],
)
def test_a_formula_comes_to_what_it_says(formula: str, value: str) -> None:
    assert shown(computed(formula, a=Decimal(7))) == value


@pytest.mark.parametrize(
    "formula, says",
    [
        ("", "Write a formula"),
        ("1 +", "ends too early"),
        ("(1", "“)” is missing"),
        ("1 2", "“2” is not understood"),
        ("__import__('os')", "no function"),
        ("a.b", "is not understood"),
        ("b", "no “b” before"),
        ("round(1, 2, 3)", "is given 3 values"),
        ("1 / (a - a)", "divides by zero"),
        ("10 ^ 1000", "too large"),
        ("9 ^ 9 ^ 9", "too large"),
        ("several(201, 1)", "whole number from 0 to 200"),
        ("list(several(150, 1), several(150, 1))", "at most 200 values"),
        ("a + 'x'", "number is expected"),
        ("if(a, 1, 2)", "condition is expected"),
        ("whole(5, 1)", "ends before it begins"),
        ("sqrt(-1)", "cannot be computed"),
        ("(" * 40 + "1" + ")" * 40, "too deep"),
        ("-" * 50 + "1", "too deep"),
        ("1" * 2001, "at most 2000"),
    ],
)
def test_what_is_no_formula_is_refused_with_the_reason(formula: str, says: str) -> None:
    with pytest.raises(FormulaFault, match=says.replace("(", r"\(").replace(")", r"\)")):
        computed(formula, a=Decimal(7))


@given(st.text(alphabet="ab019.,+-*/^()<>= '\"ifnotwholepickseveral", max_size=60))
def test_whatever_is_written_comes_to_a_bounded_value_or_a_fault_at_once(formula: str) -> None:
    began = time.process_time()
    try:
        value = computed(formula, a=Decimal(3))
    except FormulaFault:
        value = ""
    assert not isinstance(value, tuple) or len(value) <= LISTED_AT_MOST
    assert not isinstance(value, Decimal) or value.is_finite()
    assert time.process_time() - began < A_MOMENT


def test_what_could_take_long_is_stopped() -> None:
    formula = "sum(" + ", ".join(["sum(several(200, whole(1, 9) + whole(1, 9)))"] * 40) + ")"
    began = time.process_time()
    with pytest.raises(FormulaFault, match="take too long"):
        computed(formula)
    assert time.process_time() - began < A_MOMENT


SCALARS = st.one_of(st.decimals(-(10**9), 10**9, places=4), st.booleans(), st.text("abc 'é{}", max_size=9))


@given(st.one_of(SCALARS, st.lists(SCALARS, max_size=5).map(tuple)))
def test_a_value_written_as_a_formula_is_that_value(value: Value) -> None:
    assert computed(quoted(value)) == value


@given(st.integers(-1000, 1000), st.integers(-1000, 1000), st.integers(1, 99))
def test_numbers_are_exact_as_decimals_are(one: int, two: int, three: int) -> None:
    value = computed("a * b + a / c - b", a=Decimal(one), b=Decimal(two), c=Decimal(three))
    assert isinstance(value, Decimal)
    assert abs(value - (one * two + Decimal(one) / three - two)) < Decimal("1e-20")


def test_what_draws_and_what_it_needs_is_known_without_computing() -> None:
    assert is_by_chance(read("1 + whole(1, 2)"))
    assert not is_by_chance(read("a + round(b, 1)"))
    assert names_in(read("a + round(b, if(c, 1, 2))")) == {"a", "b", "c"}
