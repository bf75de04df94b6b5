"""Around every request: what is too large is refused, what goes wrong is logged under an id."""

import time
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from schoolbell.kit.database.collisions import Busy, is_collision
from schoolbell.kit.failures import log_failure
from schoolbell.kit.problems import failure, problem
from schoolbell.kit.refusals import BodyTooLarge, NotFound, Refusal

MOST_BYTES = 1024 * 1024
A_PIECE = 64 * 1024
FILES = "/office/files/"  # where an office hands in its own files
MOST_BYTES_OF_FILES = 50 * 1024 * 1024
log = structlog.get_logger("schoolbell.http")


class WrongMethod(Refusal):
    """The address is right, the method is not."""

    code = "method_not_allowed"
    message = _("This address does not take that method.")
    status = HTTPStatus.METHOD_NOT_ALLOWED


class LengthRequired(Refusal):
    """A body that comes in chunks says too late how long it is."""

    code = "length_required"
    message = _("Say in Content-Length how long the body is.")
    status = HTTPStatus.LENGTH_REQUIRED


class JsonOnly(Refusal):
    """A body that does not say that it is JSON. A form of somebody else's page can send any other kind."""

    code = "unsupported_media_type"
    message = _("Send the body as JSON, with “Content-Type: application/json”.")
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class DatabaseAway(Refusal):
    """The database does not answer just now."""

    code = "database_away"
    message = _("We cannot reach our records just now. Nothing was done; try again in a moment.")
    status = HTTPStatus.SERVICE_UNAVAILABLE


class Requests:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        most = MOST_BYTES_OF_FILES if request.path.endswith(FILES) else MOST_BYTES
        if int(request.META.get("CONTENT_LENGTH") or 0) > most:
            response = problem(BodyTooLarge())
        elif "\0" in request.path:  # which the database cannot be asked for
            response = problem(NotFound(request.path))
        elif request.META.get("HTTP_TRANSFER_ENCODING") and not request.META.get("CONTENT_LENGTH"):
            _hear_out(request)
            response = problem(LengthRequired())
        elif request.path.startswith("/api/"):
            response = self._of_api(request)
        else:
            response = self.get_response(request)
        if request.path.startswith("/api/") and "json" not in response.get("Content-Type", ""):
            if response.status_code == HTTPStatus.NOT_FOUND:
                response = problem(NotFound(request.path))
            elif response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
                response = _keep_allow(problem(WrongMethod(request.method)), response)
        log.debug(
            "answered",
            method=request.method,
            path=request.path,
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        return response

    def _of_api(self, request: HttpRequest) -> HttpResponse:
        """HEAD is answered as GET; the server leaves the body out."""
        if request.method == "HEAD":
            request.method = "GET"
            response = self.get_response(request)
            request.method = "HEAD"
            return response
        if request.META.get("CONTENT_LENGTH") not in (None, "", "0") and request.content_type != "application/json":
            return problem(JsonOnly())
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Of the API. What pages do not answer themselves, such as a 404, Django does by a template."""
        return answer_to(request, error) if request.path.startswith("/api/") else None


def _hear_out(request: HttpRequest) -> None:
    """What is still being sent is read and forgotten, up to the most that a body may be: its sender would not hear the
    answer otherwise."""
    left = MOST_BYTES
    while left > 0 and (piece := request.META["wsgi.input"].read(min(left, A_PIECE))):
        left -= len(piece)


def _keep_allow(response: HttpResponse, original: HttpResponse) -> HttpResponse:
    response["Allow"] = original.get("Allow", "")
    return response


def answer_to(request: HttpRequest, error: Exception) -> HttpResponse:
    """A refusal is told; anything else is logged under an id, and only the id is told."""
    if isinstance(error, OperationalError) and is_collision(error):
        error = Busy()
    if isinstance(error, Busy):
        response = problem(error)
        response["Retry-After"] = "1"
        return response
    if isinstance(error, Refusal):
        return problem(error)
    if isinstance(error, RequestDataTooBig):
        return problem(BodyTooLarge())
    if isinstance(error, (OperationalError, InterfaceError)):
        log_failure(error, method=request.method or "", path=request.path)
        return problem(DatabaseAway())
    return failure(log_failure(error, method=request.method or "", path=request.path))
