"""A school under construction: what is planned for it, and then everything written at once."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from schoolbell.catalogue.models import Course, Qualification
from schoolbell.demo.booking_rows import write_enrolled
from schoolbell.demo.days_off import DaysOff
from schoolbell.demo.dice import Dice
from schoolbell.demo.fates import Fates, Odds
from schoolbell.demo.names import Register
from schoolbell.demo.order_rows import OrderRows
from schoolbell.demo.people import People
from schoolbell.demo.plan import (
    Ending,
    Learner,
    Payer,
    Place,
    PlannedBooking,
    PlannedOrder,
    PlannedSession,
    Teacher,
)
from schoolbell.demo.reviews import write_reviews
from schoolbell.demo.session_rows import write_session
from schoolbell.demo.sheets import Sheets
from schoolbell.demo.weeks import BACK, TakenTimes, Weeks, is_holiday
from schoolbell.diary.models import Diary
from schoolbell.journal.models import Record
from schoolbell.kit.time import Stretch
from schoolbell.schools.actions import create_school
from schoolbell.schools.models import School
from schoolbell.schools.policies import Policies
from schoolbell.timetable.models import Resource, Travel

HoursRule = tuple[int, str, str]  # weekday (1 is Monday), from, until


@dataclass(frozen=True, slots=True)
class Details:
    """How people reach the school, where they send money, and what they accept."""

    email: str
    phone: str
    address: str = ""
    bank_details: str = ""
    terms: str = ""


class House:
    """`scale` shrinks how many there are of people and lessons, for tests; 1.0 is the school as it would be. `region`:
    the country, and in it the region, whose public holidays it keeps."""

    def __init__(
        self,
        slug: str,
        *,
        name: str,
        tagline: str,
        colour: str,
        details: Details,
        today: dt.date,
        scale: float,
        origins: Sequence[str],
        phones: Sequence[str] = (),
        towns: Sequence[str] = (),
        region: tuple[str, str],
        odds: Odds | None = None,
    ) -> None:
        self.school: School = create_school(slug, name=name, tagline=tagline, colour=colour, preset=slug)
        self.weeks = Weeks(today, self.school.zone)
        self.opened_at = self.weeks.ago(BACK + 60)
        self.dice = Dice(f"{slug} {today}")
        made_as = School.objects.filter(id=self.school.pk)
        self.school.pk = self.dice.new_id(self.opened_at)
        made_as.update(id=self.school.pk, created_at=self.opened_at, updated_at=self.opened_at, **asdict(details))
        self.fates = Fates(self.dice, self.weeks, odds or Odds())
        self.sheets = Sheets(self.school.pk, self.dice)
        register = Register(self.dice, origins=origins, phones=phones, towns=towns)
        self.people = People(self.school, self.sheets, self.dice, register, self.weeks)
        self.sessions: list[PlannedSession] = []
        self.orders: list[PlannedOrder] = []
        self._scale = scale
        self.taken = TakenTimes()
        self._policies: dict[str, Policies] = {}
        # With the enrollment that pays for it, and when it was put there.
        self._weekly: list[tuple[PlannedBooking, UUID, dt.datetime]] = []
        self._holidays = self.days_off.follow(*region)

    @property
    def days_off(self) -> DaysOff:
        return DaysOff(self.school, self.sheets, self.weeks, self.sessions, self.taken)

    def is_off(self, day: dt.date) -> bool:
        """Nobody teaches on it: a public holiday, or between Christmas Eve and Boxing Day."""
        return day in self._holidays or is_holiday(day)

    def many(self, number: int, *, least: int = 1) -> int:
        """That many of a school of full size."""
        return max(round(number * self._scale), least)

    def course(self, name: str, **values: Any) -> Course:
        course = Course(school=self.school, name=name, **values)
        if course.format == Course.Format.ONE_TO_ONE:
            course.capacity = 1
        self._policies[name] = course.policies
        self.sheets.add_row(course, self.opened_at)
        self._note("course.added", course, price=course.price)
        return course

    def teacher(
        self,
        name: str,
        *courses: Course,
        about: str,
        hours: Iterable[HoursRule],
        timezone: str = "",
        joined_weeks_ago: int = BACK + 40,
        **values: Any,
    ) -> Teacher:
        """Somebody who teaches these courses; none: all of them. The hours are by the clocks of `timezone`."""
        at = self.weeks.ago(joined_weeks_ago)
        teacher = self.people.teacher(name, at, about=about, timezone=timezone, hours=hours, **values)
        for course in courses:
            certified_on = (at - dt.timedelta(days=self.dice.randint(30, 900))).date()
            self.sheets.add(
                Qualification,
                at,
                instructor_id=teacher.id,
                course_id=course.pk,
                proficiency=self.dice.choice((3, 4, 4, 5)),
                certified_on=certified_on,
            )
        names = tuple(course.name for course in courses) or tuple(self._policies)
        return Teacher(teacher.id, teacher.diary_id, name, names)

    def place(self, kind: str, name: str, capacity: int = 1, **values: Any) -> Place:
        diary_id = self.sheets.add(Diary, self.opened_at)
        resource = Resource(school=self.school, diary_id=diary_id, kind=kind, name=name, capacity=capacity, **values)
        self.sheets.add_row(resource, self.opened_at)
        self._note("resource.added", resource)
        return Place(resource.pk, diary_id, name, capacity)

    def travel(self, one: Place, other: Place, minutes: int) -> None:
        """How long it takes between two places, either way."""
        first, second = sorted((one.id, other.id))
        self.sheets.add(Travel, self.opened_at, one_id=first, other_id=second, minutes=minutes)
        new = {"other": str(second), "minutes": minutes}
        self.sheets.add(Record, self.opened_at, name="travel.set", subject_id=first, role="owner", new=new)

    def _note(self, name: str, subject: Course | Resource, **new: Any) -> None:
        self.sheets.add(Record, self.opened_at, name=name, subject_id=subject.pk, role="owner", new=new)

    def session(
        self,
        course: Course,
        slots: Sequence[Stretch],
        *staff: Teacher,
        announced_at: dt.datetime,
        place: Place | None = None,
        capacity: int | None = None,
        **values: Any,
    ) -> PlannedSession | None:
        """None where one of the staff, or the place, is taken."""
        diaries = [teacher.diary_id for teacher in staff] + ([place.diary_id] if place else [])
        if not self.taken.take(diaries, slots):
            return None
        most = min(course.capacity, place.capacity) if place else course.capacity
        session = PlannedSession(
            id=self.dice.new_id(announced_at),
            course=course,
            policies=self._policies[course.name],
            slots=list(slots),
            slot_ids=[self.dice.new_id(announced_at) for _ in slots],
            staff=staff,
            place=place,
            capacity=min(capacity or most, most),
            announced_at=announced_at,
            **values,
        )
        self.sessions.append(session)
        return session

    def seat(
        self, session: PlannedSession, learner: Learner, *, slots: tuple[int, ...] = (), enrollment: str = ""
    ) -> PlannedBooking | None:
        """A seat in all slots, or these. None where there is none left, or the learner is taken or too young or old."""
        course = session.course
        chosen = slots or tuple(range(len(session.slots)))
        if any(session.taken(slot) >= session.capacity for slot in chosen) or not self._is_for(session, learner):
            return None
        if not self.taken.take([learner.diary_id], [session.slots[slot] for slot in chosen]):
            return None
        price = course.price * (len(chosen) if course.price_per == Course.PricePer.LESSON else 1)
        if session.is_trial and course.trial_price is not None:
            price = course.trial_price
        booking = PlannedBooking(session, learner, price, chosen, enrollment=enrollment)
        session.bookings.append(booking)
        return booking

    def _is_for(self, session: PlannedSession, learner: Learner) -> bool:
        age = learner.age_on(session.starts_at.astimezone(self.weeks.where).date())
        return (session.course.age_min or 0) <= age <= (session.course.age_max or 150)

    def lesson(
        self,
        course: Course,
        during: Stretch,
        teacher: Teacher,
        learner: Learner,
        *,
        placed_at: dt.datetime,
        place: Place | None = None,
        enrollment: str = "",
    ) -> PlannedBooking | None:
        """A lesson on demand. None where somebody is taken."""
        session = self.session(
            course,
            [during],
            teacher,
            announced_at=placed_at,
            place=place,
            on_demand=True,
            is_trial=enrollment == "trial",
        )
        if session is None:
            return None
        booking = self.seat(session, learner, enrollment=enrollment)
        if booking is None:
            self.sessions.pop()
        return booking

    def weekly_lesson(
        self,
        course: Course,
        during: Stretch,
        teacher: Teacher,
        learner: Learner,
        *,
        placed_at: dt.datetime,
        place: Place,
        series_id: UUID,
        occurrence_on: dt.date,
        enrollment_id: UUID,
    ) -> None:
        """One of the lessons of an enrollment, at a time that nobody has."""
        session = self.session(
            course,
            [during],
            teacher,
            announced_at=placed_at,
            place=place,
            on_demand=True,
            series_id=series_id,
            occurrence_on=occurrence_on,
        )
        booking = self.seat(session, learner) if session else None
        if booking is None:
            raise ValueError(f"{during} was looked at, and is taken")
        self._weekly.append((booking, enrollment_id, placed_at))

    def weekly_seat(
        self, session: PlannedSession, learner: Learner, *, placed_at: dt.datetime, enrollment_id: UUID
    ) -> PlannedBooking:
        """One of the seats of an enrollment in a class, which it has for this learner."""
        self.taken.take([learner.diary_id], session.slots)  # what they had cancelled counts as taken already
        booking = PlannedBooking(session, learner, session.course.price, tuple(range(len(session.slots))))
        session.bookings.append(booking)
        self._weekly.append((booking, enrollment_id, placed_at))
        return booking

    def busiest_payer(self) -> Payer:
        """Who has most bookings so far."""
        booked = Counter(booking.learner.payer for order in self.orders for booking in order.bookings)
        return booked.most_common(1)[0][0]

    def order(
        self,
        *bookings: PlannedBooking,
        placed_at: dt.datetime,
        pay_with: str = "card",
        ending: Ending | None = None,
        by_office: bool = False,
        notes: str = "",
    ) -> PlannedOrder:
        order = self.fates.decide(
            list(bookings), placed_at=placed_at, pay_with=pay_with, ending=ending, by_office=by_office
        )
        order.notes = notes
        self.orders.append(order)
        return order

    def write(self, progress: Callable[[str], None], *, are_reviewed: bool = False) -> School:
        """Everything that was planned, as rows."""
        rows = OrderRows(self.sheets, self.dice, self.weeks.now)
        lessons = sum(len(session.slots) for session in self.sessions)
        bookings = sum(len(order.bookings) for order in self.orders) + len(self._weekly)
        progress(f"Opening {self.school.slug} … {lessons:,} lessons, {bookings:,} bookings")
        for session in self.sessions:
            write_session(session, self.sheets, timezone=self.school.timezone, now=self.weeks.now)
        for order in self.orders:
            rows.write(order)
        for booking, enrollment_id, placed_at in self._weekly:
            write_enrolled(booking, enrollment_id, placed_at, self.sheets, self.dice.new_reference())
        if are_reviewed:
            write_reviews(self.sheets, self.dice, self.sessions, now=self.weeks.now)
        self.sheets.write()
        return self.school
