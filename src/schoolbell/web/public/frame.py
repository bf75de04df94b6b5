"""What all pages of a school's front have."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from schoolbell.catalogue.models import Course
from schoolbell.catalogue.queries import active_instructors, policies_on_offer
from schoolbell.kit.time import are_one_clock
from schoolbell.schools.models import School
from schoolbell.schools.policies import Policies
from schoolbell.web.entry import Visit


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str | Promise
    href: str
    is_current: bool = False


def zone_of(visit: Visit, course: Course) -> ZoneInfo:
    """In whose time a course's times are said: the visitor's; of what one goes to, the time of where it is."""
    return visit.zone if course.delivery == Course.Delivery.ONLINE else visit.school.zone


def _clocks(visit: Visit, course: Course) -> dict[str, Any]:
    """`beside`: the other zone in which to say when it is, where that is another."""
    where = zone_of(visit, course)
    beside = visit.school.zone if course.delivery == Course.Delivery.ONLINE else visit.zone
    return {
        "zone": where,
        "beside": None if are_one_clock(beside, where) else beside,
        "may_switch": course.delivery == Course.Delivery.ONLINE,
    }


def show(visit: Visit, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The page, with the way around; of a `course`, with its terms and in its time."""
    home = f"/s/{visit.school.slug}/"
    nav = [
        NavItem(_("Lessons and prices"), f"{home}#lessons"),
        *([NavItem(_("Who teaches"), f"{home}#people")] if active_instructors(visit.school).exists() else []),
        NavItem(_("How it works"), f"{home}#how"),
    ]
    course = context.get("course")
    own = {"policies": course.policies} | _clocks(visit, course) if course else {"policies": visit.school.policies}
    is_free = course is not None and not course.price
    context = {"nav": nav, "may_switch": True, "is_free": is_free} | own | context
    cancelling = context["policies"] if course else _same_for_all(visit.school)
    return visit.render(template, context | {"cancelling": cancelling}, status=status)


def _same_for_all(school: School) -> Policies | None:
    """A school's policies so far as they speak of cancelling; None where one course has another rule than the next."""
    found = policies_on_offer(school) or [school.policies]
    rules = {(one.free_cancel_hours, one.late_fee_percent if one.free_cancel_hours else 0) for one in found}
    return found[0] if len(rules) == 1 else None
