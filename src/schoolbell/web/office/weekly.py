"""`/office/weekly/`: students' weekly lessons, and each with its lessons and those that found no time."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import OuterRef, Prefetch, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from schoolbell.bookings.enrollments import enrollments_seen_by, lessons_of
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.journal.queries import records_of
from schoolbell.kit.time import Stretch, now
from schoolbell.planning.joining import left_out_of
from schoolbell.planning.plans import Plan
from schoolbell.timetable.models import SeriesStaffing
from schoolbell.web.entry import Visit
from schoolbell.web.office.frame import come_in, find, show, timetable_tabs
from schoolbell.web.office.listing import chip, chips, id_of, listing, one_of
from schoolbell.web.office.periods import today
from schoolbell.web.office.previews import planned
from schoolbell.web.office.series_forms import DayForm
from schoolbell.web.office.timeline import timeline
from schoolbell.web.rule_words import said_pause, said_series

STATUSES: Final = (
    ("active", gettext_lazy("Going on")),
    ("paused", gettext_lazy("Paused")),
    ("ended", gettext_lazy("Ended")),
)
# Words, tone and icon of a status.
STATUS: Final = {
    Enrollment.Status.ACTIVE: (gettext_lazy("Going on"), "ok", "check"),
    Enrollment.Status.PAUSED: (gettext_lazy("Paused"), "wait", "hourglass"),
    Enrollment.Status.ENDED: (gettext_lazy("Ended"), "quiet", "check-check"),
    Enrollment.Status.CANCELLED: (gettext_lazy("Cancelled"), "quiet", "x"),
}
OVER_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """An enrollment in a list. `next_at` is when its next lesson is."""

    enrollment: Enrollment
    words: str
    state: tuple[Any, str, str]
    next_at: dt.datetime | None

    @property
    def staff(self) -> str:
        return ", ".join(one.instructor.person.name for one in self.enrollment.series.staffing.all())


@dataclass(frozen=True, slots=True)
class Lesson:
    """`usual` is when it would be, if it is at a time of its own."""

    booking: Booking
    usual: Stretch | None

    @property
    def during(self) -> Stretch:
        return Stretch(self.booking.session.starts_at, self.booking.session.ends_at)


def state_of(enrollment: Enrollment, on: dt.date) -> tuple[Any, str, str]:
    """Its words, tone and icon. Whoever is away from a class for a while pauses, too, until they are back."""
    first, back = enrollment.away_from, enrollment.away_until
    is_on = enrollment.status == Enrollment.Status.ACTIVE
    if is_on and first is not None and back is not None and first <= on < back:
        return STATUS[Enrollment.Status.PAUSED]
    return STATUS[Enrollment.Status(enrollment.status)]


def weekly_of(visit: Visit) -> Any:
    staffing = SeriesStaffing.objects.of(visit.school).select_related("instructor__person").order_by("-leads", "id")
    rows = enrollments_seen_by(visit.actor, visit.school).filter(type=Enrollment.Type.WEEKLY_RECURRING)
    return rows.select_related("series__course__school").prefetch_related(Prefetch("series__staffing", staffing))


@require_safe
def weekly_list(request: HttpRequest, slug: str) -> HttpResponse:
    """`?student=` shows those of one student, whatever their state."""
    visit = come_in(request, slug)
    status = one_of(request, "state", [value for value, _words in STATUSES], "active")
    lessons = Booking.objects.of(visit.school).filter(
        enrollment_id=OuterRef("id"), status=Booking.Status.CONFIRMED, session__starts_at__gt=now()
    )
    student, day = id_of(request, "student"), today(visit.school)
    rows = weekly_of(visit).filter(**({"student_id": student} if student else {"status": status}))
    rows = rows.annotate(next_at=Subquery(lessons.order_by("session__starts_at").values("session__starts_at")[:1]))
    found = listing(request, rows.order_by("student__person__first_name", "student__person__last_name", "id"))
    context = {
        "list": found,
        "weekly": [Shown(one, said_series(one.series), state_of(one, day), one.next_at) for one in found.items],
        "tabs": timetable_tabs(visit, "weekly"),
        "chips": chips(chip(request, "state", _("State"), STATUSES)),
        "status": status,
        "of_student": f"?student={student}" if student else "",
    }
    return show(visit, "weekly_list", "sessions", context)


@require_safe
def weekly(request: HttpRequest, slug: str, enrollment_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    return weekly_page(visit, find(weekly_of(visit), enrollment_id))


def weekly_page(visit: Visit, found: Enrollment, form: DayForm | None = None) -> HttpResponse:
    """With what was sent of a day to leave out, where that is to be put right."""
    lessons = lessons_of([found])[found.pk]
    plan = Plan(found.series, (), None)
    is_on = found.status == Enrollment.Status.ACTIVE
    may_end = is_on or found.status == Enrollment.Status.PAUSED
    ahead = [_lesson(plan, one) for one in lessons if one.session.ends_at > now()]
    skipped = planned(left_out_of(found), visit.school.zone) if is_on else []
    context = {
        "enrollment": found,
        "words": said_series(found.series),
        "pause": said_pause(found, today(visit.school)) if may_end else "",
        "state": state_of(found, today(visit.school)),
        "is_on": is_on,
        "may_end": may_end,
        "staff": [one.instructor for one in found.series.staffing.all()],
        "ahead": ahead,
        "over": [_lesson(plan, one) for one in lessons if one.session.ends_at <= now()][-OVER_SHOWN:],
        "skipped": skipped,
        "some_wait": not found.in_class and any(one.waits for one in skipped),
        "entries": timeline(records_of(visit.school, [found.pk])[:20], visit.school),
    }
    return show(visit, "weekly", "sessions", context | {"form": form or DayForm()}, status=422 if form else 200)


def _lesson(plan: Plan, booking: Booking) -> Lesson:
    session = booking.session
    is_own = session.series_id == plan.series.pk and session.occurrence_on is not None
    usual = plan.during(session.occurrence_on) if is_own else None
    return Lesson(booking, None if usual is None or usual.starts_at == session.starts_at else usual)
