"""A day that a series leaves out on purpose, on the page of the class or of a student's weekly lessons."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from schoolbell.kit.refusals import InputRefused
from schoolbell.planning.days_out import leave_out, put_back
from schoolbell.planning.refusals import NotSkipped
from schoolbell.timetable.models import Series
from schoolbell.web.entry import Visit
from schoolbell.web.office.frame import come_in, find, go
from schoolbell.web.office.series import series_of, series_page
from schoolbell.web.office.series_forms import DayForm
from schoolbell.web.office.weekly import weekly_of, weekly_page
from schoolbell.web.once import once
from schoolbell.web.templatetags.words import day as said_day

Page = Callable[[DayForm], HttpResponse]


@require_POST
@once
def series_leave_out(request: HttpRequest, slug: str, series_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = find(series_of(visit.school), series_id)
    return _leave_out(visit, found, f"series/{found.pk}/", lambda form: series_page(visit, found, form))


@require_POST
@once
def series_put_back(request: HttpRequest, slug: str, series_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    return _put_back(visit, find(series_of(visit.school), series_id), f"series/{series_id}/")


@require_POST
@once
def weekly_leave_out(request: HttpRequest, slug: str, enrollment_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = find(weekly_of(visit).filter(in_class=False), enrollment_id)
    return _leave_out(visit, found.series, f"weekly/{found.pk}/", lambda form: weekly_page(visit, found, form))


@require_POST
@once
def weekly_put_back(request: HttpRequest, slug: str, enrollment_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = find(weekly_of(visit).filter(in_class=False), enrollment_id)
    return _put_back(visit, found.series, f"weekly/{found.pk}/")


def _leave_out(visit: Visit, series: Series, path: str, page: Page) -> HttpResponse:
    form = DayForm(visit.request.POST)
    if not form.is_valid():
        return page(form)
    day = form.cleaned_data["day"]
    try:
        leave_out(series, day, by=visit.actor)
    except InputRefused as refused:
        form.refuse(refused)
        return page(form)
    messages.success(visit.request, _("%(day)s is left out. Nothing is put there.") % {"day": said_day(day)})
    return go(visit, path)


def _put_back(visit: Visit, series: Series, path: str) -> HttpResponse:
    form = DayForm(visit.request.POST)
    if not form.is_valid():
        raise Http404
    day = form.cleaned_data["day"]
    try:
        put_back(series, day, by=visit.actor)
    except NotSkipped:
        messages.info(visit.request, _("%(day)s is not left out any more.") % {"day": said_day(day)})
    else:
        messages.success(visit.request, _("%(day)s is wanted again.") % {"day": said_day(day)})
    return go(visit, path)
