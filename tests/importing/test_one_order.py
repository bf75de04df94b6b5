"""Files have no products that were ordered with a lesson: what was paid for them is no money of the booking's."""

import pytest

from factories import OWNER, new_client, new_course, new_school, new_session, new_student, slots_of
from importing.files import bad, cells, everything_holds, exported, sheet, take_in_one
from schoolbell.billing.checkout import Party, Wish, check_out
from schoolbell.billing.models import Order
from schoolbell.billing.payments import Attempt, pay
from schoolbell.billing.wishes import ProductWish
from schoolbell.catalogue.products import ProductValues, add_product
from schoolbell.schools.models import School

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return new_school(timezone="Europe/London", currency="GBP")


@pytest.fixture
def order(school: School) -> Order:
    clara = new_client(school)
    course = new_course(school, price=8000, capacity=12)
    session = new_session(course)
    wish = Wish(school, course, session, slots_of(session))
    kit = ProductWish(add_product(school, ProductValues("Kit", 1200), by=OWNER))
    party = Party(clara, [new_student(school, guardian=clara)])
    return check_out(wish, party, pay_with="desk", by=OWNER, products=[kit])


def the_booking(school: School) -> dict[str, str]:
    (row,) = (one for data in exported(school).values() for one in cells(data) if one.get("booking_status"))
    return row


def test_the_file_says_what_was_paid_for_the_lesson_alone(school, order):
    pay(order, Attempt("desk", "cash"), by=OWNER)
    row = the_booking(school)
    assert row["paid"] == "80.00"
    done = take_in_one(school, sheet(row))
    assert (bad(done), done.changes) == ([], [])
    everything_holds()
