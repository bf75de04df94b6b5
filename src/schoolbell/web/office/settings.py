"""`/office/settings/`: what the school decides for itself. Who it is and its rules; the rest has modules of its own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from schoolbell.access.school import change_policies, change_school
from schoolbell.diary.closures import closures_ahead
from schoolbell.diary.public_holidays import countries, holiday_region
from schoolbell.diary.school_hours import hours_of_school
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import zone_names
from schoolbell.schools.models import School
from schoolbell.schools.queries import lock_school
from schoolbell.web.entry import Visit
from schoolbell.web.office.closed_days import holidays_region
from schoolbell.web.office.forms import long_text
from schoolbell.web.office.frame import address, come_in, go, show
from schoolbell.web.office.known import KnownForm
from schoolbell.web.office.periods import today
from schoolbell.web.office.policy_forms import PolicyForm
from schoolbell.web.office.policy_words import ALL, GROUPS
from schoolbell.web.templatetags.words import counted


class SchoolForm(KnownForm):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, error_messages={"required": gettext_lazy("Give the school a name.")}
    )
    tagline = forms.CharField(
        label=gettext_lazy("In one line"), max_length=200, required=False,
        help_text=gettext_lazy("Stands under the name on your front page."),
    )  # fmt: skip
    about = long_text(gettext_lazy("About the school"), rows=4, required=False)
    colour = forms.RegexField(
        "^#[0-9a-fA-F]{6}$", label=gettext_lazy("Colour"), widget=forms.TextInput(attrs={"type": "color"}),
        help_text=gettext_lazy("Buttons and links take theirs from it, dark enough to be read."),
        error_messages=dict.fromkeys(("required", "invalid"), gettext_lazy("Write a colour such as #2f6f5e.")),
    )  # fmt: skip
    email = forms.EmailField(
        max_length=254,
        label=gettext_lazy("E-mail"), required=False,
        error_messages={"invalid": gettext_lazy("Write an address such as hello@example.org.")},
        help_text=gettext_lazy("Stands with phone and address at the foot of your pages, and on every order."),
    )  # fmt: skip
    phone = forms.CharField(
        label=gettext_lazy("Phone"), max_length=32, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    address = forms.CharField(label=gettext_lazy("Address"), max_length=300, required=False)
    bank_details = long_text(
        gettext_lazy("Where a transfer goes"), required=False,
        help_text=gettext_lazy("Name and account, as whoever pays needs them. The reference stands beside it."),
    )  # fmt: skip
    terms = long_text(
        gettext_lazy("Terms"), rows=5, required=False,
        help_text=gettext_lazy("Whoever books accepts them; each order keeps the words that it was booked under."),
    )  # fmt: skip
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        help_text=gettext_lazy("Its public holidays are followed under Closed days, if you like."),
    )
    timezone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("Opening hours and weekly lessons keep the zone that they were given."),
    )

    def __init__(self, data: Any, *, school: School) -> None:
        super().__init__(data, initial={name: getattr(school, name) for name in self.base_fields})
        known = dict(countries())
        known.setdefault(school.country, school.country)
        self.fields["country"].choices = list(known.items())  # type: ignore[attr-defined]
        self.fields["timezone"].choices = _zones()  # type: ignore[attr-defined]

    def clean_colour(self) -> str:
        return str(self.cleaned_data["colour"]).lower()


@require_safe
def settings_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What there is to decide, each with how it is now."""
    visit = come_in(request, slug)
    own = visit.school
    region = holiday_region(own)
    closed = closures_ahead(own, today=today(own)).filter(holiday="", kept_open_at__isnull=True).count()
    closed_words = [
        _("public holidays of %s") % holidays_region(region) if region else _("no public holidays"),
        counted(closed, _("closure of your own,closures of your own")) if closed else _("none of your own"),
    ]
    always = not hours_of_school(own).exists()
    parts = (
        ("settings/school/", "building-2", _("The school"), _("Name, colour, country, time zone")),
        ("settings/policies/", "list", _("Rules"), _("Booking, time between lessons, cancelling, paying")),
        ("settings/hours/", "clock", _("Opening hours"), _("Open at all times") if always else _("Open at set times")),
        ("settings/closed-days/", "calendar-days", _("Closed days"), ", ".join(closed_words)),
        ("settings/travel/", "car", _("Ways between places"), _("How long it takes from one venue to another")),
        ("sign-ins/", "users", _("Staff and sign-ins"), _("Who can sign in, and as whom")),
        ("files/", "download", _("Files"), _("What a spreadsheet holds, in; everything, out")),
    )
    rows = [
        {"href": address(visit, path), "icon": icon, "title": title, "words": words[:1].upper() + words[1:]}
        for path, icon, title, words in parts
    ]
    return show(visit, "settings", "settings", {"parts": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def school_settings(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    form = SchoolForm(request.POST if request.method == "POST" else None, school=_to_change(visit))
    if form.is_valid():
        try:
            change_school(visit.school, form.cleaned_data, by=visit.actor)
        except InputRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The school’s details are kept."))
            return go(visit, "settings/")
    context = {
        "form": form,
        "title": _("The school"),
        "sentence": _("What everybody sees on your pages."),
        "do": _("Keep the changes"),
        "back": address(visit, "settings/"),
    }
    return show(visit, "form", "settings", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def policies(request: HttpRequest, slug: str) -> HttpResponse:
    """One form of all groups: each has its button, which keeps what was typed in any of them."""
    visit = come_in(request, slug)
    form = PolicyForm(request.POST if request.method == "POST" else None, ALL, _to_change(visit).policies)
    if form.is_valid() and _changed(visit, form):
        messages.success(request, _("The rules are kept. They hold for what is booked from now on."))
        return go(visit, "settings/policies/")
    context = {
        "form": form,
        "groups": [(group, [form[one.key] for one in group.policies]) for group in GROUPS],
        "title": _("Rules"),
        "back": address(visit, "settings/"),
    }
    return show(visit, "policies", "settings", context, status=422 if form.is_bound else 200)


def _to_change(visit: Visit) -> School:
    """Once a form is sent, locked until it is written."""
    if visit.request.method != "POST":
        return visit.school
    return lock_school(visit.school.pk)


def _changed(visit: Visit, form: PolicyForm) -> bool:
    try:
        change_policies(visit.school, form.values(), by=visit.actor)
    except InputRefused as refused:
        form.refuse(refused)
        return False
    return True


def _zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """All of them, by continent."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(zone_names()):
        continent, _slash, place = name.partition("/")
        if place:
            groups.setdefault(continent, []).append((name, place.replace("_", " ")))
    return list(groups.items())
