"""How long the server takes for every kind of page, with the demo's five schools full."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from html import unescape
from pathlib import Path
from statistics import median
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

from benchmarks.server import HOST, PATIENCE, ServerFailed, free_port

SCHOOLS = ("coding", "coaching", "courses", "driving", "first-aid")
AREAS = {"public": "", "portal": "my/", "instructor": "teach/", "office": "office/"}
PASSWORD = "ring-the-bell"  # noqa: S105 - the demo's, which it prints
ACCOUNTS = {"portal": "my", "instructor": "teach", "office": "office"}
TOLD_APART = {"view", "by", "session", "starts_at", "kind", "q", "past"}  # what in a query makes another kind of page
LEFT_OUT = re.compile(r"\.(ics|csv|css)$|/export$|/static/|/api/|/components$")
TIMES = 25
MOST_MS = 100
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Page:
    """A kind of page where it takes longest. `ratio`: how many times as long as the plainest answer of the same run.
    `processor_ms`: what all processes of the server and its database worked for one; what other work there is on the
    machine does not count in it. None where there is no /proc."""

    kind: str
    school: str
    p50_ms: float
    p99_ms: float
    ratio: float
    processor_ms: float | None


@dataclass(frozen=True, slots=True)
class PageFigures:
    """`base_ms`: a school's style sheet of one line, which is one query and no template."""

    base_ms: float
    pages: list[Page]

    @property
    def over(self) -> list[Page]:
        return [page for page in self.pages if _work(page) > MOST_MS]


def measure_pages(*, times: int = TIMES, progress: Say) -> PageFigures:
    """Raises ServerFailed, also where a page does not answer 200."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, _demo(Path(folder) / "data", progress) as (base, pid):
        plain: list[float] = []
        slowest: dict[str, Page] = {}
        for school in SCHOOLS:
            for area, start in AREAS.items():
                with httpx.Client(base_url=base, timeout=PATIENCE) as browser:
                    if area in ACCOUNTS:
                        _sign_in(browser, f"{ACCOUNTS[area]}@{school}.example.org")
                    found = _kinds(browser, f"/s/{school}/{start}", school)
                    progress(f"{school}, {area}: {len(found)} kinds of page")
                    css = f"/s/{school}/school.css"
                    for kind, path in found.items():
                        page = _page(browser, kind, path, school, times, pid)
                        slowest[kind] = max(page, slowest.get(kind, page), key=_work)
                    plain += _timed(browser, css, times)
    one = median(plain)
    pages = [replace(page, ratio=round(page.p50_ms / one, 1)) for page in slowest.values()]
    return PageFigures(round(one, 2), sorted(pages, key=_work, reverse=True))


def pages_as_json(figures: PageFigures) -> str:
    return json.dumps(asdict(figures) | {"over_100_ms": [page.kind for page in figures.over]})


def pages_as_table(figures: PageFigures) -> str:
    lines = [f"{'page':<44}{'school':<11}{'p50 ms':>8}{'p99 ms':>8}{'ratio':>8}{'work ms':>9}"]
    lines += [
        f"{it.kind:<44}{it.school:<11}{it.p50_ms:>8.1f}{it.p99_ms:>8.1f}{it.ratio:>8.1f}{it.processor_ms or 0:>9.1f}"
        for it in figures.pages
    ]
    lines.append(f"The plainest answer (one query, no template) took {figures.base_ms:.2f} ms.")
    lines.append(f"{len(figures.over)} of {len(figures.pages)} kinds of page took more than {MOST_MS} ms of work.")
    return "\n".join(lines)


@contextmanager
def _demo(data: Path, progress: Say) -> Iterator[tuple[str, int]]:
    """The demo as people start it, until the block ends: where it is, and its process."""
    port = free_port()
    command = [sys.executable, "-m", "schoolbell", "demo", "--port", str(port), "--data", str(data)]
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {"SCHOOLBELL_DATA": str(data)}
    progress("Opening the five schools …")
    demo = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    try:
        assert demo.stdout is not None
        if not any("Schoolbell is open" in line for line in demo.stdout):
            raise ServerFailed("The demo did not open; the lines above say why.")
        yield f"http://{HOST}:{port}", demo.pid
    finally:
        demo.terminate()
        demo.wait()


def _sign_in(browser: httpx.Client, email: str) -> None:
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get("/sign-in").text)
    assert token is not None
    form = {"email": email, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
    if browser.post("/sign-in", data=form).status_code != httpx.codes.FOUND:
        raise ServerFailed(f"{email} cannot sign in.")


def _kinds(browser: httpx.Client, start: str, school: str) -> dict[str, str]:
    """Every kind of page that links lead to from there, within the same area, with the address of one of them."""
    found: dict[str, str] = {}
    waiting = deque([start])
    while waiting:
        path = waiting.popleft()
        kind = _kind(path, school)
        if kind in found:
            continue
        answer = browser.get(path)
        if answer.status_code in (httpx.codes.FOUND, httpx.codes.GONE, httpx.codes.CONFLICT):
            continue
        if answer.status_code != httpx.codes.OK:
            raise ServerFailed(f"{path} answers {answer.status_code}.")
        found[kind] = path
        for href in re.findall(r'<a\b[^>]*\bhref="([^"#]+)', answer.text):
            there = urljoin(path, unescape(href))
            own = "" if start == f"/s/{school}/" else start
            in_area = there.startswith(own or start) and not (
                own == "" and re.match(rf"/s/{school}/(my|teach|office|orders)/", there)
            )
            if in_area and not LEFT_OUT.search(urlsplit(there).path):
                waiting.append(there)
    return found


def _kind(path: str, school: str) -> str:
    """“/office/bookings/<id>/”, “/office/calendar/?by&view=day”."""
    parts = urlsplit(path)
    plain = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "<id>", parts.path.removeprefix(f"/s/{school}"))
    names = sorted({name for name, _value in parse_qsl(parts.query, keep_blank_values=True)} & TOLD_APART)
    return plain + (f"?{'&'.join(names)}" if names else "")


def _page(browser: httpx.Client, kind: str, path: str, school: str, times: int, pid: int) -> Page:
    browser.get(path)  # it fills caches, and does not count
    worked = _worked(pid)
    taken = _timed(browser, path, times)
    work = None if worked is None else round((_worked(pid) or 0) - worked, 1) / times
    return Page(kind, school, round(median(taken), 1), round(max(taken), 1), 0, work and round(work, 1))


def _work(page: Page) -> float:
    return page.processor_ms or page.p50_ms


def _worked(pid: int) -> float | None:
    """Milliseconds of processor time that the process and all that it started have had."""
    parents: dict[int, list[int]] = {}
    had: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
        had[int(stat.parent.name)] = int(fields[11]) + int(fields[12])
    family = [pid]
    for one in family:
        family += parents.get(one, [])
    return sum(had.get(one, 0) for one in family) * 1000 / os.sysconf("SC_CLK_TCK") if had else None


def _timed(browser: httpx.Client, path: str, times: int) -> list[float]:
    """Milliseconds from asking to the last byte."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        browser.get(path)
        taken.append((time.perf_counter() - began) * 1000)
    return taken
