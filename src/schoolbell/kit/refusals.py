"""Refusals: what the product says no to, as nouns with a stable code and one sentence for people."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REFUSE_SQL = """
CREATE FUNCTION schoolbell_refuse(code text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'SB001', MESSAGE = code;
END
$$
"""
"""A statement that guards its own writes calls this, so that all of it is undone. The error's message is the code."""

REFUSED_SQLSTATE = "SB001"


class Refusal(Exception):
    """Something that the product will not do, and why. Nothing is written when one is raised.

    `subject` is what it is about (a row, an id, a value); `errors` names fields, for malformed input.
    """

    code: ClassVar[str] = "refused"
    message: ClassVar[str | Promise] = _("This cannot be done.")
    status: ClassVar[HTTPStatus] = HTTPStatus.CONFLICT

    def __init__(self, subject: object = None, *, detail: str | Promise | None = None) -> None:
        super().__init__(subject)
        self.subject = subject
        self.detail = str(detail if detail is not None else self.message)
        self.errors: Mapping[str, list[str]] = {}

    def __str__(self) -> str:
        return self.detail


class InputRefused(Refusal):
    """What was sent cannot be understood: `errors` says, per field, what is wrong and how to put it right."""

    code = "invalid_input"
    message = _("Some of what was sent is not right.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__(errors)
        self.errors = errors

    @classmethod
    def of(cls, field: str, sentence: str | Promise) -> "InputRefused":
        return cls({field: [str(sentence)]})


class NotFound(Refusal):
    """There is no such thing in this school, or it is not yours to see."""

    code = "not_found"
    message = _("There is nothing here by that name.")
    status = HTTPStatus.NOT_FOUND


class NotSignedIn(Refusal):
    """The request carries no token, or one that is not known."""

    code = "not_signed_in"
    message = _("This needs a valid token: send it as “Authorization: Bearer …”.")
    status = HTTPStatus.UNAUTHORIZED


class NotAllowed(Refusal):
    """The role of who asks does not reach this far."""

    code = "not_allowed"
    message = _("Your role does not allow this.")
    status = HTTPStatus.FORBIDDEN


class BodyTooLarge(Refusal):
    """More was sent than any request needs."""

    code = "body_too_large"
    message = _("That is too much in one request: at most 1 MB.")
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
