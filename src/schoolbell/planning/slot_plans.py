"""A plan of slots at regular times, in wall-clock time, and the stretches that it means."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schoolbell.catalogue.models import Course
from schoolbell.catalogue.queries import instructors_of
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import Stretch, days, instant, is_a_day, zone
from schoolbell.people.models import Instructor
from schoolbell.planning.refusals import NotQualified
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource
from schoolbell.timetable.places import require_place

DAY: Final = dt.timedelta(days=1)
WEEK: Final = dt.timedelta(weeks=1)
LONGEST: Final = dt.timedelta(days=366)
MOST_SLOTS: Final = 1000
NEEDS: Final = {
    "venue": gettext_lazy("Lessons of this course need a room: choose one."),
    "online_room": gettext_lazy("Lessons of this course need an online room: choose one."),
    "vehicle": gettext_lazy("Lessons of this course need a vehicle: choose one."),
}


@dataclass(frozen=True, slots=True)
class SlotsPlan:
    """Slots of `minutes` with `pause` between them, from `starts` to `ends` on these weekdays, by the clocks of
    `timezone`, from the first day to the last, both included. `ends` at 00:00 is the end of the day."""

    instructor: Instructor  # with their person
    course: Course  # with its school
    weekdays: frozenset[int]  # ISO: 1 is Monday
    starts: dt.time
    ends: dt.time
    first_day: dt.date
    last_day: dt.date
    minutes: int
    pause: int = 0
    timezone: str = ""  # "": the instructor's, or else the school's
    resource: Resource | None = None

    @property
    def school(self) -> School:
        return self.course.school

    @property
    def zone_name(self) -> str:
        return str(self.timezone or self.instructor.person.timezone or self.school.timezone)

    @property
    def names(self) -> dict[UUID, str]:
        """Whose time a slot takes, by diary."""
        of_resource = {self.resource.diary_id: self.resource.name} if self.resource else {}
        return {self.instructor.person.diary_id: self.instructor.person.name} | of_resource


def last_day_of(first_day: dt.date, *, weeks: int) -> dt.date:
    """The last day of so many whole weeks."""
    return first_day + weeks * WEEK - DAY


def times_of(plan: SlotsPlan) -> list[Stretch]:
    """The slots of a plan that makes sense, at least one, in order of time. Raises: InputRefused, NotQualified."""
    _require_sound(plan)
    _require_taught(plan)
    where = zone(plan.zone_name)
    times: list[Stretch] = []
    for day in days(plan.first_day, plan.last_day):
        if day.isoweekday() in plan.weekdays and is_a_day(day, where):
            times += _on(day, plan)
        if len(times) > MOST_SLOTS:
            raise InputRefused.of(
                "last_day", _("That is more than %s slots. Publish fewer weeks at a time.") % MOST_SLOTS
            )
    if not times:
        raise InputRefused.of("ends", _("No slot fits between these times on these days."))
    return times


def _on(day: dt.date, plan: SlotsPlan) -> Iterator[Stretch]:
    """A day's slots. Those at times that the clocks skip are left out, and with them whatever would overlap."""
    where = zone(plan.zone_name)
    first = plan.starts.hour * 60 + plan.starts.minute
    last = plan.ends.hour * 60 + plan.ends.minute or 24 * 60
    until = instant(day + DAY if plan.ends == dt.time.min else day, plan.ends, where)
    free_from: dt.datetime | None = None
    for minute in range(first, last - plan.minutes + 1, plan.minutes + plan.pause):
        wall = dt.time(minute // 60, minute % 60)
        starts_at = instant(day, wall, where)
        during = Stretch(starts_at, starts_at + dt.timedelta(minutes=plan.minutes))
        skipped_by_the_clocks = starts_at.astimezone(where).time() != wall
        if skipped_by_the_clocks or during.ends_at > until or (free_from and starts_at < free_from):
            continue
        free_from = during.ends_at + dt.timedelta(minutes=plan.pause)
        yield during


def _require_sound(plan: SlotsPlan) -> None:
    if not plan.weekdays or not plan.weekdays <= set(range(1, 8)):
        raise InputRefused.of("weekdays", _("Choose at least one day of the week: 1 (Monday) to 7 (Sunday)."))
    if plan.ends <= plan.starts and plan.ends != dt.time.min:
        raise InputRefused.of("ends", _("Slots end after they start. For hours past midnight, publish twice."))
    if not 5 <= plan.minutes <= 24 * 60:
        raise InputRefused.of("minutes", _("A slot lasts 5 minutes to a day."))
    if not 0 <= plan.pause <= 24 * 60:
        raise InputRefused.of("pause", _("A pause lasts 0 minutes to a day."))
    if plan.last_day < plan.first_day:
        raise InputRefused.of("last_day", _("The last day is before the first."))
    if plan.last_day - plan.first_day >= LONGEST:
        raise InputRefused.of("last_day", _("Publish a year at most at a time."))
    try:
        zone(plan.zone_name)
    except ValueError:
        raise InputRefused.of("timezone", _("There is no such time zone. Write one such as Europe/London.")) from None


def _require_taught(plan: SlotsPlan) -> None:
    """The course, by this instructor, in this place."""
    if not plan.course.is_active:
        raise InputRefused.of("course", _("This course is not taught any more."))
    if plan.resource is None and plan.course.resource_kind:
        raise InputRefused.of("resource", NEEDS[plan.course.resource_kind])
    require_place(plan.course, plan.resource)
    if not instructors_of(plan.course).filter(id=plan.instructor.pk).exists():
        raise NotQualified(plan.instructor.pk)
