"""Walks through the real thing: our own server, a real Chromium, nothing patched.

    def test_somebody_books(site: Site, look: Look, page: Page):
        school = coding_school().school              # journeys.schools: made by the real actions, each call a new one
        page.goto(site.url(f"/s/{school.slug}/"))
        look(page, "school")                         # pictures at both widths and in both themes, and axe

`site` is one granian process per worker on a database of its own; while a test has it, Django's models in the test
speak to that database too, so rows can be made before and looked at after. `page` is a desk in London with the light
theme; `visit(width=PHONE, theme="dark", zone="Asia/Tokyo", javascript=False)` opens others, each a visitor of their
own. `sign_in(page, user)` goes through the form; `new_user(email)` makes one. Every page that is passed on the way is
looked at without being asked for (`journeys.looking`). What axe finds, what is wider than the screen, errors of
scripts, and whatever the Content-Security-Policy refuses, fail the test once it has ended.

Pictures are left in `build/journeys/<test>/`, numbered as they were passed, which git ignores. axe-core comes with the
dev package `axe-playwright-python`, so the lock pins it and no Node is needed. With CI=true a missing browser is a
failure; elsewhere the journeys are skipped without one. `pytest tests/journeys -n 0 -k trial` walks one of them.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from databases import django_on
from journeys.looking import DESK, HEIGHTS, PICTURES, Glance, Look, Looker
from schoolbell.accounts.actions import create_user
from schoolbell.accounts.models import User
from servers import Servers, start_servers

PATIENCE_MS: Final = 40_000  # a busy machine takes its time; whatever is awaited is looked for again and again
PASSWORD: Final = "a-long-way-home"
ARGUMENTS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


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
    looker: Looker
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __call__(
        self, *, width: int = DESK, theme: str = "light", zone: str = "Europe/London", javascript: bool = True
    ) -> Page:
        context = self.browser.new_context(
            viewport={"width": width, "height": HEIGHTS[width]},
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
        context.on("page", self.looker.follow)
        self.contexts.append(context)
        return context.new_page()


@pytest.fixture(scope="session")
def seen_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the workers of a run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "pages-seen"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def visit(browser: Browser, seen_before: Path, request: pytest.FixtureRequest) -> Iterator[Visits]:
    folder = PICTURES / request.node.name.removeprefix("test_")
    looker = Looker(folder, seen_before, anew=request.config.option.slow)
    visits = Visits(browser, looker)
    yield visits
    for context in visits.contexts:
        for page in context.pages:
            looker.leave(page)
        context.close()
    assert visits.complaints + looker.complaints == []
    assert set(looker.passed) - set(looker.looked_at) == set()


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
        expect(page.locator("h1")).to_be_visible()

    return by_form


def new_user(email: str) -> User:
    """Somebody who can sign in; `link_user` and `add_staff` say as whom."""
    return create_user(email, PASSWORD)


@pytest.fixture
def look(visit: Visits) -> Look:
    """Stop and look where a page changed without a new one, or where a picture is wanted under a name."""
    return visit.looker.stop_at


@pytest.fixture
def glance(visit: Visits) -> Glance:
    return visit.looker.glance_at
