"""What is looked at on a journey: axe and pictures of every page it passes, at both widths and in both themes.

Playwright tells a `Looker` of each new document before anything is done or expected on it; the looker looks, and marks
the document. Pages are told apart by their address without its ids, their heading and what they warn of: the same is
looked at once in a journey. Of all journeys of a run each kind of page is looked at once, and once more for whatever
it warns of; `bin/test --slow` looks at it in every journey anew, but for what is the same to the letter, such as the
form to sign in. Where a page changes without a new document (a day is chosen, a seat added), or is worth a picture in
its journey, that stops by itself: `look(page, name)`.
"""

import hashlib
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Error, Page

from databases import ROOT

PHONE: Final = 390
DESK: Final = 1280
HEIGHTS: Final = {PHONE: 844, DESK: 800}
LONGEST: Final = 12_000  # px: what of a longer page is in its picture
ON_ITS_OWN: Final = "/api/docs"  # so long that its own journey says when it is looked at
PICTURES: Final = ROOT / "build" / "journeys"
FORMAT: Final[Any] = os.environ.get("SCHOOLBELL_PICTURES", "jpeg")  # made in half the time that PNG takes
RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

# What holds is many times as much as what does not, and is not asked for.
_VIOLATIONS: Final = """async (rules) => {
  await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {})));
  const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"], elementRef: false});
  return found.violations.flatMap(({id, nodes}) => nodes.map((one) => [id, one.target.join(" "), one.failureSummary]));
}"""
_AXE: Final = files("axe_playwright_python").joinpath("axe.min.js").read_text()
_SAID: Final = """() => [
    document.querySelector("h1") ?? document.querySelector("title"), ...document.querySelectorAll("[role=alert]"),
  ].map((one) => one.textContent.replace(/\\s+/g, " "))"""
# A field's value is no part of the document.
_STATE: Final = """() => document.documentElement.innerHTML
  + [...document.querySelectorAll("input, select, textarea")].map((one) => [one.value, one.checked]).join()"""
_NO_SCRIPTS: Final = "matchMedia('(scripting: none)').matches"
_SCRIPT: Final = re.compile(r"<script\b.*?</script>", re.DOTALL)
_MARK: Final = "document.documentElement.setAttribute('data-seen', '')"
_UNSEEN: Final = "html:not([data-seen])"
_TOO_WIDE: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_HEIGHT: Final = "document.documentElement.scrollHeight"
_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|(?<=/s/)[^/\"?]+")
_TOKEN: Final = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")\w+')


def assert_no_sideways_scrolling(page: Page) -> None:
    too_wide = page.evaluate(_TOO_WIDE)
    assert too_wide <= 0, f"{page.url} is {too_wide} px wider than the screen"


def kind_of(url: str) -> str:
    """The address without the host, ids and questions: what pages of one kind have in common."""
    return _ID.sub("*", "/" + url.partition("://")[2].partition("/")[2].partition("?")[0].partition("#")[0])


@dataclass
class Looker:
    """Looks at the pages of one journey. `seen_before` is a folder that the run's workers share. `anew`: whatever the
    journeys before it have looked at."""

    folder: Path
    seen_before: Path
    anew: bool = False
    passed: list[str] = field(default_factory=list)
    looked_at: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    _known: set[tuple[str, ...]] = field(default_factory=set)
    _loads: Counter[Page] = field(default_factory=Counter)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _last: tuple[str, list[Path]] = ("", [])

    def __post_init__(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def follow(self, page: Page) -> None:
        """Look at every document that comes into this page."""

        def has_come(_page: Page) -> None:
            self._loads[page] += 1
            if kind_of(page.url) != ON_ITS_OWN:
                self.passed.append(kind_of(page.url))

        page.on("domcontentloaded", has_come)
        page.add_locator_handler(page.locator(_UNSEEN), lambda: self.pass_by(page), no_wait_after=True)

    def pass_by(self, page: Page) -> None:
        """The document in this page, unless one of its kind was looked at; where it is left meanwhile, not at all."""
        load = self._loads[page]
        try:
            page.wait_for_load_state()
            name = self._name(page)
            if name[0] != ON_ITS_OWN and name not in self._known and self._is_first_in_run(page):
                self._look(page, re.sub(r"\W+", "-", kind_of(page.url)).strip("-") or "home")
            self._mark(page)
        except Error as error:
            if self._loads[page] == load:
                self.complaints.append(f"{page.url}: {error}")

    def stop_at(self, page: Page, name: str) -> None:
        """Look at the page as it stands, under a name of its own."""
        page.wait_for_load_state()
        state, pictures = self._last
        if state == page.evaluate(_STATE):  # it was looked at just now
            for picture in pictures:
                picture.rename(picture.with_name(re.sub(r"(?<=^\d\d-).*?(?=-\d+(-dark)?\.)", name, picture.name)))
        else:
            self._look(page, name)
        self._mark(page)

    def glance_at(self, page: Page) -> None:
        """No pictures: axe over the page as a phone shows it in the dark."""
        with _as_it_was(page):
            page.set_viewport_size({"width": PHONE, "height": HEIGHTS[PHONE]})
            page.emulate_media(color_scheme="dark")
            assert_no_sideways_scrolling(page)
            self.complaints += [f"{page.url}: {' '.join(found)}" for found in axe(page)]

    def leave(self, page: Page) -> None:
        """The journey is over: the last page is looked at too."""
        if page.locator(_UNSEEN).count():
            self.pass_by(page)

    def _name(self, page: Page) -> tuple[str, ...]:
        """What tells it from others in this journey."""
        return (kind_of(page.url), *page.evaluate(_SAID))

    def _mark(self, page: Page) -> None:
        self._known.add(self._name(page))
        self.looked_at.append(kind_of(page.url))
        page.evaluate(_MARK)

    def _is_first_in_run(self, page: Page) -> bool:
        if self.anew:
            origin = "/".join(page.url.split("/")[:3])
            what = _TOKEN.sub("", _ID.sub("*", page.content().replace(origin, "")))
        else:
            kind, _heading, *warnings = self._name(page)
            what = "\n".join((kind, *(re.sub(r"\d", "", one) for one in warnings)))
        try:
            (self.seen_before / hashlib.sha256(what.encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def _look(self, page: Page, name: str) -> None:
        number = next(self._numbers)
        self.folder.mkdir(parents=True, exist_ok=True)
        pictures = []
        with _with_scripts(page) as shown, _as_it_was(shown):
            for width, themes in ((DESK, ("light", "dark")), (PHONE, ("dark", "light"))):
                shown.set_viewport_size({"width": width, "height": HEIGHTS[width]})
                too_wide = shown.evaluate(_TOO_WIDE)
                if too_wide > 0:
                    self.complaints.append(f"{page.url} is {too_wide} px wider than a screen of {width}")
                clip = {"x": 0, "y": 0, "width": width, "height": min(shown.evaluate(_HEIGHT), LONGEST)}
                for theme in themes:
                    shown.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                    named = f"{number:02}-{name}-{width}{'-dark' if theme == 'dark' else ''}.{FORMAT}"
                    shown.screenshot(
                        path=self.folder / named, type=FORMAT, full_page=True, clip=clip, animations="disabled"
                    )
                    pictures.append(self.folder / named)
                # A phone in the light, a desk in the dark.
                self.complaints += [f"{page.url} at {width} px: {' '.join(found)}" for found in axe(shown)]
        self._last = page.evaluate(_STATE), pictures


def axe(page: Page) -> list[list[str]]:
    """What speaks against WCAG 2.2 AA and best practice, as the page stands once it stands still."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_AXE)
    found: list[list[str]] = page.evaluate(_VIOLATIONS, list(RULES))
    return found


@contextmanager
def _as_it_was(page: Page) -> Iterator[None]:
    before = page.viewport_size or {"width": DESK, "height": HEIGHTS[DESK]}
    yield
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(before)  # type: ignore[arg-type]


@contextmanager
def _with_scripts(page: Page) -> Iterator[Page]:
    """The page; where its visitor has no JavaScript, so that axe could not run, its document in a window that has."""
    browser = page.context.browser
    if browser is None or not page.evaluate(_NO_SCRIPTS):
        yield page
        return
    document = _SCRIPT.sub("", page.content()).replace("<noscript", "<div").replace("</noscript", "</div")
    with browser.new_context(locale="en-GB", reduced_motion="reduce") as context:
        shown = context.new_page()
        shown.route(page.url.partition("#")[0], lambda route: route.fulfill(body=document, content_type="text/html"))
        shown.goto(page.url)
        yield shown


Look = Callable[[Page, str], None]
Glance = Callable[[Page], None]
