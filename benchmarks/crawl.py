"""The pages of a school, as somebody finds them who follows links, filters and searches."""

import re
from collections import deque
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx

from benchmarks.server import ServerFailed

SEARCHED = "an"  # is in many a name
# What in a query does not make another kind of page: where in a list or in time one is, and whose time it is.
POSITIONS = {"v", "k", "day", "first_day", "since", "month", "page", "next", "who", "zone"}
# Filters, any of which makes a list another; two of them make no third.
FILTERS = {
    "status",
    "payment",
    "course",
    "when",
    "state",
    "on",
    "place",
    "instructor",
    "student",
    "query",
    "q",
    "time_off",
}
LEFT_OUT = re.compile(r"\.(ics|csv|css)$|/export$|/static/|/api/|/components$")
# A page that leads elsewhere, is gone, or wants another answer than the first of each choice, is not measured there.
FURTHER = (httpx.codes.FOUND, httpx.codes.GONE, httpx.codes.CONFLICT, httpx.codes.UNPROCESSABLE_ENTITY)


def kinds(browser: httpx.Client, start: str, school: str) -> dict[str, str]:
    """Every kind of page that links, filters and searches lead to from there, within the same area, with the address of
    one of them. Raises ServerFailed where one does not answer."""
    found: dict[str, str] = {}
    waiting = deque([start])
    while waiting:
        path = waiting.popleft()
        kind = kind_of(path, school)
        if kind in found:
            continue
        answer = browser.get(path)
        if answer.status_code in FURTHER:
            continue
        if answer.status_code != httpx.codes.OK:
            raise ServerFailed(f"{path} answers {answer.status_code}.")
        found[kind] = path
        waiting.extend(there for there in _led_to(path, answer.text) if _is_within(there, start, school))
    return found


def kind_of(path: str, school: str) -> str:
    """“/office/bookings/<id>/”, “/office/calendar/?by&view”."""
    parts = urlsplit(path)
    plain = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "<id>", parts.path.removeprefix(f"/s/{school}"))
    names = sorted(_names(parts.query) - POSITIONS)
    return plain + (f"?{'&'.join(names)}" if names else "")


def _led_to(path: str, page: str) -> Iterator[str]:
    """By its links, and by its forms that search."""
    for href in re.findall(r'<a\b[^>]*\bhref="([^"#]+)', page):
        there = urljoin(path, unescape(href))
        if len(_names(urlsplit(there).query) & FILTERS) <= 1:
            yield there
    for attributes, inside in re.findall(r"<form\b([^>]*)>(.*?)</form>", page, re.DOTALL):
        if re.search(r'\bmethod="get"', attributes):
            action = re.search(r'\baction="([^"#]*)', attributes)
            yield (
                urljoin(path, (unescape(action[1]) if action and action[1] else "./")) + "?" + urlencode(_sent(inside))
            )


def _sent(form: str) -> list[tuple[str, str]]:
    """What the form sends when somebody looks for `SEARCHED` and of each choice the first that says something."""
    sent = []
    for tag in re.findall(r"<input\b[^>]*>", form):
        name, kind, value = (_attribute(tag, what) for what in ("name", "type", "value"))
        if name in ("q", "query"):
            sent.append((name, SEARCHED))
        elif name and (kind not in ("checkbox", "radio", "submit") or " checked" in tag):
            sent.append((name, value))
    for opening, options in re.findall(r"(<select\b[^>]*>)(.*?)</select>", form, re.DOTALL):
        values = [_attribute(tag, "value") for tag in re.findall(r"<option\b[^>]*>", options)]
        sent.append((_attribute(opening, "name"), next(filter(None, values), "")))
    return [(name, value) for name, value in sent if name and value]


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""


def _names(query: str) -> set[str]:
    return {name for name, _value in parse_qsl(query, keep_blank_values=True)}


def _is_within(there: str, start: str, school: str) -> bool:
    if not there.startswith(start) or LEFT_OUT.search(urlsplit(there).path):
        return False
    return start != f"/s/{school}/" or not re.match(rf"/s/{school}/(my|teach|office|orders)/", there)
