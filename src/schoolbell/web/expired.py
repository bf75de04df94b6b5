"""A form that lay open too long, came from somewhere else, or whose sender is not signed in any more."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

NEVER_KEPT = ("csrfmiddlewaretoken", "password")


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Says so; nothing was done. A form of our own can be sent once more with all that was typed, but for passwords."""
    return _page(request, is_signed_out=False)


def signed_out(request: HttpRequest) -> HttpResponse:
    """The same for a form that asks for somebody who is signed in: they do that in another window, then send it."""
    return _page(request, is_signed_out=True)


def _page(request: HttpRequest, *, is_signed_out: bool) -> HttpResponse:
    sent = []
    if _is_our_own(request):
        names = [name for name in request.POST if not any(part in name for part in NEVER_KEPT)]
        sent = [(name, value) for name in names for value in request.POST.getlist(name)]
    context = {"again": request.get_full_path(), "sent": sent, "is_signed_out": is_signed_out}
    return render(request, "web/expired.html", context, status=403)


def _is_our_own(request: HttpRequest) -> bool:
    """Does the browser say that the form came from this very site? Another's must not be a click away from sending."""
    came_from = (request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "same-origin"))
    return came_from == (f"{request.scheme}://{request.get_host()}", "same-origin")
