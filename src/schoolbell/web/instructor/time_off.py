"""`/teach/time-off/`: an instructor sees which lessons time off would meet, asks for it, and takes it back."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from schoolbell.diary.models import Diary, TimeOff
from schoolbell.diary.time_off import ask_for_time_off, withdraw_time_off
from schoolbell.diary.times_off_ahead import times_off_ahead
from schoolbell.kit.refusals import InputRefused, Refusal
from schoolbell.kit.time import Stretch, zone
from schoolbell.people.models import Instructor
from schoolbell.planning.occurrences import students_of
from schoolbell.planning.rearranging import sessions_within
from schoolbell.schools.rows import SchoolRows
from schoolbell.timetable.clashes import lessons_of
from schoolbell.web.entry import Visit
from schoolbell.web.instructor.frame import address, come_in, frame
from schoolbell.web.office.previews import names_of, sent_by, typed
from schoolbell.web.office.steps import asked_of
from schoolbell.web.once import once
from schoolbell.web.templatetags.words import when
from schoolbell.web.time_off_form import TimeOffForm


@require_http_methods(["GET", "HEAD", "POST"])
@once
def time_off(request: HttpRequest, slug: str) -> HttpResponse:
    """What was asked for and what became of it, and a form to ask for more. With `?look=1` it shows first which lessons
    would be met, a POST asks."""
    visit = come_in(request, slug)
    form = TimeOffForm(asked_of(request), initial=typed(request.GET, TimeOffForm))
    if request.method != "POST" and form.is_valid() and (during := form.during(_zone(visit))):
        return _look(visit, form, during)
    if form.is_valid() and (asked := _ask(visit, form)):
        words = _("You ask for time off %s. The office decides; until then you can be booked.")
        messages.success(request, words % when(asked.during, _zone(visit)))
        return HttpResponseRedirect(address(visit, "time-off/"))
    return _page(visit, form)


@require_POST
def withdraw(request: HttpRequest, slug: str, time_off_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = _own(visit).filter(id=time_off_id).first()
    if found is None:
        raise Http404
    try:
        withdraw_time_off(found, by=visit.actor)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("You are not off %s.") % when(found.during, _zone(visit)))
    return HttpResponseRedirect(address(visit, "time-off/"))


def _ask(visit: Visit, form: TimeOffForm) -> TimeOff | None:
    during = form.during(_zone(visit))
    if during is None:
        return None
    diary = Diary(id=_diary_id(visit), school=visit.school)
    try:
        return ask_for_time_off(diary, during, reason=form.cleaned_data["reason"], by=visit.actor)
    except InputRefused as refused:
        form.refuse(refused)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
    return None


def _look(visit: Visit, form: TimeOffForm, during: Stretch) -> HttpResponse:
    own = Instructor.objects.of(visit.school).select_related("person").get(person_id=visit.actor.me)
    found = sessions_within(visit.school, during, instructor=own)
    students = students_of(found)
    sent = sent_by(form)
    context = {
        "during": during,
        "own_zone": _zone(visit),
        "lessons": [(one, Stretch(one.starts_at, one.ends_at), names_of(students[one.pk])) for one in found],
        "sent": sent,
        "again": f"?{urlencode(sent)}#add",
    }
    return visit.render("web/instructor/time_off_look.html", frame(visit, "time-off") | context)


def _page(visit: Visit, form: TimeOffForm) -> HttpResponse:
    found = list(_own(visit))
    lessons = lessons_of(visit.school, [(one.diary_id, one.during) for one in found])
    context: dict[str, Any] = {
        "form": form,
        "times_off": list(zip(found, lessons, strict=True)),
        "own_zone": _zone(visit),
    }
    template, status = "web/instructor/time_off.html", 422 if form.is_bound else 200
    return visit.render(template, frame(visit, "time-off") | context, status=status)


def _own(visit: Visit) -> SchoolRows[TimeOff]:
    return times_off_ahead(visit.school).filter(diary_id=_diary_id(visit))


def _diary_id(visit: Visit) -> UUID:
    if visit.person is None:
        raise Http404
    diary_id: UUID = visit.person.diary_id
    return diary_id


def _zone(visit: Visit) -> ZoneInfo:
    own = visit.person.timezone if visit.person else ""
    return zone(own) if own else visit.school.zone
