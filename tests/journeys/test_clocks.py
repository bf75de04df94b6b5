"""A parent overseas books over the week in which her clocks change, and the school's do not."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
from playwright.sync_api import Page, expect

from factories import OWNER, new_client, new_student
from invariants import broken
from journeys.conftest import Site, Visits, new_user
from journeys.looking import Look
from journeys.schools import tutor_in_london
from schoolbell.accounts.models import User
from schoolbell.bookings.models import Booking
from schoolbell.kit.time import UTC, now
from schoolbell.people.actions import link_user

LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
DAY = dt.timedelta(days=1)


def next_change() -> tuple[dt.date, bool]:
    """The next Sunday but those of this week on which New York changes its clocks, and whether they go forward."""
    day = now().astimezone(NEW_YORK).date() + 7 * DAY
    while True:
        before, after = (dt.datetime.combine(day, dt.time(hour), NEW_YORK).utcoffset() for hour in (0, 12))
        if before != after:
            return day, after > before
        day += DAY


def go_to_day(page: Page, day: dt.date) -> None:
    """By the month: to the one after, if the day lies there."""
    link = page.get_by_role("link", name=re.compile(f"^{day.day} {day:%B}, "))
    if not page.get_by_role("heading", name=f"{day:%B %Y}").is_visible():
        page.get_by_role("link", name=f"{day:%B %Y}").click()
    link.click()
    expect(page.locator("#day-times")).to_contain_text(f"{day:%a} {day.day} {day:%b}")


def expect_times(page: Page, *times: str) -> None:
    expect(page.locator("#when .slot time")).to_have_text(list(times))


def test_a_parent_sees_free_times_in_her_own_zone_over_the_week_in_which_the_clocks_change(
    site: Site, look: Look, visit: Visits, sign_in: Callable[[Page, User], None], tmp_path: Path
):
    sunday, forward = next_change()
    friday, saturday, monday = sunday - 2 * DAY, sunday - DAY, sunday + DAY
    place = tutor_in_london(furthest_ahead_days=400)
    grace = new_client(place.school, "Grace Miller")
    new_student(place.school, "Theo Miller", guardian=grace)
    user = new_user("grace.miller@example.org")
    link_user(grace.person, user, by=OWNER)
    # Four in the afternoon in London is five hours later than in New York, but four while only one has changed.
    before, after = ("11:00", "12:00"), ("12:00", "13:00")
    if not forward:
        before, after = after, before

    page = visit(zone="America/New_York")
    sign_in(page, user)
    page.goto(site.url(f"/s/{place.school.slug}/courses/{place.course.pk}/?day={friday}"))
    expect(page.get_by_label("Times in")).to_have_value("America/New_York")  # told by the browser
    expect(page.get_by_label("For")).to_contain_text("Theo Miller")
    expect_times(page, *before)
    for day, times in ((saturday, before), (sunday, after), (monday, after)):
        go_to_day(page, day)
        expect_times(page, *times)
    look(page, "public-50-clocks-change")

    page.get_by_label("Times in").select_option("Europe/London")
    expect_times(page, "16:00", "17:00")
    go_to_day(page, friday)
    expect_times(page, "16:00", "17:00")
    page.get_by_label("Times in").select_option("America/New_York")
    expect_times(page, *before)
    go_to_day(page, monday)
    expect_times(page, *after)

    first = after[0]
    ends = f"{int(first[:2]) + 1}:00"
    page.locator("#when .slot").first.click()
    lesson = page.get_by_role("complementary", name="Your lesson, in full")
    expect(lesson).to_contain_text(f"{first}–{ends}")
    expect(lesson).to_contain_text("16:00–17:00 in London.")
    page.get_by_role("link", name="Continue").first.click()
    expect(page.get_by_role("radio", name="Theo Miller")).to_be_checked()
    expect(page.get_by_role("complementary", name="Your order")).to_contain_text(f"{first}–{ends} New York")
    page.get_by_role("radio", name=re.compile("Later")).check()
    page.get_by_role("button", name="Book this lesson").last.click()

    expect(page.get_by_role("heading", name="Your time is booked.")).to_be_visible()
    said = f"{monday:%a} {monday.day} {monday:%b}" + (f" {monday.year}" if monday.year != now().year else "")
    expect(page.get_by_role("main")).to_contain_text(f"Maths, {said}, {first}–{ends} New York")
    expect(page.get_by_role("main")).to_contain_text(f"{said}, 16:00–17:00 in London")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download for your calendar").click()
    download.value.save_as(tmp_path / "lesson.ics")
    (event,) = icalendar.Calendar.from_ical((tmp_path / "lesson.ics").read_bytes()).walk("VEVENT")
    assert event.start.utcoffset() == dt.timedelta(0)  # an instant, which every calendar shows in its owner's zone
    for zone, hour in ((LONDON, 16), (NEW_YORK, int(first[:2]))):
        there = [one.astimezone(zone).replace(tzinfo=None) for one in (event.start, event.end)]
        assert there == [dt.datetime.combine(monday, dt.time(hour + more)) for more in (0, 1)]
    booking = Booking.objects.of(place.school).get()
    assert booking.session.starts_at == dt.datetime.combine(monday, dt.time(16), LONDON).astimezone(UTC)
    assert broken(place.school) == {}
