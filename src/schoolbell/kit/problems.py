"""Refusals and failures as RFC 9457 `application/problem+json`."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpResponse

from schoolbell.kit.refusals import Refusal

CONTENT_TYPE = "application/problem+json"


def problem(refusal: Refusal) -> HttpResponse:
    """The answer that tells a refusal: `type, title, status, detail, code`, and `errors` per field if there are any."""
    body = problem_body(refusal.status, refusal.code, refusal.detail, errors=refusal.errors)
    response = HttpResponse(orjson.dumps(body), content_type=CONTENT_TYPE, status=refusal.status)
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def failure(failure_id: str) -> HttpResponse:
    """The answer to an error nobody foresaw. It says nothing of the error; the log has it under `failure_id`."""
    body = problem_body(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal_error",
        f"Something went wrong on our side. The log has it as {failure_id}.",
    )
    return HttpResponse(
        orjson.dumps(body | {"id": failure_id}), content_type=CONTENT_TYPE, status=HTTPStatus.INTERNAL_SERVER_ERROR
    )


def problem_body(
    status: HTTPStatus, code: str, detail: str, *, errors: Mapping[str, list[str]] | None = None
) -> dict[str, Any]:
    """The members of a problem, `type` being `about:blank` so that `title` is the status's own phrase."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "code": code,
    }
    if errors:
        body["errors"] = dict(errors)
    return body
