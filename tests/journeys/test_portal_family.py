"""A parent signs in, sees both children's lessons, and cancels one with the amount named."""

import datetime as dt

from playwright.sync_api import expect

from factories import OWNER, buy_seat, new_client, new_course, new_student, pay_for, payer_of
from journeys.conftest import Site, Visits, new_user
from journeys.looking import PHONE, Look
from journeys.schools import Place, coding_school, wall
from schoolbell.access.staff import add_staff
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.bookings.sessions import NewSession, create_session
from schoolbell.catalogue.actions import qualify
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import Stretch, local_day, now
from schoolbell.people.actions import NewPerson, add_client, link_user
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.planning.pausing import pause_enrollment
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.actor import Role


def a_lesson(place: Place, during: Stretch, *, course=None, by: int = 0):
    new = NewSession(course or place.course, [during], instructors=(place.instructors[by],), resource=place.resource)
    return create_session(new, school=place.school, by=OWNER, publish=True)


def family(place: Place):
    school = place.school
    anna = add_client(NewPerson(first_name="Anna", last_name="Weber"), school=school, by=OWNER)
    user = new_user(f"anna-{new_id().hex[-8:]}@example.org")
    link_user(anna.person, user, by=OWNER)
    leo = new_student(school, "Leo Weber", guardian=anna, birth_date=dt.date(2015, 4, 2))
    mila = new_student(school, "Mila Weber", guardian=anna, birth_date=dt.date(2017, 9, 9))
    return user, leo, mila


def test_a_parent_sees_both_children_and_cancels_a_lesson(site: Site, look: Look, visit: Visits, sign_in):
    place = coding_school(late_fee_percent=50)
    user, leo, mila = family(place)
    soon = now() + dt.timedelta(minutes=12)
    studio = new_course(place.school, name="Scratch Studio", price=3000, delivery="online", capacity=6)
    qualify(place.instructors[1], studio, by=OWNER)
    for student, session in (
        (leo, a_lesson(place, Stretch(soon, soon + dt.timedelta(hours=1)))),
        (leo, a_lesson(place, wall(place.school, 4, 16, minutes=60))),
        (mila, a_lesson(place, wall(place.school, 8, 10, minutes=45), course=studio, by=1)),
    ):
        pay_for(buy_seat(session, student))
    buy_seat(a_lesson(place, wall(place.school, 11, 10, minutes=45), course=studio, by=1), mila)

    page = visit(zone="Europe/Berlin")
    sign_in(page, user)
    expect(page).to_have_url(site.url(f"/s/{place.school.slug}/my/"))
    expect(page.get_by_role("heading", level=1, name="Hello Anna")).to_be_visible()
    expect(page.get_by_role("link", name="Join Python for Beginners")).to_be_visible()
    expect(page.get_by_role("link", name="Pay $30.00")).to_be_visible()
    look(page, "portal-1-home")
    page.get_by_role("group", name="Whose lessons").get_by_role("link", name="Mila").click()
    expect(page.get_by_role("link", name="Join Python for Beginners")).to_have_count(0)

    page.get_by_role("navigation", name="My pages").get_by_role("link", name="Bookings").click()
    look(page, "portal-2-bookings")
    page.get_by_role("link", name="Leo, Python for Beginners").nth(1).click()
    expect(page.get_by_text("Cancel free of charge until")).to_be_visible()
    look(page, "portal-3-booking")
    page.get_by_role("link", name="Cancel the booking").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cancel Leo’s lesson on")
    expect(page.get_by_text("The $45.00 that was paid becomes credit")).to_be_visible()
    look(page, "portal-4-cancel")
    page.get_by_role("button", name="Cancel the booking").click()
    expect(page.get_by_text("$45.00 is in credit.")).to_be_visible()
    look(page, "portal-5-cancelled")
    assert list(Booking.objects.of(place.school).filter(status="cancelled").values_list("student_id", flat=True)) == [
        leo.pk
    ]

    page.get_by_role("navigation", name="My pages").get_by_role("link", name="Payments").click()
    expect(page.get_by_text("You have $45.00 in credit with Pixel Academy")).to_be_visible()
    look(page, "portal-6-payments")
    page.get_by_role("link", name="Pay $30.00").click()
    expect(page.get_by_role("heading", level=1, name="Pay $30.00")).to_be_visible()


def test_cancelling_late_names_what_stays_with_the_school(site: Site, look: Look, visit: Visits, sign_in):
    place = coding_school(late_fee_percent=40)
    user, leo, _mila = family(place)
    tonight = now() + dt.timedelta(hours=5)
    booking = buy_seat(a_lesson(place, Stretch(tonight, tonight + dt.timedelta(hours=1))), leo)
    pay_for(booking)
    page = visit(width=PHONE, javascript=False)
    sign_in(page, user)
    page.get_by_role("listitem").get_by_role("link", name="Details Leo, Python").click()
    page.get_by_role("link", name="Cancel the booking").click()
    expect(page.get_by_text("Now $18.00 stays with the school.")).to_be_visible()
    page.get_by_role("link", name="Keep the booking").click()
    page.get_by_role("link", name="Cancel the booking").click()
    page.get_by_role("button", name="Cancel the booking").click()
    expect(page.get_by_text("$27.00 is in credit.")).to_be_visible()
    booking.refresh_from_db()
    assert (booking.status, booking.owed_percent) == ("cancelled", 60)


def test_a_newcomer_is_told_where_to_begin(site: Site, look: Look, visit: Visits, sign_in):
    place = coding_school()
    user, _leo, _mila = family(place)
    page = visit(width=PHONE)
    sign_in(page, user)
    expect(page.get_by_role("heading", name="No lessons ahead")).to_be_visible()
    look(page, "portal-7-nothing-yet")
    page.goto(site.url(f"/s/{place.school.slug}/my/bookings/?past"))
    expect(page.get_by_role("heading", name="Nothing is past yet")).to_be_visible()
    page.goto(site.url(f"/s/{place.school.slug}/my/payments/"))
    look(page, "portal-8-no-payments")


def test_the_office_gives_a_seat_every_week_and_leaves_a_day_out_and_the_family_reads_both(
    site: Site, look: Look, visit: Visits, sign_in
):
    place = coding_school(weekly_ahead_days=24)
    school, (maya, tom) = place.school, place.instructors
    user, leo, mila = family(place)
    today = local_day(now(), school.zone)
    studio = new_course(school, name="Scratch Studio", price=3000, delivery="online", capacity=1)
    qualify(tom, studio, by=OWNER)
    days = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    later = today + dt.timedelta(days=3)
    new = NewSeries(studio, f"FREQ=WEEKLY;BYDAY={days[later.weekday()]}", dt.time(17), later, instructors=[tom])
    series = create_series(new, by=OWNER)
    first = series.sessions.order_by("starts_at")[0]
    pay_for(buy_seat(first, new_student(school, "Otto Other")))
    own = enroll_weekly(
        WeeklyPlan(leo, payer_of(leo), place.course, maya, later.isoweekday(), dt.time(15), today), by=OWNER
    )
    pause = today + dt.timedelta(days=7)
    pause_enrollment(own, from_day=pause, until=pause + dt.timedelta(days=10), by=OWNER)

    office = visit()
    clerk = new_user(f"{new_id().hex}@example.org")
    add_staff(school, clerk, Role.ADMIN, by=OWNER)
    link_user(new_client(school, "Ruth Bellamy").person, clerk, by=OWNER)
    sign_in(office, clerk)
    office.goto(site.url(f"/s/{school.slug}/office/sessions/{first.pk}/"))
    office.get_by_role("link", name="Enroll a student").click()
    expect(office.get_by_label("Class", exact=True)).to_have_value(str(series.pk))
    office.get_by_label("Student", exact=True).fill("mila")
    office.get_by_role("option", name="Mila Weber").click()
    expect(office.get_by_label("Student", exact=True)).to_have_value("Mila Weber")
    look(office, "weekly-1-join")
    office.get_by_role("button", name="See what it comes to").click()
    expect(office.get_by_text("Left out: No seat is left.")).to_be_visible()
    expect(office.get_by_text("classes, $30.00 each.")).to_be_visible()
    look(office, "weekly-2-join-preview")
    office.get_by_role("button", name="Enroll").click()
    expect(office.get_by_role("heading", level=1, name="A seat every week for Mila Weber")).to_be_visible()
    look(office, "weekly-3-seat")
    assert Enrollment.objects.of(school).get(in_class=True).student_id == mila.pk

    far = later + dt.timedelta(weeks=8)
    office.get_by_role("link", name="A seat in every class").click()
    office.get_by_role("textbox", name="Day").fill(far.isoformat())
    office.get_by_role("button", name="Leave it out").click()
    expect(office.get_by_text("Left out: Not wanted on this day.")).to_be_visible()
    look(office, "weekly-4-left-out")

    page = visit(width=PHONE, zone="Europe/Berlin")
    sign_in(page, user)
    page.get_by_role("link", name="Every week").click()
    expect(page.get_by_role("heading", level=1, name="Every week")).to_be_visible()
    expect(page.get_by_text("back on")).to_be_visible()
    expect(page.get_by_text("The class is full.")).to_be_visible()
    expect(page.get_by_text("There is none on that day.")).to_be_visible()
    look(page, "weekly-5-family")
    page.get_by_role("link", name="Scratch Studio").click()
    expect(page.get_by_role("heading", level=1, name="Scratch Studio")).to_be_visible()
    page.go_back()
    page.get_by_role("group", name="Which bookings").get_by_role("link", name="To come").click()
    expect(page.get_by_role("heading", level=1, name="Bookings")).to_be_visible()
