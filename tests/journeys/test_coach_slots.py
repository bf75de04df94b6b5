"""A coach publishes six weeks of slots, a client books one, and the coach deletes another."""

import datetime as dt

from playwright.sync_api import expect

from factories import OWNER, buy_seat, new_student
from journeys.conftest import Site, Visits, new_user
from journeys.looking import PHONE, Look
from journeys.schools import coaching_practice
from schoolbell.bookings.sessions import cancel_session
from schoolbell.diary.time_off import enter_time_off
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import Stretch, day_starts, instant, local_day, now
from schoolbell.people.actions import link_user
from schoolbell.timetable.models import Session


def test_a_coach_publishes_six_weeks_of_slots(site: Site, look: Look, visit: Visits, sign_in):
    place = coaching_practice()
    school, jonas = place.school, place.instructors[0]
    for session in place.sessions:
        cancel_session(session, by=OWNER)
    monday = next_monday(local_day(now(), school.zone))
    thursday = monday + dt.timedelta(days=3)
    noon = instant(thursday, dt.time(11, 15), school.zone)
    enter_time_off(jonas.person.diary, Stretch(noon, noon + dt.timedelta(minutes=30)), by=OWNER)
    user = new_user(f"jonas-{new_id().hex[-8:]}@example.org")
    link_user(jonas.person, user, by=OWNER)

    page = visit(width=PHONE, zone="Europe/Berlin")
    sign_in(page, user)
    page.get_by_role("navigation", name="My work").get_by_role("link", name="Slots").click()
    expect(page.get_by_role("heading", level=1, name="Your slots")).to_be_visible()
    page.get_by_role("button", name="See the slots first").click()
    expect(page.get_by_role("alert")).to_contain_text("One thing to put right.")
    look(page, "coach-slots-1-form")

    for weekday in ("Tue", "Thu"):
        page.get_by_label(weekday, exact=True).check()
    for label, value in (
        ("From", "09:00"),
        ("Until", "12:00"),
        ("Slot (minutes)", "45"),
        ("Pause (minutes)", "15"),
        ("First day", monday.isoformat()),
        ("Weeks", "6"),
    ):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="See the slots first").click()
    expect(page.get_by_role("heading", level=1, name="Slots to publish")).to_be_visible()
    expect(page.get_by_text("35 slots can be published.")).to_be_visible()
    expect(page.get_by_text("Jonas Weber is busy then, 11:15–11:45.")).to_be_visible()
    look(page, "coach-slots-2-preview")

    page.get_by_role("button", name="Publish 35 slots").click()
    expect(page.get_by_text("35 slots are published. 1 that clash were left out.")).to_be_visible()
    published = Session.objects.of(school).filter(status="published").order_by("starts_at")
    local = [one.starts_at.astimezone(school.zone) for one in published]
    assert len(local) == 35
    assert {f"{one:%a %H:%M}" for one in local} == {
        f"{day} {hour}:00" for day in ("Tue", "Thu") for hour in ("09", "10", "11")
    }
    assert published[0].starts_at > day_starts(monday, school.zone)

    buy_seat(published[0], new_student(school, "Theo Bach"))
    page.reload()
    expect(page.get_by_text("Theo Bach")).to_be_visible()
    look(page, "coach-slots-3-list")
    page.get_by_role("button", name="Delete").first.click()
    expect(page.get_by_text("is gone, and its time is free.")).to_be_visible()
    assert published.all().count() == 34


def next_monday(today: dt.date) -> dt.date:
    return today + dt.timedelta(days=8 - today.isoweekday())
