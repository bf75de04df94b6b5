"""A coaching practice: eight coaches publish slots, each is booked once, ever."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from schoolbell.catalogue.models import Course
from schoolbell.demo.fates import DAY, HOUR, Odds
from schoolbell.demo.house import Details, House
from schoolbell.demo.outside import subscribe
from schoolbell.demo.plan import Ending, Learner, PlannedSession, Teacher
from schoolbell.demo.weeks import AHEAD, BACK
from schoolbell.schools.models import School

CLIENTS: Final = 110
BOOKED_AHEAD: Final = (0.82, 0.66, 0.5, 0.36, 0.26, 0.18, 0.12, 0.08, 0.05, 0.04, 0.03, 0.02, 0.02)
CALL, SESSION, CAREER, LEAD = "Call", "Coaching Session", "Career Session", "First-Time Lead"

_ONLINE: Final[dict[str, Any]] = {"format": "one_to_one", "delivery": "online", "tax_rate": 1900}
COURSES: Final[dict[str, dict[str, Any]]] = {
    CALL: _ONLINE | {
        "description": "Half an hour to get to know each other. You say what you would like to change, we say whether "
        "and how we can help. Free of charge.",
        "duration_minutes": 30, "price": 0,
    },
    SESSION: _ONLINE | {
        "description": "An hour on the question that you bring. You leave with one decision and one next step, written "
        "down.",
        "duration_minutes": 60, "price": 12000,
    },
    CAREER: _ONLINE | {
        "description": "An hour and a half on what comes next: stay, move or start something. We look at your story, "
        "your options and the week after.",
        "duration_minutes": 90, "price": 16500, "overrides": {"confirm_on": "payment"},  # held until it is paid
    },
    LEAD: _ONLINE | {
        "description": "For people who lead a team for the first time. Feedback, delegation and difficult talks, with "
        "the case that is on your desk today.",
        "duration_minutes": 60, "price": 13500,
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coach:
    """`slots`: weekday, start and course of what is published every week. `hours`: open for lessons on demand too."""

    name: str
    about: str
    courses: tuple[str, ...]
    slots: tuple[tuple[int, str, str], ...]
    hours: tuple[tuple[int, str, str], ...] = ()


def _weekly(days: tuple[int, ...], *starts: tuple[str, str]) -> tuple[tuple[int, str, str], ...]:
    return tuple((day, at, course) for day in days for at, course in starts)


COACHES: Final = (
    Coach("Jonas Weber", "Was head of product for eleven years. Asks short questions.", (CALL, SESSION, CAREER),
          _weekly((1, 3), ("09:00", CALL), ("10:00", SESSION), ("11:30", SESSION), ("14:00", CAREER)),
          ((2, "09:00", "13:00"), (4, "13:00", "17:00"))),
    Coach("Sofia Lindqvist", "Works with people who lead for the first time, in German, English and Swedish.",
          (CALL, SESSION, LEAD),
          _weekly((2, 5), ("09:00", CALL), ("09:45", LEAD), ("11:00", LEAD), ("13:30", SESSION), ("15:00", LEAD)),
          ((4, "13:00", "17:00"),)),
    Coach("Miriam Hoffmann", "Trained as a psychologist. Thorough, warm, and good with silence.",
          (CALL, SESSION, CAREER),
          _weekly((1, 2, 4), ("08:30", SESSION), ("10:00", SESSION), ("11:15", CALL), ("15:00", CAREER))),
    Coach("Karim Mansour", "Founded two companies, sold one and closed one. Speaks plainly about both.",
          (CALL, SESSION, CAREER),
          _weekly((3, 4), ("09:30", CALL), ("10:30", CAREER), ("13:00", SESSION), ("14:30", SESSION)),
          ((5, "09:00", "12:00"),)),
    Coach("Franziska Vogel", "Spent fifteen years in hospitals, the last five in charge of one.", (CALL, SESSION, LEAD),
          _weekly((1, 5), ("07:30", LEAD), ("09:00", LEAD), ("12:00", CALL), ("13:00", SESSION), ("18:00", SESSION))),
    Coach("Piotr Zielinski", "Engineer and team lead. Helps technical people to be heard.", (CALL, SESSION, LEAD),
          _weekly((2, 3, 4), ("12:15", CALL), ("16:30", SESSION), ("18:00", LEAD), ("19:15", SESSION))),
    Coach("Elif Aydin", "Accompanies people back to work after a break: children, illness, a year away.",
          (CALL, SESSION, CAREER),
          _weekly((1, 3, 5), ("09:15", SESSION), ("10:30", CALL), ("11:15", CAREER), ("14:15", SESSION))),
    Coach("Antoine Moreau", "Voice and presence: the first five minutes of a talk, and what to do with one's hands.",
          (CALL, SESSION),
          _weekly((2, 4), ("10:00", CALL), ("10:45", SESSION), ("14:00", SESSION), ("15:15", SESSION))),
)  # fmt: skip


class Coaching:
    def __init__(self, house: House) -> None:
        self.house = house
        self.dice = house.dice
        self.courses = {name: house.course(name, **values) for name, values in COURSES.items()}
        self.coaches = COACHES[: house.many(len(COACHES), least=2)]
        self.teachers: dict[str, Teacher] = {
            coach.name: house.teacher(
                coach.name,
                *(self.courses[name] for name in coach.courses),
                about=coach.about,
                hours=coach.hours,
                hourly_rate=7000,
            )
            for coach in self.coaches
        }
        self.clients = [self._client() for _ in range(house.many(CLIENTS, least=12))]
        self.regulars = {coach.name: self.dice.sample(self.clients, k=len(self.clients) // 4) for coach in self.coaches}
        self.has_called: set[Learner] = set()

    def _client(self) -> Learner:
        weeks = self.house.weeks
        joined_at = self.house.fates.by_day(weeks.ago(BACK + 30), weeks.ago(0.3))
        zone = self.dice.choices(
            ("", "Europe/Berlin", "Europe/Zurich", "Europe/London", "Europe/Warsaw", "America/New_York"),
            (30, 45, 9, 8, 4, 4),
        )[0]
        return self.house.people.adult(joined_at, ages=(25, 61), timezone=zone)

    def plan(self) -> None:
        for week in range(-BACK, AHEAD):
            for coach in self.coaches:
                away = self.dice.happens(0.07) and week not in (0, 1, 2)
                # Most publish eight weeks ahead, some a whole quarter.
                if not away and (week < 8 or coach.hours):
                    self._plan_week(week, coach)
        self._plan_open_holds()
        self._plan_days_off()

    def _plan_open_holds(self) -> None:
        """Booked since yesterday; the transfer is on its way."""
        house, wanted = self.house, self.house.many(4)
        soon = house.weeks.now + 4 * DAY
        free = [
            one
            for one in house.sessions
            if one.course.name == CAREER and not one.bookings and one.starts_at > soon and one.cancelled_at is None
        ]
        for session in free:
            client, placed_at = self.dice.choice(self.clients), house.fates.lately()
            if wanted == 0 or placed_at <= max(client.joined_at, session.announced_at):
                continue
            if booking := house.seat(session, client):
                house.order(booking, placed_at=placed_at, pay_with="transfer", ending=Ending.HELD)
                wanted -= 1

    def _plan_days_off(self) -> None:
        house, weeks = self.house, self.house.weeks
        choir = [weeks.at(weeks.day(week, 3), "18:30", 120) for week in range(AHEAD)]
        dentist = weeks.at(weeks.day(2, 4), "16:00", 60)
        subscribe(
            house.sheets,
            weeks,
            house.taken,
            self.teachers[self.coaches[0].name],
            name="Private",
            url="https://calendar.northlight.invalid/jonas.ics",
            events=[("dentist", dentist), *(("choir", evening) for evening in choir)],
        )
        house.days_off.ask("A talk in Vienna", days_ahead=16)

    def _plan_week(self, week: int, coach: Coach) -> None:
        weeks = self.house.weeks
        for weekday, starts, name in coach.slots:
            day = weeks.day(week, weekday)
            if self.house.is_off(day):
                continue
            course = self.courses[name]
            during = weeks.at(day, starts, course.duration_minutes)
            latest = min(during.starts_at - 40 * DAY, weeks.now - DAY)
            announced_at = self.house.fates.by_day(latest - 10 * DAY, latest)
            session = self.house.session(course, [during], self.teachers[coach.name], announced_at=announced_at)
            if session and self.dice.happens(0.68 if week < 0 else BOOKED_AHEAD[week]):
                self._book(session, coach, course)

    def _book(self, session: PlannedSession, coach: Coach, course: Course) -> None:
        for _ in range(10):
            regular = self.dice.happens(0.8) and course.name != CALL
            client = self.dice.choice(self.regulars[coach.name] if regular else self.clients)
            if course.name == CALL and client in self.has_called:
                continue
            placed_at = self.house.fates.booked_at(session, days=21, since=client.joined_at + HOUR)
            booking = self.house.seat(session, client) if placed_at else None
            if booking and placed_at:
                if course.name == CALL and self.dice.happens(0.6):
                    self.has_called.add(client)
                pay_with = self.dice.choices(("card", "transfer"), (65, 35))[0]
                self.house.order(booking, placed_at=placed_at, pay_with=pay_with)
                return


def fill(today: dt.date, *, progress: Callable[[str], None], scale: float = 1.0) -> School:
    house = House(
        "coaching",
        name="Northlight Coaching",
        tagline="Half an hour that moves your week.",
        colour="#6d4aa8",
        details=Details(
            email="moin@northlight.example",
            phone="+493023125140",
            bank_details="Northlight Coaching GmbH, IBAN DE02 1203 0000 0000 2020 51, BIC BYLADEM1001",
        ),
        today=today,
        scale=scale,
        origins=("german", "german", "german", "german", "turkish", "slavic", "nordic", "french", "italian", "arabic"),
        phones=("+493023125###", "+494066969###", "+498999998###", "+496990009###"),
        region=("DE", "BE"),
        odds=Odds(no_show=0.03, early=0.05, late=0.02, by_school=0.012, unpaid=0.05),
    )
    Coaching(house).plan()
    return house.write(progress, are_reviewed=True)
