"""Seats in a class every week: whoever is enrolled has one in each class that comes, as long as there is one.

A class that has no seat for them is kept as such, told once, and tried again every night; nothing is forced.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from schoolbell.bookings.models import Enrollment, Seating
from schoolbell.bookings.refusals import (
    AlreadyBooked,
    SessionFull,
    SessionMoved,
    SessionNotOpen,
    StudentNotActive,
)
from schoolbell.bookings.rules import require_active
from schoolbell.bookings.seats import Along, Place, Seat, take_seat
from schoolbell.diary.refusals import TimeTaken
from schoolbell.journal.actions import record, tell
from schoolbell.kit.database.statements import Part
from schoolbell.kit.ids import new_id, new_reference
from schoolbell.kit.refusals import Refusal
from schoolbell.kit.time import Stretch, local_day, now
from schoolbell.schools.actor import SYSTEM, Actor
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows
from schoolbell.timetable.models import Series, Session, Slot

WHY: Final[dict[type[Refusal], str]] = {
    SessionFull: Seating.Reason.FULL,
    TimeTaken: Seating.Reason.CLASH,
    AlreadyBooked: Seating.Reason.BOOKED,
    StudentNotActive: Seating.Reason.AWAY,
}
ON: Final = (Enrollment.Status.ACTIVE, Enrollment.Status.PAUSED)


@dataclass(frozen=True, slots=True)
class Wish:
    """A class in which somebody is to have a seat, and has none. `kept` is what was found the last time."""

    enrollment: Enrollment  # with its student's person
    session: Session
    kept: Seating | None = None


def enrolled_in(school_id: UUID, series_ids: Iterable[UUID]) -> SchoolRows[Enrollment]:
    """Whoever has, or had, a seat in these classes every week, in id order: the order in which they came."""
    rows = Enrollment.objects.filter(school_id=school_id, series_id__in=list(series_ids), in_class=True)
    return rows.order_by("id")


def lock_enrolled(series: Sequence[Series]) -> list[Enrollment]:
    """The same as they are now, for nobody else to change. Their series are locked, their slots not yet."""
    if not series:
        return []
    rows = enrolled_in(series[0].school_id, [one.pk for one in series])
    return list(rows.select_for_update(no_key=True))


def classes_ahead(series: Sequence[Series]) -> list[Session]:
    """Their published classes that have not begun, in order of time."""
    if not series:
        return []
    rows = Session.objects.filter(
        school_id=series[0].school_id,
        series_id__in=[one.pk for one in series],
        status=Session.Status.PUBLISHED,
        starts_at__gt=now(),
    )
    return list(rows.order_by("starts_at", "id"))


def wishes(series: Sequence[Series]) -> list[Wish]:
    """In order of time, and whoever enrolled first first. Three queries, however many there are."""
    if not series:
        return []
    enrolled = list(enrolled_in(series[0].school_id, [one.pk for one in series]).select_related("student__person"))
    if not enrolled:
        return []
    sessions = classes_ahead(series)
    kept = {
        (one.enrollment_id, one.session_id): one
        for one in Seating.objects.filter(
            school_id=series[0].school_id,
            enrollment_id__in=[one.pk for one in enrolled],
            session_id__in=[one.pk for one in sessions],
        )
    }
    return [
        Wish(one, session, found)
        for session in sessions
        for one in enrolled
        if one.series_id == session.series_id and session.occurrence_on and one.wants(session.occurrence_on)
        and ((found := kept.get((one.pk, session.pk))) is None or found.reason)
    ]  # fmt: skip


def seat_enrolled(series: Series, *, by: Actor = SYSTEM) -> int:
    """A seat in every class ahead for whoever is enrolled in it and was not seated there yet. Says how many found one.

    Done again, it adds nothing. Locks: the series, its enrollments, then slots, one statement each.
    """
    return _seat(series, by=by) if wishes([series]) else 0


@transaction.atomic
def _seat(series: Series, *, by: Actor) -> int:
    locked = Series.objects.select_for_update(no_key=True).get(school_id=series.school_id, id=series.pk)
    lock_enrolled([locked])
    found = wishes([locked])
    slots: dict[UUID, list[Slot]] = {wish.session.pk: [] for wish in found}
    for slot in Slot.objects.filter(school_id=series.school_id, session_id__in=list(slots)).order_by("starts_at"):
        slots[slot.session_id].append(slot)
    reasons = [(wish, _take(wish, slots[wish.session.pk], by=by)) for wish in found]
    _keep([(wish, reason) for wish, reason in reasons if reason is not None], by=by)
    return sum(reason == "" for _wish, reason in reasons)


def _take(wish: Wish, slots: Sequence[Slot], *, by: Actor) -> str | None:
    """ "" where they are seated, whenever it is by then, else why not; None where it is on offer no more."""
    enrollment = wish.enrollment
    seat = Seat(
        booking_id=new_id(),
        reference=new_reference(),
        school_id=enrollment.school_id,
        session_id=wish.session.pk,
        places=tuple(Place(one.pk, new_id(), Stretch(one.starts_at, one.ends_at)) for one in slots),
        student_id=enrollment.student_id,
        student_diary_id=enrollment.student.person.diary_id,
        client_id=enrollment.client_id,
        price=enrollment.price or 0,
        due_to_confirm=0,
        hold_expires_at=None,
        weekly_id=enrollment.pk,
    )
    try:
        require_active(enrollment.student)
        take_seat(seat, by=by, along=Along(Part("")))
    except SessionMoved:
        rows = Slot.objects.filter(school_id=enrollment.school_id, session_id=wish.session.pk)
        return _take(wish, list(rows.order_by("starts_at")), by=by)
    except SessionNotOpen:
        return None
    except tuple(WHY) as refused:
        return WHY[type(refused)]
    return ""


def _keep(reasons: Sequence[tuple[Wish, str]], *, by: Actor) -> None:
    new = [
        Seating(school_id=wish.enrollment.school_id, enrollment=wish.enrollment, session=wish.session, reason=reason)
        for wish, reason in reasons
        if wish.kept is None
    ]
    Seating.objects.bulk_create(new)
    for wish, reason in reasons:
        if wish.kept is not None and wish.kept.reason != reason:
            wish.kept.reason = reason
            wish.kept.save()
    for enrollment in {wish.enrollment.pk: wish.enrollment for wish, _reason in reasons}.values():
        own = [(wish, reason) for wish, reason in reasons if wish.enrollment.pk == enrollment.pk]
        _note(enrollment, "enrollment.seated", [wish for wish, reason in own if not reason], by=by)
        _note(enrollment, "enrollment.left_out", [wish for wish, reason in own if reason and not wish.kept], by=by)


def _note(enrollment: Enrollment, name: str, found: Sequence[Wish], *, by: Actor) -> None:
    """Nobody is told of seats that they expect."""
    if not found:
        return
    days = [wish.session.occurrence_on.isoformat() for wish in found if wish.session.occurrence_on]
    of = {"student_id": enrollment.student_id, "client_id": enrollment.client_id}
    record(name, enrollment, by=by, new={"days": days}, **of)
    if name == "enrollment.left_out" or any(wish.kept for wish in found):
        tell(name, enrollment)


def seat_school(school: School, *, by: Actor = SYSTEM) -> int:
    """The same of all classes of a school: whoever found no seat may find one now."""
    today = local_day(now(), school.zone)
    enrolled = Enrollment.objects.of(school).filter(
        Q(status__in=ON) | Q(status=Enrollment.Status.ENDED, ends_on__gte=today), in_class=True
    )
    series = list(Series.objects.of(school).filter(id__in=enrolled.values("series_id")).order_by("id"))
    waiting = {wish.session.series_id for wish in wishes(series)}
    return sum(seat_enrolled(one, by=by) for one in series if one.pk in waiting)
