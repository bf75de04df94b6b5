"""A round through pages that no other journey passes, in two schools of the demo."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from factories import OWNER
from journeys.conftest import Site, Visits, new_user
from journeys.looking import PHONE
from journeys.test_office import new_office_user
from schoolbell.accounts.models import User
from schoolbell.billing.models import Order, ProductLine
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.catalogue.models import Course, Product
from schoolbell.demo import FILLERS
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import now
from schoolbell.people.actions import link_user
from schoolbell.people.models import Instructor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series

SignIn = Callable[[Page, User], None]


@pytest.fixture
def demo(site: Site) -> Callable[[str], School]:
    """A small one of that slug, which journeys of one worker share."""

    def filled(slug: str) -> School:
        known = School.objects.filter(slug=slug).first()
        return known or FILLERS[slug](now().date(), progress=lambda _sentence: None, scale=0.05)

    return filled


def test_what_repeats_and_what_is_set_in_the_office(
    site: Site, page: Page, visit: Visits, sign_in: SignIn, demo: Callable[[str], School]
):
    school = demo("coding")
    club = Series.objects.of(school).filter(on_demand=False).order_by("id")[0]
    weekly = Enrollment.objects.of(school).filter(type="weekly_recurring").order_by("id")[0]
    tutor = Instructor.objects.of(school).order_by("id")[0]
    course = Course.objects.of(school).filter(format="one_to_one").order_by("id")[0]
    ahead = Booking.objects.of(school).filter(status="confirmed", settled_by="order", session__on_demand=True)
    lesson = ahead.filter(session__starts_at__gt=now()).order_by("session__starts_at").last()
    assert lesson
    sign_in(page, new_office_user(school))
    office = site.url(f"/s/{school.slug}/office/")
    for path in (
        "settings/", "settings/school/", "settings/policies/", "settings/hours/", "series/", f"series/{club.pk}/",
        "series/new/", f"series/{club.pk}/change/", "weekly/", f"weekly/{weekly.pk}/", "weekly/new/",
        f"weekly/{weekly.pk}/change/", f"weekly/{weekly.pk}/pause/", "skipped/", f"find/?course={course.pk}",
        "sign-ins/", f"sign-ins/people/{tutor.person_id}/", f"instructors/{tutor.pk}/calendars/",
        f"bookings/{lesson.pk}/move", f"courses/{course.pk}/policies/",
    ):  # fmt: skip
        page.goto(office + path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()

    # The family looks for another time, and at what it costs to give the lesson up.
    user = new_user(f"{new_id().hex}@example.org")
    link_user(lesson.client.person, user, by=OWNER)
    theirs = visit()
    sign_in(theirs, user)
    for name in ("move", "cancel"):
        theirs.goto(site.url(f"/s/{school.slug}/my/bookings/{lesson.pk}/{name}"))
        expect(theirs.get_by_role("heading", level=1)).to_be_visible()


def test_what_an_instructor_of_many_lessons_sees(
    site: Site, visit: Visits, sign_in: SignIn, demo: Callable[[str], School]
):
    school = demo("coding")
    weekly = Enrollment.objects.of(school).filter(type="weekly_recurring").order_by("id")[0]
    user = new_user(f"{new_id().hex}@example.org")
    link_user(weekly.series.staffing.all()[0].instructor.person, user, by=OWNER)
    page = visit(width=PHONE)
    sign_in(page, user)
    tabs = page.get_by_role("navigation", name="My work")
    for name, heading in (
        ("Week", "Your week"),
        ("Slots", "Your slots"),
        ("Hours", "Your opening hours"),
        ("Weekly", "Your weekly lessons"),
        ("Time off", "Your time off"),
        ("Free times", "Your free times"),
        ("Calendars", "Your calendars elsewhere"),
    ):
        if not tabs.get_by_role("link", name=name, exact=True).is_visible():
            tabs.get_by_text("More").click()
        tabs.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def test_a_product_from_the_page_to_the_hand(
    site: Site, page: Page, visit: Visits, sign_in: SignIn, demo: Callable[[str], School]
):
    school = demo("courses")
    kit = Product.objects.of(school).get(name="Sketching set")
    page.goto(site.url(f"/s/{school.slug}/products/{kit.pk}/"))
    page.get_by_role("button", name="Order").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Your name").fill("Gina Guest")
    page.get_by_label("E-mail").fill("gina@example.org")
    page.get_by_role("button", name="Order").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pay")
    page.get_by_role("button", name="Pay").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, it is yours")

    # The office hands it over, and adds another.
    office = visit()
    sign_in(office, new_office_user(school))
    office.goto(site.url(f"/s/{school.slug}/office/products/"))
    office.get_by_role("button", name="Hand over: Sketching set, Gina Guest").click()
    expect(office.get_by_text("Sketching set is handed over.")).to_be_visible()
    office.get_by_role("link", name="New product").first.click()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have it")

    # A client sees what they bought, and changes a booking to another time, or cancels.
    line = ProductLine.objects.of(school).filter(status="handed_over").select_related("order__client__person")
    client = line.order_by("id")[0].order.client
    user = new_user(f"{new_id().hex}@example.org")
    link_user(client.person, user, by=OWNER)
    mine = visit()
    sign_in(mine, user)
    mine.goto(site.url(f"/s/{school.slug}/my/orders/"))
    expect(mine.get_by_text("Handed over").first).to_be_visible()
    order = Order.objects.of(school).filter(client=client).order_by("id")[0]
    mine.goto(site.url(f"/s/{school.slug}/orders/{order.pk}/"))
    mine.goto(site.url(f"/s/{school.slug}/office/"))
    expect(mine.get_by_role("heading", level=1)).to_have_text("There is nothing here")
