"""Money: whole minor units of one currency. Never a float."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` minor units (pence, cents, paise) of `currency`, an ISO 4217 code. Two currencies never mix."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise TypeError(f"an amount is a whole number of minor units, not {self.amount!r}")
        if len(self.currency) != 3 or not self.currency.isascii() or not self.currency.isupper():
            raise ValueError(f"{self.currency!r} is not an ISO 4217 code")

    def __add__(self, other: Self) -> "Money":
        return Money(self.amount + self._alike(other), self.currency)

    def __sub__(self, other: Self) -> "Money":
        return Money(self.amount - self._alike(other), self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.amount * times, self.currency)

    def __bool__(self) -> bool:
        return self.amount != 0

    def _alike(self, other: Self) -> int:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other.amount

    def as_json(self) -> dict[str, int | str]:
        return {"amount": self.amount, "currency": self.currency}


# ISO 4217: currencies whose minor unit is not a hundredth.
_WITHOUT_MINOR_UNIT = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF")
)
_IN_THOUSANDTHS = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))


def decimal_places(currency: str) -> int:
    """How many figures of an amount in that currency are minor units: 2 in GBP, 0 in JPY, 3 in KWD."""
    return 0 if currency in _WITHOUT_MINOR_UNIT else 3 if currency in _IN_THOUSANDTHS else 2
