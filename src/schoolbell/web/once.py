"""Forms that count once, however often and from however many windows they are sent."""

import secrets
from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest

from schoolbell.access.answers import Answer, AskedOnce, answer_once, answered
from schoolbell.schools.models import School

MOST_KEYS: Final = 30
KEYS: Final = "form keys"


def new_key() -> str:
    """Of a form that is shown this once: sent twice it counts once, and another window has one of its own."""
    return secrets.token_urlsafe(16)


def form_key(request: HttpRequest, about: str) -> str:
    """The key of the form about that, the same in all of this visitor's windows until it was used."""
    keys: dict[str, str] = request.session.get(KEYS, {})
    if about not in keys:
        keys = dict(list(keys.items())[-MOST_KEYS:]) | {about: new_key()}
        request.session[KEYS] = keys
    return keys[about]


def used(request: HttpRequest, about: str) -> None:
    """The next form about that is a new one."""
    keys: dict[str, str] = request.session.get(KEYS, {})
    if keys.pop(about, None):
        request.session[KEYS] = keys


def principal(request: HttpRequest) -> str:
    if request.session.session_key is None:
        request.session.create()
    return f"session {request.session.session_key}"


def done_once(
    school: School, request: HttpRequest, *, key: str, act: Callable[[], UUID], may_repeat: bool = True
) -> UUID:
    """What `act` made, by its id; under the same key and with the same form it is made once (see `answer_once`).

    Raises: KeyReused (the key was used with another form: `made_before` says for what), and what `act` raises.
    """
    sent = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    asked = AskedOnce.of(
        key or new_key(),
        principal=principal(request),
        method="POST",
        path=request.path,
        body=urlencode(sent, doseq=True).encode(),
    )
    answer = answer_once(school.pk, asked, lambda: Answer(303, str(act()).encode()), may_repeat=may_repeat)
    return UUID(answer.body.decode())


def made_before(school: School, request: HttpRequest, *, key: str) -> UUID | None:
    """What was made under that key, from whatever form."""
    answer = answered(school.pk, principal=principal(request), key=key)
    return UUID(answer.body.decode()) if answer and answer.body else None
