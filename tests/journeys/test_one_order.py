"""A course with a book, on the phone without JavaScript: ticked on the form, counted in, and paid once."""

import re

from playwright.sync_api import Page, expect

from factories import OWNER
from invariants import broken
from journeys.conftest import Site, Visits
from journeys.looking import PHONE, Look, assert_no_sideways_scrolling
from journeys.schools import Place, first_aid_school
from schoolbell.billing.models import Payment, ProductLine
from schoolbell.bookings.models import Booking
from schoolbell.catalogue.products import ProductValues, add_product

THINGS = (
    ProductValues("Pocket manual", 899, "Every step of the course on eighty pages, waterproof."),
    ProductValues("Workplace first-aid kit", 2499, "For up to twenty people.", tax_rate=2000),
    ProductValues("Face shield on a key ring", 350, "For the day on which it counts.", tax_rate=2000),
    ProductValues("Poster for the kitchen wall", 500, "What to do, in twelve pictures."),
)


def a_course_with_a_book(number: int) -> Place:
    place = first_aid_school()
    for values in THINGS[:number]:
        add_product(place.school, values, by=OWNER)
    return place


def come_to_the_form(page: Page, site: Site, place: Place) -> None:
    page.goto(site.url(f"/s/{place.school.slug}/book/?session={place.sessions[0].pk}"))
    expect(page.get_by_role("heading", level=1, name=place.course.name)).to_be_visible()


def say_who(page: Page) -> None:
    page.get_by_label("Your name").fill("Samira Hartley")
    page.get_by_label("E-mail").fill("samira@hartley.example")
    page.get_by_label("Phone").fill("020 7946 0118")
    if page.get_by_label("Your date of birth").is_visible():
        page.get_by_label("Your date of birth").fill("1990-05-01")
    if page.get_by_label("I accept the school’s terms.").count():
        page.get_by_label("I accept the school’s terms.").check()


def stands(place: Place) -> tuple[list[str], list[str], list[str]]:
    return (
        list(Booking.objects.of(place.school).values_list("status", flat=True)),
        list(ProductLine.objects.of(place.school).order_by("id").values_list("status", flat=True)),
        list(Payment.objects.of(place.school).values_list("status", flat=True)),
    )


def test_the_sum_follows_what_is_ticked_and_one_card_pays_for_all_of_it(site: Site, look: Look, page: Page):
    place = a_course_with_a_book(2)
    come_to_the_form(page, site, place)
    order = page.get_by_role("complementary", name="Your order")
    price = place.course.price
    expect(order).to_contain_text(f"Total£{price / 100:.2f}")
    page.get_by_role("checkbox", name=re.compile("^Pocket manual")).check()
    expect(order).to_contain_text("1 × Pocket manual")
    page.get_by_label("How many? Pocket manual").fill("3")
    page.get_by_label("How many? Pocket manual").blur()
    expect(order).to_contain_text("3 × Pocket manual")
    kit = page.get_by_role("checkbox", name=re.compile("^Workplace first-aid kit"))
    kit.check()
    expect(order).to_contain_text("1 × Workplace first-aid kit")
    kit.uncheck()
    expect(order).not_to_contain_text("Workplace")
    total = f"£{(price + 3 * 899) / 100:.2f}"
    expect(order).to_contain_text(f"Total{total}")
    expect(page.get_by_role("button", name="Count it in")).to_be_hidden()
    look(page, "one-order-ticked")
    say_who(page)
    page.get_by_role("button", name=re.compile("^Book one seat")).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Pay {total}")
    look(page, "one-order-to-pay")
    page.get_by_role("button", name=f"Pay {total}").click()
    expect(page.get_by_role("heading", level=1, name="One seat is yours.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("3 × Pocket manual")
    look(page, "one-order-paid")
    assert stands(place) == (["confirmed"], ["paid"], ["succeeded"])
    assert broken(place.school) == {}


def test_without_javascript_it_is_ticked_counted_and_paid_as_well(site: Site, look: Look, visit: Visits):
    place = a_course_with_a_book(4)
    page = visit(width=PHONE, zone="Europe/London", javascript=False)
    come_to_the_form(page, site, place)
    manual = page.get_by_role("checkbox", name=re.compile("^Pocket manual"))
    expect(manual).to_be_hidden()  # there are more than three: they are folded
    page.get_by_role("heading", name="To take home").click()
    manual.check()
    page.get_by_label("How many? Pocket manual").fill("0")
    say_who(page)
    page.get_by_role("button", name="Count it in").click()
    expect(manual).to_be_checked()
    expect(page.get_by_role("complementary", name="Your order")).to_contain_text("1 × Pocket manual")
    page.get_by_role("button", name=re.compile("^Book one seat")).click()
    expect(page.get_by_role("alert")).to_contain_text("Order at least one.")
    expect(page.get_by_label("How many? Pocket manual")).to_be_visible()
    assert_no_sideways_scrolling(page)
    page.get_by_label("How many? Pocket manual").fill("1")
    page.get_by_role("button", name=re.compile("^Book one seat")).click()
    total = f"£{(place.course.price + 899) / 100:.2f}"
    page.get_by_role("button", name=f"Pay {total}").click()
    expect(page.get_by_role("heading", level=1, name="One seat is yours.")).to_be_visible()
    assert stands(place) == (["confirmed"], ["paid"], ["succeeded"])
    assert broken(place.school) == {}
