"""What countries are called."""

import pytest

from schoolbell.diary.models import HolidayRegion
from schoolbell.diary.public_holidays import countries
from schoolbell.web.office.closed_days import holidays_region


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("HK", "Hong Kong"), ("CD", "DR Congo"), ("GW", "Guinea-Bissau"), ("IM", "Isle of Man"), ("CW", "Curaçao"),
        ("GB", "United Kingdom"), ("US", "United States"), ("VC", "Saint Vincent and the Grenadines"),
        ("AX", "Åland Islands"), ("BA", "Bosnia and Herzegovina"), ("DE", "Germany"),
    ],
)  # fmt: skip
def test_a_country_is_called_as_people_write_it(code: str, name: str):
    assert countries()[code] == name


def test_they_stand_by_their_letters_with_accents_or_without():
    names = list(countries().values())
    assert names[:3] == ["Afghanistan", "Åland Islands", "Albania"]
    assert len(names) > 200


@pytest.mark.parametrize(
    ("code", "subdivision", "words"),
    [
        ("US", "", "the United States"), ("GB", "ENG", "the United Kingdom, England"), ("NL", "", "the Netherlands"),
        ("DO", "", "the Dominican Republic"), ("IM", "", "the Isle of Man"), ("FR", "", "France"),
    ],
)  # fmt: skip
def test_holidays_are_of_the_united_states(code: str, subdivision: str, words: str):
    assert holidays_region(HolidayRegion(country=code, subdivision=subdivision)) == words
