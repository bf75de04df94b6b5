"""Where a school takes no guests: who is one signs in first, or is told that they are not the school's client."""

from http import HTTPStatus

from django.http import HttpResponse

from schoolbell.schools.actor import Role
from schoolbell.web.entry import SignInFirst, Visit
from schoolbell.web.public.frame import show


def is_turned_away(visit: Visit) -> bool:
    return visit.actor.role == Role.GUEST and not visit.school.policies.guests


def turn_away(visit: Visit) -> HttpResponse:
    """Signing in once more would change nothing for who is signed in. Raises SignInFirst for everybody else."""
    if visit.user is None:
        raise SignInFirst
    return show(visit, "web/public/only_clients.html", {}, status=HTTPStatus.FORBIDDEN)
