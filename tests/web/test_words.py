"""How times, zones and money are said."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import translation

from schoolbell.kit.money import Money
from schoolbell.kit.time import UTC, Stretch
from schoolbell.web.templatetags import words
from schoolbell.web.templatetags.phones import phone

LONDON, BERLIN = ZoneInfo("Europe/London"), ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def the_present():
    with time_machine.travel(dt.datetime(2026, 11, 20, 10, 30, tzinfo=UTC), tick=False):
        yield


def at(*numbers: int) -> dt.datetime:
    return dt.datetime(*numbers, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "where", "said"),
    [
        (Stretch(at(2026, 12, 1, 16), at(2026, 12, 1, 17)), LONDON, "Tue 1 Dec, 16:00–17:00 London"),
        (Stretch(at(2026, 12, 1, 16), at(2026, 12, 1, 17)), "America/New_York", "Tue 1 Dec, 11:00–12:00 New York"),
        (at(2026, 12, 1, 16), LONDON, "Tue 1 Dec, 16:00 London"),
        (at(2027, 1, 5, 9), LONDON, "Tue 5 Jan 2027, 09:00 London"),
        # An evening that runs past midnight is one event; a course of three days is not.
        (Stretch(at(2026, 12, 1, 22), at(2026, 12, 2, 1)), LONDON, "Tue 1 Dec, 22:00–01:00 London"),
        (Stretch(at(2026, 12, 1, 9), at(2026, 12, 3, 16, 30)), LONDON, "Tue 1 Dec, 09:00 to Thu 3 Dec, 16:30 London"),
        # From midnight to midnight it is whole days.
        (Stretch(at(2026, 12, 1), at(2026, 12, 2)), LONDON, "Tue 1 Dec, all day London"),
        (Stretch(at(2026, 12, 1), at(2026, 12, 4)), LONDON, "Tue 1 Dec to Thu 3 Dec, all day London"),
        (Stretch(at(2026, 12, 1), at(2026, 12, 2)), BERLIN, "Tue 1 Dec, 01:00 to Wed 2 Dec, 01:00 Berlin"),
        (Stretch(at(2026, 3, 29), at(2026, 3, 29, 23)), LONDON, "Sun 29 Mar, all day London"),
        (at(2026, 12, 1), LONDON, "Tue 1 Dec, 00:00 London"),
        # The clocks show this time twice: it is said which one is meant.
        (at(2026, 10, 25, 0, 30), LONDON, "Sun 25 Oct, 01:30 London (BST)"),
        (at(2026, 10, 25, 1, 30), LONDON, "Sun 25 Oct, 01:30 London (GMT)"),
    ],
)
def test_when(value, where, said):
    assert words.when(value, where) == said


def test_the_language_decides_between_twelve_and_twenty_four_hours():
    lesson = Stretch(at(2026, 12, 1, 16), at(2026, 12, 1, 17))
    with translation.override("en-us"):
        assert words.clock(lesson, LONDON) == "4:00 p.m.–5:00 p.m."


def test_days():
    assert words.day(dt.date(2026, 12, 1)) == "Tue 1 Dec"
    assert words.day(at(2026, 12, 1, 23, 30), BERLIN) == "Wed 2 Dec"
    assert words.long_day(dt.date(2027, 12, 1)) == "Wednesday 1 December 2027"
    with pytest.raises(ValueError, match="different days in different zones"):
        words.day(at(2026, 12, 1, 23, 30))


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (at(2026, 11, 20, 10, 42), "in 12 min"),
        (at(2026, 11, 20, 10, 30, 20), "now"),
        (at(2026, 11, 20, 13, 45), "in 3 h"),
        (at(2026, 11, 21, 10, 30), ""),
        (at(2026, 11, 20, 10, 29), ""),
    ],
)
def test_near(moment, said):
    assert words.near(moment) == said


@pytest.mark.parametrize(("minutes", "said"), [(45, "45 min"), (60, "60 min"), (120, "2 h"), (150, "2 h 30 min")])
def test_lasting(minutes, said):
    assert words.lasting(minutes) == said


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("Europe/London", "London"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("UTC", "UTC"),
        ("Etc/GMT+3", "UTC−3"),
    ],
)
def test_zone_name(where, said):
    assert words.zone_name(where) == said


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("Europe/Berlin", "Berlin (CET)"),
        ("Asia/Dubai", "Dubai (UTC+4)"),
        ("America/Sao_Paulo", "Sao Paulo (UTC−3)"),
        ("Asia/Kathmandu", "Kathmandu (UTC+5:45)"),
        ("Etc/UTC", "UTC"),
    ],
)
def test_zone_label(where, said):
    assert words.zone_label(where) == said


@pytest.mark.parametrize(
    ("amount", "in_full", "in_lists"),
    [
        (Money(18000, "GBP"), "£180.00", "£180"),
        (Money(3000, "AUD"), "A$30.00", "A$30"),
        (Money(1450, "USD"), "$14.50", "$14.50"),
        (Money(-6600, "GBP"), "−£66.00", "−£66"),
        (Money(312300, "AUD"), "A$3,123.00", "A$3,123"),
        (Money(5000, "JPY"), "¥5,000", "¥5,000"),
        (Money(12500, "KWD"), "KWD\N{NO-BREAK SPACE}12.500", "KWD\N{NO-BREAK SPACE}12.500"),
        (Money(0, "EUR"), "€0.00", "€0"),
        (Money(5, "EUR"), "€0.05", "€0.05"),
        (Money(10**15 + 1, "GBP"), "£10,000,000,000,000.01", "£10,000,000,000,000.01"),
    ],
)
def test_money(amount, in_full, in_lists):
    assert words.money(amount) == in_full == words.money(amount.amount, amount.currency)
    assert words.price(amount) == in_lists


def test_counted():
    assert [words.counted(number, "seat,seats") for number in (0, 1, 3, 1200)] == [
        "0 seats",
        "1 seat",
        "3 seats",
        "1,200 seats",
    ]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("+61255506066", "+61 2 5550 6066"),
        ("+61412345678", "+61 412 345 678"),
        ("+12125550140", "+1 212 555 0140"),
        ("+442079460000", "+44 20 7946 0000"),
        ("+441134960140", "+44 113 496 0140"),
        ("+493023125140", "+49 30 231 25140"),
        ("+918066660140", "+91 80666 60140"),
        ("+35312345678", "+353 123 456 78"),
        ("020 7946 0118", "020 7946 0118"),
        ("", ""),
    ],
)
def test_phone_numbers_are_grouped(number: str, said: str):
    assert phone(number) == said
