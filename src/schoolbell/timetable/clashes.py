"""Lessons that lie where nobody is to teach: on closed days, in time off, under an outside event."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from schoolbell.diary.busy import clashes_with
from schoolbell.diary.models import Claim, OutsideCalendar, OutsideEvent
from schoolbell.kit.time import Stretch, now
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session, Slot
from schoolbell.timetable.queries import meeting, sessions


def lessons_within(school: School, within: Stretch, *, seen_by: Actor) -> list[Slot]:
    """Slots of drafts and published sessions that meet the stretch, in order of time, with session and course."""
    alive = sessions(school, seen_by=seen_by).filter(status__in=(Session.Status.DRAFT, Session.Status.PUBLISHED))
    return list(
        Slot.objects.of(school)
        .filter(meeting(within), session_id__in=alive.values("id"))
        .select_related("session__course")
        .order_by("starts_at", "id")
    )


def lessons_of(school: School, wanted: Sequence[tuple[UUID, Stretch]]) -> list[list[Slot]]:
    """Per diary and stretch, the slots that its owner is taken by then, in order of time, with session and course.

    Two queries, however many there are.
    """
    if not wanted:
        return []
    met = Q()
    for diary_id, stretch in wanted:
        met |= Q(diary_id=diary_id, during__overlap=(stretch.starts_at, stretch.ends_at))
    claims = Claim.objects.of(school).filter(met, kind=Claim.Kind.LESSON, waived=False)
    of_diaries = set(claims.values_list("diary_id", "source"))
    slots = list(
        Slot.objects.of(school)
        .filter(id__in={source for _diary, source in of_diaries})
        .select_related("session__course")
        .order_by("starts_at", "id")
    )
    return [
        [
            slot
            for slot in slots
            if (diary_id, slot.pk) in of_diaries and stretch.overlaps(Stretch(slot.starts_at, slot.ends_at))
        ]
        for diary_id, stretch in wanted
    ]


def lessons_under(calendars: Sequence[OutsideCalendar]) -> dict[UUID, list[Slot]]:
    """Per outside calendar the lessons still to come that lie under an event of it, in order of time.

    Three queries, however many there are of one diary.
    """
    found: dict[UUID, list[Slot]] = {calendar.pk: [] for calendar in calendars}
    if not calendars:
        return found
    school_id = calendars[0].school_id
    events = OutsideEvent.objects.filter(school_id=school_id, calendar_id__in=list(found), ends_at__gt=now())
    busy: dict[UUID, list[Stretch]] = {calendar.pk: [] for calendar in calendars}
    for calendar_id, *times in events.values_list("calendar_id", "starts_at", "ends_at"):
        busy[calendar_id].append(Stretch(*times))
    every = [stretch for stretches in busy.values() for stretch in stretches]
    taken: set[tuple[UUID, UUID]] = set()
    for diary_id in dict.fromkeys(calendar.diary_id for calendar in calendars):
        taken |= {(diary_id, clash.source) for clash in clashes_with(school_id, diary_id, every)}
    slots = Slot.objects.filter(school_id=school_id, id__in={source for _diary, source in taken}, ends_at__gt=now())
    for slot in slots.select_related("session__course").order_by("starts_at", "id"):
        during = Stretch(slot.starts_at, slot.ends_at)
        for calendar in calendars:
            if (calendar.diary_id, slot.pk) in taken and any(one.overlaps(during) for one in busy[calendar.pk]):
                found[calendar.pk].append(slot)
    return found
