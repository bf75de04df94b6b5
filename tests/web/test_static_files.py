"""Style sheets and scripts: small on the way, and fetched once."""

import gzip
import re
from pathlib import Path

from django.contrib.staticfiles.finders import find
from django.test import Client as Browser

from schoolbell.schools.models import School


def addresses(page: str) -> list[str]:
    return re.findall(r'(?:src|href)="(/static/[^"#]+)', page)


def test_texts_come_compressed_and_are_kept_for_a_year(school: School):
    browser = Browser()
    for address in set(addresses(browser.get(f"/s/{school.slug}/").content.decode())):
        assert re.fullmatch(r"/static/web/[\w./-]+\?v=[0-9a-f]{8}", address)
        answer = browser.get(address, headers={"Accept-Encoding": "gzip, br"})
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer["Content-Encoding"] == "gzip", address
        plain = Path(str(find(address.partition("?")[0].removeprefix("/static/")))).read_bytes()
        assert gzip.decompress(body) == plain
        assert int(answer["Content-Length"]) == len(body)
        assert answer["Vary"] == "Accept-Encoding"
        assert "max-age=31536000" in answer["Cache-Control"]
        bare = browser.get(address)
        assert "Content-Encoding" not in bare
        assert b"".join(bare.streaming_content) == plain
        assert browser.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_pages_come_compressed_too(school: School):
    answer = Browser().get(f"/s/{school.slug}/", headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert school.name in gzip.decompress(answer.content).decode()
