"""Lessons that an enrollment pays for are nobody's debt, on the office's pages and on the family's."""

import datetime as dt

from factories import OWNER, new_instructor, new_lessons, new_school, new_student, payer_of
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.bookings.search import Sought, bookings_found, confirmed_but_unpaid
from schoolbell.kit.time import local_day, now
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from web.office.conftest import as_person, as_staff
from web.pages import text_of


def enrolled(school: School) -> Enrollment:
    student = new_student(school, "Leo Marsh")
    tomorrow = local_day(now(), school.zone) + dt.timedelta(days=1)
    plan = WeeklyPlan(
        student, payer_of(student), new_lessons(school, price=4500), new_instructor(school), tomorrow.isoweekday(),
        dt.time(16), tomorrow,
    )  # fmt: skip
    return enroll_weekly(plan, by=OWNER)


def test_a_weekly_lesson_is_not_shown_as_unpaid_anywhere(db: None):
    school = new_school("coding", timezone="UTC", weekly_ahead_days=7)
    enrollment = enrolled(school)
    booking = Booking.objects.get(enrollment_id=enrollment.pk)
    assert (booking.payment_status, booking.is_paid_apart) == ("pending", False)
    assert list(confirmed_but_unpaid(school)) == []
    office, family = as_staff(school), as_person(enrollment.client.person)
    home = f"/s/{school.slug}/office/"
    found = [
        list(bookings_found(sought, school=school, seen_by=OWNER))
        for sought in (Sought(), Sought(payment_status="pending"), Sought(unpaid=True))
    ]
    assert found == [[booking], [], []]
    for page in ("", f"bookings/{booking.pk}/", f"students/{enrollment.student_id}/"):
        words = text_of(office.get(home + page))
        assert "To pay" not in words, page
    assert text_of(office.get(f"{home}bookings/")).endswith("Confirmed $45.00")
    words = text_of(office.get(f"{home}bookings/{booking.pk}/"))
    assert "A weekly lesson: paid for with the others, not by itself" in words
    assert "Record a payment" not in words
    together = "Weekly lessons are paid for together, when the school asks."
    for page in ("", "payments/"):
        words = text_of(family.get(f"/s/{school.slug}/my/{page}"))
        assert f"Nothing is open here. {together}" in words
        assert "All is paid" not in words
    for page in ("bookings/", f"bookings/{booking.pk}/"):
        assert "To pay" not in text_of(family.get(f"/s/{school.slug}/my/{page}")), page
    words = text_of(family.get(f"/s/{school.slug}/my/bookings/{booking.pk}/"))
    assert f"A weekly lesson, $45.00. {together}" in words
