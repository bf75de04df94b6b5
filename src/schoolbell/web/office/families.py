"""`/office/families/`: clients, and the students they answer for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from schoolbell.billing.queries import account_of, balances_of
from schoolbell.bookings.search import bookings_about
from schoolbell.journal.queries import records_about, records_of
from schoolbell.kit.refusals import InputRefused
from schoolbell.people.actions import add_client, add_student, change_person
from schoolbell.people.models import Client, Guardianship, Person, Student
from schoolbell.people.queries import clients_at, clients_seen_by, people_matching, students_of
from schoolbell.web.entry import Visit
from schoolbell.web.office.bookings import shown as shown_bookings
from schoolbell.web.office.frame import address, come_in, find, find_to_change, go, show
from schoolbell.web.office.listing import listing, text_of
from schoolbell.web.office.people_forms import ChildForm, ClientForm
from schoolbell.web.office.timeline import timeline
from schoolbell.web.once import once


@dataclass(frozen=True, slots=True)
class Family:
    """A client with their students. `balance`: what they have with the school; below nothing, what they owe."""

    client: Client
    students: Sequence[Student]
    balance: int

    @property
    def owes(self) -> int:
        return max(-self.balance, 0)

    @property
    def has_credit(self) -> int:
        return max(self.balance, 0)


@require_safe
def family_list(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    school, text = visit.school, text_of(request)
    rows = clients_seen_by(visit.actor, school).filter(person__archived_at__isnull=True)
    if text:
        people = people_matching(school, text).values("id")
        bonds = Guardianship.objects.of(school).filter(student__person_id__in=people)
        rows = rows.filter(Q(person_id__in=people) | Q(id__in=bonds.values("client_id")))
    found = listing(request, rows.order_by("person__last_name", "person__first_name", "person__organisation", "id"))
    return show(visit, "families", "families", {"list": found, "families": families(found.items), "text": text})


def families(clients: Sequence[Client]) -> list[Family]:
    """Two queries, however many there are."""
    students, balances = students_of(clients), balances_of(clients)
    return [Family(one, students[one.pk], balances[one.pk]) for one in clients]


@require_safe
def family(request: HttpRequest, slug: str, client_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    client = _find(visit, client_id)
    bookings = list(bookings_about(visit.school, client_id=client.pk)[:10])
    records = list(records_about(visit.school, client_id=client.pk)[:15])
    records += records_of(visit.school, [client.person_id])[:5]
    records.sort(key=lambda one: one.created_at, reverse=True)
    (found,) = families([client])
    context = {
        "family": found,
        "account": account_of(client, school=visit.school, balance=found.balance),
        "rows": shown_bookings(bookings),
        "same_address": list(clients_at(client.person.email, visit.school, apart_from=client)[:5]),
        "entries": timeline(records, visit.school, with_bookings=True),
    }
    return show(visit, "family", "families", context)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def new_family(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    form = ClientForm(request.POST or None)
    if form.is_valid():
        try:
            client = add_client(form.new_person(), school=visit.school, by=visit.actor)
        except InputRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("%(name)s is added. Who learns?") % {"name": client.person.name})
            return go(visit, f"families/{client.pk}/")
    words = {"title": _("New family"), "sentence": _("Who books and pays: a parent, an adult who learns, an employer.")}
    return _form(visit, form, words | {"do": _("Add the family"), "back": address(visit, "families/")})


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def edit_family(request: HttpRequest, slug: str, client_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    client = _find(visit, client_id)
    known = find_to_change(request, Person.objects.of(visit.school), client.person_id)
    form = ClientForm(request.POST or None, person=known)
    if form.is_valid():
        try:
            person = change_person(known, form.new_person(), by=visit.actor)
        except InputRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("%(name)s’s details are kept.") % {"name": person.name})
            return go(visit, f"families/{client.pk}/")
    words = {"title": _("Details of %(name)s") % {"name": client.person.name}, "do": _("Keep the changes")}
    return _form(visit, form, words | {"back": address(visit, f"families/{client.pk}/")})


@require_http_methods(["GET", "HEAD", "POST"])
@once
def new_child(request: HttpRequest, slug: str, client_id: UUID) -> HttpResponse:
    """A student for whom this client answers."""
    visit = come_in(request, slug)
    client = _find(visit, client_id)
    form = ChildForm(request.POST or None, initial={"last_name": client.person.last_name})
    if form.is_valid():
        try:
            student = add_student(
                form.new_person(),
                school=visit.school,
                by=visit.actor,
                skill_level=form.cleaned_data["skill_level"],
                guardian=client,
                relationship=form.cleaned_data["relationship"],
            )
        except InputRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("%(name)s is added.") % {"name": student.person.name})
            return go(visit, f"families/{client.pk}/")
    words = {"title": _("New student for %(name)s") % {"name": client.person.name}, "do": _("Add the student")}
    return _form(visit, form, words | {"back": address(visit, f"families/{client.pk}/")})


def _find(visit: Visit, client_id: UUID) -> Client:
    return find(clients_seen_by(visit.actor, visit.school), client_id)


def _form(visit: Visit, form: ClientForm | ChildForm, words: dict[str, Any]) -> HttpResponse:
    return show(visit, "form", "families", {"form": form} | words, status=422 if form.is_bound else 200)
