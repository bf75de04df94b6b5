"""`/office/settings/travel/`: how long it takes between two venues, where that is not what the rules say."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from schoolbell.catalogue.models import ResourceKind
from schoolbell.kit.refusals import InputRefused
from schoolbell.schools.models import School
from schoolbell.timetable.actions import MOST_TRAVEL, set_travel
from schoolbell.timetable.models import Resource, Travel
from schoolbell.timetable.queries import as_counted
from schoolbell.web.office.durations import DurationField, said_minutes
from schoolbell.web.office.forms import OfficeForm, RowChoice
from schoolbell.web.office.frame import address, come_in, find, go, show
from schoolbell.web.once import once


class TravelForm(OfficeForm):
    minutes = DurationField(label=gettext_lazy("How long"), unit=1, least=0, most=MOST_TRAVEL)

    def __init__(self, data: Any, *, school: School) -> None:
        super().__init__(data)
        rows = Resource.objects.of(school).filter(kind=ResourceKind.VENUE, is_active=True)
        venues = rows.order_by(as_counted("name"), "id")
        errors = {"required": _("Choose a venue."), "invalid_choice": _("Choose a venue.")}
        for name, label in (("one", _("Between")), ("other", _("and"))):
            self.fields[name] = RowChoice(venues, label=label, empty_label="", error_messages=errors)
        self.order_fields(["one", "other", "minutes"])

    def refuse(self, refused: InputRefused) -> None:
        super().refuse(InputRefused({{"to": "other"}.get(name, name): told for name, told in refused.errors.items()}))


@require_http_methods(["GET", "HEAD", "POST"])
@once
def travel(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    form = TravelForm(request.POST if request.method == "POST" else None, school=visit.school)
    if form.is_valid():
        one, other, minutes = (form.cleaned_data[name] for name in ("one", "other", "minutes"))
        try:
            set_travel(one, other, minutes=minutes, by=visit.actor)
        except InputRefused as refused:
            form.refuse(refused)
        else:
            words = _("Between %(one)s and %(other)s: %(minutes)s.")
            messages.success(request, words % {"one": one.name, "other": other.name, "minutes": said_minutes(minutes)})
            return go(visit, "settings/travel/")
    rows = Travel.objects.of(visit.school).select_related("one", "other").order_by("one__name", "other__name", "id")
    context = {
        "form": form,
        "venues": form.fields["one"].queryset.count(),  # type: ignore[attr-defined]
        "ways": [(row, said_minutes(row.minutes)) for row in rows],
        "usual": said_minutes(visit.school.policies.travel_minutes),
        "back": address(visit, "settings/"),
    }
    return show(visit, "travel", "settings", context, status=422 if form.is_bound else 200)


@require_POST
def remove_travel(request: HttpRequest, slug: str, travel_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = find(Travel.objects.of(visit.school).select_related("one", "other"), travel_id)
    set_travel(found.one, found.other, minutes=None, by=visit.actor)
    words = _("Between %(one)s and %(other)s it is as the rules say.")
    messages.success(request, words % {"one": found.one.name, "other": found.other.name})
    return go(visit, "settings/travel/")
