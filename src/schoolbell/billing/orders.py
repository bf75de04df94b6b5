"""Buying: one line of an order with its seat, its price and what is to be paid, in one statement."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from schoolbell.billing.limits import require_few_holds, require_way_offered, way_of_paying
from schoolbell.billing.placing import Placed, order_part
from schoolbell.billing.requests import terms_for
from schoolbell.billing.wishes import MOST_AMOUNT, ProductWish, plan_lines, time_to_pay, total_of, write_lines
from schoolbell.bookings.holds import expire_overdue_holds_at
from schoolbell.bookings.models import Enrollment
from schoolbell.bookings.notes import as_kept
from schoolbell.bookings.refusals import MustBeNamed
from schoolbell.bookings.rules import (
    binds,
    require_active,
    require_age,
    require_first_lesson,
    require_open,
    require_still_open,
    require_trial_offered,
)
from schoolbell.bookings.seats import Along, NewEnrollment, Place, Seat, take_seat
from schoolbell.catalogue.models import Course
from schoolbell.diary.refusals import OutsideOpeningHours, PlaceClosed, SchoolClosed, TimeTaken
from schoolbell.kit.database.statements import Part
from schoolbell.kit.ids import new_id, new_reference
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import Stretch, local_day, now
from schoolbell.people.models import Client, Student
from schoolbell.planning.lessons import Lesson, plan_lesson
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session, Slot
from schoolbell.timetable.refusals import AgainstRules
from schoolbell.timetable.spacing import whole_weeks


@dataclass(frozen=True, slots=True)
class Purchase:
    """Who wants what: a seat in `session` (in all slots, or `slot_ids`), or a lesson of `course` at `starts_at`.

    `joins` is an order of this client's, made before in the same transaction: this becomes a line of it. `notes` are
    for the school and whoever teaches.
    """

    school: School
    course: Course
    student: Student
    client: Client
    session: Session | None = None
    session_slots: Sequence[Slot] = ()
    slot_ids: Sequence[UUID] = ()
    starts_at: dt.datetime | None = None
    instructor_id: UUID | None = None
    enrollment_type: str | None = None
    pay_with: str | None = "card"  # None: what is mostly meant
    joins: UUID | None = None
    products: Sequence[ProductWish] = ()  # beside it, in the order that this makes
    notes: str = ""


Keep = Callable[[Placed], Part | None]


def buy(purchase: Purchase, *, by: Actor, keep: Keep) -> Placed:
    """Order it: take the seat, at today's price, for as long as the policies hold it or at once for good.

    `keep` makes, of what is about to be answered, the part of the statement that keeps the answer.
    All but staff buy inside of a transaction, and so does whoever wants products beside it. Raises the refusals of
    `require_*`, `plan_lines`, `plan_lesson` and `take_seat`.
    """
    purchase = replace(purchase, notes=as_kept(purchase.notes)) if purchase.notes else purchase
    if purchase.joins is None:
        require_few_holds(purchase.client, school=purchase.school, by=by)
    of_trials = purchase.session is not None and purchase.session.type == Session.Type.TRIAL
    if of_trials:
        purchase = replace(purchase, enrollment_type=Enrollment.Type.TRIAL)
    trial = purchase.enrollment_type == Enrollment.Type.TRIAL
    if trial and not of_trials:
        require_trial_offered(purchase.course)
    if trial:
        require_first_lesson(purchase.student, purchase.course, by=by)
    if purchase.student.person.is_placeholder and (trial or purchase.session is None):
        raise MustBeNamed(purchase.student.pk)
    if purchase.session is not None:
        placed = _buy_seat(purchase, purchase.session, trial=trial, by=by, keep=keep)
    else:
        placed = _buy_lesson(purchase, trial=trial, by=by, keep=keep)
    write_lines(placed.product_lines, order_id=placed.order_id, client_id=purchase.client.pk, by=by)
    return placed


def _buy_seat(purchase: Purchase, session: Session, *, trial: bool, by: Actor, keep: Keep) -> Placed:
    slots = _chosen_slots(purchase, session)
    require_open(session, purchase.course, starts_at=min(slot.starts_at for slot in slots), by=by)
    require_active(purchase.student)
    for slot in slots:
        require_age(purchase.student, purchase.course, on=slot.starts_at, timezone=session.timezone)
    placed = _placed(
        purchase,
        session_id=session.pk,
        places=tuple(Place(slot.pk, new_id(), Stretch(slot.starts_at, slot.ends_at)) for slot in slots),
        amount=amount_of(purchase.course, session, len(slots), trial=trial),
        by=by,
    )
    times = [place.during for place in placed.seat.places]
    once = partial(require_still_open, session, purchase.school, times) if binds(session, by=by) else None
    take_seat(placed.seat, by=by, along=Along(order_part(placed, by=by), kept=keep(placed)), once=once)
    return placed


def _chosen_slots(purchase: Purchase, session: Session) -> Sequence[Slot]:
    """None named: all; where they can be chosen, all that have not begun. Raises InputRefused."""
    if not purchase.slot_ids and session.choose_slots:
        return [slot for slot in purchase.session_slots if slot.starts_at > now()] or purchase.session_slots
    if not purchase.slot_ids:
        return purchase.session_slots
    chosen = [slot for slot in purchase.session_slots if slot.pk in set(purchase.slot_ids)]
    if len(chosen) != len(purchase.slot_ids):
        raise InputRefused.of("slots", _("Name slots of this session, each once."))
    if len(chosen) < len(purchase.session_slots) and not session.choose_slots:
        raise InputRefused.of("slots", _("This session is booked whole: name all of its slots, or none."))
    return chosen


def _buy_lesson(purchase: Purchase, *, trial: bool, by: Actor, keep: Keep) -> Placed:
    """The first way in which the lesson can be given that nobody else takes in the same moment.

    When others have taken all that were planned, there may be another by now: a second room, say. None is tried twice.
    """
    if purchase.starts_at is None:
        raise InputRefused.of("starts_at", _("Say when the lesson starts."))
    require_active(purchase.student)
    require_age(purchase.student, purchase.course, on=purchase.starts_at, timezone=purchase.school.timezone)
    during = Stretch(purchase.starts_at, purchase.starts_at + dt.timedelta(minutes=purchase.course.duration_minutes))
    # Of all that a rule between neighbours could count: paid late, such a hold would break what is promised now.
    expire_overdue_holds_at(purchase.school, whole_weeks(during, purchase.school.zone))
    tried: set[tuple[UUID, ...]] = set()
    while True:
        ways = plan_lesson(purchase.course, purchase.starts_at, instructor_id=purchase.instructor_id, trial=trial)
        untried = [lesson for lesson in ways if lesson.diaries not in tried]
        if not untried:
            raise TimeTaken(purchase.starts_at)
        for lesson in untried:
            tried.add(lesson.diaries)
            placed = _placed(
                purchase,
                session_id=lesson.session_id,
                places=(Place(lesson.slot_id, new_id(), lesson.during),),
                amount=amount_of(purchase.course, None, 1, trial=trial),
                lesson=lesson,
                by=by,
            )
            along = Along(order_part(placed, by=by), opening=lesson.opening(by=by), kept=keep(placed))
            try:
                take_seat(placed.seat, by=by, along=along, once=lesson.require_possible)
            except TimeTaken:
                continue
            except (AgainstRules, SchoolClosed, PlaceClosed, OutsideOpeningHours) as refusal:
                if lesson is untried[-1]:
                    raise refusal
                continue
            return placed


def amount_of(course: Course, session: Session | None, slots: int, *, trial: bool) -> int:
    """What it costs today: a session's own price, a trial's, or the course's per lesson or as a whole.

    A trial in an ordinary session costs what the course's trial does, whatever that session costs others.
    """
    of_trials = session is not None and session.type == Session.Type.TRIAL
    if session is not None and session.price is not None and (of_trials or not trial):
        return session.price
    if trial and course.trial_price is not None:
        return course.trial_price
    return course.price * (slots if course.price_per == Course.PricePer.LESSON else 1)


def _placed(
    purchase: Purchase,
    *,
    session_id: UUID,
    places: tuple[Place, ...],
    amount: int,
    by: Actor,
    lesson: Lesson | None = None,
) -> Placed:
    course = purchase.course
    lines = plan_lines(purchase.products, [purchase.student]) if purchase.products else []
    if amount + total_of(lines) > MOST_AMOUNT:
        raise InputRefused.of("slots", _("That is more than one booking may cost."))
    starts_at = min(place.during.starts_at for place in places)
    policies = course.policies
    pay_with = way_of_paying(purchase.pay_with, policies, by=by)
    terms = terms_for(course, policies, amount=amount, starts_at=starts_at, pay_with=pay_with)
    until = time_to_pay(policies, pay_with, by=by) if lines and not terms.ask else None
    if terms.hold_expires_at or until:
        require_way_offered(pay_with, policies, by=by)
    enrollment = None
    if purchase.enrollment_type:
        day = local_day(starts_at, purchase.school.zone)
        enrollment = NewEnrollment(new_id(), course.pk, purchase.enrollment_type, day)
    seat = Seat(
        booking_id=new_id(),
        reference=new_reference(),
        school_id=purchase.school.pk,
        session_id=session_id,
        places=places,
        student_id=purchase.student.pk,
        student_diary_id=purchase.student.person.diary_id,
        client_id=purchase.client.pk,
        price=terms.price.total,
        due_to_confirm=terms.due_to_confirm,
        hold_expires_at=terms.hold_expires_at,
        enrollment=enrollment,
        notes=purchase.notes,
        claims=lesson.claims if lesson else (),
    )
    order_id = purchase.joins or new_id()
    return Placed(seat, terms, purchase.school.currency, order_id, new_id(), purchase.joins is not None, lines, until)
