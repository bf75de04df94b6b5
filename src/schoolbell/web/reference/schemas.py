"""What a JSON schema says of a field, in words for people."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

CLOCK: Final = r"^([01]\d|2[0-3]):[0-5]\d$"
FORMATS: Final = {
    "uuid": gettext_lazy("id (UUID)"),
    "date-time": gettext_lazy("time with its offset (RFC 3339)"),
    "date": gettext_lazy("date"),
    "email": gettext_lazy("e-mail address"),
    "uri": gettext_lazy("web address"),
}
TYPES: Final = {
    "string": gettext_lazy("text"),
    "integer": gettext_lazy("whole number"),
    "number": gettext_lazy("number"),
    "boolean": gettext_lazy("true or false"),
}
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """An object with its fields. `name` is what the document calls it, if it has a name."""

    name: str
    description: str
    fields: tuple["Field", ...]


@dataclass(frozen=True, slots=True)
class Field:
    """`kind` says in a few words what is sent; `choices` are the words that it may be. `shapes` are the objects that it
    is, or holds: several where it is one of them."""

    name: str
    kind: str
    is_required: bool
    description: str
    choices: tuple[str, ...] = ()
    shapes: tuple[Shape, ...] = ()


class Schemas:
    """Reads the schemas of a document, whose references it follows."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.named: Mapping[str, Schema] = document["components"]["schemas"]

    def resolved(self, schema: Schema) -> Schema:
        """What it refers to, with what it says besides."""
        while "$ref" in schema or len(schema.get("allOf", ())) == 1:
            target = schema["allOf"][0] if "allOf" in schema else self.named[schema["$ref"].rpartition("/")[2]]
            schema = {**target, **{name: value for name, value in schema.items() if name not in ("$ref", "allOf")}}
        return schema

    def alternatives(self, schema: Schema) -> Iterator[Schema]:
        """What it may be, each by itself: `null` is one of them."""
        schema = self.resolved(schema)
        several = schema.get("anyOf") or schema.get("oneOf")
        if not several:
            yield schema
            return
        for one in several:
            yield from self.alternatives(one)

    def shapes(self, schema: Schema) -> tuple[Shape, ...]:
        """The objects that it is, or a list of which it is."""
        return tuple(self._shapes(schema))

    def _shapes(self, schema: Schema) -> Iterator[Shape]:
        for one in self.alternatives(schema):
            if one.get("type") == "array":
                yield from self._shapes(one["items"])
            elif "properties" in one:
                required, inner = one.get("required", ()), one["properties"].items()
                fields = (self.field(name, told, is_required=name in required) for name, told in inner)
                yield Shape(one.get("title", ""), one.get("description", ""), tuple(fields))

    def field(self, name: str, schema: Schema, *, is_required: bool) -> Field:
        whole = self.resolved(schema)
        kind = _joined(self.kind(one) for one in self.alternatives(schema))
        if "default" in whole:
            kind = _("%(kind)s; without it %(default)s") % {"kind": kind, "default": json.dumps(whole["default"])}
        return Field(
            name, kind, is_required, _description(schema, whole), tuple(self._choices(schema)), self.shapes(schema)
        )

    def kind(self, schema: Schema) -> str:
        """One alternative in words: `list of 1 to 10: text, at most 40 characters`."""
        kind = schema.get("type", "")
        if "const" in schema or kind == "null":
            return json.dumps(schema.get("const"))
        if schema.get("enum"):
            return _("one of these")
        if kind == "array":
            return self._list(schema)
        return self._object(schema) if kind == "object" else _scalar(schema)

    def _list(self, schema: Schema) -> str:
        inner = _joined(self.kind(one) for one in self.alternatives(schema["items"]))
        length = _range(schema, "minItems", "maxItems")
        if length:
            return _("list of %(length)s: %(what)s") % {"length": length, "what": inner}
        return _("list: %(what)s") % {"what": inner}

    def _object(self, schema: Schema) -> str:
        if "properties" in schema:
            return str(schema.get("title") or _("object"))
        inner = schema.get("additionalProperties")
        if isinstance(inner, dict):
            return _("object; under each name a %s") % self.kind(self.resolved(inner))
        return _("object with any fields")

    def _choices(self, schema: Schema) -> Iterator[str]:
        for one in self.alternatives(schema):
            if one.get("type") == "array":
                yield from self._choices(one["items"])
            else:
                yield from (str(choice) for choice in one.get("enum", ()))


def _description(schema: Schema, whole: Schema) -> str:
    """What is said of the field; of a shape that stands below it, the shape says it itself."""
    return str(schema.get("description", "") if "properties" in whole else whole.get("description", ""))


def _joined(kinds: Iterator[str]) -> str:
    return _(" or ").join(dict.fromkeys(kinds))


def _scalar(schema: Schema) -> str:
    if schema.get("pattern") == CLOCK:
        return _("clock time such as 16:30")
    words = FORMATS.get(schema.get("format", "")) or TYPES.get(schema.get("type", "")) or _("any value")
    return ", ".join([str(words), *_limits(schema)])


def _limits(schema: Schema) -> Iterator[str]:
    length = _range(schema, "minLength", "maxLength")
    if length:
        most = schema.get("maxLength", schema.get("minLength"))
        yield str(ngettext("%s character", "%s characters", most)) % length
    size = _range(schema, "minimum", "maximum")
    if size:
        yield size
    if "pattern" in schema:
        yield _("of the form %s") % schema["pattern"]


def _range(schema: Schema, least: str, most: str) -> str:
    low: int | None = schema.get(least)
    high: int | None = schema.get(most)
    if low is None and high is None:
        return ""
    if high is None:
        return _("at least %s") % low
    if low is None or (low == 0 and least != "minimum"):
        return _("at most %s") % high
    return str(low) if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high}
