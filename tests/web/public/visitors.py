"""A visitor of the school's front, for tests: what they see, and the forms that they send."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from django.test import Client

GUEST = {
    "for_whom": "me", "company": "", "name": "Samira Hartley", "email": "samira@hartley.example",
    "phone": "020 7946 0000", "born_on": "1990-05-01", "pay_with": "card",
}  # fmt: skip


def text(html: str) -> str:
    """What a page says, in one line."""
    body = re.sub(r"<(script|style|template|head)\b.*?</\1>", " ", html, flags=re.S)
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", body).split()))


def links(html: str) -> dict[str, str]:
    """Where the links lead, by their names; the first of a name counts."""
    found: dict[str, str] = {}
    for attributes, inside in re.findall(r"<a\b([^>]*)>(.*?)</a>", html, flags=re.S):
        label = re.search(r'aria-label="([^"]*)"', attributes)
        href = re.search(r'href="([^"]*)"', attributes)
        if href:
            found.setdefault(unescape(label[1]) if label else text(inside), unescape(href[1]))
    return found


class Fields(HTMLParser):
    """The hidden fields of a page's main form."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.feed(re.search(r"<main.*</main>", html, flags=re.S)[0])  # type: ignore[index]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "input" and said.get("type") == "hidden" and said["name"] != "csrfmiddlewaretoken":
            self.hidden.setdefault(str(said["name"]), said.get("value") or "")


class Visitor:
    """Somebody with a browser of their own."""

    def __init__(self, **headers: Any) -> None:
        self.client = Client(**headers)

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, (answer.status_code, text(answer.content.decode()))
        return answer.content.decode()

    def fill(self, path: str, **values: Any) -> dict[str, Any]:
        """The booking form at that address, filled in by a guest."""
        return Fields(self.get(path)).hidden | GUEST | values

    def send(self, path: str, values: dict[str, Any], status: int = 302) -> str:
        """What comes of the form: where it leads, or the page that it answers with."""
        answer = self.client.post(urlsplit(path).path, values)
        assert answer.status_code == status, (answer.status_code, text(answer.content.decode()))
        return answer["Location"] if status == 302 else answer.content.decode()

    def book(self, path: str, **values: Any) -> str:
        """From the form to where it leads."""
        return self.send(path, self.fill(path, **values))

    def pay(self, path: str, card: str = "succeeds", **values: Any) -> str:
        """From the card page to where it leads."""
        return self.send(path, Fields(self.get(path)).hidden | {"card": card} | values)
