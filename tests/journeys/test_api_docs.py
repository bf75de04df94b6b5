"""The API's own page: every address explained, and tried out with a token."""

from playwright.sync_api import Page, expect

from factories import new_course, new_session, new_student, new_token
from journeys.conftest import Site
from journeys.schools import coding_school
from schoolbell.bookings.models import Booking
from schoolbell.schools.actor import Role


def test_a_programmer_reads_authorizes_and_tries_a_call(site: Site, page: Page) -> None:
    school = coding_school().school
    student = new_student(school)
    session = new_session(new_course(school))
    page.goto(site.url("/api/docs"))
    expect(page.get_by_role("heading", name="Schoolbell")).to_be_visible()
    page.get_by_role("button", name="Authorize").click()
    page.get_by_label("auth-bearer-value").fill(new_token(school, Role.OWNER))
    page.get_by_role("button", name="Apply credentials").first.click()
    page.get_by_role("button", name="Close").first.click()

    students = page.locator("#operations-students-list_students")
    students.get_by_role("button").first.click()
    students.get_by_role("button", name="Try it out").click()
    students.get_by_placeholder("school", exact=True).fill(school.slug)
    students.get_by_role("button", name="Execute").click()
    answer = students.locator(".live-responses-table .response").first
    expect(answer.locator(".response-col_status")).to_contain_text("200")
    expect(answer).to_contain_text(str(student.pk))

    booking = page.locator("#operations-bookings-create_booking")
    booking.get_by_role("button").first.click()
    booking.get_by_role("button", name="Try it out").click()
    booking.get_by_placeholder("school", exact=True).fill(school.slug)
    booking.get_by_role("textbox").last.fill(f'{{"session": "{session.pk}", "student": "{student.pk}"}}')
    booking.get_by_role("button", name="Execute").click()
    expect(booking.locator(".live-responses-table .response .response-col_status").first).to_contain_text("201")
    assert Booking.objects.of(school).filter(student_id=student.pk, session_id=session.pk).count() == 1
