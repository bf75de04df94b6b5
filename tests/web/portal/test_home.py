"""What a parent, an adult learner and a child see of their lessons."""

import datetime as dt

import pytest
import time_machine
from django.test import Client as Browser

from factories import (
    buy_seat,
    let_hold_run_out,
    new_client,
    new_course,
    new_instructor,
    new_resource,
    new_session,
    new_student,
    order_of,
    pay_for,
    payer_of,
)  # fmt: skip
from schoolbell.kit.time import UTC, Stretch
from schoolbell.people.models import Person
from web.pages import links_of, queries_for, text_of
from web.portal.conftest import browser_of

NOW = dt.datetime(2026, 12, 8, 7, 30, tzinfo=UTC)  # a Tuesday


@pytest.fixture(autouse=True)
def the_present():
    with time_machine.travel(NOW, tick=False):
        yield


def hour(day: int, at: int, minutes: int = 60) -> Stretch:
    starts_at = dt.datetime(2026, 12, day, at, tzinfo=UTC)
    return Stretch(starts_at, starts_at + dt.timedelta(minutes=minutes))


@pytest.fixture
def python(school):
    return new_course(school, name="Python", price=4500)


@pytest.fixture
def maya(school):
    return new_instructor(school, hours=False, name="Maya Chen")


def test_both_childrens_lessons_the_next_one_first(school, python, maya, clara, leo, mila, browser, url):
    Person.objects.filter(id=leo.person_id).update(birth_date=dt.date(2016, 1, 5))
    hall = new_resource(school, name="Hall", address_line1="14 Tanner Street", city="London", postcode="SE1 3LE")
    later = buy_seat(new_session(python, hour(15, 16), hour(22, 16), instructors=[maya]), leo)
    pay_for(later)
    next_ = buy_seat(new_session(python, hour(10, 9), instructors=[maya], resource=hall), mila)
    let_hold_run_out(buy_seat(new_session(python, hour(9, 9)), leo))
    page = browser.get(url)
    request = order_of(next_).requests.get()
    assert text_of(page) == (
        "Hello Clara Tuesday 8 December. Times are UTC time. Both L W Leo M W Mila Next lessons "
        "All bookings Book a lesson "
        "Thu 10 Dec 09:00–10:00 Held for 15 min Mila, Python with Maya Chen Hall, 14 Tanner Street, London SE1 3LE "
        "Details Mila, Python, Thu 10 Dec, 09:00–10:00 "
        "Tue 15 Dec 16:00–17:00 Leo, Python with Maya Chen Details Leo, Python, Tue 15 Dec, 16:00–17:00 "
        "Tue 22 Dec 16:00–17:00 Leo, Python with Maya Chen Details Leo, Python, Tue 22 Dec, 16:00–17:00 "
        "Put them in my calendar "
        f"To pay All payments ₹45.00 until Tue 8 Dec, 07:45, reference {request.reference} "
        "Mila Weber, Python, Thu 10 Dec, 09:00 Pay ₹45.00 "
        "Who learns LW Leo Weber, 10 years old Next: Tue 15 Dec, 16:00–17:00, Python Details Leo Weber "
        "MW Mila Weber Next: Thu 10 Dec, 09:00–10:00, Python Details Mila Weber"
    ).replace("L W Leo M W Mila", "LW Leo MW Mila")
    links = links_of(page)
    assert f"/s/{school.slug}/orders/{order_of(next_).pk}/pay" in links
    assert f"{url}bookings/{later.pk}/" in links
    assert f"{url}lessons.ics" in links


def test_one_childs_lessons(python, leo, mila, browser, url):
    for student, day in ((leo, 10), (mila, 11)):
        pay_for(buy_seat(new_session(python, hour(day, 9)), student))
    words = text_of(browser.get(f"{url}?student={mila.pk}")).partition("Who learns")[0]
    assert "Mila, Python" in words
    assert "Leo, Python" not in words
    for nonsense in ("x", "00000000-0000-0000-0000-000000000000"):
        assert "Leo, Python" in text_of(browser.get(url, {"student": nonsense}))


def test_nothing_yet_says_where_to_book(school, leo, browser, url):
    page = browser.get(url)
    words = text_of(page)
    assert "No lessons ahead Whatever you book appears here, the next lesson first. Find a time" in words
    assert "Nothing is open. All is paid." in words
    assert "Leo Weber Nothing is booked. Book for Leo Weber" in words
    assert f"/s/{school.slug}/" in links_of(page)


def test_a_room_opens_a_quarter_of_an_hour_before(school, python, leo, browser, url):
    room = new_resource(school, kind="online_room", meeting_url="https://meet.example.org/1", passcode="s3same")
    booking = buy_seat(new_session(python, hour(8, 8), resource=room), leo)
    pay_for(booking)
    before = browser.get(url).content.decode()
    assert ("https://meet.example.org/1" in before, "s3same" in before) == (False, False)
    with time_machine.travel(NOW + dt.timedelta(minutes=15), tick=False):
        page = browser.get(url)
        assert "https://meet.example.org/1" in links_of(page)
        assert (
            "Today 8 Dec 08:00–09:00 Leo, Python Online, passcode s3same in 15 min Join Python, 08:00–09:00"
            in text_of(page)
        )
        assert "https://meet.example.org/1" in links_of(browser.get(f"{url}bookings/{booking.pk}/"))


def test_an_adult_learner_reads_of_the_course_not_of_themselves(school, python, url):
    ada = new_student(school, "Ada Adult")
    pay_for(buy_seat(new_session(python, hour(10, 9)), ada))
    words = text_of(browser_of(payer_of(ada).person).get(url))
    assert "Thu 10 Dec 09:00–10:00 Python Details Python, Thu 10 Dec, 09:00–10:00" in words
    assert "Who learns" not in words
    assert "Ada Adult" not in words


def test_a_student_sees_their_own_lessons_and_no_money(school, python, leo, mila, url):
    own, sisters = (buy_seat(new_session(python, hour(10, 9)), student) for student in (leo, mila))
    browser = browser_of(leo.person)
    page = browser.get(url)
    assert "Held for 15 min Python" in text_of(page)
    assert "Mila" not in page.content.decode()
    assert "To pay" not in page.content.decode()
    assert "45.00" not in page.content.decode()
    assert browser.get(f"{url}payments/").status_code == 404
    assert browser.get(f"{url}bookings/{own.pk}/").status_code == 200
    assert "45.00" not in browser.get(f"{url}bookings/{own.pk}/").content.decode()
    for path in ("", "cancel", "lessons.ics"):
        assert browser.get(f"{url}bookings/{sisters.pk}/{path}").status_code == 404


def test_a_student_who_pays_for_themselves_sees_what_they_pay_for_alone(school, python, url):
    sam = new_student(school, "Sam Grown")
    own, firms = (new_session(python, hour(day, 9)) for day in (10, 11))
    firm = new_client(school, "Hartley Joinery")
    mine, theirs = buy_seat(own, sam), buy_seat(firms, sam, client=firm)
    browser = browser_of(payer_of(sam).person)
    for path in ("", "bookings/", "payments/"):
        page = browser.get(url + path).content.decode()
        assert str(theirs.pk) not in page
        assert theirs.reference not in page
        assert "Hartley" not in page
    assert browser.get(f"{url}bookings/{mine.pk}/").status_code == 200
    assert browser.get(f"{url}bookings/{theirs.pk}/").status_code == 404
    assert browser.post(f"{url}bookings/{theirs.pk}/cancel").status_code == 404
    payer = browser_of(firm.person)
    assert payer.get(f"{url}bookings/{theirs.pk}/").status_code == 200
    assert payer.get(f"{url}bookings/{mine.pk}/").status_code == 404


def test_names_and_courses_are_text(school, clara, leo, browser, url):
    Person.objects.filter(id=leo.person_id).update(first_name="<script>alert(1)</script>")
    pay_for(buy_seat(new_session(new_course(school, name="<i>C</i>"), hour(10, 9)), leo))
    content = browser.get(url).content.decode()
    assert "<script>alert" not in content
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in content
    assert "&lt;i&gt;C&lt;/i&gt;" in content


@pytest.mark.parametrize("path", ["", "bookings/", "payments/", "lessons.ics"])
def test_only_clients_and_students_come_in(school, other_school, url, path, browser):
    guest = Browser().get(url + path)
    assert (guest.status_code, guest["Location"]) == (302, f"/sign-in?next={(url + path).replace('/', '%2F')}")
    assert browser_of(new_instructor(school, hours=False).person).get(url + path).status_code == 404
    assert browser.get(f"/s/{other_school.slug}/my/{path}").status_code == 404


def test_three_lessons_children_and_orders_take_as_many_queries_as_one(school, python, maya, clara, browser, url):
    hall = new_resource(school)

    def add(day: int) -> None:
        child = new_student(school, f"Child {day}", guardian=clara)
        buy_seat(new_session(python, hour(day, 9), instructors=[maya], resource=hall), child)

    add(10)
    one = queries_for(browser, url)
    add(11), add(12)
    assert queries_for(browser, url) == one
