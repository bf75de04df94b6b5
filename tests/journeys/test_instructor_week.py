"""An instructor sees her week, opens a lesson, and adds Saturday hours."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from factories import OWNER, buy_seat, new_client, new_student, pay_for
from journeys.conftest import Site, Visits, new_user
from journeys.looking import PHONE, Look
from journeys.schools import driving_school, wall
from schoolbell.bookings.sessions import NewSession, create_session
from schoolbell.diary.models import OpeningHours
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import Stretch, now
from schoolbell.people.actions import NewPerson, add_client, link_user
from schoolbell.people.models import Person

HOUR = dt.timedelta(hours=1)
NOTES = "Roundabouts are calm now. Next: merging."


def test_an_instructor_has_her_week_in_hand(site: Site, look: Look, visit: Visits, sign_in):
    place = driving_school()
    school, priya = place.school, place.instructors[0]
    Person.objects.filter(id=priya.person_id).update(timezone=(zone := zone_in_which_it_is_ten()))
    OpeningHours.objects.of(school).filter(diary_id=priya.person.diary_id).delete()
    user = new_user(f"priya-{new_id().hex[-8:]}@example.org")
    link_user(priya.person, user, by=OWNER)
    parent = add_client(
        NewPerson(first_name="Anna", last_name="Nguyen", phone="+61 2 5550 0118"), school=school, by=OWNER
    )
    started = now().replace(minute=0, second=0, microsecond=0)
    learners = {"Liam Nguyen": parent, "Theo Vassallo": new_client(school), "Sofia Marchetti": new_client(school)}
    early = NewSession(place.course, [Stretch(started - 2 * HOUR, started - HOUR)], instructors=(priya,))
    create_session(early, school=school, by=OWNER)
    for hours, (name, guardian) in zip((1, 3, 26), learners.items(), strict=True):
        during = Stretch(started + hours * HOUR, started + (hours + 1) * HOUR)
        lesson = NewSession(place.course, [during], instructors=(priya,), resource=place.resource, notes=NOTES)
        session = create_session(lesson, school=school, by=OWNER, publish=True)
        booking = buy_seat(session, new_student(school, name, guardian=guardian, birth_date=dt.date(2007, 3, 5)))
        if name != "Theo Vassallo":
            pay_for(booking)
    create_session(
        NewSession(place.course, [wall(school, 8, 9, minutes=60)], instructors=(priya,)),
        school=school, by=OWNER, publish=True,
    )  # fmt: skip

    page = visit(width=PHONE, zone=zone)
    sign_in(page, user)
    expect(page).to_have_url(site.url(f"/s/{school.slug}/teach/"))
    expect(page.get_by_role("heading", level=2, name="Liam Nguyen")).to_be_visible()
    look(page, "instructor-1-day")

    page.get_by_role("link", name="Open the lesson").click()
    expect(page.get_by_role("heading", level=1, name="Liam Nguyen")).to_be_visible()
    expect(page.get_by_role("link", name="Call Anna Nguyen, +61 2 5550 0118")).to_have_attribute(
        "href", "tel:+61255500118"
    )
    expect(page.get_by_text("Roundabouts are calm now.")).to_be_visible()
    look(page, "instructor-2-lesson")

    page.get_by_role("navigation", name="My work").get_by_role("link", name="Week").click()
    expect(page.get_by_role("heading", level=1, name="Your week")).to_be_visible()
    look(page, "instructor-3-week")
    page.get_by_role("link", name="The week after").click()
    expect(page.get_by_role("link", name="Back to this week")).to_be_visible()

    page.get_by_role("navigation", name="My work").get_by_role("link", name="Hours").click()
    expect(page.get_by_text("You are not open yet")).to_be_visible()
    look(page, "instructor-4-no-hours")
    add_saturday(page, until="08:00")
    expect(page.get_by_role("alert")).to_contain_text("One thing to put right.")
    expect(page.get_by_label("From")).to_have_value("09:00")
    look(page, "instructor-5-nonsense")
    add_saturday(page, until="13:00")
    expect(page.get_by_text("Open on Saturdays, 09:00–13:00.")).to_be_visible()
    look(page, "instructor-6-hours")
    (saved,) = OpeningHours.objects.of(school).filter(diary_id=priya.person.diary_id)
    assert (saved.weekday, saved.starts, saved.ends, saved.timezone) == (6, dt.time(9), dt.time(13), zone)

    page.get_by_role("button", name="Remove Saturdays, 09:00–13:00").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Open on Saturdays, 09:00–13:00 again.")).to_be_visible()
    expect(page).to_have_url(re.compile("/teach/hours/$"))


NOT_IN_EACH_OTHERS_WAY = """() => {
  const all = [...document.querySelectorAll("header :is(a, p, summary), header div > span, nav.tabbar > *")];
  const seen = all.filter((one) => one.checkVisibility()).map((one) => [one.innerText, one.getBoundingClientRect()]);
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  return seen.flatMap(([name, box], at) => [
    ...seen.slice(at + 1).filter(([, other]) => meet(box, other)).map(([other]) => `${name} on ${other}`),
    ...(box.left < 0 || box.right > innerWidth ? [`${name} beyond the edge`] : []),
  ]);
}"""


def test_nothing_lies_on_anything_else_at_the_top_of_her_pages(site: Site, visit: Visits, sign_in):
    place = driving_school()
    priya = place.instructors[0]
    user = new_user(f"priya-{new_id().hex[-8:]}@example.org")
    link_user(priya.person, user, by=OWNER)
    page = visit()
    sign_in(page, user)
    for path in ("", "week/?day=2026-11-30", "free/?day=2026-11-30", "weekly/", "time-off/", "calendars/"):
        page.goto(site.url(f"/s/{place.school.slug}/teach/{path}"))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        for width in (320, 390, 640, 768, 850, 930, 1023, 1024, 1150, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert (path, width, page.evaluate(NOT_IN_EACH_OTHERS_WAY)) == (path, width, [])


def zone_in_which_it_is_ten() -> str:
    """So that a day of lessons lies around the present, whenever the test runs."""
    zones = ("Pacific/Auckland", "Asia/Tokyo", "Asia/Dubai", "Europe/Berlin", "America/Sao_Paulo", "America/Denver")
    zones += ("Australia/Sydney", "Asia/Kolkata", "Europe/London", "America/New_York", "Pacific/Honolulu")
    return min(zones, key=lambda name: abs(now().astimezone(ZoneInfo(name)).hour - 10))


def add_saturday(page: Page, *, until: str) -> None:
    page.get_by_label("On", exact=True).select_option("Saturdays")
    page.get_by_label("From", exact=True).fill("09:00")
    page.get_by_label("Until", exact=True).fill(until)
    page.get_by_role("button", name="Add these hours").click()


def test_hours_are_added_without_javascript(site: Site, visit: Visits, sign_in):
    place = driving_school()
    dan = place.instructors[1]
    OpeningHours.objects.of(place.school).filter(diary_id=dan.person.diary_id).delete()
    user = new_user(f"dan-{new_id().hex[-8:]}@example.org")
    link_user(dan.person, user, by=OWNER)
    page = visit(javascript=False)
    sign_in(page, user)
    page.goto(site.url(f"/s/{place.school.slug}/teach/hours/"))
    page.get_by_role("link", name="One day").click()
    page.get_by_label("On", exact=True).fill("2030-12-24")
    page.get_by_label("From", exact=True).fill("09:00")
    page.get_by_label("Until", exact=True).fill("13:00")
    page.get_by_role("button", name="Add these hours").click()
    expect(page.get_by_role("heading", name="On one day")).to_be_visible()
    assert OpeningHours.objects.of(place.school).get(diary_id=dan.person.diary_id).date == dt.date(2030, 12, 24)
