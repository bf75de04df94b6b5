"""Signing in and out, by address and password."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from schoolbell.accounts.models import User
from schoolbell.accounts.queries import user_by_email
from schoolbell.demo import FILLERS
from schoolbell.demo.accounts import AREAS, PASSWORD, address
from schoolbell.schools.models import School
from schoolbell.web.homes import home_of
from schoolbell.web.missing import school_at
from schoolbell.web.plain_forms import PlainForm


class SignInForm(PlainForm):
    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        error_messages={
            "required": _("Write your e-mail address."),
            "invalid": _("Write an address such as robin@example.org."),
        },
    )  # fmt: skip
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Write your password.")},
    )  # fmt: skip


def sign_in(request: HttpRequest) -> HttpResponse:
    """The form; then on to where they wanted to go, or to where they work or learn."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    if not url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        wanted = ""
    if isinstance(request.user, User) and request.method == "GET":
        return HttpResponseRedirect(wanted or home_of(request.user))
    form = SignInForm(request.POST or None)
    if form.is_valid():
        email, password = form.cleaned_data["email"], form.cleaned_data["password"]
        user = authenticate(request, username=email, password=password)
        if isinstance(user, User):
            login(request, user)
            return HttpResponseRedirect(wanted or home_of(user))
        form.add_error("password", gettext("Address and password do not go together. Check both, then try again."))
    status = 422 if form.is_bound else 200
    context = {"form": form, "next": wanted, "school": school_at(wanted)} | _demo(school_at(wanted))
    return render(request, "web/sign_in.html", context, status=status)


def _demo(wanted: School | None) -> dict[str, Any]:
    """In the demo, and nowhere else: who can be tried, in the school where they come from."""
    if not settings.PRETEND_CARD:
        return {}
    school = wanted or School.objects.filter(slug=next(iter(FILLERS))).first()
    if school is None or user_by_email(address("office", school.slug)) is None:
        return {}
    words = {"office": gettext("The office"), "teach": gettext("An instructor"), "my": gettext("A client")}
    accounts = [(words[area], address(area, school.slug)) for area in AREAS]
    return {"accounts": accounts, "demo_school": school, "demo_password": PASSWORD}


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect("/")
