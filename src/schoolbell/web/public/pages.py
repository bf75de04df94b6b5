"""Long lists in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """One page of a list: its items, which they are (from 1), and the addresses of the pages beside."""

    items: Sequence[M]
    first: int
    total: int
    previous: str
    following: str

    @property
    def last(self) -> int:
        return self.first + len(self.items) - 1

    @property
    def is_whole(self) -> bool:
        """There is no other page."""
        return not (self.previous or self.following)


def page_of(rows: QuerySet[M], request: HttpRequest, *, size: int) -> Page[M]:
    """The page that `?page=` names; the first one where it names none that there is."""
    total = rows.count()
    last = max(-(-total // size), 1)
    asked = request.GET.get("page", "")
    number = min(int(asked), last) if asked.isascii() and asked.isdigit() and len(asked) < 9 and int(asked) else 1
    begin = (number - 1) * size

    def href(page: int) -> str:
        query = request.GET.dict() | {"page": str(page)}
        return f"?{urlencode(query)}"

    return Page(
        list(rows[begin : begin + size]),
        begin + 1,
        total,
        href(number - 1) if number > 1 else "",
        href(number + 1) if number < last else "",
    )
