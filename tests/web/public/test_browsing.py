"""What a school teaches, for how much, and when there is time."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories import (
    OWNER,
    at,
    buy_seat,
    hour_at,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
    slots_of,
)
from schoolbell.catalogue.models import Course
from schoolbell.catalogue.products import ProductValues, add_product
from schoolbell.demo.accounts import add_accounts
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import Stretch, local_day, now
from schoolbell.schools.models import School
from schoolbell.web.templatetags.public import slots_words
from web.public.visitors import Visitor, links, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def queries(visitor: Visitor, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        visitor.get(path)
    return len(captured)


def test_the_front_page_names_every_school_and_what_it_teaches(visitor: Visitor):
    school = new_school()
    School.objects.filter(pk=school.pk).update(name="A <b>School</b>")
    for name in ("Piano", "Violin", "Drums", "Harp"):
        new_course(school, name=name)
    html = visitor.get("/")
    assert "A <b>School</b>" in text(html)
    assert "Piano, Violin, Drums" in text(html)
    assert "Harp" not in html
    assert f'href="/s/{school.slug}/"' in html


def test_the_front_page_asks_as_often_for_three_schools_as_for_one(visitor: Visitor):
    def open_one() -> None:
        new_course(new_school())

    open_one()
    one = queries(visitor, "/")
    open_one()
    open_one()
    assert (one, queries(visitor, "/"), School.objects.count()) == (3, 3, 3)


def test_without_a_school_the_front_page_says_how_to_open_one(visitor: Visitor):
    assert "No school yet" in text(visitor.get("/"))


def test_a_school_says_prices_in_words_and_what_they_include(visitor: Visitor):
    school = new_school("driving", timezone="UTC")
    new_course(school, name="Driving lesson", price=8900, deposit=3000, tax_rate=1000)
    new_course(school, name="Theory", price=0, tax_rate=1000)
    said = text(visitor.get(f"/s/{school.slug}/"))
    assert "All prices include 10% GST." in said
    assert "A$89 a lesson, A$30 deposit" in said
    assert "Free of charge" in said


def test_next_free_times_are_drawn_and_linked(visitor: Visitor, school: School):
    piano = new_lessons(school, trial_price=1500)
    ida = new_instructor(school)
    html = visitor.get(f"/s/{school.slug}/")
    tomorrow = local_day(now(), ZoneInfo("UTC")) + dt.timedelta(days=1)
    assert "Next free times" in text(html)
    assert "$15 first, then $45".replace("$", "₹") in text(html)
    assert f"/s/{school.slug}/courses/{piano.pk}/?day={tomorrow}#when" in links(html).values()
    assert f"at={tomorrow}T00%3A00Z" in html
    assert "Piano, next free:" in text(html)
    assert ida.person.name in html


def test_a_school_of_groups_shows_its_next_dates(visitor: Visitor, school: School):
    course = new_course(school, name="First Aid", capacity=2)
    full, free = new_session(course, hour_at(4)), new_session(course, hour_at(5), hour_at(6), hour_at(7))
    for _ in range(2):
        buy_seat(full, new_student(school))
    html = visitor.get(f"/s/{school.slug}/")
    assert "Next dates" in text(html)
    assert f"/s/{school.slug}/book/?session={free.pk}" in html
    assert str(full.pk) not in html
    assert "2 seats left" in text(html)


def test_an_empty_school_says_what_to_do_next(visitor: Visitor, school: School):
    assert "Nothing to book yet" in text(visitor.get(f"/s/{school.slug}/"))


def test_the_way_to_who_teaches_is_there_once_somebody_does(visitor: Visitor, school: School):
    new_session(new_course(school), hour_at(3))
    page = f"/s/{school.slug}/"
    assert "Who teaches" not in text(visitor.get(page))
    new_instructor(school)
    html = visitor.get(page)
    assert links(html)["Who teaches"] == f"{page}#people"
    assert 'id="people"' in html


def test_what_one_goes_to_is_said_in_the_time_of_the_place_and_the_visitors_beside_it(visitor: Visitor):
    school = new_school(timezone="Asia/Kolkata")
    yoga = new_course(school, name="Yoga", delivery="at_venue")
    session = new_session(yoga, hour_at(9, 1, 30))  # 07:00 in Kolkata
    visitor.client.cookies["zone"] = "UTC"
    course, form = f"/s/{school.slug}/courses/{yoga.pk}/", f"/s/{school.slug}/book/?session={session.pk}"
    for path in (course, form, visitor.book(form), f"/s/{school.slug}/"):
        said = text(visitor.get(path))
        assert "07:00–08:00" in said, path
        assert "All times on this page are in Kolkata (IST) time. That is where it takes place." in said, path
        assert path.startswith((course, form)) is ("01:30–02:30 in UTC" in said), path
    assert 'name="zone"' not in visitor.get(course)


def test_a_school_offers_another_time_zone_where_a_time_on_its_page_follows_it(visitor: Visitor, school: School):
    path, own = f"/s/{school.slug}/", "Online lessons are shown in your own time."
    online = new_course(school, delivery="online")
    new_session(new_course(school, delivery="at_venue"), hour_at(9))
    said = text(visitor.get(path))
    assert ("Times in" in said, own in said) == (False, False)
    assert "That is where it takes place." in said
    new_session(online, hour_at(10, 10))
    said = text(visitor.get(path))
    assert ("Times in" in said, own in said) == (True, True)
    assert "15:30–16:30" in text(visitor.get(f"{path}?zone=Asia/Kolkata"))


@pytest.mark.parametrize(
    ("of_lessons", "of_products", "words"),
    [
        ([2000], [], "All prices include 20% VAT."),
        ([2000, 2000], [2000], "All prices include 20% VAT."),
        ([2000], [500], "All prices include VAT."),
        ([2000, 500], [], "All prices include VAT."),
        ([2000], [2000, 0], "Prices of lessons include 20% VAT."),
        ([2000, 500], [0], "Prices of lessons include VAT."),
        ([2000, 0], [2000], ""),
        ([0], [2000], ""),
    ],
)
def test_what_prices_include_is_said_where_it_is_true_of_each(
    visitor: Visitor, of_lessons: list[int], of_products: list[int], words: str
):
    school = new_school("coaching", timezone="UTC")
    new_course(school, price=0)  # nothing is in what is free
    for rate in of_lessons:
        new_course(school, tax_rate=rate)
    for rate in of_products:
        add_product(school, ProductValues(f"Book at {rate}", 1000, tax_rate=rate), by=OWNER)
    said = text(visitor.get(f"/s/{school.slug}/"))
    assert said.count(words) == 1 if words else "include" not in said


@pytest.mark.parametrize(
    ("formats", "words"),
    [
        (["one_to_one"], "Only what is free is shown."),
        (["group"], "Each date says how many seats are left."),
        (["one_to_one", "group"], "Of lessons only free times are shown; classes say how many seats are left."),
    ],
)
def test_a_school_says_which_times_one_sees(visitor: Visitor, school: School, formats: list[str], words: str):
    for kind in formats:
        new_course(school, format=kind)
    assert f"Choose a time {words} 2 Say who is coming" in text(visitor.get(f"/s/{school.slug}/"))


def test_online_dates_are_switched_to_another_zone_on_the_page_and_in_the_form(visitor: Visitor, school: School):
    course = new_course(school, delivery="online")
    session = new_session(course, hour_at(9, 10))
    path = f"/s/{school.slug}/courses/{course.pk}/"
    assert 'name="zone"' in visitor.get(path)
    assert "15:30–16:30" in text(visitor.get(f"{path}?zone=Asia/Kolkata"))
    form = f"/s/{school.slug}/book/?session={session.pk}"
    values = visitor.fill(form, show_zone="Asia/Tokyo", do="count")
    html = visitor.send(form, values, status=200)
    assert "19:00–20:00 Tokyo" in text(html)
    assert 'value="Samira Hartley"' in html


def test_the_last_days_of_a_month_give_way_to_the_next(visitor: Visitor):
    school = new_school()
    piano = new_lessons(school)
    new_instructor(school)
    path = f"/s/{school.slug}/courses/{piano.pk}/"
    with time_machine.travel(dt.datetime(2026, 11, 29, 9, tzinfo=dt.UTC)):
        html = visitor.get(path)
        assert "December 2026" in text(html)
        assert "November 2026" in links(html)
        assert "November 2026" in text(visitor.get(f"{path}?month=2026-11"))
    with time_machine.travel(dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)):
        assert "November 2026" in text(visitor.get(path))


def test_several_days_are_told_with_their_length_and_once_above_their_list(visitor: Visitor, school: School):
    course = new_course(school, duration_minutes=60, price=9000, price_per="course")
    new_session(course, *(hour_at(day) for day in (7, 14, 21)))
    assert "3 times, 3 h" in text(visitor.get(f"/s/{school.slug}/"))
    said = text(visitor.get(f"/s/{school.slug}/courses/{course.pk}/"))
    assert ", 3 times" in said
    assert "and 2 more" not in said
    assert "Length 3 times, 60 min each 3 h in all Where" in said


@pytest.mark.parametrize(
    ("minutes", "per", "total", "words"),
    [
        (360, "course", None, "Length 3 days, 6 h each 18 h in all Where"),
        (360, "course", 900, "Length 3 days, 6 h each 18 h in all Where"),  # what is on offer counts
        (300, "course", None, "Length 3 days 18 h in all Where"),
        (360, "lesson", None, "Length 6 h each time Where"),
    ],
)
def test_a_course_says_how_often_one_comes_and_for_how_long(
    visitor: Visitor, school: School, minutes: int, per: str, total: int | None, words: str
):
    course = new_course(school, duration_minutes=minutes, price=9000, price_per=per, total_minutes=total)
    new_session(course, *(hour_at(day, 9, minutes=360) for day in (7, 14, 21)))
    assert words in text(visitor.get(f"/s/{school.slug}/courses/{course.pk}/"))


def test_a_course_without_a_date_says_how_long_one_time_of_it_is(visitor: Visitor, school: School):
    course = new_course(school, duration_minutes=90, price=9000, price_per="course", total_minutes=270)
    assert "Length 1 h 30 min 4 h 30 min in all Where" in text(visitor.get(f"/s/{school.slug}/courses/{course.pk}/"))


def test_a_rule_for_cancelling_is_said_of_the_school_where_it_holds_for_all_its_courses(visitor: Visitor):
    school = new_school(free_cancel_hours=48, late_fee_percent=100)
    kit = add_product(school, ProductValues("Clay kit", 4000), by=OWNER)
    pages = [f"/s/{school.slug}/", f"/s/{school.slug}/products/{kit.pk}/"]
    assert "Clay kit ₹40 Order" in text(visitor.get(pages[0]))  # as the prices of courses are said
    own = {"free_cancel_hours": 24, "late_fee_percent": 40}
    of_school = "Cancel free of charge until 48 hours before. After that the whole price stays with the school."
    of_courses = "Cancel free of charge until 24 hours before. After that 40% of the price stays with the school."

    def said(rule: str) -> list[int]:
        return [text(visitor.get(page)).count(rule) for page in pages]

    assert said(of_school) == [2, 1]
    new_course(school, overrides=own)
    new_course(school, overrides={"notice_minutes": 90} | own)
    new_course(school, is_active=False)
    assert (said(of_courses), said(of_school)) == ([2, 1], [0, 0])
    plain = new_course(school)
    assert (said(of_courses), said(of_school)) == ([0, 0], [0, 0])
    assert said("Until when you cancel free of charge, each course says itself.") == [2, 1]
    assert of_school in text(visitor.get(f"/s/{school.slug}/courses/{plain.pk}/"))


def test_of_a_course_that_has_begun_the_times_that_can_still_be_had_are_shown(visitor: Visitor, school: School):
    yoga = new_course(school, name="Yoga", price=60000, capacity=3)
    begun = new_session(yoga, *(hour_at(day) for day in (4, 11, 18, 25)), choose_slots=True)
    sooner = new_session(yoga, hour_at(9))
    with time_machine.travel(at(12), tick=False):
        there = slots_of(begun)
        pages = [visitor.get(f"/s/{school.slug}/{path}") for path in ("", f"courses/{yoga.pk}/")]
    first, last = (slots_words([slot], school.zone) for slot in there[2:])
    assert f"{first} and 1 more Yoga" in text(pages[0])
    assert f"{first} {last}" in text(pages[1])
    assert ", 2 times" in text(pages[1])
    assert "₹600.00 each time 3 seats left" in text(pages[1])
    for page in pages:
        assert all(f"{slot.starts_at:%Y-%m-%d}" not in page for slot in there[:2])
        assert str(sooner.pk) not in page
    with time_machine.travel(at(8), tick=False):
        for path in ("", f"courses/{yoga.pk}/"):  # what comes first stands first
            page = visitor.get(f"/s/{school.slug}/{path}")
            assert page.index(str(sooner.pk)) < page.index(str(begun.pk))


@pytest.mark.parametrize("path", ["/s/nobody/", "/s/nobody/book/?session=x"])
def test_there_is_no_school_of_that_name(visitor: Visitor, path: str):
    visitor.get(path, status=404)


def test_what_is_missing_in_a_school_leads_back_to_it(visitor: Visitor, school: School):
    html = visitor.get(f"/s/{school.slug}/courses/{new_id()}/", status=404)
    assert links(html)[f"To {school.name}"] == f"/s/{school.slug}/"
    assert f"/s/{school.slug}/school.css" in html
    html = visitor.get("/nothing", status=404)
    assert links(html)["To the front page"] == "/"
    assert links(html)["All schools here"] == "/"


def test_signing_in_from_a_school_wears_its_colour_and_tells_of_the_demo_there_alone(
    visitor: Visitor, school: School, settings: Any
):
    path = f"/sign-in?next=/s/{school.slug}/my/"
    assert f"/s/{school.slug}/school.css" in visitor.get(path)
    settings.PRETEND_CARD = True
    assert "This is the demo" not in text(visitor.get(path))  # a school that is none of the demo's
    add_accounts(school, now().date())
    said = text(visitor.get(path))
    assert f"office@{school.slug}.example.org" in said
    assert (
        visitor.client.post("/sign-in", {"email": f"office@{school.slug}.example.org", "password": "ring-the-bell"})[
            "Location"
        ]
        == f"/s/{school.slug}/office/"
    )
    settings.PRETEND_CARD = False
    assert "This is the demo" not in text(Visitor().get(path))


@pytest.mark.parametrize("price", [0, 4500])
def test_form_order_and_card_page_ask_as_often_for_three_seats_as_for_one(school: School, price: int):
    session = new_session(new_course(school, price=price), hour_at(9))
    form = f"/s/{school.slug}/book/?session={session.pk}"
    asked = []
    for seats in (1, 3):
        visitor = Visitor()
        names = {f"seat-{number}-name": f"Learner {number} of {seats}" for number in range(1, seats + 1)}
        values = visitor.fill(form, for_whom="staff", company="Rowe", seats=str(seats)) | names
        with CaptureQueriesContext(connection) as counted:
            visitor.send(form, values | {"do": "count"}, status=200)
        counted_again = len(counted)
        order = visitor.send(form, values).removesuffix("pay")
        pages = (form, order, f"{order}pay") if price else (form, order)
        asked.append([counted_again, *(queries(visitor, page) for page in pages)])
    assert asked[0] == asked[1]


def test_a_course_page_shows_dates_with_seats_and_full_ones(visitor: Visitor, school: School):
    hannah = new_instructor(school, hours=False, name="Hannah Booth")
    hall = new_resource(school, name="Kirkgate Hall", city="Leeds")
    course = new_course(school, price=22000, price_per="course", capacity=2, age_min=16)
    full = new_session(course, hour_at(4))
    free = new_session(course, hour_at(5), hour_at(6), instructors=[hannah], resource=hall)
    new_session(course, hour_at(7), publish=False)
    for _ in range(2):
        buy_seat(full, new_student(school, birth_date=dt.date(1990, 1, 1)))
    html = visitor.get(f"/s/{school.slug}/courses/{course.pk}/")
    said = text(html)
    assert "Ages from 16" in said
    assert "₹220 for the course" in said
    assert "Kirkgate Hall, Leeds" in said
    assert "Hannah Booth" in said
    assert [href for href in links(html).values() if "/book/" in href] == [f"/s/{school.slug}/book/?session={free.pk}"]
    assert said.count("Full") == 1


def test_a_course_without_dates_says_so(visitor: Visitor, school: School):
    course = new_course(school)
    assert "No date is set at the moment" in text(visitor.get(f"/s/{school.slug}/courses/{course.pk}/"))


def test_a_month_counts_free_times_in_the_visitors_zone(visitor: Visitor, school: School):
    piano = new_lessons(school, delivery="online")
    new_instructor(school)
    day = at(40).date()
    path = f"/s/{school.slug}/courses/{piano.pk}/?day={day}"
    html = visitor.get(path)
    assert "96 free times" in text(html)  # every quarter of an hour
    assert f'datetime="{day}T00:00:00+00:00"' in html
    assert text(html).count("Times are in UTC time.") == 1
    html = visitor.get(path + "&zone=Asia/Kolkata")
    assert f'<time datetime="{day - dt.timedelta(days=1)}T18:30:00+00:00">00:00</time>' in html
    assert "Times are in Kolkata (IST) time." in text(html)
    assert visitor.client.cookies["zone"].value == "Asia/Kolkata"
    assert "Kolkata (IST)" in text(visitor.get(f"/s/{school.slug}/"))  # and it is remembered


def test_a_chosen_time_is_told_in_full_with_the_way_on(visitor: Visitor):
    school = new_school("driving", timezone="Australia/Sydney")
    lesson = new_lessons(school, price=8900, deposit=3000, tax_rate=1000, delivery="online")
    maya, tom = new_instructor(school, name="Maya Chen"), new_instructor(school, name="Tom Abara")
    start = at(10, 3)
    query = f"day={start.date()}&at={start:%Y-%m-%dT%H:%M}Z&zone=UTC"
    html = visitor.get(f"/s/{school.slug}/courses/{lesson.pk}/?{query}")
    said = text(html)
    assert "03:00–04:00" in said
    assert "UTC time. That is" in said
    assert "14:00–15:00 in Sydney." in said
    assert "GST 10% A$8.09" in said
    assert "Deposit, now A$30.00 By the lesson A$59.00" in said
    assert "Maya or Tom" in said
    assert links(html)["Choose Tom instead"].endswith("#when")
    going_on = links(html)["Continue"]
    assert going_on == (
        f"/s/{school.slug}/book/?course={lesson.pk}&starts_at={start:%Y-%m-%dT%H}%3A00Z&instructor={maya.pk}"
    )
    html = visitor.get(f"/s/{school.slug}/courses/{lesson.pk}/?{query}&instructor={tom.pk}")
    assert f"instructor={tom.pk}" in links(html)["Continue"]


def test_months_turn_by_link_within_what_can_be_booked(visitor: Visitor):
    school = new_school(furthest_ahead_days=40)
    piano = new_lessons(school)
    new_instructor(school)
    base = f"/s/{school.slug}/courses/{piano.pk}/"
    first = local_day(now(), school.zone).replace(day=1)
    following = (first + dt.timedelta(days=32)).replace(day=1)
    html = visitor.get(f"{base}?month={first:%Y-%m}")
    assert f"{base}?month={following:%Y-%m}#when" in links(html).values()
    assert f"{following:%B %Y}" in links(html)
    html = visitor.get(f"{base}?month={following:%Y-%m}")
    assert f"{first:%B %Y}" in links(html)


@pytest.mark.parametrize(
    "query",
    [
        "day=nonsense", "day=9999-99-99", "month=2026-13", "at=x", "at=2026-12-08T16:00", "zone=Mars/Base",
        "instructor=nobody", "kind=%00", "day=0001-01-01", "at=9999-12-31T23:59:59-23:59", "month=1000000-01",
    ],
)  # fmt: skip
def test_nonsense_in_an_address_is_left_out(visitor: Visitor, school: School, query: str):
    piano = new_lessons(school)
    new_instructor(school)
    assert "When would you like to come?" in text(visitor.get(f"/s/{school.slug}/courses/{piano.pk}/?{query}"))


def test_a_month_with_nothing_free_says_so(visitor: Visitor, school: School):
    piano = new_lessons(school)
    assert "Nothing is free in this month" in text(visitor.get(f"/s/{school.slug}/courses/{piano.pk}/"))


def test_another_schools_course_is_not_found(visitor: Visitor, school: School, other_school: School):
    course = new_course(other_school)
    visitor.get(f"/s/{school.slug}/courses/{course.pk}/", status=404)
    visitor.get(f"/s/{school.slug}/courses/{new_id()}/", status=404)


def test_a_course_that_is_no_longer_taught_is_not_found(visitor: Visitor, school: School):
    course = new_course(school, is_active=False)
    visitor.get(f"/s/{school.slug}/courses/{course.pk}/", status=404)


def test_published_slots_of_one_seat_are_free_times(visitor: Visitor):
    school = new_school("coaching", timezone="UTC")
    call = new_course(school, name="Call", format="one_to_one", duration_minutes=30)
    jonas = new_instructor(school, hours=False, name="Jonas Weber")
    slot = new_session(call, hour_at(3, 9, minutes=30), instructors=[jonas])
    day = local_day(slot.starts_at, school.zone)
    html = visitor.get(f"/s/{school.slug}/courses/{call.pk}/?day={day}&at={slot.starts_at:%Y-%m-%dT%H:%M}Z")
    assert "1 free time" in text(html)
    assert links(html)["Continue"] == f"/s/{school.slug}/book/?session={slot.pk}"
    assert "To pay when it suits you" in text(html)


def test_names_are_text(visitor: Visitor, school: School):
    piano = new_lessons(school, name="<i>Piano</i>", description="<script>alert(1)</script>")
    new_instructor(school, name="Ida <b>Teacher</b>")
    for path in (f"/s/{school.slug}/", f"/s/{school.slug}/courses/{piano.pk}/"):
        html = visitor.get(path)
        assert "<script>alert" not in html
        assert "<i>Piano" not in html
        assert "<b>Teacher" not in html


def test_pages_are_kept_by_nobody(visitor: Visitor, school: School):
    piano = new_lessons(school)
    for path in ("/", f"/s/{school.slug}/", f"/s/{school.slug}/courses/{piano.pk}/"):
        assert visitor.client.get(path)["Cache-Control"] == "private, no-store"


def test_the_number_of_queries_does_not_grow_with_the_lists(visitor: Visitor):
    few, many = new_school(), new_school()
    for school, number in ((few, 1), (many, 3)):
        for place in range(number):
            new_lessons(school, name=f"Lessons {place}")
            course = new_course(school, name=f"Course {place}", capacity=5)
            new_instructor(school, name=f"Ida {place}")
            new_resource(school, name=f"Hall {place}")
            for other in range(number):
                session = new_session(course, hour_at(4 + other, place), hour_at(40 + other, place))
                buy_seat(session, new_student(school))
    counts = {}
    for school in (few, many):
        one_to_one = Course.objects.of(school).filter(format="one_to_one").order_by("id")[0]
        group = Course.objects.of(school).filter(format="group").order_by("id")[0]
        counts[school.slug] = [
            queries(visitor, f"/s/{school.slug}/"),
            queries(visitor, f"/s/{school.slug}/courses/{one_to_one.pk}/?day={at(20).date()}"),
            queries(visitor, f"/s/{school.slug}/courses/{group.pk}/"),
        ]
    assert counts[few.slug] == counts[many.slug]


def test_a_month_is_asked_for_in_few_queries_whatever_the_number_of_teachers(visitor: Visitor, school: School):
    piano = new_lessons(school, resource_kind="venue")
    new_instructor(school)
    new_resource(school)
    path = f"/s/{school.slug}/courses/{piano.pk}/"
    one = queries(visitor, path)
    for place in range(3):
        new_instructor(school, name=f"Ida {place}")
        new_resource(school, name=f"Room {place}")
    assert queries(visitor, path) == one


def test_the_last_days_of_a_month_are_read_together_with_the_next(visitor: Visitor):
    school = new_school()
    piano = new_lessons(school)
    new_instructor(school)
    asked = []
    for day in (20, 29):
        with time_machine.travel(dt.datetime(2026, 11, day, 9, tzinfo=dt.UTC)):
            asked.append(queries(visitor, f"/s/{school.slug}/courses/{piano.pk}/"))
    assert asked[0] == asked[1]


def test_the_stretches_of_a_course_are_said_in_one_line():
    where = ZoneInfo("UTC")
    one = Stretch(dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC), dt.datetime(2026, 12, 1, 16, 30, tzinfo=dt.UTC))
    after = [Stretch(one.starts_at + dt.timedelta(days=n), one.ends_at + dt.timedelta(days=n)) for n in (1, 2, 9)]
    assert slots_words([one], where) == "Tue 1 Dec, 09:00–16:30"
    assert slots_words([one, *after[:2]], where) == "Tue 1 Dec to Thu 3 Dec, 09:00–16:30"
    assert slots_words([one, after[2]], where) == "Tue 1 Dec, 09:00–16:30 and 1 more"
