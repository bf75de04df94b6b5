"""`/s/{school}/`: what the school teaches and for how much, when there is time, and who teaches."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from schoolbell.catalogue.models import Course
from schoolbell.catalogue.products import products_on_offer
from schoolbell.catalogue.queries import active_instructors, courses_on_offer
from schoolbell.kit.money import Money
from schoolbell.kit.time import Stretch, day_starts, days, local_day, now, union
from schoolbell.people.models import Instructor
from schoolbell.planning.free_times import FreeTime, free_times
from schoolbell.planning.offers import Offer, next_offers
from schoolbell.schools.models import School
from schoolbell.timetable.queries import lengths_of
from schoolbell.web.entry import Visit, enter
from schoolbell.web.public.addresses import course_href, product_href, session_href, written
from schoolbell.web.public.ahead import by_what_comes_next, during_ahead, slots_ahead
from schoolbell.web.public.frame import show, zone_of
from schoolbell.web.public.learners import learner_asked, learners_of
from schoolbell.web.public.pages import page_of
from schoolbell.web.public.prices import amount_words, tax_words, terms_words

DAYS_SHOWN: Final = 6
TIMES_SHOWN: Final = 2
COURSES_ON_A_PAGE: Final = 20
INSTRUCTORS_SHOWN: Final = 24
OFFERS_SHOWN: Final = 5
PRODUCTS_SHOWN: Final = 24
LEADS_TRIED: Final = 3


@dataclass(frozen=True, slots=True)
class FreeDay:
    """A row of the ribbon: the stretches that are free, the first starts, and how many more there are."""

    day: dt.date
    is_today: bool
    stretches: Sequence[Stretch]
    times: Sequence[tuple[dt.datetime, str]]
    more: int
    href: str


@dataclass(frozen=True, slots=True)
class FreeDays:
    """The next days of one course. `hours` is the part of the day that the ribbons show."""

    course: Course
    days: Sequence[FreeDay]
    hours: str
    step: int  # between the hours that are named
    href: str
    first_of: dict[UUID, tuple[dt.datetime, str]]
    where: ZoneInfo


@require_safe
def school_page(request: HttpRequest, slug: str) -> HttpResponse:
    visit = enter(request, slug)
    school = visit.school
    courses = page_of(courses_on_offer(school), request, size=COURSES_ON_A_PAGE)
    free = _next_free_days(visit, [one for one in courses.items if one.format == Course.Format.ONE_TO_ONE])
    offers = next_offers(school, limit=OFFERS_SHOWN, with_seats=1, only_groups=True)
    may_switch = any(one.delivery == Course.Delivery.ONLINE for one in _with_times(free, offers))
    where = visit.zone if may_switch else school.zone
    lengths = lengths_of(school, [one for one in courses.items if one.price_per == Course.PricePer.COURSE])
    zones = {zone_of(visit, offer.session.course) for offer in offers}
    offers_zone = zones.pop() if len(zones) == 1 and not free else where
    products = list(products_on_offer(school)[:PRODUCTS_SHOWN])
    context = {
        "zone": where,
        "may_switch": may_switch,
        "courses": [
            {
                "course": course,
                "href": course_href(school, course.pk),
                "amount": amount_words(course, school),
                "terms": terms_words(course, school),
                "length": lengths.get(course.pk),
            }
            for course in courses.items
        ],
        "page": courses,
        "products": [
            {"product": one, "href": product_href(school, one.pk), "price": Money(one.price, school.currency)}
            for one in products
        ],
        "tax": tax_words(courses.items, products, school),
        "free": free,
        "offers": [_offered(visit, offer, offers_zone) for offer in by_what_comes_next(offers)],
        "offers_zone": offers_zone,
        "how_to_choose": _how_to_choose(school),
        "instructors": _instructors(school, free),
        "choose": free.href if free else "#dates" if offers else "#lessons",
    }
    return show(visit, "web/public/school.html", context)


def _with_times(free: FreeDays | None, offers: Sequence[Offer]) -> list[Course]:
    """The courses whose times the page says."""
    return [*([free.course] if free else []), *(offer.session.course for offer in offers)]


def _how_to_choose(school: School) -> str:
    """Which times one sees: of lessons those that are free, of classes all of them."""
    formats = set(courses_on_offer(school).order_by().values_list("format", flat=True).distinct())
    if Course.Format.GROUP not in formats:
        return _("Only what is free is shown.")
    if Course.Format.ONE_TO_ONE not in formats:
        return _("Each date says how many seats are left.")
    return _("Of lessons only free times are shown; classes say how many seats are left.")


def _offered(visit: Visit, offer: Offer, page: ZoneInfo) -> dict[str, Any]:
    """`zone`: in whose time it is said, which is named where the page speaks in another."""
    where = zone_of(visit, offer.session.course)
    return {
        "offer": offer,
        "slots": slots_ahead(offer),
        "during": during_ahead(offer),
        "href": session_href(visit.school, offer.session.pk),
        "zone": where,
        "is_elsewhere": where.key != page.key,
    }


def _next_free_days(visit: Visit, courses: Sequence[Course]) -> FreeDays | None:
    """Of the first course that has time in the coming days."""
    learner = learner_asked(visit, learners_of(visit))
    for course in courses[:LEADS_TRIED]:
        where = zone_of(visit, course)
        today = local_day(now(), where)
        coming = list(days(today, today + dt.timedelta(days=DAYS_SHOWN - 1)))
        within = Stretch(now(), day_starts(coming[-1] + dt.timedelta(days=1), where))
        if found := free_times(visit.school, course, within, student=learner):
            return _free_days(visit.school, course, found, coming, where)
    return None


def _free_days(
    school: School, course: Course, found: Sequence[FreeTime], coming: Sequence[dt.date], where: ZoneInfo
) -> FreeDays:
    per_day: dict[dt.date, list[Stretch]] = {day: [] for day in coming}
    first_of: dict[UUID, tuple[dt.datetime, str]] = {}
    for free in found:
        day = local_day(free.during.starts_at, where)
        per_day[day].append(free.during)
        if free.instructor and free.instructor.pk not in first_of:
            href = course_href(
                school, course.pk, "when", day=day, at=written(free.during.starts_at), instructor=free.instructor.pk
            )
            first_of[free.instructor.pk] = (free.during.starts_at, href)
    rows = [_free_day(school, course, day, per_day[day], is_today=day == coming[0]) for day in coming]
    first, last = _hours(per_day, where)
    step = 2 if last - first <= 14 else 4
    return FreeDays(course, rows, f"{first}-{last}", step, course_href(school, course.pk, "when"), first_of, where)


def _free_day(school: School, course: Course, day: dt.date, free: Sequence[Stretch], *, is_today: bool) -> FreeDay:
    starts = sorted({stretch.starts_at for stretch in free})
    return FreeDay(
        day,
        is_today,
        union(free),
        [(start, course_href(school, course.pk, "when", day=day, at=written(start))) for start in starts[:TIMES_SHOWN]],
        max(len(starts) - TIMES_SHOWN, 0),
        course_href(school, course.pk, "when", day=day),
    )


def _hours(per_day: dict[dt.date, list[Stretch]], where: ZoneInfo) -> tuple[int, int]:
    """The even hours between which all of it lies, such as 8 and 18; at least six of them."""
    first, last = 24, 0
    for day, stretches in per_day.items():
        for stretch in stretches:
            starts, ends = stretch.starts_at.astimezone(where), stretch.ends_at.astimezone(where)
            first = min(first, starts.hour)
            last = max(last, 24 if ends.date() > day else ends.hour + (ends.minute > 0))
    first = min(first - first % 2, 18)
    return first, max(last + last % 2, first + 6)


def _instructors(school: School, free: FreeDays | None) -> list[dict[str, Instructor | tuple[dt.datetime, str] | None]]:
    return [
        {"instructor": one, "next": free.first_of.get(one.pk) if free else None}
        for one in active_instructors(school)[:INSTRUCTORS_SHOWN]
    ]
