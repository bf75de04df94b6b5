"""The API's own page: every address explained, found by its words, with a line that makes the call."""

import os
import subprocess

import pytest
from playwright.sync_api import Page, expect

from factories import new_course, new_session, new_student, new_token
from journeys.conftest import Site, Visits
from journeys.looking import PHONE, Glance, Look
from journeys.schools import coding_school
from schoolbell.bookings.models import Booking
from schoolbell.schools.actor import Role


def test_a_programmer_finds_an_operation_copies_its_line_and_books_with_it(site: Site, page: Page, look: Look) -> None:
    school = coding_school().school
    student = new_student(school)
    session = new_session(new_course(school))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(site.url("/api/docs"))
    expect(page.get_by_role("heading", name="The API, explained")).to_be_visible()
    expect(page.locator(".api-code").first).to_contain_text(site.url("/api/v1/"))
    whole = page.locator("[data-operation]").count()

    page.get_by_label("Find an operation").fill("post create_BOOKING")
    expect(page.get_by_role("status").filter(has_text=f"1 of {whole}")).to_be_visible()
    expect(page.locator("[data-operation]:visible")).to_have_count(1)
    expect(page.get_by_role("navigation", name="Operations").get_by_role("link")).to_have_text(
        ["Bookings", "create_booking"]
    )
    booking = page.locator("#create_booking")
    booking.locator("details").evaluate_all("all => all.forEach((one) => (one.open = true))")
    look(page, "api-1-one-operation")
    booking.get_by_role("button", name="Copy").click()
    expect(booking.get_by_role("button", name="Copied")).to_be_visible()
    line = page.evaluate("navigator.clipboard.readText()")

    given = {
        "api": site.url(f"/api/v1/{school.slug}"),
        "token": new_token(school, Role.OWNER),
        "session": str(session.pk),
        "student": str(student.pk),
    }
    ran = subprocess.run(
        ["bash", "-c", line], env=os.environ | given, capture_output=True, text=True, check=True, timeout=60
    )
    made = Booking.objects.of(school).get(student_id=student.pk, session_id=session.pk)
    assert f'"id":"{made.pk}"' in ran.stdout

    page.get_by_label("Find an operation").fill("")
    expect(page.locator("[data-operation]:visible")).to_have_count(whole)


@pytest.mark.parametrize("javascript", [True, False])
def test_an_operation_has_an_address_of_its_own(site: Site, visit: Visits, javascript: bool) -> None:
    page = visit(javascript=javascript)
    page.goto(site.url("/api/docs#create_payment"))
    expect(page.locator("#create_payment h3")).to_be_in_viewport()
    page.get_by_role("navigation", name="Operations").get_by_role("link", name="cancel_booking").click()
    expect(page.locator("#cancel_booking h3")).to_be_in_viewport()
    expect(page.get_by_role("link", name="openapi.json").first).to_have_attribute("href", "/api/openapi.json")
    # What takes a script is there with one only.
    expect(page.get_by_label("Find an operation")).to_be_visible(visible=javascript)
    expect(page.locator("#cancel_booking").get_by_role("button", name="Copy")).to_be_visible(visible=javascript)


def test_the_whole_page_on_a_phone(site: Site, visit: Visits, glance: Glance) -> None:
    page = visit(width=PHONE)
    page.goto(site.url("/api/docs"))
    glance(page)
    page.get_by_text("All groups").click()
    page.get_by_role("navigation", name="Groups").get_by_role("link", name="Payments").click()
    expect(page.get_by_role("heading", name="Payments", exact=True)).to_be_in_viewport()
