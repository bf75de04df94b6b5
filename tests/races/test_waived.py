"""A class goes over a student's lesson while that is cancelled: it takes the time that the lesson leaves."""

from collections.abc import Callable, Iterator
from functools import partial
from threading import Event
from unittest import mock

import pytest
from django.db import transaction

from factories import OWNER, buy_seat, hour_at, new_course, new_school, new_session, new_student
from invariants import broken, deadlocks
from races.people import Race
from races.test_moved_meanwhile import somebody_waits_for_this
from races.test_moving import moved_to, outcome_of
from schoolbell.bookings.actions import cancel_booking
from schoolbell.bookings.models import Booking
from schoolbell.bookings.sessions import cancel_session
from schoolbell.diary import waived
from schoolbell.diary.models import Claim
from schoolbell.people.models import Student
from schoolbell.planning import moving
from schoolbell.planning.moving import move_sessions
from servers import race

WAIVED_OVER_NOTHING = "a clash is waived as long as it is one"


@pytest.fixture
def unlocked_below() -> Iterator[None]:
    """What is below is looked at, and may be freed meanwhile."""

    def look(school_id, lessons):
        return waived._over(school_id, lessons, waived._BELOW_SQL)

    with mock.patch.object(waived, "lock_below", look), mock.patch.object(moving, "lock_below", look):
        yield


@pytest.fixture
def unlocked_above() -> Iterator[None]:
    """What is waived is looked at, and not locked."""
    sql = waived._WAIVED_SQL
    assert sql.rstrip().endswith("FOR UPDATE")
    with mock.patch.object(waived, "_WAIVED_SQL", sql.replace("FOR UPDATE", "")):
        yield


def one_after_the_other(first: Callable[[], object], second: Callable[[], object]) -> list[str]:
    """`second` begins when `first` has done all but commit, which it does once `second` is done or waits for it."""
    done, over = Event(), Event()

    def begin() -> None:
        with transaction.atomic():
            first()
            done.set()
            while not over.wait(0.05) and not somebody_waits_for_this():
                pass

    def follow() -> None:
        done.wait()
        try:
            second()
        finally:
            over.set()

    return race(outcome_of, [begin, follow])


def cancel(booking: Booking) -> None:
    rows = Booking.objects.select_related("session__course__school")
    cancel_booking(rows.get(id=booking.pk), by=OWNER)


def move_over(session, during) -> None:
    move_sessions(moved_to(session, during), by=OWNER, waive_students=True)


def claims_of(student: Student) -> list[bool]:
    return list(Claim.objects.filter(diary_id=student.person.diary_id).values_list("waived", flat=True))


class Over:
    """A class on one day and a lesson on another; the class goes over it."""

    def __init__(self) -> None:
        self.school = new_school(timezone="UTC")
        self.sam, course = new_student(self.school), new_course(self.school)
        self.session = new_session(course, hour_at(30))
        buy_seat(self.session, self.sam)
        self.below = buy_seat(new_session(new_course(self.school), hour_at(31)), self.sam)
        self.move = partial(move_over, self.session, hour_at(31, 10, 30))
        self.cancel = partial(cancel, self.below)


@pytest.mark.usefixtures("scratch")
@pytest.mark.parametrize("first", ["move", "cancel"])
def test_a_class_goes_over_a_lesson_that_is_cancelled_meanwhile_and_takes_the_time(first: str):
    over, before = Over(), deadlocks()
    acts = [over.move, over.cancel] if first == "move" else [over.cancel, over.move]
    assert one_after_the_other(*acts) == ["done", "done"]
    assert claims_of(over.sam) == [False]
    assert broken(over.school) == {}
    assert deadlocks() == before


@pytest.mark.usefixtures("scratch", "unlocked_below")
def test_control_without_the_lock_the_class_is_waived_over_nothing():
    over = Over()
    assert one_after_the_other(over.move, over.cancel) == ["done", "done"]
    assert claims_of(over.sam) == [True]
    assert len(broken(over.school)[WAIVED_OVER_NOTHING]) == 1


def over_two_lessons() -> tuple[Student, list[Callable[[], None]]]:
    """A class over two lessons of one student, and what cancels each of those."""
    school = new_school(timezone="UTC")
    sam, course = new_student(school), new_course(school)
    session = new_session(course, hour_at(30))
    buy_seat(session, sam)
    below = [buy_seat(new_session(new_course(school), hour_at(31, hour)), sam) for hour in (10, 11)]
    move_over(session, hour_at(31, 10, 30))
    return sam, [partial(cancel, one) for one in below]


@pytest.mark.usefixtures("scratch")
def test_of_two_lessons_below_that_are_cancelled_at_once_the_later_leaves_the_time_to_the_class():
    sam, cancels = over_two_lessons()
    before = deadlocks()
    assert one_after_the_other(*cancels) == ["done", "done"]
    assert claims_of(sam) == [False]
    assert broken(sam.school) == {}
    assert deadlocks() == before


@pytest.mark.usefixtures("scratch", "unlocked_above")
def test_control_without_the_lock_each_takes_the_other_for_what_is_below():
    sam, cancels = over_two_lessons()
    assert one_after_the_other(*cancels) == ["done", "done"]
    assert claims_of(sam) == [True]
    assert len(broken(sam.school)[WAIVED_OVER_NOTHING]) == 1


def test_classes_go_over_lessons_of_many_while_those_are_cancelled(race_in: Race):
    school, before = race_in.school, deadlocks()
    course = new_course(school)
    students = race_in.students(6)
    classes = [new_session(course, hour_at(30, hour)) for hour in range(8, 12)]
    lessons = [new_session(new_course(school), hour_at(31, hour)) for hour in range(8, 12)]
    for student in students:
        for session in (*classes, *lessons):
            buy_seat(session, student)
    acts = [
        *(partial(move_over, one, hour_at(31, hour, 30)) for hour, one in zip(range(8, 12), classes, strict=True)),
        *(partial(cancel_session, one, by=OWNER) for one in lessons),
    ]
    done = race(outcome_of, acts)
    assert set(done[:4]) <= {"done", "busy"}
    assert done[4:] == ["done"] * 4
    assert broken(school) == {}
    assert deadlocks() == before
