"""A school of some size: how long its files take. Figures are printed; what came in is counted."""

import datetime as dt
import time

import pytest

from importing.files import bad, counts, everything_holds, exported, riverside, sheet, take_in_one
from schoolbell.bookings.models import Booking
from schoolbell.kit.time import UTC

LINES = 20_000
TUTORS, ROOMS, STUDENTS = 60, 60, 5_000
IN = {
    "students": {"student": LINES // 2, "client": LINES // 2, "guardianship": LINES},
    "timetable": {"session": LINES // 2, "booking": LINES},
}


def students() -> str:
    """20,000 pairs: 10,000 children of 10,000 parents, two for each child."""
    return sheet(
        *(
            {
                "key": f"s{number // 2}",
                "first_name": f"First{number // 2}",
                "last_name": f"Family{number // 4}",
                "birth_date": "2014-05-01",
                "client_email": f"parent{number // 4}-{number % 2}@example.org",
                "client_first_name": f"Parent{number % 2}",
                "client_last_name": f"Family{number // 4}",
                "relationship": "parent",
            }
            for number in range(LINES)
        )
    )


def timetable() -> str:
    """20,000 bookings in 10,000 sessions of two, paid, by sixty tutors in sixty rooms, back to back."""
    rows = []
    first = dt.datetime(2026, 1, 5, 9, tzinfo=UTC)
    for number in range(LINES):
        session, seat = divmod(number, 2)
        hour, tutor = divmod(session, TUTORS)
        day, slot = divmod(hour, 9)
        starts = first + dt.timedelta(days=day, hours=slot)
        rows.append(
            {
                "session": f"x{session}",
                "course": "Coding",
                "starts_at": f"{starts:%Y-%m-%d %H:%M}",
                "ends_at": f"{starts + dt.timedelta(hours=1):%Y-%m-%d %H:%M}",
                "timezone": "Europe/London",
                "instructors": f"t{tutor}",
                "resource": f"r{tutor}",
                "student": f"s{tutor * 2 + seat + 2 * TUTORS * (day % 30)}",
                "booking_status": "completed",
                "paid": "20.00",
                "paid_with": "card",
                "paid_at": f"{starts:%Y-%m-%d} 08:00",
            }
        )
    return sheet(*rows)


@pytest.mark.slow
@pytest.mark.django_db
def test_twenty_thousand_lines_of_students_and_of_bookings():
    school = riverside()
    take_in_one(
        school, sheet({"name": "Coding", "duration_minutes": "60", "price": "20", "capacity": "2", "tax_percent": "20"})
    )
    take_in_one(
        school, sheet(*({"key": f"r{n}", "name": f"Room {n}", "kind": "venue", "capacity": "4"} for n in range(ROOMS)))
    )
    take_in_one(
        school,
        sheet(
            *({"key": f"t{n}", "first_name": "Tutor", "last_name": str(n), "courses": "Coding"} for n in range(TUTORS))
        ),
    )
    for what, text in (("students", students()), ("timetable", timetable())):
        for time_round in ("first", "again"):
            started = time.perf_counter()
            done = take_in_one(school, text)
            took = time.perf_counter() - started
            assert not done.is_refused, bad(done)[:5]
            assert done.lines == LINES
            assert counts(done) == {
                noun: {"added" if time_round == "first" else "unchanged": number} for noun, number in IN[what].items()
            }
            print(f"{what}, {time_round}: {LINES} lines in {took:.1f} s")
    assert Booking.objects.of(school).count() == LINES
    started = time.perf_counter()
    exported(school)
    print(f"export: {time.perf_counter() - started:.1f} s")
    everything_holds()
