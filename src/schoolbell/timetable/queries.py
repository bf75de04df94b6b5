"""Reads of the timetable."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Count, F, Func, Min, OuterRef, Q, Subquery, Sum, TextField, Value, When
from psycopg.types.range import TimestamptzRange

from schoolbell.catalogue.models import Course
from schoolbell.diary.models import Claim
from schoolbell.kit.time import Stretch, now
from schoolbell.people.models import Instructor
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows
from schoolbell.timetable.models import DAY, GOES_ON, Resource, Session, Slot, Staffing


def sessions(
    school: School,
    *,
    seen_by: Actor,
    starts_from: dt.datetime | None = None,
    starts_until: dt.datetime | None = None,
    course_id: UUID | None = None,
    instructor_id: UUID | None = None,
    resource_id: UUID | None = None,
    status: str = "",
) -> SchoolRows[Session]:
    """A school's sessions: all for staff, for others those that are published and were not made for one student.

    An instructor sees those they teach besides.
    """
    rows = Session.objects.of(school)
    if not seen_by.is_staff:
        public = Q(status=Session.Status.PUBLISHED, on_demand=False)
        if seen_by.role == Role.INSTRUCTOR:
            taught = Staffing.objects.of(school).filter(instructor__person_id=seen_by.me)
            public |= Q(id__in=taught.values("session_id"))
        rows = rows.filter(public)
    if starts_from:
        rows = rows.filter(starts_at__gte=starts_from)
    if starts_until:
        rows = rows.filter(starts_at__lt=starts_until)
    if course_id:
        rows = rows.filter(course_id=course_id)
    if instructor_id:
        taught = Staffing.objects.of(school).filter(instructor_id=instructor_id)
        rows = rows.filter(id__in=taught.values("session_id"))
    if resource_id:
        rows = rows.filter(resource_id=resource_id)
    if status:
        rows = rows.filter(status=status)
    return rows


def coming(rows: SchoolRows[Session]) -> SchoolRows[Session]:
    """Those of them that are not over, in order of what comes next of each: of one that has begun its next slot, or the
    one that goes on now."""
    moment = now()
    ahead = Slot.objects.filter(school_id=OuterRef("school_id"), session_id=OuterRef("id"), ends_at__gt=moment)
    next_of_begun = Subquery(ahead.order_by("starts_at").values("starts_at")[:1])
    next_at = Case(When(starts_at__gt=moment, then=F("starts_at")), default=next_of_begun)
    # Each half has an index.
    return rows.filter(Q(starts_at__gt=moment - DAY) | GOES_ON, ends_at__gt=moment).order_by(next_at, "id")


def next_times(sessions: Iterable[Session]) -> dict[UUID, Stretch]:
    """Of those of a school's sessions that have begun and are not over, the next slot, where one is still to begin."""
    moment = now()
    begun = [one for one in sessions if one.starts_at <= moment < one.ends_at]
    if not begun:
        return {}
    slots = Slot.objects.filter(
        school_id=begun[0].school_id, session_id__in=[one.pk for one in begun], starts_at__gt=moment
    )
    found = slots.order_by("-starts_at").values_list("session_id", "starts_at", "ends_at")
    return {key: Stretch.known(starts_at, ends_at) for key, starts_at, ends_at in found}  # the next is written last


def slots_and_staff(sessions: Sequence[Session]) -> tuple[dict[UUID, list[Slot]], dict[UUID, list[Instructor]]]:
    """Per session its slots in order of time, and its instructors, the leading one first."""
    slots: dict[UUID, list[Slot]] = {session.pk: [] for session in sessions}
    if sessions:
        school_id = sessions[0].school_id
        for slot in Slot.objects.filter(school_id=school_id, session_id__in=list(slots)).order_by("starts_at"):
            slots[slot.session_id].append(slot)
    return slots, staff_of(sessions)


def staff_of(sessions: Sequence[Session]) -> dict[UUID, list[Instructor]]:
    """Per session its instructors, the leading one first."""
    return staff_by_session(sessions[0].school_id, [session.pk for session in sessions]) if sessions else {}


def staff_by_session(school_id: UUID, session_ids: Iterable[UUID]) -> dict[UUID, list[Instructor]]:
    """The same, of sessions by their ids. Two queries: instructors are a few, shared by many sessions."""
    staff: dict[UUID, list[Instructor]] = {session_id: [] for session_id in session_ids}
    rows = Staffing.objects.filter(school_id=school_id, session_id__in=list(staff)).order_by("-leads", "id")
    teaching = list(rows.values_list("session_id", "instructor_id")) if staff else []
    if teaching:
        found = Instructor.objects.filter(
            school_id=school_id, id__in={instructor_id for _one, instructor_id in teaching}
        )
        instructors = {one.pk: one for one in found.select_related("person")}
        for session_id, instructor_id in teaching:
            staff[session_id].append(instructors[instructor_id])
    return staff


def meeting(within: Stretch, of: str = "") -> Q:
    """Slots that meet the stretch, by their index: none that began a day before it reaches into it. `of` leads to the
    slot from what is asked for: "slot__"."""
    begins = {f"{of}starts_at__gt": within.starts_at - DAY, f"{of}starts_at__lt": within.ends_at}
    return Q(**begins, **{f"{of}ends_at__gt": within.starts_at})


@dataclass(frozen=True, slots=True)
class SlotShown:
    """What a calendar shows of a slot and its session: `seats` are the slot's, `session_seats` the session's; `place`
    is None where it has none."""

    id: UUID
    session_id: UUID
    starts_at: dt.datetime
    ends_at: dt.datetime
    seats: int
    session_seats: int
    status: str
    on_demand: bool
    resource_id: UUID | None
    place: str | None
    course: str


def slots_within(school: School, within: Stretch) -> list[SlotShown]:
    """Every slot that meets the stretch, in order of time. A week has hundreds: one query, and no rows of models."""
    rows = Slot.objects.of(school).filter(meeting(within)).order_by("starts_at", "id")
    names = ("capacity", "status", "on_demand", "resource_id", "resource__name", "course__name")
    of_session = (f"session__{name}" for name in names)
    return [
        SlotShown(*row) for row in rows.values_list("id", "session_id", "starts_at", "ends_at", "capacity", *of_session)
    ]


def rooms_entered_by(actor: Actor, resources: Sequence[Resource]) -> set[UUID]:
    """Those of them that the asker may enter as who works there: all for staff, for an instructor those of their
    sessions that are not over."""
    ids = {one.pk for one in resources}
    if actor.is_staff or not ids:
        return ids
    if actor.role != Role.INSTRUCTOR:
        return set()
    taught = Session.objects.filter(
        school_id=resources[0].school_id,
        resource_id__in=ids,
        staffing__instructor__person_id=actor.me,
        ends_at__gt=now(),
    )
    return set(taught.exclude(status=Session.Status.CANCELLED).values_list("resource_id", flat=True))


def who_is_taken(
    instructors: Sequence[Instructor], resource: Resource | None, stretches: Sequence[Stretch]
) -> list[tuple[str, Stretch]]:
    """Of those who are wanted for these stretches, by name, who or what is taken, and when they are."""
    names = {one.person.diary_id: one.person.name for one in instructors}
    if resource:
        names[resource.diary_id] = resource.name
    if not names or not stretches:
        return []
    school_id = resource.school_id if resource else instructors[0].school_id
    clashes = Q()
    for stretch in stretches:
        clashes |= Q(during__overlap=TimestamptzRange(stretch.starts_at, stretch.ends_at))
    claims = Claim.objects.filter(clashes, school_id=school_id, diary_id__in=list(names), waived=False)
    return [
        (names[claim.diary_id], Stretch(claim.during.lower, claim.during.upper)) for claim in claims.order_by("during")
    ]


@dataclass(frozen=True, slots=True)
class Length:
    """How often one comes, and how many minutes that is in all."""

    times: int
    minutes: int


def lengths_of(school: School, courses: Sequence[Course]) -> dict[UUID, Length]:
    """Of each course that has one, its next session; one query."""
    if not courses:
        return {}
    found = (
        Slot.objects.of(school)
        .filter(
            session__course_id__in=[one.pk for one in courses],
            session__status=Session.Status.PUBLISHED,
            session__starts_at__gt=now(),
        )
        .values("session__course_id", "session_id")
        .annotate(times=Count("id"), lasting=Sum(F("ends_at") - F("starts_at")), first=Min("starts_at"))
        .order_by("-first")  # so that the next one is written last
    )
    return {one["session__course_id"]: Length(one["times"], int(one["lasting"].total_seconds()) // 60) for one in found}


def as_counted(field: str) -> Func:
    """For an order as people count: Room 2 before Room 10. Numbers have nine figures at most."""
    padded = _replaced(F(field), r"(\d+)", r"000000000\1")
    return _replaced(padded, r"\d*(\d{9})", r"\1")


def _replaced(text: F | Func, pattern: str, by: str) -> Func:
    values = (Value(pattern), Value(by), Value("g"))
    return Func(text, *values, function="regexp_replace", output_field=TextField())
