"""Naming the student of a seat that was booked for somebody to be named later."""

from uuid import UUID

from schoolbell.billing.models import Allocation, ProductLine
from schoolbell.bookings.cancelling import require_not_begun
from schoolbell.bookings.ending import lock_seats
from schoolbell.bookings.holds import Reach, expire_overdue_holds
from schoolbell.bookings.models import Attendance, Booking, Enrollment
from schoolbell.bookings.parties import require_may_book
from schoolbell.bookings.refusals import (
    AlreadyBooked,
    MustBeNamed,
    NamedAlready,
    TransitionRefused,
)
from schoolbell.bookings.rules import require_active, require_age
from schoolbell.bookings.sessions import take_time
from schoolbell.diary.claims import Wanted
from schoolbell.diary.freeing import free_time
from schoolbell.journal.actions import record, tell
from schoolbell.kit.database.collisions import in_one_go
from schoolbell.kit.refusals import NotAllowed, NotFound
from schoolbell.kit.time import Stretch, now
from schoolbell.people.actions import NewPerson, name_placeholder
from schoolbell.people.models import Guardianship, Person, Student
from schoolbell.schools.actor import Actor, Role

OVER = (Booking.Status.CANCELLED, Booking.Status.EXPIRED)


@in_one_go
def name_student(booking: Booking, who: Student | NewPerson, *, by: Actor) -> Booking:
    """Say who takes the seat: somebody new, or a student whom the client answers for and who has nothing else then.
    Price and payment stay. A client may until it begins, the school also afterwards. `booking` comes with its session.

    Locks: the slots in id order, the booking, the people; then the student's time is claimed.
    Raises: NotAllowed, LessonBegun, NamedAlready, TransitionRefused, InputRefused, AgeNotAllowed; for a student of the
    school also NotSignedIn, NotFound, NotThisClients, StudentNotActive, AlreadyBooked, TimeTaken.
    """
    if by.role in (Role.INSTRUCTOR, Role.STUDENT):
        raise NotAllowed(by.role)
    require_not_begun(booking, by=by)
    held = Attendance.objects.filter(school_id=booking.school_id, booking_id=booking.pk)
    slot_ids = list(held.order_by("slot_id").values_list("slot_id", flat=True))
    expire_overdue_holds(in_the_way_of=Reach(booking.school_id, tuple(slot_ids), ()))
    current = lock_seats(booking).booking
    if current.status in OVER:
        raise TransitionRefused(booking.pk)
    placeholder = Student.objects.get(school_id=booking.school_id, id=current.student_id)
    nobody = _locked(placeholder.person_id, placeholder)
    if not nobody.is_placeholder:
        raise NamedAlready(booking.pk)
    seats = list(held.select_related("slot").order_by("slot__starts_at"))
    if isinstance(who, NewPerson):
        name_placeholder(nobody, who)
        placeholder.person = nobody
        _require_suited(placeholder, booking, seats)
        student = placeholder
    else:
        student = _known(who, current, booking, seats, by=by)
        _hand_over(current, seats, student)
        nobody.archived_at = now()
        nobody.save()
    record(
        "booking.student_named",
        current,
        by=by,
        student_id=student.pk,
        client_id=current.client_id,
        old={"student": str(placeholder.pk)},
        new={"student": str(student.pk)},
    )
    tell("booking.student_named", current)
    return current


def _known(who: Student, current: Booking, booking: Booking, seats: list[Attendance], *, by: Actor) -> Student:
    """The student, locked, who may and can take the seat."""
    own = {"school_id": current.school_id}
    student = Student.objects.select_for_update(no_key=True).filter(**own, id=who.pk).first()
    if student is None:
        raise NotFound(who.pk)
    bonds = Guardianship.objects.filter(**own, client_id=current.client_id, student_id=student.pk)
    require_may_book(student, current.client, by=by, is_guardian=bonds.exists())
    student.person = _locked(student.person_id, student)
    require_active(student)
    if student.person.is_placeholder:
        raise MustBeNamed(who.pk)
    _require_suited(student, booking, seats)
    slots = [seat.slot_id for seat in seats]
    if Attendance.objects.filter(**own, slot_id__in=slots, student_id=student.pk, is_live=True).exists():
        raise AlreadyBooked(current.session_id)
    return student


def _locked(person_id: UUID, of: Student) -> Person:
    """Nobody changes a date of birth while it is asked."""
    return Person.objects.select_for_update(no_key=True).get(school_id=of.school_id, id=person_id)


def _require_suited(student: Student, booking: Booking, seats: list[Attendance]) -> None:
    session = booking.session
    for seat in seats:
        require_age(student, session.course, on=seat.slot.starts_at, timezone=session.timezone)


def _hand_over(current: Booking, seats: list[Attendance], student: Student) -> None:
    """The seat, the time that it takes, what was ordered with it, and what is paid become the student’s."""
    own = {"school_id": current.school_id}
    free_time(current.school_id, [seat.pk for seat in seats])
    take_time(
        current.school_id,
        [
            Wanted(student.person.diary_id, Stretch(seat.slot.starts_at, seat.slot.ends_at), seat.pk)
            for seat in seats
            if seat.is_live
        ],
    )
    Attendance.objects.filter(**own, booking_id=current.pk).update(student=student, updated_at=now())
    Allocation.objects.filter(**own, line__booking_id=current.pk).update(student=student, updated_at=now())
    nobody = {"student_id": current.student_id}  # a placeholder has this one booking
    Allocation.objects.filter(**own, **nobody, product_line__isnull=False).update(student=student, updated_at=now())
    ProductLine.objects.filter(**own, **nobody).update(student=student, updated_at=now())
    if current.enrollment_id:
        Enrollment.objects.filter(**own, id=current.enrollment_id).update(student=student, updated_at=now())
    current.student = student
    current.save()
