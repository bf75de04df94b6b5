"""A first-aid trainer: one- and three-day courses at six venues, twelve seats each, some bought by employers."""

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from schoolbell.demo.fates import DAY, HOUR, MINUTE, Odds
from schoolbell.demo.house import Details, House
from schoolbell.demo.plan import Ending, Payer, PlannedBooking, PlannedSession, Teacher
from schoolbell.demo.products import FIRST_AID, WITH_LESSONS, ProductRows
from schoolbell.demo.weeks import AHEAD, BACK
from schoolbell.schools.models import School

_TAUGHT: Final[dict[str, Any]] = {
    "delivery": "at_venue",
    "price_per": "course",
    "capacity": 12,
    "duration_minutes": 360,
    "certification_validity_years": 3,
    "tax_rate": 2000,
}
COURSES: Final[dict[str, dict[str, Any]]] = {
    "Emergency First Aid at Work": _TAUGHT | {
        "type": "EFAW",
        "description": "One day for low-risk workplaces: assessing an incident, CPR and the defibrillator, choking, "
        "bleeding, burns, seizures and shock. The certificate is valid for three years.",
        "price": 9000,
    },
    "First Aid at Work": _TAUGHT | {
        "type": "FAW",
        "description": "Three days for those who are their workplace's first-aider: everything from the emergency day, "
        "and fractures, chest pain, strokes, poisoning, eye injuries and record keeping.",
        "price": 21000,
    },
    "Paediatric First Aid": _TAUGHT | {
        "type": "Paediatric",
        "description": "One day for parents, nannies and nursery staff: babies and children who choke, do not breathe, "
        "have a fever or a fall. Practised on infant and child manikins.",
        "price": 11000,
    },
}  # fmt: skip
VENUES: Final = (
    ("Kirkgate Hall", "12 Kirkgate", "Leeds", "LS2 7DR", 16, "Pay and display in the street; free after six."),
    ("Minster Rooms", "4 High Petergate", "York", "YO1 7EN", 12, "No parking. Park and ride stops at the gate."),
    ("Riverside Centre", "Wharf Road", "Sheffield", "S9 2RX", 20, "Free behind the building, entrance from the canal."),
    ("Old Library", "31 Manor Row", "Bradford", "BD1 4PS", 14, "Public car park opposite, £4 a day."),
    ("Harbour House", "7 Princes Dock Street", "Hull", "HU1 2JX", 16, "Ten spaces; ask us to keep one for you."),
    ("Valley Pavilion", "Valley Drive", "Harrogate", "HG2 0JJ", 12, "Free for three hours in Valley Drive."),
)
# By car, between venues by their place in the list; between others the policy's minutes hold.
TRAVEL: Final = ((0, 1, 45), (0, 2, 55), (0, 3, 30), (0, 5, 35), (1, 4, 60), (1, 5, 40), (3, 5, 50))
EMPLOYERS: Final = (
    "Aire Valley Joinery", "Brook Lane Nursery", "Calder Textiles", "Dale Vets", "Elmwood Primary School",
    "Fountain Leisure", "Greenhead Garden Centre", "Holme Logistics", "Ilkley Care Homes", "Kingfisher Kayaking",
    "Little Acorns Pre-School", "Moorside Bakery", "North Star Scaffolding", "Otley Print Works", "Pennine Cycle Tours",
    "Quarry Bank Engineering", "Ridings Housing Trust", "Swale Catering", "Thornfield Farm Shop", "Wharfe Rowing Club",
)  # fmt: skip
STAFF: Final = (
    ("Hannah Booth", "Paramedic for twelve years, four of them in the air ambulance."),
    ("David Osei", "Trains the trainers. Was an army medic."),
    ("Aoife Brennan", "Children's nurse. Teaches most of the paediatric days."),
    ("Imran Hussain", "Health and safety adviser for building sites, and first-aider since school."),
    ("Rosie Thackray", "Mountain rescue volunteer. Makes people practise until it is easy."),
)
# Seats left in what is to come, the next one first: full, one left, a few, plenty.
SEATS_LEFT: Final = (0, 1, 4, 0, 2, 7, 1, 5, 3, 8, 6, 0, 9, 4, 8, 6, 9, 10)


class FirstAid:
    def __init__(self, house: House) -> None:
        self.house = house
        self.dice = house.dice
        self.courses = {values["type"]: house.course(name, **values) for name, values in COURSES.items()}
        self.venues = [
            house.place(
                "venue", name, capacity, address_line1=street, city=city, postcode=postcode, parking_info=parking,
                facilities={"projector": True, "step_free": name != "Minster Rooms", "kitchen": capacity > 12},
            )
            for name, street, city, postcode, capacity, parking in VENUES
        ]  # fmt: skip
        for one, other, minutes in TRAVEL:
            house.travel(self.venues[one], self.venues[other], minutes)
        week = [(day, "08:00", "18:00") for day in range(1, 7)]
        self.teachers = [
            house.teacher(name, about=about, hours=week, hourly_rate=3200, max_hours_per_week=40)
            for name, about in STAFF
        ]
        self.employers = [
            house.people.organisation(name, house.weeks.ago(BACK + self.dice.uniform(2, 50)))
            for name in EMPLOYERS[: house.many(len(EMPLOYERS), least=3)]
        ]
        self.coming = 0

    def plan(self) -> None:
        for week in range(-BACK, AHEAD):
            # Emergency days every week, paediatric days often, three days every other week.
            self._plan_session(week, "EFAW", (self.dice.choice((1, 2)),))
            if week % 2 == 0:
                self._plan_session(week, "FAW", (2, 3, 4) if week % 4 else (1, 2, 3))
            else:
                self._plan_session(week, "EFAW", (5,))
            if week % 3:
                self._plan_session(week, "Paediatric", (self.dice.choice((4, 6)),))

        self._name_later()
        days_off = self.house.days_off
        days_off.close("Trainers’ day", days_ahead=30, with_lessons=False)
        days_off.ask("My sister’s wedding", days_ahead=14)
        days_off.grant(self.teachers[0], "Mountain rescue exercise", days_ahead=9)
        days_off.change_hours(self.teachers[1], days_ahead=12, starts="18:00", ends="21:00", closes=False)

    def _plan_session(self, week: int, kind: str, weekdays: tuple[int, ...]) -> None:
        weeks, course = self.house.weeks, self.courses[kind]
        days = [weeks.day(week, weekday) for weekday in weekdays]
        if any(self.house.is_off(day) for day in days):
            return
        slots = [weeks.at(day, "09:00" if kind != "Paediatric" else "09:30", course.duration_minutes) for day in days]
        # Now and then too few come, or a trainer is ill.
        taken_off = kind == "EFAW" and week in (-21, -13, -5, 2) and weekdays != (5,)
        latest = min(slots[0].starts_at - 70 * DAY, weeks.now - 2 * DAY)
        for _ in range(10):
            session = self.house.session(
                course,
                slots,
                *self._staff(kind),
                place=self.dice.choice(self.venues),
                announced_at=self.house.fates.by_day(latest - 20 * DAY, latest),
                is_draft=week >= AHEAD - 2,
                cancelled_at=min(slots[0].starts_at - 3 * DAY, weeks.now - 6 * HOUR) if taken_off else None,
                notes="Bring lunch; tea and coffee are there." if self.dice.happens(0.5) else "",
            )
            if session:
                self._fill(session, week)
                return

    def _staff(self, kind: str) -> list[Teacher]:
        """Three days are taught by two."""
        return self.dice.sample(self.teachers, k=2 if kind == "FAW" and self.dice.happens(0.6) else 1)

    def _fill(self, session: PlannedSession, week: int) -> None:
        if session.is_draft:
            return
        left = self.dice.choices((0, 1, 2, 4), (50, 24, 16, 10))[0]
        if session.starts_at > self.house.weeks.now:
            left = SEATS_LEFT[min(self.coming, len(SEATS_LEFT) - 1)]
            self.coming += 1
        if session.cancelled_at:
            left = session.capacity - 3
        wanted = self.house.many(session.capacity - left, least=0)
        while sum(booking.holds_seat or bool(session.cancelled_at) for booking in session.bookings) < wanted:
            if not self._sell(session, wanted):
                break
        if session.starts_at > self.house.weeks.now + 5 * DAY and session.seats_left > 1 and week % 2:
            self._hold(session)

    def _sell(self, session: PlannedSession, wanted: int) -> bool:
        placed_at = self.house.fates.booked_at(session, days=60)
        if placed_at is None:
            return False
        room = wanted - sum(booking.holds_seat for booking in session.bookings)
        bookings: list[PlannedBooking | None]
        if room > 1 and self.dice.happens(0.18):
            number = min(room, self.dice.randint(2, 5))
            bookings = self._seats_of(self.dice.choice(self.employers), session, number, placed_at)
            pay_with, by_office = "transfer", self.dice.happens(0.5)
        else:
            learner = self.house.people.adult(placed_at - self.dice.randint(2, 9) * MINUTE, ages=(18, 62))
            bookings = [self.house.seat(session, learner)]
            pay_with = self.dice.choices(("card", "desk", "transfer"), (86, 8, 6))[0]
            by_office = pay_with != "card"
        sold = [booking for booking in bookings if booking]
        if sold:
            self.house.order(*sold, placed_at=placed_at, pay_with=pay_with, by_office=by_office)
        return bool(sold)

    def _seats_of(
        self, employer: Payer, session: PlannedSession, number: int, placed_at: dt.datetime
    ) -> list[PlannedBooking | None]:
        staff = [self.house.people.employee(employer, placed_at - MINUTE) for _ in range(number)]
        return [self.house.seat(session, one) for one in staff]

    def _name_later(self) -> None:
        """An employer has taken two seats, and says later who comes."""
        placed_at, soon = self.house.fates.lately(), self.house.weeks.now + 5 * DAY
        for session in self.house.sessions:
            roomy = session.seats_left > 1 and not session.is_draft and session.cancelled_at is None
            if roomy and session.starts_at > soon and session.announced_at < placed_at:
                employer = self.dice.choice(self.employers)
                staff = [self.house.people.named_later(employer, placed_at - MINUTE) for _ in range(2)]
                seats = [booking for one in staff if (booking := self.house.seat(session, one))]
                notes = "Two from the night shift. We send their names when the rota is out."
                self.house.order(
                    *seats, placed_at=placed_at, pay_with="transfer", ending=Ending.KEPT, by_office=True, notes=notes
                )
                return

    def _hold(self, session: PlannedSession) -> None:
        """Somebody who pays at the desk, or by transfer, in the next days."""
        placed_at = self.house.fates.lately()
        if placed_at <= session.announced_at:
            return
        learner = self.house.people.adult(placed_at - 3 * MINUTE)
        booking = self.house.seat(session, learner)
        if booking:
            pay_with = self.dice.choice(("desk", "transfer"))
            self.house.order(booking, placed_at=placed_at, pay_with=pay_with, ending=Ending.HELD)


def fill(today: dt.date, *, progress: Callable[[str], None], scale: float = 1.0) -> School:
    house = House(
        "first-aid",
        name="Steady Hands First Aid",
        tagline="Certified first-aid courses across Yorkshire.",
        colour="#b3273d",
        details=Details(
            email="office@steadyhands.example",
            phone="+441134960140",
            address="3 Park Row, Leeds LS1 5HD",
            bank_details="Steady Hands First Aid Ltd, sort code 20-00-00, account 12345678",
            terms="Everybody who comes must be able to kneel and to press with both hands. A "
            "certificate needs every day of the course, from beginning to end. Seats can be "
            "given to a colleague until the first day begins.",
        ),
        today=today,
        scale=scale,
        origins=(
            "english",
            "english",
            "english",
            "english",
            "irish",
            "arabic",
            "indian",
            "slavic",
            "african",
            "nordic",
        ),
        phones=("+447700900###",),
        region=("GB", "ENG"),
        odds=Odds(no_show=0.02, early=0.025, late=0.015, by_school=0.002, expired=0.035),
    )
    FirstAid(house).plan()
    products = ProductRows(house.sheets, house.dice, opened_at=house.opened_at, now=house.weeks.now, products=FIRST_AID)
    products.sell_with_lessons(house.orders, house.many(WITH_LESSONS))
    return house.write(progress)
