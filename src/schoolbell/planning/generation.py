"""Putting the occurrences of a series on the timetable: its sessions, and for weekly lessons their bookings.

A series is extended in one statement, or not at all. What cannot be, is kept as skipped, with what stands in the way.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Least

from schoolbell.bookings.holds import expire_overdue_holds_at
from schoolbell.bookings.models import Enrollment
from schoolbell.diary.claims import CLAIMED_SQL, Wanted, claim_values, lock_diaries
from schoolbell.diary.keeping import keep_hours
from schoolbell.diary.models import Closure
from schoolbell.diary.opening import Opening
from schoolbell.diary.refusals import TimeTaken
from schoolbell.journal.actions import record, tell
from schoolbell.kit.database.statements import GuardFailed, execute, forget_plans, multirange, read
from schoolbell.kit.ids import new_id, new_reference
from schoolbell.kit.time import Stretch, instant, local_day, now, zone
from schoolbell.people.models import Instructor
from schoolbell.planning.seating import seat_enrolled, seat_school
from schoolbell.schools.actor import SYSTEM, Actor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, SeriesStaffing, SkippedOccurrence
from schoolbell.timetable.recurrence import occurrence_days
from schoolbell.timetable.spacing import Planned, Rules, neighbours_of, place_of, rules_of

MOST_TRIES: Final = 3
log = structlog.get_logger("schoolbell.generation")
Reason = SkippedOccurrence.Reason


@dataclass(frozen=True, slots=True)
class Taken:
    """This diary is taken then."""

    diary_id: UUID
    during: Stretch


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One occurrence of a series, and what keeps it off the timetable, if anything does."""

    day: dt.date
    during: Stretch
    reason: str = ""
    taken: tuple[Taken, ...] = ()


@dataclass(frozen=True, slots=True)
class Extended:
    """What came of extending one series, or many. `busy` series are still to be extended: others took time there in
    the same moment, again and again."""

    added: int = 0
    skipped: int = 0
    busy: int = 0

    def __add__(self, other: "Extended") -> "Extended":
        return Extended(self.added + other.added, self.skipped + other.skipped, self.busy + other.busy)


@dataclass(frozen=True, slots=True)
class Frame:
    """What is the same for all series of a school, read once for many of them."""

    school: School
    rules: Rules


def frame_of(school: School) -> Frame:
    return Frame(school, rules_of(school))


def horizon(school: School) -> dt.date:
    """The day up to which a school puts series on its timetable."""
    return local_day(now(), school.zone) + dt.timedelta(days=school.policies.weekly_ahead_days)


@dataclass(frozen=True, slots=True)
class Plan:
    """A series with all whose time it takes."""

    series: Series
    instructors: Sequence[Instructor]  # with their persons, the leading one first
    enrollment: Enrollment | None  # with its student's person, where its lessons are one student's

    @property
    def diaries(self) -> list[UUID]:
        """Its instructors' and its resource's."""
        of_resource = [self.series.resource.diary_id] if self.series.resource else []
        return [*(one.person.diary_id for one in self.instructors), *of_resource]

    @property
    def all_diaries(self) -> list[UUID]:
        return [*self.diaries, *([self.enrollment.student.person.diary_id] if self.enrollment else [])]

    @property
    def is_in_service(self) -> bool:
        """Are all who teach and learn active, is the course taught, and the place in use?"""
        place, learns = self.series.resource, self.enrollment.student if self.enrollment else None
        people = all(one.is_active for one in self.instructors) and (learns is None or learns.is_active)
        return people and self.series.course.is_active and (place is None or place.is_active)

    def during(self, day: dt.date) -> Stretch:
        starts_at = instant(day, self.series.starts, zone(self.series.timezone))
        return Stretch(starts_at, starts_at + dt.timedelta(minutes=self.series.duration_minutes))


def plan_of(series: Series) -> Plan:
    staffing = SeriesStaffing.objects.filter(school_id=series.school_id, series_id=series.pk)
    instructors = [one.instructor for one in staffing.select_related("instructor__person").order_by("-leads", "id")]
    enrollment = None
    if series.on_demand:
        rows = Enrollment.objects.filter(school_id=series.school_id, series_id=series.pk)
        enrollment = rows.select_related("student__person").first()
    return Plan(series, instructors, enrollment)


def look_ahead(
    plan: Plan, days: Iterable[dt.date], *, frame: Frame, apart_from: Sequence[UUID] = ()
) -> list[Occurrence]:
    """These occurrences, each with what stands in its way: a closure, who left or what is out of use, a claim, hours
    (the school's, the place's, and for one student's lessons the instructors'), a rule between neighbours. `apart_from`
    are sources of claims that do not count."""
    return look_at_times(plan, {day: plan.during(day) for day in days}, frame=frame, apart_from=apart_from)


def look_at_times(
    plan: Plan, wanted: Mapping[dt.date, Stretch], *, frame: Frame, apart_from: Sequence[UUID] = ()
) -> list[Occurrence]:
    """The same of occurrences that are to be at other times than the rule names."""
    if not wanted:
        return []
    span = Stretch(min(one.starts_at for one in wanted.values()), max(one.ends_at for one in wanted.values()))
    opening = _opening(plan, span, frame.school)
    taken = _taken(plan, wanted, apart_from)
    around = (
        neighbours_of(
            frame.rules,
            wanted.values(),
            instructors=plan.instructors,
            resources=[plan.series.resource] if plan.series.resource else (),
            apart_from=apart_from,
        )
        if frame.rules.matter_to(plan.instructors)
        else {}
    )
    found: list[Occurrence] = []
    in_service = plan.is_in_service
    for day, during in wanted.items():
        lesson = Planned(during, plan.series.course_id, place_of(plan.series.resource))
        if opening.is_closure(during):
            found.append(Occurrence(day, during, Reason.CLOSURE))
        elif not in_service:
            found.append(Occurrence(day, during, Reason.AWAY))
        elif day in taken:
            found.append(Occurrence(day, during, Reason.CLASH, tuple(taken[day])))
        elif opening.obstacle(during, plan.diaries):
            found.append(Occurrence(day, during, Reason.HOURS))
        elif any(one.objection(lesson) for one in around.values()):
            found.append(Occurrence(day, during, Reason.RULE))
        else:
            found.append(Occurrence(day, during))
            for one in around.values():
                one.add(lesson)
    return found


def _opening(plan: Plan, span: Stretch, school: School) -> Opening:
    """Instructors' hours count for one student's lessons only. Classes are put where the office says."""
    places = [plan.series.resource.diary_id] if plan.series.resource else []
    people = [one.person.diary_id for one in plan.instructors] if plan.series.on_demand else []
    return Opening(school, span, places=places, people=people)


def _taken(plan: Plan, wanted: Mapping[dt.date, Stretch], apart_from: Sequence[UUID]) -> dict[dt.date, list[Taken]]:
    rows = read(
        _TAKEN_SQL,
        {
            "school_id": plan.series.school_id,
            "diaries": plan.all_diaries,
            "wanted": multirange(wanted.values()),
            "apart_from": list(apart_from),
        },
    )
    taken = [Taken(diary_id, Stretch.known(starts_at, ends_at)) for diary_id, starts_at, ends_at in rows]
    by_day = {day: [one for one in taken if one.during.overlaps(during)] for day, during in wanted.items()}
    return {day: clashes for day, clashes in by_day.items() if clashes}


_TAKEN_SQL = """
    SELECT own.diary_id, starts_at, ends_at
    FROM unnest(%(diaries)s::uuid[]) AS own(diary_id)
    CROSS JOIN LATERAL (
        SELECT lower(during) AS starts_at, upper(during) AS ends_at FROM diary_claim
        WHERE school_id = %(school_id)s AND diary_id = own.diary_id AND NOT waived
          AND during && %(wanted)s::tstzmultirange AND source <> ALL(%(apart_from)s::uuid[])
        OFFSET 0  -- each diary by itself: its index knows no "any of these"
    ) AS claim
    ORDER BY 2
"""


def extend_series(series: Series, *, until: dt.date, by: Actor = SYSTEM, frame: Frame | None = None) -> Extended:
    """Put every occurrence up to that day on the timetable that is not there yet and lies ahead, closures left out.

    Whoever has a seat in a class every week gets one there. Done again, it adds nothing. What was skipped before is
    tried again. Overdue holds in the way are expired.
    """
    frame = frame or frame_of(series.course.school)
    for _try in range(MOST_TRIES):
        try:
            extended, clashes = _extend(series, until=until, by=by, frame=frame)
        except TimeTaken:  # somebody took a time in the same moment: look again
            continue
        if not _cleared(frame.school, clashes):
            if not series.on_demand:
                seat_enrolled(series, by=by)
            return extended
    raise TimeTaken(series.pk)  # the timetable moves faster than one can look


def _cleared(school: School, clashes: Sequence[Occurrence]) -> bool:
    return sum(expire_overdue_holds_at(school, one.during) for one in clashes if one.taken) > 0


@transaction.atomic
def _extend(series: Series, *, until: dt.date, by: Actor, frame: Frame) -> tuple[Extended, list[Occurrence]]:
    keep_hours(series.school_id)
    locked = Series.objects.select_for_update(no_key=True, of=("self",)).select_related("course", "resource")
    plan = plan_of(locked.get(school_id=series.school_id, id=series.pk))
    series = plan.series
    if series.on_demand and plan.enrollment is None:  # its enrollment goes on with another series
        return Extended(), []
    there, skipped_before = _known_days(series, until)
    days = _days_to_look_at(series, until, there, skipped_before)
    if not days:
        _note_looked_at(series, until)
        return Extended(), []
    lock_diaries(series.school_id, plan.diaries)
    looked = look_ahead(plan, days, frame=frame)
    free = [one for one in looked if not one.reason]
    put_on_timetable(plan, free, by=by)
    skipped = [one for one in looked if one.reason]
    left_out = _keep_skipped(series, looked, skipped_before)
    _note_looked_at(series, until)
    if free:
        _note(plan, "series.extended", by=by, new={"sessions": len(free), "until": until.isoformat()})
    if left_out:
        _note(plan, "series.skipped", by=by, new={"days": [day.isoformat() for day in left_out]})
    return Extended(len(free), len(skipped)), [one for one in skipped if one.reason == Reason.CLASH]


def _note(plan: Plan, name: str, *, by: Actor, new: dict[str, Any]) -> None:
    enrollment = plan.enrollment
    record(
        name,
        plan.series,
        by=by,
        student_id=enrollment.student_id if enrollment else None,
        client_id=enrollment.client_id if enrollment else None,
        new=new,
    )
    tell(name, plan.series)


def _known_days(series: Series, until: dt.date) -> tuple[set[dt.date], dict[dt.date, SkippedOccurrence]]:
    """From today on: the days that have their session or are left out on purpose, and those up to `until` that were
    skipped, with their rows."""
    today = local_day(now(), zone(series.timezone))
    own = {"school_id": series.school_id, "series_id": series.pk}
    days = read(_KNOWN_DAYS_SQL, own | {"today": today, "until": until})
    skipped = [day for day, is_there in days if not is_there]
    rows = SkippedOccurrence.objects.filter(**own, occurrence_on__in=skipped) if skipped else ()
    return {day for day, is_there in days if is_there}, {row.occurrence_on: row for row in rows}


_KNOWN_DAYS_SQL = """
    SELECT occurrence_on, true FROM timetable_session
    WHERE school_id = %(school_id)s AND series_id = %(series_id)s AND occurrence_on >= %(today)s
    UNION ALL
    SELECT occurrence_on, reason = 'cancelled' FROM timetable_skippedoccurrence
    WHERE school_id = %(school_id)s AND series_id = %(series_id)s AND occurrence_on BETWEEN %(today)s AND %(until)s
"""


def _days_to_look_at(
    series: Series, until: dt.date, there: Collection[dt.date], skipped: Collection[dt.date]
) -> list[dt.date]:
    """Those that are new, and those that were skipped; none that has begun, and none that has its session."""
    where = zone(series.timezone)
    today = local_day(now(), where)
    first = max(today, series.generated_until + dt.timedelta(days=1)) if series.generated_until else today
    named = {*occurrence_days(series, first, until), *skipped}
    return sorted(day for day in named.difference(there) if instant(day, series.starts, where) > now())


def _note_looked_at(series: Series, until: dt.date) -> None:
    if series.generated_until is None or series.generated_until < until:
        own = {"school_id": series.school_id, "series_id": series.pk}
        read(_LOOKED_AT_SQL, own | {"until": until, "now": now()})


_LOOKED_AT_SQL = """
    UPDATE timetable_series SET generated_until = %(until)s, updated_at = %(now)s
    WHERE school_id = %(school_id)s AND id = %(series_id)s
    RETURNING id
"""


def _keep_skipped(
    series: Series, looked: Sequence[Occurrence], kept: Mapping[dt.date, SkippedOccurrence]
) -> list[dt.date]:
    """As they are now: those that found their place are no longer skipped. Says which days are left out that nobody
    knew of, apart from closed ones: for these somebody has to find another time."""
    if placed := [one.day for one in looked if not one.reason and one.day in kept]:
        rows = SkippedOccurrence.objects.filter(school_id=series.school_id, series_id=series.pk)
        rows.filter(occurrence_on__in=placed).delete()
    new: list[SkippedOccurrence] = []
    for one in looked:
        if not one.reason:
            continue
        taken = [
            {
                "diary": str(taken.diary_id),
                "starts_at": taken.during.starts_at.isoformat(),
                "ends_at": taken.during.ends_at.isoformat(),
            }
            for taken in one.taken
        ]
        row = kept.get(one.day)
        if row is None:
            new.append(
                SkippedOccurrence(
                    school_id=series.school_id, series=series, occurrence_on=one.day, reason=one.reason, taken=taken
                )
            )
        elif (row.reason, row.taken) != (one.reason, taken):
            row.reason, row.taken = one.reason, taken
            row.save()
    if new:
        SkippedOccurrence.objects.bulk_create(new)
    return [row.occurrence_on for row in new if row.reason != Reason.CLOSURE]


def put_on_timetable(plan: Plan, occurrences: Sequence[Occurrence], *, by: Actor) -> None:
    """All of them in one statement. Raises TimeTaken, and nothing was written, when one was taken in between."""
    if not occurrences:
        return
    series, enrollment = plan.series, plan.enrollment
    slot_ids = [new_id() for _ in occurrences]
    attendance_ids = [new_id() for _ in occurrences]
    claims = [
        Wanted(diary_id, one.during, slot_id)
        for one, slot_id in zip(occurrences, slot_ids, strict=True)
        for diary_id in plan.diaries
    ]
    values: dict[str, Any] = {
        "school_id": series.school_id,
        "series_id": series.pk,
        "course_id": series.course_id,
        "resource_id": series.resource_id,
        "status": "published" if series.publishes else "draft",
        "on_demand": series.on_demand,
        "capacity": series.capacity,
        "session_price": series.price,
        "timezone": series.timezone,
        "created_by": by.who,
        "published": series.publishes,
        "session_ids": [new_id() for _ in occurrences],
        "days": [one.day for one in occurrences],
        "starts": [one.during.starts_at for one in occurrences],
        "ends": [one.during.ends_at for one in occurrences],
        "slot_ids": slot_ids,
        "seats_taken": 1 if enrollment else 0,
        "instructor_ids": [one.pk for one in plan.instructors],
        "leading_id": plan.instructors[0].pk if plan.instructors else None,
        "staffing_ids": [new_id() for _ in range(len(occurrences) * len(plan.instructors))],
    }
    if enrollment:
        student = enrollment.student
        claims += [
            Wanted(student.person.diary_id, one.during, attendance_id)
            for one, attendance_id in zip(occurrences, attendance_ids, strict=True)
        ]
        values |= {
            "attendance_ids": attendance_ids,
            "booking_ids": [new_id() for _ in occurrences],
            "references": [new_reference() for _ in occurrences],
            "student_id": student.pk,
            "client_id": enrollment.client_id,
            "enrollment_id": enrollment.pk,
            "price": enrollment.price,
        }
    try:
        execute(_BOOKED_LESSONS_SQL if enrollment else _SESSIONS_SQL, values | claim_values(claims))
    except GuardFailed:
        raise TimeTaken(series.pk) from None


_OPENED_SQL = """WITH opened AS (
        INSERT INTO timetable_session (id, school_id, course_id, resource_id, series_id, occurrence_on, status, type,
                                       on_demand, capacity, price, choose_slots, starts_at, ends_at, timezone, notes,
                                       created_by, published_at)
        SELECT new.id, %(school_id)s, %(course_id)s, %(resource_id)s, %(series_id)s, new.day, %(status)s, 'regular',
               %(on_demand)s, %(capacity)s, %(session_price)s, false, new.starts_at, new.ends_at, %(timezone)s, '',
               %(created_by)s, CASE WHEN %(published)s THEN statement_timestamp() END
        FROM unnest(%(session_ids)s::uuid[], %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
             AS new(id, day, starts_at, ends_at)
    ),
    seated AS (
        INSERT INTO timetable_slot (id, school_id, session_id, starts_at, ends_at, capacity, seats_taken, is_open)
        SELECT new.id, %(school_id)s, new.session_id, new.starts_at, new.ends_at, %(capacity)s, %(seats_taken)s,
               %(published)s
        FROM unnest(%(slot_ids)s::uuid[], %(session_ids)s::uuid[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
             AS new(id, session_id, starts_at, ends_at)
    ),
    staffed AS (
        INSERT INTO timetable_staffing (id, school_id, session_id, instructor_id, leads)
        SELECT (%(staffing_ids)s::uuid[])[row_number() OVER ()], %(school_id)s, session_id, instructor_id,
               instructor_id = %(leading_id)s
        FROM unnest(%(session_ids)s::uuid[]) AS session_id, unnest(%(instructor_ids)s::uuid[]) AS instructor_id
    ),""" + CLAIMED_SQL.replace("{gate}", "true")

_GUARD_SQL = f"""
    SELECT CASE WHEN (SELECT count(*) FROM claimed) < %(claim_count)s THEN schoolbell_refuse('{TimeTaken.code}') END"""

_SESSIONS_SQL = _OPENED_SQL + _GUARD_SQL

_BOOKED_LESSONS_SQL = (
    _OPENED_SQL
    + """,
    booked AS (
        INSERT INTO bookings_booking (id, school_id, reference, session_id, student_id, client_id, enrollment_id,
                                      status, payment_status, settled_by, price, due_to_confirm, holds_seat,
                                      confirmed_at)
        SELECT new.id, %(school_id)s, new.reference, new.session_id, %(student_id)s, %(client_id)s, %(enrollment_id)s,
               'confirmed', 'pending', 'enrollment', %(price)s, 0, true, statement_timestamp()
        FROM unnest(%(booking_ids)s::uuid[], %(references)s::text[], %(session_ids)s::uuid[])
             AS new(id, reference, session_id)
    ),
    attending AS (
        INSERT INTO bookings_attendance (id, school_id, booking_id, slot_id, student_id, is_live)
        SELECT new.id, %(school_id)s, new.booking_id, new.slot_id, %(student_id)s, true
        FROM unnest(%(attendance_ids)s::uuid[], %(booking_ids)s::uuid[], %(slot_ids)s::uuid[])
             AS new(id, booking_id, slot_id)
    )"""
    + _GUARD_SQL
)


def extend_school(school: School, *, by: Actor = SYSTEM) -> Extended:
    """Every series of a school up to its horizon (policy weekly_ahead_days), and what was skipped ahead once more.

    One that finds no quiet moment is counted as busy, and does not keep the others waiting.
    """
    frame = frame_of(school)
    today = local_day(now(), school.zone)
    until = today + dt.timedelta(days=school.policies.weekly_ahead_days)
    total, planned_for = Extended(), 0
    for series in _to_extend(school, today, until):
        if total.added > 2 * planned_for:  # what was planned for few lessons reads all of many
            planned_for = total.added
            forget_plans()
        try:
            total += extend_series(series, until=until, by=by, frame=frame)
        except TimeTaken as taken:
            log.warning("not extended", school=school.slug, series=str(series.pk), code=taken.code)
            total += Extended(busy=1)
    seat_school(school, by=by)
    return total


def _to_extend(school: School, today: dt.date, until: dt.date) -> Iterable[Series]:
    """Those with occurrences that nobody looked at yet, and those with skipped ones ahead: not for a day on which the
    school is closed as it was (a half term is in the way of every series, and would be looked at every night)."""
    closed = Closure.objects.of(school).filter(
        kept_open_at__isnull=True, first_day__lte=OuterRef("occurrence_on"), last_day__gte=OuterRef("occurrence_on")
    )
    still_closed = Q(Exists(closed), reason=Reason.CLOSURE, series__timezone=school.timezone)
    skipped = SkippedOccurrence.objects.of(school).filter(
        ~still_closed, ~Q(reason=Reason.CANCELLED), series_id=OuterRef("id"), occurrence_on__range=(today, until)
    )
    last = Least(Value(until), F("ends_on"))  # the one that is known, if the series has no end
    rows = Series.objects.of(school).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))
    rows = rows.filter(Q(generated_until__isnull=True) | Q(generated_until__lt=last) | Exists(skipped))
    return rows.select_related("course__school").order_by("id").iterator(chunk_size=200)
