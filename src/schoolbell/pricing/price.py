"""The price of one line, broken down. Prices include tax."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Price:
    """All amounts in minor units of the school's currency. `total = net + tax`; `due_now` confirms the booking."""

    list_price: int
    total: int
    tax: int
    tax_rate: int
    due_now: int

    def __post_init__(self) -> None:
        if not (0 <= self.tax <= self.total <= self.list_price and 0 <= self.due_now <= self.total):
            raise ValueError(f"this price does not add up: {self}")

    @property
    def net(self) -> int:
        return self.total - self.tax

    @property
    def discount(self) -> int:
        return self.list_price - self.total


def priced(amount: int, *, tax_rate: int, due_now: int) -> Price:
    """A line of that amount, tax included at `tax_rate` (hundredths of a percent)."""
    return Price(amount, amount, tax_within(amount, tax_rate), tax_rate, min(due_now, amount))


def tax_within(amount: int, tax_rate: int) -> int:
    """The tax in an amount that includes it, rounded half up."""
    return half_up(amount * tax_rate, 10_000 + tax_rate)


def sum_by_rate(taxes: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Rates with their taxes: what each rate comes to, in the order in which they come; nothing where there is none."""
    sums: dict[int, int] = {}
    for rate, tax in taxes:
        if tax:
            sums[rate] = sums.get(rate, 0) + tax
    return sums


def half_up(numerator: int, denominator: int) -> int:
    """`numerator / denominator`, neither negative, to the nearest whole; halves go up. The one rounding."""
    return (2 * numerator + denominator) // (2 * denominator)


def split(amount: int, weights: list[int]) -> list[int]:
    """`amount` shared out by weight without losing a unit: by largest remainder, the earlier first where equal."""
    whole = sum(weights)
    if whole <= 0:
        raise ValueError("nothing to share by")
    shares = [amount * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: (-(amount * weights[index] % whole), index))
    for index in by_remainder[: amount - sum(shares)]:
        shares[index] += 1
    return shares
