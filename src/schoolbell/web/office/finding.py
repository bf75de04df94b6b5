"""`/office/find/`: when a course can be taken, with whom and where; one click from there to booking it."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from schoolbell.catalogue.models import Course
from schoolbell.catalogue.queries import active_instructors, courses_on_offer
from schoolbell.kit.time import Stretch, day_starts, days, local_day
from schoolbell.people.models import Instructor
from schoolbell.planning.free_times import FreeTime, free_times
from schoolbell.schools.models import School
from schoolbell.web.ages import unsuited_words
from schoolbell.web.entry import Visit
from schoolbell.web.office.forms import NamedChoice, OfficeForm, RowChoice, day_field
from schoolbell.web.office.frame import address, come_in, show
from schoolbell.web.office.listing import with_
from schoolbell.web.office.people_choice import STUDENTS, PersonChoice
from schoolbell.web.office.periods import stretch_of, today
from schoolbell.web.public.addresses import written
from schoolbell.web.public.course import instant_in
from schoolbell.web.templatetags.words import counted
from schoolbell.web.templatetags.words import day as said_day

MOST_DAYS: Final = 31
MOST_WAYS: Final = 120  # on a page
A_WEEK: Final = dt.timedelta(days=6)


class FindForm(OfficeForm):
    course = RowChoice(
        Course.objects.none(), label=gettext_lazy("Course"), empty_label=gettext_lazy("Choose a course"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose what is taught.")),
    )  # fmt: skip
    instructor = NamedChoice(
        Instructor.objects.none(), label=gettext_lazy("With"), required=False,
        empty_label=gettext_lazy("Anybody who teaches it"),
    )  # fmt: skip
    student = PersonChoice(STUDENTS, label=gettext_lazy("For"), required=False)
    first_day = day_field(gettext_lazy("First day"))
    last_day = day_field(gettext_lazy("Last day"))

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = {
            "course": courses_on_offer(school).order_by("name", "id"),
            "instructor": active_instructors(school).order_by("person__first_name", "person__last_name", "id"),
        }
        for name, found in rows.items():
            self.fields[name].queryset = found  # type: ignore[attr-defined]
        self.fields["student"].of(school)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("first_day"), values.get("last_day")
        if first and last and not first <= last < first + dt.timedelta(days=MOST_DAYS):
            self.add_error("last_day", _("Look through at most %s days, the last not before the first.") % MOST_DAYS)
        return values


@dataclass(frozen=True, slots=True)
class Way:
    """Somebody who could give it then, somewhere; or a session that has seats. `href` books it."""

    who: str
    note: str
    href: str


@dataclass(frozen=True, slots=True)
class Start:
    during: Stretch
    ways: Sequence[Way]


@dataclass(frozen=True, slots=True)
class FreeDay:
    day: dt.date
    starts: Sequence[Start]


@require_safe
def find_time(request: HttpRequest, slug: str) -> HttpResponse:
    """Looks as soon as a course is chosen. A page goes as far as `MOST_WAYS`; the next begins `at`."""
    visit = come_in(request, slug)
    day = today(visit.school)
    preset = {"first_day": day, "last_day": day + A_WEEK}
    asked = request.GET.copy()
    for name, value in preset.items():
        asked.setdefault(name, value.isoformat())
    form = FindForm(asked if asked.get("course") else None, school=visit.school, initial=preset | request.GET.dict())
    context: dict[str, Any] = {"form": form, "has_courses": form.fields["course"].queryset.exists()}  # type: ignore[attr-defined]
    if form.is_valid():
        context |= _found(visit, form)
    return show(visit, "find", "find", context, status=422 if form.errors else 200)


def _found(visit: Visit, form: FindForm) -> dict[str, Any]:
    school, values = visit.school, form.cleaned_data
    number = (values["last_day"] - values["first_day"]).days + 1
    within = stretch_of(school, values["first_day"], number)
    begins = instant_in(visit.request.GET, "at")
    if begins and within.starts_at < begins < within.ends_at:
        within = Stretch(begins, within.ends_at)
    found = free_times(
        school,
        values["course"],
        within,
        instructor_id=values["instructor"].pk if values["instructor"] else None,
        student=values["student"],
        most=MOST_WAYS + 1,
    )
    shown, later = _whole_starts(found)
    free_days = [
        FreeDay(day, [_start(visit, form, list(own)) for _at, own in groupby(ways, lambda free: free.during)])
        for day, ways in groupby(shown, lambda free: local_day(free.during.starts_at, school.zone))
    ]
    query = visit.request.GET
    return {
        "days": free_days,
        "looked": True,
        "student": values["student"],
        "unsuited": _unsuited(school, values) if values["student"] else [],
        "later": with_(query, at=written(later)) if later else "",
        "earliest": with_(query, at="") if "at" in query else "",
    }


def _unsuited(school: School, values: dict[str, Any]) -> list[str]:
    """What the course has against the student's age on the days that are looked through. Of a birthday between them it
    is said until when, or from when on."""
    first, last = values["first_day"], values["last_day"]
    runs = groupby(days(first, last), lambda day: _unsuited_on(day, school, values))
    return [_on_those_days(words, list(own), first, last) for words, own in runs if words]


def _on_those_days(words: str, own: Sequence[dt.date], first: dt.date, last: dt.date) -> str:
    if own[0] != first:
        return _("From %(day)s: %(words)s") % {"day": said_day(own[0]), "words": words}
    if own[-1] != last:
        return _("Until %(day)s: %(words)s") % {"day": said_day(own[-1]), "words": words}
    return words


def _unsuited_on(day: dt.date, school: School, values: dict[str, Any]) -> str:
    on = day_starts(day, school.zone)
    return unsuited_words(values["student"], values["course"], on=on, timezone=school.timezone)


def _whole_starts(found: list[FreeTime]) -> tuple[list[FreeTime], dt.datetime | None]:
    """So many that every start on the page has all of its ways; and the start with which the next page begins."""
    if len(found) <= MOST_WAYS:
        return found, None
    last = found[-1].during.starts_at
    whole = [free for free in found if free.during.starts_at < last]
    return (whole, last) if whole else (found, None)


def _start(visit: Visit, form: FindForm, ways: Sequence[FreeTime]) -> Start:
    return Start(ways[0].during, list(_ways(visit, form, ways)))


def _ways(visit: Visit, form: FindForm, ways: Sequence[FreeTime]) -> Iterator[Way]:
    student = form.cleaned_data["student"]
    for free in ways:
        if free.session:
            seats = counted(free.seats_left, _("seat left,seats left"))
            wish = {"session": free.session.pk}
        else:
            seats = ""
            wish = {"course": form.cleaned_data["course"].pk, "starts_at": written(free.during.starts_at)}
            if free.instructor:
                wish |= {"instructor": free.instructor.pk}
        query = urlencode(wish | ({"student": student.pk} if student else {}))
        yield Way(
            free.instructor.person.name if free.instructor else _("Nobody yet"),
            ", ".join(filter(None, (free.resource.name if free.resource else "", seats))),
            address(visit, f"bookings/new/?{query}"),
        )
