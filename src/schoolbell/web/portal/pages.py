"""Long lists, a page at a time."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Page:
    """What the tag `pager` says of one page. `previous` and `following` are addresses, empty at the ends."""

    items: list[Any]
    first: int
    last: int
    total: int
    previous: str
    following: str

    @property
    def is_all(self) -> bool:
        return len(self.items) == self.total


def page_of(request: HttpRequest, rows: QuerySet[Any]) -> Page:
    """The page that `?page=` asks for; the nearest there is, where it asks for nonsense."""
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))

    def to(number: int) -> str:
        return "?" + urlencode(request.GET.dict() | {"page": str(number)})

    return Page(
        items=list(found.object_list),
        first=found.start_index(),
        last=found.end_index(),
        total=found.paginator.count,
        previous=to(found.previous_page_number()) if found.has_previous() else "",
        following=to(found.next_page_number()) if found.has_next() else "",
    )
