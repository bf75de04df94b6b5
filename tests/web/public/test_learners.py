"""A family that is signed in looks for a time: for one of them, it is offered when that one has nothing else."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories import (
    at,
    buy_seat,
    hour_at,
    let_hold_run_out,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_session,
    new_student,
)
from schoolbell.people.models import Client, Student
from schoolbell.schools.models import School
from web.portal.conftest import browser_of
from web.public.visitors import Visitor, links, text

pytestmark = pytest.mark.django_db


def signed_in(client: Client) -> Visitor:
    visitor = Visitor()
    visitor.client = browser_of(client.person)
    return visitor


@pytest.fixture
def clara(school: School) -> Client:
    return new_client(school, "Clara Weber")


@pytest.fixture
def leo(school: School, clara: Client) -> Student:
    return new_student(school, "Leo Weber", guardian=clara)


@pytest.fixture
def day(school: School) -> dt.date:
    """On which Leo's class is at noon."""
    return at(10).date()


@pytest.fixture
def path(school: School, leo: Student, day: dt.date) -> str:
    new_instructor(school)
    buy_seat(new_session(new_course(school), hour_at(10, 12)), leo)
    return f"/s/{school.slug}/courses/{new_lessons(school).pk}/?day={day}"


def test_the_only_child_is_meant_and_free_times_are_hers_alone(path: str, clara: Client, leo: Student):
    html = signed_in(clara).get(path)
    said = text(html)
    assert "89 free times" in said  # of 96, without what would begin within an hour of noon
    assert "When Leo Weber has something else is left out." in said
    assert f'<option value="{leo.pk}" selected>Leo Weber</option>' in html
    html = signed_in(clara).get(f"{path}&student=any")
    assert "96 free times" in text(html)
    assert '<option value="any" selected>Anybody</option>' in html
    guest = Visitor().get(f"{path}&student={leo.pk}")
    assert "96 free times" in text(guest)
    assert "Leo" not in guest


def test_one_of_several_is_chosen_before_the_time_and_goes_on_into_the_form(
    path: str, school: School, clara: Client, leo: Student
):
    mila = new_student(school, "Mila Weber", guardian=clara)
    visitor = signed_in(clara)
    assert "96 free times" in text(visitor.get(path))
    assert "96 free times" in text(visitor.get(f"{path}&student={mila.pk}"))
    html = visitor.get(f"{path}&student={leo.pk}&at={at(10, 15):%Y-%m-%dT%H:%M}Z")
    assert "89 free times" in text(html)
    assert f"student={leo.pk}" in next(href for words, href in links(html).items() if words.startswith("15:15"))
    form = visitor.get(links(html)["Continue"])
    boxes = re.findall(r'<input type="radio"[^>]*name="students"[^>]*>', form)
    assert [(str(leo.pk) in box, str(mila.pk) in box, " checked" in box) for box in boxes] == [
        (True, False, True),
        (False, True, False),
        (False, False, False),  # somebody new
    ]


def test_whom_the_course_does_not_suit_is_named_and_nobody_else_is_put_in_their_place(school: School, clara: Client):
    new_instructor(school)
    course = new_lessons(school, age_max=9)
    old, young = (
        new_student(school, f"{name} Weber", guardian=clara, birth_date=at(10).date() - dt.timedelta(days=days))
        for name, days in (("Ada", 365 * 12), ("Bo", 365 * 7))
    )
    path, visitor = f"/s/{school.slug}/courses/{course.pk}/?at={at(10, 15):%Y-%m-%dT%H:%M}Z", signed_in(clara)
    why = "Ada Weber: This course is for students up to 9 years of age."
    for day in ("", f"&day={at(10).date()}"):
        html = visitor.get(f"{path}{day}&student={old.pk}")
        assert text(html).count(why) == 1
    form = visitor.get(links(html)["Continue"])
    boxes = re.findall(r'<input type="radio"[^>]*name="students"[^>]*>', form)
    assert [(" checked" in box, " disabled" in box) for box in boxes] == [(False, True), (False, False), (False, False)]
    assert "This course is for" not in text(visitor.get(f"{path}&student={young.pk}"))
    form = visitor.get(links(visitor.get(f"{path}&day={at(10).date()}&student=any"))["Continue"])
    assert re.search(rf'<input type="radio"[^>]*value="{young.pk}"[^>]*checked', form)

    group = new_course(school, age_max=9)
    new_session(group, hour_at(6))
    html = visitor.get(f"/s/{school.slug}/courses/{group.pk}/?student={old.pk}")
    assert text(html).count(why) == 1


def test_somebody_elses_child_is_not_looked_for(path: str, school: School, leo: Student):
    other = new_client(school, "Otto Other")
    new_student(school, "Ole Other", guardian=other)
    html = signed_in(other).get(f"{path}&student={leo.pk}")
    assert "96 free times" in text(html)
    assert "Leo" not in html


def test_a_date_at_which_a_child_has_something_else_is_not_offered_for_her(school: School, clara: Client, leo: Student):
    course = new_course(school)
    busy, free = new_session(course, hour_at(5)), new_session(course, hour_at(6))
    held = buy_seat(new_session(new_course(school), hour_at(5)), leo)
    path, visitor = f"/s/{school.slug}/courses/{course.pk}/", signed_in(clara)
    html = visitor.get(path)
    assert "Leo has something else then" in text(html)
    assert [href for href in links(html).values() if "/book/" in href] == [
        f"/s/{school.slug}/book/?session={free.pk}&student={leo.pk}"
    ]
    assert f"session={busy.pk}" in visitor.get(f"{path}?student=any")
    let_hold_run_out(held)
    assert f"session={busy.pk}" in visitor.get(path)


def test_what_is_offered_instead_is_when_the_child_can_come(path: str, school: School, clara: Client, leo: Student):
    visitor = signed_in(clara)
    course = path.split("/courses/")[1].split("/", maxsplit=1)[0]
    noon = f"/s/{school.slug}/book/?course={course}&starts_at={at(10, 12):%Y-%m-%dT%H}:00Z&student={leo.pk}"
    html = visitor.send(noon, visitor.fill(noon, students=[str(leo.pk)]), status=409)
    offered = sorted(re.findall(r"starts_at=([^|\"&]+)\|", html))
    around = [
        f"{one:%Y-%m-%dT%H:%MZ}" for one in (at(10, 10, 30), at(10, 10, 45), at(10, 11), at(10, 13), at(10, 13, 15))
    ]
    assert [one for one in offered if one in around] == around


def test_a_page_for_one_of_three_children_asks_the_database_no_more_than_for_the_only_one(
    path: str, school: School, clara: Client, leo: Student
):
    visitor = signed_in(clara)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            visitor.get(f"{path}&student={leo.pk}")
        return len(captured)

    before = queries()
    for name in ("Mila Weber", "Max Weber"):
        new_student(school, name, guardian=clara)
    assert queries() == before
