"""`/sessions`: what is on the timetable."""

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
from schoolbell.api.entry import ANYBODY, STAFF, Visit, enter
from schoolbell.api.instructors import find_instructor
from schoolbell.api.pages import MOST, page
from schoolbell.api.resources import find_resource
from schoolbell.api.types import AN_ID, Input, Instant, Minor, Text, bound, example, money, shown
from schoolbell.bookings.closed_then import closed_then
from schoolbell.bookings.queries import are_full, with_seats
from schoolbell.bookings.sessions import NewSession, create_session, publish_session
from schoolbell.catalogue.actions import default_course
from schoolbell.kit.refusals import InputRefused, NotFound
from schoolbell.kit.time import Stretch, now
from schoolbell.planning.offers import on_offer
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session
from schoolbell.timetable.queries import sessions as sessions_of
from schoolbell.timetable.queries import slots_and_staff

router = Router(tags=["sessions"])


DespiteClosed = Annotated[
    bool, Field(strict=True, description="Although the school or the place is closed then: it is meant.")
]


class SlotIn(Input):
    starts_at: Instant
    ends_at: Instant


class SessionIn(Input):
    model_config = example(
        course=AN_ID,
        instructors=[AN_ID],
        status="published",
        slots=[{"starts_at": "2030-01-07T16:00:00Z", "ends_at": "2030-01-07T17:00:00Z"}],
    )

    course: UUID | None = None
    instructors: list[UUID] = Field(default_factory=list, max_length=20)
    resource: UUID | None = None
    capacity: Annotated[int, Field(strict=True, ge=1, le=1_000)] | None = None
    price: Minor | None = None
    status: Literal["draft", "published"] = "draft"
    type: Literal["regular", "trial"] = "regular"
    choose_slots: Annotated[bool, Field(strict=True)] = False
    notes: Text = ""
    despite_rules: Annotated[bool, Field(strict=True)] = False
    despite_closed: DespiteClosed = False
    slots: list[SlotIn] = Field(min_length=1, max_length=100)


def show_sessions(sessions: Sequence[Session], school: School, *, to: Actor) -> list[dict[str, Any]]:
    """Notes are for the office and whoever teaches it; who made it, for the office."""
    slots, staff = slots_and_staff(sessions)
    full = are_full(sessions, slots)
    closed = closed_then(school, sessions, slots) if to.is_staff else {}
    return [
        {
            "id": str(session.pk),
            "course": str(session.course_id),
            "instructors": [{"id": str(one.pk), "name": one.person.name} for one in staff[session.pk]],
            "resource": str(session.resource_id) if session.resource_id else None,
            "status": session.status,
            "type": session.type,
            "on_demand": session.on_demand,
            "capacity": session.capacity,
            "is_full": session.pk in full,
            "in_progress": session.is_in_progress(now()),
            "price": money(session.price, school.currency) if session.price is not None else None,
            "choose_slots": session.choose_slots,
            "despite_closed": session.despite_closed,
            "closed": [
                {"kind": one.kind.value, "name": one.name, "closure": str(one.closure.pk) if one.closure else None}
                for one in closed.get(session.pk, ())
            ]
            if to.is_staff
            else None,
            "starts_at": shown(session.starts_at),
            "ends_at": shown(session.ends_at),
            "timezone": session.timezone,
            "notes": session.notes if to.is_staff or any(one.person_id == to.me for one in staff[session.pk]) else None,
            "cancelled_because": session.cancelled_because
            if to.is_staff or any(one.person_id == to.me for one in staff[session.pk])
            else None,
            "created_by": str(session.created_by) if to.is_staff and session.created_by else None,
            "slots": [
                {
                    "id": str(slot.pk),
                    "starts_at": shown(slot.starts_at),
                    "ends_at": shown(slot.ends_at),
                    "capacity": slot.capacity,
                    "seats_taken": slot.seats_taken,
                }
                for slot in slots[session.pk]
            ],
        }
        for session in sessions
    ]


def show_session(session: Session, visit: Visit) -> dict[str, Any]:
    return show_sessions([session], visit.school, to=visit.actor)[0]


@router.get("", operation_id="list_sessions", summary="Sessions; without a staff token the published ones")
@answers(shapes.Sessions, to=ANYBODY)
def sessions(
    request: HttpRequest,
    school: Path[str],
    open: bool = False,  # noqa: A002, FBT001, FBT002
    course: UUID | None = None,
    from_: Annotated[str | None, Query(alias="from")] = None,
    to: str | None = None,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> dict[str, Any]:
    visit = enter(request, school)
    starts_from, starts_until = (
        time_bound(visit, "from", from_, end=False),
        time_bound(visit, "to", to, end=True),
    )
    if starts_from and starts_until and starts_from >= starts_until:
        raise InputRefused.of("to", _("The last day is not before the first."))
    rows = sessions_of(
        visit.school, seen_by=visit.actor, starts_from=starts_from, starts_until=starts_until, course_id=course
    )
    keep = None
    if open:
        rows = with_seats(rows, visit.school)
        if not visit.actor.is_staff:
            rows, keep = rows.select_related("course__school", "resource"), on_offer
    return page(
        rows,
        after=after,
        limit=limit,
        by_start=True,
        keep=keep,
        show=lambda found: show_sessions(found, visit.school, to=visit.actor),
    )


def time_bound(visit: Visit, name: str, text: str | None, *, end: bool) -> Any:
    """Raises InputRefused under the parameter's name."""
    if text is None:
        return None
    try:
        return bound(text, visit.school.zone, end=end)
    except ValueError:
        raise InputRefused.of(
            name, _("Write a date such as 2026-12-01, or a time with its offset such as 2026-12-01T16:00:00Z.")
        ) from None


def whole_session(visit: Visit, session_id: UUID) -> Session:
    """With its course, school and resource. Raises NotFound."""
    found = find_session(visit, session_id)
    return Session.objects.of(visit.school).select_related("course__school", "resource").get(id=found.pk)


def find_session(visit: Visit, session_id: UUID) -> Session:
    found = sessions_of(visit.school, seen_by=visit.actor).filter(id=session_id).first()
    if found is None:
        raise NotFound(session_id)
    return found


@router.get("/{session}", operation_id="get_session", summary="One session")
@answers(shapes.Session, to=ANYBODY)
def session(request: HttpRequest, school: Path[str], session: UUID) -> dict[str, Any]:
    visit = enter(request, school)
    return show_session(find_session(visit, session), visit)


@router.post("", operation_id="create_session", summary="Put a session on the timetable")
@answers(shapes.Session, HTTPStatus.CREATED, to=STAFF)
def create(request: HttpRequest, school: Path[str], body: SessionIn) -> HttpResponse:
    visit = enter(request, school)
    slots = stretches_of(body.slots)

    def act() -> dict[str, Any]:
        course = find_course(visit.school, body.course) if body.course else default_course(visit.school, by=visit.actor)
        new = NewSession(
            course=course,
            slots=slots,
            instructors=[find_instructor(visit.school, one) for one in body.instructors],
            resource=find_resource(visit.school, body.resource) if body.resource else None,
            capacity=body.capacity,
            price=body.price,
            type=body.type,
            choose_slots=body.choose_slots,
            notes=body.notes,
            despite_rules=body.despite_rules,
            despite_closed=body.despite_closed,
        )
        made = create_session(new, school=visit.school, by=visit.actor, publish=body.status == "published")
        return show_session(made, visit)

    return visit.answer(act)


def stretches_of(slots: Sequence[SlotIn]) -> list[Stretch]:
    try:
        return [Stretch(slot.starts_at, slot.ends_at) for slot in slots]
    except ValueError:
        raise InputRefused.of("slots", _("A slot ends after it starts.")) from None


class PublishIn(Input):
    """With `despite_closed`, also of a session that is published already: it is meant from now on."""

    despite_closed: DespiteClosed = False


@router.post("/{session}/publish", operation_id="publish_session", summary="Open a session for booking")
@answers(shapes.Session, to=STAFF)
def publish(request: HttpRequest, school: Path[str], session: UUID, body: PublishIn | None = None) -> HttpResponse:
    visit = enter(request, school)
    despite_closed = body is not None and body.despite_closed

    def act() -> dict[str, Any]:
        found = find_session(visit, session)
        published = publish_session(found, by=visit.actor, despite_closed=despite_closed)
        return show_session(published, visit)

    return visit.answer(act, status=200)
