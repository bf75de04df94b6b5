"""`/office/series/new/`: repeating a class; every class is seen before it is put on the timetable."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from schoolbell.planning.classes import NewSeries, create_series, preview_series
from schoolbell.web.office.frame import address, come_in, go
from schoolbell.web.office.periods import today
from schoolbell.web.office.previews import planned, typed
from schoolbell.web.office.series_forms import ClassForm
from schoolbell.web.office.steps import asked_of, in_steps
from schoolbell.web.once import once


@require_http_methods(["GET", "HEAD", "POST"])
@once
def new_series(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    initial = {"first_day": today(visit.school), "every": 1} | typed(request.GET, ClassForm)
    form = ClassForm(asked_of(request), school=visit.school, initial=initial)
    words = {
        "title": _("New series"),
        "sentence": _("A class that repeats. You see every class before it is put on the timetable."),
        "do": _("Put it on the timetable"),
        "back": address(visit, "series/"),
        "current": "sessions",
    }

    if not form.fields["course"].queryset.exists():  # type: ignore[attr-defined]
        words["no_course"] = _("A series is a course that repeats. There is no course yet.")

    def look(form: ClassForm) -> Mapping[str, Any]:
        lessons = preview_series(_asked(form))
        return {"added": planned(lessons, visit.school.zone), "named": form.cleaned_data["course"].name}

    def do(form: ClassForm) -> HttpResponse:
        made = create_series(_asked(form), by=visit.actor)
        messages.success(request, _("%(course)s is on the timetable.") % {"course": made.course.name})
        return go(visit, f"series/{made.pk}/")

    return in_steps(visit, form, words, look=look, do=do)


def _asked(form: ClassForm) -> NewSeries:
    values = form.cleaned_data
    return NewSeries(
        course=values["course"],
        rule=form.rule(),
        starts=values["starts"],
        first_day=values["first_day"],
        last_day=values["last_day"],
        instructors=form.instructors(),
        resource=values["resource"],
        capacity=values["capacity"],
        price=values["price"],
    )
