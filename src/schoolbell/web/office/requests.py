"""`/office/requests/`: weekly lessons that are wanted, before it is known with whom and when."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schoolbell.catalogue.models import Course
from schoolbell.kit.refusals import InputRefused, Refusal
from schoolbell.people.models import Instructor
from schoolbell.people.queries import payer_of
from schoolbell.planning.models import LessonRequest, Window
from schoolbell.planning.proposals import proposals
from schoolbell.planning.requests import (
    MOST_WINDOWS,
    NewRequest,
    add_lesson_request,
    lesson_requests,
    wanted_instructors,
    withdraw_lesson_request,
)
from schoolbell.schools.models import School
from schoolbell.web.entry import Visit
from schoolbell.web.office.forms import NamedChoice, OfficeForm, RowChoice, day_field, time_field
from schoolbell.web.office.frame import come_in, find, go, show
from schoolbell.web.office.listing import chip, chips, id_of, listing, one_of
from schoolbell.web.office.people_choice import STUDENTS, PersonChoice
from schoolbell.web.office.periods import today
from schoolbell.web.once import once
from schoolbell.web.templatetags.words import zone_name

STATES: Final = (
    ("open", gettext_lazy("Open")),
    ("placed", gettext_lazy("Placed")),
    ("withdrawn", gettext_lazy("Withdrawn")),
)
DAYS: Final = (
    (1, gettext_lazy("Monday")),
    (2, gettext_lazy("Tuesday")),
    (3, gettext_lazy("Wednesday")),
    (4, gettext_lazy("Thursday")),
    (5, gettext_lazy("Friday")),
    (6, gettext_lazy("Saturday")),
    (7, gettext_lazy("Sunday")),
)
DAY_WORDS: Final = dict(DAYS)
SHORT_DAYS: Final = (
    *("", gettext_lazy("Mon"), gettext_lazy("Tue"), gettext_lazy("Wed"), gettext_lazy("Thu")),
    *(gettext_lazy("Fri"), gettext_lazy("Sat"), gettext_lazy("Sun")),
)
CHOICES: Final = ("first", "second", "third")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request in a list. `windows` are said in the school's zone, or name their own."""

    request: LessonRequest
    windows: Sequence[str]
    instructors: str

    @property
    def is_open(self) -> bool:
        return self.request.status == LessonRequest.Status.OPEN


class RequestForm(OfficeForm):
    student = PersonChoice(
        STUDENTS, label=gettext_lazy("Student"), error_messages={"required": gettext_lazy("Choose who learns.")}
    )
    course = RowChoice(
        Course.objects.none(), label=gettext_lazy("Course"), empty_label=gettext_lazy("Choose a course"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose what is taught.")),
    )  # fmt: skip
    starts_on = day_field(gettext_lazy("From"), help_text=gettext_lazy("The first day on which there may be a lesson."))
    first = NamedChoice(
        Instructor.objects.none(), label=gettext_lazy("With whom, if they could choose"), required=False,
        empty_label=gettext_lazy("Whoever teaches it"),
    )  # fmt: skip
    second = NamedChoice(
        Instructor.objects.none(), label=gettext_lazy("Or with"), required=False,
        empty_label=gettext_lazy("Nobody else"),
    )  # fmt: skip
    third = NamedChoice(
        Instructor.objects.none(), label=gettext_lazy("Or else with"), required=False,
        empty_label=gettext_lazy("Nobody else"),
    )  # fmt: skip

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of_windows: list[str] = []
        courses = Course.objects.of(school).filter(is_active=True, format=Course.Format.ONE_TO_ONE)
        staff = Instructor.objects.of(school).filter(status=Instructor.Status.ACTIVE).select_related("person")
        rows = {
            "course": courses.select_related("school").order_by("name", "id"),
            **dict.fromkeys(CHOICES, staff.order_by("person__first_name", "person__last_name", "id")),
        }
        for name, found in rows.items():
            self.fields[name].queryset = found  # type: ignore[attr-defined]
        self.fields["student"].of(school)  # type: ignore[attr-defined]

    def refuse(self, refused: InputRefused) -> None:
        """What is wrong with the times is said beside them too."""
        self.of_windows = list(refused.errors.get("windows", []))
        super().refuse(
            InputRefused({"first" if name == "instructors" else name: words for name, words in refused.errors.items()})
        )

    def instructors(self) -> list[Instructor]:
        return [found for name in CHOICES if (found := self.cleaned_data[name])]


class WindowForm(OfficeForm):
    weekday = forms.TypedChoiceField(label=gettext_lazy("Day"), choices=DAYS, coerce=int)
    starts = time_field(gettext_lazy("From"))
    ends = time_field(gettext_lazy("Until"), help_text="")


Windows = forms.formset_factory(WindowForm, extra=0, min_num=1, max_num=MOST_WINDOWS, absolute_max=MOST_WINDOWS)


@require_safe
def request_list(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    state = one_of(request, "state", [value for value, _words in STATES], "open")
    found = listing(request, lesson_requests(visit.school, status=state))
    return show(
        visit,
        "requests",
        "requests",
        {
            "list": found,
            "requests": shown(found.items, visit.school),
            "chips": chips(chip(request, "state", _("State"), STATES)),
            "state": state,
            "may_propose": lesson_requests(visit.school, status="open").exists(),
            "proposals": list(proposals(visit.school)[:5]),
        },
    )


def shown(requests: Sequence[LessonRequest], school: School) -> list[Wanted]:
    """One query, however many there are."""
    instructors = wanted_instructors(requests)
    return [
        Wanted(
            one,
            [_said(window, one.timezone, school) for window in one.wanted],
            ", ".join(who.person.name for who in instructors[one.pk]),
        )
        for one in requests
    ]


def _said(window: Window, timezone: str, school: School) -> str:
    """“Mon 15:00–18:00”, with its zone where that is not the school's."""
    ends = "24:00" if window.ends == dt.time.min else f"{window.ends:%H:%M}"
    words = f"{SHORT_DAYS[window.weekday]} {window.starts:%H:%M}–{ends}"
    return words if timezone == school.timezone else f"{words} {zone_name(timezone)}"


@require_http_methods(["GET", "HEAD", "POST"])
@once
def new_request(request: HttpRequest, slug: str) -> HttpResponse:
    """With `do=more` it asks for one time more."""
    visit = come_in(request, slug)
    school = visit.school
    if request.method != "POST":
        initial = {"student": id_of(request, "student"), "course": id_of(request, "course"), "starts_on": today(school)}
        return _page(visit, RequestForm(school=school, initial=initial), Windows(prefix="time", initial=[{}]))
    if request.POST.get("do") == "more":
        typed = {name: request.POST.get(name, "") for name in request.POST}
        windows = Windows(prefix="time", initial=_one_more(request.POST))
        return _page(visit, RequestForm(school=school, initial=typed), windows)
    form, windows = RequestForm(request.POST, school=school), Windows(request.POST, prefix="time")
    if not (form.is_valid() & windows.is_valid()):
        return _page(visit, form, windows, status=422)
    try:
        made = add_lesson_request(_asked(form, windows), by=visit.actor)
    except InputRefused as refused:
        form.refuse(refused)
        return _page(visit, form, windows, status=422)
    except Refusal as refusal:
        return _page(visit, form, windows, refusal=refusal, status=refusal.status)
    messages.success(request, _("The request of %(name)s is kept.") % {"name": made.student.person.name})
    return go(visit, "requests/")


def _asked(form: RequestForm, windows: Any) -> NewRequest:
    """Whoever pays for the student pays for these lessons. Raises InputRefused."""
    student = form.cleaned_data["student"]
    return NewRequest(
        student=student,
        client=payer_of(student),
        course=form.cleaned_data["course"],
        windows=[Window(**one.cleaned_data) for one in windows if one.cleaned_data],
        starts_on=form.cleaned_data["starts_on"],
        instructors=form.instructors(),
    )


def _one_more(query: QueryDict) -> list[dict[str, Any]]:
    """The times that were typed, and the last one again a day later."""
    number = query.get("time-TOTAL_FORMS", "1")
    count = min(int(number) if number.isdecimal() and number.isascii() else 1, MOST_WINDOWS)
    names = ("weekday", "starts", "ends")
    typed = [{name: query.get(f"time-{place}-{name}", "") for name in names} for place in range(count)]
    if not typed or count == MOST_WINDOWS:
        return typed
    day = typed[-1]["weekday"]
    return [*typed, typed[-1] | {"weekday": int(day) % 7 + 1 if day in set("1234567") else 1}]


def _page(
    visit: Visit, form: RequestForm, windows: Any, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "times": windows,
        "mistakes": [form, *windows] if form.is_bound else [],
        "may_add": windows.total_form_count() < MOST_WINDOWS,
        "refusal": refusal,
        "has_courses": form.fields["course"].queryset.exists(),  # type: ignore[attr-defined]
    }
    return show(visit, "request_new", "requests", context, status=status)


@require_POST
def withdraw(request: HttpRequest, slug: str, request_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = find(lesson_requests(visit.school), request_id)
    try:
        withdraw_lesson_request(found, by=visit.actor)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The request of %(name)s is withdrawn.") % {"name": found.student.person.name})
    return go(visit, "requests/")
