"""What a course says of itself, and may say otherwise without touching what is on the timetable.

What reaches lessons that lie ahead (length, price, seats, kind of place) is changed in `planning.course_changes`.
"""

from collections.abc import Collection
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.access.school import change_policies
from schoolbell.catalogue.models import Course
from schoolbell.journal.actions import record
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.text import is_blank
from schoolbell.schools.actor import Actor
from schoolbell.schools.queries import lock_school

DETAILS: Final = (
    "name", "description", "trial_price", "deposit", "age_min", "age_max", "min_students", "difficulty",
    "total_minutes", "certification_validity_years", "is_active",
)  # fmt: skip
WORDS: Final = ("name", "description")  # which the record does not repeat


@transaction.atomic
def change_details(course: Course, *, by: Actor, **details: Any) -> Course:
    """Any of `DETAILS`, for bookings to come; what is not named stays. What was booked keeps its price and its place,
    whatever the new ages say. Changing nothing records nothing. `course` comes with its school.

    Locks: as `lock_to_change`. Raises: InputRefused.
    """
    current = lock_to_change(course, details)
    follow_the_usual_course(current, details, by=by)
    old = amend(current, details)
    if not old:
        return current
    require_sound(current)
    current.save()
    record_change(current, old, details, by=by)
    return current


def lock_to_change(course: Course, details: Collection[str]) -> Course:
    """As it is now, for nobody else to change. Where its name is among these details its school is locked before it:
    the policy follows."""
    if "name" in details:
        lock_school(course.school_id)
    locked = Course.objects.select_for_update(no_key=True, of=("self",)).select_related("school")
    return locked.get(school_id=course.school_id, id=course.pk)


def follow_the_usual_course(course: Course, details: dict[str, Any], *, by: Actor) -> None:
    """A school names its usual course by name: renamed, it is still the one that is meant. `course` is locked."""
    name = details.get("name", "").strip()
    if name and course.name == course.school.policies.default_course != name:
        change_policies(course.school, {"default_course": name}, by=by)


def amend(course: Course, details: dict[str, Any]) -> dict[str, Any]:
    """Set them on the row, which is not saved; what those that differ were before. Raises: InputRefused."""
    if unknown := [name for name in details if name not in DETAILS]:
        raise InputRefused({name: [str(_("This is not changed here."))] for name in unknown})
    wanted = {name: value.strip() if isinstance(value, str) else value for name, value in details.items()}
    old = {name: getattr(course, name) for name, value in wanted.items() if getattr(course, name) != value}
    for name in old:
        setattr(course, name, wanted[name])
    return old


def record_change(course: Course, old: dict[str, Any], new: dict[str, Any], *, by: Actor, **more: Any) -> None:
    """With amounts and states; of words only that they changed."""
    said = [name for name in old if name not in WORDS]
    words = [name for name in old if name in WORDS]
    now = {name: new[name] for name in said} | ({"changed": words} if words else {})
    record("course.changed", course, by=by, old={name: old[name] for name in said}, new=now | more)


def require_sound(course: Course) -> None:
    """What holds between the values of a course. Raises: InputRefused."""
    if is_blank(course.name):
        raise InputRefused.of("name", _("Give the course a name."))
    if not 5 <= course.duration_minutes <= 24 * 60:
        raise InputRefused.of("duration_minutes", _("A lesson lasts from 5 minutes to a day."))
    if course.min_students is not None and not 1 <= course.min_students <= course.capacity:
        raise InputRefused.of("min_students", _("Name at least one student, and no more than there are seats."))
    if course.total_minutes is not None and course.total_minutes < course.duration_minutes:
        raise InputRefused.of("total_minutes", _("The whole course is at least as long as one lesson."))
    if course.deposit > course.price:
        raise InputRefused.of("deposit", _("The deposit is more than the price."))
    if course.age_min is not None and course.age_max is not None and course.age_min > course.age_max:
        raise InputRefused.of("age_max", _("The highest age is below the lowest."))
