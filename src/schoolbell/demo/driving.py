"""A driving school: two instructors with a car each, about five hundred lessons a month, deposits by bank transfer."""

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from schoolbell.catalogue.models import Course
from schoolbell.demo.fates import DAY, HOUR, Odds
from schoolbell.demo.house import Details, House
from schoolbell.demo.plan import Ending, Learner, Place, Teacher
from schoolbell.demo.weeks import AHEAD, BACK, clock
from schoolbell.kit.time import Stretch
from schoolbell.schools.models import School

STUDENTS: Final = 80
LESSONS_A_DAY: Final = 10.4  # of each instructor, from Monday to Saturday
MOST_MINUTES: Final = 60 * 60  # a week
OPENS: Final = 7 * 60
LAST_END: Final = 18 * 60 + 30
# How much of a week is booked, this one first.
BOOKED_AHEAD: Final = (0.93, 0.78, 0.6, 0.42, 0.3, 0.2, 0.14, 0.1, 0.07, 0.05, 0.04, 0.03, 0.02)

# A cancelled lesson costs its deposit: 40 %.
CAR: Final[dict[str, Any]] = {
    "format": "one_to_one",
    "delivery": "in_vehicle",
    "resource_kind": "vehicle",
    "age_min": 16,
    "tax_rate": 1000,
    "overrides": {"late_fee_percent": 40},
}
COURSES: Final[dict[str, dict[str, Any]]] = {
    "Driving lesson": {
        "description": "An hour at the wheel with door-to-door pick-up in and around Parramatta. Signed off in your "
        "logbook; the first ten hours with us count three times.",
        "duration_minutes": 60, "price": 7500, "deposit": 3000,
    },
    "Short lesson": {
        "description": "Forty-five minutes on one thing: reverse parking, roundabouts, lane changes or hill starts.",
        "duration_minutes": 45, "price": 6000, "deposit": 2400,
    },
    "Double lesson": {
        "description": "Two hours, so that there is time for the motorway, the city or a first drive in the dark.",
        "duration_minutes": 120, "price": 14000, "deposit": 5600,
    },
    "Test package": {
        "description": "A warm-up lesson, the car for your test, and a lift home either way. Two and a half hours.",
        "duration_minutes": 150, "price": 19500, "deposit": 7800,
    },
}  # fmt: skip
MIX: Final = (62, 32, 4, 2)  # in the order of COURSES


class Driving:
    def __init__(self, house: House) -> None:
        self.house = house
        self.dice = house.dice
        self.courses = [house.course(name, **CAR, **values) for name, values in COURSES.items()]
        hours = [(day, clock(OPENS), clock(LAST_END)) for day in range(1, 7)]
        house.days_off.open_school([(day, "06:30", "19:00") for day in range(1, 7)])
        staff: dict[str, Any] = {"hours": hours, "max_hours_per_week": 60, "hourly_rate": 4200}
        self.pairs: list[tuple[Teacher, Place]] = [
            (
                house.teacher(
                    "Bill Nguyen", about="Twenty years, two thousand passes. Teaches manual and automatic.", **staff
                ),
                house.place("vehicle", "Mazda 2, manual", capacity=3),
            ),
            (
                house.teacher(
                    "Grace Taylor",
                    about="Patient with nerves. Many of her learners come back after a break from driving.",
                    **staff,
                ),
                house.place("vehicle", "Corolla, automatic", capacity=3),
            ),
        ]
        self.learners = [self._learner() for _ in range(house.many(STUDENTS, least=8))]
        self.favourite = {learner.id: self.dice.randrange(2) for learner in self.learners}

    def _learner(self) -> Learner:
        people, weeks = self.house.people, self.house.weeks
        joined_at = self.house.fates.by_day(weeks.ago(BACK + 14), weeks.ago(1))
        if self.dice.happens(0.6):
            joined_at = self.house.fates.by_day(weeks.ago(BACK + 14), weeks.ago(BACK))
        if self.dice.happens(0.3):
            payer, last = people.parent(joined_at)
            return people.child(payer, last, joined_at, ages=(16, 17), skill_level="learner")
        return people.adult(joined_at, ages=(17, 44), skill_level="learner")

    def plan(self) -> None:
        for week in range(-BACK, AHEAD):
            for number, (teacher, place) in enumerate(self.pairs):
                self._plan_week(week, number, teacher, place)
        self._plan_open_holds()
        self.house.days_off.close("Both cars at the garage", days_ahead=24, with_lessons=True)
        self.house.days_off.ask("Refresher course", days_ahead=17)
        self.house.days_off.ask_for_substitute("Parents’ evening", days_ahead=4)

    def _plan_week(self, week: int, number: int, teacher: Teacher, place: Place) -> None:
        share = 1.0 if week < 0 else BOOKED_AHEAD[week]
        minutes = 0
        for weekday in range(1, 7):
            day = self.house.weeks.day(week, weekday)
            if self.house.is_off(day):
                continue
            for course, during in self._day(day):
                lasts = course.duration_minutes
                if minutes + lasts <= MOST_MINUTES and self.dice.happens(share):
                    minutes += lasts if self._plan_lesson(course, during, number, teacher, place) else 0

    def _day(self, day: dt.date) -> list[tuple[Course, Stretch]]:
        """The lessons of a full day, one after the other, with time for lunch."""
        planned: list[tuple[Course, Stretch]] = []
        at, lunch = OPENS + self.dice.choice((0, 0, 0, 15, 30)), False
        wanted = self.house.many(100) * LESSONS_A_DAY / 100
        number = int(wanted) + self.dice.happens(wanted % 1)
        while len(planned) < number:
            if at >= 12 * 60 and not lunch:
                at, lunch = at + 45, True
            course = self.dice.choices(self.courses, MIX)[0]
            if at + course.duration_minutes > LAST_END:
                break
            planned.append((course, self.house.weeks.at(day, clock(at), course.duration_minutes)))
            at += course.duration_minutes + self.dice.choices((0, 15, 30), (78, 17, 5))[0]
        return planned

    def _plan_lesson(self, course: Course, during: Stretch, number: int, teacher: Teacher, place: Place) -> bool:
        weeks = self.house.weeks
        latest = min(during.starts_at - 14 * HOUR, weeks.now - HOUR)
        for _ in range(8):
            learner = self.dice.choice(self.learners)
            if self.favourite[learner.id] != number and self.dice.happens(0.75):
                continue
            earliest = max(latest - self.dice.randint(2, 24) * DAY, learner.joined_at + HOUR)
            if earliest >= latest:
                continue
            placed_at = self.house.fates.by_day(earliest, latest)
            booking = self.house.lesson(course, during, teacher, learner, placed_at=placed_at, place=place)
            if booking:
                by_office = self.dice.happens(0.25)
                self.house.order(booking, placed_at=placed_at, pay_with="transfer", by_office=by_office)
                return not booking.has_ended
        return False

    def _plan_open_holds(self) -> None:
        """Booked since yesterday; the deposit is on its way."""
        weeks, course = self.house.weeks, self.courses[0]
        wanted = self.house.many(6, least=2)
        for _ in range(wanted * 20):
            teacher, place = self.dice.choice(self.pairs)
            day = weeks.day(self.dice.randint(1, 3), self.dice.randint(1, 6))
            during = weeks.at(day, clock(self.dice.randrange(OPENS, 17 * 60, 15)), course.duration_minutes)
            if wanted == 0 or during.starts_at < weeks.now + 4 * DAY or self.house.is_off(day):
                continue
            learner, placed_at = self.dice.choice(self.learners), self.house.fates.lately()
            if placed_at < learner.joined_at:
                continue
            booking = self.house.lesson(course, during, teacher, learner, placed_at=placed_at, place=place)
            if booking:
                self.house.order(booking, placed_at=placed_at, pay_with="transfer", ending=Ending.HELD)
                wanted -= 1


def fill(today: dt.date, *, progress: Callable[[str], None], scale: float = 1.0) -> School:
    house = House(
        "driving",
        name="Clutch Driving School",
        tagline="Calm lessons in and around Parramatta.",
        colour="#0f7a73",
        details=Details(
            email="hello@clutch.example",
            phone="+61255506000",
            address="88 Church Street, Parramatta NSW 2150",
            bank_details="Clutch Driving School, BSB 062-000, account 1234 5678",
        ),
        today=today,
        scale=scale,
        origins=("english", "english", "vietnamese", "chinese", "indian", "arabic", "irish", "italian", "korean"),
        phones=("+6125550####", "+6127010####"),
        towns=(
            "Parramatta NSW 2150",
            "Westmead NSW 2145",
            "Harris Park NSW 2150",
            "Granville NSW 2142",
            "Rydalmere NSW 2116",
        ),
        region=("AU", "NSW"),
        odds=Odds(no_show=0.02, early=0.04, late=0.02, by_school=0.008, expired=0.025),
    )
    Driving(house).plan()
    return house.write(progress)
