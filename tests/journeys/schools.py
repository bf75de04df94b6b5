"""Small schools for the journeys, one per design. Every call opens a new one, by the actions that do it in earnest."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from factories import OWNER, new_instructor, new_resource, new_school
from schoolbell.bookings.sessions import NewSession, create_session
from schoolbell.catalogue.actions import add_course, qualify
from schoolbell.catalogue.models import Course
from schoolbell.diary.actions import add_opening_hours
from schoolbell.kit.time import Stretch, instant, local_day, now
from schoolbell.people.models import Instructor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Session


@dataclass(frozen=True)
class Place:
    """A school, and what a journey needs to know of it."""

    school: School
    course: Course
    instructors: tuple[Instructor, ...]
    resource: Resource | None = None
    sessions: tuple[Session, ...] = field(default=())


def coding_school(**policies: Any) -> Place:
    """Children, one to one, online; a trial for $15, then $45. Two instructors, open all day."""
    school = _named(new_school("coding", timezone="America/New_York", **policies), "Pixel Academy", "#2456c9")
    course = add_course(
        school,
        by=OWNER,
        name="Python for Beginners",
        description="One child, one instructor, one small game built by lesson six. No experience needed.",
        format="one_to_one", delivery="online", resource_kind="online_room",
        duration_minutes=60, price=4500, trial_price=1500, age_min=7, age_max=17,
    )  # fmt: skip
    maya, tom = new_instructor(school, name="Maya Chen"), new_instructor(school, name="Tom Abara")
    for instructor in (maya, tom):
        qualify(instructor, course, by=OWNER)
    room = new_resource(school, kind="online_room", capacity=3, name="Room 1", meeting_url="https://meet.example.org/1")
    new_resource(school, kind="online_room", capacity=3, name="Room 2", meeting_url="https://meet.example.org/2")
    return Place(school, course, (maya, tom), room)


def tutor_in_london(**policies: Any) -> Place:
    """Lessons of an hour for children, every day at four and at five by the clocks of London; paid some time later."""
    more = {"confirm_on": "booking", "start_grid_minutes": 60} | policies
    school = _named(new_school("coding", timezone="Europe/London", currency="GBP", **more), "Fern & Fig", "#2f6f4f")
    course = add_course(
        school, by=OWNER, name="Maths", description="One child, one teacher.", format="one_to_one", delivery="online",
        duration_minutes=60, price=4000,
    )  # fmt: skip
    ada = new_instructor(school, hours=False, name="Ada Reid")
    for weekday in range(1, 8):
        add_opening_hours(
            ada.person.diary, weekday=weekday, starts=dt.time(16), ends=dt.time(18), timezone="Europe/London", by=OWNER
        )
    return Place(school, course, (ada,))


def coaching_practice(**policies: Any) -> Place:
    """A coach in Berlin with slots published for the coming days; a booking is confirmed at once."""
    school = _named(new_school("coaching", timezone="Europe/Berlin", **policies), "Northlight Coaching", "#7a3b69")
    course = add_course(
        school, by=OWNER, name="Call", description="Half an hour that moves your week.", format="one_to_one",
        delivery="online", duration_minutes=30, price=6000, tax_rate=1900,
    )  # fmt: skip
    jonas = new_instructor(school, hours=False, name="Jonas Weber")
    slots = tuple(
        _session(course, [wall(school, days, hour, minutes=30)], jonas) for days in (2, 3, 9) for hour in (9, 10, 14)
    )
    return Place(school, course, (jonas,), sessions=slots)


def driving_school(**policies: Any) -> Place:
    """Lessons of an hour for A$89, with a deposit of A$30; two instructors and two cars."""
    school = _named(new_school("driving", timezone="Australia/Sydney", **policies), "Clutch", "#ffcb1f")
    course = add_course(
        school, by=OWNER, name="Driving lesson", description="Pick-up at your door. Automatic or manual.",
        format="one_to_one", delivery="in_vehicle", resource_kind="vehicle", duration_minutes=60, price=8900,
        deposit=3000, tax_rate=1000, age_min=16,
    )  # fmt: skip
    priya, dan = new_instructor(school, name="Priya Raman"), new_instructor(school, name="Dan Okafor")
    car = new_resource(school, kind="vehicle", capacity=3, name="Corolla, automatic")
    new_resource(school, kind="vehicle", capacity=3, name="Mazda 2, manual")
    return Place(school, course, (priya, dan), car)


def first_aid_school(*, capacity: int = 8, **policies: Any) -> Place:
    """First Aid at Work, three days in a hall in London, in two weeks and in four; paid whole when booked."""
    school = _named(new_school("first-aid", timezone="Europe/London", **policies), "Ready Hands", "#0b6b4a")
    course = add_course(
        school, by=OWNER, name="First Aid at Work", type="FAW", duration_minutes=390, price=22000, price_per="course",
        tax_rate=2000, capacity=12, certification_validity_years=3,
        description="Three days after which you are the one who knows what to do.",
    )  # fmt: skip
    hannah = new_instructor(school, hours=False, name="Hannah Booth")
    hall = new_resource(
        school, name="Tanner Street Rooms", capacity=12, address_line1="14 Tanner Street", city="London",
        postcode="SE1 3LE", facilities={"step_free": True}, parking_info="No parking; bicycles in the yard.",
    )  # fmt: skip
    courses = tuple(
        _session(
            course,
            [wall(school, start + day, 9, minutes=390) for day in range(3)],
            hannah,
            resource=hall,
            capacity=capacity,
        )
        for start in (14, 28)
    )
    return Place(school, course, (hannah,), hall, courses)


def wall(school: School, days: int, hour: int, *, minutes: int) -> Stretch:
    """That many days from the school's today, from that hour by its clocks."""
    day = local_day(now(), school.zone) + dt.timedelta(days=days)
    starts_at = instant(day, dt.time(hour), school.zone)
    return Stretch(starts_at, starts_at + dt.timedelta(minutes=minutes))


def _named(school: School, name: str, colour: str) -> School:
    school.name, school.colour = name, colour
    school.save()
    return school


def _session(course: Course, slots: list[Stretch], instructor: Instructor, **values: Any) -> Session:
    new = NewSession(course, slots, instructors=(instructor,), **values)
    return create_session(new, school=course.school, by=OWNER, publish=True)
