"""What a booking form is about: seats in a session, or a lesson at a time; and what else there is when it is gone."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from django.http import Http404, QueryDict

from schoolbell.billing.checkout import Wish
from schoolbell.billing.quotes import Quote, quote
from schoolbell.billing.wishes import ProductWish
from schoolbell.bookings.refusals import SessionFull
from schoolbell.bookings.rules import binds, require_not_closed, require_open
from schoolbell.catalogue.queries import courses_on_offer
from schoolbell.kit.time import Stretch, now
from schoolbell.people.models import Instructor, Student
from schoolbell.planning.free_times import FreeTime, free_times
from schoolbell.planning.lessons import plan_lesson
from schoolbell.planning.offers import Offer, find_offer, next_offers
from schoolbell.schools.actor import NOBODY, Actor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Slot
from schoolbell.web.public.addresses import course_href, lesson_href, session_href, written
from schoolbell.web.public.ahead import by_what_comes_next, during_ahead, slots_ahead
from schoolbell.web.public.course import instant_in

OTHERS_SHOWN: Final = 6
LOOKED_AROUND: Final = dt.timedelta(days=4)
MOST_SEATS: Final = 12


@dataclass(frozen=True, slots=True)
class Other:
    """Something else that can be booked in its place, at these times; `fields` name it in the form."""

    during: Stretch
    times: Sequence[Stretch]
    note: str
    seats_left: int
    href: str
    fields: str


@dataclass(frozen=True, slots=True)
class Target:
    """`times` are all stretches that it takes; `staff` teach it, `resource` is where. `choices`: the slots among which
    to choose, where that is so."""

    wish: Wish
    times: Sequence[Stretch]
    staff: Sequence[Instructor]
    resource: Resource | None
    seats_left: int
    choices: Sequence[Slot] = ()
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The same for all windows in which it is shown."""
        return "|".join(f"{key}={value}" for key, value in sorted(self.fields.items()))

    @property
    def href(self) -> str:
        return self._href(self.wish)

    @property
    def course_href(self) -> str:
        """Where to choose another time."""
        return course_href(self.wish.school, self.wish.course.pk, "when")

    @property
    def most_seats(self) -> int:
        return max(min(self.seats_left, MOST_SEATS), 1) if self.wish.session else 1

    @property
    def is_trial(self) -> bool:
        """For whoever has had no lesson of the course: in a session of first lessons, too."""
        session = self.wish.session
        return self.wish.trial or (session is not None and session.type == session.Type.TRIAL)

    @property
    def may_be_named_later(self) -> bool:
        """One may book a seat here before one knows who comes."""
        session = self.wish.session
        return session is not None and session.capacity > 1 and not self.is_trial

    def quote(self, *, seats: int, pay_with: str = "card", products: Sequence[ProductWish] = ()) -> Quote:
        wish = self.wish
        return quote(
            wish.course,
            starts_at=wish.during.starts_at,
            session=wish.session,
            slots=len(self.times),
            trial=wish.trial,
            seats=seats,
            pay_with=pay_with,
            products=products,
        )

    def without_trial(self) -> "Target":
        """The same at the price of every other lesson."""
        wish = replace(self.wish, trial=False)
        return replace(self, wish=wish, fields=fields_of(wish))

    def require_bookable(self, *, by: Actor) -> None:
        """Raises the refusal that taking a seat would raise now, so far as it does not depend on for whom."""
        wish = self.wish
        if wish.session is not None:
            require_open(wish.session, wish.course, starts_at=wish.during.starts_at, by=by)
            if binds(wish.session, by=by):
                require_not_closed(wish.session, wish.school, self.times)
            if self.seats_left < 1:
                raise SessionFull(wish.session.pk)
        elif wish.starts_at is not None:
            plan_lesson(wish.course, wish.starts_at, instructor_id=wish.instructor_id, trial=wish.trial)

    def others(self, *, seats: int = 1, student: Student | None = None) -> list[Other]:
        """The nearest other times of the course, at which the student has nothing else; for a session the next ones
        with so many seats."""
        wish = self.wish
        if wish.session is not None and wish.course.format == wish.course.Format.GROUP:
            offers = next_offers(
                wish.school,
                course=wish.course,
                limit=OTHERS_SHOWN,
                with_seats=seats,
                apart_from=wish.session.pk,
            )
            return [self._other_offer(offer) for offer in by_what_comes_next(offers)]
        around = Stretch(max(wish.during.starts_at - LOOKED_AROUND, now()), self._around_ends)
        found = [
            free for free in free_times(wish.school, wish.course, around, student=student) if not self._is_same(free)
        ]
        nearest = sorted(found, key=lambda free: (abs(free.during.starts_at - wish.during.starts_at), free.during))
        return [self._other_time(free) for free in sorted(nearest[:OTHERS_SHOWN], key=lambda free: free.during)]

    @property
    def _around_ends(self) -> dt.datetime:
        return max(self.wish.during.starts_at, now()) + LOOKED_AROUND

    def _is_same(self, free: FreeTime) -> bool:
        same_teacher = free.instructor is not None and free.instructor.pk == self.wish.instructor_id
        same_session = free.session is not None and free.session == self.wish.session
        return same_session or (free.during.starts_at == self.wish.during.starts_at and same_teacher)

    def _other_offer(self, offer: Offer) -> Other:
        return Other(
            during_ahead(offer),
            [Stretch(slot.starts_at, slot.ends_at) for slot in slots_ahead(offer)],
            "",
            offer.seats_left,
            session_href(self.wish.school, offer.session.pk),
            f"session={offer.session.pk}",
        )

    def _other_time(self, free: FreeTime) -> Other:
        teacher = free.instructor.person.name if free.instructor else ""
        wish = Wish(
            self.wish.school,
            self.wish.course,
            free.session,
            starts_at=None if free.session else free.during.starts_at,
            instructor_id=free.instructor.pk if free.instructor and not free.session else None,
            trial=self.wish.trial,
        )
        named = "|".join(f"{key}={value}" for key, value in fields_of(wish).items())
        return Other(free.during, [free.during], teacher, free.seats_left, self._href(wish), named)

    @staticmethod
    def _href(wish: Wish) -> str:
        if wish.session is not None:
            return session_href(wish.school, wish.session.pk, trial="1" if wish.trial else "")
        return lesson_href(
            wish.school, wish.course.pk, wish.during.starts_at, instructor=wish.instructor_id, trial=wish.trial
        )


def fields_of(wish: Wish) -> dict[str, str]:
    """How a form names it."""
    if wish.session is not None:
        named = {"session": str(wish.session.pk)}
    else:
        named = {"course": str(wish.course.pk), "starts_at": written(wish.during.starts_at)}
        if wish.instructor_id:
            named["instructor"] = str(wish.instructor_id)
    return named | ({"trial": "1"} if wish.trial else {})


def find_target(school: School, asked: QueryDict | Mapping[str, str]) -> Target:
    """What an address or a form asks for. Raises Http404 where there is no such thing for everybody to book."""
    trial = asked.get("trial") == "1"
    if session_id := _id_in(asked, "session"):
        offer = find_offer(school, session_id)
        if offer is None:
            raise Http404
        chosen = asked.getlist("slots") if isinstance(asked, QueryDict) else []
        return of_offer(offer, school, chosen, trial=trial)
    return _lesson(school, asked, trial=trial)


def of_offer(offer: Offer, school: School, chosen: Sequence[str], *, trial: bool) -> Target:
    """Where slots can be chosen: those of `chosen` that can be had; the first one before any is."""
    course = offer.session.course
    free = [one for one in offer.slots if one.starts_at > now() and one.seats_taken < one.capacity]
    choices = free if offer.session.choose_slots else []
    slot_ids = tuple(slot.pk for slot in choices if str(slot.pk) in chosen) or tuple(one.pk for one in choices[:1])
    wish = Wish(school, course, offer.session, offer.slots, slot_ids, trial=trial and course.trial_price is not None)
    left = min((slot.capacity - slot.seats_taken for slot in wish.chosen_slots), default=0)
    return Target(
        wish,
        [Stretch(slot.starts_at, slot.ends_at) for slot in wish.chosen_slots],
        offer.staff,
        offer.session.resource,
        left if choices else offer.seats_left,
        choices,
        fields_of(wish),
    )


def _lesson(school: School, asked: QueryDict | Mapping[str, str], *, trial: bool) -> Target:
    starts_at = instant_in(asked, "starts_at")
    course = courses_on_offer(school).filter(id=_id_in(asked, "course") or NOBODY).first()
    if course is None or starts_at is None:
        raise Http404
    instructor_id = _id_in(asked, "instructor")
    teacher = Instructor.objects.of(school).filter(id=instructor_id or NOBODY).select_related("person").first()
    if asked.get("instructor") and teacher is None:
        raise Http404
    wish = Wish(
        school,
        course,
        starts_at=starts_at,
        instructor_id=instructor_id,
        trial=trial and course.trial_price is not None,
    )
    return Target(wish, [wish.during], [teacher] if teacher else [], None, 1, fields=fields_of(wish))


def _id_in(asked: QueryDict | Mapping[str, str], name: str) -> UUID | None:
    try:
        return UUID(asked.get(name, ""))
    except ValueError:
        return None
