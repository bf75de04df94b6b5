"""How somebody comes to a page: which school, as whom, and in whose time."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from schoolbell.access.staff import staff_role
from schoolbell.accounts.models import User
from schoolbell.kit.refusals import NotFound
from schoolbell.kit.time import RENAMED, zone
from schoolbell.people.models import Person
from schoolbell.people.queries import person_of, roles_of
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School
from schoolbell.schools.queries import school_by_slug

ZONE_COOKIE = "zone"
A_YEAR = 365 * 24 * 60 * 60


class SignInFirst(Exception):
    """Nobody is signed in, and the page is not for everybody."""


_ROLES = {
    Role.OWNER: _("Owner"),
    Role.ADMIN: _("Office"),
    Role.INSTRUCTOR: _("Instructor"),
    Role.CLIENT: _("Client"),
    Role.STUDENT: _("Student"),
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever looks at a page, by name and by what they are there."""

    name: str
    role: str | Promise
    account_href: str
    sign_out_href: str = "/sign-out"


@dataclass(frozen=True, slots=True)
class Visit:
    """A request for a page of a school. `person` is who the user is in this school, if anybody."""

    request: HttpRequest
    school: School
    user: User | None
    person: Person | None
    actor: Actor

    @property
    def zone(self) -> ZoneInfo:
        """The visitor's own zone, as the browser or they themselves said; else the school's."""
        name = self._asked_zone or self.request.COOKIES.get(ZONE_COOKIE, "")
        if not name and self.person:
            name = self.person.timezone
        try:
            return zone(RENAMED.get(name, name)) if name else self.school.zone
        except ValueError:
            return self.school.zone

    @property
    def _asked_zone(self) -> str:
        """As an address asks for it, or a form in which more was typed."""
        return self.request.GET.get("zone") or self.request.POST.get("show_zone") or ""

    @property
    def viewer(self) -> Viewer | None:
        """Who is signed in, as the pages' corners say it."""
        if self.user is None:
            return None
        name = self.person.name if self.person else self.user.email
        return Viewer(name, _ROLES.get(self.actor.role, ""), self._home)

    @property
    def _home(self) -> str:
        """Where their account here is. Who is nobody's at this school is led on to where they are somebody."""
        if self.actor.role == Role.GUEST:
            return "/sign-in"
        home = "office" if self.actor.is_staff else "teach" if self.actor.role == Role.INSTRUCTOR else "my"
        return f"/s/{self.school.slug}/{home}/"

    def render(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """The page, with what every page of a school needs. A zone that was chosen on it is remembered."""
        response = render(
            self.request,
            template,
            {
                "school": self.school,
                "visit": self,
                "viewer": self.viewer,
                "zone": self.zone,
                "school_zone": self.school.zone,
            }
            | context,
            status=status,
        )
        if self._asked_zone == self.zone.key:
            response.set_cookie(ZONE_COOKIE, self.zone.key, max_age=A_YEAR, samesite="Lax")
        return response


def enter(request: HttpRequest, slug: str, *, role: Role | None = None) -> Visit:
    """Come in as `role`; None: as a guest, or as the client that the user is.

    Raises: Http404 (no such school, or not for this user), SignInFirst.
    """
    try:
        school = school_by_slug(slug)
    except NotFound:
        raise Http404 from None
    user = request.user if isinstance(request.user, User) else None
    if user is None:
        if role is not None:
            raise SignInFirst
        return Visit(request, school, None, None, _actor(request, Role.GUEST))
    person = person_of(school, user)
    acting = _role(school, user, person, wanted=role)
    return Visit(request, school, user, person, _actor(request, acting, user, person))


def _role(school: School, user: User, person: Person | None, *, wanted: Role | None) -> Role:
    if wanted in (Role.OWNER, Role.ADMIN):
        staff = staff_role(school, user)
        if staff is None:
            raise Http404
        return staff
    roles = roles_of(person) if person else frozenset()
    if wanted is None:
        return Role.CLIENT if Role.CLIENT in roles else Role.STUDENT if Role.STUDENT in roles else Role.GUEST
    if wanted not in roles:
        raise Http404
    return wanted


def _actor(request: HttpRequest, role: Role, user: User | None = None, person: Person | None = None) -> Actor:
    return Actor(
        role,
        who=user.pk if user else None,
        person_id=person.pk if person else None,
        ip=request.META.get("REMOTE_ADDR") or None,
        user_agent=request.META.get("HTTP_USER_AGENT", ""),
    )


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and back here afterwards."""
    return HttpResponseRedirect(f"/sign-in?{urlencode({'next': request.get_full_path()})}")
