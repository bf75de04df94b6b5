"""The calendar: drawn to scale, as a table, and whose time it shows."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client as Browser

from factories import (
    OWNER,
    buy_seat,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
    pay_for,
)
from planning.asking import opened
from schoolbell.bookings.sessions import cancel_session
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.closures import add_closure
from schoolbell.diary.school_hours import school_diary
from schoolbell.diary.time_off import ask_for_time_off, enter_time_off
from schoolbell.kit.time import UTC, Stretch
from schoolbell.schools.models import School
from web.office.conftest import as_staff
from web.pages import links_of, text_of

NOW = dt.datetime(2026, 12, 8, 10, 30, tzinfo=UTC)  # a Tuesday


@pytest.fixture(autouse=True)
def the_present():
    with time_machine.travel(NOW, tick=False):
        yield


def hour(day: int, at: int, minutes: int = 60) -> Stretch:
    starts_at = dt.datetime(2026, 12, day, at, tzinfo=UTC)
    return Stretch(starts_at, starts_at + dt.timedelta(minutes=minutes))


def drawn(page) -> list[tuple[str, ...]]:
    """Of every event of the grid: its column and day, where it stands, its kind, and what it says."""
    html = page.content.decode()
    grid = html[html.index('id="calendar"') :]
    grid = grid[: grid.index("</section>\n</div></div>")]
    found = []
    for column in grid.split('<ul class="cal-lane')[1:]:
        name = re.search(r'aria-label="([^"]*)"', column)[1].strip()
        for at, row, lane, href, kind, clock, title in re.findall(
            r'<li class="at-(\d+) for-(\d+) in-(\d-\d)"><a href="([^"]*)" class="ev ev-(\w+)[^>]*><b>([^<]*)</b>'
            r'<span class="who">([^<]*)<',
            column,
        ):
            found.append((name, f"{at}+{row}", lane, kind, clock, title, href))
    return found


def test_the_week_is_drawn_by_the_schools_clock_and_says_what_each_is(db: None):
    school = new_school(timezone="Australia/Sydney")
    browser, office = as_staff(school), f"/s/{school.slug}/office/"
    browser.cookies["zone"] = "America/New_York"
    ida, hall = new_instructor(school), new_resource(school)
    lesson, group = new_lessons(school), new_course(school, name="First <b>aid</b>", capacity=4)
    booked = new_session(lesson, hour(8, 22), instructors=[ida], resource=hall)
    booking = buy_seat(booked, new_student(school, "Liam Nguyen"))
    pay_for(booking)
    held = buy_seat(new_session(lesson, hour(9, 1), instructors=[ida]), new_student(school, "Sofia Marchetti"))
    draft = new_session(group, hour(9, 3), publish=False)
    opened = new_session(group, hour(9, 5, minutes=30), instructors=[ida])
    off = new_session(lesson, hour(9, 6))
    cancel_session(off, by=OWNER)
    page = browser.get(f"{office}calendar/?day=2026-12-09")
    name = "First &lt;b&gt;aid&lt;/b&gt;"
    # From 8:00 on, an hour is twelve rows.
    assert drawn(page) == [
        ("Ida T. Wed 9 Dec", "13+12", "1-1", "confirmed", "09:00", "Liam N.", f"{office}bookings/{booking.pk}/"),
        ("Ida T. Wed 9 Dec", "49+12", "1-1", "pending", "12:00", "Sofia M.", f"{office}bookings/{held.pk}/"),
        ("Ida T. Wed 9 Dec", "97+6", "1-1", "open", "16:00", f"{name}, 0 of 4", f"{office}sessions/{opened.pk}/"),
        (
            "Nobody yet Wed 9 Dec",
            "73+12",
            "1-1",
            "pending",
            "14:00",
            f"{name} (draft)",
            f"{office}sessions/{draft.pk}/",
        ),
        ("Nobody yet Wed 9 Dec", "109+12", "1-1", "cancelled", "17:00", "Free", f"{office}sessions/{off.pk}/"),
    ]
    html = page.content.decode()
    assert (
        f'data-new="{office}sessions/new/?day=2026-12-09&amp;instructor={ida.pk}" data-first="8" data-hours="10"'
        in html
    )
    assert f'data-new="{office}sessions/new/?day=2026-12-09" data-first="8"' in html
    by_place = drawn(browser.get(f"{office}calendar/?day=2026-12-09&by=resource"))
    assert [one[0] for one in by_place] == ["Hall Wed 9 Dec"] + ["No place Wed 9 Dec"] * 4
    only = drawn(browser.get(f"{office}calendar/?day=2026-12-09&view=day&who={ida.pk}"))
    assert [(one[0], one[5]) for one in only] == [
        ("Ida Teacher Wed 9 Dec", title) for title in ("Liam N.", "Sofia M.", f"{name}, 0 of 4")
    ]


def test_what_is_at_one_time_stands_side_by_side_and_now_is_a_line(school: School, browser: Browser, office: str):
    course = new_course(school)
    for at, minutes in ((12, 60), (12, 120), (13, 60), (14, 30), (23, 90)):
        new_session(course, hour(8, at, minutes=minutes))
    page = browser.get(f"{office}calendar/?view=day&day=2026-12-08")
    assert [one[1:3] for one in drawn(page)] == [
        ("49+24", "1-2"), ("49+12", "2-2"), ("61+12", "2-2"), ("73+6", "1-1"), ("181+12", "1-1")
    ]  # fmt: skip
    assert '<li class="at-now at-31" aria-hidden="true"></li>' in page.content.decode()
    assert '<li class="at-now' not in browser.get(f"{office}calendar/?view=day&day=2026-12-09").content.decode()


def test_the_calendar_takes_nonsense_for_this_week(browser: Browser, office: str):
    for query in ("day=zz", "day=9999-99-99", "view=year", "by=mood", "who=zz"):
        page = browser.get(f"{office}calendar/?{query}")
        assert (page.status_code, text_of(page)[:27]) == (200, "Mon 7 Dec to Sun 13 Dec Tod"), query


def test_a_week_of_many_is_a_table(school: School, browser: Browser, office: str):
    ida, bo = new_instructor(school), new_instructor(school, name="Bo Teacher")
    for name in ("Kim", "Max"):
        new_instructor(school, name=f"{name} Teacher")  # too many for columns
    course = new_course(school, capacity=4)
    early = new_session(course, hour(7, 9), instructors=[ida, bo], publish=False)
    late = new_session(course, hour(12, 9), instructors=[ida])
    page = browser.get(office + "calendar/")
    words = text_of(page)
    assert words.startswith("Mon 7 Dec to Sun 13 Dec Today Day Week Instructors Places")
    assert "Times in UTC New session BT Bo Teacher IT Ida Teacher KT Kim Teacher MT Max Teacher" in words
    assert (
        "Who Mon 7 Dec Tue 8 Dec Wed 9 Dec Thu 10 Dec Fri 11 Dec Sat 12 Dec Sun 13 Dec "
        "Bo Teacher 09:00–10:00 First aid (draft) "
        "Ida Teacher 09:00–10:00 First aid (draft) 09:00–10:00 First aid, 0 of 4"
    ) in words
    assert links_of(page).count(f"{office}sessions/{early.pk}/") == 3  # a phone's list once, and a row for each
    assert links_of(page).count(f"{office}sessions/{late.pk}/") == 2


def test_a_day_and_the_days_beside_it(school: School, browser: Browser, office: str):
    new_session(new_course(school), hour(9, 9))
    page = browser.get(office + "calendar/?view=day&day=2026-12-09")
    assert "Wednesday 9 December" in text_of(page)
    links = links_of(page)
    assert "?view=day&day=2026-12-08" in links
    assert "?view=day&day=2026-12-10" in links
    assert "?view=week&day=2026-12-09" in links
    empty = text_of(browser.get(office + "calendar/?view=day&day=2026-12-10"))
    assert "Nothing is on the timetable then. Put a session there" in empty  # above the drawn day, with JavaScript
    assert "Nothing is on the timetable then Go to another week, or put something there. New session" in empty


def test_columns_are_chosen_and_let_go(school: School, browser: Browser, office: str):
    ida, bo, kim = (new_instructor(school, name=f"{name} Teacher") for name in ("Ida", "Bo", "Kim"))
    course = new_course(school)
    for number, one in enumerate((ida, bo, kim)):
        new_session(course, hour(9, 9 + number), instructors=[one])
    page = browser.get(f"{office}calendar/?who={ida.pk}")
    assert f"?who={'&who='.join(sorted(str(one.pk) for one in (ida, bo)))}" in links_of(page)
    assert text_of(page).count("First aid, 0 of 12") == 2  # the list and the table
    assert {one[0] for one in drawn(page)} == {"Ida T. Wed 9 Dec"}


def test_a_week_of_many_is_a_table_for_everybody(school: School, browser: Browser, office: str):
    for name in ("Ida", "Bo", "Kim", "Max"):
        new_instructor(school, name=f"{name} Teacher")
    week, day = browser.get(office + "calendar/"), browser.get(office + "calendar/?view=day")
    assert 'id="calendar"' not in week.content.decode()
    assert 'id="calendar"' in day.content.decode()


def shaded(page) -> list[tuple[str, str, str]]:
    """Of every stretch of the grid that is shaded: its column and day, its kind and where it stands, and its words."""
    html = page.content.decode()
    found = []
    for column in html[html.index('id="calendar"') :].split('<ul class="cal-lane')[1:]:
        name = re.search(r'aria-label="([^"]*)"', column)[1].strip()
        shade = r'<li class="cal-shade cal-(\w+) at-(\d+) for-(\d+)"[^>]*>(.*?)</li>'
        for kind, at, rows, words in re.findall(shade, column):
            found.append((name, f"{kind} {at}+{rows}", words))
    return found


@pytest.fixture
def ida(school: School):
    """Open on Wednesdays and Saturdays from 9 to 12; away on Wednesday from 10 to 11."""
    ida = new_instructor(school, hours=False)
    opened(ida, 3, 9, 12)
    opened(ida, 6, 9, 12)
    enter_time_off(ida.person.diary, hour(9, 10), by=OWNER)
    return ida


def test_what_is_not_open_is_shaded(school: School, browser: Browser, office: str, ida):
    ask_for_time_off(ida.person.diary, hour(9, 11), by=OWNER)  # nobody has said yes
    day = browser.get(f"{office}calendar/?view=day&day=2026-12-09&who={ida.pk}")
    # From 8:00 to 18:00, an hour is twelve rows.
    assert shaded(day) == [
        ("Ida Teacher Wed 9 Dec", "shut 1+12", ""),
        ("Ida Teacher Wed 9 Dec", "off 25+12", "Time off"),
        ("Ida Teacher Wed 9 Dec", "shut 49+72", ""),
    ]
    add_closure(school, dt.date(2026, 12, 9), dt.date(2026, 12, 9), "Works <b>", by=OWNER)
    week = browser.get(office + "calendar/?day=2026-12-09")
    assert [one for one in shaded(week) if "9 Dec" in one[0]] == [
        ("Ida T. Wed 9 Dec", "closed 1+120", "Works &lt;b&gt;")
    ]
    assert "Wed 9 Dec closed" in text_of(week)
    assert "Closed: Works <b>" in text_of(week)  # in the list of a phone


def test_a_place_is_shaded_by_its_own_hours_and_the_school_s(school: School, browser: Browser, office: str):
    hall, barn = new_resource(school, name="Hall"), new_resource(school, name="Barn")
    add_opening_hours(hall.diary, weekday=3, starts=dt.time(8), ends=dt.time(12), timezone="UTC", by=OWNER)
    page = browser.get(f"{office}calendar/?view=day&day=2026-12-09&by=resource")
    assert shaded(page) == [("Hall Wed 9 Dec", "shut 49+72", "")]
    for weekday in range(1, 6):
        add_opening_hours(
            school_diary(school), weekday=weekday, starts=dt.time(10), ends=dt.time(0), timezone="UTC", by=OWNER
        )
    assert shaded(browser.get(f"{office}calendar/?view=day&day=2026-12-09&by=resource&who={barn.pk}")) == [
        ("Barn Wed 9 Dec", "shut 1+24", "")
    ]


def test_a_saturday_stays_while_somebody_is_open_on_it(school: School, browser: Browser, office: str, ida):
    page = browser.get(office + "calendar/").content.decode()
    assert "Sat 12 Dec</h2>" in page
    assert "Sun 13 Dec</h2>" not in page
    for weekday in range(1, 6):
        add_opening_hours(
            school_diary(school), weekday=weekday, starts=dt.time(8), ends=dt.time(0), timezone="UTC", by=OWNER
        )
    assert "Sat 12 Dec</h2>" not in browser.get(office + "calendar/").content.decode()


def test_a_table_and_a_list_say_who_is_away(school: School, browser: Browser, office: str, ida):
    for name in ("Bo", "Kim", "Max"):
        new_instructor(school, name=f"{name} Teacher", hours=False)
    add_closure(school, dt.date(2026, 12, 10), dt.date(2026, 12, 10), "Works", by=OWNER)
    words = text_of(browser.get(office + "calendar/"))
    assert "Thu 10 Dec Closed: Works" in words
    assert "Ida Teacher 10:00–11:00 Time off" in words
    assert "Wednesday 9 December Ida Teacher is away, 10:00–11:00" in words


def test_on_a_phone_what_is_well_has_no_chip_and_instructors_stand_behind_a_button(
    school: School, browser: Browser, office: str, ida
):
    lesson = new_lessons(school)
    new_instructor(school, name="Bo Teacher")
    pay_for(buy_seat(new_session(lesson, hour(9, 9), instructors=[ida]), new_student(school, "Liam Nguyen")))
    buy_seat(new_session(lesson, hour(9, 11), instructors=[ida]), new_student(school, "Sofia Marchetti"))
    url = f"{office}calendar/?day=2026-12-09"
    html = browser.get(url).content.decode()
    rows = "".join(re.findall(r'<ul class="sheet rows">.*?</ul>', html, re.DOTALL))
    found = re.findall(r"state state-\w+|>(?:Liam N\.|Sofia M\.)<", rows)
    assert found == [">Liam N.<", ">Sofia M.<", "state state-wait"]
    assert '<details class="drop md:hidden"><summary class="chip">Choose instructors' in html
    assert html.count('class="chip max-md:hidden"') == 2
    chosen = browser.get(f"{url}&who={ida.pk}").content.decode()
    assert '<summary class="chip">One more' in chosen
    assert chosen.count('class="chip border-school-line') == 1


def test_by_place_the_list_of_a_phone_names_the_place(school: School, browser: Browser, office: str, ida):
    choir, hall = new_course(school, name="Choir", capacity=5), new_resource(school, name="Hall <1>")
    new_session(choir, hour(9, 9), instructors=[ida], resource=hall)
    new_session(choir, hour(9, 11), instructors=[ida])
    url = f"{office}calendar/?day=2026-12-09"
    by_place, by_who = text_of(browser.get(f"{url}&by=resource")), text_of(browser.get(url))
    assert "09:00 Choir, 0 of 5 Hall <1>, Ida Teacher, 60 min" in by_place
    assert "11:00 Choir, 0 of 5 No place, Ida Teacher, 60 min" in by_place
    assert "09:00 Choir, 0 of 5 Ida Teacher, 60 min" in by_who
