"""`/office/weekly/<id>/…`: weekly lessons change, pause, go on and end, each after a look at the lessons."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.kit.time import Stretch
from schoolbell.planning.pausing import (
    change_weekly,
    end_enrollment,
    pause_enrollment,
    preview_end,
    preview_pause,
    preview_resume,
    preview_weekly_change,
    resume_enrollment,
)
from schoolbell.web.entry import Visit
from schoolbell.web.office.class_seats import switch
from schoolbell.web.office.frame import address, come_in, find, go
from schoolbell.web.office.periods import day_of, today
from schoolbell.web.office.previews import changes, counted, planned, said_first, ticks_for
from schoolbell.web.office.series_forms import LastDayForm, PauseForm, ResumeForm, WeeklyChangeForm
from schoolbell.web.office.steps import asked_of, in_steps, seen_of, ways_of
from schoolbell.web.office.weekly import weekly_of
from schoolbell.web.once import once
from schoolbell.web.rule_words import said_series


@require_http_methods(["GET", "HEAD", "POST"])
@once
def weekly_change(request: HttpRequest, slug: str, enrollment_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = find(weekly_of(visit), enrollment_id)
    words = _words(visit, found, _("Change the lessons of %(name)s"), _("Change the lessons"))
    if found.in_class:
        return switch(visit, found, words)
    day = day_of(request.GET.get("first_day"), max(today(visit.school), found.series.starts_on))
    form = WeeklyChangeForm(asked_of(request), series=found.series, first_day=day)

    def look(form: WeeklyChangeForm) -> Mapping[str, Any]:
        change = form.change()
        reached = preview_weekly_change(found, first_day=form.cleaned_data["first_day"], change=change)
        return {
            "changes": changes(reached.ahead, visit.school.zone),
            "added": planned(reached.added, visit.school.zone),
            "ticks": ticks_for(reached.ahead),
            "seen": reached.seen,
            "counted": f"{counted(reached.ahead, reached.added)} {said_first(reached, change.rule)}".rstrip(),
        }

    def do(form: WeeklyChangeForm) -> HttpResponse:
        first_day, change = form.cleaned_data["first_day"], form.change(seen=seen_of(request))
        change_weekly(found, first_day=first_day, change=change, by=visit.actor, **ways_of(request))
        return _done(visit, found, _("The lessons of %(name)s are changed. The family is told."))

    return in_steps(visit, form, words, look=look, do=do)


@require_http_methods(["GET", "HEAD", "POST"])
def weekly_pause(request: HttpRequest, slug: str, enrollment_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = find(weekly_of(visit), enrollment_id)
    form = PauseForm(asked_of(request), initial={"from_day": today(visit.school)})
    words = _words(visit, found, _("Pause the lessons of %(name)s"), _("Pause the lessons"))

    def do(form: PauseForm) -> HttpResponse:
        pause_enrollment(found, **form.cleaned_data, by=visit.actor)
        return _done(visit, found, _("The lessons of %(name)s pause. The family is told."))

    return in_steps(visit, form, words, look=lambda form: _going(preview_pause(found, **form.cleaned_data)), do=do)


@require_http_methods(["GET", "HEAD", "POST"])
def weekly_resume(request: HttpRequest, slug: str, enrollment_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = find(weekly_of(visit), enrollment_id)
    form = ResumeForm(asked_of(request), initial={"on": today(visit.school)})
    words = _words(visit, found, _("Resume the lessons of %(name)s"), _("Resume the lessons"))

    def do(form: ResumeForm) -> HttpResponse:
        resume_enrollment(found, on=form.cleaned_data["on"], by=visit.actor)
        return _done(visit, found, _("The lessons of %(name)s go on. The family is told."))

    def look(form: ResumeForm) -> Mapping[str, Any]:
        lessons = preview_resume(found, on=form.cleaned_data["on"])
        return {"added": planned(lessons, visit.school.zone), "named": found.student.person.name}

    return in_steps(visit, form, words, look=look, do=do)


@require_http_methods(["GET", "HEAD", "POST"])
def weekly_end(request: HttpRequest, slug: str, enrollment_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = find(weekly_of(visit), enrollment_id)
    form = LastDayForm(asked_of(request), initial={"last_day": today(visit.school)})
    words = _words(visit, found, _("End the lessons of %(name)s"), _("End the lessons")) | {"kind": "error"}

    def do(form: LastDayForm) -> HttpResponse:
        end_enrollment(found, last_day=form.cleaned_data["last_day"], by=visit.actor)
        return _done(visit, found, _("The lessons of %(name)s end. The family is told."))

    return in_steps(visit, form, words, look=lambda form: _going(preview_end(found, **form.cleaned_data)), do=do)


def _words(visit: Visit, found: Enrollment, title: str, do: str) -> dict[str, Any]:
    return {
        "title": title % {"name": found.student.person.name},
        "sentence": f"{found.course.name}: {said_series(found.series)}",
        "do": do,
        "back": address(visit, f"weekly/{found.pk}/"),
        "current": "sessions",
    }


def _going(lessons: Sequence[Booking]) -> dict[str, Any]:
    words = ngettext("One lesson is cancelled.", "%(number)s lessons are cancelled.", len(lessons))
    return {
        "going": [
            (Stretch(one.session.starts_at, one.session.ends_at), one.reference, f"bookings/{one.pk}/")
            for one in lessons
        ],
        "counted": words % {"number": len(lessons)} if lessons else _("No lesson is cancelled."),
    }


def _done(visit: Visit, found: Enrollment, words: str) -> HttpResponse:
    messages.success(visit.request, words % {"name": found.student.person.name})
    return go(visit, f"weekly/{found.pk}/")
