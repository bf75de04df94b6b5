"""`/office/instructors/`: who teaches, and when."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schoolbell.catalogue.models import Course, Qualification
from schoolbell.catalogue.qualifications import teach_only
from schoolbell.diary.models import Diary
from schoolbell.diary.times_off_ahead import requests_waiting
from schoolbell.kit.refusals import InputRefused
from schoolbell.people.actions import add_instructor, change_instructor, change_person
from schoolbell.people.models import Instructor, Person
from schoolbell.people.queries import people_matching
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows
from schoolbell.web.entry import Visit
from schoolbell.web.office.forms import MoneyField, RowChoices, long_text
from schoolbell.web.office.frame import address, come_in, find, find_to_change, go, show
from schoolbell.web.office.hours import drawn_week
from schoolbell.web.office.hours_section import HoursSection, Whose, remove_line
from schoolbell.web.office.listing import listing, text_of
from schoolbell.web.office.people_forms import PersonForm
from schoolbell.web.office.sessions import next_sessions
from schoolbell.web.once import once
from schoolbell.web.plain_forms import whole_number

STATUSES = {"active": gettext_lazy("Teaches"), "on_leave": gettext_lazy("On leave"), "left": gettext_lazy("Has left")}


class TeachingForm(PersonForm):
    """Somebody who teaches, and on what terms. `terms()` is what `add_instructor` and `change_instructor` take."""

    max_hours_per_week = whole_number(
        gettext_lazy("Most hours a week"), 1, 168, required=False,
        help_text=gettext_lazy("Empty: as the school’s rules say."),
    )  # fmt: skip
    about = long_text(gettext_lazy("About them"), required=False, help_text=gettext_lazy("Everybody can read it."))
    courses = RowChoices(
        Course.objects.none(), label=gettext_lazy("What they teach"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nothing chosen: every course. What is planned stays, whatever you choose."),
    )  # fmt: skip
    first_fields: tuple[str, ...] = (
        "first_name", "last_name", "email", "phone", "max_hours_per_week", "hourly_rate", "about",
    )  # fmt: skip

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = _("Hourly rate (%(currency)s)") % {"currency": school.currency}
        self.fields["hourly_rate"] = MoneyField(
            school.currency, label=label, required=False, help_text=_("For the office alone.")
        )
        self.fields["courses"].queryset = self._courses(school)  # type: ignore[attr-defined]
        self.order_fields(self.first_fields)

    def _courses(self, school: School) -> SchoolRows[Course]:
        """What is taught at present, and what they teach of what was."""
        on_offer = Q(is_active=True) | Q(id__in=self.initial.get("courses", []))
        return Course.objects.of(school).filter(on_offer).order_by("name", "id")

    def terms(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("max_hours_per_week", "hourly_rate", "about")}


class KnownInstructorForm(TeachingForm):
    status = forms.ChoiceField(
        label=gettext_lazy("Where they stand"), choices=list(STATUSES.items()),
        help_text=gettext_lazy("Who is on leave or has left can be booked no more. Lessons that are booked stay."),
    )  # fmt: skip
    first_fields = (*TeachingForm.first_fields[:-1], "status", "about")

    def __init__(self, *args: Any, instructor: Instructor, **kwargs: Any) -> None:
        names = ("max_hours_per_week", "hourly_rate", "about", "status")
        own = Qualification.objects.filter(school_id=instructor.school_id, instructor_id=instructor.pk)
        kwargs["initial"] = {name: getattr(instructor, name) for name in names}
        kwargs["initial"]["courses"] = list(own.values_list("course_id", flat=True))
        super().__init__(*args, person=instructor.person, **kwargs)

    def terms(self) -> dict[str, Any]:
        return super().terms() | {"status": self.cleaned_data["status"]}


@require_safe
def instructor_list(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    text = text_of(request)
    rows = Instructor.objects.of(visit.school).select_related("person")
    if text:
        rows = rows.filter(person_id__in=people_matching(visit.school, text).values("id"))
    found = listing(request, rows.order_by("person__first_name", "person__last_name", "id"))
    weeks = drawn_week(visit.school, [one.person.diary_id for one in found.items])
    context = {
        "list": found,
        "instructors": [(one, weeks[one.person.diary_id], STATUSES[one.status]) for one in found.items],
        "text": text,
        "asked_off": requests_waiting(visit.school).count(),
    }
    return show(visit, "instructors", "instructors", context)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def instructor(request: HttpRequest, slug: str, instructor_id: UUID) -> HttpResponse:
    """With a form for more hours: every week, or with `?on=day` on one day."""
    visit = come_in(request, slug)
    found = _find(visit, instructor_id)
    return _with_hours(visit, found, HoursSection(visit, _whose(visit, found)))


@require_POST
def remove_hours(request: HttpRequest, slug: str, instructor_id: UUID, hours_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = _find(visit, instructor_id)
    remove_line(visit, _whose(visit, found), hours_id)
    return go(visit, f"instructors/{found.pk}/")


@require_POST
@once
def put_back_hours(request: HttpRequest, slug: str, instructor_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = _find(visit, instructor_id)
    return _with_hours(visit, found, HoursSection(visit, _whose(visit, found), is_back=True))


def _with_hours(visit: Visit, found: Instructor, section: HoursSection) -> HttpResponse:
    """The page; and on from hours that are sent."""
    if section.add(Diary(id=found.person.diary_id, school=visit.school)):
        return go(visit, f"instructors/{found.pk}/")
    qualified = Qualification.objects.of(visit.school).filter(instructor_id=found.pk).select_related("course")
    context = {
        "instructor": found,
        "status": STATUSES[found.status],
        "week": drawn_week(visit.school, [found.person.diary_id])[found.person.diary_id],
        "courses": [one.course for one in qualified.order_by("course__name")],
        "sessions": next_sessions(visit, instructor_id=found.pk),
    }
    status = 422 if section.form.is_bound else 200
    return show(visit, "instructor", "instructors", section.context | context, status=status)


def _whose(visit: Visit, instructor: Instructor) -> Whose:
    diary = Diary(id=instructor.person.diary_id, school=visit.school)
    timezone = instructor.person.timezone or visit.school.timezone
    return Whose(instructor.person.name, diary, timezone, f"instructors/{instructor.pk}/")


@require_http_methods(["GET", "HEAD", "POST"])
@once
def new_instructor(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    form = TeachingForm(request.POST or None, school=visit.school)
    if form.is_valid():
        try:
            made = _add(visit, form)
        except InputRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("%(name)s is added. When do they teach?") % {"name": made.person.name})
            return go(visit, f"instructors/{made.pk}/#add")
    context = {
        "form": form,
        "title": _("New instructor"),
        "do": _("Add the instructor"),
        "back": address(visit, "instructors/"),
    }
    return show(visit, "form", "instructors", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def edit_instructor(request: HttpRequest, slug: str, instructor_id: UUID) -> HttpResponse:
    """Name, how to reach them, where they stand, how much they teach and what."""
    visit = come_in(request, slug)
    find_to_change(request, Person.objects.of(visit.school), _find(visit, instructor_id).person_id)
    found = find_to_change(request, Instructor.objects.of(visit.school).select_related("person"), instructor_id)
    form = KnownInstructorForm(request.POST or None, school=visit.school, instructor=found)
    if form.is_valid():
        try:
            with transaction.atomic():
                person = change_person(found.person, form.new_person(), by=visit.actor)
                change_instructor(found, by=visit.actor, **form.terms())
                teach_only(found, form.cleaned_data["courses"], by=visit.actor)
        except InputRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("%(name)s’s details are kept.") % {"name": person.name})
            return go(visit, f"instructors/{found.pk}/")
    context = {
        "form": form,
        "title": _("Details of %(name)s") % {"name": found.person.name},
        "do": _("Keep the changes"),
        "back": address(visit, f"instructors/{found.pk}/"),
    }
    return show(visit, "form", "instructors", context, status=422 if form.is_bound else 200)


@transaction.atomic
def _add(visit: Visit, form: TeachingForm) -> Instructor:
    made = add_instructor(form.new_person(), school=visit.school, by=visit.actor, **form.terms())
    teach_only(made, form.cleaned_data["courses"], by=visit.actor)
    return made


def _find(visit: Visit, instructor_id: UUID) -> Instructor:
    return find(Instructor.objects.of(visit.school).select_related("person"), instructor_id)
