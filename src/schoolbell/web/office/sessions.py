"""`/office/sessions/`: what is on the timetable, as a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from schoolbell.bookings.models import Booking
from schoolbell.bookings.queries import seats_left
from schoolbell.catalogue.models import Course
from schoolbell.kit.time import Stretch, now
from schoolbell.people.models import Instructor
from schoolbell.schools.rows import SchoolRows
from schoolbell.timetable.models import Resource, Session
from schoolbell.timetable.queries import as_counted, coming, next_times, sessions, staff_of
from schoolbell.web.entry import Visit
from schoolbell.web.office.frame import come_in, show, timetable_tabs
from schoolbell.web.office.listing import chip, chips, id_of, listing, one_of
from schoolbell.web.office.periods import PERIODS, period

WHEN: Final = (("", gettext_lazy("Coming")), *PERIODS, ("past", gettext_lazy("Past")), ("all", gettext_lazy("All")))
STATUSES: Final = (
    ("draft", gettext_lazy("Drafts")),
    ("published", gettext_lazy("Published")),
    ("cancelled", gettext_lazy("Cancelled")),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A session in a list. `state` is what `session_state` says; `who` has its only seat, where it has one; `next` is
    the next time of one that has begun."""

    session: Session
    instructors: Sequence[Instructor]
    taken: int
    state: str
    who: str = ""
    next: Stretch | None = None

    @property
    def during(self) -> Stretch:
        return Stretch(self.session.starts_at, self.session.ends_at)

    @property
    def soonest(self) -> Stretch:
        return self.next or self.during

    @property
    def staff(self) -> str:
        return ", ".join(one.person.name for one in self.instructors)


@require_safe
def session_list(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    school = visit.school
    courses = [
        (str(key), name) for key, name in Course.objects.of(school).order_by("name", "id").values_list("id", "name")
    ]
    people = Instructor.objects.of(school).select_related("person").order_by("person__first_name", "person__last_name")
    places = [
        (str(key), name)
        for key, name in Resource.objects.of(school).order_by(as_counted("name"), "id").values_list("id", "name")
    ]
    when = one_of(request, "when", [value for value, _words in WHEN])
    within = period(school, when)
    rows = sessions(
        school,
        seen_by=visit.actor,
        starts_from=within.starts_at if within else None,
        starts_until=within.ends_at if within else None,
        course_id=id_of(request, "course"),
        instructor_id=id_of(request, "instructor"),
        resource_id=id_of(request, "place"),
        status=one_of(request, "status", [value for value, _words in STATUSES]),
    ).select_related("course", "resource")
    found = listing(request, _in_order(rows, when))
    filters = chips(
        chip(request, "when", _("Coming"), WHEN[1:]),
        chip(request, "status", _("State"), STATUSES),
        chip(request, "course", _("Course"), courses),
        chip(request, "instructor", _("Instructor"), [(str(one.pk), one.person.name) for one in people]),
        *([chip(request, "place", _("Place"), places)] if places else []),
    )
    context = {
        "list": found,
        "sessions": shown(found.items),
        "chips": filters,
        "tabs": timetable_tabs(visit, "sessions"),
        "is_filtered": any(c.chosen for c in filters),
    }
    return show(visit, "sessions", "sessions", context)


def _in_order(rows: SchoolRows[Session], when: str) -> SchoolRows[Session]:
    if not when:
        return coming(rows)
    if when == "past":
        rows = rows.filter(ends_at__lte=now())
    return rows.order_by("-starts_at" if when in {"past", "all"} else "starts_at", "id")


def shown(found: Sequence[Session]) -> list[Shown]:
    """As many queries, however many there are."""
    staff, left, who, next_ = staff_of(found), seats_left(found), only_seats(found), next_times(found)
    return [
        Shown(
            one,
            staff[one.pk],
            one.capacity - left.get(one.pk, one.capacity),
            state_of(one, left.get(one.pk, 0)),
            who.get(one.pk, ""),
            next_.get(one.pk),
        )
        for one in found
    ]


def only_seats(found: Sequence[Session]) -> dict[UUID, str]:
    """Of sessions with one seat, by whom it is taken, or was when it was given back with the session."""
    single = [one.pk for one in found if one.capacity == 1]
    if not single:
        return {}
    rows = Booking.objects.filter(school_id=found[0].school_id, session_id__in=single)
    rows = rows.filter(Q(holds_seat=True) | Q(session__status=Session.Status.CANCELLED)).order_by("holds_seat", "id")
    return {one.session_id: one.student.person.name for one in rows.select_related("student__person")}


def state_of(session: Session, left: int) -> str:
    """Its status; of a published one whether it is under way, over, or full; with one seat, whether it is booked."""
    if session.status != Session.Status.PUBLISHED:
        return str(session.status)
    if session.ends_at <= now():
        return "completed"
    if session.starts_at <= now():
        return "in_progress"
    if left > 0:
        return "published"
    return "booked" if session.capacity == 1 else "full"


def next_sessions(visit: Visit, most: int = 5, **of: UUID) -> list[Shown]:
    """The next sessions of a course, an instructor or a place: `course_id`, `instructor_id`, `resource_id`."""
    rows = sessions(visit.school, seen_by=visit.actor, **of)  # type: ignore[arg-type]
    rows = rows.exclude(status=Session.Status.CANCELLED).select_related("course", "resource")
    return shown(list(coming(rows)[:most]))
