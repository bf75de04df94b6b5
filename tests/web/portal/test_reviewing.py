"""A client says how a lesson was, on its page and over the API."""

import pytest
import time_machine

from api_client import Api
from factories import OWNER, buy_seat, new_client, new_instructor, new_lessons, new_session, new_student, new_token
from schoolbell.billing.sales import cancel_and_settle
from schoolbell.bookings.models import Booking
from schoolbell.learning.models import Review
from schoolbell.people.models import InstructorStats, Student
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from web.pages import text_of
from web.portal.conftest import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking(school: School, leo: Student) -> Booking:
    session = new_session(new_lessons(school), instructors=[new_instructor(school)])
    return buy_seat(session, leo)


def let_it_be(booking: Booking, status: str) -> None:
    Booking.objects.filter(id=booking.pk).update(status=status)


def test_it_is_said_once_on_the_page_of_the_booking(booking, browser, url):
    page = f"{url}bookings/{booking.pk}/"
    assert "Say how it was" not in text_of(browser.get(page))
    early = browser.post(f"{page}review", {"rating": "5"})
    assert (early.status_code, "Nothing was sent. Once the lesson is over" in text_of(early)) == (409, True)
    let_it_be(booking, "completed")
    assert "Say how it was How was it? 1 2 3 4 5" in text_of(browser.get(page))
    unclear = browser.post(f"{page}review", {"comment": "Fine."})
    assert (unclear.status_code, "Choose from 1 to 5." in text_of(unclear)) == (422, True)
    assert "Fine." in text_of(unclear)
    said = browser.post(f"{page}review", {"rating": "4", "comment": "<b>Good</b>"}, follow=True)
    assert "Thank you for saying how it was." in said.content.decode()
    assert "What you said 4 of 5 <b>Good</b>" in text_of(said)
    again = browser.post(f"{page}review", {"rating": "1"})
    assert (again.status_code, Review.objects.get().rating) == (409, 4)
    assert InstructorStats.objects.get().ratings == 1


def test_of_what_was_cancelled_it_is_asked_when_it_would_have_been_over(booking, clara, browser, url):
    page = f"{url}bookings/{booking.pk}/"
    cancel_and_settle(booking, by=OWNER)
    assert "Say how it was" not in text_of(browser.get(page))
    with time_machine.travel(booking.session.ends_at, tick=False):
        later = browser_of(clara.person)
        assert "Say how it was How was it?" in text_of(later.get(page))
    later.post(f"{page}review", {"rating": "4"})  # whoever says it sooner is heard
    assert "What you said 4 of 5" in text_of(later.get(page))


def test_somebody_else_does_not_find_it(school, booking, url):
    let_it_be(booking, "completed")
    other = browser_of(new_client(school).person)
    assert other.post(f"{url}bookings/{booking.pk}/review", {"rating": "1"}).status_code == 404


def test_a_student_who_is_not_the_client_is_not_asked(booking, leo, url):
    let_it_be(booking, "completed")
    student = browser_of(leo.person)
    assert "Say how it was" not in text_of(student.get(f"{url}bookings/{booking.pk}/"))
    assert student.post(f"{url}bookings/{booking.pk}/review", {"rating": "1"}).status_code == 403


def test_over_the_api(school, booking, clara):
    let_it_be(booking, "no_show")
    path, body = f"/bookings/{booking.pk}/review", {"rating": 3, "comment": "Nobody came."}
    api = Api(school.slug, new_token(school, Role.CLIENT, clara.person))
    assert Api(school.slug, new_token(school, Role.OWNER)).post(path, body).told == (403, "not_allowed")
    other = new_client(school, "Otto Other")
    new_student(school, guardian=other)
    assert Api(school.slug, new_token(school, Role.CLIENT, other.person)).post(path, body).status == 404
    assert api.post(path, body | {"rating": 6}).status == 422
    made = api.made(path, body)
    assert made == {
        "id": made["id"],
        "booking": str(booking.pk),
        "instructor": str(Review.objects.get().instructor_id),
        "rating": 3,
        "comment": "Nobody came.",
    }
    assert api.post(path, body).told == (409, "already_reviewed")
