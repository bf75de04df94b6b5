"""`/my/weekly/`: student by student the weekly lessons and seats in classes, and what of them is left out."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from schoolbell.bookings.models import Seating
from schoolbell.kit.money import Money
from schoolbell.kit.time import Stretch, local_day, now
from schoolbell.people.models import Student
from schoolbell.planning.every_week import EveryWeek, Missing, every_week, weekly_seen_by
from schoolbell.timetable.models import Series, SkippedOccurrence
from schoolbell.timetable.recurrence import weekdays_of
from schoolbell.web.entry import Visit
from schoolbell.web.portal.frame import come_in, frame, is_client, of_booking
from schoolbell.web.portal.pages import page_of
from schoolbell.web.portal.rows import booking_views, name_of
from schoolbell.web.rule_words import said_series

Reason = SkippedOccurrence.Reason
SOON: Final = dt.timedelta(days=14)
MOST_MISSING: Final = 4  # of one enrollment, the others are counted
WHY: Final[dict[str, Any]] = {
    Reason.CLOSURE: gettext_lazy("The school is closed."),
    Reason.CLASH: gettext_lazy("It found no free time. The school looks for another."),
    Reason.HOURS: gettext_lazy("Nobody is there at that time. The school looks for another."),
    Reason.RULE: gettext_lazy("That day or week is full. The school looks for another time."),
    Reason.AWAY: gettext_lazy("It cannot be given as planned. The school looks into it."),
    Reason.CANCELLED: gettext_lazy("There is none on that day."),
    Seating.Reason.FULL: gettext_lazy("The class is full. The school looks every night whether a seat has come free."),
}
# Where the student is why: of the viewer, and of a child by name.
THEIRS: Final[dict[str, tuple[Any, Any]]] = {
    Reason.CLASH: (gettext_lazy("You have something else then."), gettext_lazy("%(name)s has something else then.")),
    Reason.AWAY: (
        gettext_lazy("You are not taking lessons at the moment."),
        gettext_lazy("%(name)s is not taking lessons at the moment."),
    ),
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    during: Stretch
    why: str


@dataclass(frozen=True, slots=True)
class Row:
    """`words` are of what it goes by now, `then` of what it goes by later. `price` is None for whom it does not
    concern."""

    one: EveryWeek
    words: str
    then: str
    begins_later: bool
    price: Money | None
    is_pausing: bool
    state: tuple[str, str, str]
    href: str
    left_out: list[LeftOut]
    more_left_out: int

    @property
    def ends_on(self) -> dt.date | None:
        return self.one.ends_on

    @property
    def staff(self) -> str:
        return names_of(self.one.series)


@dataclass(frozen=True, slots=True)
class OfStudent:
    student: Student
    is_viewer: bool
    rows: list[Row]


@require_safe
def weekly(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    page = page_of(request, weekly_seen_by(visit.actor, visit.school))
    context = {"students": _by_student(visit, every_week(page.items)), "page": page}
    views = {"views": booking_views(visit, "weekly", has_weekly=bool(page.total))}
    return visit.render("web/portal/weekly.html", frame(visit, "bookings") | context | views)


def _by_student(visit: Visit, found: Iterable[EveryWeek]) -> list[OfStudent]:
    """Of each as they come in a week."""
    students = groupby(found, key=lambda one: one.enrollment.student_id)
    return [_of_student(visit, list(own)) for _student_id, own in students]


def _of_student(visit: Visit, own: list[EveryWeek]) -> OfStudent:
    own.sort(key=lambda one: (weekdays_of(one.series) or [0], one.series.starts, one.enrollment.pk))
    student = own[0].enrollment.student
    return OfStudent(student, not name_of(visit, student), [_row(visit, one) for one in own])


def _row(visit: Visit, one: EveryWeek) -> Row:
    enrollment = one.enrollment
    today = local_day(now(), visit.school.zone)
    begins_later = one.begins_on > today and one.pause is None
    is_pausing = one.pause is not None and one.pause.first <= today
    price = Money(enrollment.price or 0, visit.school.currency) if is_client(visit) else None
    name = name_of(visit, enrollment.student)
    return Row(
        one,
        said_series(one.series),
        _then(one),
        begins_later,
        price,
        is_pausing,
        _state(one, today, is_pausing=is_pausing, begins_later=begins_later),
        of_booking(visit, one.next_booking) if one.next_booking else "",
        [LeftOut(each.during, _why(each, name)) for each in one.missing[:MOST_MISSING]],
        max(len(one.missing) - MOST_MISSING, 0),
    )


def _then(one: EveryWeek) -> str:
    """When it is from then on, and with whom, if that is another."""
    if one.then is None:
        return ""
    words = said_series(one.then)
    if names_of(one.then) == names_of(one.series):
        return words
    return _("%(when)s with %(names)s") % {"when": words, "names": names_of(one.then)}


def names_of(series: Series) -> str:
    return ", ".join(one.instructor.person.name for one in series.staffing.all())


def _state(one: EveryWeek, today: dt.date, *, is_pausing: bool, begins_later: bool) -> tuple[str, str, str]:
    """Its words, tone and icon."""
    if is_pausing:
        return _("Pauses"), "wait", "hourglass"
    if begins_later:
        return _("Yet to begin"), "info", "calendar-clock"
    if one.ends_on and one.ends_on < today + SOON:
        return _("Last day soon"), "quiet", "calendar-days"
    return _("Goes on"), "ok", "check"


def _why(missing: Missing, name: str) -> str:
    if missing.is_theirs:
        own, childs = THEIRS[missing.reason]
        return str(childs) % {"name": name} if name else str(own)
    return str(WHY[missing.reason])
