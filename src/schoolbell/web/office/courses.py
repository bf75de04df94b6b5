"""`/office/courses/`: what is taught."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from schoolbell.catalogue.actions import add_course
from schoolbell.catalogue.models import Course
from schoolbell.catalogue.queries import instructors_of
from schoolbell.kit.refusals import InputRefused
from schoolbell.schools.models import School
from schoolbell.schools.presets import PRESETS
from schoolbell.web.office.forms import MoneyField, long_text
from schoolbell.web.office.frame import address, come_in, find, go, show
from schoolbell.web.office.known import KnownForm
from schoolbell.web.office.listing import listing, text_of
from schoolbell.web.office.names import DELIVERIES, FORMATS, KINDS, choices, course_lines, course_price
from schoolbell.web.office.policy_words import difference
from schoolbell.web.office.sessions import next_sessions
from schoolbell.web.once import once
from schoolbell.web.plain_forms import percent, whole_number

PRICE_PER = {"lesson": gettext_lazy("a lesson"), "course": gettext_lazy("the whole course")}


class DetailsForm(KnownForm):
    """What a course says of itself, whatever is on the timetable."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, error_messages={"required": gettext_lazy("Give the course a name.")}
    )
    description = long_text(gettext_lazy("What it is, and for whom"), required=False)
    age_min = whole_number(gettext_lazy("Youngest age"), 0, 120, required=False)
    age_max = whole_number(gettext_lazy("Oldest age"), 0, 120, required=False)
    min_students = whole_number(
        gettext_lazy("Runs from so many students"), 1, 1000, required=False,
        help_text=gettext_lazy("People read it before they book. Nothing is cancelled by itself."),
    )  # fmt: skip
    difficulty = forms.CharField(
        label=gettext_lazy("Level"), max_length=50, required=False, help_text=gettext_lazy("Such as beginners, or B1.")
    )
    total_minutes = whole_number(
        gettext_lazy("Minutes of all its lessons together"), 5, 1_000_000, required=False,
        help_text=gettext_lazy("Where it has an end. People read it beside how long a lesson is."),
    )  # fmt: skip
    certification_validity_years = whole_number(
        gettext_lazy("Years for which its certificate is good"), 1, 100, required=False,
        help_text=gettext_lazy("Empty: it is not said."),
    )  # fmt: skip
    first_fields = (
        "name", "description", "deposit", "trial_price", "age_min", "age_max", "min_students", "difficulty",
        "total_minutes", "certification_validity_years",
    )  # fmt: skip

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = {"currency": school.currency}
        self.fields["deposit"] = MoneyField(
            school.currency, label=_("Deposit (%(currency)s)") % unit, required=False,
            help_text=_("Where a deposit confirms the booking."),
        )  # fmt: skip
        self.fields["trial_price"] = MoneyField(
            school.currency, label=_("Price of a trial (%(currency)s)") % unit, required=False,
            help_text=_("Left empty: there is no trial."),
        )  # fmt: skip


class CourseForm(DetailsForm):
    """`values()` is what `add_course` takes."""

    is_known = False
    format = forms.ChoiceField(label=gettext_lazy("Form"), choices=choices(FORMATS), initial="group")
    delivery = forms.ChoiceField(label=gettext_lazy("Where"), choices=choices(DELIVERIES), initial="at_venue")
    resource_kind = forms.ChoiceField(
        label=gettext_lazy("A lesson on demand needs"), required=False,
        choices=choices(KINDS, blank=gettext_lazy("No place of its own")),
    )  # fmt: skip
    duration_minutes = whole_number(gettext_lazy("Minutes of a lesson"), 5, 1440, initial=60)
    capacity = whole_number(
        gettext_lazy("Seats at most"), 1, 1000, initial=12,
        help_text=gettext_lazy("One to one always has one."),
    )  # fmt: skip
    price_per = forms.ChoiceField(label=gettext_lazy("The price is for"), choices=choices(PRICE_PER), initial="lesson")
    tax_percent = percent(gettext_lazy("Tax in the price (%)"))

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, school=school, **kwargs)
        unit = {"currency": school.currency}
        self.fields["price"] = MoneyField(school.currency, label=_("Price (%(currency)s)") % unit, initial=0)
        if preset := PRESETS.get(school.preset):
            self.initial.setdefault("certification_validity_years", preset.certification_validity_years)
        types = school.policies.course_types
        if types:
            self.fields["type"] = forms.ChoiceField(label=_("Type"), choices=[(one, one) for one in types])
        self.order_fields([
            "name", "description", "type", "format", "delivery", "resource_kind", "duration_minutes", "capacity",
            "price", "price_per", "deposit", "trial_price", "tax_percent", "age_min", "age_max",
            "min_students", "difficulty", "total_minutes", "certification_validity_years",
        ])  # fmt: skip

    def values(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        values["tax_rate"] = int(values.pop("tax_percent") * 100)
        values["deposit"] = values["deposit"] or 0
        if values["format"] == Course.Format.ONE_TO_ONE:
            values["capacity"] = 1  # as it says beside the field
            values["min_students"] = None
        return values


@require_safe
def course_list(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    text = text_of(request)
    rows = Course.objects.of(visit.school)
    if text:
        rows = rows.filter(name__icontains=text)
    found = listing(request, rows.order_by("-is_active", "name", "id"))
    lines = course_lines(found.items, visit.school)
    courses = [(one, lines[one.pk], course_price(one, visit.school)) for one in found.items]
    return show(visit, "courses", "courses", {"list": found, "courses": courses, "text": text})


@require_safe
def course(request: HttpRequest, slug: str, course_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = find(Course.objects.of(visit.school).select_related("school"), course_id)
    context = {
        "course": found,
        "line": course_lines([found], visit.school)[found.pk],
        "price": course_price(found, visit.school),
        "place": KINDS.get(found.resource_kind, ""),
        "tax": f"{found.tax_rate / 100:g}",
        "teachers": list(instructors_of(found)),
        "own_rules": difference(found.overrides, visit.school.policies),
        "sessions": next_sessions(visit, course_id=found.pk),
    }
    return show(visit, "course", "courses", context)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def new_course(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    form = CourseForm(request.POST or None, school=visit.school)
    if form.is_valid():
        try:
            made = add_course(visit.school, by=visit.actor, **form.values())
        except InputRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("%(name)s is added. When is it taught?") % {"name": made.name})
            return go(visit, f"courses/{made.pk}/")
    context = {"form": form, "title": _("New course"), "do": _("Add the course"), "back": address(visit, "courses/")}
    return show(visit, "form", "courses", context, status=422 if form.is_bound else 200)
