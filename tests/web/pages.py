"""Reading pages in tests: what they say, as a reader has it."""

import html
import re
from html.parser import HTMLParser

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def text_of(response) -> str:
    """The words of its <main>, with single spaces."""
    page = response.content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    words = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())
    return re.sub(r" (?=[.,:;?](?:\s|$))", "", words)  # a tag before them parts nothing


def links_of(response) -> list[str]:
    page = response.content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    return [html.unescape(href) for href in re.findall(r'href="([^"]+)"', main) if ".svg" not in href]


def queries_for(browser: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as taken:
        assert browser.get(path).status_code == 200
    return len(taken)


class _Form(HTMLParser):
    """Of one form: what a browser sends of it, where nobody touches it."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        name, value = own.get("name") or "", own.get("value") or ""
        if tag == "input" and own.get("type") in ("checkbox", "radio"):
            if "checked" in own:
                self._add(name, value or "on")
        elif tag == "input":
            self._add(name, value)
        elif tag == "textarea":
            self.area = name
            self._add(name, "")
        elif tag == "select":
            self.select = name
        elif tag == "option" and (self.select not in self.values or "selected" in own):
            self.values[self.select] = [value]

    def handle_data(self, data: str) -> None:
        if self.area:
            self.values[self.area] = [data.removeprefix("\n").replace("\n", "\r\n")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""

    def _add(self, name: str, value: str) -> None:
        if name and name not in ("csrfmiddlewaretoken", "once"):
            self.values.setdefault(name, []).append(value)


def as_shown(response, containing: str = "", *, method: str = "post") -> dict[str, list[str]]:
    """What the first form of <main> in which that stands sends, where nobody touches it."""
    page = response.content.decode()
    found = re.findall(r"<form.*?</form>", page[page.index("<main") : page.index("</main>")], flags=re.DOTALL)
    form = _Form()
    form.feed(next(one for one in found if f'method="{method}"' in one and containing in one))
    return form.values
