"""Visitors of a school's front, from finding it to the confirmation."""

import datetime as dt
import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from factories import OWNER, let_hold_run_out, new_client, new_instructor, new_student
from invariants import broken
from journeys.conftest import Site, Visits, new_user
from journeys.looking import PHONE, Look, assert_no_sideways_scrolling
from journeys.schools import coaching_practice, coding_school, driving_school, first_aid_school
from schoolbell.accounts.models import User
from schoolbell.billing.models import Order
from schoolbell.bookings.models import Booking
from schoolbell.catalogue.actions import qualify
from schoolbell.kit.time import local_day, now
from schoolbell.people.actions import link_user
from schoolbell.schools.models import School

SignIn = Callable[[Page, User], None]


def bookings(school: School) -> list[tuple[str, str, str]]:
    return [
        (one.student.person.name, one.status, one.payment_status)
        for one in Booking.objects.of(school).select_related("student__person").order_by("id")
    ]


def tab_to(page: Page, name: str, most: int = 120) -> None:
    """Press Tab until something of that name, or a link to there, has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        label = page.evaluate(
            "(() => { const at = document.activeElement; return at.getAttribute('aria-label') || "
            "(at.labels?.[0]?.innerText || at.innerText || '') + ' ' + (at.getAttribute('href') || '') })()"
        )
        if re.search(name, " ".join(label.split())):
            return
    raise AssertionError(f"Tab never came to {name!r} on {page.url}")


def fill_in_guest(page: Page, *, name: str, email: str) -> None:
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Phone").fill("020 7946 0118")


def test_a_parent_books_a_coding_trial_for_a_child_by_keyboard_alone(site: Site, look: Look, visit: Visits):
    school = coding_school().school
    page = visit(zone="America/New_York")
    page.goto(site.url("/"))
    look(page, "public-00-all-schools")
    tab_to(page, f" /s/{school.slug}/$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Next free times")).to_be_visible()
    look(page, "public-01-school")
    tab_to(page, "^Choose a time")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Python for Beginners")).to_be_visible()
    look(page, "public-02-course")
    day = local_day(now(), school.zone) + dt.timedelta(days=3)
    if not page.get_by_role("heading", name=f"{day:%B %Y}").count():
        tab_to(page, f"{day:%B %Y}")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=f"{day:%B %Y}")).to_be_visible()
    tab_to(page, f"^{day.day} {day:%B}, ")
    page.keyboard.press("Enter")
    expect(page.locator("#day-times")).to_contain_text(f"{day:%a} {day.day} {day:%b}")
    expect(page.locator(":focus")).to_have_attribute("aria-label", re.compile(f"^{day.day} "))  # it stayed
    tab_to(page, "16:00 Maya or Tom")
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Your lesson, in full")).to_contain_text("16:00–17:00")
    look(page, "public-03-course-time-chosen")
    tab_to(page, "Continue")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Who is it for?")).to_have_count(0)
    tab_to(page, "Your name")
    page.keyboard.type("Elena Rossi")
    tab_to(page, "E-mail")
    page.keyboard.type("elena.rossi@example.org")
    tab_to(page, "Phone")
    page.keyboard.type("+1 212 555 0111")
    tab_to(page, "^Name$")
    page.keyboard.type("Lia Rossi")
    tab_to(page, "Date of birth")
    page.keyboard.type("05012016")
    look(page, "public-04-form")
    tab_to(page, "Book this lesson")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Pay $15.00", level=1)).to_be_visible()
    look(page, "public-05-card")
    tab_to(page, "^Pay \\$15.00")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your time is booked.")).to_be_visible()
    look(page, "public-06-confirmed")
    assert bookings(school) == [("Lia Rossi", "confirmed", "paid")]
    assert Booking.objects.of(school).get().enrollment.type == "trial"
    assert broken(school) == {}


def test_a_client_books_a_coachs_slot_in_another_zone(site: Site, look: Look, visit: Visits):
    place = coaching_practice()
    page = visit(width=PHONE, zone="Asia/Tokyo")
    page.goto(site.url(f"/s/{place.school.slug}/courses/{place.course.pk}/"))
    expect(page.get_by_label("Times in")).to_have_value("Asia/Tokyo")  # told by the browser
    page.get_by_role("link", name=re.compile("17:00")).click()  # 09:00 in Berlin, in winter
    expect(page.get_by_role("complementary", name="Your lesson, in full")).to_contain_text("09:00–09:30 in Berlin")
    page.get_by_label("Times in").select_option("Europe/London")
    expect(page.get_by_role("complementary", name="Your lesson, in full")).to_contain_text("08:00–08:30")
    look(page, "public-10-coach-in-london-time")
    page.get_by_role("link", name="Continue").last.click()
    fill_in_guest(page, name="Aylin Kaya", email="aylin@example.org")
    look(page, "public-11-coach-form")
    expect(page.locator("#order")).to_contain_text("By card, now")
    later = page.get_by_role("radio", name=re.compile("Later"))
    later.check()
    expect(page.locator("#order")).to_contain_text("To pay when it suits you")  # the sum follows at once
    expect(page.locator("#order")).not_to_contain_text("By card, now")
    expect(later).to_be_focused()
    page.get_by_role("button", name="Book this lesson").last.click()
    expect(page.get_by_role("heading", name="Your time is booked.")).to_be_visible()
    expect(page.get_by_text("09:00–09:30 in Berlin")).to_be_visible()
    look(page, "public-12-coach-booked")
    assert bookings(place.school) == [("Aylin Kaya", "confirmed", "pending")]


def test_a_learner_books_a_driving_lesson_with_a_deposit(site: Site, look: Look, visit: Visits):
    school = driving_school().school
    page = visit(width=PHONE, zone="Australia/Sydney")
    page.goto(site.url(f"/s/{school.slug}/"))
    look(page, "public-20-driving-school")
    page.get_by_role("listitem").filter(has_text="more").last.get_by_role("link").first.click()
    page.get_by_role("link", name="Continue").last.click()
    fill_in_guest(page, name="Noah Kelly", email="noah@example.org")
    page.get_by_label("Your date of birth").fill("2012-05-01")
    page.get_by_role("button", name="Book this lesson").last.click()
    expect(page.get_by_role("alert")).to_contain_text("This course is for students from 16 years of age.")
    look(page, "public-21-driving-form-to-put-right")
    page.get_by_label("Your date of birth").fill("2006-05-01")
    page.get_by_role("button", name="Book this lesson").last.click()
    page.get_by_role("radio", name=re.compile("Card ending 0002")).check()
    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("The card was declined. Nothing was charged.")
    look(page, "public-22-driving-declined")
    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_text("Deposit received, thank you")).to_be_visible()
    look(page, "public-23-driving-booked")
    assert bookings(school) == [("Noah Kelly", "confirmed", "deposit_paid")]
    page.go_back()  # to the card page, which asks for the rest now and for nothing twice
    expect(page.get_by_role("heading", level=1)).to_have_text("Pay A$59.00")
    with page.expect_download() as download:
        page.goto(site.url(f"/s/{school.slug}/orders/{Order.objects.of(school).get().pk}/"))
        page.get_by_role("link", name="Download for your calendar").click()
    assert download.value.suggested_filename.endswith(".ics")


def test_an_employer_books_three_seats_on_a_three_day_course(site: Site, look: Look, visit: Visits):
    school = first_aid_school().school
    page = visit()
    page.goto(site.url(f"/s/{school.slug}/"))
    look(page, "public-30-first-aid-school")
    page.get_by_role("link", name="First Aid at Work", exact=True).click()
    look(page, "public-31-first-aid-course")
    page.get_by_role("link", name=re.compile("^Book: ")).first.click()
    page.get_by_text("For my staff").click()
    page.get_by_label("Company").fill("Hartley & Rowe Joinery")
    fill_in_guest(page, name="Samira Hartley", email="samira@hartley.example")
    page.get_by_label("Name", exact=True).fill("Marek Nowak")
    page.get_by_role("button", name="Add a seat").click()
    page.get_by_role("button", name="Add a seat").click()
    names = page.get_by_label("Name", exact=True)
    expect(names).to_have_count(3)
    names.nth(1).fill("Tom Baker")
    names.nth(2).fill("Ann Bell")
    expect(page.get_by_role("complementary", name="Your order")).to_contain_text("3 seats × £220.00")
    look(page, "public-32-first-aid-three-seats")
    page.get_by_role("radio", name=re.compile("Bank transfer")).check()
    page.get_by_role("button", name="Book three seats").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Held for you until you pay")
    look(page, "public-33-first-aid-transfer")
    page.get_by_role("link", name="Pay by card now").click()
    page.get_by_role("button", name="Pay £660.00").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Three seats are yours.")
    look(page, "public-34-first-aid-confirmed")
    assert bookings(school) == [(name, "confirmed", "paid") for name in ("Marek Nowak", "Tom Baker", "Ann Bell")]
    assert broken(school) == {}


def test_what_was_taken_meanwhile_leads_on_and_keeps_what_was_typed(site: Site, look: Look, visit: Visits):
    place = coaching_practice()
    form = site.url(f"/s/{place.school.slug}/book/?session={place.sessions[0].pk}")
    slow, quick = visit(zone="Europe/Berlin"), visit(zone="Europe/Berlin")
    for page, name in ((slow, "Slow Reader"), (quick, "Quick Reader")):
        page.goto(form)
        fill_in_guest(page, name=name, email=f"{name.split()[0].lower()}@example.org")
    quick.get_by_role("button", name="Book this lesson").last.click()
    slow.get_by_role("button", name="Book this lesson").last.click()
    expect(slow.get_by_role("alert")).to_contain_text("Nothing was booked, and nothing was charged.")
    look(slow, "public-40-taken-meanwhile")
    slow.get_by_role("alert").get_by_role("button").first.click()
    expect(slow.get_by_label("Your name")).to_have_value("Slow Reader")
    slow.get_by_role("radio", name=re.compile("Later")).check()
    slow.get_by_role("button", name="Book this lesson").last.click()
    expect(slow.get_by_role("heading", name="Your time is booked.")).to_be_visible()
    assert [name for name, _status, _paid in bookings(place.school)] == ["Quick Reader", "Slow Reader"]
    slow.goto(form)
    expect(slow.get_by_role("heading", level=1)).to_have_text("This cannot be booked any more")
    look(slow, "public-41-gone")


def test_a_hold_that_ran_out_is_booked_again_in_one_click(site: Site, look: Look, visit: Visits):
    place = first_aid_school()
    page = visit()
    page.goto(site.url(f"/s/{place.school.slug}/book/?session={place.sessions[0].pk}"))
    fill_in_guest(page, name="Kim Roe", email="kim@example.org")
    page.get_by_role("button", name="Book one seat").last.click()
    let_hold_run_out(Booking.objects.of(place.school).get())
    page.get_by_role("button", name="Pay £220.00").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The hold has ended")
    look(page, "public-50-hold-ended")
    page.get_by_role("button", name="Book it again").click()
    page.get_by_role("radio", name=re.compile("Card ending 3220")).check()
    page.get_by_role("button", name="Pay £220.00").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your bank is having a look")
    look(page, "public-51-bank-is-looking")
    assert [status for _name, status, _paid in bookings(place.school)] == ["expired", "pending"]


def test_without_javascript_everything_can_be_booked(site: Site, visit: Visits):
    place = coding_school()
    page = visit(width=PHONE, javascript=False)
    page.goto(site.url(f"/s/{place.school.slug}/courses/{place.course.pk}/"))
    page.get_by_label("Times in").select_option("Asia/Tokyo")
    page.get_by_role("button", name="Show").last.click()
    expect(page.get_by_text("Times are in Tokyo (JST) time.")).to_be_visible()
    page.get_by_role("link", name=re.compile("free time")).last.click()
    page.locator("a.slot").first.click()
    page.get_by_role("link", name="Continue").last.click()
    fill_in_guest(page, name="Elena Rossi", email="elena@example.org")
    page.get_by_label("Name", exact=True).fill("Lia Rossi")
    page.get_by_label("Date of birth", exact=True).fill("2016-05-01")
    button = page.get_by_role("button", name="Book this lesson").last
    button.dblclick(no_wait_after=True)
    expect(page.get_by_role("heading", level=1)).to_have_text("Pay $15.00")
    page.get_by_role("button", name="Pay $15.00").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your time is booked.")
    assert bookings(place.school) == [("Lia Rossi", "confirmed", "paid")]


def test_four_instructors_and_three_children_fit_on_a_small_phone(site: Site, visit: Visits, sign_in: SignIn):
    place = coding_school()
    for name in ("Konstantin Papadopoulos", "Alexandra Hollingsworth"):
        qualify(new_instructor(place.school, name=name), place.course, by=OWNER)
    parent = new_client(place.school)
    for name in ("Alessandra", "Maximilian", "Bartholomew"):
        new_student(place.school, f"{name} Parent", guardian=parent)
    user = new_user("three@example.org")
    link_user(parent.person, user, by=OWNER)
    page = visit(width=PHONE, zone="America/New_York")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(site.url(f"/s/{place.school.slug}/courses/{place.course.pk}/"))
    expect(page.get_by_label("With")).to_have_value("")
    assert_no_sideways_scrolling(page)
    page.goto(site.url(f"/s/{place.school.slug}/"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_no_sideways_scrolling(page)
    sign_in(page, user)
    page.goto(site.url(f"/s/{place.school.slug}/my/"))
    expect(page.get_by_role("group", name="Whose lessons").get_by_role("link")).to_have_count(4)
    assert_no_sideways_scrolling(page)


def test_two_windows_pay_once(site: Site, visit: Visits):
    place = driving_school()
    page = visit()
    starts_at = f"{(now() + dt.timedelta(days=5)):%Y-%m-%d}T01:00Z"
    page.goto(site.url(f"/s/{place.school.slug}/book/?course={place.course.pk}&starts_at={starts_at}"))
    fill_in_guest(page, name="Noah Kelly", email="noah@example.org")
    page.get_by_label("Your date of birth").fill("2000-05-01")
    page.get_by_role("button", name="Book this lesson").last.click()
    page.wait_for_url("**/pay*")
    other = page.context.new_page()
    other.goto(page.url)
    for window in (page, other):
        window.get_by_role("button", name="Pay", exact=True).click()
        expect(window.get_by_text("Deposit received, thank you")).to_be_visible()
    assert [payment.amount for payment in Order.objects.of(place.school).get().payments.all()] == [3000]


def test_a_page_that_lay_open_too_long_loses_nothing(site: Site, look: Look, visit: Visits):
    place = coaching_practice()
    page = visit(zone="Europe/Berlin")
    page.goto(site.url(f"/s/{place.school.slug}/book/?session={place.sessions[0].pk}"))
    fill_in_guest(page, name="Patient Reader", email="patient@example.org")
    page.context.clear_cookies()  # as the years would
    page.get_by_role("button", name="Book this lesson").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This page lay open too long")
    look(page, "public-60-lay-open")
    assert bookings(place.school) == []
    page.get_by_role("button", name="Send it once more").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pay €60.00")
    assert [name for name, _status, _paid in bookings(place.school)] == ["Patient Reader"]


def test_signing_in_and_where_nothing_is(site: Site, look: Look, page: Page):
    school = coding_school().school
    page.goto(site.url(f"/sign-in?next=/s/{school.slug}/my/"))
    look(page, "public-70-sign-in")
    page.get_by_label("E-mail").fill("nobody@example.org")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").first.click()
    expect(page.get_by_text("Address and password do not go together.").last).to_be_visible()
    look(page, "public-71-sign-in-wrong")
    page.goto(site.url(f"/s/{school.slug}/courses/00000000-0000-0000-0000-000000000000/"))
    look(page, "public-72-nothing-here")
    expect(page.get_by_role("link", name=f"To {school.name}")).to_be_visible()
