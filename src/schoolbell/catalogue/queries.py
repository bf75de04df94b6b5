"""Reads of courses and of who may teach them."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber

from schoolbell.catalogue.models import Course, Qualification
from schoolbell.people.models import Instructor
from schoolbell.schools.models import School
from schoolbell.schools.policies import Policies
from schoolbell.schools.rows import SchoolRows


def instructors_of(course: Course) -> SchoolRows[Instructor]:
    """Active instructors who may teach it: the qualified, and those with no qualification on file at all."""
    own = Qualification.objects.filter(school_id=course.school_id, instructor_id=OuterRef("id"))
    return (
        Instructor.objects.filter(school_id=course.school_id, status=Instructor.Status.ACTIVE)
        .filter(Q(Exists(own.filter(course_id=course.pk))) | ~Q(Exists(own)))
        .select_related("person")
        .order_by("id")
    )


def courses_taught_by(instructor: Instructor) -> SchoolRows[Course]:
    """What they may teach: what they are qualified for, or every course where they have no qualification at all."""
    own = Qualification.objects.filter(school_id=instructor.school_id, instructor_id=instructor.pk)
    rows = Course.objects.filter(school_id=instructor.school_id).select_related("school")
    return rows.filter(Q(id__in=own.values("course_id")) | ~Q(Exists(own)))


def courses_on_offer(school: School) -> SchoolRows[Course]:
    """What a school teaches at present, in the order in which it was added."""
    return Course.objects.of(school).filter(is_active=True).select_related("school").order_by("id")


def policies_on_offer(school: School) -> list[Policies]:
    """Those under which its courses are taught at present. One query."""
    rows = Course.objects.of(school).filter(is_active=True)
    return [school.policies_for(own) for own in rows.values_list("overrides", flat=True).distinct()]


def course_names(school_ids: Sequence[UUID], *, most: int) -> dict[UUID, list[str]]:
    """Per school, the names of a few of the courses that it teaches, the first added first. One query."""
    names: dict[UUID, list[str]] = {school_id: [] for school_id in school_ids}
    place = Window(RowNumber(), partition_by=F("school_id"), order_by=F("id").asc())
    rows = Course.objects.filter(school_id__in=names, is_active=True).annotate(place=place).filter(place__lte=most)
    for school_id, name in rows.order_by("id").values_list("school_id", "name"):
        names[school_id].append(name)
    return names


def active_instructors(school: School) -> SchoolRows[Instructor]:
    """Everybody who teaches there at present."""
    return Instructor.objects.of(school).filter(status=Instructor.Status.ACTIVE).select_related("person").order_by("id")
