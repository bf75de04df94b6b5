"""What must hold before a seat is taken. Each raises the refusal that says what does not."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.bookings.queries import living
from schoolbell.bookings.refusals import (
    AgeNotAllowed,
    SessionNotOpen,
    StudentNotActive,
    TooFarAhead,
    TooLateToBook,
    TransitionRefused,
    TrialAlreadyTaken,
    TrialNotOffered,
)
from schoolbell.catalogue.models import Course
from schoolbell.diary.keeping import keep_hours
from schoolbell.diary.opening import Opening
from schoolbell.kit.refusals import Refusal
from schoolbell.kit.time import Stretch, local_day, now, zone
from schoolbell.people.models import Student
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Session


def require_open(session: Session, course: Course, *, starts_at: dt.datetime, by: Actor) -> None:
    """It is published, and what is wanted of it, from `starts_at`, has not begun. Whoever is not staff keeps notice and
    horizon with a session of one seat too, as with a lesson on demand; classes are booked until they begin.

    Whether it is still published when the seat is taken, the slot's row says.
    """
    if session.status != Session.Status.PUBLISHED:
        raise SessionNotOpen(session.pk)
    if starts_at <= now():
        raise TooLateToBook(session.pk)
    if binds(session, by=by):
        require_in_time(starts_at, course)


def binds(session: Session, *, by: Actor) -> bool:
    """Do notice, horizon and closed days bind who wants a seat in it? With one seat it is a coach's slot: whoever
    teaches it waits for one student. A class waits for nobody, and was put there for all."""
    return not by.is_staff and session.capacity == 1 and not session.on_demand


def require_still_open(session: Session, school: School, times: Sequence[Stretch]) -> None:
    """As `require_not_closed`, within the transaction that takes the seat."""
    keep_hours(session.school_id)
    require_not_closed(session, school, times)


def require_not_closed(session: Session, school: School, times: Sequence[Stretch]) -> None:
    """Asked of a session of one seat: since it was published the school, or its place, may have been closed.

    Raises: SchoolClosed, PlaceClosed.
    """
    closed = None if session.despite_closed else why_closed(school, times, session.resource)
    if closed:
        raise closed


def why_closed(school: School, times: Sequence[Stretch], resource: Resource | None) -> Refusal | None:
    """Why a session could not be then: the school is closed, or the place is. Whoever teaches it is asked elsewhere."""
    places = [resource.diary_id] if resource else []
    opening = Opening(school, Stretch(times[0].starts_at, times[-1].ends_at), places=places)
    return next(filter(None, (opening.obstacle(during, places) for during in times)), None)


def require_in_time(starts_at: dt.datetime, course: Course) -> None:
    """What waits for one student keeps the notice and the horizon of its course's policies."""
    if starts_at < earliest_start(course):
        raise TooLateToBook(starts_at)
    if starts_at > latest_start(course):
        raise TooFarAhead(starts_at)


def earliest_start(course: Course) -> dt.datetime:
    """Of what is booked now, with the notice that the course's policies ask for."""
    return now() + dt.timedelta(minutes=course.policies.notice_minutes)


def latest_start(course: Course) -> dt.datetime:
    return now() + dt.timedelta(days=course.policies.furthest_ahead_days)


def require_age(student: Student, course: Course, *, on: dt.datetime, timezone: str) -> None:
    """The student's age on the local day of the lesson is one the course is for. An unknown age is no such age. Who is
    named later is asked then."""
    if student.person.is_placeholder:
        return
    if course.age_min is None and course.age_max is None:
        return
    age = student.person.age_on(local_day(on, zone(timezone)))
    if age is None:
        raise AgeNotAllowed(student.pk, detail=_("This course asks for an age. Give the student's date of birth."))
    if course.age_min is not None and age < course.age_min:
        raise AgeNotAllowed(student.pk, detail=_("This course is for students from %s years of age.") % course.age_min)
    if course.age_max is not None and age > course.age_max:
        raise AgeNotAllowed(student.pk, detail=_("This course is for students up to %s years of age.") % course.age_max)


def require_active(student: Student) -> None:
    """Whoever left, or pauses, takes no new seat."""
    if not student.is_active:
        raise StudentNotActive(student.pk)


def require_first_lesson(student: Student, course: Course, *, by: Actor) -> None:
    """A trial is for whoever has had no lesson of the course, and has none ahead. Staff may say otherwise.

    Raises TrialAlreadyTaken.
    """
    if not by.is_staff and has_lessons_of(student, course):
        raise TrialAlreadyTaken(student.pk)


def has_lessons_of(student: Student, course: Course) -> bool:
    """Had, or ahead: not those that were cancelled, nor those whose hold ran out."""
    return bool(with_lessons_of([student], course))


def with_lessons_of(students: Sequence[Student], course: Course) -> set[UUID]:
    """Those of the students who have; one query."""
    ids = [one.pk for one in students]
    rows = Booking.objects.filter(school_id=course.school_id, student_id__in=ids, session__course_id=course.pk)
    return set(living(rows).values_list("student_id", flat=True).distinct())


def require_weekly(enrollment: Enrollment) -> None:
    """It is in weekly lessons, and so has a series. Raises TransitionRefused."""
    if enrollment.type != Enrollment.Type.WEEKLY_RECURRING:
        raise TransitionRefused(enrollment.pk, detail=_("This is no enrollment in weekly lessons."))


def require_trial_offered(course: Course) -> None:
    if course.trial_price is None:
        raise TrialNotOffered(course.pk)
