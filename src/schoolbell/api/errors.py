"""Input that does not fit, told field by field."""

import re
from collections.abc import Iterable
from typing import Any

from schoolbell.kit.refusals import InputRefused

_WRAPPERS = frozenset({"body", "query", "path"})
# Where a field takes one of several shapes, pydantic names the one that it tried: no field of ours is called so.
_SHAPE = re.compile(r"[A-Z]\w*|\w+(-\w+)*\[.*|uuid|lax-or-strict.*|nullable.*", re.DOTALL)


def input_refused(errors: Iterable[Any]) -> InputRefused:
    """pydantic's list of errors as ours: `{"slots.0.ends_at": ["…"]}`."""
    told: dict[str, list[str]] = {}
    for error in errors:
        place = [str(step) for step in error["loc"]]
        if place and place[0] in _WRAPPERS:
            place = place[2:] if place[0] == "body" else place[1:]
        field = ".".join(step for step in place if not _SHAPE.fullmatch(step))
        told.setdefault(field or "body", []).append(str(error["msg"]))
    return InputRefused(told)
