"""The office chooses one of many people: by keys alone, on a phone, and without JavaScript."""

import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from factories import new_client, new_student, new_students
from journeys.conftest import Site, Visits
from journeys.looking import PHONE, Look
from journeys.schools import Place, coding_school, first_aid_school
from journeys.test_office import SignIn, new_office_user
from schoolbell.bookings.models import Booking


def many(place: Place) -> None:
    """A family of namesakes among others."""
    school = place.school
    born = dt.date(2015, 5, 3)
    new_student(school, "Bea Ray", guardian=new_client(school, "Clara Ray"), birth_date=born)
    new_student(school, "Bea Ray", guardian=new_client(school, "Dana Ray-Okonkwo"), birth_date=born.replace(year=2013))
    new_student(school, "Bea Maximiliana Konstantinopoulou-Featherstonehaugh", email="bea.maximiliana@example.org")
    new_student(school, "Tom Baker", guardian=new_client(school, "Ruth Baker"))
    new_students(school, 12)


def tab_to(page: Page, wanted: Locator) -> None:
    for _key in range(60):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail("no key leads there")


def test_the_office_finds_a_student_by_keys_alone(site: Site, look: Look, page: Page, sign_in: SignIn):
    place = coding_school()
    many(place)
    sign_in(page, new_office_user(place.school))
    page.goto(site.url(f"/s/{place.school.slug}/office/find/"))
    who, options = page.get_by_role("combobox", name="For"), page.get_by_role("listbox").get_by_role("option")
    tab_to(page, page.get_by_label("Course"))
    page.keyboard.type("Python")  # the list of courses goes to the one that begins so
    tab_to(page, who)
    page.keyboard.press("ArrowDown")
    expect(options).to_have_count(10)
    expect(who).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(who).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("bea")
    expect(options).to_have_count(3)
    status = page.get_by_role("status").filter(has_text="3 people found.")
    expect(status).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(who).to_have_attribute("aria-activedescendant", str(options.nth(1).get_attribute("id")))
    look(page, "choosing-1-suggestions")
    page.keyboard.press("Enter")
    expect(who).to_have_value("Bea Ray")
    expect(page.get_by_role("status").filter(has_text="Bea Ray is chosen.")).to_have_count(1)
    expect(who).to_have_accessible_description("born 2015, with Clara Ray")
    look(page, "choosing-2-chosen")
    page.keyboard.press("Enter")
    expect(page.get_by_text("When Bea Ray has something else is left out.")).to_be_visible()
    expect(who).to_have_value("Bea Ray")
    tab_to(page, page.get_by_role("button", name="Choose somebody else"))
    page.keyboard.press("Enter")
    expect(who).to_be_focused()
    expect(who).to_have_value("")
    page.keyboard.type("nemo")
    expect(options).to_have_count(0)
    expect(page.locator(".found")).to_contain_text("Nobody is found.")
    look(page, "choosing-3-nobody")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nobody is found for “nemo”.")


def test_the_office_books_for_somebody_on_a_phone(site: Site, look: Look, visit: Visits, sign_in: SignIn):
    place = first_aid_school()
    many(place)
    new_client(place.school, "Tanner Works")
    page = visit(width=PHONE, theme="dark")
    sign_in(page, new_office_user(place.school))
    page.goto(site.url(f"/s/{place.school.slug}/office/bookings/new/?session={place.sessions[0].pk}"))
    who = page.get_by_label("Who learns")
    who.click()
    expect(page.locator(".found:visible")).to_contain_text("The first 10. Type more of the name to find others.")
    look(page, "choosing-4-first-ten")
    who.press_sequentially("stud")
    expect(page.get_by_role("option").first).to_be_visible()
    who.fill("")
    who.press_sequentially("tom b")
    page.get_by_role("option", name="Tom Baker").click()
    expect(who).to_have_accessible_description("with Ruth Baker")
    look(page, "choosing-5-chosen")
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_text("Booked for Tom Baker.")).to_be_visible()
    assert Booking.objects.of(place.school).get().student.person.name == "Tom Baker"


def test_where_nothing_answers_what_was_typed_still_counts(site: Site, page: Page, sign_in: SignIn):
    place = first_aid_school()
    many(place)
    sign_in(page, new_office_user(place.school))
    page.goto(site.url(f"/s/{place.school.slug}/office/bookings/new/?session={place.sessions[0].pk}"))
    page.route("**/office/people/**", lambda route: route.abort())
    page.get_by_label("Who learns").press_sequentially("tom b")
    expect(page.get_by_role("status").filter(has_text="Nothing can be looked up just now.")).to_have_count(1)
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_text("Booked for Tom Baker.")).to_be_visible()


def test_the_office_books_for_somebody_without_javascript(site: Site, look: Look, visit: Visits, sign_in: SignIn):
    place = first_aid_school()
    many(place)
    page = visit(javascript=False)
    sign_in(page, new_office_user(place.school))
    page.goto(site.url(f"/s/{place.school.slug}/office/bookings/new/?session={place.sessions[0].pk}"))
    who: Any = page.get_by_label("Who learns", exact=True)
    who.fill("student")
    page.get_by_label("Anything to know?").fill("Comes by train")
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("“student” may be several people. Choose one of them.")
    expect(page.get_by_role("radio", name="Student")).to_have_count(10)
    expect(page.get_by_text("There are more.")).to_be_visible()
    who.fill("bea")
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_role("radio", name="Bea")).to_have_count(3)
    look(page, "choosing-6-offers")
    page.get_by_role("radio", name="Bea Ray born 2013, with Dana Ray-Okonkwo").check()
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_text("Booked for Bea Ray.")).to_be_visible()
    booking = Booking.objects.of(place.school).get()
    assert (booking.notes, booking.client.person.name) == ("Comes by train", "Dana Ray-Okonkwo")
    page.goto(site.url(f"/s/{place.school.slug}/office/find/?student={booking.student_id}"))
    expect(page.get_by_label("For")).to_have_value("Bea Ray")
    expect(page.get_by_text("Write another name to choose somebody else.")).to_be_visible()
    look(page, "choosing-7-chosen")
