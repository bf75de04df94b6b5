"""What repeats for a family: weekly lessons and seats in classes, pauses, and what is left out."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser

from factories import (
    OWNER,
    be_busy,
    buy_seat,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_student,
    pay_for,
    payer_of,
)
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.catalogue.actions import qualify
from schoolbell.kit.time import UTC, Stretch
from schoolbell.people.models import Client, Instructor, Student
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.planning.days_out import leave_out
from schoolbell.planning.joining import Joining, join_class
from schoolbell.planning.occurrences import SeriesChange
from schoolbell.planning.pausing import change_weekly, end_enrollment, pause_enrollment, resume_enrollment
from schoolbell.planning.series import change_series
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, Session
from web.pages import links_of, queries_for, text_of
from web.portal.conftest import browser_of

TUESDAY = dt.date(2027, 2, 16)
HOUR = dt.timedelta(hours=1)
WEEK = dt.timedelta(days=7)


@pytest.fixture(autouse=True)
def _a_monday_in_february():
    with at_noon(dt.date(2027, 2, 15)):
        yield


@pytest.fixture
def school(db) -> School:
    return new_school("coding", timezone="UTC", weekly_ahead_days=24)


@pytest.fixture
def ida(school: School) -> Instructor:
    return new_instructor(school)


@pytest.fixture
def weekly(url: str) -> str:
    return f"{url}weekly/"


def at_noon(day: dt.date) -> time_machine.travel:
    return time_machine.travel(dt.datetime(day.year, day.month, day.day, 12, tzinfo=UTC), tick=False)


def lessons(teaches: Instructor, learns: Student, hour: int = 16, **values: Any) -> Enrollment:
    """On Tuesdays."""
    course = new_lessons(teaches.person.school, price=4500)
    qualify(teaches, course, by=OWNER)
    client = values.pop("client", None) or payer_of(learns)
    plan = WeeklyPlan(learns, client, course, teaches, 2, dt.time(hour), TUESDAY, **values)
    return enroll_weekly(plan, by=OWNER)


def choir(teaches: Instructor, hour: int = 18, **values: Any) -> Series:
    """On Mondays and Thursdays."""
    course = new_course(teaches.person.school, name="Choir", capacity=values.pop("capacity", 5), price=1200)
    qualify(teaches, course, by=OWNER)
    new = NewSeries(course, "FREQ=WEEKLY;BYDAY=MO,TH", dt.time(hour), TUESDAY, instructors=[teaches], **values)
    return create_series(new, by=OWNER)


def seat(series: Series, learns: Student, **values: Any) -> Enrollment:
    joining = Joining(series, learns, payer_of(learns), **({"starts_on": TUESDAY} | values))
    return join_class(joining, by=OWNER)


def on(series: Series, day: dt.date) -> Session:
    return Session.objects.get(series_id=series.pk, occurrence_on=day)


def busy(diary_id: Any, school: School, day: dt.date, hour: int) -> None:
    starts = dt.datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    be_busy(diary_id, school, Stretch(starts, starts + HOUR))


def test_every_enrollment_by_student_with_when_with_whom_where_what_it_costs_and_the_next(
    school, ida, leo, mila, browser, url, weekly
):
    assert "Nothing repeats yet" in text_of(browser.get(weekly))
    for path in ("", "bookings/"):
        assert "Every week" not in text_of(browser.get(url + path))
    hall = new_resource(school, name="Hall", address_line1="14 Tanner Street", city="London", postcode="SE1 3LE")
    own = lessons(ida, leo, resource=hall, ends_on=dt.date(2027, 6, 29))
    seat(choir(ida), leo, starts_on=dt.date(2027, 2, 18), price=0)
    sisters = lessons(ida, mila, hour=9)
    answer = browser.get(weekly)
    assert text_of(answer) == (
        "Every week Lessons and classes that repeat. Dates with a time are in UTC time. To come Past Every week "
        "Leo Weber Choir Yet to begin Mondays and Thursdays, 18:00–19:00 UTC A seat in every class with Ida Teacher "
        "From Thu 18 Feb. Free of charge Next Thu 18 Feb, 18:00, Choir "
        "Piano Yet to begin Tuesdays, 16:00–17:00 UTC One to one with Ida Teacher. "
        "Hall, 14 Tanner Street, London SE1 3LE From Tue 16 Feb, until Tue 29 Jun. $45.00 a lesson "
        "Next Tue 16 Feb, 16:00, Piano "
        "Mila Weber Piano Yet to begin Tuesdays, 09:00–10:00 UTC One to one with Ida Teacher "
        "From Tue 16 Feb. $45.00 a lesson Next Tue 16 Feb, 09:00, Piano "
        "To pause, change or end any of it, tell the school."
    )
    first = {one.enrollment_id: one.pk for one in Booking.objects.order_by("-session__starts_at")}
    links = links_of(answer)
    assert {f"{url}bookings/{first[one.pk]}/" for one in (own, sisters)} <= set(links)
    assert {browser.get(one).status_code for one in links if "/bookings/" in one} == {200}
    for path in ("", "bookings/"):
        assert weekly in links_of(browser.get(url + path))
    with at_noon(TUESDAY + WEEK):
        assert "Piano Goes on Tuesdays, 09:00–10:00" in (words := text_of(browser.get(weekly)))
        assert "Since Tue 16 Feb. $45.00 a lesson" in words


def test_a_student_sees_their_own_without_prices_and_nobody_sees_anothers(school, ida, leo, mila, browser, weekly):
    lessons(ida, leo, hour=9)
    seat(choir(ida), mila)
    other, firm = new_student(school, "Otto Other"), new_client(school, "Hartley Joinery")
    lessons(ida, other, hour=10)
    lessons(ida, leo, hour=11, client=firm)
    words = text_of(browser_of(leo.person).get(weekly))
    assert words.count("Piano Yet to begin") == 2
    assert "Your lessons" in words
    for hidden in ("Mila", "Choir", "Otto", "$"):
        assert hidden not in words
    words = text_of(browser.get(weekly))
    assert words.count("Piano Yet to begin") == 1
    assert "Choir" in words
    assert "11:00–12:00" not in words
    assert "Otto" not in words
    words = text_of(browser_of(firm.person).get(weekly))
    assert "11:00–12:00" in words
    assert "09:00–10:00" not in words


def test_only_clients_and_students_come_in(school, other_school, ida, browser, weekly):
    assert Browser().get(weekly).status_code == 302
    assert browser_of(ida.person).get(weekly).status_code == 404
    assert browser.get(f"/s/{other_school.slug}/my/weekly/").status_code == 404
    assert browser.post(weekly).status_code == 405


def test_a_pause_says_until_when(school, ida, leo, browser, weekly):
    own, club = lessons(ida, leo), seat(choir(ida), leo)
    pause_enrollment(own, from_day=dt.date(2027, 2, 20), until=dt.date(2027, 3, 5), by=OWNER)
    pause_enrollment(club, from_day=dt.date(2027, 2, 20), until=dt.date(2027, 3, 5), by=OWNER)
    words = text_of(browser.get(weekly))
    assert "Choir Goes on Mondays and Thursdays, 18:00–19:00 UTC Pauses from Sat 20 Feb, back on Mon 8 Mar A" in words
    assert "Tuesdays, 16:00–17:00 UTC Pauses from Sat 20 Feb, back on Tue 9 Mar One to one with Ida" in words
    with at_noon(dt.date(2027, 2, 22)):
        words = text_of(browser.get(weekly))
        assert "Choir Pauses Mondays and Thursdays, 18:00–19:00 UTC Pauses since Sat 20 Feb, back on Mon 8 Mar" in words
        assert "Piano Pauses Tuesdays, 16:00–17:00 UTC Pauses since Sat 20 Feb, back on Tue 9 Mar" in words
        assert "Next Mon 8 Mar, 18:00, Choir" in words
        assert "Next Tue 9 Mar, 16:00, Piano" in words
        assert "Left out" not in words
    with at_noon(dt.date(2027, 3, 9)):
        assert "Pauses" not in text_of(browser.get(weekly))


def test_a_pause_without_end_and_going_on_from_it(school, ida, leo, browser, weekly):
    own, club = lessons(ida, leo), seat(choir(ida), leo)
    for one in (own, club):
        pause_enrollment(one, from_day=TUESDAY, by=OWNER)
    words = text_of(browser.get(weekly))
    assert words.count("Pauses from Tue 16 Feb, until the school hears that it goes on") == 2
    with at_noon(TUESDAY):
        words = text_of(browser.get(weekly))
        assert words.count("Pauses since Tue 16 Feb, until the school hears that it goes on") == 2
        assert words.count("No lesson is on the timetable yet.") == 2
        for one in (own, club):
            resume_enrollment(one, on=TUESDAY + WEEK, by=OWNER)
        words = text_of(browser.get(weekly))
        assert "Pauses since Tue 16 Feb, back on Tue 23 Feb" in words
        assert "Pauses since Tue 16 Feb, back on Thu 25 Feb" in words


def test_a_change_ahead_is_said_with_what_holds_until_then(school, ida, leo, browser, weekly):
    own, club = lessons(ida, leo), choir(ida)
    enrolled = seat(club, leo)
    later = dt.date(2027, 3, 1)
    change_weekly(own, first_day=later, change=SeriesChange(rule="FREQ=WEEKLY;BYDAY=WE"), by=OWNER)
    after = change_series(club, first_day=later, change=SeriesChange(starts=dt.time(19)), by=OWNER)
    words = text_of(browser.get(weekly))
    assert "Tuesdays, 16:00–17:00 UTC From Wed 3 Mar: Wednesdays, 16:00–17:00 One to one" in words
    assert "Thursdays, 18:00–19:00 UTC From Mon 1 Mar: Mondays and Thursdays, 19:00–20:00 A seat" in words
    assert "Pauses" not in words
    enrolled.refresh_from_db()
    assert enrolled.series_id == after.pk
    # Whoever comes to what follows was not in the one before.
    newcomer = new_student(school, "Nia New")
    seat(after, newcomer)
    words = text_of(browser_of(payer_of(newcomer).person).get(weekly))
    assert "Choir Yet to begin Mondays and Thursdays, 19:00–20:00 UTC A seat" in words
    assert "From Mon 1 Mar. $12.00 a class Next Mon 1 Mar, 19:00" in words
    with at_noon(later):
        assert "Mondays and Thursdays, 19:00–20:00 UTC A seat" in text_of(browser.get(weekly))


def test_another_teacher_from_a_day_on_is_no_pause(school, ida, leo, browser, weekly):
    own, otto = lessons(ida, leo), new_instructor(school, name="Otto Other")
    qualify(otto, own.course, by=OWNER)
    change_weekly(own, first_day=dt.date(2027, 3, 1), change=SeriesChange(instructors=[otto]), by=OWNER)
    words = text_of(browser.get(weekly))
    assert "From Tue 2 Mar: Tuesdays, 16:00–17:00 with Otto Other One to one with Ida Teacher" in words
    assert "Pauses" not in words


def test_what_is_left_out_is_said_in_kind_words(school, ida, leo, browser, weekly):
    busy(ida.person.diary_id, school, TUESDAY + WEEK, 16)
    busy(leo.person.diary_id, school, TUESDAY + 2 * WEEK, 16)
    own, club = lessons(ida, leo), choir(ida, capacity=1)
    leave_out(own.series, dt.date(2027, 4, 20), by=OWNER)
    thursday = dt.date(2027, 2, 18)
    buy_seat(on(club, thursday), new_student(school, "Otto Other"))
    pay_for(buy_seat(on(club, dt.date(2027, 2, 22)), leo))  # apart from the others: nothing is missing
    busy(leo.person.diary_id, school, dt.date(2027, 2, 25), 18)
    seat(club, leo)
    leave_out(club, dt.date(2027, 4, 15), by=OWNER)
    words = text_of(browser.get(weekly))
    assert (
        "Left out Thu 18 Feb, 18:00–19:00 "
        "The class is full. The school looks every night whether a seat has come free. "
        "Thu 25 Feb, 18:00–19:00 Leo has something else then. "
        "Thu 15 Apr, 18:00–19:00 There is none on that day. Piano" in words
    )
    assert (
        "Left out Tue 23 Feb, 16:00–17:00 It found no free time. The school looks for another. "
        "Tue 2 Mar, 16:00–17:00 Leo has something else then. "
        "Tue 20 Apr, 16:00–17:00 There is none on that day." in words
    )
    assert "Next Mon 22 Feb, 18:00, Choir" in words
    assert "Ida Teacher is taken" not in words
    assert "You have something else then." in text_of(browser_of(leo.person).get(weekly))
    pause_enrollment(Enrollment.objects.get(in_class=True), from_day=dt.date(2027, 2, 24), by=OWNER)
    words = text_of(browser.get(weekly)).partition("Piano")[0]
    assert "Thu 18 Feb, 18:00–19:00 The class is full." in words
    assert "Thu 25 Feb" not in words
    assert "Thu 15 Apr" not in words


def test_many_days_are_counted_after_the_first(school, ida, leo, browser, weekly):
    own = lessons(ida, leo)
    for number in range(6):
        leave_out(own.series, dt.date(2027, 4, 6) + number * WEEK, by=OWNER)
    words = text_of(browser.get(weekly))
    assert words.count("There is none on that day.") == 4
    assert "And 2 more." in words


def test_what_has_ended_goes_after_its_last_day(school, ida, leo, browser, weekly):
    end_enrollment(lessons(ida, leo), last_day=TUESDAY, by=OWNER)
    seat(choir(ida, last_day=dt.date(2027, 2, 18)), leo)
    words = text_of(browser.get(weekly))
    assert "until Tue 16 Feb" in words
    assert "From Tue 16 Feb, until Thu 18 Feb" in words
    with at_noon(dt.date(2027, 2, 17)):
        words = text_of(browser.get(weekly))
        assert "Piano" not in words
        assert "Choir Last day soon" in words
    with at_noon(dt.date(2027, 2, 19)):
        assert "Nothing repeats yet" in text_of(browser.get(weekly))


def test_a_visitor_elsewhere_reads_the_clocks_of_the_school_and_their_own_next(school, ida, leo, browser, weekly):
    lessons(ida, leo)
    browser.cookies["zone"] = "Asia/Tokyo"
    words = text_of(browser.get(weekly))
    assert "Dates with a time are in Tokyo time." in words
    assert "Tuesdays, 16:00–17:00 UTC" in words
    assert "Next Wed 17 Feb, 01:00, Piano" in words


def test_names_and_courses_are_text(school, ida, leo, browser, weekly):
    own = lessons(ida, leo)
    own.course.name = "<i>C</i>"
    own.course.save()
    assert "&lt;i&gt;C&lt;/i&gt;" in browser.get(weekly).content.decode()


def test_three_of_each_take_as_many_queries_as_one(school: School, ida: Instructor, clara: Client, browser, weekly):
    def add(hour: int) -> None:
        child = new_student(school, f"Child {hour}", guardian=clara)
        busy(ida.person.diary_id, school, TUESDAY, hour)
        own, club = lessons(ida, child, hour), choir(ida, hour + 10, resource=new_resource(school))
        busy(child.person.diary_id, school, dt.date(2027, 2, 18), hour + 10)
        seat(club, child)
        pause_enrollment(own, from_day=dt.date(2027, 2, 24), until=dt.date(2027, 3, 5), by=OWNER)

    add(8)
    browser.get(weekly)
    once = queries_for(browser, weekly)
    add(9)
    add(10)
    words = text_of(browser.get(weekly))
    assert words.count("It found no free time.") == words.count("has something else then.") == 3
    assert words.count("back on Tue 9 Mar") == 3
    assert queries_for(browser, weekly) == once
