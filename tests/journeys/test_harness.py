"""The ground that the journeys walk on."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from playwright.sync_api import Page, Route, expect

from journeys.conftest import Site
from journeys.looking import Look
from journeys.schools import coding_school
from schoolbell.kit.database.collisions import Busy
from schoolbell.web.middleware import Pages


def test_every_part_of_the_components_page_passes_axe(site: Site, look: Look, page: Page):
    page.goto(site.url("/components"))
    look(page, "components")


def answering(answer: HttpResponse) -> Callable[[Route], None]:
    return lambda route: route.fulfill(
        status=answer.status_code, body=answer.content, content_type=answer.headers["Content-Type"]
    )


@pytest.mark.parametrize(
    ("error", "heading", "name"),
    [(Busy(), "That cannot be done", "refused"), (ZeroDivisionError(), "That went wrong on our side", "failed")],
)
def test_what_no_page_reckoned_with_ends_on_a_page_too(
    site: Site, look: Look, page: Page, error: Exception, heading: str, name: str
):
    """The answer that the middleware gives for it, as a browser gets it: no visitor can bring it about at will."""
    path = f"/s/{coding_school().school.slug}/my/"
    answer = Pages(lambda _request: HttpResponse()).process_exception(RequestFactory().get(path), error)
    assert answer is not None
    page.route(f"**{path}", answering(answer))
    page.goto(site.url(path))
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    look(page, name)
