"""`/students`: who learns."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from schoolbell.api import shapes
from schoolbell.api.document import answers
from schoolbell.api.entry import SIGNED_IN, STAFF, enter, require_role
from schoolbell.api.pages import MOST, page
from schoolbell.api.people import PersonIn, show_person
from schoolbell.api.types import Name
from schoolbell.bookings.queries import students_seen_by
from schoolbell.kit.refusals import NotFound
from schoolbell.kit.time import local_day, now
from schoolbell.people.actions import add_student
from schoolbell.people.models import Client, Guardianship, Student
from schoolbell.people.queries import clients_seen_by, guardianships_of
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School

router = Router(tags=["students"])


class StudentIn(PersonIn):
    skill_level: Annotated[str, Field(max_length=50)] = ""
    client: UUID | None = Field(None, description="Who answers for them; nobody named: they do themselves.")
    relationship: Annotated[Name, Field(max_length=30)] = "parent"


def show_students(students: Sequence[Student], school: School, *, to: Actor) -> list[dict[str, Any]]:
    """Whoever teaches them sees what teaching needs; the rest is for the office and the family."""
    today = local_day(now(), school.zone)
    taught = [
        {
            "id": str(one.pk),
            "name": one.person.name,
            "status": one.status,
            "skill_level": one.skill_level,
            "age_group": one.age_group(today),
        }
        for one in students
    ]
    if to.role == Role.INSTRUCTOR:
        return taught
    bonds = guardianships_of(students)
    return [
        shown | show_person(one.person) | {"clients": [_show_bond(bond) for bond in bonds[one.pk]]}
        for shown, one in zip(taught, students, strict=True)
    ]


def _show_bond(bond: Guardianship) -> dict[str, Any]:
    return {
        "id": str(bond.client_id),
        "relationship": bond.relationship,
        "is_primary": bond.is_primary,
        "is_billing": bond.is_billing,
    }


@router.get("", operation_id="list_students", summary="Who learns")
@answers(shapes.Students, to=SIGNED_IN)
def students(
    request: HttpRequest, school: Path[str], after: str | None = None, limit: Annotated[int, Query(ge=1, le=MOST)] = 50
) -> dict[str, Any]:
    visit = enter(request, school)
    rows = students_seen_by(visit.actor, visit.school)
    return page(rows, after=after, limit=limit, show=lambda found: show_students(found, visit.school, to=visit.actor))


@router.get("/{student}", operation_id="get_student", summary="One student")
@answers(shapes.SeenStudent, to=SIGNED_IN)
def student(request: HttpRequest, school: Path[str], student: UUID) -> dict[str, Any]:
    visit = enter(request, school)
    found = students_seen_by(visit.actor, visit.school).filter(id=student).first()
    if found is None:
        raise NotFound(student)
    return show_students([found], visit.school, to=visit.actor)[0]


@router.post("", operation_id="create_student", summary="Add a student")
@answers(shapes.Student, HTTPStatus.CREATED, to=STAFF | {Role.CLIENT})
def create_student(request: HttpRequest, school: Path[str], body: StudentIn) -> HttpResponse:
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        added = add_student(
            body.new_person(),
            school=visit.school,
            by=visit.actor,
            skill_level=body.skill_level,
            guardian=_guardian(visit.school, visit.actor, body.client),
            relationship=body.relationship,
        )
        return show_students([added], visit.school, to=visit.actor)[0]

    return visit.answer(act)


def _guardian(school: School, actor: Actor, client_id: UUID | None) -> Client | None:
    """The client named, among those the asker may see; a client who names nobody means themselves."""
    require_role(actor, STAFF | {Role.CLIENT})
    seen = clients_seen_by(actor, school)
    if client_id is None:
        return seen.first() if actor.role == Role.CLIENT else None
    found = seen.filter(id=client_id).first()
    if found is None:
        raise NotFound(client_id)
    return found
