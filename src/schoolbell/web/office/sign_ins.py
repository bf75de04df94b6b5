"""`/office/sign-ins/`: who runs the school, and who signs in as the person that they are."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from schoolbell.access.models import Staff
from schoolbell.access.staff import AlreadyStaff, LastOwner, add_staff, remove_staff, staff_of
from schoolbell.kit.refusals import InputRefused, NotAllowed
from schoolbell.people.models import Client, Instructor, Person, Student
from schoolbell.people.sign_ins import (
    AnotherSignsIn,
    SignIn,
    SignsInAlready,
    give_sign_in,
    login_for,
    sign_ins_of,
    take_sign_in,
)
from schoolbell.schools.actor import Role
from schoolbell.schools.rows import SchoolRows
from schoolbell.web.entry import Visit
from schoolbell.web.office.forms import OfficeForm
from schoolbell.web.office.frame import address, come_in, find, go, show
from schoolbell.web.office.listing import listing
from schoolbell.web.once import once

ROLE_WORDS = {Role.OWNER: gettext_lazy("Owner"), Role.ADMIN: gettext_lazy("Office")}
PEOPLE = (
    (Instructor, gettext_lazy("Instructor")),
    (Client, gettext_lazy("Client")),
    (Student, gettext_lazy("Student")),
)


class SignInForm(OfficeForm):
    email = forms.EmailField(
        max_length=254,
        label=gettext_lazy("E-mail"), help_text=gettext_lazy("With it they sign in."),
        error_messages={
            "required": gettext_lazy("Write the address with which they sign in."),
            "invalid": gettext_lazy("Write an address such as robin@example.org."),
        },
    )  # fmt: skip
    password = forms.CharField(
        label=gettext_lazy("First password"), required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Tell it to them yourself. Who signs in with this address already keeps their own."),
    )  # fmt: skip


class StaffForm(SignInForm):
    role = forms.ChoiceField(label=gettext_lazy("What they may do"))

    def __init__(self, *args: Any, by: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(Role.ADMIN.value, _("Everything but owners")), (Role.OWNER.value, _("Everything"))]
        self.fields["role"].choices = choices if by == Role.OWNER else choices[:1]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@once
def sign_ins(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody who can sign in. A POST lets somebody into the office."""
    visit = come_in(request, slug)
    form = StaffForm(request.POST or None, by=visit.actor.role)
    if form.is_valid():
        try:
            with transaction.atomic():
                sign_in = _login(form)
                add_staff(visit.school, sign_in.user, Role(form.cleaned_data["role"]), by=visit.actor)
        except InputRefused as refused:
            form.refuse(refused)
        except (AlreadyStaff, NotAllowed) as refused:
            form.add_error("email", str(refused))
        else:
            messages.success(request, _given(sign_in, sign_in.user.email))
            return go(visit, "sign-ins/")
    found = listing(request, sign_ins_of(visit.school))
    context = {
        "form": form,
        "staff": [(one, ROLE_WORDS[Role(one.role)], _may_remove(visit, one)) for one in staff_of(visit.school)],
        "list": found,
        "people": _with_roles(visit, found.items),
    }
    return show(visit, "sign_ins", "settings", context, status=422 if form.is_bound else 200)


@require_POST
def remove(request: HttpRequest, slug: str, staff_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    staff = find(staff_of(visit.school), staff_id)
    try:
        remove_staff(staff, by=visit.actor)
    except (LastOwner, NotAllowed) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(email)s cannot come into the office any more.") % {"email": staff.user.email})
        if visit.user is not None and staff.user_id == visit.user.pk:
            return HttpResponseRedirect("/")
    return go(visit, "sign-ins/")


@require_http_methods(["GET", "HEAD", "POST"])
@once
def of_person(request: HttpRequest, slug: str, person_id: UUID) -> HttpResponse:
    """Let an instructor, client or student sign in."""
    visit = come_in(request, slug)
    person = find(Person.objects.of(visit.school).select_related("user"), person_id)
    form = SignInForm(request.POST or None, initial={"email": person.email})
    if form.is_valid():
        try:
            values = form.cleaned_data
            sign_in = give_sign_in(person, email=values["email"], password=values["password"], by=visit.actor)
        except InputRefused as refused:
            form.refuse(refused)
        except (SignsInAlready, AnotherSignsIn) as refused:
            form.add_error("email", str(refused))
        else:
            messages.success(request, _given(sign_in, person.name))
            return go(visit, "sign-ins/")
    context = {"form": form, "person": person, "back": address(visit, "sign-ins/")}
    return show(visit, "sign_in_of_person", "settings", context, status=422 if form.is_bound else 200)


@require_POST
def take(request: HttpRequest, slug: str, person_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    rows: SchoolRows[Person] = sign_ins_of(visit.school)
    person = find(rows, person_id)
    take_sign_in(person, by=visit.actor)
    messages.success(request, _("%(name)s cannot sign in any more.") % {"name": person.name})
    return go(visit, "sign-ins/")


def _login(form: StaffForm) -> SignIn:
    return login_for(form.cleaned_data["email"], form.cleaned_data["password"])


def _given(sign_in: SignIn, name: str) -> str:
    if sign_in.is_new:
        return _("%(name)s can sign in now. Tell them the password.") % {"name": name}
    return _("%(name)s can sign in now, with the password that they have already.") % {"name": name}


def _may_remove(visit: Visit, staff: Staff) -> bool:
    return visit.actor.role == Role.OWNER or staff.role != Role.OWNER


def _with_roles(visit: Visit, people: Sequence[Person]) -> list[tuple[Person, str]]:
    """Everybody with what they are. Three queries, whatever their number."""
    ids = [one.pk for one in people]
    words: dict[UUID, list[str]] = {one: [] for one in ids}
    for role, word in PEOPLE:
        of_role = role.objects.filter(school_id=visit.school.pk, person_id__in=ids)
        for person_id in of_role.values_list("person_id", flat=True):
            words[person_id].append(str(word))
    return [(one, ", ".join(words[one.pk]) or _("Office")) for one in people]
