"""How long the server takes for every kind of page, with the demo's five schools full."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

import httpx

from benchmarks import addresses
from benchmarks.crawl import kind_of, kinds
from benchmarks.deeds import book_for_somebody, hand_in, sign_in
from benchmarks.server import HOST, PATIENCE, ServerFailed, free_port
from schoolbell.cli.database import database

SCHOOLS = ("coding", "coaching", "courses", "driving", "first-aid")
AREAS = {"public": "", "portal": "my/", "instructor": "teach/", "office": "office/"}
ACCOUNTS = {"portal": "my", "instructor": "teach", "office": "office"}
TIMES = 25
MOST_MS = 100
LONG_MS = 1_000  # what takes longer is asked for three times
DOWNLOADS = (".ics", ".csv", ".css", "/export")
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

    @property
    def is_download(self) -> bool:
        """All of a school in one file, or a calendar: no page that one waits for."""
        return self.kind.endswith(DOWNLOADS)


@dataclass(frozen=True, slots=True)
class PageFigures:
    """`base_ms`: a school's style sheet of one line, which is one query and no template. `missing`: addresses of which
    the school, by its name, has no page; `never`: of which none has one."""

    base_ms: float
    pages: list[Page]
    missing: dict[str, list[str]]
    never: list[str]

    @property
    def over(self) -> list[Page]:
        """Those for which one waits too long, in half of the cases."""
        return [page for page in self.pages if page.p50_ms > MOST_MS and not page.is_download]

    @property
    def over_in_work(self) -> list[Page]:
        return [page for page in self.pages if _work(page) > MOST_MS and not page.is_download]

    @property
    def is_good(self) -> bool:
        return not self.over and not self.never


def measure_pages(*, times: int = TIMES, progress: Say) -> PageFigures:
    """Raises ServerFailed, also where a page that a link leads to does not answer 200."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, _demo(Path(folder) / "data", progress) as (base, pid):
        run = _Run(base, pid, times, progress)
        with httpx.Client(base_url=base, timeout=PATIENCE) as browser:
            run.measure(SCHOOLS[0], {f"(no school) /{route}": f"/{route}" for route in addresses.GENERAL}, browser)
        for school in SCHOOLS:  # before anything is measured: whatever goes wrong here is known at once
            run.make_something_to_see(school)
        for school in SCHOOLS:
            for area, start in AREAS.items():
                run.measure_area(school, area, start)
    one = median(run.plain)
    pages = [replace(page, ratio=round(page.p50_ms / one, 1)) for page in run.slowest.values()]
    never = [route for route, schools in run.missing.items() if len(schools) == len(SCHOOLS)]
    return PageFigures(round(one, 2), sorted(pages, key=_work, reverse=True), run.missing, never)


class _Run:
    """What was measured so far: of each kind of page the school where it takes longest."""

    def __init__(self, base: str, pid: int, times: int, progress: Say) -> None:
        self.base, self.pid, self.times, self.progress = base, pid, times, progress
        self.plain: list[float] = []
        self.slowest: dict[str, Page] = {}
        self.missing: dict[str, list[str]] = {}

    def make_something_to_see(self, school: str) -> None:
        """A seat that waits for a name, where there are classes."""
        from benchmarks.examples import seat_to_book  # noqa: PLC0415 - its models want the demo's database

        if path := seat_to_book(school):
            with httpx.Client(base_url=self.base, timeout=PATIENCE) as browser:
                sign_in(browser, f"{ACCOUNTS['portal']}@{school}.example.org")
                book_for_somebody(browser, path)

    def measure_area(self, school: str, area: str, start: str) -> None:
        with httpx.Client(base_url=self.base, timeout=PATIENCE) as browser:
            if area in ACCOUNTS:
                sign_in(browser, f"{ACCOUNTS[area]}@{school}.example.org")
            found = kinds(browser, f"/s/{school}/{start}", school)
            for route in addresses.PAGES[area]:
                kind = kind_of(f"/{re.sub('<[^>]+_id>|<batch>', '<id>', route)}", school)
                if kind in {one.partition("?")[0] for one in found}:
                    continue
                if path := _reached(browser, route, school):
                    found[kind] = path
                else:
                    self.missing.setdefault(route, []).append(school)
            self.progress(f"{school}, {area}: {len(found)} kinds of page")
            self.measure(school, found, browser)

    def measure(self, school: str, found: Mapping[str, str], browser: httpx.Client) -> None:
        for kind, path in found.items():
            page = _page(browser, kind, path, school, self.times, self.pid)
            self.slowest[kind] = max(page, self.slowest.get(kind, page), key=_work)
        self.plain += _timed(browser, f"/s/{school}/school.css", self.times)


def _reached(browser: httpx.Client, route: str, school: str) -> str:
    """An address of that kind that answers, or nothing where the school has no such page."""
    wanted = (httpx.codes.OK, httpx.codes.FOUND) if route in addresses.LEAD_BACK else (httpx.codes.OK,)
    if route == "office/files/<batch>/":
        return hand_in(browser, school)
    from benchmarks.examples import examples, opened  # noqa: PLC0415 - its models want the demo's database

    for path in examples(route, school):
        if opening := opened(path):
            browser.get(opening)
        if browser.get(path).status_code in wanted:
            return path
    return ""


def pages_as_json(figures: PageFigures) -> str:
    """`over_100_ms`: those that one waits for longer; `over_100_ms_work`: those that the server works for longer."""
    over = {"over_100_ms": figures.over, "over_100_ms_work": figures.over_in_work}
    return json.dumps(asdict(figures) | {name: [page.kind for page in pages] for name, pages in over.items()})


def pages_as_table(figures: PageFigures) -> str:
    lines = [f"{'page':<64}{'school':<11}{'p50 ms':>8}{'p99 ms':>8}{'ratio':>8}{'work ms':>9}"]
    lines += [
        f"{it.kind:<64}{it.school:<11}{it.p50_ms:>8.1f}{it.p99_ms:>8.1f}{it.ratio:>8.1f}{it.processor_ms or 0:>9.1f}"
        for it in figures.pages
    ]
    lines += [f"No page of {route} in {', '.join(schools)}." for route, schools in figures.missing.items()]
    lines.append(f"The plainest answer (one query, no template) took {figures.base_ms:.2f} ms.")
    lines.append(
        f"Of {len(figures.pages)} kinds of page {len(figures.over)} took longer than {MOST_MS} ms at the median, and "
        f"{len(figures.over_in_work)} more than {MOST_MS} ms of work."
    )
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
        with database(data):  # to find an example of each kind of page
            yield f"http://{HOST}:{port}", demo.pid
    finally:
        demo.terminate()
        demo.wait()


def _page(browser: httpx.Client, kind: str, path: str, school: str, times: int, pid: int) -> Page:
    (first,) = _timed(browser, path, 1)  # it fills caches, and does not count
    times = min(times, 3) if first > LONG_MS else times
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
