"""Two of the office have the same course, class or weekly lessons open to change: neither puts back what the other did,
though each looks at what it comes to before it is done."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser

from factories import OWNER, new_course, new_instructor, new_lessons, new_resource, new_school, new_student, payer_of
from invariants import broken
from schoolbell.bookings.models import Enrollment
from schoolbell.catalogue.models import Course
from schoolbell.kit.time import UTC
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, Session
from web.office.conftest import as_staff
from web.pages import as_shown, text_of

pytestmark = pytest.mark.django_db
MEANWHILE = "It was changed in the meantime. Nothing was done: look at it again."


@pytest.fixture(autouse=True)
def _a_friday_in_february():
    with time_machine.travel(dt.datetime(2027, 2, 26, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def school() -> School:
    return new_school("coding", timezone="UTC", weekly_ahead_days=20)


@pytest.fixture
def second(school: School) -> Browser:
    return as_staff(school)


@dataclass
class Changed:
    """A page that changes something: one field of it, and another, each with what is on file, what one window makes of
    it and what the other does; and what is on file by now."""

    page: str
    field: str
    was: str
    mine: str
    yours: str
    said: str
    other: str
    other_was: str
    others: str
    on_file: Callable[[], tuple[str, str]]


def a_course(school: School, office: str) -> Changed:
    course = new_course(school, price=4500)

    def on_file() -> tuple[str, str]:
        now = Course.objects.get(id=course.pk)
        return f"{now.price / 100:.2f}", str(now.duration_minutes)

    page = f"{office}courses/{course.pk}/change/"
    return Changed(page, "price", "45.00", "50.00", "60.00", "60.00", "duration_minutes", "60", "90", on_file)


def a_class(school: School, office: str) -> Changed:
    course, monday = new_course(school, name="Choir", capacity=5), dt.date(2027, 3, 1)
    series = create_series(NewSeries(course, "FREQ=WEEKLY;BYDAY=MO", dt.time(18), monday, price=4500), by=OWNER)

    def on_file() -> tuple[str, str]:
        now = course.series.order_by("-id")[0]
        return f"{now.price / 100:.2f}", str(now.duration_minutes)

    page = f"{office}series/{series.pk}/change/"
    return Changed(page, "price", "45.00", "50.00", "60.00", "60.00", "duration_minutes", "60", "90", on_file)


def weekly(school: School, office: str) -> Changed:
    new_resource(school, name="Hall")
    attic = new_resource(school, name="Attic")
    student, ida, tuesday = new_student(school), new_instructor(school), dt.date(2027, 3, 2)
    plan = WeeklyPlan(student, payer_of(student), new_lessons(school), ida, 2, dt.time(16), tuesday)
    enrollment = enroll_weekly(plan, by=OWNER)

    def on_file() -> tuple[str, str]:
        now = Enrollment.objects.get(id=enrollment.pk).series
        return f"{now.starts:%H:%M}", str(now.resource_id or "")

    page = f"{office}weekly/{enrollment.pk}/change/"
    return Changed(page, "starts", "16:00", "17:00", "18:00", "18:00", "resource", "", str(attic.pk), on_file)


@pytest.fixture(params=[a_course, a_class, weekly])
def changed(request: pytest.FixtureRequest, school: School, office: str) -> Changed:
    return request.param(school, office)


def opened(browser: Browser, changed: Changed) -> dict[str, Any]:
    return as_shown(browser.get(changed.page), method="get")


def looked(browser: Browser, changed: Changed, sent: dict[str, Any]) -> dict[str, Any]:
    """What the button of the preview sends."""
    page = browser.get(changed.page, sent)
    assert page.status_code == 200, text_of(page)
    return as_shown(page)


def done(browser: Browser, changed: Changed, sent: dict[str, Any]) -> None:
    assert browser.post(changed.page, looked(browser, changed, sent)).status_code == 302


def test_what_one_left_alone_stays_as_the_other_made_it(
    school: School, browser: Browser, second: Browser, changed: Changed
):
    assert changed.on_file() == (changed.was, changed.other_was)
    mine, yours = opened(browser, changed), opened(second, changed)
    done(second, changed, yours | {changed.field: changed.yours})
    done(browser, changed, mine | {changed.other: changed.others})
    assert changed.on_file() == (changed.yours, changed.others)
    assert broken(school) == {}


def test_where_both_changed_the_same_the_second_sees_it_first(
    school: School, browser: Browser, second: Browser, changed: Changed
):
    mine, yours = opened(browser, changed), opened(second, changed)
    done(second, changed, yours | {changed.field: changed.yours})
    met = browser.get(changed.page, mine | {changed.field: changed.mine})
    assert met.status_code == 422
    assert f"It was changed meanwhile, to “{changed.said}”. Send yours again to keep it instead." in text_of(met)
    again = as_shown(met, method="get")
    assert again[changed.field] == [changed.mine]
    done(browser, changed, again)
    assert changed.on_file()[0] == changed.mine
    assert broken(school) == {}


def test_what_changed_after_the_preview_is_looked_at_again(
    school: School, browser: Browser, second: Browser, changed: Changed
):
    mine = looked(browser, changed, opened(browser, changed) | {changed.other: changed.others})
    done(second, changed, opened(second, changed) | {changed.field: changed.yours})
    met = browser.post(changed.page, mine)
    assert (met.status_code, MEANWHILE in text_of(met)) == (409, True)
    assert changed.on_file() == (changed.yours, changed.other_was)
    assert browser.post(changed.page, as_shown(met)).status_code == 302
    assert changed.on_file() == (changed.yours, changed.others)


def test_what_both_changed_after_the_preview_is_said(
    school: School, browser: Browser, second: Browser, changed: Changed
):
    mine = looked(browser, changed, opened(browser, changed) | {changed.field: changed.mine})
    done(second, changed, opened(second, changed) | {changed.field: changed.yours})
    met = browser.post(changed.page, mine)
    assert met.status_code == 422
    assert f"It was changed meanwhile, to “{changed.said}”." in text_of(met)
    assert changed.on_file()[0] == changed.yours
    done(browser, changed, as_shown(met, method="get"))
    assert changed.on_file()[0] == changed.mine


@pytest.mark.parametrize("changed", [a_class, weekly], indirect=True)
def test_from_which_day_is_not_on_file_and_is_each_ones_own(
    school: School, browser: Browser, second: Browser, changed: Changed
):
    mine, yours = opened(browser, changed), opened(second, changed)
    assert "first_day" not in mine["shown"][0]
    done(second, changed, yours | {changed.field: changed.yours, "first_day": "2027-03-08"})
    done(browser, changed, mine | {changed.other: changed.others, "first_day": "2027-03-15"})
    assert changed.on_file() == (changed.yours, changed.others)
    assert Series.objects.of(school).latest("id").starts_on >= dt.date(2027, 3, 15)


def test_a_class_that_changes_later_ends_then_whatever_was_shown(
    school: School, browser: Browser, second: Browser, office: str
):
    """In a fortnight another takes over, as one has it; the other, who saw no end, does not put one beside it."""
    changed = a_class(school, office)
    mine, yours = opened(browser, changed), opened(second, changed)
    done(second, changed, yours | {"price": "60.00", "first_day": "2027-03-15"})
    done(browser, changed, mine | {"duration_minutes": "90"})
    sessions = Session.objects.of(school).filter(status="published").order_by("starts_at")
    lasting = [(one.occurrence_on.day, (one.ends_at - one.starts_at).seconds // 60, one.price) for one in sessions]
    assert lasting == [(1, 90, 4500), (8, 90, 4500), (15, 60, 6000)]
    assert broken(school) == {}
