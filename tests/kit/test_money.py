"""Which codes are a currency that somebody pays with."""

import pytest

from schoolbell.kit.money import Money, decimal_places, is_currency
from schoolbell.schools.presets import PRESETS


@pytest.mark.parametrize("code", ["GBP", "EUR", "JPY", "KWD", "XOF"])
def test_what_is_paid_with_is_a_currency(code: str):
    assert is_currency(code)
    assert Money(10 ** decimal_places(code), code).currency == code


@pytest.mark.parametrize("code", ["XXX", "XTS", "XAU", "XDR", "ABC", "DEM", "gbp", "", "GBP EUR", "BP"])
def test_tests_metals_and_nothing_at_all_are_none(code: str):
    assert not is_currency(code)


def test_every_preset_has_one():
    assert all(is_currency(preset.currency) for preset in PRESETS.values())
