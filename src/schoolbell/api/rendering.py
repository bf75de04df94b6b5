"""How answers become JSON."""

import json
from typing import Any

import orjson
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest
from ninja.renderers import BaseRenderer

_otherwise = DjangoJSONEncoder().default  # amounts, translations, times that nobody has shown yet


def as_json(data: Any) -> bytes:
    """Numbers of a school's own words that were kept before they had bounds are written, too, though slowly."""
    try:
        return orjson.dumps(data, default=_otherwise, option=orjson.OPT_PASSTHROUGH_DATETIME)
    except orjson.JSONEncodeError:
        return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":")).encode()


class FastRenderer(BaseRenderer):
    """As ninja's own writes it, but for the spaces: a page of free times in a twentieth of the time."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return as_json(data)
