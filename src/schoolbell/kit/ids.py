"""Ids and references. Ids are made here, in Python, so that an answer can be written before its rows are."""

import re
import secrets
from typing import Final
from uuid import UUID

from uuid_utils.compat import uuid7

# Crockford's base 32: no I, L, O or U, so that a reference can be read out on the telephone.
REFERENCE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
WHOLE_REFERENCE: Final = 9  # characters, with the hyphen


def new_id() -> UUID:
    """A UUIDv7: unique, and later ones sort after earlier ones."""
    return uuid7()


def new_reference() -> str:
    """Eight characters in two groups, such as `K7F3-0MQ2`: 40 random bits."""
    bits = secrets.randbits(40)
    characters = "".join(REFERENCE_ALPHABET[bits >> shift & 31] for shift in range(0, 40, 5))
    return f"{characters[:4]}-{characters[4:]}"


def reference_in(text: str) -> str:
    """A reference, or a part of one, as people type it: in small letters, without the hyphen, with spaces. Nothing
    where the text cannot be one, or is too short to say anything."""
    compact = re.sub(r"[\s-]", "", text).upper()
    if not re.fullmatch(r"[0-9A-Z]{3,8}", compact):
        return ""
    return f"{compact[:4]}-{compact[4:]}" if len(compact) > 4 else compact
