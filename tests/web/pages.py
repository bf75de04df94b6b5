"""Reading pages in tests: what they say, as a reader has it."""

import html
import re

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
