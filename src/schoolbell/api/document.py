"""The OpenAPI document: what each address answers, what it may refuse, and who may ask."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any, TypeVar

from ninja import NinjaAPI
from ninja.decorators import decorate_view
from ninja.openapi.schema import REF_TEMPLATE, OpenAPISchema
from ninja.operation import Operation
from pydantic import BaseModel

from schoolbell.api.asking import only_known
from schoolbell.api.entry import Invited
from schoolbell.api.shapes.basis import Problem
from schoolbell.bookings.models import Booking
from schoolbell.kit.problems import CONTENT_TYPE
from schoolbell.kit.refusals import Refusal
from schoolbell.schools.actor import Role

V = TypeVar("V", bound=Callable[..., Any])

IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "Yours to choose. For 48 hours the same key and body get the same answer, and it is done once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
}
PARAMETERS = {
    "school": "The school's slug, as in its addresses.",
    "after": "The `next` of the page before. Without it: the first page.",
    "limit": "At most so many at a time.",
    "from": "What starts then or later: a date in the school's zone, or a time with its offset.",
    "to": "What starts before then: a time with its offset, or a date in the school's zone, which is included.",
    "open": "Only what can be booked now.",
    "course": "The course's id.",
    "instructor": "The instructor's id.",
    "resource": "The resource's id.",
    "session": "The session's id.",
    "student": "The student's id.",
    "client": "The client's id.",
    "booking": "The booking's id.",
    "payment": "The payment's id.",
    "order": "The order's id.",
    "product": "The product's id.",
    "line": "The id of the product in the order.",
    "lesson_request": "The request's id.",
    "proposal": "The proposal's id.",
    "state": "Only those that stand so.",
    "hours": "The id of the hours.",
    "closure": "The closure's id.",
    "instead_of": "The id of the instructor who is replaced. Without it: of who leads the session.",
    "time_off": "The id of the time off.",
    "substitute_request": "The id of the request for a substitute.",
    "calendar": "The id of the outside calendar.",
    "slot": "The slot's id.",
    "enrollment": "The enrollment's id.",
    "series": "The series' id.",
    "skipped": "The id of the lesson that found no time.",
    "status": f"One of: {', '.join(Booking.Status.values)}.",
    "reference": "As people type it: small letters or large, with or without the hyphen.",
}
SCHEME, KEY_SCHEME = "token", "order_key"
REFUSALS = {
    HTTPStatus.UNAUTHORIZED: "A token is needed, or the one sent is not good here.",
    HTTPStatus.FORBIDDEN: "The role of who asks does not reach this far.",
    HTTPStatus.NOT_FOUND: "There is no such thing in this school, or it is not yours to see.",
    HTTPStatus.CONFLICT: "Refused; `code` says why.",
    HTTPStatus.LENGTH_REQUIRED: "The body came in chunks, without a Content-Length.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "More than 1 MB.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body does not say that it is application/json.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Some of what was sent is not right; `errors` says what.",
    HTTPStatus.TOO_MANY_REQUESTS: "A guest holds as many unpaid seats as the school allows.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong on our side; the log has it under `id`.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The database does not answer (`database_away`), or too many want the same at once "
    "(`busy`); nothing was done. Try again in a moment.",
}
# What these refuse is asked for on pages and on the command line only.
NOT_OF_THE_API = tuple(
    f"schoolbell.{part}"
    for part in ("accounts", "access.staff", "importing", "people.sign_ins", "schools", "web", "cli", "embedded")
)


@dataclass(frozen=True, slots=True)
class Told:
    """What the document says of an address beyond its parameters."""

    shape: type[BaseModel]
    status: HTTPStatus
    invited: Invited
    also: tuple[HTTPStatus, ...]
    previews: bool

    @property
    def guests(self) -> bool:
        return Role.GUEST in self.invited.roles


_told: dict[Callable[..., Any], Told] = {}


def answers(
    shape: type[BaseModel],
    status: HTTPStatus = HTTPStatus.OK,
    *,
    to: frozenset[Role],
    keyed: bool = False,
    also: tuple[HTTPStatus, ...] = (),
    previews: bool = False,
) -> Callable[[V], V]:
    """Says in the document what a view answers and to whom, lets in nobody else, and holds those who ask to the
    parameters that the document names.

    Where guests are among the roles, no token is needed; `keyed`, an order's key does for that order. `also` are
    statuses beyond those that every such address may answer. With `previews` it answers 200 where it was asked for a
    preview.
    """
    invited = Invited(to, keyed)

    def tell(view: V) -> V:
        _told[view] = Told(shape, status, invited, also, previews)
        return decorate_view(only_known, invited.around)(view)

    return tell


class Document(OpenAPISchema):
    """Beyond OpenAPI, `x-roles` names the roles that an operation lets in, and of each refusal `x-codes` says what the
    code of its problem may be, with the sentence for people."""

    def operation_details(self, operation: Operation) -> dict[str, Any]:
        invited = _told[operation.view_func].invited
        return super().operation_details(operation) | {"x-roles": [role for role in Role if role in invited.roles]}

    def operation_parameters(self, operation: Operation) -> list[dict[str, Any]]:
        found = super().operation_parameters(operation)
        for parameter in found:
            parameter.setdefault("description", PARAMETERS.get(parameter["name"], ""))
        return [*found, IDEMPOTENCY_KEY] if "POST" in operation.methods else found

    def responses(self, operation: Operation) -> dict[int, dict[str, Any]]:
        told = _told[operation.view_func]
        content = {"application/json": {"schema": self._reference(told.shape)}}
        done = {told.status.value: {"description": told.status.phrase, "content": content}}
        if told.previews:
            done[HTTPStatus.OK.value] = {"description": "The preview. Nothing was written.", "content": content}
        refused = sorted((*_refusals(operation, guests=told.guests), *told.also))
        return done | {status.value: {"$ref": f"#/components/responses/{status.name}"} for status in refused}

    def operation_security(self, operation: Operation) -> list[dict[str, Any]]:
        told = _told[operation.view_func]
        return [{SCHEME: []}, *([{KEY_SCHEME: []}] if told.invited.keyed else []), *([{}] if told.guests else [])]

    def get_components(self) -> dict[str, Any]:
        schema = self._reference(Problem)
        return super().get_components() | {
            "responses": {
                status.name: {
                    "description": sentence,
                    "content": {CONTENT_TYPE: {"schema": schema}},
                    "x-codes": _codes(status),
                }
                for status, sentence in REFUSALS.items()
            },
            "securitySchemes": {
                SCHEME: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "`schoolbell token create --school SLUG --role ROLE` prints one.",
                },
                KEY_SCHEME: {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Order-Key",
                    "description": "A guest's way back to one order: the `order_key` that came with the booking.",
                },
            },
        }

    def _reference(self, shape: type[BaseModel]) -> dict[str, str]:
        schema = shape.model_json_schema(ref_template=REF_TEMPLATE)
        self.add_schema_definitions(schema.pop("$defs", {}) | {shape.__name__: schema})
        return {"$ref": REF_TEMPLATE.format(model=shape.__name__)}


def _refusals(operation: Operation, *, guests: bool) -> Iterable[HTTPStatus]:
    """What any address of its kind may answer instead."""
    changes = not {"POST", "PATCH", "DELETE"}.isdisjoint(operation.methods)
    yield HTTPStatus.UNAUTHORIZED
    yield HTTPStatus.NOT_FOUND
    yield HTTPStatus.INTERNAL_SERVER_ERROR
    yield HTTPStatus.SERVICE_UNAVAILABLE
    if changes or not guests:
        yield HTTPStatus.FORBIDDEN
    if changes:
        yield HTTPStatus.CONFLICT
        yield HTTPStatus.LENGTH_REQUIRED
        yield HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        yield HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        yield HTTPStatus.UNPROCESSABLE_ENTITY
    else:
        yield HTTPStatus.UNPROCESSABLE_ENTITY  # a parameter that it does not know, if nothing else


def _codes(status: HTTPStatus) -> dict[str, str]:
    """Every code with that status, and its sentence."""
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return {"internal_error": REFUSALS[status]}
    kinds = sorted(_kinds_below(Refusal), key=lambda kind: kind.code)
    return {kind.code: str(kind.message) for kind in kinds if kind.status == status}


def _kinds_below(kind: type[Refusal]) -> Iterable[type[Refusal]]:
    """Those with a sentence of their own that the API can meet."""
    for inner in kind.__subclasses__():
        if inner.message is not Refusal.message and not inner.__module__.startswith(NOT_OF_THE_API):
            yield inner
        yield from _kinds_below(inner)


class DocumentedAPI(NinjaAPI):
    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        return _document(self, self.get_root_path(path_params or {}) if path_prefix is None else path_prefix)


@cache
def _document(api: NinjaAPI, prefix: str) -> Document:
    """Made once: it takes a tenth of a second, and anybody may ask for it."""
    return Document(api, prefix)
