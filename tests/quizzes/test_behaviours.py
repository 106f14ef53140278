"""A further try costs what the quiz says, whatever is asked."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.values import Behaviour, Telling

GRADES = st.integers(-100, 100).map(lambda number: Decimal(number) / 100)
PENALTIES = st.integers(0, 100).map(lambda number: Decimal(number) / 100)


@pytest.mark.parametrize(
    "telling, penalty, tries, earned",
    [
        (Telling.TRIES, "0.25", (), "0"),
        (Telling.TRIES, "0.25", ("1",), "1"),
        (Telling.TRIES, "0.25", ("0", "1"), "0.75"),
        (Telling.TRIES, "0.25", ("0", "0.5", "1"), "0.5"),
        (Telling.TRIES, "0.5", ("0", "0", "0", "1"), "0"),
        (Telling.TRIES, "0.5", ("0.5", "0.5"), "0.5"),
        (Telling.TRIES, "0.5", ("-0.25", "0", "0", "1"), "-0.25"),
        (Telling.TRIES, "0.5", ("1", "-0.5"), "-0.5"),
        (Telling.AT_END, "0.5", ("0", "1"), "1"),
        (Telling.AT_ONCE, "0.5", ("0.5", "1"), "1"),
    ],
)
def test_each_further_try_costs_its_share(
    telling: Telling, penalty: str, tries: tuple[str, ...], earned: str
) -> None:
    behaviour = Behaviour(telling, Decimal(penalty))
    assert behaviour.fraction([Decimal(one) for one in tries]) == Decimal(earned)


@given(tries=st.lists(GRADES, min_size=1, max_size=6), penalty=PENALTIES)
def test_a_try_is_worth_no_more_than_it_was_and_no_less_than_the_worst(
    tries: list[Decimal], penalty: Decimal
) -> None:
    earned = Behaviour(Telling.TRIES, penalty).fraction(tries)
    assert min(tries) <= earned <= tries[-1]
    assert Behaviour(Telling.TRIES, Decimal(0)).fraction(tries) == tries[-1]


@pytest.mark.parametrize("penalty", ["-0.1", "1.1"])
def test_a_penalty_is_a_share(penalty: str) -> None:
    with pytest.raises(ValueError, match="between 0 and 100%"):
        Behaviour(Telling.TRIES, Decimal(penalty))
