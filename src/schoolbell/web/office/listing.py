"""Lists of the office: their pages, and their filters as chips."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from schoolbell.schools.rows import SchoolModel, SchoolRows

M = TypeVar("M", bound=SchoolModel)

PAGE: Final = 25


@dataclass(frozen=True, slots=True)
class Listing(Generic[M]):
    """One page of a list, and the addresses of the pages beside it."""

    items: Sequence[M]
    first: int
    last: int
    total: int
    previous: str
    following: str


def listing(request: HttpRequest, rows: SchoolRows[M], *, size: int = PAGE) -> Listing[M]:
    """The page that the address asks for; the last one when there are not so many."""
    page = Paginator(rows, size).get_page(request.GET.get("page"))
    return Listing(
        list(page.object_list),
        page.start_index(),
        page.end_index(),
        page.paginator.count,
        with_(request.GET, page=str(page.previous_page_number())) if page.has_previous() else "",
        with_(request.GET, page=str(page.next_page_number())) if page.has_next() else "",
    )


@dataclass(frozen=True, slots=True)
class Option:
    words: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter. `chosen` says what it lets through, empty when everything; then `clear` is the way to everything."""

    label: str
    chosen: str
    clear: str
    options: Sequence[Option]


def chip(request: HttpRequest, name: str, label: str, choices: Iterable[tuple[str, object]]) -> Chip:
    """`choices` are values of the parameter with their words."""
    asked = request.GET.get(name, "")
    known = [(value, str(words)) for value, words in choices]
    return Chip(
        label,
        next((words for value, words in known if value == asked), ""),
        with_(request.GET, **{name: ""}),
        [Option(words, with_(request.GET, **{name: value}), value == asked) for value, words in known],
    )


def chips(*found: Chip) -> list[Chip]:
    """Those that are set come first, so that they can be cleared."""
    return sorted(found, key=lambda one: not one.chosen)


def with_(query: QueryDict, **values: str) -> str:
    """The address's query with these values in place of its own, from the first page on; an empty one is left out."""
    changed = query.copy()
    changed.pop("page", None)
    for name, value in values.items():
        changed.pop(name, None)
        if value:
            changed[name] = value
    return f"?{changed.urlencode()}" if changed else "?"


def text_of(request: HttpRequest, name: str = "q") -> str:
    """What was typed into a search, without what cannot be searched for."""
    return " ".join(request.GET.get(name, "").replace("\0", " ").split())[:200]


def id_of(request: HttpRequest, name: str) -> UUID | None:
    """The id that a filter names, None where there is none to be read."""
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def one_of(request: HttpRequest, name: str, values: Iterable[str], default: str = "") -> str:
    asked = request.GET.get(name, default)
    return asked if asked in values else default


def fits_words(count: int, text: str) -> str:
    """Under the heading of a list: how many, and for what."""
    if text:
        return _("%(count)s for “%(text)s”") % {"count": count, "text": text}
    return ""
