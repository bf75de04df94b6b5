"""`/office/instructors/<id>/absent/`: somebody is away; what becomes of each of their lessons, then all in one step."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from schoolbell.billing.rearranging import arrange_absence_and_settle
from schoolbell.diary.models import TimeOff
from schoolbell.diary.refusals import TimeOffAsked
from schoolbell.kit.refusals import InputRefused, Refusal
from schoolbell.people.models import Instructor
from schoolbell.planning.absence import Absence, preview_absence
from schoolbell.planning.rearranging import Step
from schoolbell.web.entry import Visit
from schoolbell.web.office.frame import address, come_in, find, go, show
from schoolbell.web.office.periods import today
from schoolbell.web.office.rearranging import days_said, rows_of, said, steps_sent, ticks_of
from schoolbell.web.once import once
from schoolbell.web.templatetags.words import when
from schoolbell.web.time_off_form import TimeOffForm


@require_http_methods(["GET", "HEAD", "POST"])
@once
def absent(request: HttpRequest, slug: str, instructor_id: UUID) -> HttpResponse:
    """First when; then every lesson with a choice; then it is done. With `time_off` it is known when."""
    visit = come_in(request, slug)
    found = find(Instructor.objects.of(visit.school).select_related("person__diary"), instructor_id)
    asked = request.POST if request.method == "POST" else request.GET
    if "time_off" in asked:
        return _of_time_off(visit, found, asked["time_off"])
    form = TimeOffForm(asked or None, initial={"first_day": today(visit.school), "last_day": today(visit.school)})
    during = form.during(visit.school.zone) if form.is_valid() else None
    if during is None:
        return _ask(visit, found, form)
    values = form.cleaned_data
    whole_days = not values["starts"] and not values["ends"]
    words = days_said(values["first_day"], values["last_day"]) if whole_days else when(during, visit.school.zone)
    seen = _Seen(words, {name: form[name].value() or "" for name in form.fields}, address(visit, _path(found)))
    absence = Absence(visit.school, found, during, values["reason"])
    try:
        return _arrange(visit, absence, seen)
    except InputRefused as refused:
        form.refuse(refused)
        return _ask(visit, found, form)
    except TimeOffAsked as asked_for:
        return _ask(visit, found, form, refusal=asked_for)


def _of_time_off(visit: Visit, instructor: Instructor, asked: str) -> HttpResponse:
    """The time off that was asked for, or approved before."""
    own = TimeOff.objects.of(visit.school).filter(diary_id=instructor.person.diary_id)
    try:
        time_off = find(own, UUID(asked))
    except ValueError:
        raise Http404 from None
    during = time_off.during
    seen = _Seen(when(during, visit.school.zone), {"time_off": str(time_off.pk)}, address(visit, "time-off/"))
    return _arrange(visit, Absence(visit.school, instructor, during, time_off.reason, time_off), seen)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the page says of an absence: when it is, what is sent along, and where one came from."""

    words: str
    sent: dict[str, str]
    back: str


def _arrange(visit: Visit, absence: Absence, seen: _Seen) -> HttpResponse:
    """Show what it meets, or see to it. Raises: InputRefused, TimeOffAsked."""
    if visit.request.method != "POST":
        return _look(visit, absence, seen)
    steps = steps_sent(visit.request.POST)
    try:
        waives = "waive_students" in visit.request.POST
        done = arrange_absence_and_settle(absence, steps, waive_students=waives, by=visit.actor)
    except (InputRefused, TimeOffAsked):
        raise
    except Refusal as refusal:
        return _look(visit, absence, seen, steps=steps, refusal=refusal)
    name = absence.instructor.person.name
    messages.success(visit.request, _("%(name)s is away.") % {"name": name} + " " + said(done))
    return go(visit, "time-off/" if absence.time_off else _path(absence.instructor))


def _path(instructor: Instructor) -> str:
    return f"instructors/{instructor.pk}/"


def _ask(
    visit: Visit, instructor: Instructor, form: TimeOffForm, *, refusal: TimeOffAsked | None = None
) -> HttpResponse:
    context = {
        "refusal": refusal,
        "form": form,
        "instructor": instructor,
        "title": _("%(name)s is away") % {"name": instructor.person.name},
        "back": address(visit, _path(instructor)),
    }
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return show(visit, "absence", "instructors", context, status=status)


def _look(
    visit: Visit,
    absence: Absence,
    seen: _Seen,
    *,
    steps: list[Step] | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    found = preview_absence(absence)
    context: dict[str, Any] = {
        "title": _("%(name)s is away") % {"name": absence.instructor.person.name},
        "sentence": seen.words,
        "rows": rows_of(found, visit.school.zone, chosen={step.session_id: step for step in steps or ()}),
        "sent": seen.sent,
        "refusal": refusal,
        "ticks": ticks_of(refusal),
        "ticked": visit.request.POST,
        "do": _("See to all of them") if found else _("Write the absence down"),
        "back": seen.back,
    }
    return show(visit, "rearrange", "instructors", context, status=refusal.status if refusal else 200)
