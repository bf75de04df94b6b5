"""The fields of the office's forms."""

import datetime as dt
import re

import pytest
from django import forms
from django.test import Client as Browser

from factories import OWNER, new_instructor, new_lessons, new_school
from schoolbell.people.actions import NewPerson, add_instructor
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


def test_namesakes_who_teach_are_told_apart(school: School, browser: Browser, office: str):
    """By how to reach them, and their year; nobody else has more than a name. It takes no query more."""
    new_lessons(school)
    add_instructor(NewPerson(first_name="Bea", last_name="Ray", email="bea@example.org"), school=school, by=OWNER)
    path = office + "weekly/new/"
    queries_for(browser, path)
    once = queries_for(browser, path)
    born = NewPerson(first_name="Bea", last_name="Ray", phone="+44 20 7946 0018", birth_date=dt.date(1985, 5, 3))
    add_instructor(born, school=school, by=OWNER)
    new_instructor(school, name="Sam Ray")
    html = browser.get(path).content.decode()
    assert re.findall(r"<option[^>]*>([^<]* Ray[^<]*)</option>", html) == [
        "Bea Ray (bea@example.org)",
        "Bea Ray (born 1985, +44 20 7946 0018)",
        "Sam Ray",
    ]
    assert queries_for(browser, path) == once
