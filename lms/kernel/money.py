"""Amounts: whole minor units of one ISO 4217 currency, never a float."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from babel.core import get_global
from babel.numbers import get_currency_precision


def _currencies_in_use() -> frozenset[str]:
    """Return the codes some territory pays with today (CLDR supplemental data)."""
    return frozenset(
        code
        for spans in get_global("territory_currencies").values()
        for code, _from, until, tender in spans
        if until is None and tender
    )


CURRENCIES = _currencies_in_use()


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units (cents, rappen, whole yen) of `currency`, an ISO 4217 code in use today."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse a currency nobody pays with."""
        if self.currency not in CURRENCIES:
            raise ValueError(f"unknown currency {self.currency!r}")

    @property
    def amount(self) -> Decimal:
        """Return the amount in major units, exact."""
        return Decimal(self.minor).scaleb(-get_currency_precision(self.currency))

    def __add__(self, other: "Money") -> "Money":
        """Add an amount of the same currency."""
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)

    @classmethod
    def of(cls, amount: Decimal | str, currency: str) -> "Money":
        """Return exactly `amount` major units; ValueError if it has more places than the currency."""
        if currency not in CURRENCIES:
            raise ValueError(f"unknown currency {currency!r}")
        try:
            scaled = Decimal(amount).scaleb(get_currency_precision(currency))
        except InvalidOperation as error:
            raise ValueError(f"not an amount: {amount!r}") from error
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            raise ValueError(f"{amount} is finer than {currency} allows")
        return cls(int(scaled), currency)
