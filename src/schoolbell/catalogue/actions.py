"""Everything that changes what is taught."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from schoolbell.catalogue.details import require_sound
from schoolbell.catalogue.models import Course, Qualification
from schoolbell.catalogue.refusals import AlreadyQualified
from schoolbell.journal.actions import record
from schoolbell.kit.refusals import InputRefused
from schoolbell.people.models import Instructor
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.schools.policies import Overrides
from schoolbell.schools.presets import PRESETS
from schoolbell.schools.queries import lock_school


@transaction.atomic
def add_course(school: School, *, by: Actor, **values: Any) -> Course:
    """A course with these values of `Course`. One to one has one seat, and no other number may be said. For how long
    its certificates are good, the school's preset says unless it is said here.

    Raises InputRefused.
    """
    one_seat = values.get("format") == Course.Format.ONE_TO_ONE
    if one_seat and values.get("capacity", 1) != 1:
        raise InputRefused.of("capacity", _("One to one always has one seat."))
    preset = PRESETS.get(school.preset)
    if preset:
        values.setdefault("certification_validity_years", preset.certification_validity_years)
    course = Course(school=school, **({"capacity": 1} if one_seat else {}) | values)
    require_sound(course)
    types = school.policies.course_types
    if types and course.type not in types:
        raise InputRefused.of("type", _("Choose one of this school's types: %s.") % ", ".join(types))
    course.overrides = sound_overrides(course.overrides)
    course.save(force_insert=True)
    record("course.added", course, by=by, new={"price": course.price})
    return course


def sound_overrides(wanted: Any) -> dict[str, Any]:
    """A course's own policies as they are kept. Raises InputRefused, which names each that is not right."""
    try:
        return Overrides.model_validate(wanted).said
    except ValidationError as wrong:
        errors: dict[str, list[str]] = {}
        for one in wrong.errors():
            errors.setdefault(".".join(("overrides", *map(str, one["loc"]))), []).append(one["msg"])
        raise InputRefused(errors) from wrong


@transaction.atomic
def qualify(
    instructor: Instructor, course: Course, *, by: Actor, proficiency: int = 3, certified_on: dt.date | None = None
) -> Qualification:
    """From now on this instructor may teach this course. Raises AlreadyQualified."""
    qualification = Qualification(
        school_id=course.school_id,
        instructor=instructor,
        course=course,
        proficiency=proficiency,
        certified_on=certified_on,
    )
    try:
        with transaction.atomic():
            qualification.save(force_insert=True)
    except IntegrityError as clash:
        raise AlreadyQualified(instructor.pk) from clash
    record("qualification.added", qualification, by=by)
    return qualification


@transaction.atomic
def default_course(school: School, *, by: Actor) -> Course:
    """The course that is meant where none is named: the school's "default_course", opened when it is first needed.

    Locks: the school, while there is none, so that two who need it at once get the same.
    Raises InputRefused where the school has none.
    """
    name = school.policies.default_course
    if not name:
        raise InputRefused.of("course", _("Say which course it is."))
    found = Course.objects.filter(school_id=school.pk, name=name, is_active=True).order_by("id")
    if existing := found.first():
        return existing
    lock_school(school.pk)
    return found.first() or add_course(
        school,
        by=by,
        name=name,
        format=Course.Format.ONE_TO_ONE,
        delivery=Course.Delivery.ONLINE,
        duration_minutes=30,
    )
