"""Rows for tests, made by the actions that make them in earnest, but for the hours of who is always open."""

import datetime as dt
from collections.abc import Sequence
from itertools import count
from typing import Any, Final

from django.db import transaction

from schoolbell.access.tokens import create_token
from schoolbell.billing.models import Order
from schoolbell.billing.orders import Purchase, buy
from schoolbell.billing.payments import Attempt, pay
from schoolbell.bookings.models import Booking
from schoolbell.bookings.sessions import NewSession, create_session
from schoolbell.catalogue.actions import add_course
from schoolbell.catalogue.models import Course
from schoolbell.diary.models import Claim, Diary, OpeningHours
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import UTC, Stretch, now
from schoolbell.people.actions import NewPerson, add_client, add_instructor, add_student
from schoolbell.people.models import Client, Guardianship, Instructor, Person, Student
from schoolbell.schools.actions import create_school
from schoolbell.schools.actor import SYSTEM, Actor, Role
from schoolbell.schools.models import School
from schoolbell.timetable.actions import add_resource
from schoolbell.timetable.models import Resource, Session, Slot

OWNER = Actor(Role.OWNER, who=new_id())
BEGAN: Final = now()
_numbers = count(1)


def new_school(preset: str = "courses", *, timezone: str = "UTC", currency: str = "", **policies: Any) -> School:
    """A school of its own, with these policies instead of its preset's."""
    number = next(_numbers)
    school = create_school(
        f"school-{number}-{new_id().hex[-8:]}",
        name=f"School {number}",
        preset=preset,
        timezone=timezone,
        currency=currency,
    )
    if policies:
        school.stored_policies |= policies
        school.save()
    return school


def new_token(school: School, role: Role, person: Person | None = None) -> str:
    """The secret of a new token."""
    return create_token(school, role, by=SYSTEM, person_id=person.pk if person else None)[1]


def new_course(school: School, **values: Any) -> Course:
    return add_course(school, by=OWNER, **{"name": "First aid", "duration_minutes": 60, "price": 4500} | values)


def new_lessons(school: School, **values: Any) -> Course:
    """A one-to-one course, taught on demand."""
    return new_course(school, **{"name": "Piano", "format": "one_to_one"} | values)


def new_instructor(school: School, *, hours: bool = True, name: str = "Ida Teacher") -> Instructor:
    """Who teaches: every day of the week from 00:00 to 24:00 in the school's zone, unless without `hours`."""
    first, _space, last = name.partition(" ")
    instructor = add_instructor(NewPerson(first_name=first, last_name=last), school=school, by=OWNER)
    if hours:
        open_daily(instructor.person.diary, school)
    return instructor


def as_instructor(instructor: Instructor) -> Actor:
    return Actor(Role.INSTRUCTOR, who=instructor.pk, person_id=instructor.person_id)


def open_daily(diary: Diary, school: School) -> None:
    """In one statement: by the action these fourteen rows were a fifth of the time of all tests."""
    OpeningHours.objects.bulk_create(
        OpeningHours(
            school_id=school.pk,
            diary_id=diary.pk,
            weekday=weekday,
            starts=starts,
            ends=ends,
            timezone=school.timezone,
        )
        for weekday in range(1, 8)
        for starts, ends in ((dt.time(0), dt.time(12)), (dt.time(12), dt.time(0)))
    )


def new_client(school: School, name: str = "Clara Parent") -> Client:
    first, _space, last = name.partition(" ")
    return add_client(NewPerson(first_name=first, last_name=last), school=school, by=OWNER)


def new_student(school: School, name: str = "Sam Learner", *, guardian: Client | None = None, **person: Any) -> Student:
    first, _space, last = name.partition(" ")
    return add_student(
        NewPerson(first_name=first, last_name=last, **person), school=school, by=OWNER, guardian=guardian
    )


def new_students(school: School, number: int) -> list[Student]:
    with transaction.atomic():
        return [new_student(school, f"Student {place}") for place in range(number)]


def payer_of(student: Student) -> Client:
    return Guardianship.objects.get(school_id=student.school_id, student_id=student.pk, is_billing=True).client


def new_resource(school: School, kind: str = "venue", capacity: int = 20, **values: Any) -> Resource:
    return add_resource(school, by=OWNER, **{"kind": kind, "name": "Hall", "capacity": capacity} | values)


def at(days: int, hour: int = 10, minute: int = 0) -> dt.datetime:
    """That many days from now, at that time in UTC. "Now" is the day on which the run began, also past midnight, unless
    somebody has travelled away from it."""
    moment = now()
    today = BEGAN if abs(moment - BEGAN) < dt.timedelta(hours=2) else moment
    day = (today + dt.timedelta(days=days)).date()
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def hour_at(days: int, hour: int = 10, minute: int = 0, *, minutes: int = 60) -> Stretch:
    starts_at = at(days, hour, minute)
    return Stretch(starts_at, starts_at + dt.timedelta(minutes=minutes))


def new_session(
    course: Course,
    *slots: Stretch,
    instructors: Sequence[Instructor] = (),
    resource: Resource | None = None,
    publish: bool = True,
    **values: Any,
) -> Session:
    """Published; in thirty days for an hour unless `slots` say otherwise."""
    return create_session(
        NewSession(course, slots or (hour_at(30),), instructors=instructors, resource=resource, **values),
        school=course.school,
        by=OWNER,
        publish=publish,
    )


def slots_of(session: Session) -> list[Slot]:
    return list(Slot.objects.filter(school_id=session.school_id, session_id=session.pk).order_by("starts_at"))


def buy_seat(session: Session, student: Student, *, by: Actor = OWNER, **purchase: Any) -> Booking:
    """A seat in it, bought as over the API by staff."""
    session = Session.objects.select_related("course__school").get(school_id=session.school_id, id=session.pk)
    return _bought(
        Purchase(
            school=session.course.school,
            course=session.course,
            student=student,
            client=purchase.pop("client", None) or payer_of(student),
            session=session,
            session_slots=slots_of(session),
            **purchase,
        ),
        by=by,
    )


def buy_lesson(
    course: Course, student: Student, starts_at: dt.datetime, *, by: Actor = OWNER, **purchase: Any
) -> Booking:
    return _bought(
        Purchase(
            school=course.school,
            course=course,
            student=student,
            client=purchase.pop("client", None) or payer_of(student),
            starts_at=starts_at,
            **purchase,
        ),
        by=by,
    )


def _bought(purchase: Purchase, *, by: Actor) -> Booking:
    placed = buy(purchase, by=by, keep=lambda _placed: None)
    return Booking.objects.get(school_id=purchase.school.pk, id=placed.seat.booking_id)


def order_of(booking: Booking) -> Order:
    return Order.objects.get(school_id=booking.school_id, lines__booking_id=booking.pk)


def pay_for(booking: Booking, amount: int | None = None, *, token: str = "", by: Actor = OWNER) -> Any:
    gateway = "demo" if token else "desk"
    return pay(order_of(booking), Attempt(gateway, "card", amount, token), by=by)


def let_hold_run_out(booking: Booking) -> None:
    Booking.objects.filter(school_id=booking.school_id, id=booking.pk).update(
        hold_expires_at=now() - dt.timedelta(seconds=1)
    )


def be_busy(diary_id: Any, school: School, during: Stretch) -> Claim:
    """Time that is taken, for no reason that any other row says: where all that is asked is what is free."""
    claim = Claim(
        school_id=school.pk,
        diary_id=diary_id,
        kind=Claim.Kind.BUSY,
        during=(during.starts_at, during.ends_at),
        source=new_id(),
    )
    claim.save(force_insert=True)
    return claim
