"""The words for what courses, places and people are."""

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schoolbell.catalogue.models import Course
from schoolbell.people.models import Name, Person
from schoolbell.schools.models import School
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


def course_line(course: Course) -> str:
    """“Group, 60 min, at a venue”."""
    delivery = str(DELIVERIES.get(course.delivery, ""))
    return f"{FORMATS[course.format]}, {lasting(course.duration_minutes)}, {delivery[:1].lower()}{delivery[1:]}"


def short_name(person: Person | Name) -> str:
    """“Liam N.”, where there is little room."""
    if person.first_name and person.last_name:
        return f"{person.first_name} {person.last_name[0]}."
    return person.name


def choices(words: dict[str, Any], *, blank: Any = None) -> list[tuple[str, Any]]:
    return ([("", blank)] if blank is not None else []) + list(words.items())
