"""Sheets, notes, tables, and the small pieces that pages repeat."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.template import Library
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.safestring import SafeString

from schoolbell.kit.money import Money
from schoolbell.kit.time import now

register = Library()


@dataclass(frozen=True, slots=True)
class Column:
    """A head of a table. `kind` is the class of its cells; see `table`."""

    words: str
    kind: str = ""


@register.simple_block_tag
def sheet(content: str, title: str = "", level: int = 2, classes: str = "", *, padded: bool = True) -> SafeString:
    """Something to act on: a white surface with a hairline. Without `padded`, for rows that reach its edges."""
    context = {"content": content, "title": title, "level": level, "classes": classes, "padded": padded}
    return _rendered("sheet", context)


@register.simple_block_tag
def kept(content: str) -> str:
    """What every row of a list repeats, drawn once before it: `{% kept as hidden %}…{% endkept %}`."""
    return content


@register.simple_block_tag
def heading(content: str, title: str, sentence: str = "") -> SafeString:
    """The head of a page of the office: its h1, a sentence, and in the block what one most often does here."""
    return _rendered("heading", {"content": content, "title": title, "sentence": sentence})


@register.simple_block_tag
def note(content: str, tone: str = "info", icon: str = "circle-alert", role: str = "") -> SafeString:
    """A note that stays where it belongs. `tone` is ok, wait, stop or info; `role="alert"` when it answers an act."""
    return _rendered("note", {"content": content, "tone": tone, "icon": icon, "role": role})


@register.simple_block_tag
def empty(content: str, title: str, icon: str = "calendar-days", level: int = 2) -> SafeString:
    """What a list shows when it has nothing: why it is empty, and within the block the one thing to do next."""
    return _rendered("empty", {"content": content, "title": title, "icon": icon, "level": level})


@register.simple_block_tag
def table(content: str, columns: Sequence[Column | str], caption: str) -> SafeString:
    """A table that becomes a list of cards on phones. Its rows stand in the block as `<tr>` and `<td>`.

    The class of a cell says what becomes of it: `lead` (who or what; the card's heading), `aside` (an amount, at the
    right), `tail` (a state, at the foot), `pick` (the box to choose it by), `more` (its menu), `desk` (not on phones);
    any other is a line of its own, after its `data-label` when it has one. The caption is for those who listen.
    """
    heads = [column if isinstance(column, Column) else Column(column) for column in columns]
    return _rendered("table", {"content": content, "columns": heads, "caption": caption})


@register.inclusion_tag("web/parts/pager.html")
def pager(first: int, last: int, total: int | None = None, previous: str = "", following: str = "") -> dict[str, Any]:
    """Where one is in a long list: “1–10 of 38”, and the addresses of the pages before and after."""
    numbers = {"first": first, "last": last, "total": total}
    said = {name: None if one is None else number_format(one, force_grouping=True) for name, one in numbers.items()}
    return said | {"previous": previous, "following": following}


@register.inclusion_tag("web/parts/segment.html")
def segment(label: str, options: Iterable[Any], *, wide: bool = False) -> dict[str, Any]:
    """Two to five views of one thing, as links. An option has `words`, `href`, `is_current`, and may have `avatar` (a
    name). `wide` fills a phone's width."""
    return {"label": label, "options": options, "wide": wide}


@register.inclusion_tag("web/parts/toast.html")
def toast(words: str, icon: str = "check", undo: str = "", token: str = "") -> dict[str, Any]:
    """What was just done. `undo` is the address that a POST takes it back by, `token` the request's csrf_token."""
    return {"words": words, "icon": icon, "undo": undo, "csrf_token": token}


@register.inclusion_tag("web/parts/toast.html")
def flash(message: Any, token: str = "") -> dict[str, Any]:
    """A message of django.contrib.messages as a toast; extra_tags="undo:/address" gives it an Undo."""
    tags = (message.extra_tags or "").split()
    undo = next((tag.removeprefix("undo:") for tag in tags if tag.startswith("undo:")), "")
    shown = "circle-alert" if message.level_tag in {"error", "warning"} else "check"
    return {"words": message.message, "icon": shown, "undo": undo, "csrf_token": token}


@register.inclusion_tag("web/parts/hold_line.html")
def hold_line(what: str, until: dt.datetime, where: ZoneInfo | str, again: str = "") -> dict[str, Any]:
    """A quiet line that says what is held and for how long; it counts down with JavaScript, and names the time without.

    `what` is “three seats” or “Tue 8 Dec, 16:00”; `again` the address at which to choose anew when the hold has ended.
    """
    return {"what": what, "until": until, "where": where, "again": again, "is_over": until <= now()}


@register.inclusion_tag("web/parts/price_summary.html")
def price_summary(lines: Iterable[Any], total: Money, due: Iterable[Any] = (), total_words: str = "") -> dict[str, Any]:
    """A price explained. A line has `words`, `amount` (Money) and may have `is_quiet`; `due` says what is paid when,
    the first of them now."""
    return {"lines": lines, "total": total, "due": due, "total_words": total_words}


@register.inclusion_tag("web/parts/progress.html")
def progress(done: int, total: int, words: str = "", label: str = "") -> dict[str, Any]:
    """How far something has come: a bar and “3 of 5 moved”. `label` names it for those who listen."""
    share = round(min(done / total, 1) * 100, 1) if total else 0
    return {"done": done, "total": total, "words": words, "label": label or words, "share": share}


@register.inclusion_tag("web/parts/figure.html")
def figure(label: str, value: str, detail: str = "") -> dict[str, Any]:
    """A figure under a rule, within a `<dl>`."""
    return {"label": label, "value": value, "detail": detail}


def _rendered(part: str, context: dict[str, Any]) -> SafeString:
    return render_to_string(f"web/parts/{part}.html", context)
