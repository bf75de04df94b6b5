"""`/instructors`: who teaches, and when they can."""

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import EmailStr, Field

from schoolbell.api import shapes
from schoolbell.api.courses import find_course
from schoolbell.api.document import answers
from schoolbell.api.entry import ANYBODY, STAFF, TEACHING, enter, require_role
from schoolbell.api.pages import MOST, page
from schoolbell.api.people import PersonIn, show_person
from schoolbell.api.types import Day, Input, Minor, Name, Text, Zone, money
from schoolbell.catalogue.actions import qualify
from schoolbell.catalogue.models import Qualification
from schoolbell.kit.refusals import NotAllowed, NotFound
from schoolbell.people.actions import NewPerson, add_instructor, as_known, change_instructor, change_person
from schoolbell.people.models import Instructor
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School

router = Router(tags=["instructors"])


class InstructorIn(PersonIn):
    about: Text = ""
    hourly_rate: Minor | None = None
    max_hours_per_week: Annotated[int, Field(strict=True, ge=1, le=168)] | None = None
    courses: list[UUID] = Field(
        default_factory=list, max_length=200, description="What they may teach; none named: every course."
    )


class InstructorChangeIn(Input):
    """What is not named stays. No e-mail, rate or hours: null."""

    first_name: Name = ""
    last_name: Name = ""
    email: EmailStr | None = None
    phone: Annotated[Name, Field(max_length=32)] = ""
    timezone: Zone | None = None
    about: Text = ""
    status: Literal["active", "on_leave", "left"] = "active"
    hourly_rate: Minor | None = None
    max_hours_per_week: Annotated[int, Field(strict=True, ge=1, le=168)] | None = None


class QualificationIn(Input):
    course: UUID
    proficiency: Annotated[int, Field(strict=True, ge=1, le=5)] = 3
    certified_on: Day | None = None


def show_instructors(instructors: Sequence[Instructor], school: School, *, to: Actor) -> list[dict[str, Any]]:
    """Everybody sees name and words about them; the rest is for staff."""
    return [
        {"id": str(one.pk), "name": one.person.name, "about": one.about, "status": one.status}
        | (
            show_person(one.person)
            | {
                "hourly_rate": money(one.hourly_rate, school.currency) if one.hourly_rate is not None else None,
                "max_hours_per_week": one.max_hours_per_week,
            }
            if to.is_staff
            else {}
        )
        for one in instructors
    ]


def find_instructor(school: School, instructor_id: UUID) -> Instructor:
    found = Instructor.objects.of(school).filter(id=instructor_id).select_related("person").first()
    if found is None:
        raise NotFound(instructor_id)
    return found


@router.get("", operation_id="list_instructors", summary="Who teaches")
@answers(shapes.Instructors, to=ANYBODY)
def instructors(
    request: HttpRequest, school: Path[str], after: str | None = None, limit: Annotated[int, Query(ge=1, le=MOST)] = 50
) -> dict[str, Any]:
    visit = enter(request, school)
    rows = Instructor.objects.of(visit.school).exclude(status="left").select_related("person")
    return page(
        rows, after=after, limit=limit, show=lambda found: show_instructors(found, visit.school, to=visit.actor)
    )


@router.get("/{instructor}", operation_id="get_instructor", summary="One instructor")
@answers(shapes.SeenInstructor, to=ANYBODY)
def instructor(request: HttpRequest, school: Path[str], instructor: UUID) -> dict[str, Any]:
    visit = enter(request, school)
    return show_instructors([find_instructor(visit.school, instructor)], visit.school, to=visit.actor)[0]


@router.post("", operation_id="create_instructor", summary="Add an instructor")
@answers(shapes.Instructor, HTTPStatus.CREATED, to=STAFF)
def create_instructor(request: HttpRequest, school: Path[str], body: InstructorIn) -> HttpResponse:
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        added = add_instructor(
            body.new_person(),
            school=visit.school,
            by=visit.actor,
            hourly_rate=body.hourly_rate,
            max_hours_per_week=body.max_hours_per_week,
            about=body.about,
        )
        for course_id in dict.fromkeys(body.courses):
            qualify(added, find_course(visit.school, course_id), by=visit.actor)
        return show_instructors([added], visit.school, to=visit.actor)[0]

    return visit.answer(act)


@router.patch("/{instructor}", operation_id="change_instructor", summary="Change what is known of an instructor")
@answers(shapes.Instructor, to=STAFF)
def change(request: HttpRequest, school: Path[str], instructor: UUID, body: InstructorChangeIn) -> HttpResponse:
    visit = enter(request, school)
    found = find_instructor(visit.school, instructor)
    values = body.model_dump(exclude_unset=True)
    person: dict[str, Any] = {
        name: values.pop(name) or "" for name in list(values) if name in NewPerson.__dataclass_fields__
    }

    def act() -> dict[str, Any]:
        if person:
            change_person(found.person, replace(as_known(found.person), **person), by=visit.actor)
        changed = change_instructor(found, by=visit.actor, **values)
        return show_instructors([changed], visit.school, to=visit.actor)[0]

    return visit.answer(act, status=HTTPStatus.OK)


def show_qualifications(qualifications: Sequence[Qualification]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(one.pk),
            "instructor": str(one.instructor_id),
            "course": str(one.course_id),
            "proficiency": one.proficiency,
            "certified_on": one.certified_on.isoformat() if one.certified_on else None,
        }
        for one in qualifications
    ]


@router.get(
    "/{instructor}/qualifications",
    operation_id="list_qualifications",
    summary="What an instructor may teach; none on file: every course",
)
@answers(shapes.Qualifications, to=TEACHING)
def qualifications(
    request: HttpRequest,
    school: Path[str],
    instructor: UUID,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> dict[str, Any]:
    visit = enter(request, school)
    own = find_instructor(visit.school, instructor)
    require_self(visit.actor, own)
    rows = Qualification.objects.of(visit.school).filter(instructor_id=own.pk)
    return page(rows, after=after, limit=limit, show=show_qualifications)


@router.post(
    "/{instructor}/qualifications", operation_id="create_qualification", summary="Let an instructor teach a course"
)
@answers(shapes.Qualification, HTTPStatus.CREATED, to=STAFF)
def create_qualification(
    request: HttpRequest, school: Path[str], instructor: UUID, body: QualificationIn
) -> HttpResponse:
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        qualification = qualify(
            find_instructor(visit.school, instructor),
            find_course(visit.school, body.course),
            by=visit.actor,
            proficiency=body.proficiency,
            certified_on=body.certified_on,
        )
        return show_qualifications([qualification])[0]

    return visit.answer(act)


def require_self(actor: Actor, instructor: Instructor) -> None:
    """Staff reach everybody's hours, time off and calendars, an instructor their own."""
    require_role(actor, TEACHING)
    if actor.role == Role.INSTRUCTOR and actor.person_id != instructor.person_id:
        raise NotAllowed(instructor.pk)
