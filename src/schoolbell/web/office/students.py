"""`/office/students/`: who learns."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from schoolbell.billing.queries import balances_of
from schoolbell.bookings.models import Enrollment
from schoolbell.bookings.queries import students_seen_by
from schoolbell.bookings.search import bookings_about
from schoolbell.journal.queries import records_about, records_of
from schoolbell.kit.refusals import InputRefused
from schoolbell.people.actions import add_student, change_person, change_student
from schoolbell.people.models import Guardianship, Person, Student
from schoolbell.people.queries import people_matching
from schoolbell.web.entry import Visit
from schoolbell.web.office.bookings import shown as shown_bookings
from schoolbell.web.office.frame import address, come_in, find, find_to_change, go, show
from schoolbell.web.office.listing import chip, chips, listing, one_of, text_of, with_
from schoolbell.web.office.names import STUDENT_STATUS
from schoolbell.web.office.people_forms import StandingForm, StudentForm
from schoolbell.web.office.periods import today
from schoolbell.web.office.timeline import timeline
from schoolbell.web.once import once

AGES = {"child": gettext_lazy("Child"), "teen": gettext_lazy("Teenager"), "adult": gettext_lazy("Adult")}


@require_safe
def student_list(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    school, text = visit.school, text_of(request)
    rows = students_seen_by(visit.actor, school).filter(person__archived_at__isnull=True)
    status = one_of(request, "status", STUDENT_STATUS)
    if status:
        rows = rows.filter(status=status)
    if text:
        rows = rows.filter(person_id__in=people_matching(school, text).values("id"))
    found = listing(request, rows.order_by("person__last_name", "person__first_name", "id"))
    bonds = guardians_of(visit, [one.pk for one in found.items])
    context = {
        "list": found,
        "students": [(one, bonds.get(one.pk, []), age_of(one, visit)) for one in found.items],
        "chips": chips(chip(request, "status", _("Where they stand"), STUDENT_STATUS.items())),
        "text": text,
        "hidden": [("status", status)] if status else [],
        "is_filtered": bool(status),
        "clear": with_(request.GET, status=""),
    }
    return show(visit, "students", "students", context)


@require_safe
def student(request: HttpRequest, slug: str, student_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = _find(visit, student_id)
    bonds = guardians_of(visit, [found.pk]).get(found.pk, [])
    clients = [bond.client for bond in bonds]
    balances = balances_of(clients)
    records = [
        *records_about(visit.school, student_ids=[found.pk])[:15],
        *records_of(visit.school, [found.person_id])[:5],
    ]
    records.sort(key=lambda one: one.created_at, reverse=True)
    weekly = Enrollment.objects.of(visit.school).filter(student_id=found.pk, type=Enrollment.Type.WEEKLY_RECURRING)
    has_weekly = weekly.exists()
    context = {
        "student": found,
        "age": age_of(found, visit),
        "status": STUDENT_STATUS[found.status],
        "bonds": [(bond, balances[bond.client_id]) for bond in bonds],
        "rows": shown_bookings(list(bookings_about(visit.school, student_ids=[found.pk])[:10])),
        "has_weekly": has_weekly,
        "weekly_href": address(visit, f"weekly/{'' if has_weekly else 'new/'}?student={found.pk}"),
        "entries": timeline(records, visit.school, with_bookings=True),
    }
    return show(visit, "student", "students", context)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def new_student(request: HttpRequest, slug: str) -> HttpResponse:
    """An adult who books for themselves; a child is added to its family."""
    visit = come_in(request, slug)
    form = StudentForm(request.POST or None)
    if form.is_valid():
        try:
            level = form.cleaned_data["skill_level"]
            made = add_student(form.new_person(), school=visit.school, by=visit.actor, skill_level=level)
        except InputRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("%(name)s is added.") % {"name": made.person.name})
            return go(visit, f"students/{made.pk}/")
    context = {
        "form": form,
        "title": _("New student"),
        "sentence": _("Somebody who learns and pays for themselves. A child is added on its family’s page."),
        "do": _("Add the student"),
        "back": address(visit, "students/"),
    }
    return show(visit, "form", "students", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def edit_student(request: HttpRequest, slug: str, student_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    find_to_change(request, Person.objects.of(visit.school), _find(visit, student_id).person_id)
    found = find_to_change(request, students_seen_by(visit.actor, visit.school), student_id)
    form = StandingForm(request.POST or None, student=found)
    if form.is_valid():
        try:
            with transaction.atomic():
                person = change_person(found.person, form.new_person(), by=visit.actor)
                values = form.cleaned_data
                change_student(found, by=visit.actor, status=values["status"], skill_level=values["skill_level"])
        except InputRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("%(name)s’s details are kept.") % {"name": person.name})
            return go(visit, f"students/{found.pk}/")
    context = {
        "form": form,
        "title": _("Details of %(name)s") % {"name": found.person.name},
        "do": _("Keep the changes"),
        "back": address(visit, f"students/{found.pk}/"),
    }
    return show(visit, "form", "students", context, status=422 if form.is_bound else 200)


def guardians_of(visit: Visit, student_ids: list[UUID]) -> dict[UUID, list[Guardianship]]:
    """Per student who answers for them, the first to call first."""
    found: dict[UUID, list[Guardianship]] = {}
    bonds = Guardianship.objects.of(visit.school).filter(student_id__in=student_ids).select_related("client__person")
    for bond in bonds.order_by("-is_primary", "id"):
        found.setdefault(bond.student_id, []).append(bond)
    return found


def age_of(found: Student, visit: Visit) -> str:
    """“9, child”; empty when the date of birth is not known."""
    day = today(visit.school)
    age = found.person.age_on(day)
    return "" if age is None else f"{age}, {str(AGES[found.age_group(day)]).lower()}"


def _find(visit: Visit, student_id: UUID) -> Student:
    return find(students_seen_by(visit.actor, visit.school), student_id)
