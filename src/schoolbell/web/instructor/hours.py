"""`/teach/hours/`: when an instructor can be booked."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from schoolbell.diary.models import Diary, OpeningHours
from schoolbell.diary.queries import hours_ahead
from schoolbell.kit.time import local_day, now, zone
from schoolbell.people.models import Person
from schoolbell.web.entry import Visit
from schoolbell.web.hours_back import form_again, take_away, undo, write_hours
from schoolbell.web.hours_words import Line, lines
from schoolbell.web.instructor.forms import KINDS, WEEKDAYS, EveryWeek, OneDay
from schoolbell.web.instructor.frame import address, come_in, frame
from schoolbell.web.once import once


@require_http_methods(["GET", "HEAD", "POST"])
@once
def hours(request: HttpRequest, slug: str) -> HttpResponse:
    """What there is, and a form for more: every week, or with `?on=day` on one day."""
    visit = come_in(request, slug)
    kind = request.GET.get("on", "week")
    asked = KINDS.get(kind, EveryWeek)
    form = asked(
        request.POST if request.method == "POST" else None,
        timezone=_timezone(visit),
        school_timezone=visit.school.timezone,
    )
    if request.method == "POST" and (added := _add(visit, form)):
        words = _("Closed %(hours)s.") if added.hours.closes else _("Open %(hours)s.")
        messages.success(request, words % {"hours": added})
        return HttpResponseRedirect(address(visit, "hours/"))
    return _page(visit, form, "day" if asked is OneDay else "week")


@require_POST
def remove(request: HttpRequest, slug: str, hours_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = OpeningHours.objects.of(visit.school).filter(id=hours_id, diary_id=_person(visit).diary_id).first()
    if found is None:
        raise Http404
    line = take_away(found, request, by=visit.actor)
    words = _("No longer closed %(hours)s.") if found.closes else _("No longer open %(hours)s.")
    messages.success(request, words % {"hours": line}, extra_tags=undo(line, address(visit, "hours/put-back")))
    return HttpResponseRedirect(address(visit, "hours/"))


@require_POST
@once
def put_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Hours that were just removed, as the address says them."""
    visit = come_in(request, slug)
    form = form_again(request, timezone=_timezone(visit))
    if added := _add(visit, form):
        words = _("Closed %(hours)s again.") if added.hours.closes else _("Open %(hours)s again.")
        messages.success(request, words % {"hours": added})
        return HttpResponseRedirect(address(visit, "hours/"))
    return _page(visit, form, "day" if isinstance(form, OneDay) else "week")


def _add(visit: Visit, form: EveryWeek | OneDay) -> Line | None:
    rows = write_hours(form, Diary(id=_person(visit).diary_id, school=visit.school), by=visit.actor)
    return lines(rows)[0] if rows else None


def _page(visit: Visit, form: EveryWeek | OneDay, kind: str) -> HttpResponse:
    found = hours_ahead(visit.school, _person(visit).diary_id, today=local_day(now(), zone(_timezone(visit))))
    weekly = [one for one in found if one.weekday]
    dates = lines(one for one in found if one.date)
    return visit.render(
        "web/instructor/hours.html",
        frame(visit, "hours")
        | {
            "form": form,
            "hours_kind": kind,
            "kinds": [
                {"words": words, "href": address(visit, f"hours/?on={name}#add"), "is_current": name == kind}
                for name, words in (("week", _("Every week")), ("day", _("One day")))
            ],
            "weekdays": [
                (name, own) for day, name in WEEKDAYS if (own := [one for one in weekly if one.weekday == day])
            ],
            "dates": dates,
            "hours_zone": _timezone(visit),
        },
        status=422 if form.is_bound else 200,
    )


def _person(visit: Visit) -> Person:
    if visit.person is None:
        raise Http404
    return visit.person


def _timezone(visit: Visit) -> str:
    timezone: str = _person(visit).timezone or visit.school.timezone
    return timezone
