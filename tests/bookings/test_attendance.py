"""Who came: said from the start of the lesson on, of those who were expected."""

import datetime as dt

import pytest
import time_machine

from api_client import Api
from factories import (
    OWNER,
    at,
    buy_seat,
    hour_at,
    new_course,
    new_instructor,
    new_session,
    new_student,
    new_token,
    pay_for,
    slots_of,
)
from schoolbell.bookings.actions import cancel_booking
from schoolbell.bookings.attendance import Mark, mark_attendance
from schoolbell.bookings.models import Attendance, Booking
from schoolbell.bookings.refusals import LessonNotBegun, NotExpected
from schoolbell.journal.models import Record
from schoolbell.kit.refusals import InputRefused
from schoolbell.schools.actor import Role

BEGUN = at(30) + dt.timedelta(minutes=1)


@pytest.fixture
def booking(school) -> Booking:
    """Paid, with a seat in two slots."""
    session = new_session(new_course(school), hour_at(30), hour_at(31), instructors=[new_instructor(school)])
    booking = buy_seat(session, new_student(school))
    pay_for(booking)
    return booking


def seats_of(booking: Booking) -> list[Attendance]:
    return list(booking.attendances.select_related("slot", "booking").order_by("slot__starts_at"))


def test_each_day_is_said_by_itself_and_the_last_word_counts(booking):
    first, second = seats_of(booking)
    with time_machine.travel(BEGUN):
        mark_attendance(first, Mark("present", tutor_notes=" Knows it. ", feedback="Well done!"), by=OWNER)
        mark_attendance(first, Mark("late"), by=OWNER)
        mark_attendance(first, Mark("late", feedback="Well done!"), by=OWNER)
        with pytest.raises(LessonNotBegun):
            mark_attendance(second, Mark("present"), by=OWNER)
    first, second = seats_of(booking)
    assert (first.status, first.tutor_notes, first.feedback) == ("late", "Knows it.", "Well done!")
    assert (first.marked_by, first.marked_at >= BEGUN) == (OWNER.who, True)
    assert (second.status, second.marked_at) == ("", None)
    said = Record.objects.of(booking.school).filter(name="attendance.marked").order_by("id")
    assert [(one.old, one.new, one.student_id, one.client_id) for one in said] == [
        ({"status": ""}, {"status": "present"}, booking.student_id, booking.client_id),
        ({"status": "present"}, {"status": "late"}, booking.student_id, booking.client_id),
    ]


def test_somebody_may_be_excused_before_it_begins(booking):
    assert mark_attendance(seats_of(booking)[0], Mark("excused"), by=OWNER).status == "excused"


def test_nobody_is_expected_who_did_not_pay_or_cancelled(booking, school):
    unpaid = seats_of(buy_seat(booking.session, new_student(school)))[0]
    gone = seats_of(booking)[0]
    cancel_booking(booking, by=OWNER)
    with time_machine.travel(BEGUN):
        for seat in (unpaid, gone):
            with pytest.raises(NotExpected):
                mark_attendance(seat, Mark("absent"), by=OWNER)
        with pytest.raises(InputRefused):
            mark_attendance(gone, Mark("asleep"), by=OWNER)
    assert not Attendance.objects.of(school).exclude(status="").exists()


def test_over_the_api_by_who_teaches_it_and_seen_by_each_as_far_as_it_goes(booking, school):
    teacher = booking.session.staffing.get().instructor
    teaches = Api(school.slug, new_token(school, Role.INSTRUCTOR, teacher.person))
    other = Api(school.slug, new_token(school, Role.INSTRUCTOR, new_instructor(school).person))
    family = Api(school.slug, new_token(school, Role.CLIENT, booking.client.person))
    first, second = (str(slot.pk) for slot in slots_of(booking.session))
    path = f"/bookings/{booking.pk}/attendance"
    body = {"slot": first, "status": "present", "tutor_notes": "Shy", "feedback": "Well done!"}
    assert teaches.post(path, body).told == (409, "lesson_not_begun")
    with time_machine.travel(BEGUN):
        assert [one.post(path, body).status for one in (other, family, Api(school.slug))] == [404, 403, 401]
        told = teaches.made(path, body)
        for bad in ({"status": "present"}, body | {"slot": str(booking.pk)}, body | {"status": "asleep"}):
            assert teaches.post(path, bad).told == (422, "invalid_input")
    assert [(one["id"], one["attendance"], one["feedback"], one["tutor_notes"]) for one in told["slots"]] == [
        (first, "present", "Well done!", "Shy"),
        (second, "", "", ""),
    ]
    seen = family.get(f"/bookings/{booking.pk}").json["slots"]
    assert [(one["attendance"], one["feedback"], one["tutor_notes"]) for one in seen] == [
        ("present", "Well done!", None),
        ("", "", None),
    ]
