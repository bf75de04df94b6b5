"""A line for the shell that makes a call, ready to copy: what is its own of the one who copies it is a variable."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from schoolbell.web.reference.schemas import CLOCK, Schema, Schemas

UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
BY_FORMAT: Final = {
    "date-time": "2030-01-07T16:00:00Z",
    "date": "2030-01-07",
    "email": "ann@example.com",
    "uri": "https://example.com/calendar.ics",
}
BY_PATTERN: Final = {
    CLOCK: "16:00",
    r"^#[0-9a-f]{6}$": "#2f5fc4",
    r"^[A-Z]{2}$": "GB",
    r"^[A-Z]{3}$": "GBP",
    r"^[a-z]{2,3}(-[a-z0-9]{2,6})?$": "en",
}
LATER: Final = {"16:00": "17:00", "2030-01-07T16:00:00Z": "2030-01-07T17:00:00Z", "2030-01-07": "2030-01-14"}
ENDS: Final = ("ends", "ends_at", "until", "last_day", "valid_until")
BY_NAME: Final = {
    "name": "Ann Marsh",
    "first_name": "Ann",
    "last_name": "Marsh",
    "timezone": "Europe/London",
    "country": "GB",
    "phone": "+44 20 7946 0000",
    "gateway": "desk",
    "method": "cash",
    "duration_minutes": 60,
    "minutes": 60,
    "price": 4500,
    "amount": 4500,
}


def example_of(schema: Schema, schemas: Schemas, name: str = "") -> Any:
    """A value that it allows: of an object the fields that it must have, or, where it must have none, the first."""
    whole = schemas.resolved(schema)
    one = next(schemas.alternatives(whole))
    given = [*whole.get("examples", ()), *one.get("examples", ()), *filter(None, one.get("enum", ()))]
    if "const" in one or given:
        return one["const"] if "const" in one else _with_variables(given[0], name)
    if one.get("type") == "array":
        return [example_of(one["items"], schemas, re.sub("s$", "", name))]
    if "properties" in one:
        wanted = [field for field in one["properties"] if field in one.get("required", ())]
        shown = wanted or list(one["properties"])[:1]
        return {field: example_of(one["properties"][field], schemas, field) for field in shown}
    return _scalar(one, name)


def _with_variables(given: Any, name: str) -> Any:
    """The same with a variable for each id, under the name of its field."""
    if isinstance(given, dict):
        return {field: _with_variables(value, field) for field, value in given.items()}
    if isinstance(given, list):
        return [_with_variables(value, re.sub("s$", "", name)) for value in given]
    return f"${name}" if isinstance(given, str) and UUID.fullmatch(given) else given


def _scalar(schema: Schema, name: str) -> Any:
    kind, form = schema.get("type"), schema.get("format", "")
    if form == "uuid":
        return f"${name}"
    known = BY_PATTERN.get(schema.get("pattern", "")) or BY_FORMAT.get(form)
    if known:
        return LATER.get(known, known) if name in ENDS else known
    if name in BY_NAME:
        return BY_NAME[name]
    if kind in ("integer", "number"):
        return max(1, schema.get("minimum", 1))
    return {"boolean": True, "object": {}}.get(str(kind), name.replace("_", " "))


def curl_line(method: str, path: str, told: Mapping[str, Any], schemas: Schemas) -> str:
    """For a shell that has `api`, `token` and the ids that the line names. Its body is read from what stands below it,
    in which the shell puts the ids."""
    address = "$api" + re.sub(r"\{(\w+)\}", r"$\1", path.partition("{school}")[2])
    needed = [one for one in told["parameters"] if one["in"] == "query" and one.get("required")]
    query = "&".join(f"{one['name']}={example_of(one['schema'], schemas, one['name'])}" for one in needed)
    parts = [f'curl -sS{"" if method == "get" else f" -X {method.upper()}"} "{address}{"?" if query else ""}{query}"']
    if method != "get" or {} not in told["security"]:
        parts.append('-H "Authorization: Bearer $token"')
    if method == "post":
        parts.append('-H "Idempotency-Key: $RANDOM-$RANDOM-$RANDOM"')
    body = body_of(told, schemas)
    if body is None:
        return " \\\n  ".join(parts)
    parts.append('-H "Content-Type: application/json" -d @- <<END')
    return " \\\n  ".join(parts) + f"\n{json.dumps(body, indent=2, ensure_ascii=False)}\nEND"


def body_of(told: Mapping[str, Any], schemas: Schemas) -> Any:
    """An example of what is sent; None where there is nothing to send."""
    if "requestBody" not in told:
        return None
    example = example_of(told["requestBody"]["content"]["application/json"]["schema"], schemas)
    return example or None
