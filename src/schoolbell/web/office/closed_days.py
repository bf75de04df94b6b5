"""`/office/settings/closed-days/`: days on which the school is closed, its own and public holidays."""

import datetime as dt
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from schoolbell.diary.closures import add_closure, close_again, closures_ahead, keep_open, remove_closure
from schoolbell.diary.models import Closure, HolidayRegion
from schoolbell.diary.public_holidays import (
    countries,
    follow_holidays,
    holiday_region,
    subdivisions,
    unfollow_holidays,
)
from schoolbell.kit.refusals import InputRefused, Refusal
from schoolbell.planning.closed_ahead import lessons_on_each
from schoolbell.web.entry import Visit
from schoolbell.web.office.forms import OfficeForm, day_field
from schoolbell.web.office.frame import address, come_in, find, go, show
from schoolbell.web.office.periods import today
from schoolbell.web.office.rearranging import days_said
from schoolbell.web.once import once

SHOWN_AHEAD: Final = dt.timedelta(days=370)
WITH_ARTICLE: Final = ("Bahamas", "Comoros", "Gambia", "Maldives", "Netherlands", "Philippines", "Seychelles")


class ClosureForm(OfficeForm):
    """One day, or several."""

    first_day = day_field(gettext_lazy("First day"))
    last_day = day_field(gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty: one day."))
    name = forms.CharField(
        label=gettext_lazy("Why"), max_length=200, help_text=gettext_lazy("Everybody can read it."),
        error_messages={"required": gettext_lazy("Say why the school is closed, such as Half term.")},
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@once
def closed_days(request: HttpRequest, slug: str) -> HttpResponse:
    """What is closed, and a form for more. `?later` shows also what is more than a year ahead."""
    visit = come_in(request, slug)
    form = ClosureForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        values = form.cleaned_data
        last_day = values["last_day"] or values["first_day"]
        try:
            closure = add_closure(visit.school, values["first_day"], last_day, values["name"], by=visit.actor)
        except InputRefused as refused:
            form.refuse(refused)
        else:
            return _closed(visit, closure)
    return _page(visit, form)


def _closed(visit: Visit, closure: Closure) -> HttpResponse:
    """To the lessons that are on then, if there are any."""
    days = days_said(closure.first_day, closure.last_day)
    number = lessons_on_each(visit.school, [closure]).get(closure.pk, 0)
    if not number:
        messages.success(visit.request, _("The school is closed %(days)s. Nothing was planned then.") % {"days": days})
        return go(visit, "settings/closed-days/")
    messages.success(visit.request, _("The school is closed %(days)s. Now see to what was planned.") % {"days": days})
    return go(visit, f"closures/{closure.pk}/lessons/")


@require_POST
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    """The holidays of a country or a region of it; no country: none any more."""
    visit = come_in(request, slug)
    country, subdivision = request.POST.get("country", ""), request.POST.get("subdivision", "")
    if not country:
        unfollow_holidays(visit.school, by=visit.actor)
        messages.success(request, _("Public holidays close nothing any more."))
        return go(visit, "settings/closed-days/")
    try:
        region = follow_holidays(visit.school, country, subdivision, by=visit.actor)
    except InputRefused as refused:
        messages.error(request, " ".join(one for told in refused.errors.values() for one in told))
    else:
        words = _("The school keeps the public holidays of %s. Lessons that are planned then are named below.")
        messages.success(request, words % holidays_region(region))
    return go(visit, "settings/closed-days/")


@require_POST
def remove(request: HttpRequest, slug: str, closure_id: UUID) -> HttpResponse:
    return _changed(request, slug, closure_id, remove_closure, _("The school is open %s after all."))


@require_POST
def keep(request: HttpRequest, slug: str, closure_id: UUID) -> HttpResponse:
    return _changed(request, slug, closure_id, keep_open, _("The school is open %s. It stays so every time."))


@require_POST
def close(request: HttpRequest, slug: str, closure_id: UUID) -> HttpResponse:
    return _changed(request, slug, closure_id, close_again, _("The school is closed %s."))


def _changed(request: HttpRequest, slug: str, closure_id: UUID, act: Callable[..., Any], words: str) -> HttpResponse:
    visit = come_in(request, slug)
    closure = find(Closure.objects.of(visit.school), closure_id)
    try:
        act(closure, by=visit.actor)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words % days_said(closure.first_day, closure.last_day))
    return go(visit, "settings/closed-days/")


def _page(visit: Visit, form: ClosureForm) -> HttpResponse:
    day = today(visit.school)
    every = list(closures_ahead(visit.school, today=day))
    wants_all = "later" in visit.request.GET
    shown = [one for one in every if wants_all or one.first_day < day + SHOWN_AHEAD]
    lessons = lessons_on_each(visit.school, shown)
    region = holiday_region(visit.school)
    asked = visit.request.GET.get("country", "")
    country = asked if asked in countries() else region.country if region else visit.school.country
    context = {
        "form": form,
        "closures": [
            (one, days_said(one.first_day, one.last_day), _lessons(lessons.get(one.pk, 0))) for one in shown
        ],
        "later": len(every) - len(shown),
        "region": region_name(region) if region else "",
        "countries": list(countries().items()),
        "country": country,
        "regions": [("", _("All of %s") % countries()[country] if subdivisions(country)
                     else countries()[country]), *subdivisions(country).items()] if country in countries() else [],
        "subdivision": region.subdivision if region and region.country == country else "",
        "back": address(visit, "settings/"),
    }  # fmt: skip
    return show(visit, "closed_days", "settings", context, status=422 if form.is_bound else 200)


def region_name(region: HolidayRegion) -> str:
    """“United Kingdom, England”."""
    country = countries().get(region.country, region.country)
    part = subdivisions(region.country).get(region.subdivision, region.subdivision)
    return f"{country}, {part}" if part else country


def holidays_region(region: HolidayRegion) -> str:
    """“the United Kingdom, England”, as one says whose holidays they are."""
    name = region_name(region)
    country = name.partition(",")[0]
    needs_article = country.startswith(("United ", "Isle of ", "DR ")) or country.endswith(("Islands", "Republic"))
    return _("the %s") % name if needs_article or country in WITH_ARTICLE else name


def _lessons(number: int) -> str:
    return ngettext("%d lesson is on", "%d lessons are on", number) % number if number else ""
