"""Style sheets, scripts and icons: kept by browsers for a year under an address that changes with what is in them, and
sent compressed to those who take that."""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.contrib.staticfiles.finders import find
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]

COMPRESSIBLE: Final = ("text/", "application/javascript", "application/json", "image/svg+xml")


class Storage(StaticFilesStorage):
    """Adds to every address what is in the file, shortened: `/static/web/zone.js?v=1f0a3c9e`."""

    def url(self, name: str | None) -> str:
        address = super().url(name)
        version = _version(name or "")
        return f"{address}?v={version}" if version else address


@cache
def _version(name: str) -> str:
    path = find(name)
    if not isinstance(path, str):
        return ""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:8]


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Compresses each text once for the life of the process, when it is first asked for."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = WhiteNoiseMiddleware.serve(static_file, request)
        if not response.headers.get("Content-Type", "").startswith(COMPRESSIBLE):
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        wanted = "gzip" in request.headers.get("Accept-Encoding", "") and "Range" not in request.headers
        if response.status_code != 200 or request.method != "GET" or not wanted:
            return response
        body = _compressed(static_file.alternatives[0][1])
        response.close()
        answer = HttpResponse(body, headers=dict(response.headers))
        answer["Content-Encoding"] = "gzip"
        answer["Content-Length"] = str(len(body))
        return answer


@cache
def _compressed(path: str) -> bytes:
    return gzip.compress(Path(path).read_bytes(), mtime=0)
