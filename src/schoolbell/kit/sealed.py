"""Texts that the database keeps but cannot read: encrypted with a key made of the installation's secret key."""

import base64
from functools import cache
from typing import Any

import structlog
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

log = structlog.get_logger("schoolbell.sealed")


def seal(text: str) -> str:
    """Another text each time. What is empty stays so."""
    return _lock(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """What was sealed with the secret key, or with one before it; nothing where neither opens it."""
    if not sealed:
        return ""
    try:
        return _lock(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).decrypt(sealed.encode()).decode()
    except InvalidToken:
        log.error("not_unsealed", why="the secret key is not the one that it was sealed with")
        return ""


@cache
def _lock(*secrets: str) -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"schoolbell.sealed").derive(secret.encode())
    return base64.urlsafe_b64encode(derived)


class SealedField(models.TextField):  # type: ignore[type-arg]
    """A text that is sealed in the database, and cannot be looked for there."""

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        return super().get_db_prep_save(seal(value) if isinstance(value, str) else value, connection)

    def from_db_value(self, value: str | None, *_args: Any) -> str | None:
        return None if value is None else unseal(value)
