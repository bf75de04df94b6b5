"""`/courses`: what is taught."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from schoolbell.api import shapes
from schoolbell.api.document import answers
from schoolbell.api.entry import ANYBODY, STAFF, enter
from schoolbell.api.lessons import show_clash
from schoolbell.api.pages import MOST, page
from schoolbell.api.types import Count, Input, Line, Minor, Short, Text, example, money
from schoolbell.catalogue.actions import add_course
from schoolbell.catalogue.details import DETAILS
from schoolbell.catalogue.models import Course
from schoolbell.catalogue.overrides import change_overrides
from schoolbell.kit.refusals import NotFound
from schoolbell.planning.course_changes import CourseChange, change_course, preview_change
from schoolbell.planning.course_places import SeriesPlace
from schoolbell.schools.models import School
from schoolbell.schools.policies import Overrides

router = Router(tags=["courses"])


class CourseChangeIn(Input):
    """What is not named stays. With `dry_run` nothing is written: the answer says what it reaches."""

    model_config = example(price=8000, dry_run=True)

    name: Line = ""
    description: Text = ""
    trial_price: Minor | None = Field(None, description="null: no trial any more")
    deposit: Minor = 0
    min_students: Annotated[int, Field(strict=True, ge=1, le=1_000)] | None = None
    age_min: Count | None = None
    age_max: Count | None = None
    difficulty: Short = ""
    total_minutes: Annotated[int, Field(strict=True, ge=5, le=1_000_000)] | None = None
    certification_validity_years: Count | None = Field(None, description="null: there is no certificate")
    duration_minutes: Annotated[int, Field(strict=True, ge=5, le=1440)] | None = None
    price: Minor | None = None
    capacity: Annotated[int, Field(strict=True, ge=1, le=1_000)] | None = None
    resource_kind: Literal["", "venue", "online_room", "vehicle"] | None = None
    is_active: Annotated[
        bool, Field(strict=True, description="Off: it is offered no more. What is on the timetable stays.")
    ] = True
    overrides: Overrides | None = Field(
        None,
        description="All policies that differ from the school's, in place of those that did; they hold from now on.",
    )
    enrollments_follow: Annotated[
        bool, Field(strict=True, description="Weekly enrollments at the course's price pay the new one from now on.")
    ] = False
    leave_clashing: Annotated[
        bool, Field(strict=True, description="Sessions that would clash stay as they are; else nothing changes.")
    ] = False
    despite_hours: list[UUID] = Field(
        default_factory=list,
        max_length=10_000,
        description="Sessions that go where their instructors are not open: they have agreed. Those that a dry run "
        "names as `outside_opening_hours`; any that is not named here counts as a clash.",
    )
    seen: str = Field(
        "",
        max_length=64,
        description="What a dry run said as `seen`: refused as `lessons_changed` if anything else is reached by then.",
    )
    dry_run: Annotated[bool, Field(strict=True)] = False

    @property
    def details(self) -> dict[str, Any]:
        """Those of `catalogue.details` that were named."""
        return {name: getattr(self, name) for name in DETAILS if name in self.model_fields_set}


class CourseIn(Input):
    model_config = example(name="Emergency first aid", type="EFAW", duration_minutes=360, price=7500, capacity=12)

    name: Line
    description: Text = ""
    type: Short = ""
    format: Literal["one_to_one", "group"] = "group"
    delivery: Literal["online", "at_venue", "in_vehicle"] = "at_venue"
    resource_kind: Literal["", "venue", "online_room", "vehicle"] = ""
    duration_minutes: Annotated[int, Field(strict=True, ge=5, le=1440)]
    price: Minor = 0
    price_per: Literal["lesson", "course"] = "lesson"
    trial_price: Minor | None = None
    deposit: Minor = 0
    tax_rate: Annotated[int, Field(strict=True, ge=0, le=10_000, description="hundredths of a percent")] = 0
    capacity: Annotated[int, Field(strict=True, ge=1, le=1_000)] | None = Field(
        None, description="seats; not given: 12, one to one 1"
    )
    min_students: Annotated[int, Field(strict=True, ge=1, le=1_000)] | None = Field(
        None, description="below so many the school would not hold it"
    )
    total_minutes: Annotated[int, Field(strict=True, ge=5, le=1_000_000)] | None = Field(
        None, description="of all its lessons together"
    )
    age_min: Count | None = None
    age_max: Count | None = None
    difficulty: Short = ""
    certification_validity_years: Count | None = Field(
        None, description="not given: as usual at schools of this kind; null: there is no certificate"
    )
    overrides: Overrides = Field(default_factory=Overrides, description="policies that differ from the school's")


def show_courses(courses: Sequence[Course], school: School) -> list[dict[str, Any]]:
    return [
        {
            "id": str(course.pk),
            "name": course.name,
            "description": course.description,
            "type": course.type,
            "format": course.format,
            "delivery": course.delivery,
            "resource_kind": course.resource_kind,
            "duration_minutes": course.duration_minutes,
            "price": money(course.price, school.currency),
            "price_per": course.price_per,
            "trial_price": money(course.trial_price, school.currency) if course.trial_price is not None else None,
            "deposit": money(course.deposit, school.currency),
            "tax_rate": course.tax_rate,
            "total_minutes": course.total_minutes,
            "capacity": course.capacity,
            "min_students": course.min_students,
            "age_min": course.age_min,
            "age_max": course.age_max,
            "difficulty": course.difficulty,
            "certification_validity_years": course.certification_validity_years,
            "overrides": course.overrides,
            "is_active": course.is_active,
        }
        for course in courses
    ]


def show_place(one: SeriesPlace) -> dict[str, Any]:
    resource = {"id": str(one.resource.pk), "name": one.resource.name} if one.resource else None
    return {"series": str(one.series.pk), "resource": resource, "elsewhere": one.elsewhere}


def find_course(school: School, course_id: UUID) -> Course:
    course = Course.objects.of(school).filter(id=course_id).first()
    if course is None:
        raise NotFound(course_id)
    course.school = school
    return course


@router.get("", operation_id="list_courses", summary="What is taught")
@answers(shapes.Courses, to=ANYBODY)
def courses(
    request: HttpRequest, school: Path[str], after: str | None = None, limit: Annotated[int, Query(ge=1, le=MOST)] = 50
) -> dict[str, Any]:
    own = enter(request, school).school
    rows = Course.objects.of(own).filter(is_active=True)
    return page(rows, after=after, limit=limit, show=lambda found: show_courses(found, own))


@router.get("/{course}", operation_id="get_course", summary="One course")
@answers(shapes.Course, to=ANYBODY)
def course(request: HttpRequest, school: Path[str], course: UUID) -> dict[str, Any]:
    own = enter(request, school).school
    return show_courses([find_course(own, course)], own)[0]


@router.post("", operation_id="create_course", summary="Add a course")
@answers(shapes.Course, HTTPStatus.CREATED, to=STAFF)
def create_course(request: HttpRequest, school: Path[str], body: CourseIn) -> HttpResponse:
    visit = enter(request, school)
    values = body.model_dump(exclude={"overrides", "capacity"}) | {"overrides": body.overrides.said}
    if body.capacity is not None:
        values["capacity"] = body.capacity
    if "certification_validity_years" not in body.model_fields_set:
        del values["certification_validity_years"]
    return visit.answer(lambda: show_courses([add_course(visit.school, by=visit.actor, **values)], visit.school)[0])


@router.patch("/{course}", operation_id="change_course", summary="Change a course, and what lies ahead with it")
@answers(shapes.ChangedCourse, to=STAFF)
def change(request: HttpRequest, school: Path[str], course: UUID, body: CourseChangeIn) -> HttpResponse:
    visit = enter(request, school)
    found = find_course(visit.school, course)
    details = body.details
    values = body.model_dump(exclude={"dry_run", "overrides", "despite_hours", *DETAILS})
    wanted = CourseChange(**values, despite_hours=frozenset(body.despite_hours))

    def act() -> dict[str, Any]:
        reached = preview_change(found, wanted, **details)
        changed = found if body.dry_run else change_course(found, wanted, by=visit.actor, **details)
        if body.overrides is not None and not body.dry_run:
            changed = change_overrides(found, body.overrides.said, by=visit.actor)
        return {
            "dry_run": body.dry_run,
            "course": show_courses([changed], visit.school)[0],
            "sessions": [str(one.pk) for one in reached.sessions],
            "series": [str(one.pk) for one in reached.series],
            "places": [show_place(one) for one in reached.places],
            "enrollments": [str(one.pk) for one in reached.enrollments],
            "students": reached.students,
            "seen": reached.seen,
            "crowded": [str(one.pk) for one in reached.crowded],
            "left_out": [
                {"series": str(one.series.pk), "lessons": one.lessons, "left_out": one.left_out}
                for one in reached.left_out
            ],
            "clashes": [show_clash(clash) for clash in reached.clashes],
        }

    return visit.answer(act, status=HTTPStatus.OK)
