"""A course seller: evening cohorts of several sessions, weekends, and mornings of which one takes those one likes."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from itertools import count, islice
from typing import Final

from schoolbell.demo.courses_list import COURSES, RUNS, STAFF, STUDIOS, Run
from schoolbell.demo.fates import DAY, HOUR, Odds
from schoolbell.demo.house import Details, House
from schoolbell.demo.plan import Ending, Learner, PlannedSession
from schoolbell.demo.products import GUESTS, ORDERS, WITH_LESSONS, ProductRows
from schoolbell.demo.weeks import AHEAD, BACK
from schoolbell.kit.time import Stretch
from schoolbell.schools.models import School

BUYERS: Final = 300 - GUESTS
# How full what is to come is, of its seats, the next one first.
FILLED: Final = (1.0, 0.96, 0.6, 1.0, 0.35, 0.75, 0.93, 0.2, 0.5, 0.1, 0.3, 0.15, 0.08, 0.2, 0.05)


class Courses:
    def __init__(self, house: House) -> None:
        self.house = house
        self.dice = house.dice
        self.courses = {name: house.course(name, **values) for name, values in COURSES.items()}
        self.studios = {
            name: house.place("venue", name, capacity, **values) for name, (capacity, values) in STUDIOS.items()
        }
        self.teachers = {
            name: house.teacher(
                name,
                *(self.courses[course] for course in courses),
                about=about,
                hours=[(day, "06:30", "21:30") for day in range(1, 8)],
                hourly_rate=120_000,
            )
            for name, (about, courses) in STAFF.items()
        }
        weeks = house.weeks
        self.buyers = [
            house.people.adult(house.fates.by_day(weeks.ago(BACK + 16), weeks.ago(0.2)), ages=(18, 63))
            for _ in range(house.many(BUYERS, least=12))
        ]
        self.bought: Counter[Learner] = Counter()
        self.coming = 0

    def plan(self) -> None:
        runs = [(week, run) for run in RUNS for week in range(run.first_week - run.every * 9, AHEAD, run.every)]
        for week, run in sorted(runs, key=lambda item: (item[0], item[1].course)):
            slots = self._slots(run, week)
            if slots and week >= -BACK:
                self._plan_session(run, week, slots)
        self._sell_to_the_rest()
        self.house.days_off.ask("My daughter’s wedding", days_ahead=20)

    def _slots(self, run: Run, week: int) -> list[Stretch]:
        """As many as the course says: after a day off it goes on that much longer. Where one takes those one likes, a
        day off is none of them."""
        weeks, course = self.house.weeks, self.courses[run.course]
        numbers = range(run.weeks) if run.choose else count()
        days = (weeks.day(week + number, weekday) for number in numbers for weekday in run.weekdays)
        open_days = islice((day for day in days if not self.house.is_off(day)), run.weeks * len(run.weekdays))
        return [weeks.at(day, run.starts, course.duration_minutes) for day in open_days]

    def _plan_session(self, run: Run, week: int, slots: list[Stretch]) -> None:
        weeks = self.house.weeks
        latest = min(slots[0].starts_at - 50 * DAY, weeks.now - 3 * DAY)
        session = self.house.session(
            self.courses[run.course],
            slots,
            *(self.teachers[name] for name in run.staff),
            place=self.studios[run.studio] if run.studio else None,
            announced_at=self.house.fates.by_day(latest - 15 * DAY, latest),
            choose_slots=run.choose,
            is_draft=week >= AHEAD - 2,
            notes=run.notes,
        )
        if session and not session.is_draft:
            self._fill(session)

    def _fill(self, session: PlannedSession) -> None:
        weeks = self.house.weeks
        share = self.dice.uniform(0.4, 0.85)
        if session.starts_at > weeks.now:
            share = FILLED[min(self.coming, len(FILLED) - 1)]
            self.coming += 1
        wanted = self.house.many(round(session.capacity * share), least=0)
        for buyer in self._interested(session):
            if sum(booking.holds_seat for booking in session.bookings) >= wanted or session.seats_left == 0:
                break
            self._sell(session, buyer)
        if session.starts_at > weeks.now + 4 * DAY and session.seats_left > 2:
            self._hold(session)

    def _interested(self, session: PlannedSession) -> list[Learner]:
        """Those who have not bought before come first, mostly."""
        there = [buyer for buyer in self.buyers if buyer.joined_at < session.starts_at - DAY]
        keen = {buyer: self.bought[buyer] + self.dice.uniform(0, 2.5) for buyer in there}
        return sorted(there, key=lambda buyer: keen[buyer])

    def _sell_to_the_rest(self) -> None:
        """Whoever is in the books has bought something."""
        for buyer in self.buyers:
            for session in self.dice.sample(self.house.sessions, k=len(self.house.sessions)):
                if self.bought[buyer]:
                    break
                if not session.is_draft and session.seats_left > 3:
                    self._sell(session, buyer)

    def _sell(self, session: PlannedSession, buyer: Learner) -> None:
        placed_at = self.house.fates.booked_at(session, days=45, since=buyer.joined_at + HOUR)
        if placed_at is None:
            return
        booking = self.house.seat(session, buyer, slots=self._chosen(session))
        if booking:
            self.bought[buyer] += 1
            pay_with = self.dice.choices(("card", "transfer", "desk"), (74, 20, 6))[0]
            self.house.order(booking, placed_at=placed_at, pay_with=pay_with, by_office=pay_with == "desk")

    def busiest(self) -> Learner:
        """Who has the most bookings, and can sign in to the demo (`accounts`)."""
        counts = Counter(booking.learner for order in self.house.orders for booking in order.bookings)
        return min(counts, key=lambda learner: (-counts[learner], learner.payer.id))

    def _chosen(self, session: PlannedSession) -> tuple[int, ...]:
        """Some of the dates, where one may choose."""
        if not session.choose_slots:
            return ()
        number = self.dice.choices((1, 2, 3, 4), (25, 30, 25, 20))[0]
        return tuple(sorted(self.dice.sample(range(len(session.slots)), k=min(number, len(session.slots)))))

    def _hold(self, session: PlannedSession) -> None:
        placed_at = self.house.fates.lately()
        buyer = self.dice.choice(self.buyers)
        if self.dice.happens(0.6) and placed_at > max(buyer.joined_at, session.announced_at):
            booking = self.house.seat(session, buyer, slots=self._chosen(session))
            if booking and booking.starts_at > self.house.weeks.now + 3 * DAY:
                pay_with = self.dice.choice(("transfer", "desk"))
                self.house.order(booking, placed_at=placed_at, pay_with=pay_with, ending=Ending.HELD)
            elif booking:
                session.bookings.remove(booking)


def fill(today: dt.date, *, progress: Callable[[str], None], scale: float = 1.0) -> School:
    house = House(
        "courses",
        name="Lotus Skill Academy",
        tagline="Evening courses that end with something made.",
        colour="#a8472a",
        details=Details(
            email="namaste@lotus.example",
            phone="+918066660140",
            address="24 Residency Road, Bengaluru 560025",
            bank_details="Lotus Skill Academy, Garden City Bank, account 0012 3456 7890, IFSC GCBK0001234",
            terms="A workshop runs with four people or more. With fewer the school takes it off "
            "three days before, and gives every rupee back.",
        ),
        today=today,
        scale=scale,
        origins=("indian",) * 9 + ("english",),
        region=("IN", "KA"),
        odds=Odds(no_show=0.025, early=0.03, late=0.01, by_school=0.003, expired=0.04),
    )
    courses = Courses(house)
    courses.plan()
    products = ProductRows(house.sheets, house.dice, opened_at=house.opened_at, now=house.weeks.now)
    products.sell(courses.buyers, orders=house.many(ORDERS))
    products.sell_to(courses.busiest())
    guests = [house.people.adult(house.fates.by_day(house.weeks.ago(12), house.weeks.ago(0.1))) for _ in range(GUESTS)]
    products.sell_to_guests(guests)
    products.sell_with_lessons(house.orders, house.many(WITH_LESSONS))
    return house.write(progress)
