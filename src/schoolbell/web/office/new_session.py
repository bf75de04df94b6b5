"""`/office/sessions/new/`: putting a session on the timetable."""

import datetime as dt
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from schoolbell.bookings.sessions import NewSession, create_session
from schoolbell.catalogue.models import Course
from schoolbell.diary.closures import closed_on
from schoolbell.diary.refusals import PlaceClosed, SchoolClosed, TimeTaken
from schoolbell.kit.refusals import InputRefused, Refusal
from schoolbell.kit.time import Stretch, instant
from schoolbell.people.models import Instructor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Session
from schoolbell.timetable.queries import as_counted, who_is_taken
from schoolbell.timetable.refusals import AgainstRules
from schoolbell.web.entry import Visit
from schoolbell.web.office.forms import (
    MoneyField,
    NamedChoice,
    NamedChoices,
    OfficeForm,
    RowChoice,
    day_field,
    long_text,
    time_field,
)
from schoolbell.web.office.frame import come_in, go, show
from schoolbell.web.office.listing import id_of
from schoolbell.web.office.periods import day_of, today
from schoolbell.web.once import once
from schoolbell.web.plain_forms import whole_number
from schoolbell.web.templatetags.words import when_here

MOST_TIMES: Final = 20  # more in one form nobody fills in by hand


class SessionForm(OfficeForm):
    course = RowChoice(
        Course.objects.none(),
        label=gettext_lazy("Course"),
        empty_label=gettext_lazy("Choose a course"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose what is taught.")),
    )
    lead = NamedChoice(
        Instructor.objects.none(), label=gettext_lazy("Who teaches"), required=False,
        empty_label=gettext_lazy("Nobody yet"),
    )  # fmt: skip
    others = NamedChoices(
        Instructor.objects.none(), label=gettext_lazy("Who teaches with them"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    resource = RowChoice(
        Resource.objects.none(),
        label=gettext_lazy("Where"),
        required=False,
        empty_label=gettext_lazy("No place needed"),
        help_text=gettext_lazy("Taught online, it needs its room: without one, whoever books has no way in."),
    )
    capacity = whole_number(
        gettext_lazy("Seats"), 1, 1000, required=False,
        help_text=gettext_lazy("Left empty: as many as the course and the place allow."),
    )  # fmt: skip
    type = forms.ChoiceField(
        label=gettext_lazy("Kind"), initial=Session.Type.REGULAR, widget=forms.RadioSelect,
        choices=[(Session.Type.REGULAR, gettext_lazy("Regular")), (Session.Type.TRIAL, gettext_lazy("Trial"))],
    )  # fmt: skip
    choose_slots = forms.BooleanField(label=gettext_lazy("Students may take some of the times only"), required=False)
    despite_closed = forms.BooleanField(
        label=gettext_lazy("Put it there all the same: we are closed then, but it takes place"), required=False
    )
    despite_rules = forms.BooleanField(
        label=gettext_lazy("Put it there all the same: the rules between lessons do not matter here"), required=False
    )
    notes = long_text(gettext_lazy("Note for the office"), required=False)

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of_times: list[str] = []
        self.fields["price"] = MoneyField(
            school.currency,
            label=_("Price (%(currency)s)") % {"currency": school.currency},
            required=False,
            help_text=_("Left empty: the course’s own."),
        )
        staff = Instructor.objects.of(school).exclude(status="left").select_related("person")
        choices = {
            "course": Course.objects.of(school).filter(is_active=True).order_by("name", "id"),
            "lead": staff.order_by("person__first_name", "person__last_name", "id"),
            "others": staff.order_by("person__first_name", "person__last_name", "id"),
            "resource": Resource.objects.of(school).filter(is_active=True).order_by(as_counted("name"), "id"),
        }
        for name, rows in choices.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def refuse(self, refused: InputRefused) -> None:
        """What is wrong with the times is said beside them too."""
        self.of_times = refused.errors.get("slots", [])
        renamed = {"lead" if name == "instructors" else name: words for name, words in refused.errors.items()}
        super().refuse(InputRefused(renamed))

    def instructors(self) -> list[Instructor]:
        """The leading one first, each once."""
        lead = self.cleaned_data["lead"]
        others = list(self.cleaned_data["others"])
        return [lead, *(one for one in others if one != lead)] if lead else others


class TimeForm(OfficeForm):
    """One stretch of time, by the school's clock."""

    date = day_field(gettext_lazy("Day"))
    starts = time_field(gettext_lazy("From"))
    ends = time_field(gettext_lazy("Until"))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        starts, ends = values.get("starts"), values.get("ends")
        if starts and ends and ends <= starts and ends != dt.time.min:
            self.add_error("ends", _("It ends before it starts. 00:00 is the end of the day."))
        return values

    def stretch(self, school: School) -> Stretch:
        """Raises InputRefused where the clocks leave nothing of it."""
        day, starts, ends = (self.cleaned_data[name] for name in ("date", "starts", "ends"))
        last = day + dt.timedelta(days=1) if ends == dt.time.min else day
        try:
            return Stretch(instant(day, starts, school.zone), instant(last, ends, school.zone))
        except ValueError:
            raise InputRefused.of("ends", _("The clocks change then: choose another time.")) from None


Times = forms.formset_factory(TimeForm, extra=0, min_num=1, max_num=MOST_TIMES, absolute_max=MOST_TIMES)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def new_session(request: HttpRequest, slug: str) -> HttpResponse:
    """With `do=more` it asks for one time more; with `do=publish` it opens the session too."""
    visit = come_in(request, slug)
    if request.method != "POST":
        course = id_of(request, "course")
        form = SessionForm(
            school=visit.school,
            initial={"course": course, "lead": id_of(request, "instructor"), "resource": id_of(request, "place")},
        )
        first = {"date": day_of(request.GET.get("day"), today(visit.school)), "starts": request.GET.get("at", "")}
        return _page(visit, form, Times(prefix="time", initial=[first]))
    if request.POST.get("do") == "more":
        return _page(
            visit,
            SessionForm(school=visit.school, initial=_typed(request.POST)),
            Times(prefix="time", initial=_one_more(request.POST)),
        )
    form = SessionForm(request.POST, school=visit.school)
    times = Times(request.POST, prefix="time")
    if not (form.is_valid() & times.is_valid()):
        for words in times.non_form_errors():
            form.add_error(None, words)
        return _page(visit, form, times, status=422)
    publish = request.POST.get("do") == "publish"
    try:
        slots = sorted(one.stretch(visit.school) for one in times if one.cleaned_data)
        made = create_session(_asked(form, slots), school=visit.school, by=visit.actor, publish=publish)
    except InputRefused as refused:
        form.refuse(refused)
        return _page(visit, form, times, status=422)
    except Refusal as refusal:
        clashes = who_is_taken(form.instructors(), form.cleaned_data["resource"], slots)
        closed = _closed_days(visit.school, slots) if isinstance(refusal, SchoolClosed) else ""
        return _page(visit, form, times, refusal=refusal, clashes=clashes, closed=closed, status=refusal.status)
    words = _("%(course)s is open for booking.") if publish else _("%(course)s is kept as a draft. Nobody sees it yet.")
    messages.success(request, words % {"course": made.course.name})
    return go(visit, f"sessions/{made.pk}/")


def _closed_days(school: School, slots: list[Stretch]) -> str:
    """What closes the school at some of these times, by name; nothing where only its hours do."""
    found = [name for during in slots for _closed, name in closed_on(school, during)]
    return ", ".join(dict.fromkeys(found))


def _asked(form: SessionForm, slots: list[Stretch]) -> NewSession:
    values = form.cleaned_data
    return NewSession(
        course=values["course"],
        slots=slots,
        instructors=form.instructors(),
        resource=values["resource"],
        capacity=values["capacity"],
        price=values["price"],
        type=values["type"],
        choose_slots=values["choose_slots"],
        notes=values["notes"],
        despite_closed=values["despite_closed"],
        despite_rules=values["despite_rules"],
    )


def _typed(query: QueryDict) -> dict[str, Any]:
    """What was typed, to be shown again before it is judged."""
    return {name: query.getlist(name) if name == "others" else query.get(name, "") for name in query}


def _one_more(query: QueryDict) -> list[dict[str, Any]]:
    """The times that were typed, and the last one again a day later."""
    number = query.get("time-TOTAL_FORMS", "1")
    count = min(int(number) if number.isdecimal() and number.isascii() else 1, MOST_TIMES)
    typed = [
        {name: query.get(f"time-{place}-{name}", "") for name in ("date", "starts", "ends")} for place in range(count)
    ]
    if not typed or count == MOST_TIMES:
        return typed
    after = dict(typed[-1])
    try:
        after["date"] = (dt.date.fromisoformat(after["date"]) + dt.timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        after["date"] = ""
    return [*typed, after]


def _page(
    visit: Visit,
    form: SessionForm,
    times: Any,
    *,
    refusal: Refusal | None = None,
    clashes: list[tuple[str, Stretch]] = [],  # noqa: B006 - never written
    closed: str = "",
    status: int = 200,
) -> HttpResponse:
    taken = [(name, when_here(during, visit.school.zone)) for name, during in clashes]
    context = {
        "form": form,
        "times": times,
        "mistakes": [form, *times] if form.is_bound else [],
        "may_add": times.total_form_count() < MOST_TIMES,
        "refusal": refusal,
        "is_time": isinstance(refusal, TimeTaken),
        "is_closed": isinstance(refusal, SchoolClosed | PlaceClosed) or bool(form["despite_closed"].value()),
        "is_ruled_out": isinstance(refusal, AgainstRules) or bool(form["despite_rules"].value()),
        "taken": taken,
        "closed": closed,
        "has_courses": form.fields["course"].queryset.exists(),  # type: ignore[attr-defined]
    }
    return show(visit, "session_new", "sessions", context, status=status)
