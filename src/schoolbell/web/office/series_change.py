"""`/office/series/<id>/change/` and `/end/`: from a day on, after a look at every class and everybody who is booked."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from schoolbell.billing.series import change_series_and_settle, stop_series_and_settle
from schoolbell.kit.time import Stretch
from schoolbell.planning.series import preview_change
from schoolbell.planning.stopping import preview_stop
from schoolbell.planning.succession import who_goes_on
from schoolbell.web.office.frame import address, come_in, find, go
from schoolbell.web.office.periods import day_of, today
from schoolbell.web.office.previews import changes, counted, names_of, planned, said_first, ticks_for
from schoolbell.web.office.series import series_of
from schoolbell.web.office.series_forms import ClassChangeForm, LastDayForm
from schoolbell.web.office.steps import asked_of, in_steps, seen_of, ways_of
from schoolbell.web.once import once
from schoolbell.web.rule_words import said_series


@require_http_methods(["GET", "HEAD", "POST"])
@once
def series_change(request: HttpRequest, slug: str, series_id: UUID) -> HttpResponse:
    """`?first_day=` names the day from which it is meant. Another series that has taken over by then is changed."""
    visit = come_in(request, slug)
    found = find(series_of(visit.school), series_id)
    day = day_of(_first_day(request), max(today(visit.school), found.starts_on))
    found = find(series_of(visit.school), who_goes_on(found, day).pk)
    form = ClassChangeForm(asked_of(request), series=found, first_day=day)
    words = {
        "title": _("Change %(course)s") % {"course": found.course.name},
        "sentence": _("Now: %(days)s. You see every class, and who is booked, before anything is done.")
        % {"days": said_series(found)},
        "do": _("Change the series"),
        "back": address(visit, f"series/{found.pk}/"),
        "current": "sessions",
    }

    def look(form: ClassChangeForm) -> Mapping[str, Any]:
        change = form.change()
        reached = preview_change(found, first_day=form.cleaned_data["first_day"], change=change)
        return {
            "changes": changes(reached.ahead, visit.school.zone),
            "added": planned(reached.added, visit.school.zone),
            "ticks": ticks_for(reached.ahead),
            "counted": f"{counted(reached.ahead, reached.added)} {said_first(reached, change.rule)}".rstrip(),
            "may_not": any(one.is_crowded for one in reached.ahead),
            "seen": reached.seen,
        }

    def do(form: ClassChangeForm) -> HttpResponse:
        first_day, change = form.cleaned_data["first_day"], form.change(seen=seen_of(request))
        after = change_series_and_settle(found, first_day=first_day, change=change, by=visit.actor, **ways_of(request))
        messages.success(request, _("The series is changed. Everybody whose class changes is told."))
        return go(visit, f"series/{after.pk}/")

    return in_steps(visit, form, words, look=look, do=do)


def _first_day(request: HttpRequest) -> str | None:
    return (request.POST if request.method == "POST" else request.GET).get("first_day")


@require_http_methods(["GET", "HEAD", "POST"])
def series_end(request: HttpRequest, slug: str, series_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = find(series_of(visit.school), series_id)
    form = LastDayForm(asked_of(request), initial={"last_day": request.GET.get("last_day", today(visit.school))})
    words = {
        "title": _("End %(course)s") % {"course": found.course.name},
        "sentence": _("%(days)s. What is paid for classes that are cancelled becomes credit.")
        % {"days": said_series(found)},
        "do": _("End the series"),
        "back": address(visit, f"series/{found.pk}/"),
        "kind": "error",
        "current": "sessions",
    }

    def look(form: LastDayForm) -> Mapping[str, Any]:
        going = preview_stop(found, last_day=form.cleaned_data["last_day"])
        words = ngettext("One class is cancelled.", "%(number)s classes are cancelled.", len(going))
        return {
            "going": [
                (
                    Stretch(one.session.starts_at, one.session.ends_at),
                    names_of(one.students),
                    f"sessions/{one.session.pk}/",
                )
                for one in going
            ],
            "counted": words % {"number": len(going)} if going else _("No class is cancelled."),
        }

    def do(form: LastDayForm) -> HttpResponse:
        stop_series_and_settle(found, last_day=form.cleaned_data["last_day"], by=visit.actor)
        messages.success(request, _("The series ends. Everybody whose class is cancelled is told."))
        return go(visit, f"series/{found.pk}/")

    return in_steps(visit, form, words, look=look, do=do)
