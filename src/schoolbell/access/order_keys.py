"""Keys that open one order each, for whoever placed it without signing in. None is kept: it is the
order's id, signed."""

from http import HTTPStatus
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from schoolbell.kit.refusals import Refusal

_signer = Signer(salt="schoolbell.order")


class OrderKeyRefused(Refusal):
    """The key was not made here, or not whole."""

    code = "order_key_invalid"
    message = _("This Order-Key opens nothing. Send it as it came with the booking.")
    status = HTTPStatus.UNAUTHORIZED


def order_key(order_id: UUID) -> str:
    """For programs: the id with its signature."""
    return f"{order_id}.{signature_of(order_id)}"


def opened_by(key: str) -> UUID:
    """The order that the key opens. Raises OrderKeyRefused."""
    named, _dot, signature = key.partition(".")
    try:
        order_id = UUID(named)
    except ValueError:
        raise OrderKeyRefused from None
    if not is_signature_of(order_id, signature):
        raise OrderKeyRefused
    return order_id


def signature_of(order_id: UUID) -> str:
    """For links, which name the order themselves."""
    return _signer.signature(str(order_id))


def is_signature_of(order_id: UUID, signature: str) -> bool:
    try:
        return _signer.unsign(f"{order_id}:{signature}") == str(order_id)
    except BadSignature:
        return False
