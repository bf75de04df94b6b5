"""Ids and references. Ids are made here, in Python, so that an answer can be written before its rows are."""

import secrets
from uuid import UUID

from uuid_utils.compat import uuid7

# Crockford's base 32: no I, L, O or U, so that a reference can be read out on the telephone.
REFERENCE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> UUID:
    """A UUIDv7: unique, and later ones sort after earlier ones."""
    return uuid7()


def new_reference() -> str:
    """Eight characters in two groups, such as `K7F3-0MQ2`: 40 random bits."""
    bits = secrets.randbits(40)
    characters = "".join(REFERENCE_ALPHABET[bits >> shift & 31] for shift in range(0, 40, 5))
    return f"{characters[:4]}-{characters[4:]}"
