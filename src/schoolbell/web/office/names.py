"""The words for what courses, places and people are."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schoolbell.catalogue.models import Course
from schoolbell.people.models import Name, Person
from schoolbell.schools.models import School
from schoolbell.timetable.queries import Length, lengths_of
from schoolbell.web.templatetags.public import length_words
from schoolbell.web.templatetags.words import lasting
from schoolbell.web.templatetags.words import price as said_price

FORMATS: Final = {"group": gettext_lazy("Group"), "one_to_one": gettext_lazy("One to one")}
DELIVERIES: Final = {
    "at_venue": gettext_lazy("At a venue"),
    "online": gettext_lazy("Online"),
    "in_vehicle": gettext_lazy("In a vehicle"),
}
KINDS: Final = {
    "venue": gettext_lazy("Venue"),
    "online_room": gettext_lazy("Online room"),
    "vehicle": gettext_lazy("Vehicle"),
}
STUDENT_STATUS: Final = {
    "active": gettext_lazy("Active"),
    "paused": gettext_lazy("Paused"),
    "left": gettext_lazy("Left"),
}


def course_price(course: Course, school: School) -> str:
    """“£180 for the course”, “$45 a lesson”, “free of charge”."""
    if not course.price:
        return _("free of charge")
    per = _("for the course") if course.price_per == Course.PricePer.COURSE else _("a lesson")
    return f"{said_price(course.price, school.currency)} {per}"


def course_lines(courses: Sequence[Course], school: School) -> dict[UUID, str]:
    """“Group, 60 min, at a venue”; of a course that is paid whole what comes next of it, “Group, 3 days, 18 h, online”.
    One query."""
    lengths = lengths_of(school, [one for one in courses if one.price_per == Course.PricePer.COURSE])
    return {one.pk: _line(one, lengths.get(one.pk)) for one in courses}


def _line(course: Course, length: Length | None) -> str:
    words = length_words(length) if length and length.times > 1 else lasting(course.duration_minutes)
    delivery = str(DELIVERIES.get(course.delivery, ""))
    return f"{FORMATS[course.format]}, {words}, {delivery[:1].lower()}{delivery[1:]}"


def short_name(person: Person | Name) -> str:
    """“Liam N.”, where there is little room."""
    if person.first_name and person.last_name:
        return f"{person.first_name} {person.last_name[0]}."
    return person.name


def choices(words: dict[str, Any], *, blank: Any = None) -> list[tuple[str, Any]]:
    return ([("", blank)] if blank is not None else []) + list(words.items())
