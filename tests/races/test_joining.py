"""Seats in a class every week against single bookings, other students, generation, pauses and edits of the class."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from threading import Event
from unittest import mock

import pytest
from django.db import connection, transaction

from factories import OWNER, at, buy_seat, new_school, new_student, new_students, payer_of
from invariants import broken, deadlocks
from races.people import all_have_looked
from races.test_series import FIRST, WEEKS, classes, outcome_of, unlocked
from schoolbell.bookings.models import Booking, Enrollment, Seating
from schoolbell.people.models import Student
from schoolbell.planning import joining, seating
from schoolbell.planning.generation import extend_school, extend_series
from schoolbell.planning.joining import Joining, join_class
from schoolbell.planning.occurrences import SeriesChange
from schoolbell.planning.pausing import end_enrollment, pause_enrollment, resume_enrollment
from schoolbell.planning.seating import seat_enrolled, wishes
from schoolbell.planning.series import change_series
from schoolbell.planning.stopping import stop_series
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, Session, Slot
from servers import race

pytestmark = pytest.mark.usefixtures("scratch")


@pytest.fixture
def school() -> School:
    return new_school(timezone="UTC", weekly_ahead_days=FIRST + 7 * WEEKS - 1)


def join(series: Series, student: Student, *, week: int = 0) -> str:
    wanted = Joining(series, student, payer_of(student), at(FIRST + 7 * week).date())
    return outcome_of(join_class, wanted, by=OWNER)


def joined(series: Series, student: Student) -> Enrollment:
    return join_class(Joining(series, student, payer_of(student), at(FIRST).date()), by=OWNER)


def live(enrollment: Enrollment) -> list[dt.date | None]:
    rows = Booking.objects.filter(enrollment_id=enrollment.pk, status="confirmed").order_by("session__starts_at")
    return list(rows.values_list("session__occurrence_on", flat=True))


def days(*weeks: int) -> list[dt.date]:
    return [at(FIRST + 7 * week).date() for week in weeks]


def test_the_last_seat_of_a_class_goes_to_one_of_those_who_join_and_book(school: School):
    series, before = classes(school, capacity=1), deadlocks()
    first = Session.objects.filter(series_id=series.pk).order_by("starts_at").first()
    students = new_students(school, 8)

    def act(place: int) -> str:
        return join(series, students[place]) if place < 4 else outcome_of(buy_seat, first, students[place])

    done = race(act, range(8))
    assert set(done) <= {"done", "session_full"}
    assert set(Slot.objects.filter(session__series_id=series.pk).values_list("seats_taken", flat=True)) == {1}
    (has_first,) = Booking.objects.filter(session_id=first.pk)
    singles = done[4:].count("done")
    assert singles == int(has_first.enrollment_id is None)
    # Whoever joined has the others, and where somebody was quicker is told of the first.
    seats = Counter(Seating.objects.filter(session_id=first.pk).values_list("reason", flat=True))
    assert seats[""] == 1 - singles
    assert broken(school) == {}
    assert deadlocks() == before


def test_joining_against_generation(school: School):
    """Four students join while three workers put three more weeks there: each has a seat in every class, once."""
    series, before = classes(school, capacity=10), deadlocks()
    students = new_students(school, 4)
    until = at(FIRST + 7 * (WEEKS + 3) - 1).date()

    def act(place: int) -> str:
        return join(series, students[place]) if place < 4 else outcome_of(extend_series, series, until=until)

    assert race(act, range(7)) == ["done"] * 7
    for enrollment in Enrollment.objects.filter(in_class=True):
        assert live(enrollment) == days(*range(WEEKS + 3))
    assert Seating.objects.filter(reason="").count() == 4 * (WEEKS + 3)
    assert broken(school) == {}
    assert deadlocks() == before


def test_control_without_the_series_lock_whoever_joins_has_no_seat_in_what_is_made_meanwhile(school: School):
    """They look before the new class is there, and whoever makes it looks before they are enrolled."""
    series, sam = classes(school), new_student(school)
    looked, made = Event(), Event()
    until = at(FIRST + 7 * (WEEKS + 1) - 1).date()

    def seat_without_locks(one: Series, **_more: object) -> int:
        found = wishes([one])
        slots = {wish.session.pk: list(Slot.objects.filter(session_id=wish.session.pk)) for wish in found}
        looked.set()
        made.wait()
        return sum(seating._take(wish, slots[wish.session.pk], by=OWNER) == "" for wish in found)

    def act(what: str) -> str:
        if what == "join":
            return join(series, sam)
        looked.wait()
        try:
            return outcome_of(extend_series, series, until=until)
        finally:
            made.set()

    with (
        mock.patch.object(joining, "locked_series", lambda one: unlocked([one])[0]),
        mock.patch.object(joining, "seat_enrolled", seat_without_locks),
    ):
        assert race(act, ["join", "extend"]) == ["done", "done"]
    (enrollment,) = Enrollment.objects.filter(in_class=True)
    assert live(enrollment) == days(*range(WEEKS))  # and not the one more


def test_of_four_who_enroll_one_student_at_once_one_does(school: School):
    series, sam, before = classes(school), new_student(school), deadlocks()
    assert Counter(race(lambda _place: join(series, sam), range(4))) == {"done": 1, "already_enrolled": 3}
    (enrollment,) = Enrollment.objects.filter(in_class=True)
    assert live(enrollment) == days(*range(WEEKS))
    assert broken(school) == {}
    assert deadlocks() == before


def twice_without_the_lock(series: Series, sam: Student) -> Counter[str]:
    """From a week on that has no class yet: no seat is in the way."""
    looked = all_have_looked(2, lambda one: unlocked([one])[0])
    saved = all_have_looked(2, joining._enrollment_of)
    with mock.patch.object(joining, "locked_series", looked), mock.patch.object(joining, "_enrollment_of", saved):
        return Counter(race(lambda _place: join(series, sam, week=WEEKS), range(2)))


def test_without_the_lock_the_database_still_enrolls_one(school: School):
    assert twice_without_the_lock(classes(school), new_student(school)) == {"done": 1, "already_enrolled": 1}


def test_control_without_lock_and_index_a_student_is_enrolled_twice(school: School):
    series, sam = classes(school), new_student(school)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX enrollment_in_class_once")
    assert twice_without_the_lock(series, sam) == {"done": 2}
    assert Enrollment.objects.filter(in_class=True, student_id=sam.pk).count() == 2


def test_a_pause_against_seating(school: School):
    """Three workers give seats in three more weeks while it pauses: none is left of those that it does not want."""
    series, before = classes(school), deadlocks()
    enrollment = joined(series, new_student(school))
    until = at(FIRST + 7 * (WEEKS + 3) - 1).date()

    def act(place: int) -> str:
        if place == 0:
            return outcome_of(pause_enrollment, enrollment, from_day=at(FIRST + 7).date(), by=OWNER)
        return outcome_of(extend_series, series, until=until)

    assert race(act, range(4)) == ["done"] * 4
    assert live(enrollment) == days(0)
    assert broken(school) == {}
    assert deadlocks() == before


def test_control_without_the_locks_a_seat_is_given_to_whoever_pauses(school: School):
    series = classes(school)
    enrollment = joined(series, new_student(school))
    with mock.patch("schoolbell.planning.generation.seat_enrolled"):
        extend_series(series, until=at(FIRST + 7 * (WEEKS + 1) - 1).date())
    looked, paused = Event(), Event()

    def act(what: str) -> str:
        if what == "pause":
            looked.wait()
            try:
                return outcome_of(pause_enrollment, enrollment, from_day=at(FIRST + 7).date(), by=OWNER)
            finally:
                paused.set()
        with transaction.atomic():
            (wish,) = wishes([series])
            slots = list(Slot.objects.filter(session_id=wish.session.pk))
            looked.set()
            paused.wait()
            return seating._take(wish, slots, by=OWNER) or "seated"

    assert race(act, ["seat", "pause"]) == ["seated", "done"]
    assert live(enrollment) == days(0, WEEKS)


def test_nobody_waits_in_a_ring(school: School):
    """A class is edited, extended, ended, joined, left, paused and resumed in the same moment."""
    series, other, before = classes(school, capacity=20), classes(school, capacity=20), deadlocks()
    stays, leaves, pauses, back = (joined(one, new_student(school)) for one in (series, series, series, series))
    pause_enrollment(back, from_day=at(FIRST).date(), by=OWNER)
    until = at(FIRST + 7 * (WEEKS + 2) - 1).date()
    last = at(FIRST + 7).date()
    acts: list[Callable[[], str]] = [
        lambda: outcome_of(
            change_series, series, first_day=at(FIRST).date(), change=SeriesChange(starts=dt.time(12)), by=OWNER
        ),
        lambda: outcome_of(stop_series, other, last_day=last, by=OWNER),
        lambda: join(other, new_student(school)),
        lambda: outcome_of(end_enrollment, leaves, last_day=last, by=OWNER),
        lambda: outcome_of(pause_enrollment, pauses, from_day=last, by=OWNER),
        lambda: outcome_of(resume_enrollment, back, on=last, by=OWNER),
        lambda: outcome_of(extend_series, series, until=until),
        lambda: outcome_of(extend_school, school),
        lambda: str(seat_enrolled(series)),
    ]
    done = race(lambda act: act(), acts)
    assert set(done[:1] + done[3:8]) == {"done"}
    extend_school(school)
    # Where the edit ended the class before it was extended, two weeks more are not there.
    (weeks,) = {len(live(stays))} & {WEEKS, WEEKS + 2}
    assert live(stays) == days(*range(weeks))
    assert (live(leaves), live(pauses)) == (days(0, 1), days(0))
    assert live(back) == days(*range(1, weeks))
    assert broken(school) == {}
    assert deadlocks() == before
