"""The office: signs in, puts a session on the timetable, opens it, takes money at the desk, and calls it off."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from factories import OWNER, buy_seat, new_client, new_student
from journeys.conftest import Site, Visits, new_user
from journeys.looking import PHONE, Look
from journeys.schools import Place, driving_school, first_aid_school, wall
from schoolbell.access.staff import add_staff
from schoolbell.accounts.models import User
from schoolbell.billing.models import Payment
from schoolbell.bookings.models import Booking
from schoolbell.bookings.sessions import NewSession, create_session
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import local_day, now
from schoolbell.people.actions import NewPerson, add_client, add_student, link_user
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session

SignIn = Callable[[Page, User], None]


def new_office_user(school: School, name: str = "Ruth Bellamy") -> User:
    user = new_user(f"{new_id().hex}@example.org")
    add_staff(school, user, Role.ADMIN, by=OWNER)
    link_user(new_client(school, name).person, user, by=OWNER)
    return user


@pytest.fixture
def place(site: Site) -> Place:
    return first_aid_school()


def test_a_session_is_created_published_paid_for_and_cancelled(
    site: Site, look: Look, page: Page, sign_in: SignIn, place: Place
):
    school, course = place.school, place.course
    day = local_day(now(), school.zone) + dt.timedelta(days=7)
    sign_in(page, new_office_user(school))
    expect(page).to_have_url(site.url(f"/s/{school.slug}/office/"))
    look(page, "office-today-first-week")

    # A draft of two days, the second asked for with what was typed kept.
    page.get_by_role("link", name="New session").first.click()
    page.get_by_label("Course").select_option(label="First Aid at Work")
    page.get_by_label("Who teaches").select_option(label="Hannah Booth")
    page.get_by_label("Where").select_option(label="Tanner Street Rooms")
    page.get_by_label("Day").fill(day.isoformat())
    page.get_by_label("From").fill("09:00")
    page.get_by_label("Until").fill("15:30")
    page.get_by_role("button", name="Add another time").click()
    expect(page.get_by_label("Day").nth(1)).to_have_value((day + dt.timedelta(days=1)).isoformat())
    expect(page.get_by_label("Course")).to_have_value(str(course.pk))
    page.get_by_role("spinbutton", name="Seats").fill("40")
    look(page, "office-session-new")
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_role("alert")).to_contain_text("One thing to put right.")
    expect(page.get_by_text("The course and the place allow at most 12 seats.").first).to_be_visible()
    look(page, "office-session-new-wrong")
    page.get_by_role("spinbutton", name="Seats").fill("6")
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("First Aid at Work")
    session = Session.objects.of(school).get(status="draft")
    assert (session.capacity, session.slots.count()) == (6, 2)
    look(page, "office-session-draft")

    # The same time again is refused, with who is taken.
    page.goto(site.url(f"/s/{school.slug}/office/sessions/new/?course={course.pk}&day={day.isoformat()}&at=10:00"))
    page.get_by_label("Who teaches").select_option(label="Hannah Booth")
    page.get_by_label("Until").fill("11:00")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("alert")).to_contain_text("That time is taken. Nothing was written.")
    expect(page.get_by_role("alert")).to_contain_text("Hannah Booth is taken on")
    look(page, "office-session-taken")

    # It is opened; an employer's three people have seats in it.
    page.goto(site.url(f"/s/{school.slug}/office/sessions/{session.pk}/"))
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("First Aid at Work is open for booking.")).to_be_visible()
    yard = add_client(NewPerson(organisation="The Yard Ltd", email="desk@yard.example.org"), school=school, by=OWNER)
    learners = [
        add_student(NewPerson(first_name=name, last_name="Park"), school=school, by=OWNER, guardian=yard)
        for name in ("Sam", "Kim", "Max")
    ]
    bookings = [buy_seat(session, one, pay_with="desk") for one in learners]
    page.reload()
    look(page, "office-session-booked")

    # The desk takes a transfer; pressed twice, it is recorded once.
    page.get_by_role("link", name="Sam Park").click()
    expect(page.get_by_label("Amount (GBP)")).to_have_value("220.00")
    page.get_by_text("Transfer").click()
    look(page, "office-booking-held")
    page.get_by_role("button", name="Record the payment").dblclick()
    expect(page.get_by_text("£220.00 received.")).to_be_visible()
    assert [(one.amount, one.method) for one in Payment.objects.of(school)] == [(22000, "transfer")]
    assert Booking.objects.of(school).get(id=bookings[0].pk).status == "confirmed"
    look(page, "office-booking-paid")

    # It is found again by a reference as people type it.
    page.get_by_role("link", name="Bookings").first.click()
    page.get_by_role("searchbox").fill(bookings[1].reference.lower().replace("-", " "))
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_text("State", exact=True).first.click()
    page.get_by_role("link", name="No-show").click()
    expect(page.get_by_role("heading", name="No booking fits")).to_be_visible()
    look(page, "office-bookings-none")
    page.get_by_role("link", name="Clear the filters").click()
    expect(page.get_by_role("row")).to_have_count(2)

    # It is called off, after names and money were read.
    page.goto(site.url(f"/s/{school.slug}/office/sessions/{session.pk}/"))
    page.get_by_role("link", name="Cancel the session").click()
    expect(page.get_by_text("£220.00 becomes credit")).to_be_visible()
    look(page, "office-session-cancel")
    page.get_by_role("link", name="Keep the session").click()
    page.get_by_role("link", name="Cancel the session").click()
    page.get_by_role("button", name="Cancel the session").click()
    expect(page.get_by_text("3 bookings went with it.")).to_be_visible()
    look(page, "office-session-cancelled")
    assert set(Booking.objects.of(school).values_list("status", flat=True)) == {"cancelled"}


FILLS: Final = """all => all.map(one => {
  const style = getComputedStyle(one);
  return style.backgroundColor + style.backgroundImage;
})"""


def test_the_day_and_the_week_to_scale(site: Site, look: Look, page: Page, sign_in: SignIn, visit: Visits):
    place = driving_school()
    school = place.school
    for days, hour, instructor, student in (
        (1, 21, place.instructors[0], "Liam Nguyen"),
        (1, 22, place.instructors[1], "Sofia Marchetti"),
        (2, 9, place.instructors[0], "Theo Vassallo"),
        (2, 11, place.instructors[1], None),
    ):
        new = NewSession(place.course, [wall(school, days, hour, minutes=60)], instructors=(instructor,))
        session = create_session(new, school=school, by=OWNER, publish=True)
        if student:
            buy_seat(session, new_student(school, student, birth_date=dt.date(2000, 1, 1)), pay_with="transfer")
    user = new_office_user(school)
    sign_in(page, user)
    look(page, "office-today")
    page.get_by_role("link", name="Open the calendar").click()
    expect(page.get_by_role("link", name="Week", exact=True)).to_be_visible()
    tomorrow = local_day(now(), school.zone) + dt.timedelta(days=1)
    page.goto(site.url(f"/s/{school.slug}/office/calendar/?view=day&day={tomorrow}"))
    expect(page.locator("#calendar .ev")).to_have_count(2)
    look(page, "office-calendar-day")
    page.get_by_role("link", name="Week", exact=True).click()
    expect(page.locator("#calendar .ev").first).to_be_visible()
    look(page, "office-calendar-week")
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        fills = page.locator("p .ev[aria-hidden]").evaluate_all(FILLS)
        assert len(fills) == 8
        assert len(set(fills)) == len(fills), theme  # each of the legend's is its own
    page.locator("#calendar a", has_text="Sofia M.").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sofia Marchetti")

    # A click on a free place puts a session there.
    page.goto(site.url(f"/s/{school.slug}/office/calendar/"))
    lane = page.locator(".cal-lane").first
    lane_first = lane.get_attribute("data-first")
    lane.click(position={"x": 40, "y": 56 * 2 + 40})
    expect(page.get_by_label("From")).to_have_value(f"{int(lane_first) + 2:02}:30")

    # Without JavaScript the week is the same, and a phone reads it as a list.
    plain = visit(javascript=False)
    sign_in(plain, user)
    plain.goto(site.url(f"/s/{school.slug}/office/calendar/?view=week&day={tomorrow}"))
    expect(plain.locator("#calendar")).to_contain_text("Sofia M.")
    phone = visit(width=PHONE)
    sign_in(phone, user)
    phone.goto(site.url(f"/s/{school.slug}/office/calendar/?view=week&day={tomorrow}"))
    expect(phone.get_by_role("link", name=re.compile("Sofia M."))).to_be_visible()


def test_every_list_and_page_of_the_office(site: Site, page: Page, sign_in: SignIn, place: Place):
    school = place.school
    clara = add_client(
        NewPerson(first_name="Clara", last_name="Ash", email="clara@example.org", phone="020 7946 0991"),
        school=school, by=OWNER,
    )  # fmt: skip
    sam = new_student(school, "Sam Ash", guardian=clara, birth_date=dt.date(2001, 3, 24))
    buy_seat(place.sessions[0], sam, pay_with="desk")
    sign_in(page, new_office_user(school))
    office = site.url(f"/s/{school.slug}/office/")
    assert place.resource
    for path in (
        "sessions/", "bookings/", "families/", "students/", "instructors/", "courses/", "resources/",
        "calendar/?by=resource", f"families/{clara.pk}/", f"students/{sam.pk}/",
        f"instructors/{place.instructors[0].pk}/", f"courses/{place.course.pk}/", f"resources/{place.resource.pk}/",
        "families/new/", f"families/{clara.pk}/edit/", "courses/new/", f"families/{clara.pk}/students/new/",
        "instructors/new/", "resources/new/", f"students/{sam.pk}/edit/",
    ):  # fmt: skip
        page.goto(office + path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
