"""Acts in three steps: what is asked, what it would do, and doing it. All of it works as plain pages.

The first two are addresses, so that one can go back and change a word; the last is a POST of what was looked at.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from schoolbell.kit.refusals import InputRefused, Refusal
from schoolbell.web.entry import Visit
from schoolbell.web.office.forms import OfficeForm
from schoolbell.web.office.frame import show
from schoolbell.web.office.previews import WAYS, sent_by

F = TypeVar("F", bound=OfficeForm)


class Show(Protocol):
    """As `frame.show`."""

    def __call__(
        self, visit: Visit, page: str, current: str, context: Mapping[str, Any] | None = None, *, status: int = 200
    ) -> HttpResponse: ...


def asked_of(request: HttpRequest) -> Any:
    """What was sent to be looked at or done, None when nothing was: then the address may prefill the form."""
    if request.method == "POST":
        return request.POST
    return request.GET if "look" in request.GET else None


def seen_of(request: HttpRequest) -> str:
    """How the preview that is agreed to named what it was about."""
    return request.POST.get("seen", "")


def ways_of(request: HttpRequest) -> dict[str, bool]:
    return {name: name in request.POST for name in WAYS}


def in_steps(
    visit: Visit,
    form: F,
    words: Mapping[str, Any],
    *,
    look: Callable[[F], Mapping[str, Any]],
    do: Callable[[F], HttpResponse],
    page: str = "series_preview",
    show: Show = show,
) -> HttpResponse:
    """`words` say what it is: `title`, `sentence`, `do`, `back`, `current`. `look` gives the preview its context;
    `show` draws pages of the office, or the same for somebody else."""

    def _ask(refusal: Refusal | None = None) -> HttpResponse:
        status = refusal.status if refusal else 422 if form.is_bound else 200
        context = {"form": form, "refusal": refusal} | dict(words)
        return show(visit, "series_ask", str(words["current"]), context, status=status)

    if not form.is_valid():
        return _ask()
    refusal: Refusal | None = None
    try:
        if visit.request.method == "POST":
            return do(form)
    except InputRefused as refused:
        form.refuse(refused)
        return _ask()
    except Refusal as refused:
        refusal = refused
    try:
        found = look(form)
    except InputRefused as refused:
        form.refuse(refused)
        return _ask()
    except Refusal as refused:
        return _ask(refused)
    sent = sent_by(form)
    context = (
        {
            "sent": sent,
            "again": f"?{urlencode(sent)}",
            "refusal": refusal,
            "ticked": visit.request.POST,
        }
        | dict(words)
        | dict(found)
    )
    return show(visit, page, str(words["current"]), context, status=refusal.status if refusal else 200)
