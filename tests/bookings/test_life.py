"""The life of a booking: what may become of it, what that frees, and what an overdue hold cannot stop."""

import datetime as dt

import pytest

from factories import (
    OWNER,
    at,
    buy_lesson,
    buy_seat,
    hour_at,
    let_hold_run_out,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
    pay_for,
    payer_of,
    slots_of,
)
from invariants import broken
from schoolbell.billing.payments import confirm_booking_of_order
from schoolbell.bookings.actions import cancel_booking, require_transition
from schoolbell.bookings.holds import expire_all_overdue_holds
from schoolbell.bookings.models import Attendance, Booking, Enrollment
from schoolbell.bookings.refusals import (
    AlreadyBooked,
    SessionFull,
    SessionNotOpen,
    TransitionRefused,
    TrialAlreadyTaken,
)
from schoolbell.bookings.sessions import NewSession, cancel_session, create_session
from schoolbell.diary.models import Claim
from schoolbell.diary.refusals import TimeTaken
from schoolbell.journal.models import Outbox, Record
from schoolbell.kit.time import Stretch, now
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session

pytestmark = pytest.mark.django_db
PARENT = Actor(Role.CLIENT)


@pytest.fixture(autouse=True)
def _all_is_well(school: School):
    yield
    assert broken(school) == {}


S = Booking.Status
ALLOWED = {
    (S.PENDING, S.CONFIRMED),
    (S.PENDING, S.CANCELLED),
    (S.PENDING, S.EXPIRED),
    (S.CONFIRMED, S.IN_PROGRESS),
    (S.CONFIRMED, S.COMPLETED),
    (S.CONFIRMED, S.CANCELLED),
    (S.CONFIRMED, S.NO_SHOW),
    (S.IN_PROGRESS, S.COMPLETED),
    (S.IN_PROGRESS, S.NO_SHOW),
}


@pytest.mark.parametrize("old", S)
@pytest.mark.parametrize("new", S)
def test_a_booking_becomes_what_the_table_says_and_nothing_else(old, new):
    booking = Booking(status=old)
    if (old, new) in ALLOWED:
        require_transition(booking, new)
    else:
        with pytest.raises(TransitionRefused):
            require_transition(booking, new)


ENDED = (S.COMPLETED, S.CANCELLED, S.EXPIRED, S.NO_SHOW)


@pytest.mark.parametrize("status", [S.IN_PROGRESS, *ENDED])
def test_what_has_begun_or_ended_is_neither_cancelled_nor_confirmed(school, status):
    booking = buy_seat(new_session(new_course(school)), new_student(school))
    pay_for(booking)
    Booking.objects.filter(id=booking.pk).update(status=status)
    for act in (
        lambda: cancel_booking(booking, by=OWNER),
        lambda: confirm_booking_of_order(booking, by=OWNER, reason="Why not?"),
    ):
        with pytest.raises(TransitionRefused):
            act()
    Booking.objects.filter(id=booking.pk).update(status=S.CONFIRMED)


class TestAnOverdueHold:
    """No worker runs in these tests: whoever wants what it holds gets it."""

    def test_gives_the_last_seat_to_the_next_buyer(self, school):
        session = new_session(new_course(school, capacity=1))
        held = buy_seat(session, new_student(school))
        with pytest.raises(SessionFull):
            buy_seat(session, new_student(school))
        let_hold_run_out(held)
        booking = buy_seat(session, new_student(school))
        held.refresh_from_db()
        assert (held.status, held.holds_seat, held.ended_at <= now()) == ("expired", False, True)
        assert (booking.status, slots_of(session)[0].seats_taken) == ("pending", 1)

    def test_gives_its_seat_back_to_the_same_student(self, school):
        session, student = new_session(new_course(school)), new_student(school)
        held = buy_seat(session, student)
        with pytest.raises(AlreadyBooked):
            buy_seat(session, student)
        let_hold_run_out(held)
        assert buy_seat(session, student).status == "pending"

    def test_gives_the_instructors_time_to_the_next_buyer(self, school):
        course = new_lessons(school)
        new_instructor(school)
        held = buy_lesson(course, new_student(school), at(10))
        with pytest.raises(TimeTaken):
            buy_lesson(course, new_student(school), at(10, 10, 30))
        let_hold_run_out(held)
        assert buy_lesson(course, new_student(school), at(10, 10, 30)).status == "pending"
        assert Session.objects.get(id=held.session_id).status == "cancelled"

    def test_gives_the_room_to_the_next_buyer(self, school):
        course = new_lessons(school, resource_kind="venue")
        first, second = new_instructor(school), new_instructor(school)
        new_resource(school)
        held = buy_lesson(course, new_student(school), at(10), instructor_id=first.pk)
        with pytest.raises(TimeTaken):
            buy_lesson(course, new_student(school), at(10), instructor_id=second.pk)
        let_hold_run_out(held)
        buy_lesson(course, new_student(school), at(10), instructor_id=second.pk)

    def test_gives_the_students_time_back(self, school):
        course, student = new_course(school), new_student(school)
        held = buy_seat(new_session(course), student)
        other = new_session(course, hour_at(30, 10, 30))
        with pytest.raises(TimeTaken):
            buy_seat(other, student)
        let_hold_run_out(held)
        assert buy_seat(other, student).status == "pending"

    def test_gives_the_trial_back(self, school):
        course, student = new_course(school, trial_price=100), new_student(school)
        held = buy_seat(new_session(course), student, enrollment_type="trial")
        other = new_session(course, hour_at(31))
        with pytest.raises(TrialAlreadyTaken):
            buy_seat(other, student, enrollment_type="trial")
        let_hold_run_out(held)
        again = buy_seat(other, student, enrollment_type="trial")
        statuses = Enrollment.objects.of(school).order_by("id").values_list("status", flat=True)
        assert (list(statuses), again.status) == (["cancelled", "pending"], "pending")

    def test_gives_the_instructors_time_to_a_session_of_the_office(self, school):
        course, group, instructor = new_lessons(school), new_course(school), new_instructor(school)
        held = buy_lesson(course, new_student(school), at(10))
        new = NewSession(group, [hour_at(10)], instructors=[instructor])
        with pytest.raises(TimeTaken):
            create_session(new, school=school, by=OWNER)
        let_hold_run_out(held)
        assert create_session(new, school=school, by=OWNER).status == "draft"

    def test_that_is_paid_before_anybody_wants_its_seat_is_kept(self, school):
        held = buy_seat(new_session(new_course(school, capacity=1)), new_student(school))
        let_hold_run_out(held)
        pay_for(held)
        held.refresh_from_db()
        assert (held.status, held.hold_expires_at) == ("confirmed", None)
        assert expire_all_overdue_holds() == 0

    def test_is_cleared_by_the_worker_once(self, school):
        for day in (30, 31):
            let_hold_run_out(buy_seat(new_session(new_course(school), hour_at(day)), new_student(school)))
        buy_seat(new_session(new_course(school), hour_at(32)), new_student(school))
        assert expire_all_overdue_holds(at_most=1) == 1
        assert expire_all_overdue_holds() == 1
        assert expire_all_overdue_holds() == 0
        assert Record.objects.of(school).filter(name="booking.expired", role="system").count() == 2
        assert Outbox.objects.of(school).filter(name="booking.expired").count() == 2


def test_a_hold_lasts_as_its_way_of_paying_needs_but_not_past_the_lessons_start(school):
    course = new_course(school)
    lasts = {}
    for way in ("card", "desk", "transfer"):
        booking = buy_seat(new_session(course), new_student(school), pay_with=way)
        lasts[way] = round((booking.hold_expires_at - now()).total_seconds() / 60)
    assert lasts == {"card": 15, "desk": 2880, "transfer": 4320}
    soon = new_session(course, hour_at(1, (now().hour + 1) % 24))
    booking = buy_seat(soon, new_student(school), pay_with="transfer")
    assert booking.hold_expires_at == soon.starts_at


class TestCancelling:
    def test_a_booking_frees_its_seat_and_its_students_time(self, school):
        session, student = new_session(new_course(school, capacity=1)), new_student(school)
        booking = cancel_booking(buy_seat(session, student), by=OWNER)
        assert (booking.status, booking.holds_seat, booking.owed_percent) == ("cancelled", False, 100)
        assert [slot.seats_taken for slot in slots_of(session)] == [0]
        assert buy_seat(session, student).status == "pending"

    @pytest.mark.parametrize(("hours", "by", "owed"), [(25, PARENT, 100), (23, PARENT, 40), (23, OWNER, 100)])
    def test_a_client_who_cancels_late_bears_the_late_fee_and_the_school_bears_its_own(self, hours, by, owed):
        school = new_school(free_cancel_hours=24, late_fee_percent=60)
        starts_at = now() + dt.timedelta(hours=hours)
        session = new_session(new_course(school), Stretch(starts_at, starts_at + dt.timedelta(hours=1)))
        booking = cancel_booking(buy_seat(session, new_student(school)), by=by)
        assert booking.owed_percent == owed

    def test_a_lesson_on_demand_cancels_its_session_and_frees_everybody(self, school):
        course = new_lessons(school, resource_kind="venue")
        new_instructor(school)
        new_resource(school)
        booking = buy_lesson(course, new_student(school), at(10))
        assert Claim.objects.of(school).count() == 3
        cancel_booking(booking, by=PARENT)
        assert Claim.objects.of(school).count() == 0
        session = Session.objects.get(id=booking.session_id)
        assert (session.status, [slot.is_open for slot in slots_of(session)]) == ("cancelled", [False])

    def test_a_session_cancels_every_booking_and_owes_everything_back(self, school):
        session = new_session(new_course(school), hour_at(30), hour_at(31), instructors=[new_instructor(school)])
        bookings = [buy_seat(session, new_student(school)) for _ in range(3)]
        pay_for(bookings[0])
        cancel_session(session, by=OWNER)
        found = Booking.objects.of(school).values_list("status", "owed_percent", "holds_seat").distinct()
        assert list(found) == [("cancelled", 100, False)]
        assert Claim.objects.of(school).count() == 0
        assert [slot.seats_taken for slot in slots_of(session)] == [0, 0]
        with pytest.raises(SessionNotOpen):
            buy_seat(session, new_student(school))


class TestWhereASeatIsSoldOnceEver:
    """Coaching: policy release_seat_on_cancel is off."""

    @pytest.fixture
    def school(self, db: None) -> School:
        return new_school("coaching")

    def test_a_cancelled_call_closes_its_session_frees_both_and_keeps_the_seat(self, school):
        coach, student = new_instructor(school), new_student(school)
        course = new_lessons(school, price=0)
        session = new_session(course, instructors=[coach])
        booking = buy_seat(session, student)
        assert booking.status == "confirmed"
        cancelled = cancel_booking(booking, by=PARENT)
        assert (cancelled.status, cancelled.holds_seat) == ("cancelled", True)
        (slot,) = slots_of(session)
        assert (slot.seats_taken, slot.is_open) == (1, False)
        assert Session.objects.get(id=session.pk).status == "cancelled"
        assert Claim.objects.of(school).count() == 0
        with pytest.raises(SessionNotOpen):
            buy_seat(session, new_student(school))
        assert new_session(course, instructors=[coach]).status == "published"

    def test_a_group_goes_on_with_one_seat_less(self, school):
        session = new_session(new_course(school, capacity=2, price=0))
        cancel_booking(buy_seat(session, new_student(school)), by=PARENT)
        buy_seat(session, new_student(school))
        with pytest.raises(SessionFull):
            buy_seat(session, new_student(school))


def test_a_chosen_slot_takes_its_own_time_and_no_other(school):
    session = new_session(new_course(school), hour_at(30), hour_at(31), choose_slots=True)
    first, second = slots_of(session)
    student = new_student(school)
    buy_seat(session, student, slot_ids=[second.pk])
    assert list(Attendance.objects.of(school).values_list("slot_id", flat=True)) == [second.pk]
    assert [slot.seats_taken for slot in slots_of(session)] == [0, 1]
    assert buy_seat(session, student, slot_ids=[first.pk]).status == "pending"


def test_what_happens_is_recorded_with_whom_it_concerns(school):
    student = new_student(school, guardian=new_client(school))
    booking = buy_seat(new_session(new_course(school)), student)
    pay_for(booking)
    cancel_booking(booking, by=PARENT)
    names = Record.objects.of(school).filter(subject_id=booking.pk).order_by("id").values_list("name", flat=True)
    assert list(names) == ["booking.created", "booking.confirmed", "booking.cancelled"]
    concerned = (
        Record.objects.of(school).filter(subject_id=booking.pk).values_list("student_id", "client_id").distinct()
    )
    assert list(concerned) == [(student.pk, payer_of(student).pk)]
    told = Outbox.objects.of(school).filter(subject_id=booking.pk).order_by("id").values_list("name", flat=True)
    assert list(told) == list(names)
