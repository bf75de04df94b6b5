"""`/office/settings/hours/`: when the school itself is open."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from schoolbell.diary.models import SchoolDiary
from schoolbell.diary.school_hours import school_diary
from schoolbell.web.entry import Visit
from schoolbell.web.office.frame import address, come_in, go, show
from schoolbell.web.office.hours_section import HoursSection, Whose, remove_line
from schoolbell.web.once import once

PATH = "settings/hours/"


@require_http_methods(["GET", "HEAD", "POST"])
@once
def school_hours(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    section = HoursSection(visit, _whose(visit))
    if request.method == "POST" and section.form.is_valid() and section.add(school_diary(visit.school)):
        return go(visit, PATH)
    return _page(visit, section)


@require_POST
def remove_hours(request: HttpRequest, slug: str, hours_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    remove_line(visit, _whose(visit), hours_id)
    return go(visit, PATH)


@require_POST
@once
def put_back_hours(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    section = HoursSection(visit, _whose(visit), is_back=True)
    if section.form.is_valid() and section.add(school_diary(visit.school)):
        return go(visit, PATH)
    return _page(visit, section)


def _page(visit: Visit, section: HoursSection) -> HttpResponse:
    context = {"title": _("Opening hours of the school"), "back": address(visit, "settings/")}
    status = 422 if section.form.is_bound else 200
    return show(visit, "school_hours", "settings", section.context | context, status=status)


def _whose(visit: Visit) -> Whose:
    row = SchoolDiary.objects.of(visit.school).select_related("diary").first()
    return Whose(visit.school.name, row.diary if row else None, visit.school.timezone, PATH, always_open=True)
