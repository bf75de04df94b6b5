"""JSON in. Stricter than Python's own: no NaN, no lone surrogates, no NUL, which PostgreSQL cannot store."""

import re
from typing import Any

import orjson
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.parser import Parser

from schoolbell.kit.refusals import InputRefused

# Not after another backslash: that is a backslash and five characters.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class MalformedJson(InputRefused):
    """The body is not JSON."""

    code = "malformed_json"


def load(body: bytes) -> Any:
    """Raises MalformedJson."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as wrong:
        raise MalformedJson.of("body", _("This is not JSON: %s.") % wrong.msg) from None
    if _NUL.search(body):
        raise MalformedJson.of("body", _("A text holds a NUL character. Leave it out."))
    return value


class StrictParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        return load(request.body)
