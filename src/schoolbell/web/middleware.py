"""What pages need and the API does without: sessions, who is signed in, flashes, forms that only our pages can send."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render

from schoolbell.kit.failures import log_failure
from schoolbell.kit.refusals import Refusal
from schoolbell.web.entry import SignInFirst, to_sign_in
from schoolbell.web.expired import signed_out
from schoolbell.web.missing import school_at

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Pages:
    """Around everything but the API, whose requests bring their own token and nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.forms = CsrfViewMiddleware(MessageMiddleware(get_response))
        self.chain = GZipMiddleware(SessionMiddleware(AuthenticationMiddleware(self.forms)))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/api/"):
            response = self.get_response(request)
        else:
            response = self.chain(request)  # type: ignore[assignment]
            response.headers.setdefault("Cache-Control", "private, no-store")
        for name, value in HEADERS.items():
            if not (name == "Content-Security-Policy" and request.path.startswith("/api/")):
                response.headers.setdefault(name, value)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Errors of pages end on a page that says what to do next."""
        if request.path.startswith("/api/"):
            return None
        if isinstance(error, SignInFirst):
            return signed_out(request) if request.method == "POST" else to_sign_in(request)
        if isinstance(error, (Http404, PermissionDenied)):
            return None
        if isinstance(error, Refusal):
            return render(
                request, "web/refused.html", {"refusal": error, "school": school_at(request.path)}, status=error.status
            )
        failure_id = log_failure(error, method=request.method or "", path=request.path)
        return render(request, "500.html", {"failure_id": failure_id}, status=500)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.path.startswith("/api/"):
            return None
        return self.forms.process_view(request, view, args, kwargs)
