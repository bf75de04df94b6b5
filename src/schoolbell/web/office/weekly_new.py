"""`/office/weekly/new/`: enrolling a student for a lesson every week, or every few; every lesson is seen first."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from schoolbell.people.queries import payer_of
from schoolbell.planning.skipped import preview_lessons
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.web.office.frame import address, come_in, go
from schoolbell.web.office.periods import today
from schoolbell.web.office.previews import planned, typed
from schoolbell.web.office.series_forms import WeeklyForm
from schoolbell.web.office.steps import asked_of, in_steps
from schoolbell.web.once import once


@require_http_methods(["GET", "HEAD", "POST"])
@once
def new_weekly(request: HttpRequest, slug: str) -> HttpResponse:
    """`?student=` and other fields prefill it."""
    visit = come_in(request, slug)
    initial = {"starts_on": today(visit.school)} | typed(request.GET, WeeklyForm)
    form = WeeklyForm(asked_of(request), school=visit.school, initial=initial)
    words = {
        "title": _("Enroll for weekly lessons"),
        "sentence": _(
            "One student, every week or every few, at the same time. You see every lesson before anything is booked."
        ),
        "do": _("Enroll"),
        "back": address(visit, "weekly/"),
        "current": "sessions",
    }

    if not form.fields["course"].queryset.exists():  # type: ignore[attr-defined]
        words["no_course"] = _("Weekly lessons are of a course that is taught one to one. There is none yet.")

    def look(form: WeeklyForm) -> Mapping[str, Any]:
        lessons = preview_lessons(_asked(form))
        return {
            "added": planned(lessons, visit.school.zone),
            "named": form.cleaned_data["student"].person.name,
            "may_not": bool(lessons) and all(one.reason for one in lessons),
        }

    def do(form: WeeklyForm) -> HttpResponse:
        made = enroll_weekly(_asked(form), by=visit.actor)
        messages.success(request, _("%(name)s is enrolled.") % {"name": made.student.person.name})
        return go(visit, f"weekly/{made.pk}/")

    return in_steps(visit, form, words, look=look, do=do)


def _asked(form: WeeklyForm) -> WeeklyPlan:
    """Whoever pays for the student pays for these lessons. Raises InputRefused."""
    values = form.cleaned_data
    student = values["student"]
    return WeeklyPlan(
        student=student,
        client=payer_of(student),
        course=values["course"],
        instructor=values["instructor"],
        weekday=values["weekday"],
        starts=values["starts"],
        starts_on=values["starts_on"],
        ends_on=values["ends_on"],
        resource=values["resource"],
        price=values["price"],
        every=values["every"],
    )
