"""`/office/settings/hours/`: when the school itself is open."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from schoolbell.diary.models import SchoolDiary
from schoolbell.diary.school_hours import hours_of_school, school_diary
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
    context = {"title": _("Opening hours of the school"), "back": address(visit, "settings/")}
    status = 422 if section.form.is_bound else 200
    return show(visit, "school_hours", "settings", section.context | context, status=status)


@require_POST
def remove_hours(request: HttpRequest, slug: str, hours_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    remove_line(request, visit, hours_of_school(visit.school), hours_id, name=visit.school.name)
    return go(visit, PATH)


def _whose(visit: Visit) -> Whose:
    row = SchoolDiary.objects.of(visit.school).select_related("diary").first()
    return Whose(visit.school.name, row.diary if row else None, visit.school.timezone, PATH, always_open=True)
