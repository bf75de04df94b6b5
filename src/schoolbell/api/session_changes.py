"""`/sessions/{id}/move`, `/cancel`, `/other-times`: what becomes of one session. The office does it, and whoever leads
it as far as the school lets them."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Router
from pydantic import Field

from schoolbell.api import shapes
from schoolbell.api.document import answers
from schoolbell.api.entry import TEACHING, Visit, enter
from schoolbell.api.instructors import find_instructor
from schoolbell.api.lessons import show_clash, show_students
from schoolbell.api.resources import find_resource
from schoolbell.api.sessions import DespiteClosed, SlotIn, show_session, stretches_of, whole_session
from schoolbell.api.types import Input, Instant, Line, shown
from schoolbell.billing.sales import settle_session
from schoolbell.bookings.sessions import cancel_session
from schoolbell.kit.refusals import NotAllowed
from schoolbell.kit.time import now
from schoolbell.planning.move_clashes import clashes_of
from schoolbell.planning.moves import Move, as_it_is
from schoolbell.planning.moving import move_sessions
from schoolbell.planning.nearest_times import nearest_times
from schoolbell.planning.occurrences import students_of
from schoolbell.planning.own_lessons import (
    Act,
    cancel_own_lesson,
    move_own_lesson,
    moved_to,
    other_times,
    own_lesson,
)
from schoolbell.timetable.models import Session

router = Router(tags=["sessions"])


class MoveIn(Input):
    """What is not named stays as it is; `resource` null: no place. With `dry_run` nothing is moved: the answer says
    what speaks against it.

    Instructors send `slots`, `was` and `dry_run`; the rest is the office's.
    """

    slots: list[SlotIn] | None = Field(None, min_length=1, max_length=100)
    instructors: list[UUID] | None = Field(None, max_length=20)
    resource: UUID | None = None
    was: Instant | None = Field(
        None, description="When it began as you saw it: if it was moved since, that is refused as `lessons_changed`."
    )
    was_given_by: list[UUID] | None = Field(
        None,
        max_length=20,
        description="Who gave it as you saw it, the leading one first: if that is not so any more, `lessons_changed`.",
    )
    waive_students: Annotated[bool, Field(strict=True)] = False
    despite_rules: Annotated[bool, Field(strict=True)] = False
    despite_closed: DespiteClosed = False
    dry_run: Annotated[bool, Field(strict=True)] = False

    @property
    def names_a_place(self) -> bool:
        return "resource" in self.model_fields_set

    @property
    def is_for_the_office(self) -> bool:
        overrules = self.waive_students or self.despite_rules or self.despite_closed
        gives = self.instructors is not None or self.was_given_by is not None
        return overrules or gives or self.names_a_place


@router.post("/{session}/move", operation_id="move_session", summary="Another time, other staff, another place")
@answers(shapes.Moved, to=TEACHING)
def move(request: HttpRequest, school: Path[str], session: UUID, body: MoveIn) -> HttpResponse:
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        found = whole_session(visit, session)
        booked = {"students": show_students(students_of([found])[found.pk])}
        act_ = _move if visit.actor.is_staff else _move_own
        return booked | act_(visit, found, body)

    return visit.answer(act, status=200)


def _move(visit: Visit, found: Session, body: MoveIn) -> dict[str, Any]:
    wanted = _move_of(visit, found, body)
    if body.dry_run:
        return {"clashes": [show_clash(clash) for clash in clashes_of([wanted])], "session": None}
    waived = [clash for clash in clashes_of([wanted]) if clash.student] if body.waive_students else []
    (moved,) = move_sessions(
        [wanted],
        by=visit.actor,
        waive_students=body.waive_students,
        despite_rules=body.despite_rules,
        despite_closed=body.despite_closed,
    )
    return {"clashes": [show_clash(clash) for clash in waived], "session": show_session(moved, visit)}


def _move_of(visit: Visit, found: Session, body: MoveIn) -> Move:
    (present,) = as_it_is([found])
    seen = body.was_given_by
    if seen is None and body.instructors is None:  # who stays is who gives it now, not who is replaced in this moment
        seen = [one.pk for one in present.instructors]
    return Move(
        found,
        tuple(stretches_of(body.slots)) if body.slots is not None else present.slots,
        tuple(find_instructor(visit.school, one) for one in body.instructors)
        if body.instructors is not None
        else present.instructors,
        (find_resource(visit.school, body.resource) if body.resource else None)
        if body.names_a_place
        else present.resource,
        was=body.was,
        was_given_by=None if seen is None else tuple(seen),
    )


def _move_own(visit: Visit, found: Session, body: MoveIn) -> dict[str, Any]:
    lesson = own_lesson(found, by=visit.actor)
    if body.is_for_the_office:
        raise NotAllowed(
            found.pk, detail=_("Only the office changes who gives it or where, or overrules what speaks against it.")
        )
    slots = stretches_of(body.slots) if body.slots is not None else lesson.there.slots
    if body.dry_run:
        return {"clashes": [show_clash(clash) for clash in clashes_of([moved_to(lesson, slots)])], "session": None}
    moved = move_own_lesson(found, slots, by=visit.actor, was=body.was)
    return {"clashes": [], "session": show_session(moved, visit)}


@router.get(
    "/{session}/other-times",
    operation_id="list_other_times",
    summary="The nearest times that suit everybody who gives it and who is booked",
)
@answers(shapes.OtherTimes, to=TEACHING)
def times(request: HttpRequest, school: Path[str], session: UUID) -> dict[str, Any]:
    visit = enter(request, school)
    found = whole_session(visit, session)
    if visit.actor.is_staff:
        (there,) = as_it_is([found])
        moves = nearest_times(there, since=now())
    else:
        moves = other_times(own_lesson(found, by=visit.actor))
    return {"items": [_show_time(one) for one in moves], "next": None}


def _show_time(move: Move) -> dict[str, Any]:
    return {
        "slots": [{"starts_at": shown(one.starts_at), "ends_at": shown(one.ends_at)} for one in move.slots],
        "resource": {"id": str(move.resource.pk), "name": move.resource.name} if move.resource else None,
    }


class CancelIn(Input):
    reason: Line = Field("", description="Everybody who was booked reads it. Instructors say one.")
    dry_run: Annotated[bool, Field(strict=True)] = Field(default=False, description="A preview: nothing is written.")


@router.post("/{session}/cancel", operation_id="cancel_session", summary="Cancel a session and every booking in it")
@answers(shapes.CancelledOrPreview, to=TEACHING)
def cancel(request: HttpRequest, school: Path[str], session: UUID, body: CancelIn | None = None) -> HttpResponse:
    visit, asked = enter(request, school), body or CancelIn()
    found = whole_session(visit, session)
    if not visit.actor.is_staff:
        lesson = own_lesson(found, by=visit.actor)
    if asked.dry_run:
        if not visit.actor.is_staff:
            lesson.require(Act.CANCEL)
        students = students_of([found])[found.pk]
        return visit.answer(lambda: {"dry_run": True, "students": show_students(students)}, status=200)

    def act() -> dict[str, Any]:
        if visit.actor.is_staff:
            return show_session(cancel_session(found, by=visit.actor, because=asked.reason), visit)
        return show_session(cancel_own_lesson(found, asked.reason, by=visit.actor), visit)

    answer = visit.answer(act, status=200)
    settle_session(found)
    return answer
