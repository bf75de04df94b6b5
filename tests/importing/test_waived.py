"""A booking of which a part was forgiven is paid by the rest, and is asked for no more than that."""

import pytest

from factories import at, new_course, new_school, new_student
from importing.files import bad, everything_holds, sheet, take_in_one
from schoolbell.billing.ledger import CLIENT, balance
from schoolbell.billing.models import Allocation, PaymentRequest
from schoolbell.bookings.models import Booking
from schoolbell.schools.models import School

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    school = new_school(timezone="UTC")
    new_course(school, name="Piano", price=4500)
    new_student(school, "Emma Marsh")
    return school


def taken_in(school: School, **cells: str) -> Booking:
    day = f"{at(30):%Y-%m-%d}"
    row = {"session": "a", "course": "Piano", "starts_at": f"{day} 10:00", "ends_at": f"{day} 11:00", "timezone": "UTC"}
    file = sheet(row | {"session_status": "published", "student": "Emma Marsh", "booking_status": "confirmed"} | cells)
    assert bad(take_in_one(school, file)) == []
    again = take_in_one(school, file)
    assert (bad(again), again.changes) == ([], [])
    everything_holds()
    return Booking.objects.get(school=school)


def asked(school: School) -> list[tuple[str, int, str]]:
    return list(PaymentRequest.objects.of(school).order_by("id").values_list("kind", "amount", "status"))


@pytest.mark.parametrize(
    ("waived", "paid", "status", "requests", "pays", "credit"),
    [
        ("45.00", "", "paid", [], 0, 0),
        ("20.00", "", "pending", [("full", 2500, "pending")], 0, 0),
        ("20.00", "10.00", "deposit_paid", [("full", 2500, "pending")], 1000, 0),
        ("20.00", "25.00", "paid", [("full", 2500, "confirmed")], 2500, 0),
        ("20.00", "30.00", "paid", [("full", 2500, "confirmed")], 2500, 500),  # more than is owed is credit
        ("45.00", "5.00", "paid", [], 0, 500),
    ],
)
def test_what_is_left_is_what_is_owed(school, waived, paid, status, requests, pays, credit):
    booking = taken_in(school, waived=waived, paid=paid)
    assert (booking.payment_status, asked(school)) == (status, requests)
    assert sum(Allocation.objects.of(school).values_list("amount", flat=True)) == pays
    assert max(balance(CLIENT, school_id=school.pk), 0) == credit


def test_the_rest_is_paid_by_a_later_file(school):
    taken_in(school, waived="20.00", paid="10.00")
    booking = taken_in(school, waived="20.00", paid="10.00; 15.00")
    assert (booking.payment_status, asked(school)) == ("paid", [("full", 2500, "confirmed")])
