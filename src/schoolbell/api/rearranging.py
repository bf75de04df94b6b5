"""Lessons that cannot stay as they are: substitutes, an instructor's absence, a closed day."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Router
from pydantic import Field

from schoolbell.api import shapes
from schoolbell.api.closures import find_closure
from schoolbell.api.closures import router as closures
from schoolbell.api.document import answers
from schoolbell.api.entry import STAFF, TEACHING, Visit, enter
from schoolbell.api.instructors import find_instructor, require_self
from schoolbell.api.sessions import show_session, whole_session
from schoolbell.api.types import Day, Input, Instant, Line, example, shown
from schoolbell.billing.rearranging import arrange_absence_and_settle, arrange_closure_and_settle
from schoolbell.diary.models import TimeOff
from schoolbell.kit.refusals import InputRefused, NotAllowed, NotFound
from schoolbell.kit.time import Stretch
from schoolbell.people.models import Instructor
from schoolbell.planning.absence import USUAL, Absence, preview_absence
from schoolbell.planning.closed_days import USUAL as USUAL_WHEN_CLOSED
from schoolbell.planning.closed_days import preview_closure
from schoolbell.planning.own_lessons import hand_over_own_lesson, own_lesson
from schoolbell.planning.rearranging import Affected, Rearranged, Step, Way
from schoolbell.planning.substitutes import Candidate, substitute, substitutes_for
from schoolbell.schools.actor import Actor
from schoolbell.timetable.models import Session

router = Router(tags=["rearranging"])


class SubstituteIn(Input):
    """`instead_of` is who is replaced; not named, it is who leads the session."""

    instructor: UUID
    instead_of: UUID | None = None


class StepIn(Input):
    session: UUID
    way: Way
    instructor: UUID | None = Field(None, description="who takes over, of a substitute")
    starts_at: Instant | None = Field(None, description="where it goes, of a move")


class PlanIn(Input):
    """What becomes of lessons: as `lessons` says of each, else the first of the ways in `prefer` that it can go."""

    prefer: list[Way] | None = Field(None, max_length=4, description="empty: `lessons` names all of them")
    lessons: list[StepIn] = Field(default_factory=list, max_length=1_000)
    waive_students: Annotated[bool, Field(strict=True)] = Field(
        default=False,
        description="A student's clash stands: they keep the seat, are told, and may cancel free of charge.",
    )
    dry_run: Annotated[bool, Field(strict=True)] = False

    @property
    def steps(self) -> list[Step]:
        return [Step(one.session, one.way, one.instructor, one.starts_at) for one in self.lessons]


class AbsenceIn(PlanIn):
    """`time_off` is one that was asked for or approved before: then it says when."""

    model_config = example(starts_at="2030-01-07T08:00:00Z", ends_at="2030-01-07T18:00:00Z", reason="Ill", dry_run=True)

    starts_at: Instant | None = None
    ends_at: Instant | None = None
    reason: Line = ""
    time_off: UUID | None = None


class ClosedLessonsIn(PlanIn):
    """With `to_day`, those that can go there go to the same times on the days that begin with it."""

    model_config = example(prefer=["move", "cancel"], dry_run=True)

    to_day: Day | None = None


def _show_candidates(candidates: Sequence[Candidate], *, to: Actor) -> list[dict[str, Any]]:
    """Colleagues see who could, in the same order; how good and how busy each is, the office."""
    return [
        {
            "instructor": _named(one.instructor),
            "is_possible": one.is_possible,
            "code": one.obstacle.code if one.obstacle else "",
            "detail": one.obstacle.detail if one.obstacle else "",
            "proficiency": one.proficiency if to.is_staff else None,
            "minutes_that_week": one.minutes_that_week if to.is_staff else None,
            "rating": _rating(one) if to.is_staff else None,
        }
        for one in candidates
    ]


def _rating(one: Candidate) -> dict[str, Any] | None:
    stats = one.stats
    if stats is None or stats.average_rating is None:
        return None
    return {"average": float(stats.average_rating), "ratings": stats.ratings}


def _named(instructor: Instructor) -> dict[str, str]:
    return {"id": str(instructor.pk), "name": instructor.person.name}


@router.get(
    "/sessions/{session}/substitutes", operation_id="list_substitutes", summary="Who could take over, ranked, and why"
)
@answers(shapes.Substitutes, to=TEACHING)
def substitutes(
    request: HttpRequest, school: Path[str], session: UUID, instead_of: UUID | None = None
) -> dict[str, Any]:
    visit = enter(request, school)
    found = whole_session(visit, session)
    leaves = _who_leaves(visit, found, instead_of)
    ranked = substitutes_for([found], instead_of=leaves)[found.pk]
    return {"items": _show_candidates(ranked, to=visit.actor), "next": None}


@router.post(
    "/sessions/{session}/substitute", operation_id="substitute_instructor", summary="Somebody else gives the session"
)
@answers(shapes.Session, to=TEACHING)
def hand_over(request: HttpRequest, school: Path[str], session: UUID, body: SubstituteIn) -> HttpResponse:
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        found = whole_session(visit, session)
        leaves = _who_leaves(visit, found, body.instead_of)
        takes_over = find_instructor(visit.school, body.instructor)
        if visit.actor.is_staff:
            return show_session(substitute(found, takes_over, instead_of=leaves, by=visit.actor), visit)
        return show_session(hand_over_own_lesson(found, takes_over, by=visit.actor), visit)

    return visit.answer(act, status=200)


def _who_leaves(visit: Visit, session: Session, instead_of: UUID | None) -> Instructor | None:
    """None: who leads it. An instructor speaks for themselves alone. Raises: NotFound, NotAllowed."""
    named = find_instructor(visit.school, instead_of) if instead_of else None
    if visit.actor.is_staff:
        return named
    own = own_lesson(session, by=visit.actor).own
    if named is not None and named != own:
        raise NotAllowed(named.pk)
    return own


@router.post(
    "/instructors/{instructor}/absence",
    operation_id="arrange_absence",
    summary="See to all lessons of somebody who is away, in one step",
)
@answers(shapes.Rearranged, to=TEACHING)
def absence(request: HttpRequest, school: Path[str], instructor: UUID, body: AbsenceIn) -> HttpResponse:
    """The office sees to it. Instructors look at their own with `dry_run`, and ask for time off."""
    visit = enter(request, school)
    own = find_instructor(visit.school, instructor)
    require_self(visit.actor, own)
    if not visit.actor.is_staff and not body.dry_run:
        raise NotAllowed(own.pk, detail=_("The office sees to your lessons: ask for time off."))
    found = _absence(visit, own, body)
    prefer = USUAL if body.prefer is None else body.prefer
    return _answer(
        visit,
        body,
        preview=lambda: preview_absence(found, prefer=prefer),
        arrange=lambda: arrange_absence_and_settle(
            found, body.steps, prefer=prefer, waive_students=body.waive_students, by=visit.actor
        ),
    )


def _absence(visit: Visit, instructor: Instructor, body: AbsenceIn) -> Absence:
    if body.time_off:
        row = TimeOff.objects.of(visit.school).filter(id=body.time_off, diary_id=instructor.person.diary_id).first()
        if row is None:
            raise NotFound(body.time_off)
        return Absence(visit.school, instructor, row.during, time_off=row)
    if body.starts_at is None or body.ends_at is None:
        raise InputRefused.of("starts_at", _("Say from when to when they are away."))
    try:
        during = Stretch(body.starts_at, body.ends_at)
    except ValueError:
        raise InputRefused.of("ends_at", _("An absence ends after it starts.")) from None
    return Absence(visit.school, instructor, during, body.reason)


@closures.post(  # beside the GET of the same address
    "/{closure}/lessons",
    operation_id="arrange_closure_lessons",
    summary="See to all lessons of a closed day, in one step",
)
@answers(shapes.Rearranged, to=STAFF)
def closed_lessons(request: HttpRequest, school: Path[str], closure: UUID, body: ClosedLessonsIn) -> HttpResponse:
    visit = enter(request, school)
    found = find_closure(visit.school, closure)
    prefer = USUAL_WHEN_CLOSED if body.prefer is None else body.prefer
    return _answer(
        visit,
        body,
        preview=lambda: preview_closure(visit.school, found, prefer=prefer, to_day=body.to_day),
        arrange=lambda: arrange_closure_and_settle(
            visit.school,
            found,
            body.steps,
            prefer=prefer,
            to_day=body.to_day,
            waive_students=body.waive_students,
            by=visit.actor,
        ),
    )


def _answer(
    visit: Visit, body: PlanIn, *, preview: Callable[[], list[Affected]], arrange: Callable[[], Rearranged]
) -> HttpResponse:
    def act() -> dict[str, Any]:
        if body.dry_run:
            return {"lessons": [_show_affected(one, to=visit.actor) for one in preview()], "done": None}
        done = arrange()
        names = ("substituted", "moved", "cancelled", "kept")
        return {"lessons": [], "done": {name: [str(one.pk) for one in getattr(done, name)] for name in names}}

    return visit.answer(act, status=200)


def _show_affected(one: Affected, *, to: Actor) -> dict[str, Any]:
    step = one.proposed
    return {
        "session": str(one.session.pk),
        "course": {"id": str(one.session.course_id), "name": one.session.course.name},
        "starts_at": shown(one.session.starts_at),
        "ends_at": shown(one.session.ends_at),
        "students": [{"id": str(student.pk), "name": student.person.name} for student in one.students],
        "proposed": {
            "way": step.way.value,
            "instructor": str(step.instructor_id) if step.instructor_id else None,
            "starts_at": shown(step.starts_at),
        },
        "substitutes": _show_candidates(one.substitutes, to=to),
        "other_times": [shown(move.slots[0].starts_at) for move in one.others],
    }
