"""`/api/docs`: every operation of the API, on one page that is made once."""

import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from schoolbell.web.middleware import CONTENT_SECURITY_POLICY
from schoolbell.web.reference.document import reference_of

FIRST_LINES: Final = """api=http://127.0.0.1:8000/api/v1/driving
token=$(bin/schoolbell token create --school driving --role admin)"""
Read = Callable[[], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Made:
    body: bytes
    compressed: bytes
    etag: str


@require_safe
def reference(request: HttpRequest, read: Read) -> HttpResponse:
    """The page of the document that `read` gives. Whoever has it asks only whether it is still the same."""
    made = _made(read)
    if made.etag in request.headers.get("If-None-Match", ""):
        response: HttpResponse = HttpResponseNotModified()
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(made.compressed, headers={"Content-Encoding": "gzip"})
    else:
        response = HttpResponse(made.body)
    response["ETag"] = made.etag
    response["Cache-Control"] = "no-cache"
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    patch_vary_headers(response, ("Accept-Encoding",))
    return response


@cache
def _made(read: Read) -> Made:
    """Once for the life of the process: neither the document nor the templates change in it."""
    context = {"reference": reference_of(read()), "first_lines": FIRST_LINES}
    body = render_to_string("web/reference/page.html", context).encode()
    return Made(body, gzip.compress(body, mtime=0), f'W/"{hashlib.sha256(body).hexdigest()[:16]}"')
