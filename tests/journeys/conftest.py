"""Walks through the real thing: our own server, a real Chromium, nothing patched.

    def test_somebody_books(site: Site, look: Look, page: Page):
        school = coding_school().school              # journeys.schools: made by the real actions, each call a new one
        page.goto(site.url(f"/s/{school.slug}/"))
        look(page, "01-school")                      # pictures at both widths and in both themes, and axe

`site` is one granian process per worker on a database of its own; while a test has it, Django's models in the test
speak to that database too, so rows can be made before and looked at after. `page` is a desk in London with the light
theme; `visit(width=PHONE, theme="dark", zone="Asia/Tokyo", javascript=False)` opens others, each a visitor of their
own. `sign_in(page, user)` goes through the form; `new_user(email)` makes one. `glance(page)` is axe alone, once.
Errors of scripts, and whatever the Content-Security-Policy refuses, fail the test.

Pictures are left in `build/journeys/`, which git ignores. axe-core comes with the dev package `axe-playwright-python`,
so the lock pins it and no Node is needed. With CI=true a missing browser is a failure; elsewhere the journeys are
skipped without one. `pytest tests/journeys -n 0 -k trial` walks one of them.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from databases import ROOT, django_on
from schoolbell.accounts.actions import create_user
from schoolbell.accounts.models import User
from servers import Servers, start_servers

PATIENCE_MS: Final = 40_000  # a busy machine takes its time; whatever is awaited is looked for again and again
PHONE: Final = 390
DESK: Final = 1280
PICTURES: Final = ROOT / "build" / "journeys"
PASSWORD: Final = "a-long-way-home"
ARGUMENTS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@dataclass(frozen=True)
class Site:
    """The running server."""

    servers: Servers

    def url(self, path: str) -> str:
        return self.servers.addresses[0] + path


@pytest.fixture(scope="session")
def served_pages(databases: Any) -> Iterator[Servers]:
    database = databases.new()
    with start_servers(database, 1) as started:
        yield started
    databases.drop(database)


@pytest.fixture
def site(served_pages: Servers, browser: Browser, django_db_setup: None, django_db_blocker: Any) -> Iterator[Site]:
    with django_db_blocker.unblock(), django_on(served_pages.database):
        yield Site(served_pages)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of a module, not of the run: Playwright keeps an event loop in this thread, which other tests must not meet."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("the journeys need a browser: install Debian's chromium")
        pytest.skip("no chromium on PATH")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # That loop runs whenever a test does, so Django takes every query of the test for one made within it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        expect.set_options(timeout=PATIENCE_MS)
        started = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield started
        with suppress(Error):  # it went away by itself
            started.close()


@dataclass
class Visits:
    """Opens pages for visitors, and keeps what their browsers complained of."""

    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __call__(
        self, *, width: int = DESK, theme: str = "light", zone: str = "Europe/London", javascript: bool = True
    ) -> Page:
        context = self.browser.new_context(
            viewport={"width": width, "height": 844 if width == PHONE else 800},
            color_scheme=theme,  # type: ignore[arg-type]
            timezone_id=zone,
            locale="en-GB",
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on(
            "console",
            lambda message: self.complaints.append(message.text) if "Security Policy" in message.text else None,
        )
        self.contexts.append(context)
        return context.new_page()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visits]:
    visits = Visits(browser)
    yield visits
    for context in visits.contexts:
        context.close()
    assert visits.complaints == []


@pytest.fixture
def page(visit: Visits) -> Page:
    return visit()


@pytest.fixture
def sign_in(site: Site) -> Callable[[Page, User], None]:
    """By the form, with the password of `new_user`."""

    def by_form(page: Page, user: User) -> None:
        page.goto(site.url("/sign-in"))
        page.get_by_label("E-mail").fill(user.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)

    return by_form


def new_user(email: str) -> User:
    """Somebody who can sign in; `link_user` and `add_staff` say as whom."""
    return create_user(email, PASSWORD)


def shoot(page: Page, name: str) -> list[Path]:
    """The whole page as it stands, at both widths and in both themes: `build/journeys/<name>-390-dark.png`."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    pictures = []
    for width in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": 844 if width == PHONE else 800})
        assert_no_sideways_scrolling(page)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            picture = PICTURES / f"{name}-{width}{'-dark' if theme == 'dark' else ''}.png"
            page.screenshot(path=picture, full_page=True, animations="disabled")
            pictures.append(picture)
    page.emulate_media(color_scheme="light")
    if before:
        page.set_viewport_size(before)
    return pictures


def assert_no_sideways_scrolling(page: Page) -> None:
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert too_wide <= 0, f"{page.url} is {too_wide} px wider than the screen"


# What holds is many times as much as what does not, and is not asked for.
_VIOLATIONS: Final = """async (rules) => {
  const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"], elementRef: false});
  return found.violations;
}"""


def axe(page: Page) -> None:
    """WCAG 2.2 AA and best practice, as the page stands once it stands still: axe finds nothing."""
    page.evaluate("Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {})))")
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_axe_source())
    violations = page.evaluate(_VIOLATIONS, list(RULES))
    assert [
        (violation["id"], node["target"], node["failureSummary"])
        for violation in violations
        for node in violation["nodes"]
    ] == []


def _axe_source() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text()


Look = Callable[[Page, str], None]
Glance = Callable[[Page], None]


@pytest.fixture
def look() -> Look:
    """Pictures of the page, and axe over it as a phone shows it in light and as a desk does in dark."""

    def look_at(page: Page, name: str) -> None:
        shoot(page, name)
        before = page.viewport_size or {"width": DESK, "height": 800}
        for width, theme in ((PHONE, "light"), (DESK, "dark")):
            page.set_viewport_size({"width": width, "height": 844 if width == PHONE else 800})
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            axe(page)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(before)  # type: ignore[arg-type]

    return look_at


@pytest.fixture
def glance() -> Glance:
    """Axe once, over the page as a phone shows it in the dark: where `look` has seen what it is made of."""

    def glance_at(page: Page) -> None:
        before = page.viewport_size or {"width": DESK, "height": 800}
        page.set_viewport_size({"width": PHONE, "height": 844})
        page.emulate_media(color_scheme="dark")
        assert_no_sideways_scrolling(page)
        axe(page)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(before)  # type: ignore[arg-type]

    return glance_at
