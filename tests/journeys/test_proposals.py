"""The office writes down who wants lessons, has a timetable proposed, watches it come, and accepts it."""

import datetime as dt

from playwright.sync_api import Page, expect

from factories import new_instructor, new_lessons, new_resource, new_school, new_student
from journeys.conftest import Site
from journeys.looking import Look
from journeys.test_office import SignIn, new_office_user
from planning.asking import ask, opened, window
from schoolbell.bookings.models import Enrollment
from schoolbell.kit.time import now
from schoolbell.planning.models import Proposal
from schoolbell.planning.solving import take_next, work_out_waiting


def test_the_office_proposes_a_timetable_and_accepts_it(site: Site, look: Look, page: Page, sign_in: SignIn):
    school = new_school("coding", timezone="Europe/London")
    python = new_lessons(school, name="Python for beginners", resource_kind="online_room")
    ida, bo = new_instructor(school, hours=False), new_instructor(school, hours=False, name="Bogdan Kowalczyk")
    for weekday in (1, 3):
        opened(ida, weekday, 15, 18)
    opened(bo, 2, 15, 17)
    new_resource(school, "online_room", name="Room one")
    starts_on = now().date() + dt.timedelta(days=7)
    for name in ("Zainab Ali", "Tom Baker", "Sofia Marchetti", "Max Bergström"):
        student = new_student(school, name)
        ask(python, window(1, 15, 17), window(3, 16, 18), student=student, instructors=[bo, ida], starts_on=starts_on)
    ask(python, window(6, 9, 12), student=new_student(school, "Early Bird"), starts_on=starts_on)
    new_student(school, "Leo Fischer")

    sign_in(page, new_office_user(school))
    page.goto(site.url(f"/s/{school.slug}/office/requests/"))
    look(page, "office-requests")
    page.get_by_role("link", name="New request").click()
    page.get_by_label("Student").fill("fisch")
    page.get_by_role("option", name="Leo Fischer").click()
    page.get_by_label("Course").select_option("Python for beginners")
    page.get_by_label("With whom, if they could choose").select_option("Bogdan Kowalczyk")
    page.get_by_label("Day").select_option("Tuesday")
    page.get_by_role("group").get_by_label("From").fill("15:00")
    page.get_by_role("group").get_by_label("Until").fill("15:30")
    page.get_by_role("button", name="Keep the request").last.click()
    expect(page.get_by_role("alert")).to_contain_text("Each time has room for a lesson of 60 minutes.")
    look(page, "office-request-to-mend")
    page.get_by_role("group").get_by_label("Until").fill("17:00")
    page.get_by_role("button", name="Keep the request").last.click()
    expect(page.get_by_text("The request of Leo Fischer is kept.")).to_be_visible()

    page.get_by_role("button", name="Propose a timetable").click()
    expect(page.get_by_text("It waits for the worker to begin.")).to_be_visible()
    taken = take_next()
    Proposal.objects.filter(id=taken.pk).update(percent=40, placed=3, bound=5)
    expect(page.get_by_text("3 of 6 have a place so far; at most 5 can.")).to_be_visible()
    look(page, "office-proposal-under-way")
    Proposal.objects.filter(id=taken.pk).update(status="queued", lease=None, lease_until=None)
    work_out_waiting()
    expect(page.get_by_role("button", name="Accept all 5 places")).to_be_visible()
    expect(page.get_by_text("Nobody who teaches it is open at these times.")).to_be_visible()
    look(page, "office-proposal-ready")
    page.get_by_role("button", name="Accept all 5 places").click()
    expect(page.get_by_text("5 requests are placed: their lessons are on the timetable.")).to_be_visible()
    assert Enrollment.objects.of(school).filter(type="weekly_recurring").count() == 5
    page.goto(site.url(f"/s/{school.slug}/office/requests/?state=placed"))
    look(page, "office-requests-placed")
