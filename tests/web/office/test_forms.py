"""The fields of the office's forms."""

import datetime as dt
import re

import pytest
from django import forms
from django.test import Client as Browser

from factories import new_client, new_lessons, new_school, new_student
from schoolbell.schools.models import School
from schoolbell.web.office.forms import MoneyField, day_field
from web.office.test_finding import found
from web.pages import queries_for


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("45", "EUR", 4_500),
        ("45.00", "EUR", 4_500),
        ("45,00", "EUR", 4_500),
        ("1,500", "INR", 150_000),
        ("1,234,500.50", "USD", 123_450_050),
        ("12,345.50", "USD", 1_234_550),
        ("1,500", "JPY", 1_500),
        ("45,0", "EUR", None),
        ("1.500", "EUR", None),
        ("1.500,00", "EUR", None),
        ("45,00", "JPY", None),
    ],
)
def test_a_comma_stands_between_thousands_or_before_the_last_two_places(typed: str, currency: str, minor: int | None):
    field = MoneyField(currency)
    if minor is None:
        with pytest.raises(forms.ValidationError):
            field.clean(typed)
    else:
        assert field.clean(typed) == minor


@pytest.mark.parametrize("typed", ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31"])
def test_a_day_has_others_around_it(typed: str):
    with pytest.raises(forms.ValidationError, match="Choose a year from 1900 to 2200"):
        day_field("Day").clean(typed)
    assert day_field("Day").clean("2200-12-31") == dt.date(2200, 12, 31)


@pytest.fixture
def school(db: None) -> School:
    return new_school(timezone="Asia/Kolkata")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_far_days_are_refused_beside_the_field(school: School, browser: Browser, office: str, day: str):
    course = new_lessons(school)
    assert (
        "Choose a year from 1900 to 2200."
        in found(browser, office, course=course.pk, first_day=day, last_day=day).content.decode()
    )


def test_namesakes_are_told_apart(school: School, browser: Browser, office: str):
    """By who answers for them, or how to reach them, and their year; nobody else has more than a name."""
    new_lessons(school)
    clara, dana = new_client(school, "Clara Ray"), new_client(school, "Dana Ray")
    new_student(school, "Bea Ray", guardian=clara, birth_date=dt.date(2015, 5, 3))
    new_student(school, "Bea Ray", guardian=dana)
    new_student(school, "Bea Ray", email="bea@example.org")
    new_student(school, "Sam Ray", guardian=clara, birth_date=dt.date(2013, 5, 3))
    for path in ("weekly/new/", "weekly/join/", "requests/new/", "find/"):
        html = browser.get(office + path).content.decode()
        assert re.findall(r"<option[^>]*>([^<]* Ray[^<]*)</option>", html) == [
            "Bea Ray (Clara Ray, born 2015)",
            "Bea Ray (Dana Ray)",
            "Bea Ray (bea@example.org)",
            "Sam Ray",
        ]


def test_namesakes_take_one_query_more(school: School, browser: Browser, office: str):
    new_lessons(school)
    new_student(school, "Bea Ray")
    queries_for(browser, office + "weekly/new/")
    once = queries_for(browser, office + "weekly/new/")
    for _ in range(3):
        new_student(school, "Bea Ray", guardian=new_client(school))
    assert queries_for(browser, office + "weekly/new/") == once + 1
