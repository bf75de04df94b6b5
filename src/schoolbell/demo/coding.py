"""An online coding school: children, weekly one-to-one lessons in online rooms, a trial first, two clubs."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from schoolbell.catalogue.models import Course
from schoolbell.demo.coding_seats import ClubSeats
from schoolbell.demo.coding_staff import CLUBS, COURSES, TUTORS, Club, Tutor
from schoolbell.demo.coding_weekly import Repeating
from schoolbell.demo.coding_wishes import Wishes
from schoolbell.demo.fates import DAY, HOUR, Odds
from schoolbell.demo.house import Details, House
from schoolbell.demo.plan import Ending, Learner, Place, PlannedBooking, Teacher
from schoolbell.demo.weeks import AHEAD, BACK, clock
from schoolbell.kit.time import Stretch
from schoolbell.schools.models import School

FAMILIES: Final = 120
NEW: Final = 6  # of these, since yesterday: they have not paid for their trial yet
BLOCK: Final = 4  # lessons are bought four at a time
HOMES: Final = ("America/New_York",) * 6 + ("America/Chicago",) * 2 + ("America/Denver", "America/Los_Angeles")
LEFT_OVER: Final = (0, 1, 0, 2, 3, 3, 4, 4, 5, 5, 6, 6, 6, 6)  # seats left in a club, this week's first


@dataclass(slots=True)
class Weekly:
    """A child's own place in the week, from one week to another."""

    learner: Learner
    course: Course
    tutor: Tutor
    weekday: int
    hour: int
    first_week: int
    last_week: int


class Coding:
    def __init__(self, house: House) -> None:
        self.house = house
        self.dice = house.dice
        self.courses = {name: house.course(name, **values) for name, values in COURSES.items()}
        self.rooms: dict[str, Place] = {}
        self.teachers: dict[str, Teacher] = {}
        for number, tutor in enumerate(TUTORS, start=1):
            self.rooms[tutor.name] = house.place(
                "online_room",
                f"Room {number}",
                capacity=10,
                meeting_url=f"https://meet.example.org/brightloop-{number}",
                meeting_id=f"{400 + number} 555 01{number:02}",
                passcode=f"bright-{70 + number}",
            )
            self.teachers[tutor.name] = house.teacher(
                tutor.name,
                *(self.courses[name] for name in tutor.courses),
                about=tutor.about,
                timezone=tutor.zone,
                hours=tutor.hours,
                hourly_rate=tutor.rate,
                max_hours_per_week=25,
            )
        self.repeating = Repeating(house, self.courses, self.teachers, self.rooms)
        self.own_places: set[tuple[str, int, int]] = set()
        self.children: list[Learner] = []
        self.gone: set[Learner] = set()

    def plan(self) -> None:
        new = self.house.many(NEW, least=2)
        for _ in range(self.house.many(FAMILIES, least=8) - new):
            self.children += self._family()
        weekly = [one for child in self.children if (one := self._begin(child))]
        for one in weekly:
            self._plan_lessons(one)
        for one in weekly:
            if one.first_week > -BACK:
                self._plan_trial(one.learner, one.course, one.tutor, one.first_week - 1)
        here = [child for child in self.children if child not in self.gone]
        for club in CLUBS:
            self._plan_club(club, here)
        for _ in range(self.house.many(110)):
            self._plan_extra(self.dice.choice(here))
        for _ in range(new):
            for child in self._family(self.house.fates.lately()):
                self._plan_trial(child, self._course_for(child), None, self.dice.choice((1, 2)), paid=False)
        busiest = self.house.busiest_payer()  # the account of the demo is theirs
        here.sort(key=lambda child: child.payer != busiest)
        self.repeating.enroll_some(here)
        enrolled = {hour.learner for hour, _enrollment in self.repeating.enrolled}
        ClubSeats(self.repeating).give([one for one in here if one not in enrolled or one.payer == busiest])
        settled = {one.learner for one in weekly}
        self._plan_days_off()
        # Those without lessons ask first, then some who want a second one.
        asking = sorted((one for one in here if one not in enrolled), key=lambda one: one in settled)
        Wishes(self.repeating).ask(asking)

    def _plan_days_off(self) -> None:
        tutors = list(self.teachers.values())
        self.house.days_off.ask("Exam at the university", days_ahead=11)
        self.house.days_off.ask_for_substitute("A dentist’s appointment that cannot wait", days_ahead=5)
        self.house.days_off.grant(tutors[0], "Away for the day", days_ahead=8)
        self.house.days_off.change_hours(tutors[1], days_ahead=10, starts="00:00", ends="00:00", closes=True)

    def _begin(self, child: Learner) -> Weekly | None:
        """The child's own place in the week. The latest are still trying, and some never go on after their trial."""
        weeks = self.house.weeks
        since = (weeks.now - child.joined_at) / dt.timedelta(weeks=1)
        if since > 2.5 and (since > BACK or not self.dice.happens(0.2)):
            weekly = self._weekly(child, since)
            if weekly and weekly.last_week < 0:
                self._leave(child, weeks.at(weeks.day(weekly.last_week, 7), "18:00", 1).starts_at)
            return weekly
        self._plan_trial(child, self._course_for(child), None, round(1 - since))
        if since > 5:
            self._leave(child, child.joined_at + dt.timedelta(weeks=3))
        return None

    def _leave(self, child: Learner, at: dt.datetime) -> None:
        self.gone.add(child)
        self.house.people.leave(
            child, min(at, self.house.weeks.now - HOUR), status=self.dice.choice(("left", "left", "paused"))
        )

    def _family(self, joined_at: dt.datetime | None = None) -> list[Learner]:
        weeks = self.house.weeks
        long_ago = self.dice.happens(0.45)
        joined = self.dice.uniform(BACK + 1, BACK + 60) if long_ago else self.dice.uniform(0.2, BACK)
        joined_at = joined_at or self.house.fates.by_day(weeks.ago(joined), weeks.ago(joined) + DAY)
        zone = self.dice.choice(HOMES)
        payer, last = self.house.people.parent(joined_at, timezone=zone)
        return [
            self.house.people.child(
                payer,
                last,
                joined_at,
                ages=(age, age),
                timezone=zone,
                skill_level=self.dice.choice(("beginner", "beginner", "intermediate", "advanced")),
                relationship=self.dice.choice(("parent", "parent", "parent", "parent", "grandparent")),
            )
            for age in self.dice.sample(range(7, 17), k=self.dice.choices((1, 2, 3), (60, 33, 7))[0])
        ]

    def _course_for(self, child: Learner) -> Course:
        one_to_one = [course for course in self.courses.values() if course.format == Course.Format.ONE_TO_ONE]
        return self.dice.choice([course for course in one_to_one if self._is_of_age(child, course)])

    def _is_of_age(self, child: Learner, course: Course) -> bool:
        return (course.age_min or 0) <= child.age_on(self.house.weeks.today) <= (course.age_max or 99)

    def _weekly(self, child: Learner, since: float) -> Weekly | None:
        course = self._course_for(child)
        first_week = max(round(1.5 - since), -BACK)
        stays = self.dice.happens(0.8)
        last_week = AHEAD if stays else self.dice.randint(min(first_week + 3, -1), -1)
        for _ in range(20):
            tutor = self.dice.choice([one for one in TUTORS if course.name in one.courses])
            weekday, hour = self.dice.choice(tutor.starts)
            if (tutor.name, weekday, hour) not in self.own_places:
                self.own_places.add((tutor.name, weekday, hour))
                return Weekly(child, course, tutor, weekday, hour, first_week, last_week)
        return None

    def _plan_lessons(self, weekly: Weekly) -> None:
        """Blocks of four, each paid before it begins: by some families one block ahead, by some two or three."""
        weeks = self.house.weeks
        ahead = self.dice.choices((0, 4, 8), (55, 28, 17))[0]
        days = [weeks.day(week, weekly.weekday) for week in range(weekly.first_week, weekly.last_week + 1)]
        days = [day for day in days if not self.house.is_off(day)]
        for start in range(0, len(days), BLOCK):
            lessons = [weeks.at(day, clock(weekly.hour * 60), 60) for day in days[start : start + BLOCK]]
            latest = lessons[0].starts_at - dt.timedelta(weeks=ahead, days=2)
            placed_at = self.house.fates.by_day(latest - 5 * DAY, latest)
            placed_at = max(placed_at, weekly.learner.joined_at + 2 * HOUR)
            if placed_at >= min(weeks.now, lessons[0].starts_at) - 2 * HOUR:
                break
            made = [self._lesson(weekly.course, one, weekly.tutor, weekly.learner, placed_at) for one in lessons]
            booked = [booking for booking in made if booking]
            if booked:
                pay_with = self.dice.choices(("card", "transfer"), (88, 12))[0]
                self.house.order(*booked, placed_at=placed_at, pay_with=pay_with)

    def _lesson(
        self, course: Course, during: Stretch, tutor: Tutor, child: Learner, at: dt.datetime, enrollment: str = ""
    ) -> PlannedBooking | None:
        return self.house.lesson(
            course,
            during,
            self.teachers[tutor.name],
            child,
            placed_at=at,
            place=self.rooms[tutor.name],
            enrollment=enrollment,
        )

    def _plan_trial(self, child: Learner, course: Course, tutor: Tutor | None, week: int, *, paid: bool = True) -> None:
        found = self._free_hour(course, tutor, week, child)
        if found is None:
            return
        chosen, during = found
        latest = min(during.starts_at - 5 * HOUR, self.house.weeks.now - HOUR)
        if child.joined_at >= latest:
            return
        placed_at = child.joined_at + self.dice.uniform(0.01, 0.3) * (latest - child.joined_at)
        booking = self._lesson(course, during, chosen, child, placed_at, "trial")
        if booking and paid:
            self.house.order(booking, placed_at=placed_at)
        elif booking:
            self.house.order(booking, placed_at=placed_at, pay_with="transfer", ending=Ending.HELD)

    def _plan_extra(self, child: Learner) -> None:
        """A single lesson besides the weekly ones."""
        weeks = self.house.weeks
        course, week = self._course_for(child), self.dice.randint(-BACK, 3)
        found = self._free_hour(course, None, week, child)
        if found is None:
            return
        tutor, during = found
        latest = min(during.starts_at - 5 * HOUR, weeks.now - HOUR)
        earliest = max(latest - 9 * DAY, child.joined_at + HOUR)
        if earliest < latest:
            placed_at = self.house.fates.by_day(earliest, latest)
            booking = self._lesson(course, during, tutor, child, placed_at, "one_off")
            if booking:
                self.house.order(booking, placed_at=placed_at)

    def _free_hour(
        self, course: Course, tutor: Tutor | None, week: int, child: Learner
    ) -> tuple[Tutor, Stretch] | None:
        """An hour that is no child's own, after the child's family came."""
        weeks = self.house.weeks
        for _ in range(12):
            chosen = tutor or self.dice.choice([one for one in TUTORS if course.name in one.courses])
            weekday, hour = self.dice.choice(chosen.starts)
            day = weeks.day(week, weekday)
            during = weeks.at(day, clock(hour * 60), 60)
            if (
                (chosen.name, weekday, hour) not in self.own_places
                and not self.house.is_off(day)
                and during.starts_at > child.joined_at + 8 * HOUR
            ):
                return chosen, during
        return None

    def _plan_club(self, club: Club, children: list[Learner]) -> None:
        """The same children mostly, and the further ahead the fewer."""
        weeks, course = self.house.weeks, self.courses[club.course]
        members = [child for child in children if self._is_of_age(child, course)]
        self.dice.shuffle(members)
        members = members[:16]
        days = [weeks.day(week, club.weekday) for week in range(-BACK, AHEAD)]
        planned = self.repeating.club(club, days)
        for week, day in zip(range(-BACK, AHEAD), days, strict=True):
            if self.house.is_off(day):
                self.repeating.skip(planned.series_id, day)
                continue
            during = weeks.at(day, club.starts, course.duration_minutes)
            session = self.house.session(
                course,
                [during],
                self.teachers[club.tutor],
                place=self.rooms[club.tutor],
                announced_at=min(during.starts_at - 70 * DAY, weeks.now - 3 * DAY),
                is_draft=week >= AHEAD - 2,
                series_id=planned.series_id,
                occurrence_on=day,
            )
            if session is None:
                taken = [self.teachers[club.tutor].diary_id, self.rooms[club.tutor].diary_id]
                self.repeating.skip(planned.series_id, day, self.house.taken.in_the_way(taken, during))
                continue
            planned.sessions.append(session)
            if session.is_draft:
                continue
            left = self.dice.choice((0, 0, 1, 2)) if week < 0 else LEFT_OVER[week + club.weekday % 2]
            self.dice.shuffle(members)
            for child in members:
                if session.seats_left <= left:
                    break
                placed_at = self.house.fates.booked_at(session, days=30, since=child.joined_at + HOUR)
                booking = self.house.seat(session, child) if placed_at else None
                if booking and placed_at:
                    self.house.order(booking, placed_at=placed_at)


def fill(today: dt.date, *, progress: Callable[[str], None], scale: float = 1.0) -> School:
    house = House(
        "coding",
        name="Brightloop Coding",
        tagline="Live coding lessons for ages 7 to 17, one to one and online.",
        colour="#2456c9",
        details=Details(
            email="hello@brightloop.example",
            phone="+12125550140",
            bank_details="Brightloop Coding LLC, First River Bank, account 000 123 456 789, routing 021 000 021",
        ),
        today=today,
        scale=scale,
        origins=(
            "american",
            "american",
            "american",
            "latin",
            "chinese",
            "indian",
            "irish",
            "african",
            "italian",
            "korean",
        ),
        phones=[f"+1{area}55501##" for area in (212, 646, 718, 917, 312, 415, 617, 303, 206, 404)],
        towns=(
            "Montclair, NJ 07042",
            "Hoboken, NJ 07030",
            "Brooklyn, NY 11215",
            "Evanston, IL 60201",
            "Decatur, GA 30030",
            "Somerville, MA 02144",
            "Boulder, CO 80302",
            "Berkeley, CA 94704",
        ),
        region=("US", "NY"),
        odds=Odds(no_show=0.025, early=0.045, late=0.02, by_school=0.01, expired=0.03),
    )
    Coding(house).plan()
    return house.write(progress)
