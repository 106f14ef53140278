"""Money: exact in every currency, and never of two currencies at once."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel.money import CURRENCIES, Money

amounts = st.builds(Money, st.integers(-(10**15), 10**15), st.sampled_from(sorted(CURRENCIES)))


@given(amounts)
def test_an_amount_survives_being_written_in_major_units(money):
    assert Money.of(money.amount, money.currency) == money


@given(amounts, st.integers(-(10**12), 10**12))
def test_sums_are_exact(money, minor):
    assert (money + Money(minor, money.currency)).minor == money.minor + minor


@pytest.mark.parametrize(
    "amount, currency, minor", [("148.20", "EUR", 14820), ("5000", "JPY", 5000), ("1.234", "KWD", 1234)]
)
def test_each_currency_has_its_own_places(amount, currency, minor):
    assert Money.of(amount, currency).minor == minor


@pytest.mark.parametrize(
    "amount, currency",
    [
        ("1.001", "EUR"),
        ("1.5", "JPY"),
        ("NaN", "EUR"),
        ("x", "EUR"),
        ("1", "ZZZ"),
        ("1", "DEM"),
        ("1", "eur"),
    ],
)
def test_what_is_no_amount_is_refused(amount, currency):
    with pytest.raises(ValueError, match=r"currency|amount|finer"):
        Money.of(amount, currency)


def test_two_currencies_do_not_add_up():
    with pytest.raises(ValueError, match="cannot add"):
        _ = Money(1, "EUR") + Money(1, "CHF")


def test_the_amount_is_never_a_float():
    assert Money(14820, "EUR").amount == Decimal("148.20")
