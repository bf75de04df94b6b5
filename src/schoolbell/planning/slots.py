"""A coach's slots: one-seat sessions at regular times, published many at once after a look at what stands in the way.

The source is the coaching design ("Coach creates slot"). What clashes is skipped or refused, never forced.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schoolbell.bookings.holds import expire_overdue_holds_at, overdue_sources
from schoolbell.bookings.slots import is_slot
from schoolbell.diary.claims import CLAIMED_SQL, Wanted, claim_values, lock_diaries
from schoolbell.diary.hours import Rule, open_stretches
from schoolbell.diary.keeping import keep_hours
from schoolbell.diary.models import Claim, OpeningHours
from schoolbell.diary.opening import Opening
from schoolbell.diary.refusals import TimeTaken
from schoolbell.journal.actions import record, tell
from schoolbell.kit.database.statements import GuardFailed, execute
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import Stretch, now, zone
from schoolbell.planning.promised import taken_by_series
from schoolbell.planning.refusals import SlotsClash
from schoolbell.planning.slot_plans import SlotsPlan, times_of
from schoolbell.schools.actor import Actor
from schoolbell.timetable.models import Session, Slot
from schoolbell.timetable.spacing import Planned, neighbours, place_of, rules_of, whole_weeks

MOST_TRIES: Final = 3


class InTheWay(StrEnum):
    """Why a slot is not published."""

    THERE = "there"  # it was published before: nothing is to be done
    PAST = "past"
    CLOSURE = "closure"
    HOURS = "hours"  # the instructor closed that time, or the school or the place is not open
    CLASH = "clash"
    RULE = "rule"  # too close to another lesson, too far to travel, or the day or the week is full


@dataclass(frozen=True, slots=True)
class PlannedSlot:
    """One slot of a plan, and what stands in its way. `slot_id` and `session_id` once it is there."""

    during: Stretch
    reason: InTheWay | None = None
    said: str = ""  # the reason as a sentence
    slot_id: UUID | None = None
    session_id: UUID | None = None

    @property
    def is_free(self) -> bool:
        return self.reason is None

    @property
    def clashes(self) -> bool:
        return self.reason not in (None, InTheWay.THERE)


@dataclass(frozen=True, slots=True)
class Published:
    """What came of a plan: every slot of it, in order of time; `added` of them are new."""

    slots: Sequence[PlannedSlot]
    added: int

    @property
    def there_before(self) -> int:
        return sum(one.reason == InTheWay.THERE for one in self.slots)

    @property
    def skipped(self) -> int:
        return sum(one.clashes for one in self.slots)


def preview_slots(plan: SlotsPlan) -> list[PlannedSlot]:
    """Every slot of the plan, with what stands in its way now. Raises: InputRefused, NotQualified."""
    return _look(plan, times_of(plan), apart_from=overdue_sources(plan.school.pk))


def publish_slots(plan: SlotsPlan, *, by: Actor, skip_clashing: bool) -> Published:
    """Publish the slots of the plan that are free: all in one statement. Done again, it adds nothing.

    Those that clash are skipped with `skip_clashing`; without it none is published if one clashes. Overdue holds in the
    way are expired, also where only a rule between neighbours counts them.
    Raises: InputRefused, NotQualified, SlotsClash.
    """
    times = times_of(plan)
    weeks = whole_weeks(Stretch(times[0].starts_at, times[-1].ends_at), plan.school.zone)
    for _try in range(MOST_TRIES):
        expire_overdue_holds_at(plan.school, weeks)
        try:
            return _publish(plan, times, by=by, skip_clashing=skip_clashing)
        except TimeTaken:  # somebody took a time in the same moment: look again
            continue
    raise TimeTaken(plan.instructor.pk)  # the timetable moves faster than one can look


@transaction.atomic
def _publish(plan: SlotsPlan, times: Sequence[Stretch], *, by: Actor, skip_clashing: bool) -> Published:
    keep_hours(plan.school.pk)
    lock_diaries(plan.school.pk, plan.names)
    looked = _look(plan, times)
    if not skip_clashing and any(one.clashes for one in looked):
        raise SlotsClash([one for one in looked if one.clashes])
    slots = [replace(one, slot_id=new_id(), session_id=new_id()) if one.is_free else one for one in looked]
    new = [one for one in slots if one.is_free]
    if new:
        _write(plan, new, by=by)
        said = {"course": str(plan.course.pk), "slots": len(new), "first": new[0].during.starts_at.isoformat()}
        record("slots.published", plan.instructor, by=by, new=said)
        tell("slots.published", plan.instructor)
    return Published(slots, len(new))


def _look(plan: SlotsPlan, times: Sequence[Stretch], *, apart_from: Sequence[UUID] = ()) -> list[PlannedSlot]:
    span = Stretch(times[0].starts_at, times[-1].ends_at)
    there = _there(plan, span)
    places = [plan.resource.diary_id] if plan.resource else []
    opening = Opening(plan.school, span, places=places)
    not_open = _closed_by_themselves(plan, span)
    taken = _taken(plan, times, apart_from)
    rules = rules_of(plan.school)
    around = (
        neighbours(
            rules,
            span,
            instructors=[plan.instructor],
            resources=[plan.resource] if plan.resource else (),
            apart_from=apart_from,
        )
        if rules.matter_to([plan.instructor])
        else {}
    )
    found: list[PlannedSlot] = []
    for during in times:
        lesson = Planned(during, plan.course.pk, place_of(plan.resource))
        objections = (one.objection(lesson) for one in around.values())
        if during in there:
            found.append(PlannedSlot(during, InTheWay.THERE, _("This slot is there already."), *there[during]))
        elif during.starts_at <= now():
            found.append(PlannedSlot(during, InTheWay.PAST, _("This time has begun, or is over.")))
        elif closed := _closed(plan, during, opening, not_open):
            found.append(closed)
        elif during.starts_at in taken:
            found.append(PlannedSlot(during, InTheWay.CLASH, _said(plan, *taken[during.starts_at])))
        elif refusal := next(filter(None, objections), None):
            found.append(PlannedSlot(during, InTheWay.RULE, refusal.detail))
        else:
            found.append(PlannedSlot(during))
            for one in around.values():
                one.add(lesson)
    return found


def _there(plan: SlotsPlan, span: Stretch) -> dict[Stretch, tuple[UUID, UUID]]:
    """The slots of this course that this instructor has then: their ids, and their sessions'."""
    rows = is_slot(Slot.objects.of(plan.school)).filter(
        session__course_id=plan.course.pk,
        session__status=Session.Status.PUBLISHED,
        session__starts_at__gte=span.starts_at,
        session__starts_at__lt=span.ends_at,
        session__staffing__instructor_id=plan.instructor.pk,
    )
    return {
        Stretch(starts_at, ends_at): (slot_id, session_id)
        for slot_id, session_id, starts_at, ends_at in rows.values_list("id", "session_id", "starts_at", "ends_at")
    }


def _closed(plan: SlotsPlan, during: Stretch, opening: Opening, not_open: Sequence[Stretch]) -> PlannedSlot | None:
    """The school is, or the place, or the instructor said so."""
    if opening.is_closure(during):
        return PlannedSlot(during, InTheWay.CLOSURE, _("The school is closed then."))
    if opening.is_school_closed(during):
        return PlannedSlot(during, InTheWay.HOURS, _("The school is not open then."))
    if plan.resource and opening.own_obstacle(during, plan.resource.diary_id):
        return PlannedSlot(during, InTheWay.HOURS, _("%s is not open then.") % plan.resource.name)
    if any(one.overlaps(during) for one in not_open):
        return PlannedSlot(during, InTheWay.HOURS, _("%s is not open then.") % plan.instructor.person.name)
    return None


def _closed_by_themselves(plan: SlotsPlan, span: Stretch) -> list[Stretch]:
    """What the instructor's exceptions close. Slots need no opening hours: they say themselves when one can come."""
    rules = OpeningHours.objects.of(plan.school).filter(diary_id=plan.instructor.person.diary_id, closes=True)
    closing = [Rule(*values)._replace(closes=False) for values in rules.values_list(*Rule._fields)]
    return open_stretches(closing, span)


_TAKEN_SQL = """
    SELECT DISTINCT ON (wanted.starts_at)
           wanted.starts_at, claim.diary_id, claim.kind, lower(claim.during), upper(claim.during)
    FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS wanted(starts_at, ends_at)
    CROSS JOIN unnest(%(diaries)s::uuid[]) AS own(diary_id)
    CROSS JOIN LATERAL (
        SELECT diary_id, kind, during FROM diary_claim
        WHERE school_id = %(school_id)s AND diary_id = own.diary_id AND NOT waived
          AND during && tstzrange(wanted.starts_at, wanted.ends_at) AND source <> ALL(%(apart_from)s::uuid[])
        OFFSET 0  -- each diary by itself: its index knows no "any of these"
    ) AS claim
    ORDER BY 1, 4, 2
"""


def _taken(
    plan: SlotsPlan, times: Sequence[Stretch], apart_from: Sequence[UUID]
) -> dict[dt.datetime, tuple[UUID, str, Stretch]]:
    """By a slot's start, the first of what is there instead, or is promised to a series: whose diary, what kind of
    claim, and when."""
    span = Stretch(times[0].starts_at, times[-1].ends_at)
    found: dict[dt.datetime, tuple[UUID, str, Stretch]] = {
        wanted.starts_at: (diary_id, Claim.Kind.LESSON, during)
        for diary_id, promised in taken_by_series(plan.school, span, plan.names).items()
        for during in promised
        for wanted in times
        if wanted.overlaps(during)
    }
    values = {
        "school_id": plan.school.pk,
        "diaries": list(plan.names),
        "starts": [one.starts_at for one in times],
        "ends": [one.ends_at for one in times],
        "apart_from": list(apart_from),
    }
    for wanted_at, diary_id, kind, starts_at, ends_at in execute(_TAKEN_SQL, values):
        found[wanted_at] = (diary_id, kind, Stretch(starts_at, ends_at))
    return found


_SAID: Final = {
    "lesson": gettext_lazy("%(who)s has a lesson then, %(from)s–%(until)s."),
    "busy": gettext_lazy("%(who)s is busy then, %(from)s–%(until)s."),
}


def _said(plan: SlotsPlan, diary_id: UUID, kind: str, during: Stretch) -> str:
    where = zone(plan.zone_name)
    clock = {
        "from": f"{during.starts_at.astimezone(where):%H:%M}",
        "until": f"{during.ends_at.astimezone(where):%H:%M}",
    }
    return _SAID[kind] % ({"who": plan.names[diary_id]} | clock)


def _write(plan: SlotsPlan, slots: Sequence[PlannedSlot], *, by: Actor) -> None:
    """Raises TimeTaken, and nothing was written, when one was taken in between."""
    claims = [Wanted(diary_id, one.during, one.slot_id) for one in slots if one.slot_id for diary_id in plan.names]
    values = {
        "school_id": plan.school.pk,
        "course_id": plan.course.pk,
        "resource_id": plan.resource.pk if plan.resource else None,
        "timezone": plan.zone_name,
        "created_by": by.who,
        "instructor_id": plan.instructor.pk,
        "session_ids": [one.session_id for one in slots],
        "slot_ids": [one.slot_id for one in slots],
        "staffing_ids": [new_id() for _slot in slots],
        "starts": [one.during.starts_at for one in slots],
        "ends": [one.during.ends_at for one in slots],
    }
    try:
        execute(_PUBLISHED_SQL, values | claim_values(claims))
    except GuardFailed:
        raise TimeTaken(plan.instructor.pk) from None


_PUBLISHED_SQL = f"""WITH opened AS (
        INSERT INTO timetable_session (id, school_id, course_id, resource_id, status, type, on_demand, capacity,
                                       choose_slots, starts_at, ends_at, timezone, notes, created_by, published_at)
        SELECT new.id, %(school_id)s, %(course_id)s, %(resource_id)s, 'published', 'regular', false, 1, false,
               new.starts_at, new.ends_at, %(timezone)s, '', %(created_by)s, statement_timestamp()
        FROM unnest(%(session_ids)s::uuid[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
             AS new(id, starts_at, ends_at)
    ),
    seated AS (
        INSERT INTO timetable_slot (id, school_id, session_id, starts_at, ends_at, capacity, seats_taken, is_open)
        SELECT new.id, %(school_id)s, new.session_id, new.starts_at, new.ends_at, 1, 0, true
        FROM unnest(%(slot_ids)s::uuid[], %(session_ids)s::uuid[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
             AS new(id, session_id, starts_at, ends_at)
    ),
    staffed AS (
        INSERT INTO timetable_staffing (id, school_id, session_id, instructor_id, leads)
        SELECT new.id, %(school_id)s, new.session_id, %(instructor_id)s, true
        FROM unnest(%(staffing_ids)s::uuid[], %(session_ids)s::uuid[]) AS new(id, session_id)
    ),{CLAIMED_SQL.replace("{gate}", "true")}
    SELECT CASE WHEN (SELECT count(*) FROM claimed) < %(claim_count)s THEN schoolbell_refuse('{TimeTaken.code}') END
"""
