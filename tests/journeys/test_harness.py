"""The ground that the journeys walk on."""

from playwright.sync_api import Page

from journeys.conftest import Look, Site


def test_every_part_of_the_components_page_passes_axe(site: Site, look: Look, page: Page):
    page.goto(site.url("/components"))
    look(page, "components")
