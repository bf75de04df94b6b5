"""Who may teach what, chosen anew. It counts for what is planned from now on: what is planned already stays."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.catalogue.actions import qualify
from schoolbell.catalogue.models import Course, Qualification
from schoolbell.journal.actions import record
from schoolbell.kit.refusals import InputRefused
from schoolbell.people.models import Instructor
from schoolbell.schools.actor import Actor


@transaction.atomic
def teach_only(instructor: Instructor, courses: Iterable[Course], *, by: Actor) -> None:
    """These courses and no other; none at all: every course. What they may teach already keeps its proficiency.
    Changing nothing records nothing.

    Locks: the instructor.
    """
    lock_teachers([instructor])
    wanted = {course.pk: course for course in courses}
    rows = Qualification.objects.filter(school_id=instructor.school_id, instructor_id=instructor.pk)
    known = {one.course_id: one for one in rows.order_by("id")}
    for course_id, course in wanted.items():
        if course_id not in known:
            qualify(instructor, course, by=by)
    for course_id, one in known.items():
        if course_id not in wanted:
            _take_away(one, by=by)


@transaction.atomic
def let_teach(course: Course, instructors: Iterable[Instructor], *, of: Iterable[Instructor], by: Actor) -> None:
    """Of some instructors, these may teach the course. Nobody loses the last that they teach in this way: they would
    teach everything from then on.

    Locks: those instructors, in the order of their ids. Raises: InputRefused.
    """
    some = {one.pk: one for one in of}
    lock_teachers(some.values())
    wanted = {one.pk for one in instructors}
    rows = Qualification.objects.filter(school_id=course.school_id, instructor_id__in=some)
    taught: dict[UUID, dict[UUID, Qualification]] = {}
    for one in rows.order_by("id"):
        taught.setdefault(one.instructor_id, {})[one.course_id] = one
    gone = [own[course.pk] for pk, own in taught.items() if course.pk in own and pk not in wanted]
    if last := [some[one.instructor_id] for one in gone if len(taught[one.instructor_id]) == 1]:
        names = ", ".join(one.person.name for one in last)
        words = _("%(names)s: nothing else is chosen, and with nothing chosen they would teach every course.")
        raise InputRefused.of("instructors", words % {"names": names})
    for pk, instructor in some.items():
        if pk in wanted and course.pk not in taught.get(pk, {}):
            qualify(instructor, course, by=by)
    for one in gone:
        _take_away(one, by=by)


def lock_teachers(instructors: Iterable[Instructor]) -> None:
    """What they may teach is for nobody else to change: before one looks at it. In the order of their ids."""
    some = list(instructors)
    if some:
        rows = Instructor.objects.select_for_update(no_key=True).filter(school_id=some[0].school_id)
        list(rows.filter(id__in=[one.pk for one in some]).order_by("id").values_list("id"))


def _take_away(one: Qualification, *, by: Actor) -> None:
    told = {"instructor": str(one.instructor_id), "course": str(one.course_id), "proficiency": one.proficiency}
    record("qualification.removed", one, by=by, old=told)
    one.delete()
