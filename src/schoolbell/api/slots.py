"""`/instructors/{id}/slots` and `/slots/{id}`: a coach's slots, in the words of the coaching design."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router
from pydantic import Field

from schoolbell.api import shapes
from schoolbell.api.courses import find_course
from schoolbell.api.document import answers
from schoolbell.api.entry import TEACHING, Visit, enter
from schoolbell.api.instructors import find_instructor, require_self
from schoolbell.api.pages import MOST, page
from schoolbell.api.resources import find_resource
from schoolbell.api.sessions import time_bound
from schoolbell.api.types import AN_ID, Day, Input, WallTime, Zone, example, shown
from schoolbell.bookings.slots import delete_slot, find_slot, seen_as_slots, slots_of
from schoolbell.kit.refusals import InputRefused, NotFound
from schoolbell.people.models import Instructor
from schoolbell.planning.slot_plans import SlotsPlan, last_day_of
from schoolbell.planning.slots import PlannedSlot, preview_slots, publish_slots
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import Slot

router = Router(tags=["slots"])


class SlotsIn(Input):
    model_config = example(course=AN_ID, weekdays=[1, 3], starts="09:00", ends="12:00", first_day="2030-01-07", weeks=4)

    course: UUID
    weekdays: list[Annotated[int, Field(strict=True, ge=1, le=7)]] = Field(
        min_length=1, max_length=7, description="ISO: 1 is Monday"
    )
    starts: WallTime
    ends: WallTime
    minutes: Annotated[int, Field(strict=True, ge=5, le=1440)] | None = Field(
        None, description="Of a slot. Without it: as long as the course's lessons."
    )
    pause: Annotated[int, Field(strict=True, ge=0, le=1440)] = Field(0, description="Minutes between two slots.")
    first_day: Day
    last_day: Day | None = None
    weeks: Annotated[int, Field(strict=True, ge=1, le=52)] | None = Field(None, description="Instead of a last day.")
    timezone: Zone | None = Field(None, description="Without it: the instructor's, or else the school's.")
    resource: UUID | None = None
    clashing: Literal["skip", "refuse"] = Field(
        "refuse", description="What becomes of slots that meet something else: left out, or nothing is published."
    )
    dry_run: Annotated[bool, Field(strict=True)] = Field(default=False, description="A preview: nothing is written.")


def show_slots(slots: Sequence[Slot]) -> list[dict[str, Any]]:
    """One query for all."""
    return [
        {
            "id": str(one.slot.pk),
            "session": str(one.slot.session_id),
            "course": {"id": str(one.slot.session.course_id), "name": one.slot.session.course.name},
            "resource": str(one.slot.session.resource_id) if one.slot.session.resource_id else None,
            "starts_at": shown(one.slot.starts_at),
            "ends_at": shown(one.slot.ends_at),
            "timezone": one.slot.session.timezone,
            "state": one.state.value,
            "deletable": one.is_deletable,
            "booking": {
                "id": str(one.booking.pk),
                "reference": one.booking.reference,
                "state": one.booking_state.value,
                "student": {"id": str(one.booking.student_id), "name": one.booking.student.person.name},
            }
            if one.booking and one.booking_state
            else None,
        }
        for one in seen_as_slots(slots)
    ]


@router.get("/instructors/{instructor}/slots", operation_id="list_slots", summary="An instructor's slots")
@answers(shapes.Slots, to=TEACHING)
def slots(
    request: HttpRequest,
    school: Path[str],
    instructor: UUID,
    from_: Annotated[str | None, Query(alias="from")] = None,
    to: str | None = None,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> dict[str, Any]:
    visit = enter(request, school)
    own = find_instructor(visit.school, instructor)
    require_self(visit.actor, own)
    rows = slots_of(
        visit.school,
        own.pk,
        starts_from=time_bound(visit, "from", from_, end=False),
        starts_until=time_bound(visit, "to", to, end=True),
    )
    return page(rows, after=after, limit=limit, by_start=True, show=show_slots)


@router.post(
    "/instructors/{instructor}/slots",
    operation_id="create_slots",
    summary="Publish an instructor's slots; with `dry_run`, see what stands in the way of each",
)
@answers(shapes.PlannedSlots, HTTPStatus.CREATED, to=TEACHING, previews=True)
def publish(request: HttpRequest, school: Path[str], instructor: UUID, body: SlotsIn) -> HttpResponse:
    visit = enter(request, school)
    own = find_instructor(visit.school, instructor)
    require_self(visit.actor, own)
    plan = _plan(visit.school, own, body)
    if body.dry_run:
        found = preview_slots(plan)
        return visit.answer(lambda: _planned(found, added=0, dry_run=True), status=HTTPStatus.OK)

    def act() -> dict[str, Any]:
        published = publish_slots(plan, by=visit.actor, skip_clashing=body.clashing == "skip")
        return _planned(published.slots, added=published.added, dry_run=False)

    return visit.answer(act)


def _plan(school: School, instructor: Instructor, body: SlotsIn) -> SlotsPlan:
    if (body.last_day is None) == (body.weeks is None):
        raise InputRefused.of("weeks", _("Give a last day or a number of weeks, one of the two."))
    course = find_course(school, body.course)
    return SlotsPlan(
        instructor=instructor,
        course=course,
        weekdays=frozenset(body.weekdays),
        starts=body.starts,
        ends=body.ends,
        first_day=body.first_day,
        last_day=body.last_day or last_day_of(body.first_day, weeks=body.weeks or 1),
        minutes=body.minutes or course.duration_minutes,
        pause=body.pause,
        timezone=body.timezone or "",
        resource=find_resource(school, body.resource) if body.resource else None,
    )


def _planned(slots: Sequence[PlannedSlot], *, added: int, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "published": added,
        "slots": [
            {
                "starts_at": shown(one.during.starts_at),
                "ends_at": shown(one.during.ends_at),
                "reason": one.reason.value if one.reason else None,
                "detail": one.said,
                "slot": str(one.slot_id) if one.slot_id else None,
                "session": str(one.session_id) if one.session_id else None,
            }
            for one in slots
        ],
    }


@router.delete("/slots/{slot}", operation_id="delete_slot", summary="Delete a slot that nobody has booked")
@answers(shapes.CoachSlot, to=TEACHING)
def remove(request: HttpRequest, school: Path[str], slot: UUID) -> HttpResponse:
    visit = enter(request, school)
    found = _find(visit, slot)

    def act() -> dict[str, Any]:
        told = show_slots([found])[0]
        delete_slot(found, by=visit.actor)
        return told

    return visit.answer(act, status=HTTPStatus.OK)


def _find(visit: Visit, slot_id: UUID) -> Slot:
    """Staff reach every slot, an instructor their own."""
    found = find_slot(visit.school, slot_id)
    if visit.actor.role == Role.INSTRUCTOR and not _teaches(visit, found):
        raise NotFound(slot_id)
    return found


def _teaches(visit: Visit, slot: Slot) -> bool:
    rows = Instructor.objects.of(visit.school).filter(person_id=visit.actor.me)
    return any(slots_of(visit.school, one.pk).filter(id=slot.pk).exists() for one in rows)
