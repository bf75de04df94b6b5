"""No form of the pages says what Django says: each sentence is the house's own."""

import datetime as dt
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.http import QueryDict
from django.test import Client as Browser

import schoolbell.web
from factories import (
    OWNER,
    at,
    buy_lesson,
    buy_seat,
    hour_at,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_session,
    new_student,
    order_of,
)
from planning.test_joining import a_class, join
from schoolbell.billing.summaries import summary_of
from schoolbell.bookings.models import Attendance
from schoolbell.catalogue.products import ProductValues, add_product
from schoolbell.people.models import Instructor
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from schoolbell.web.office.people_choice import Asked, PersonChoice
from schoolbell.web.office.policy_words import ALL
from schoolbell.web.plain_forms import PlainForm, percent, whole_number
from schoolbell.web.public.forms import Typed
from schoolbell.web.public.target import find_target
from web.pages import text_of

DJANGOS = re.compile(
    r"This field|Ensure |Enter a |Enter only|Enter whole|Select a valid|is not a valid|Null characters|No file was"
)


def forms_of_the_web() -> list[type[forms.BaseForm]]:
    """Every form of the floor, as its modules have it."""
    found: dict[str, type[forms.BaseForm]] = {}
    for module in pkgutil.walk_packages(schoolbell.web.__path__, "schoolbell.web."):
        for kind in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(kind) and issubclass(kind, forms.BaseForm) and kind.__module__.startswith("schoolbell."):
                found[f"{kind.__module__}.{kind.__qualname__}"] = kind
    return [found[name] for name in sorted(found)]


def asked_for(kind: type[forms.BaseForm]) -> set[str]:
    """The names of what it is made from."""
    names: set[str] = set()
    for one in kind.__mro__:
        if "__init__" in vars(one):
            parameters = inspect.signature(one.__init__).parameters.values()
            names |= {it.name for it in parameters if it.kind in (it.POSITIONAL_OR_KEYWORD, it.KEYWORD_ONLY)}
            if not any(it.kind == it.VAR_KEYWORD for it in parameters):
                break
    return names


def filled_wrongly(field: forms.Field) -> Iterator[Any]:
    """What nobody should write there."""
    if isinstance(field, PersonChoice):
        yield from (
            Asked(),
            Asked("nothing-of-the-kind"),
            Asked(words="nobody of that name"),
            Asked(words="x" * 10_000),
        )
        return
    if isinstance(field.widget, forms.CheckboxSelectMultiple | forms.SelectMultiple):
        yield from ([], ["nothing-of-the-kind"], "no list")
        return
    yield ""
    yield "nothing of the kind"
    yield "0\x00"
    yield from ("-1", "99999999999999999999", "0.12345", "1.5")
    if most := getattr(field, "max_length", None):
        yield "x" * (most + 1)
        yield "x" * most + "@example.org"


@pytest.fixture
def things(school: School) -> dict[str, Any]:
    """One of each that a form is made from, by the name of its argument."""
    course, student, ida = new_course(school), new_student(school), new_instructor(school)
    session = new_session(course, hour_at(5), hour_at(6), choose_slots=True)
    booking = buy_seat(session, student)
    lesson = buy_lesson(new_lessons(school), student, at(9))
    query = QueryDict(f"session={session.pk}")
    product = add_product(school, ProductValues("Book", 900), by=OWNER)
    summary = summary_of(order_of(lesson))
    series = a_class(school, course=course)
    return {
        "data": {}, "typed": Typed(query), "school": school, "course": course, "student": student, "instructor": ida,
        "person": student.person, "resource": new_resource(school), "currency": "EUR", "timezone": "UTC",
        "order": order_of(booking), "target": find_target(school, query), "number": 1, "students": [student],
        "booking": booking, "bookings": [booking], "seat": Attendance.objects.of(school).first(), "summary": summary,
        "whole": True, "candidates": {"able": [], "outside": []}, "told": ALL, "policies": school.policies,
        "where": ZoneInfo("UTC"), "choices": [("a", "A")], "products": [product], "label": "Notes", "help_text": "",
        "by": Role.OWNER, "instructors": Instructor.objects.of(school), "first_day": dt.date(2026, 12, 1),
        "series": series, "enrollment": join(series, student),
    }  # fmt: skip


def test_every_form_speaks_plainly(things: dict[str, Any]):
    kinds = forms_of_the_web()
    assert len(kinds) > 60
    said = {}
    for kind in kinds:
        if kind.__module__ == "schoolbell.web.components":
            continue
        asked = asked_for(kind)
        if asked & {"instructor", "student"}:
            asked.discard("person")  # theirs
        own = {"own": ZoneInfo("UTC"), "schools": ZoneInfo("UTC")} if "schools" in asked else {"own": {}}
        given = {name: thing for name, thing in (things | own).items() if name in asked}
        form = kind(**given)
        form.full_clean()
        for name, field in form.fields.items():
            said |= {(kind.__qualname__, name, words): kind for words in form.errors.get(name, [])}
            for value in filled_wrongly(field):
                try:
                    field.clean(value)
                except forms.ValidationError as wrong:
                    said |= {(kind.__qualname__, name, words): kind for words in wrong.messages}
    assert len(said) > 400
    assert "\n".join(": ".join(key) for key in said if DJANGOS.search(key[2])) == ""


@pytest.mark.parametrize("typed", ["", "0", "101", "1.5", "many"])
def test_a_whole_number_says_between_which(typed: str):
    class Form(PlainForm):
        seats = whole_number("Seats", 1, 100)

    assert Form({"seats": typed}).errors == {"seats": ["Write a whole number from 1 to 100."]}
    assert Form({"seats": "100"}).is_valid()


@pytest.mark.parametrize("typed", ["", "-1", "100.01", "7.555", "much"])
def test_a_percentage_says_how_it_is_written(typed: str):
    class Form(PlainForm):
        tax = percent("Tax")

    wrong = "Write a number from 0 to 100 with two places at most, such as 20 or 7.5."
    assert Form({"tax": typed}).errors == {"tax": [wrong]}
    assert Form({"tax": "7.5"}).is_valid()


def test_signing_in_asks_for_both(db: None):
    page = Browser().post("/sign-in", {"email": "", "password": ""})
    assert page.status_code == 422
    assert "Write your e-mail address." in text_of(page)
    assert "Write your password." in text_of(page)
    assert "Write an address such as robin@example.org." in text_of(Browser().post("/sign-in", {"email": "robin"}))
