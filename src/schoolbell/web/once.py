"""Forms that count once, however often and from however many windows they are sent."""

import hashlib
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from schoolbell.access.answers import Answer, AskedOnce, answer_once, answered
from schoolbell.kit.refusals import NotFound
from schoolbell.schools.models import School
from schoolbell.schools.queries import school_by_slug

View = Callable[..., HttpResponse]
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
    asked = AskedOnce.of(
        key or new_key(), principal=principal(request), method="POST", path=request.path, body=_sent(request)
    )
    answer = answer_once(school.pk, asked, lambda: Answer(303, str(act()).encode()), may_repeat=may_repeat)
    return UUID(answer.body.decode())


def made_before(school: School, request: HttpRequest, *, key: str) -> UUID | None:
    """What was made under that key, from whatever form."""
    answer = answered(school.pk, principal=principal(request), key=key)
    return UUID(answer.body.decode()) if answer and answer.body else None


def _sent(request: HttpRequest) -> bytes:
    """What was typed and handed in."""
    sent = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    body = urlencode(sent, doseq=True).encode()
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            held = hashlib.sha256()
            for piece in file.chunks():
                held.update(piece)
            file.seek(0)
            body += f"\0{name}\0{file.name}\0{held.hexdigest()}".encode()
    return body


class _Shown(Exception):
    """A page, not a way on: a mistake, a preview. Nothing was written, and nothing is kept of it."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response


def once(view: View) -> View:
    """Around a view whose form makes something: sent twice, by two clicks or a reload, it is made once, and both are
    led to the same place.

    The form says `{% once_key %}`, so that each time it is shown is a chance of its own; typed anew and sent under the
    key of before it is another wish. The answer is kept with what was written, for the same visitor of the same school
    alone. The view moves nothing outside of the database: what meets another transaction is done anew.
    """

    @wraps(view)
    def answered_once(request: HttpRequest, slug: str, **path: Any) -> HttpResponse:
        asked = _asked(request)
        try:
            school = school_by_slug(slug) if asked else None
        except NotFound:
            school = None
        if asked is None or school is None:
            return view(request, slug, **path)

        def act() -> Answer:
            response = view(request, slug, **path)
            if not isinstance(response, HttpResponseRedirect):
                raise _Shown(response)
            return Answer(response.status_code, response.url.encode())

        try:
            return HttpResponseRedirect(answer_once(school.pk, asked, act).body.decode())
        except _Shown as shown:
            return shown.response

    return answered_once


def _asked(request: HttpRequest) -> AskedOnce | None:
    """None where nothing is sent, or not under a key, or by somebody of whom nothing is known."""
    if request.method != "POST" or not request.POST.get("once"):
        return None
    if not request.user.is_authenticated and request.session.session_key is None:
        return None
    return AskedOnce.of(
        key_as_sent(request), principal=principal(request), method="POST", path=request.path, body=_sent(request)
    )


def key_as_sent(request: HttpRequest) -> str:
    """The key that `{% once_key %}` gave the form, and with it what was typed."""
    return f"once {hashlib.sha256(request.POST.get('once', new_key()).encode() + _sent(request)).hexdigest()}"
