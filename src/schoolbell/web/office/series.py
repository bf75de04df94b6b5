"""`/office/series/`: classes that repeat, and each with its occurrences."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import F, OuterRef, Prefetch, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from schoolbell.bookings.models import Enrollment
from schoolbell.bookings.queries import seats_left
from schoolbell.kit.time import Stretch, now
from schoolbell.planning.plans import Plan
from schoolbell.planning.seating import ON, enrolled_in
from schoolbell.planning.skipped import skipped_lessons
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, SeriesStaffing, Session
from schoolbell.timetable.queries import staff_of
from schoolbell.web.entry import Visit
from schoolbell.web.office.frame import come_in, find, show, timetable_tabs
from schoolbell.web.office.listing import chip, chips, listing, one_of
from schoolbell.web.office.periods import today
from schoolbell.web.office.previews import planned
from schoolbell.web.office.series_forms import DayForm
from schoolbell.web.office.sessions import state_of
from schoolbell.web.rule_words import said_pause, said_series

STATES: Final = (("on", gettext_lazy("Going on")), ("ended", gettext_lazy("Ended")))
OVER_SHOWN: Final = 5  # occurrences that are over


@dataclass(frozen=True, slots=True)
class Shown:
    """A series in a list. `next_at` is when its next class is."""

    series: Series
    words: str
    next_at: dt.datetime | None

    @property
    def staff(self) -> str:
        return ", ".join(one.instructor.person.name for one in self.series.staffing.all())


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One class of a series. `usual` is when it would be, if it is at a time of its own."""

    session: Session
    state: str
    taken: int
    staff: str
    usual: Stretch | None

    @property
    def during(self) -> Stretch:
        return Stretch(self.session.starts_at, self.session.ends_at)

    @property
    def may_change(self) -> bool:
        return self.state in {"draft", "published", "full"} and self.session.starts_at > now()


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Who has a seat in it every week, and what is to be said of a pause."""

    enrollment: Enrollment
    pause: str


def series_of(school: School) -> Any:
    """Of classes, with what a page says of them."""
    staffing = SeriesStaffing.objects.of(school).select_related("instructor__person").order_by("-leads", "id")
    rows = Series.objects.of(school).filter(on_demand=False).select_related("course__school", "resource")
    return rows.prefetch_related(Prefetch("staffing", staffing))


def going_on(school: School) -> Any:
    """Those that are not over, and did not end before they began: another took over then."""
    rows = series_of(school).exclude(ends_on__lt=today(school)).exclude(ends_on__lt=F("starts_on"))
    return rows.order_by("course__name", "starts", "id")


@require_safe
def series_list(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    state = one_of(request, "state", [value for value, _words in STATES], "on")
    ended = Q(ends_on__lt=today(visit.school))
    coming = Session.objects.of(visit.school).filter(
        series_id=OuterRef("id"), status__in=("draft", "published"), starts_at__gt=now()
    )
    rows = series_of(visit.school).filter(ended if state == "ended" else ~ended)
    rows = rows.exclude(ends_on__lt=F("starts_on"))  # another took over before it began
    rows = rows.annotate(next_at=Subquery(coming.order_by("starts_at").values("starts_at")[:1]))
    found = listing(request, rows.order_by("course__name", "starts", "id"))
    context = {
        "list": found,
        "series": [Shown(one, said_series(one), one.next_at) for one in found.items],
        "tabs": timetable_tabs(visit, "series"),
        "chips": chips(chip(request, "state", _("State"), STATES)),
        "state": state,
    }
    return show(visit, "series_list", "sessions", context)


@require_safe
def series(request: HttpRequest, slug: str, series_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    return series_page(visit, find(series_of(visit.school), series_id))


def series_page(visit: Visit, found: Series, form: DayForm | None = None) -> HttpResponse:
    """With what was sent of a day to leave out, where that is to be put right."""
    sessions = list(
        Session.objects.of(visit.school)
        .filter(series_id=found.pk)
        .select_related("resource")
        .order_by("starts_at", "id")
    )
    over = [one for one in sessions if one.ends_at <= now()][-OVER_SHOWN:]
    ahead = [one for one in sessions if one.ends_at > now()]
    skipped = planned(skipped_lessons(found), visit.school.zone)
    context = {
        "series": found,
        "words": said_series(found),
        "staff": [one.instructor for one in found.staffing.all()],
        "ahead": _occurrences(found, ahead),
        "over": _occurrences(found, over),
        "skipped": skipped,
        "some_wait": any(one.waits for one in skipped),
        "has_ended": found.ends_on is not None and found.ends_on < today(visit.school),
        "enrolled": _enrolled(found, today(visit.school)),
        "price": found.course.price if found.price is None else found.price,
        "successors": [(one, said_series(one)) for one in series_of(visit.school).filter(follows_id=found.pk)],
        "before": series_of(visit.school).filter(id=found.follows_id).first() if found.follows_id else None,
    }
    return show(visit, "series", "sessions", context | {"form": form or DayForm()}, status=422 if form else 200)


def _enrolled(series: Series, on: dt.date) -> list[Enrolled]:
    rows = enrolled_in(series.school_id, [series.pk]).filter(status__in=ON).select_related("student__person")
    rows = rows.order_by("student__person__first_name", "student__person__last_name", "id")
    return [Enrolled(one, said_pause(one, on)) for one in rows]


def _occurrences(series: Series, sessions: Sequence[Session]) -> list[Occurrence]:
    """Two queries, however many there are."""
    staff, left = staff_of(sessions), seats_left(sessions)
    plan = Plan(series, (), None)
    found = []
    for one in sessions:
        usual = plan.during(one.occurrence_on) if one.occurrence_on else None
        free = left.get(one.pk, one.capacity)
        found.append(
            Occurrence(
                one,
                state_of(one, left.get(one.pk, 0)),
                one.capacity - free,
                ", ".join(who.person.name for who in staff[one.pk]),
                None if usual is None or usual.starts_at == one.starts_at else usual,
            )
        )
    return found
