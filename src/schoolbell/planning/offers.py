"""Sessions on offer: what is published, and how many seats are left."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q

from schoolbell.bookings.queries import seats_left
from schoolbell.bookings.rules import earliest_start, latest_start
from schoolbell.catalogue.models import Course
from schoolbell.diary.opening import Opening
from schoolbell.kit.time import Stretch, now
from schoolbell.people.models import Instructor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session, Slot
from schoolbell.timetable.queries import slots_and_staff


@dataclass(frozen=True, slots=True)
class Offer:
    """A published session that has not begun, or has slots to choose that have not; with its course and resource. None
    left: it is full."""

    session: Session
    slots: Sequence[Slot]
    staff: Sequence[Instructor]
    seats_left: int

    @property
    def during(self) -> Stretch:
        """From its first slot to the end of its last."""
        return Stretch(self.session.starts_at, self.session.ends_at)


def next_offers(
    school: School,
    *,
    limit: int,
    course: Course | None = None,
    only_groups: bool = False,
    with_seats: int = 0,
    apart_from: UUID | None = None,
    since: dt.datetime | None = None,
) -> list[Offer]:
    """The next that can be booked, in order of time, full ones included unless so many seats are wanted
    (`with_seats`); from `since` on, where it is said."""
    ahead = Slot.objects.of(school).filter(session_id=OuterRef("id"), starts_at__gt=now())
    in_part = Q(choose_slots=True, ends_at__gt=now()) & Exists(ahead)
    rows = (
        Session.objects.of(school)
        .filter(Q(starts_at__gt=now()) | in_part, status=Session.Status.PUBLISHED, on_demand=False)
        .filter(course__is_active=True)
        .select_related("course__school", "resource")
        .order_by("starts_at", "id")
    )
    if course:
        rows = rows.filter(course_id=course.pk)
    if only_groups:
        rows = rows.filter(course__format=Course.Format.GROUP)
    if apart_from:
        rows = rows.exclude(id=apart_from)
    if since:
        rows = rows.filter(starts_at__gte=since)
    # Seats are counted in Python, an overdue hold as a free one, and so are notice and closed days: a few more are
    # looked at than are wanted.
    sessions = on_offer(list(rows[: limit * 5]))
    left = seats_left(sessions)
    chosen = [session for session in sessions if left[session.pk] >= with_seats][:limit]
    slots, staff = slots_and_staff(chosen)
    return [Offer(session, slots[session.pk], staff[session.pk], left[session.pk]) for session in chosen]


def on_offer(sessions: Sequence[Session]) -> list[Session]:
    """Those of these published sessions (with their courses and resources, of one school) that others than staff can
    book now, seats apart: all classes, and of those with one seat, as a coach's slot, what keeps the course's notice
    and horizon and is not closed since, or meant to be open. As booking asks (`bookings.rules.binds`)."""
    single = [one for one in sessions if one.capacity == 1]
    keeps = [one for one in single if earliest_start(one.course) <= one.starts_at <= latest_start(one.course)]
    asked = [one for one in keeps if not one.despite_closed]
    left_out = {one.pk for one in single} - {one.pk for one in keeps} | _closed_since(asked)
    return [one for one in sessions if one.pk not in left_out]


def _closed_since(sessions: Sequence[Session]) -> set[UUID]:
    """Those whose school or place is closed in a slot of theirs; where slots are chosen, in each that lies ahead."""
    if not sessions:
        return set()
    span = Stretch(min(one.starts_at for one in sessions), max(one.ends_at for one in sessions))
    places = {one.resource.diary_id for one in sessions if one.resource}
    opening = Opening(sessions[0].course.school, span, places=places)
    times: dict[UUID, list[Stretch]] = {one.pk: [] for one in sessions}
    slots = Slot.objects.filter(school_id=sessions[0].school_id, session_id__in=list(times))
    for session_id, starts_at, ends_at in slots.values_list("session_id", "starts_at", "ends_at"):
        times[session_id].append(Stretch.known(starts_at, ends_at))
    found = set()
    for one in sessions:
        own = [one.resource.diary_id] if one.resource else []
        ahead = [during for during in times[one.pk] if during.starts_at > now()]
        closed = [opening.obstacle(during, own) is not None for during in ahead]
        if all(closed) if one.choose_slots else any(closed):
            found.add(one.pk)
    return found


def find_offer(school: School, session_id: UUID) -> Offer | None:
    """A session that was put on offer to everybody, whatever became of it; None: there is no such."""
    session = (
        Session.objects.of(school)
        .filter(id=session_id, on_demand=False, published_at__isnull=False)
        .select_related("course__school", "resource")
        .first()
    )
    if session is None:
        return None
    slots, staff = slots_and_staff([session])
    return Offer(session, slots[session.pk], staff[session.pk], seats_left([session])[session.pk])


def last_offer_start(school: School, course: Course) -> dt.datetime | None:
    """When the last of a course's published sessions begins."""
    last = (
        Session.objects.of(school)
        .filter(course_id=course.pk, status=Session.Status.PUBLISHED, on_demand=False)
        .aggregate(last=Max("starts_at"))["last"]
    )
    return last if isinstance(last, dt.datetime) else None
