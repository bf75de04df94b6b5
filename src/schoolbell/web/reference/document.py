"""The OpenAPI document as a page shows it: groups of operations, what each takes, answers and refuses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.utils.translation import gettext_lazy

from schoolbell.web.reference.examples import curl_line
from schoolbell.web.reference.schemas import Field, Schemas, Shape

METHODS: Final = ("get", "post", "put", "patch", "delete")
PLACES: Final = {
    "path": gettext_lazy("in the address"),
    "query": gettext_lazy("after the ?"),
    "header": gettext_lazy("as a header"),
}
ROLES: Final = {
    "admin": gettext_lazy("the office"),  # and owners, who may all that it may
    "instructor": gettext_lazy("instructors"),
    "client": gettext_lazy("clients"),
    "student": gettext_lazy("students"),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    place: str
    field: Field


@dataclass(frozen=True, slots=True)
class Answer:
    """What is told when it is done. `lists` says that the shapes are the items of a page of them."""

    status: int
    phrase: str
    description: str
    kind: str
    shapes: tuple[Shape, ...]
    lists: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """A status, when it is answered, and each code of its problems with the sentence for people."""

    status: int
    phrase: str
    description: str
    codes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    description: str
    for_anybody: bool
    with_order_key: bool
    roles: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    body: tuple[Shape, ...]
    body_is_required: bool
    answers: tuple[Answer, ...]
    refusals: tuple[int, ...]
    curl: str


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    operations: tuple[Operation, ...]

    @property
    def anchor(self) -> str:
        return f"about-{self.name.replace(' ', '-')}"


@dataclass(frozen=True, slots=True)
class Reference:
    title: str
    version: str
    description: str
    groups: tuple[Group, ...]
    refusals: tuple[Refused, ...]
    shapes: tuple[Shape, ...]
    problem: Shape

    @property
    def size(self) -> int:
        return sum(len(group.operations) for group in self.groups)


def reference_of(document: Mapping[str, Any]) -> Reference:
    schemas = Schemas(document)
    groups: dict[str, list[Operation]] = {}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                told = item[method]
                groups.setdefault(told["tags"][0], []).append(_operation(method, path, told, schemas))
    found = tuple(Group(name, tuple(operations)) for name, operations in groups.items())
    return Reference(
        title=document["info"]["title"],
        version=document["info"]["version"],
        description=document["info"]["description"],
        groups=found,
        refusals=tuple(
            Refused(HTTPStatus[name].value, HTTPStatus[name].phrase, told["description"], told["x-codes"])
            for name, told in document["components"]["responses"].items()
        ),
        shapes=tuple(_linked(found, schemas)),
        problem=schemas.shapes(schemas.named["Problem"])[0],
    )


def _operation(method: str, path: str, told: Mapping[str, Any], schemas: Schemas) -> Operation:
    body = told.get("requestBody", {})
    return Operation(
        id=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told["summary"],
        description=told.get("description", ""),
        for_anybody={} in told["security"],
        with_order_key={"order_key": []} in told["security"],
        roles=tuple(str(ROLES[role]) for role in told["x-roles"] if role in ROLES),
        parameters=tuple(_parameter(one, schemas) for one in told["parameters"]),
        body=schemas.shapes(body["content"]["application/json"]["schema"]) if body else (),
        body_is_required=bool(body.get("required")),
        answers=tuple(_answers(told["responses"], schemas)),
        refusals=tuple(int(status) for status, answer in told["responses"].items() if "$ref" in answer),
        curl=curl_line(method, path, told, schemas),
    )


def _parameter(told: Mapping[str, Any], schemas: Schemas) -> Parameter:
    schema = {**told["schema"], "description": told["description"]}
    field = schemas.field(told["name"], schema, is_required=bool(told.get("required")))
    return Parameter(str(PLACES[told["in"]]), field)


def _answers(responses: Mapping[str, Any], schemas: Schemas) -> Iterator[Answer]:
    for status, told in responses.items():
        if "$ref" in told:
            continue
        schema = told["content"]["application/json"]["schema"]
        shapes = schemas.shapes(schema)
        phrase = HTTPStatus(int(status)).phrase
        description = "" if told["description"] == phrase else told["description"]
        kind = schemas.resolved(schema).get("title", "")
        if len(shapes) == 1 and [field.name for field in shapes[0].fields] == ["items", "next"]:
            yield Answer(int(status), phrase, description, kind, shapes[0].fields[0].shapes, lists=True)
        else:
            yield Answer(int(status), phrase, description, kind, shapes)


def _linked(groups: tuple[Group, ...], schemas: Schemas) -> Iterator[Shape]:
    """The shapes within the answers, each once, by name; what those hold in turn as well."""
    found: dict[str, Shape] = {}

    def within(shape: Shape) -> None:
        for field in shape.fields:
            for inner in field.shapes:
                if inner.name not in found:
                    found[inner.name] = inner
                    within(inner)

    for group in groups:
        for operation in group.operations:
            for answer in operation.answers:
                for shape in answer.shapes:
                    within(shape)
    yield from (found[name] for name in sorted(found))
