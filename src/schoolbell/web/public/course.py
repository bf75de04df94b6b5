"""`/s/{school}/courses/{id}/`: what it is, for whom and for how much, and when there is time for it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from schoolbell.billing.quotes import Quote, quote
from schoolbell.bookings.rules import has_lessons_of
from schoolbell.catalogue.models import Course
from schoolbell.catalogue.queries import courses_on_offer, instructors_of
from schoolbell.kit.time import Stretch, day_starts, now, require_instant
from schoolbell.people.models import Instructor, Student
from schoolbell.planning.free_times import FreeTime, StudentFree
from schoolbell.planning.offers import Offer, next_offers
from schoolbell.timetable.queries import Length, lengths_of
from schoolbell.web.ages import unsuited_words
from schoolbell.web.entry import Visit, enter
from schoolbell.web.public.addresses import lesson_href, session_href
from schoolbell.web.public.ahead import by_what_comes_next, during_ahead, slots_ahead
from schoolbell.web.public.frame import NavItem, show, zone_of
from schoolbell.web.public.learners import learner_asked, learner_options, learners_of
from schoolbell.web.public.month import StartToChoose, View, month_of, starts_to_choose, who_words
from schoolbell.web.public.prices import deposit_words, due, explained, price_words, tax_name
from schoolbell.web.public.runs import is_a_run
from schoolbell.web.public.terms import cancelling_words
from schoolbell.web.zones import zone_choices

OFFERS_SHOWN: Final = 6
SEGMENTED: Final = 3  # more instructors than this are chosen from a list
FIRST_YEAR, LAST_YEAR = 2000, 2200


@require_safe
def course_page(request: HttpRequest, slug: str, course_id: UUID) -> HttpResponse:
    visit = enter(request, slug)
    course = courses_on_offer(visit.school).filter(id=course_id).first()
    if course is None:
        raise Http404
    teachers = list(instructors_of(course))
    learners = learners_of(visit)
    view = _view(visit, course, teachers, learners)
    length = _length(course)
    offers = next_offers(visit.school, course=course, limit=OFFERS_SHOWN + 1) if _is_group(course) else []
    context = {
        "course": course,
        "view": view,
        "price": price_words(course, visit.school),
        "deposit": deposit_words(course, visit.school),
        "tax": tax_name(visit.school),
        "teachers": teachers,
        "offers": _offered(view, offers[:OFFERS_SHOWN]),
        "asks_for_month": bool({"month", "day", "at"} & set(visit.request.GET)),
        "length": length,
        "in_all": length.minutes if length else course.total_minutes,
        "on_several_days": any(len(offer.slots) > 1 for offer in offers),
        "zones": zone_choices(visit.zone, visit.school.zone),
        "learners": learner_options(learners) if learners else [],
        "unsuited": _unsuited(view),
    }
    if not _is_group(course) or len(offers) > OFFERS_SHOWN:
        context |= _calendar(view, teachers)
    return show(visit, "web/public/course.html", context)


def _length(course: Course) -> Length | None:
    """How often one comes for its price, where that is more than once; as the list of courses says it."""
    if course.price_per != Course.PricePer.COURSE:
        return None
    length = lengths_of(course.school, [course]).get(course.pk)
    return length if length and length.times > 1 else None


def _unsuited(view: View) -> str:
    """What the course has against the age of whom a time is looked for, on the day that is shown; mostly nothing."""
    if view.learner is None:
        return ""
    on = view.at or (day_starts(view.day, view.where) if view.day else now())
    return unsuited_words(view.learner, view.course, on=on, timezone=view.school.timezone)


def _is_group(course: Course) -> bool:
    return course.format == Course.Format.GROUP


def _view(visit: Visit, course: Course, teachers: Sequence[Instructor], learners: Sequence[Student]) -> View:
    """As the address asks for it; what makes no sense in it is left out."""
    asked = visit.request.GET
    ids = {str(one.pk): one.pk for one in teachers}
    learner = learner_asked(visit, learners)
    knows_it = learner is not None and course.trial_price is not None and has_lessons_of(learner, course)
    return View(
        visit.school,
        course,
        zone_of(visit, course),
        trial=course.trial_price is not None and not knows_it and asked.get("kind") != "single",
        instructor_id=ids.get(asked.get("instructor", "")),
        month=date_in(asked, "month", suffix="-01"),
        day=date_in(asked, "day"),
        at=instant_in(asked, "at"),
        learner=learner,
        learners=learners,
        knows_it=knows_it,
    )


def date_in(asked: Mapping[str, str] | QueryDict, name: str, suffix: str = "") -> dt.date | None:
    try:
        day = dt.date.fromisoformat(asked.get(name, "") + suffix)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def instant_in(asked: Mapping[str, str] | QueryDict, name: str) -> dt.datetime | None:
    """An instant with its offset; a "+" that an address turned into a space is one again."""
    try:
        moment = require_instant(dt.datetime.fromisoformat(asked.get(name, "").replace(" ", "+")))
    except (ValueError, OverflowError):
        return None
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else None


def _calendar(view: View, teachers: Sequence[Instructor]) -> dict[str, Any]:
    month = month_of(view)
    day = view.day if view.day and view.day.replace(day=1) == month.first else min(month.counts, default=None)
    view = view.with_(day=day)
    starts = starts_to_choose(view, month.times(day)) if day else []
    chosen = next((start for start in starts if start.starts_at == view.at), None)
    return {
        "month": month,
        "day": day,
        "starts": starts,
        "chosen": _chosen(view, chosen, teachers) if chosen else None,
        "who": [
            NavItem(_("Anyone"), view.with_(instructor_id=None, at=None).href(), view.instructor_id is None),
            *(
                NavItem(one.person.name, view.with_(instructor_id=one.pk, at=None).href(), view.instructor_id == one.pk)
                for one in teachers
            ),
        ]
        if len(teachers) > 1
        else [],
        "who_as_list": len(teachers) > SEGMENTED,
        "kinds": _kinds(view),
    }


def _kinds(view: View) -> list[NavItem]:
    """A first lesson at its own price, or one of the others."""
    if view.course.trial_price is None or view.knows_it:
        return []
    return [
        NavItem(_("First lesson"), view.with_(trial=True).href(), view.trial),
        NavItem(_("Another lesson"), view.with_(trial=False).href(), not view.trial),
    ]


def _chosen(view: View, start: StartToChoose, teachers: Sequence[Instructor]) -> dict[str, Any]:
    """What the time that was chosen means: who would teach, what it costs, where to go on."""
    way = start.ways[0]
    price = _quote(view, way)
    others = [one.instructor for one in start.ways[1:] if one.instructor and not one.session]
    return {
        "during": way.during,
        "teacher": way.instructor,
        "others": [
            {"words": one.person.first_name or one.person.name, "href": view.with_(instructor_id=one.pk).href()}
            for one in others[:2]
        ],
        "who": who_words([one.instructor for one in start.ways if one.instructor]),
        "place": way.resource,
        "lines": explained(price, view.course, view.school, trial=view.trial),
        "quote": price,
        "due": due(price, view.school),
        "href": _book_href(view, way),
        "cancelling": cancelling_words(way.during.starts_at, view.course.policies, view.where),
    }


def _quote(view: View, way: FreeTime) -> Quote:
    return quote(view.course, starts_at=way.during.starts_at, session=way.session, trial=view.trial)


def _book_href(view: View, way: FreeTime) -> str:
    if way.session:
        return session_href(view.school, way.session.pk, trial="1" if view.trial else "", student=view.student)
    teacher = way.instructor.pk if way.instructor else None
    return lesson_href(
        view.school,
        view.course.pk,
        way.during.starts_at,
        instructor=teacher,
        trial=view.trial,
        student=view.student,
    )


def _offered(view: View, offers: Sequence[Offer]) -> list[dict[str, Any]]:
    """A learner has time for a session, or `is_busy` while it is."""
    free = None
    shown = by_what_comes_next(offers)
    if view.learner and shown:
        ends_at = max(offer.during.ends_at for offer in shown)
        free = StudentFree(view.learner, Stretch(during_ahead(shown[0]).starts_at, ends_at))
    return [_offer(view, offer, free) for offer in shown]


def _offer(view: View, offer: Offer, free: StudentFree | None) -> dict[str, Any]:
    """Where times are chosen, its price is that of one, and `is_each` where each is paid for."""
    session = offer.session
    course = session.course
    slots = slots_ahead(offer)
    times = [Stretch(slot.starts_at, slot.ends_at) for slot in slots]
    price = quote(
        course,
        starts_at=times[0].starts_at,
        session=session,
        slots=1 if session.choose_slots else len(slots),
    )
    is_each = session.choose_slots and session.price is None and course.price_per == Course.PricePer.LESSON
    can_come = any if session.choose_slots else all
    href = session_href(view.school, session.pk, student=view.student)
    return {
        "offer": offer,
        "slots": slots,
        "during": during_ahead(offer),
        "times": [] if is_a_run(times, view.where) else times,
        "price": price.total,
        "is_each": is_each,
        "href": href if offer.seats_left > 0 else "",
        "is_busy": free is not None and not can_come(free.during(time) for time in times),
    }
