"""Lessons as a file for one's calendar: all that are ahead, or those of one booking."""

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from schoolbell.bookings.lessons import Lesson, lessons_ahead, lessons_of, with_staff
from schoolbell.bookings.models import Booking
from schoolbell.kit.calendar_file import MEDIA_TYPE, Event, calendar_file
from schoolbell.timetable.models import Resource
from schoolbell.web.entry import Visit
from schoolbell.web.portal.bookings import find_booking
from schoolbell.web.portal.frame import come_in, of_booking
from schoolbell.web.portal.rows import name_of

MOST_LESSONS = 500


@require_safe
def all_lessons(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    return _file(visit, with_staff(list(lessons_ahead(visit.actor, visit.school)[:MOST_LESSONS])), visit.school.slug)


@require_safe
def one_booking(request: HttpRequest, slug: str, booking_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    booking = find_booking(visit, booking_id)
    ended = booking.status in (Booking.Status.CANCELLED, Booking.Status.EXPIRED)
    return _file(visit, [] if ended else lessons_of(booking), booking.reference)


def _file(visit: Visit, lessons: Iterable[Lesson], name: str) -> HttpResponse:
    content = calendar_file((_event(visit, lesson) for lesson in lessons), name=visit.school.name)
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


def _event(visit: Visit, lesson: Lesson) -> Event:
    name, course = name_of(visit, lesson.seat.student), lesson.session.course.name
    page = visit.request.build_absolute_uri(of_booking(visit, lesson.booking.pk))
    resource = lesson.session.resource
    teachers = ", ".join(one.person.name for one in lesson.instructors)
    words = [_("With %(names)s.") % {"names": teachers}] if teachers else []
    if resource and resource.meeting_url:
        words.append(_("Join from %(page)s.") % {"page": page})
    return Event(
        uid=f"{lesson.seat.pk}@schoolbell",
        during=lesson.during,
        title=f"{name}: {course}" if name else course,
        place=_place(resource) if resource else "",
        words=" ".join(words),
        url=page,
        is_tentative=lesson.booking.status == Booking.Status.PENDING,
    )


def _place(resource: Resource) -> str:
    parts = (resource.name, resource.address_line1, resource.address_line2, f"{resource.city} {resource.postcode}")
    return ", ".join(part for part in parts if part.strip())
