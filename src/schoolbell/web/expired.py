"""A form that lay open too long, or came from somewhere else."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

NEVER_KEPT = ("csrfmiddlewaretoken", "password")


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Says so; nothing was done. A form of our own can be sent once more with all that was typed, but for passwords."""
    sent = []
    if _is_our_own(request):
        names = [name for name in request.POST if not any(part in name for part in NEVER_KEPT)]
        sent = [(name, value) for name in names for value in request.POST.getlist(name)]
    return render(request, "web/expired.html", {"again": request.get_full_path(), "sent": sent}, status=403)


def _is_our_own(request: HttpRequest) -> bool:
    """Does the browser say that the form came from this very site? Another's must not be a click away from sending."""
    came_from = (request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "same-origin"))
    return came_from == (f"{request.scheme}://{request.get_host()}", "same-origin")
