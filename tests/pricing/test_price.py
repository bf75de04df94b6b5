"""Prices and shares: not a penny more or less."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolbell.pricing.price import Price, half_up, priced, split, tax_within

AMOUNTS = st.integers(0, 2_000_000_000)


@pytest.mark.parametrize(
    ("amount", "rate", "tax"),
    [
        (12000, 2000, 2000),
        (100, 2000, 17),
        (99, 2000, 17),
        (3, 2000, 1),
        (2, 2000, 0),
        (0, 2000, 0),
        (100, 0, 0),
        (11, 1000, 1),
        (105, 500, 5),
        (21, 5000, 7),
        (1, 10_000, 1),
    ],
)
def test_the_tax_in_a_price_is_rounded_half_up(amount, rate, tax):
    assert tax_within(amount, rate) == tax


@given(st.integers(0, 10**12), st.integers(1, 10**6))
def test_rounding_goes_to_the_nearest_and_halves_go_up(numerator, denominator):
    exact, rounded = Fraction(numerator, denominator), half_up(numerator, denominator)
    assert rounded - exact <= Fraction(1, 2)
    assert exact - rounded < Fraction(1, 2)


@given(AMOUNTS, st.integers(0, 10_000), AMOUNTS)
def test_a_price_adds_up(amount, rate, due):
    price = priced(amount, tax_rate=rate, due_now=due)
    assert price.net + price.tax == price.total == amount
    assert (price.discount, price.due_now) == (0, min(due, amount))
    assert abs(Fraction(price.net * rate, 10_000) - price.tax) <= 1


@pytest.mark.parametrize(
    "wrong", [(100, 101, 0, 0, 0), (100, 100, 101, 0, 0), (100, 100, 0, 0, 101), (100, 100, -1, 0, 0)]
)
def test_a_price_that_does_not_add_up_is_refused(wrong):
    with pytest.raises(ValueError, match="does not add up"):
        Price(*wrong)


@given(AMOUNTS, st.lists(st.integers(0, 10**6), min_size=1).filter(any))
def test_shares_lose_no_unit_and_are_within_one_of_the_exact_share(amount, weights):
    shares = split(amount, weights)
    assert sum(shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        exact = Fraction(amount * weight, sum(weights))
        assert exact - 1 < share < exact + 1
        assert share == 0 or weight > 0


@given(AMOUNTS, st.lists(st.integers(1, 10**6), min_size=2))
def test_who_weighs_more_gets_no_less(amount, weights):
    shares = split(amount, weights)
    pairs = sorted(zip(weights, shares, strict=True))
    assert all(more[1] >= less[1] - 1 for less, more in pairwise(pairs))
    assert all(more[1] >= less[1] for less, more in pairwise(pairs) if more[0] > less[0])


def test_equal_remainders_go_to_the_earlier():
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(2, [1, 1, 1]) == [1, 1, 0]


@pytest.mark.parametrize("weights", [[], [0], [0, 0]])
def test_there_is_nothing_to_share_by(weights):
    with pytest.raises(ValueError, match="nothing to share by"):
        split(1, weights)
