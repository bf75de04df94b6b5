"""Sessions come and go here, and not on the timetable's floor, because their times may be held by bookings."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.ending import close_session, end_booking, lock_slots
from schoolbell.bookings.holds import Reach, expire_overdue_holds, expire_overdue_holds_at
from schoolbell.bookings.models import Booking
from schoolbell.bookings.refusals import SessionNotOpen
from schoolbell.bookings.rules import why_closed
from schoolbell.catalogue.models import Course
from schoolbell.catalogue.queries import instructors_of
from schoolbell.diary.claims import Wanted, claim_time, lock_diaries
from schoolbell.diary.keeping import keep_hours
from schoolbell.diary.refusals import TimeTaken
from schoolbell.journal.actions import record, tell
from schoolbell.kit.database.collisions import in_one_go
from schoolbell.kit.refusals import InputRefused, Refusal
from schoolbell.kit.time import Stretch, now
from schoolbell.people.models import Instructor
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Session, Slot, Staffing
from schoolbell.timetable.places import require_in_use
from schoolbell.timetable.spacing import Planned, place_of, require_spaced, rules_of, whole_weeks

MOST_SLOTS = 100
LONGEST_SLOT = dt.timedelta(days=1)
SHORTEST_SLOT = dt.timedelta(minutes=1)
MOST_LETTERS_WHY = 300


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session as somebody typed it in. `capacity` None: as many as course and resource allow; `price` None: the
    course's. Slots are in order and do not overlap."""

    course: Course
    slots: Sequence[Stretch]
    instructors: Sequence[Instructor] = ()
    resource: Resource | None = None
    capacity: int | None = None
    price: int | None = None
    type: str = Session.Type.REGULAR
    choose_slots: bool = False
    notes: str = ""
    despite_rules: bool = False  # put there by the office, whatever the rules between neighbours say
    despite_closed: bool = False  # and although the school or the place is closed then


@in_one_go
def create_session(new: NewSession, *, school: School, by: Actor, publish: bool = False) -> Session:
    """Put a session on the timetable: from now on its instructors and resource are taken, published or not.

    Raises: InputRefused, TimeTaken, SchoolClosed, PlaceClosed, AgainstRules.
    """
    capacity = _require_sound(new, publish=publish)
    keep_hours(school.pk)
    closed = why_closed(school, new.slots, new.resource)
    if closed and not new.despite_closed:
        raise closed
    _require_spaced(new, school)
    session = Session(
        school_id=school.pk,
        course=new.course,
        resource=new.resource,
        status=Session.Status.PUBLISHED if publish else Session.Status.DRAFT,
        type=new.type,
        capacity=capacity,
        price=new.price,
        choose_slots=new.choose_slots,
        despite_closed=closed is not None,
        starts_at=new.slots[0].starts_at,
        ends_at=new.slots[-1].ends_at,
        timezone=school.timezone,
        notes=new.notes,
        created_by=by.who,
        published_at=now() if publish else None,
    )
    session.save(force_insert=True)
    slots = [
        Slot(
            school_id=school.pk,
            session=session,
            starts_at=stretch.starts_at,
            ends_at=stretch.ends_at,
            capacity=capacity,
            is_open=publish,
        )
        for stretch in new.slots
    ]
    Slot.objects.bulk_create(slots)
    Staffing.objects.bulk_create(
        Staffing(school_id=school.pk, session=session, instructor=instructor, leads=place == 0)
        for place, instructor in enumerate(new.instructors)
    )
    diaries = [instructor.person.diary_id for instructor in new.instructors]
    if new.resource:
        diaries.append(new.resource.diary_id)
    take_time(
        school.pk,
        [Wanted(diary_id, Stretch(slot.starts_at, slot.ends_at), slot.pk) for diary_id in diaries for slot in slots],
    )
    record("session.created", session, by=by, new={"status": session.status, "capacity": capacity})
    return session


def _require_spaced(new: NewSession, school: School) -> None:
    rules = rules_of(school)
    if new.despite_rules or not rules.matter_to(new.instructors):
        return
    span = Stretch(new.slots[0].starts_at, new.slots[-1].ends_at)
    expire_overdue_holds_at(school, whole_weeks(span, school.zone))  # paid late, they would break the rules
    resource = [new.resource.diary_id] if new.resource else []
    lock_diaries(school.pk, [*(one.person.diary_id for one in new.instructors), *resource])
    place = place_of(new.resource)
    require_spaced(
        rules,
        [Planned(stretch, new.course.pk, place) for stretch in new.slots],
        instructors=new.instructors,
        resource=new.resource,
    )


def _require_given(new: NewSession, *, publish: bool) -> None:
    """The course is taught, by these people, in a place in use, in stretches that a lesson can have.

    Raises InputRefused.
    """
    if not new.course.is_active:
        raise InputRefused.of("course", _("This course is not taught any more."))
    require_in_use(new.resource)
    if any(stretch.ends_at - stretch.starts_at < SHORTEST_SLOT for stretch in new.slots):
        raise InputRefused.of("slots", _("A slot lasts a minute at least."))
    if any(stretch.ends_at - stretch.starts_at > LONGEST_SLOT for stretch in new.slots):
        raise InputRefused.of("slots", _("A slot lasts a day at most. Give a longer session a slot for each day."))
    if publish and new.slots[0].starts_at <= now():
        raise InputRefused.of(
            "slots", _("What is published lies ahead. Keep this one as a draft, or choose another time.")
        )
    teachers = {instructor.pk for instructor in instructors_of(new.course)} if new.instructors else set()
    if not teachers.issuperset(instructor.pk for instructor in new.instructors):
        raise InputRefused.of("instructors", _("Not everybody named teaches this course."))


def _require_sound(new: NewSession, *, publish: bool) -> int:
    """The capacity that the session gets. Raises InputRefused."""
    if not new.slots:
        raise InputRefused.of("slots", _("Give at least one stretch of time."))
    if len(new.slots) > MOST_SLOTS:
        raise InputRefused.of("slots", _("A session has at most %s slots.") % MOST_SLOTS)
    for earlier, later in zip(new.slots, new.slots[1:], strict=False):
        if later.starts_at < earlier.ends_at:
            raise InputRefused.of("slots", _("Give the slots in order; each ends before the next one starts."))
    _require_given(new, publish=publish)
    if len({instructor.pk for instructor in new.instructors}) < len(new.instructors):
        raise InputRefused.of("instructors", _("Name each instructor once."))
    most = min([new.course.capacity, *([new.resource.capacity] if new.resource else [])])
    capacity = most if new.capacity is None else new.capacity
    if capacity < 1:
        raise InputRefused.of("capacity", _("A session has at least one seat."))
    if capacity > most:
        raise InputRefused.of("capacity", _("The course and the place allow at most %s seats.") % most)
    return capacity


def take_time(school_id: UUID, wanted: list[Wanted]) -> None:
    """Claim time for a session; overdue holds in the way go first. Raises TimeTaken."""
    try:
        claim_time(school_id, wanted)
    except TimeTaken:
        reach = Reach(school_id, slot_ids=(), times=tuple((one.diary_id, one.during) for one in wanted))
        expire_overdue_holds(in_the_way_of=reach)
        claim_time(school_id, wanted)  # also if none was left to expire: somebody else may have cleared it away


@transaction.atomic
def publish_session(session: Session, *, by: Actor, despite_closed: bool = False) -> Session:
    """Open it for booking. Publishing what is published changes nothing, save that with `despite_closed` it is meant
    from now on, even if the school or the place was closed since.

    Locks as `cancel_session` does, so that the two never wait for each other.
    Raises: SessionNotOpen when it has begun, is over, or its course is not taught any more; SchoolClosed, PlaceClosed.
    """
    keep_hours(session.school_id)
    lock_slots(session, _slot_ids(session))
    current = _locked(session)
    closed = None if current.despite_closed else _why_closed_now(current)
    if closed and despite_closed:
        current.despite_closed = True
        current.save()
        new = {"despite_closed": True, "closed": closed.code}
        record("session.meant", current, by=by, old={"despite_closed": False}, new=new)
    if current.status == Session.Status.PUBLISHED:
        return current
    if current.status != Session.Status.DRAFT:
        raise SessionNotOpen(session.pk, detail=_("A session that was cancelled or is over cannot be published."))
    if current.starts_at <= now():
        raise SessionNotOpen(session.pk, detail=_("This session has begun. Only what lies ahead can be published."))
    if not current.course.is_active:
        raise SessionNotOpen(session.pk, detail=_("This course is not taught any more."))
    if closed and not despite_closed:
        raise closed
    current.status = Session.Status.PUBLISHED
    current.published_at = now()
    current.save()
    Slot.objects.filter(school_id=session.school_id, session_id=session.pk).update(is_open=True, updated_at=now())
    record("session.published", current, by=by, old={"status": "draft"}, new={"status": "published"})
    return current


def _why_closed_now(session: Session) -> Refusal | None:
    slots = Slot.objects.filter(school_id=session.school_id, session_id=session.pk).order_by("starts_at")
    times = [Stretch(*one) for one in slots.values_list("starts_at", "ends_at")]
    return why_closed(session.course.school, times, session.resource)


@transaction.atomic
def cancel_session(session: Session, *, by: Actor, because: str = "") -> Session:
    """Take it off: nobody can book it, every booking is cancelled with all that was paid owed back, all time is free.
    Everybody who was booked reads why (`because`).

    Cancelling what is cancelled changes nothing. Locks: the slots in id order, then the bookings in id order.
    Raises: SessionNotOpen, InputRefused.
    """
    if len(because) > MOST_LETTERS_WHY:
        raise InputRefused.of("reason", _("Say it in %s letters at most.") % MOST_LETTERS_WHY)
    slot_ids = _slot_ids(session)
    lock_slots(session, slot_ids)
    current = _locked(session)
    if current.status == Session.Status.CANCELLED:
        return current
    if current.status == Session.Status.COMPLETED:
        raise SessionNotOpen(session.pk, detail=_("This session is over; it cannot be cancelled."))
    old = current.status
    close_session(current, slot_ids, because=because.strip())
    for booking in Booking.objects.filter(
        school_id=session.school_id, session_id=session.pk, status__in=("pending", "confirmed")
    ).order_by("id"):
        end_booking(booking, as_=Booking.Status.CANCELLED, by=by, owed_percent=100)
    record("session.cancelled", current, by=by, old={"status": old}, new={"status": "cancelled"})
    tell("session.cancelled", current)
    return _locked(session)


def _slot_ids(session: Session) -> list[UUID]:
    return list(Slot.objects.filter(school_id=session.school_id, session_id=session.pk).values_list("id", flat=True))


def _locked(session: Session) -> Session:
    return Session.objects.select_for_update(no_key=True).get(school_id=session.school_id, id=session.pk)
