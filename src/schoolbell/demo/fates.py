"""When people book, how they pay, and what becomes of it."""

import datetime as dt
from dataclasses import dataclass

from schoolbell.demo.dice import Dice
from schoolbell.demo.plan import Ending, PlannedBooking, PlannedOrder, PlannedSession
from schoolbell.demo.weeks import Weeks
from schoolbell.schools.policies import ConfirmOn

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Odds:
    """How often what happens at a school, of all bookings. `unpaid`: confirmed on trust and not paid yet."""

    no_show: float = 0.02
    early: float = 0.04
    late: float = 0.015
    by_school: float = 0.007
    expired: float = 0.02
    declined: float = 0.02
    unpaid: float = 0.0


class Fates:
    """Decides within what time allows: nobody pays tomorrow, nobody cancels what is over."""

    def __init__(self, dice: Dice, weeks: Weeks, odds: Odds) -> None:
        self._dice = dice
        self._weeks = weeks
        self._odds = odds

    def booked_at(
        self, session: PlannedSession, *, days: float, since: dt.datetime | None = None
    ) -> dt.datetime | None:
        """When somebody buys a seat in it: at most that many days before it starts, by day. None: it is too late."""
        latest = min(session.starts_at - 5 * HOUR, self._weeks.now - 10 * MINUTE)
        if session.cancelled_at:
            latest = min(latest, session.cancelled_at)
        earliest = max(session.announced_at, latest - days * DAY, since or session.announced_at)
        return self.by_day(earliest, latest) if earliest < latest else None

    def lately(self) -> dt.datetime:
        """Since yesterday: whoever pays at the desk or by transfer has a day left at least."""
        return self.by_day(self._weeks.now - 18 * HOUR, self._weeks.now - 2 * HOUR)

    def by_day(self, earliest: dt.datetime, latest: dt.datetime) -> dt.datetime:
        """An instant from the stretch at which people are awake, where it has one."""
        at = self._dice.between(earliest, latest)
        if 7 <= at.astimezone(self._weeks.where).hour < 22:
            return at
        return next((other for other in (at + 9 * HOUR, at - 9 * HOUR) if earliest <= other < latest), at)

    def decide(
        self,
        bookings: list[PlannedBooking],
        *,
        placed_at: dt.datetime,
        pay_with: str,
        ending: Ending | None = None,
        by_office: bool = False,
    ) -> PlannedOrder:
        """The order for these bookings. `ending` decides beforehand; HELD asks for a way of paying with a long hold."""
        first = bookings[0]
        minutes: int = getattr(first.session.policies.hold_minutes, pay_with)
        order = PlannedOrder(
            client_id=first.learner.payer.id,
            placed_at=placed_at,
            pay_with=pay_with,
            bookings=bookings,
            hold_expires_at=min(placed_at + minutes * MINUTE, *(booking.starts_at for booking in bookings)),
            by_office=by_office,
            method={"card": "card", "transfer": "transfer"}.get(pay_with) or self._dice.choice(("cash", "card")),
        )
        if ending == Ending.HELD:
            for booking in bookings:
                booking.ending = Ending.HELD
            return order
        if ending == Ending.EXPIRED or (ending is None and self._may_expire(order)):
            self._expire(order)
            return order
        self._pay(order)
        for booking in bookings:
            self._end(booking, order, ending)
        self._pay_balance(order)
        return order

    def _may_expire(self, order: PlannedOrder) -> bool:
        only = order.bookings[0]
        return (
            len(order.bookings) == 1
            and only.price > 0
            and only.session.cancelled_at is None
            and only.session.policies.confirm_on != ConfirmOn.BOOKING
            and order.hold_expires_at < self._weeks.now - MINUTE
            and self._dice.happens(self._odds.expired)
        )

    def _expire(self, order: PlannedOrder) -> None:
        ended_at = order.hold_expires_at + dt.timedelta(seconds=self._dice.randint(1, 9))
        for booking in order.bookings:
            booking.ending, booking.ended_at = Ending.EXPIRED, ended_at
        if order.pay_with == "card":
            tried_at = order.placed_at + MINUTE
            order.declined_at, order.abandoned_at = self._dice.choice(((tried_at, None), (None, tried_at)))

    def _pay(self, order: PlannedOrder) -> None:
        """Before the hold ends and before now."""
        trusted = order.bookings[0].session.policies.confirm_on == ConfirmOn.BOOKING
        if sum(booking.price for booking in order.bookings) == 0:
            return
        if trusted and self._dice.happens(self._odds.unpaid):
            return
        taken_off = [booking.session.cancelled_at or self._weeks.now for booking in order.bookings]
        longest = (min(order.hold_expires_at, self._weeks.now, *taken_off) - order.placed_at) * 0.9
        if order.pay_with == "card":
            after = dt.timedelta(seconds=self._dice.randint(50, 400))
            if self._dice.happens(self._odds.declined):
                order.declined_at = order.placed_at + min(after, longest) / 2
            order.paid_at = order.placed_at + min(after, longest)
        else:  # the office saw it come in
            order.paid_at = self.by_day(order.placed_at + longest / 20, order.placed_at + min(2 * DAY, longest))

    def _end(self, booking: PlannedBooking, order: PlannedOrder, ending: Ending | None) -> None:
        session = booking.session
        if session.cancelled_at:
            booking.ending, booking.ended_at = Ending.BY_SCHOOL, session.cancelled_at
            return
        if ending is None:
            ending = self._dice.choices(
                (Ending.NO_SHOW, Ending.EARLY, Ending.LATE, Ending.BY_SCHOOL, Ending.KEPT),
                (self._odds.no_show, self._odds.early, self._odds.late, self._odds.by_school, 1 - self._of_trouble),
            )[0]
        if ending in (Ending.EARLY, Ending.LATE, Ending.BY_SCHOOL):
            free_until = session.starts_at - session.policies.free_cancel_hours * HOUR
            earliest = max(order.paid_at or order.placed_at, free_until if ending == Ending.LATE else order.placed_at)
            latest = min(self._weeks.now - MINUTE, free_until if ending == Ending.EARLY else session.starts_at - MINUTE)
            if latest - earliest > 30 * MINUTE:
                booking.ending, booking.ended_at = ending, self.by_day(earliest + 20 * MINUTE, latest)
        elif ending == Ending.NO_SHOW and self._weeks.is_over(session.slots[booking.slots[-1]]):
            booking.ending = Ending.NO_SHOW

    @property
    def _of_trouble(self) -> float:
        return self._odds.no_show + self._odds.early + self._odds.late + self._odds.by_school

    def _pay_balance(self, order: PlannedOrder) -> None:
        """What a deposit left open is paid at the lesson by those who came, mostly."""
        only = order.bookings[0]
        asks_deposit = only.session.policies.confirm_on == ConfirmOn.DEPOSIT and only.session.course.deposit
        came = only.ending == Ending.KEPT and only.ends_at < self._weeks.now - 10 * MINUTE
        if asks_deposit and order.paid_at and came and self._dice.happens(0.96):
            order.balance_at = only.ends_at + self._dice.randint(1, 8) * MINUTE
            order.balance_method = self._dice.choice(("card", "card", "cash", "transfer"))
