"""`/office/resources/`: what lessons happen in."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schoolbell.catalogue.models import ResourceKind
from schoolbell.diary.models import Diary
from schoolbell.kit.refusals import InputRefused
from schoolbell.timetable.actions import add_resource, change_resource
from schoolbell.timetable.models import Resource
from schoolbell.timetable.queries import as_counted
from schoolbell.web.entry import Visit
from schoolbell.web.office.forms import long_text
from schoolbell.web.office.frame import address, come_in, find, find_to_change, go, show
from schoolbell.web.office.hours import drawn_week
from schoolbell.web.office.hours_section import HoursSection, Whose, remove_line
from schoolbell.web.office.known import KnownForm
from schoolbell.web.office.listing import listing, text_of
from schoolbell.web.office.names import KINDS, choices
from schoolbell.web.office.sessions import next_sessions
from schoolbell.web.once import once
from schoolbell.web.plain_forms import whole_number

OF_A_BUILDING: Final = ("address_line1", "address_line2", "city", "postcode", "parking_info")
OF_A_ROOM_ONLINE: Final = ("meeting_url", "meeting_id", "passcode")


class ResourceForm(KnownForm):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, error_messages={"required": gettext_lazy("Give the place a name.")}
    )
    capacity = whole_number(gettext_lazy("Seats"), 1, 10_000, initial=12)
    address_line1 = forms.CharField(label=gettext_lazy("Address"), max_length=255, required=False)
    address_line2 = forms.CharField(label=gettext_lazy("Second line"), max_length=255, required=False)
    city = forms.CharField(label=gettext_lazy("City"), max_length=100, required=False)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=20, required=False)
    facilities = long_text(
        gettext_lazy("What there is"), rows=3, required=False,
        help_text=gettext_lazy("One thing on a line: projector, kitchen, step free."),
    )  # fmt: skip
    parking_info = long_text(gettext_lazy("Parking"), rows=2, required=False)
    meeting_url = forms.URLField(
        label=gettext_lazy("Address of the online room"), max_length=200, required=False, assume_scheme="https",
        error_messages={"invalid": gettext_lazy("Write an address such as https://meet.example.org/1.")},
    )  # fmt: skip
    meeting_id = forms.CharField(label=gettext_lazy("Meeting number"), max_length=100, required=False)
    passcode = forms.CharField(label=gettext_lazy("Passcode"), max_length=100, required=False)

    def __init__(self, *args: Any, resource: Resource | None = None, **kwargs: Any) -> None:
        self.known = _facilities(resource) if resource else {}
        self.is_known = resource is not None
        super().__init__(*args, **kwargs)

    def clean_facilities(self) -> dict[str, Any]:
        """What was there already keeps its value."""
        lines = filter(None, (line.strip() for line in self.cleaned_data["facilities"].splitlines()))
        known = {facility_words(name): name for name in self.known}
        return {known.get(line, line): self.known.get(known.get(line, line)) or True for line in lines}


class NewResourceForm(ResourceForm):
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=choices(KINDS))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["kind"])


class KnownResourceForm(ResourceForm):
    is_active = forms.BooleanField(
        label=gettext_lazy("In use"), required=False,
        help_text=gettext_lazy("Without it, nothing new is put there. What is there stays."),
    )  # fmt: skip

    def __init__(self, data: Any, *, resource: Resource) -> None:
        super().__init__(data, resource=resource)
        names = (name for name in self.fields if name != "facilities")
        self.initial = {name: getattr(resource, name) for name in names}
        self.initial["facilities"] = "\n".join(facility_words(name) for name, has in self.known.items() if has)
        is_online = resource.kind == ResourceKind.ONLINE_ROOM
        for name in OF_A_BUILDING if is_online else OF_A_ROOM_ONLINE:
            if not self.initial[name]:  # what is on file is shown, wherever it came from
                del self.fields[name]


def _facilities(resource: Resource) -> dict[str, Any]:
    return resource.facilities if isinstance(resource.facilities, dict) else {}


def facility_words(name: str) -> str:
    """As people read it: “Step free”."""
    return name.replace("_", " ").capitalize()


@require_safe
def resource_list(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    text = text_of(request)
    rows = Resource.objects.of(visit.school)
    if text:
        rows = rows.filter(name__icontains=text)
    found = listing(request, rows.order_by("-is_active", "kind", as_counted("name"), "id"))
    resources = [(one, KINDS[one.kind]) for one in found.items]
    return show(visit, "resources", "resources", {"list": found, "resources": resources, "text": text})


@require_http_methods(["GET", "HEAD", "POST"])
@once
def resource(request: HttpRequest, slug: str, resource_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = find(Resource.objects.of(visit.school), resource_id)
    section = HoursSection(visit, _whose(visit, found))
    return _with_hours(visit, found, section)


@require_POST
def remove_hours(request: HttpRequest, slug: str, resource_id: UUID, hours_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = find(Resource.objects.of(visit.school), resource_id)
    remove_line(visit, _whose(visit, found), hours_id)
    return go(visit, f"resources/{found.pk}/")


@require_POST
@once
def put_back_hours(request: HttpRequest, slug: str, resource_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = find(Resource.objects.of(visit.school), resource_id)
    return _with_hours(visit, found, HoursSection(visit, _whose(visit, found), is_back=True))


def _whose(visit: Visit, resource: Resource) -> Whose:
    diary = Diary(id=resource.diary_id, school=visit.school)
    return Whose(resource.name, diary, visit.school.timezone, f"resources/{resource.pk}/", always_open=True)


def _with_hours(visit: Visit, found: Resource, section: HoursSection) -> HttpResponse:
    """The page; and on from hours that are sent."""
    if section.add(Diary(id=found.diary_id, school=visit.school)):
        return go(visit, f"resources/{found.pk}/")
    week = drawn_week(visit.school, [found.diary_id])[found.diary_id]
    lines = (found.address_line1, found.address_line2, " ".join(filter(None, (found.city, found.postcode))))
    context = {
        "resource": found,
        "kind": KINDS[found.kind],
        "address": [line for line in lines if line],
        "week": week if week.total else None,
        "facilities": [facility_words(name) for name, has in _facilities(found).items() if has],
        "sessions": next_sessions(visit, resource_id=found.pk),
    }
    status = 422 if section.form.is_bound else 200
    return show(visit, "resource", "resources", section.context | context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def new_resource(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    form = NewResourceForm(request.POST or None)
    if form.is_valid():
        try:
            made = add_resource(visit.school, by=visit.actor, **form.cleaned_data)
        except InputRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("%(name)s is added.") % {"name": made.name})
            return go(visit, f"resources/{made.pk}/")
    context = {
        "form": form,
        "title": _("New place"),
        "sentence": _("A venue, an online room or a vehicle. Nothing is booked into it twice at a time."),
        "do": _("Add the place"),
        "back": address(visit, "resources/"),
    }
    return show(visit, "form", "resources", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def edit_resource(request: HttpRequest, slug: str, resource_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = find_to_change(request, Resource.objects.of(visit.school), resource_id)
    form = KnownResourceForm(request.POST or None, resource=found)
    if form.is_valid():
        try:
            kept = change_resource(found, by=visit.actor, **form.cleaned_data)
        except InputRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("%(name)s’s details are kept.") % {"name": kept.name})
            return go(visit, f"resources/{found.pk}/")
    context = {
        "form": form,
        "title": _("Details of %(name)s") % {"name": found.name},
        "sentence": _("What is planned there stays."),
        "do": _("Keep the changes"),
        "back": address(visit, f"resources/{found.pk}/"),
    }
    return show(visit, "form", "resources", context, status=422 if form.is_bound else 200)
