"""Lists, a page at a time, by key: what is added meanwhile moves nothing."""

import base64
import binascii
import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import require_instant
from schoolbell.schools.rows import SchoolModel, SchoolRows

MOST = 200
M = TypeVar("M", bound=SchoolModel)


def page(
    rows: SchoolRows[M],
    *,
    after: str | None,
    limit: int,
    show: Callable[[Sequence[M]], list[dict[str, Any]]],
    by_start: bool = False,
    keep: Callable[[Sequence[M]], Sequence[M]] | None = None,
) -> dict[str, Any]:
    """`{"items", "next"}`: rows in the order of their ids or, `by_start`, of `starts_at`; of them those that `keep`
    keeps. Raises InputRefused."""
    found: list[M] = []
    while len(found) <= limit:
        beyond = rows if after is None else rows.filter(_beyond(after, by_start=by_start))
        read = list(beyond.order_by(*(["starts_at"] if by_start else []), "id")[: limit + 1])
        found += keep(read) if keep else read
        if keep is None or len(read) <= limit:
            break
        after = _cursor(read[-1], by_start=by_start)
    more, found = len(found) > limit, found[:limit]
    return {"items": show(found), "next": _cursor(found[-1], by_start=by_start) if more else None}


class CursorRefused(InputRefused):
    """What was sent as `after` is no page's `next`."""

    def __init__(self) -> None:
        super().__init__({"after": [str(_("Use the “next” of the page before."))]})


def write_cursor(*parts: str) -> str:
    return base64.urlsafe_b64encode("|".join(parts).encode()).decode().rstrip("=")


def read_cursor(cursor: str, *, parts: int) -> list[str]:
    """Raises CursorRefused."""
    try:
        found = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("|")
    except (ValueError, binascii.Error) as wrong:
        raise CursorRefused from wrong
    if len(found) != parts:
        raise CursorRefused
    return found


def _cursor(last: Any, *, by_start: bool) -> str:
    return write_cursor(last.starts_at.isoformat(), str(last.pk)) if by_start else write_cursor(str(last.pk))


def _beyond(cursor: str, *, by_start: bool) -> Q:
    *start, key = read_cursor(cursor, parts=2 if by_start else 1)
    try:
        if not by_start:
            return Q(id__gt=UUID(key))
        starts_at = require_instant(dt.datetime.fromisoformat(start[0]))
        return Q(starts_at__gt=starts_at) | Q(starts_at=starts_at, id__gt=UUID(key))
    except (ValueError, OverflowError) as wrong:
        raise CursorRefused from wrong
