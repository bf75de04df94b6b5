"""How a request comes in: whose school, who asks, and under which key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from schoolbell.access.answers import Answer, AskedOnce, answer_once
from schoolbell.access.tokens import Credentials, find_actor
from schoolbell.api.rendering import as_json
from schoolbell.kit.refusals import NotAllowed, NotSignedIn
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School
from schoolbell.schools.queries import school_by_slug

STAFF = frozenset({Role.OWNER, Role.ADMIN})
TEACHING = STAFF | {Role.INSTRUCTOR}
SIGNED_IN = TEACHING | {Role.CLIENT, Role.STUDENT}
ANYBODY = SIGNED_IN | {Role.GUEST}


@dataclass(frozen=True, slots=True)
class Invited:
    """Who may come in to an address: those with a role; `keyed`, also whoever has an order's key, to that order."""

    roles: frozenset[Role]
    keyed: bool = False

    def around(self, run: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        """Around an `Operation.run`: `enter` finds on the request whom the address invites."""

        def run_inviting(request: HttpRequest, **path: Any) -> HttpResponseBase:
            request.invited = self  # type: ignore[attr-defined]
            return run(request, **path)

        return run_inviting


@dataclass(frozen=True, slots=True)
class Visit:
    """A request that was let in."""

    school: School
    actor: Actor
    credentials: Credentials
    request: HttpRequest

    def answer(
        self, act: Callable[[], Mapping[str, Any]], *, status: int = HTTPStatus.CREATED, may_repeat: bool = True
    ) -> HttpResponse:
        """Do it once for the request's key, and answer with what it returns (`answer_once`)."""
        asked = asked_once(self.request, self.credentials)
        answer = answer_once(self.school.pk, asked, lambda: Answer(status, as_json(act())), may_repeat=may_repeat)
        return respond(answer)


def enter(request: HttpRequest, slug: str) -> Visit:
    """Whoever the address invites (`answers` says whom).

    Raises: NotFound (no such school), NotSignedIn, NotAllowed, OrderKeyRefused.
    """
    invited: Invited = request.invited  # type: ignore[attr-defined]
    credentials = credentials_of(request, keyed=invited.keyed)
    school = school_by_slug(slug)
    actor = find_actor(school, credentials)
    if actor.order_id is None:
        require_role(actor, invited.roles)
    return Visit(school, actor, credentials, request)


def require_role(actor: Actor, roles: frozenset[Role]) -> None:
    if actor.role not in roles:
        raise NotSignedIn if actor.role == Role.GUEST else NotAllowed(actor.role)


def credentials_of(request: HttpRequest, *, keyed: bool = False) -> Credentials:
    return Credentials.of(
        request.META.get("HTTP_AUTHORIZATION", ""),
        ip=request.META.get("REMOTE_ADDR") or None,
        user_agent=request.META.get("HTTP_USER_AGENT", ""),
        order_key=request.META.get("HTTP_ORDER_KEY", "") if keyed else "",
    )


def asked_once(request: HttpRequest, credentials: Credentials) -> AskedOnce | None:
    return AskedOnce.of(
        request.META.get("HTTP_IDEMPOTENCY_KEY"),
        principal=credentials.principal,
        method=request.method or "",
        path=request.path,
        body=request.body,
    )


def respond(answer: Answer) -> HttpResponse:
    return HttpResponse(answer.body, content_type="application/json", status=answer.status)
